"""The facts that an advert states in running text, each with the passage that says so.

A field of a sheet is about one fact; running text is about everything. A figure counts as pay only beside a word for
pay or with a period, years count as experience only in a clause that speaks of it, and so on: what a text does not say
plainly is not a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from talentcity.text.confidence import confidence
from talentcity.text.education import read_education
from talentcity.text.experience import YEARS, years_of
from talentcity.text.headcount import read_headcount
from talentcity.text.normal import normalise
from talentcity.text.place import read_place
from talentcity.text.wage import AMOUNT, HOME, MONTHS, Pay, amount, currency_of, months_paid, months_start
from talentcity.text.working_mode import find_mode

KINDS = (
    "wage", "pay_period", "months_paid", "currency", "education", "experience", "headcount", "place", "working_mode",
)  # fmt: skip
Value = str | int | tuple[float | None, float | None] | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an advert.

    Attributes:
        kind: one of `KINDS`.
        value: wage: (low, high), a side that is open is None; pay_period: hour, day, week, month or year;
            months_paid: a number; currency: its ISO 4217 code; education: a level, or None where the text says that
            none is asked; experience: (least, most); headcount: persons, or None for "several"; place: the normal
            form of `text.place`; working_mode: one of `text.working_mode.WORKING_MODES`.
        unit: of wages `CNY/month` (or another currency), of experience `years`, of headcount `persons`, of months
            paid `months`; else empty.
        start, end: where it stands in the field, in code points as it was written.
        confidence: share of such readings that were right when checked, see `text.confidence`.
        field: `title` or `text`.
    """

    kind: str
    value: Value
    unit: str
    start: int
    end: int
    confidence: float
    field: str


def facts_of(title: str, text: str) -> tuple[Fact, ...]:
    """The facts of one advert, by kind in the order of `KINDS`, then by place.

    Args:
        title: as published; its facts are given only where the text states none of their kind.
        text: as published.

    Example:
        >>> text = "招聘5人，月薪8000-12000元，13薪。本科及以上学历，3年以上工作经验。工作地点：深圳市南山区"
        >>> for fact in facts_of("软件工程师", text):
        ...     print(fact.kind, fact.value, fact.unit or "-", text[fact.start : fact.end])
        wage (8000.0, 12000.0) CNY/month 月薪8000-12000元
        pay_period month - 月薪
        months_paid 13 months 13薪
        currency CNY - 元
        education bachelor - 本科及以上
        experience (3.0, None) years 3年
        headcount 5 persons 招聘5人
        place 深圳/南山区 - 深圳市南山区
    """
    found = list(_facts(text, "text"))
    kinds = {fact.kind for fact in found}
    found += [fact for fact in _facts(title, "title") if fact.kind not in kinds]
    return tuple(sorted(found, key=lambda fact: (_ORDER[fact.kind], fact.start, fact.end)))


_ORDER = {kind: at for at, kind in enumerate(KINDS)}


def facts_of_each(titles: pl.Series, texts: pl.Series) -> pl.DataFrame:
    """The facts of many adverts: `row` (0 is the first), then the attributes of `Fact`, every value as text.

    Missing titles and texts are read as empty. A range is written `low..high`, with nothing for an open side; "none is
    asked" and "several" are empty.
    """
    rows = [
        (row, fact.kind, _written(fact.value), fact.unit, fact.field, fact.start, fact.end, fact.confidence)
        for row, (title, text) in enumerate(zip(titles, texts, strict=True))
        for fact in facts_of(title or "", text or "")
    ]
    schema = {
        "row": pl.Int64, "kind": pl.String, "value": pl.String, "unit": pl.String, "field": pl.String,
        "start": pl.Int64, "end": pl.Int64, "confidence": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _written(value: Value) -> str:
    if isinstance(value, tuple):
        return "..".join("" if side is None else f"{side:g}" for side in value)
    return "" if value is None else str(value)


_Found = tuple[str, Value, str, int, int]  # kind, value, unit, start, end in normalised text
_OF_WAGES = ("wage", "pay_period", "currency")
_CIRCLED = re.compile("[\u2460-\u2473\u24eb-\u24fe\u2776-\u2793]")
_GLUED = re.compile(
    r"(?<=\d00)[1-9](?=、|\.[^\d\s])"
)  # the number of a list's item, written on to a figure: 4800-50001、
_CLAUSE_ENDS = ",;。!?\n●★◆■▶【】"


def _facts(text: str, field: str) -> Iterator[Fact]:
    """The facts of one field of an advert, kind by kind."""
    if not text:
        return
    # ①3年 is the first item of a list, not thirteen years: circled numbers are bullets here.
    normal = normalise(text if _CIRCLED.search(text) is None else _CIRCLED.sub("●", text))
    simple = _GLUED.sub("●", normal.text)
    for kind, value, unit, start, end in dict.fromkeys(_found(simple, field)):
        sure = confidence("wage" if kind in _OF_WAGES else kind, "text")
        yield Fact(kind, value, unit, *normal.span(start, end), sure, field)


def _found(simple: str, field: str) -> Iterator[_Found]:
    yield from _wages(simple, field)
    yield from _months(simple)
    yield from _educations(simple)
    yield from _experiences(simple, field)
    yield from _headcounts(simple, field)
    yield from _places(simple)
    mode = find_mode(simple)
    if mode is not None:
        yield "working_mode", mode[0], "", mode[1], mode[2]


# --- pay ---

_FIGURE = re.compile(r"\d[\d,.]*\d|\d(?:\.\d+)?(?=\s*(?:[万千wk元块]|(?:[-~—]+|至|到|一)\s*[¥￥$€£]?\s*\d))")
_SIGN = re.compile(
    r"(?:(?<![a-z])(?:us|hk|nt|au?|s)?[$€£¥]|(?<![a-z])(?:rmb|cny|usd|hkd|twd|sgd|aud|eur|gbp)|人民币|港币|美元)\s*$"
)
_LONGEST_SIGN = 5
_PAY_SIGN = re.compile("[薪资酬入待遇底]|pay|wage|salar|compensation|earning|stipend|remuneration")
_PAY = (
    r"(?:人均|综合|基本|税前|税后|到手|平均|保底|无责|固定|转正|试用期|实习|薪资|月|年|日|周|时|底|起|高|均|总)*"
    r"(?:薪资|薪酬|薪水|薪金|薪|工资|收入|月入|年入|日入|待遇|报酬|底薪|保底)(?:待遇|范围|水平|标准|区间|面议)?"
)
_LABEL = re.compile(
    rf"(?P<label>{_PAY}|(?<![a-z])(?:base |basic |starting |monthly |annual |hourly |daily |weekly )?"
    r"(?:salary|salaries|wages?|pay|pay rate|compensation|earnings?|rate of pay|stipend|remuneration)(?: range| rate)?)"
    r"(?P<between>[\s:=(\[]*(?:(?:大?约|可达|可以达到|达到?|在|为|是|均|至少|不低于|高达|最低|最高|人民币|税前|"
    r"税后|元|综合|平均|一般|每月|每年|每天|"
    r"每小时|每周|is|of|from|up to|at|starts?|starting|range|between|around|about|approx\.?|per month|per hour|"
    r"per year)[\s:(]*)*)$"
)
_NOT_PAY = re.compile(
    r"(?:补贴|补助|津贴|餐补|房补|话补|车补|补|房租|租金|收益|低保|奖金|奖励|奖|全勤|提成|佣金|红包|押金|定金|费用?|罚款?|"
    r"注册资[本金]|投资|融资|市值|资产|"
    r"营业额|营收|销售额|产值|业绩|流水|社保|公积金|保险|保额|价值|价格|客单价|赔偿|贷款|消费|预算|工龄|加班|礼金|福利|"
    r"bonus(?:es)?|allowances?|commissions?|sales|revenue|budget|fund(?:ing|ed)?|raised|fee|deposit|prize|worth)"
    r"[^\d,。;\n]{0,6}$"
)
_WINDOW = 24  # characters before a figure in which its label stands
_EXTRA = re.compile(r"(?!底薪)(?:的|左右)?[^\W加和]{0,4}?(?:补贴|补助|津贴|奖金|奖励|提成|红包|bonus|allowance)")
_LEAST_LIKELY, _MOST_LIKELY = 300.0, 300_000.0  # CNY/month; outside of it a figure is something else


def _wages(simple: str, field: str) -> Iterator[_Found]:
    """Figures behind a word for pay, or with money and a period; no allowance, fee or turnover."""
    done = 0
    for figure in _FIGURE.finditer(simple):
        if figure.start() < done:
            continue
        sign = _SIGN.search(simple, max(0, figure.start() - _LONGEST_SIGN), figure.start())
        found = AMOUNT.match(simple, figure.start() if sign is None else sign.start())
        if found is None:
            continue
        done = found.end()
        label = None
        if _PAY_SIGN.search(simple, max(0, found.start() - _WINDOW), found.start()) is not None:
            label = _LABEL.search(simple, max(0, found.start() - _WINDOW), found.start())
        if label is not None or _speaks_for_itself(found, field):
            yield from _pay(simple, found, label)


def _pay(simple: str, found: re.Match[str], label: re.Match[str] | None) -> list[_Found]:
    """The facts of one figure, if it is pay."""
    named = "" if label is None else label[0]
    if _not_pay(simple, found, label) or _is_other(simple, found):
        return []
    if simple.startswith("底薪", found.end()):  # 3000底薪
        named += "底薪"
    currency = currency_of(found, "")
    pay = None if currency is None else amount(found, named, currency)
    if pay is None or currency is None or not _likely(pay, currency):
        return []
    start = found.start() if label is None else label.start()
    end = found.start() + len(found[0].rstrip())
    facts: list[_Found] = [("wage", (pay.low, pay.high), f"{currency}/month", start, end)]
    facts += _period_fact(found, label, pay.period, pay.note)
    sign = next((name for name in ("sign", "low_yuan", "high_yuan") if found[name]), None)
    if sign is not None:
        facts.append(("currency", currency, "", *found.span(sign)))
    return facts


def _speaks_for_itself(found: re.Match[str], field: str) -> bool:
    """Whether a figure is pay without a word for it: 200元/天, 8-12K, and in a title 4K起 as well."""
    if found["period"] is not None and _has_money(found):
        return not (found["open"] == "+" and found["per"] == "每")  # 130元+每天21元
    scales = {found["low_scale"], found["high_scale"]} - {None}
    if field == "title" and scales:
        return found["high"] is not None or found["open"] is not None
    return scales == {"k"} and found["high"] is not None


def _not_pay(simple: str, found: re.Match[str], label: re.Match[str] | None) -> bool:
    """Whether the nearest word before a figure says that it is no wage, or only a part of one."""
    if label is None:
        return _NOT_PAY.search(simple, max(0, found.start() - _WINDOW), found.start()) is not None
    return _PART.search(simple, max(0, label.start() - _WINDOW), label.start()) is not None


_PART = re.compile(r"(?:加班|绩效|工龄|全勤|奖励|提成|年终|[倍])$")


def _is_other(simple: str, found: re.Match[str]) -> bool:
    """Whether what follows a figure says that it counts something else, or is paid besides the wage."""
    if "+" not in (found["open"], found["open_after"]) and _EXTRA.match(simple, found.end()):
        return True
    return not _has_money(found) and simple[found.end() : found.end() + 1] in _UNITS_OF_OTHERS


_UNITS_OF_OTHERS = frozenset("人名位家岁届年月日号点个项种平米公强")


def _has_money(found: re.Match[str]) -> bool:
    return any(found[name] for name in ("sign", "low_yuan", "high_yuan", "low_scale", "high_scale"))


def _period_fact(found: re.Match[str], label: re.Match[str] | None, period: str, note: str) -> list[_Found]:
    if found["period"] is not None:
        return [("pay_period", period, "", found.start("per"), found.end("period"))]
    word = None if label is None else _PERIOD_WORD.search(label.string, *label.span())
    if word is None or note == "period not stated":
        return []
    return [("pay_period", period, "", *word.span())]


_PERIOD_WORD = re.compile(
    r"月薪|年薪|日薪|周薪|时薪|月收入|每月|每年|每天|每小时|每周|(?:month|annual|hour|dai|week)l?y?|per \w+"
)


def _likely(pay: Pay, currency: str) -> bool:
    """Whether it can be meant: no range that falls, and in our currency no figure beyond all wages (4500元/时)."""
    if pay.low is not None and pay.high is not None and pay.low > pay.high:
        return False
    sides = [side for side in (pay.low, pay.high) if side is not None]
    return currency != HOME or all(_LEAST_LIKELY <= side <= _MOST_LIKELY for side in sides)


# Quick looks whether the slower patterns can match at all.
_MONTHS_SIGN = re.compile(r"[\d二三四五六]\s*(?:个月(?:的)?)?(?:薪|工资)|双薪|13th")
_YEARS_SIGN = re.compile(r"[\d一二两三四五六七八九半十+]\s*(?:年|个月|y(?:ea)?rs?\b|months?\b)")
_PLACE_SIGN = re.compile(r"地[点址]|区域|城市|位置|所在地|坐标|location|base")


def _months(simple: str) -> Iterator[_Found]:
    found = MONTHS.search(simple) if _MONTHS_SIGN.search(simple) else None
    if found is not None:
        yield "months_paid", months_paid(found), "months", months_start(found), found.end()


# --- education, experience ---

_LEVEL = re.compile(
    r"(?:(?:博士|硕士|研究生|本科|学士|大专|专科|高职|高中|中专|中技|技校|职高|初中|小学|统招|全日制|"
    r"大学)[^,;。!?\n●]{0,12}?"
    r"(?:及以上|以上|学历|毕业|文化|程度|学位|或以上)|学历(?:要求)?[:\s]*(?:不限|无要求|不要求|"
    r"[^,;。!?\n]{0,6}(?:博士|硕士|本科|大专|专科|高中|中专|初中))"
    r"|不限学历|(?:学历[、/和与及]?经验|经验[、/和与及]?学历)(?:均|都|皆)?不限|不(?:看|关注|限制)学历|无学历要求|"
    r"不要求学历|(?:本科|大专|硕士|博士)(?=[,;。!?\n)]|$)"
    r"|(?:bachelor|master|associate)['’]?s?(?: \w+){0,2} degree|\b(?:bachelor|master)['’]?s?\b(?= (?:in|or|degree|"
    r"level))|ph\.?d\.?\b|"
    r"high school (?:diploma|graduate|education|or)|(?:no|any) (?:degree|diploma)|degree in|college (?:degree|"
    r"diploma|graduate))"
)
_TAIL = re.compile(r"[^()]{0,14}")  # behind a level: what makes it a mere wish, or names another one


def _educations(simple: str) -> Iterator[_Found]:
    """The first clause that asks for a level; what is only welcome does not count, and subjects of teachers do not."""
    for found in _LEVEL.finditer(simple):
        start, end = _clause(simple, found.start(), found.end())
        if _OTHERS.search(simple, max(start, found.start() - _AHEAD), found.start()):
            continue
        tail = _TAIL.match(simple, found.end(), end)
        read = read_education(simple[found.start() : found.end() if tail is None else tail.end()])
        if read is None:
            continue
        yield "education", read.level, "", found.start() + read.start, max(found.end(), found.start() + read.end)
        return


_OTHERS = re.compile(
    r"公司|集团|企业|团队|我们|员工|人员中|创始人|导师|老师|客户|学员|毕业于|培训机构|our (?:team|company|"
    r"founders?)|we (?:have|are)"
)
_OF_EXPERIENCE = re.compile(r"经验|经历|资历|从业(?!资格|证|人员)|工作年限|工龄|experience")
_ASKED = re.compile(
    r"(?:工作|相关|从业)?(?:经验|年限)(?:要求)?[:\s]*(?:至少|不低于|不少于|需)?$|experience[:\s]*$"
    r"|(?:从事|担任)[^,;。!?\n]{0,14}$"
)
_NO_EXPERIENCE = re.compile(
    r"经验(?:要求)?[:\s]*(?:不限|无要求|不要求)|(?:不限|无需|不需要?|不要求|无须)(?:任何|有|工作|相关|从业|行业)*经验|"
    r"(?:有无|有没有)[^,;。!?\n]{0,6}经验者?(?:[均都皆]可?|亦可|不限)|无经验(?=.{0,4}(?:带|培训|教))|(?:接受|"
    r"欢迎)[^,;。!?\n]{1,5}应届(?:毕业)?生|经验(?:[、/和与及]|"
    r"以及)?学历(?:均|都|皆)?不限|不要经验|可(?:以)?无(?:工作|相关)?经验|(?:无|没有|零|0)(?:工作|相关|行业|"
    r"任何)*经验(?:者)?(?:亦|也|均|皆|都)?(?:可|能|欢迎)"
    r"|(?:接受|欢迎|可招|招收|可接收)(?:优秀|20\d\d届|\d\d届|各专业)?(?:的)?应届(?:毕业)?生|应(?:往|"
    r"、往)?届(?:毕业)?生(?:亦|也|均|皆|都)?(?:可|欢迎|能)|"
    r"no (?:work |prior |previous )?experience (?:is )?(?:required|needed|necessary)"
)
_GRADUATES = re.compile(r"应届(?:毕业)?生?(?!.{0,4}(?:勿扰|除外|不考虑))")
_WELCOME = re.compile(
    r"[^,;。!?\n]{0,32}?(?:(?:经验|经历)的?(?:人员|人士|人|者)?(?:将)?(?:优先|更佳|尤佳|为佳|加分)"
    r"|experience(?: \w+){0,4} (?:preferred|is a plus|an advantage))"
)
_NO_WORK = re.compile(
    r"\s*(?:内|无)|\s*以上(?:的)?(?:历史|驾龄)|工龄(?:奖|工资|补)|[, ]*(?:old|of age|or older|of combined)\b"
)
"""Behind years that are no experience asked for: an age, a bonus, years without a bad record."""
_OF_A_COMPANY = re.compile(r"\bcompany with (?:over )?$|(?:成立|经营|驾龄|质保|合同期?|社保)[^,;。!?\n]{0,3}$")
_ALONE = re.compile(r"(?:^|[^\w]|\d)(?:至少|具有|具备|有|需|须|要求)?[^\w]*$")
_BEHIND, _AHEAD = 32, 10  # characters behind and before the years in which their clause must speak of experience


def _experiences(simple: str, field: str) -> Iterator[_Found]:
    """Years in a clause that speaks of experience, else that none is asked."""
    for found in YEARS.finditer(simple) if _YEARS_SIGN.search(simple) else ():
        years = years_of(found)
        if years is None or not _asks_experience(simple, *found.span()):
            continue
        yield "experience", years, "years", *_trimmed(simple, *found.span())
        return
    none = _NO_EXPERIENCE.search(simple) or (_GRADUATES.search(simple) if field == "title" else None)
    if none is not None:
        yield "experience", (0.0, None), "years", *none.span()


def _asks_experience(simple: str, start: int, end: int) -> bool:
    begin, stop = _clause(simple, start, end)
    if _NO_WORK.match(simple, end, stop) or _OF_A_COMPANY.search(simple, max(begin, start - _BEHIND), start):
        return False
    if _OTHERS.search(simple, max(begin, start - _AHEAD), start) or _WELCOME.match(simple, end, stop):
        return False
    if simple.startswith("以上", end) and stop == end + 2:
        if stop == len(simple):  # the text breaks off
            return True
        if _ALONE.search(simple, begin, start):  # 3年以上,相关工作经验
            stop = min(len(simple), stop + _BEHIND)
    return (
        _OF_EXPERIENCE.search(simple, end, min(stop, end + _BEHIND)) is not None
        or _ASKED.search(simple, max(begin, start - _BEHIND), start) is not None
    )


# --- headcount, place ---

_HIRED = re.compile(
    r"(?:(?:招聘|招收|招|急聘|诚聘|聘|需求?|录用|缺口?)(?:人数|名额|员|工)?|"
    r"(?<!公司)(?<!团队)(?<!员工)(?<!规模)(?:人数|名额|岗位数))"
    r"[:\s约共计]{0,3}[^\d,;。:!?\n一二两三四五六七八九十若多数]{0,10}?(?:\([^()\n]{1,12}\))?[:\s]{0,2}(?P<many>(?:\d{1,4}|"
    r"[一二两三四五六七八九十]{1,2})(?:\s*[-~至到]\s*\d{1,4})?\s*(?:余|多)?[人名位](?!次|以上(?:团队|管理)|的团队|月|天|"
    r"员|片)|若干[人名]?|数名)"
    r"|(?:(?:招聘|招)?名额|招聘人数|招工人数|需求人数|岗位数)(?:共|还有|仅|有|为|:|\s){0,3}(?P<places>\d{1,4}(?:\s*[-~至到]\s*\d{1,4})?\s*个?)(?![\d元%万千年月岁])"
    r"|(?P<quota>\d{1,4}\s*个)(?:招聘)?名额"
    r"|(?:hiring|recruiting|looking for|seeking|need) (?P<hiring>\d{1,3} (?:people|persons|\w+s)\b)|"
    r"(?P<openings>\b\d{1,3} (?:(?:open|free|vacant) (?:positions?|posts?|places?)|"
    r"openings?|vacanc(?:y|ies)|positions? available))"
    r"|\bwe (?:have|offer|are filling) (?P<offered>\d{1,3} (?:places?|posts?|positions?))\b(?! (?:of|in the world))"
    r"|\b(?:headcount|openings?|vacancies|number of (?:openings|positions|vacancies|posts|places|staff|hires))"
    r"[\s:=]{1,3}(?P<labelled>\d{1,4}(?:\s*-\s*\d{1,4})?)\b(?![,.]?\d|\s*%)"
)
_TITLE_HEADCOUNT = re.compile(r"(?P<many>(?<![\d-])\d{1,3}[人名](?![\w次]))")


def _headcounts(simple: str, field: str) -> Iterator[_Found]:
    found = _HIRED.search(simple)
    if found is None and field == "title":
        found = _TITLE_HEADCOUNT.search(simple)
    if found is None:
        return
    stated = next(filter(None, found.groups()))
    read = read_headcount(re.sub(r"(\d+) (?:\w+ )?\w+$", r"\1 persons", stated))
    if read is not None:
        yield "headcount", read.persons, "persons", found.start(), found.end()


_AT = re.compile(
    r"(?:工作|上班|办公|面试|公司|入职|项目|店铺|门店|单位|任职|岗位)(?:详细)?(?:地点|地址|区域|城市|位置|所在地)"
    r"(?P<mark>[^\w\n]{1,4}(?:在|位于|为|是)?|在|位于|为|是)?[^\w\n]{0,2}|"
    r"(?<!邮箱)(?<!收货)(?<!注册)(?<!网站)(?<!ip)(?<!mac)(?:地点|地址|坐标)[:\s]{1,3}|\b(?:location|base)[:\s]{1,3}"
)
_PLACE_ENDS = re.compile(r"[,;。!?\n●★◆■【]|\.\s|$")
_LATIN_PLACE_ENDS = re.compile(r"[;。!?\n●★◆■【]|\.(?:\s|$)|$")  # a district and its city have a comma between
_LONGEST_PLACE = 40


def _places(simple: str) -> Iterator[_Found]:
    for found in _AT.finditer(simple) if _PLACE_SIGN.search(simple) else ():
        start = found.end()
        ends = _LATIN_PLACE_ENDS if simple[start : start + 1].isascii() else _PLACE_ENDS
        stop = ends.search(simple, start)
        end = min(start + _LONGEST_PLACE, len(simple) if stop is None else stop.start())
        piece = simple[start:end]
        # Latin names are known by their capitals.
        read = read_place(piece.title() if piece.isascii() else piece, running=True)
        if read is not None and (found[0][-1] in ": 在于为是" or found["mark"] or read.place.city is not None):
            yield "place", str(read.place), "", start + read.start, start + read.end
            return


# --- clauses ---

_LONGEST_CLAUSE = 200  # characters to each side, so that no text takes more than its share of time


def _clause(simple: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause about a passage begins and ends; a longer one is cut."""
    first, last = max(0, start - _LONGEST_CLAUSE), min(len(simple), end + _LONGEST_CLAUSE)
    begins = [at for mark in _CLAUSE_ENDS if (at := simple.rfind(mark, first, start) + 1)]
    stops = [at for mark in _CLAUSE_ENDS if (at := simple.find(mark, end, last)) >= 0]
    return max(begins, default=first), min(stops, default=last)


def _trimmed(simple: str, start: int, end: int) -> tuple[int, int]:
    return start, start + len(simple[start:end].rstrip())
