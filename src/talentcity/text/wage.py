"""The wage field of an advert, read as CNY per month before tax.

Periods are converted as the notice of 2008 on the conversion of wages does (`cn/wages` in the law data): a month has
21.75 paid days of 8 hours. A week is five such days; a year is twelve months. A thirteenth month and later ones are
read (`months_paid`) and do not alter the monthly wage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from talentcity.law import load
from talentcity.text.plain import plain
from talentcity.text.unique import read_each

NOTICE = date(2008, 1, 3)  # the wording that is followed here, whatever the day of the advert


def _value(parameter: str) -> float:
    value = load(parameter).on(NOTICE).value
    assert value is not None
    return value


PAID_DAYS = _value("cn/wages/paid_days_a_month")
HOURS = _value("cn/wages/paid_hours_a_day")
PER_MONTH = {"hour": HOURS * PAID_DAYS, "day": PAID_DAYS, "week": PAID_DAYS / 5, "month": 1.0, "year": 1 / 12}
NOTES = {
    "hour": f"hours x {HOURS:g} x {PAID_DAYS:g}",
    "day": f"days x {PAID_DAYS:g}",
    "week": f"weeks x {PAID_DAYS / 5:g}",
    "month": "",
    "year": "year / 12",
}
LEAST_BARE = 500  # CNY; a lower figure without unit and period may be thousands, days or anything
MOST_BARE = 100_000  # CNY; from here on a figure without period may be a year's


@dataclass(frozen=True, slots=True)
class Wage:
    """What a wage field states.

    Attributes:
        low, high: CNY/month; None where that side is open. Both None: the field says "negotiable".
        months_paid: months' wages paid in a year (13薪), None where nothing is said.
        period: hour, day, week, month or year, as stated; month where none is.
        note: how it was converted, or "period not stated", "base", "negotiable"; empty where the field says all.
        start, end: where it stands in the text.
    """

    low: float | None
    high: float | None
    months_paid: int | None
    period: str
    note: str
    start: int
    end: int


def read_wage(text: str) -> Wage | None:
    """Read a wage field; None when it states no wage, or one that cannot be told for sure.

    Not told for sure: two statements in one field, pay per piece or visit, another currency, a bare small number.

    Example:
        >>> for text in ("8千-1.1万", "12-18K·13薪", "200元/天", "20-30万/年", "3万以上"):
        ...     wage = read_wage(text)
        ...     print(wage.low, wage.high, wage.months_paid, wage.period, wage.note)
        8000.0 11000.0 None month period not stated
        12000.0 18000.0 13 month period not stated
        4350.0 4350.0 None day days x 21.75
        16666.67 25000.0 None year year / 12
        30000.0 None None month period not stated
        >>> read_wage("面议").note, read_wage("8-12"), read_wage("50元/次")
        ('negotiable', None, None)
    """
    simple = plain(text).lower()
    months = _MONTHS.search(simple)
    rest = simple if months is None else _blank(simple, *months.span())
    found = _AMOUNT.search(rest)
    if found is None:
        return _negotiable(simple)
    around = _blank(rest, *found.span())
    if _DIGIT.search(around) or _NOT_OURS.search(simple):
        return None
    period = _period(found["period"], around)
    amounts = None if period is None else _amounts(found, stated=period != "")
    if period is None or amounts is None:
        return None
    end = found.start() + len(found[0].rstrip())
    end = end if months is None else max(end, months.end())
    paid = None if months is None else int(months["months"])
    return _wage(amounts, period, paid, "base" if _BASE.search(around) else "", (found.start(), end))


def read_wages(texts: pl.Series) -> pl.DataFrame:
    """Read many wage fields: columns `read`, `low`, `high` (CNY/month), `months_paid`, `period`, `note`."""
    schema = {"low": pl.Float64, "high": pl.Float64, "months_paid": pl.Int64, "period": pl.String, "note": pl.String}

    def read(text: str) -> tuple[object, ...] | None:
        wage = read_wage(text)
        return None if wage is None else (wage.low, wage.high, wage.months_paid, wage.period, wage.note)

    return read_each(texts, read, schema)


_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALES = {"万": 10_000.0, "w": 10_000.0, "千": 1_000.0, "k": 1_000.0}
_SCALE = r"(?:万|千|k(?![a-z])|w(?![a-z]))"
_YUAN = r"(?:元|块|rmb|cny|yuan)"
_OPEN = r"及?以上|起|\+|or\s+more|and\s+above|及?以下|以内"
_PERIOD = {
    "hour": r"个?小时|时|钟头|hour|hr|h(?![a-z])",
    "day": r"天|日|day",
    "week": r"周|星期|week|wk",
    "month": r"个?月|month|mth|mo(?![a-z])",
    "year": r"年|year|annum|yr",
    "other": r"次|单|件|课时|节|piece|visit|class",
}
_ANY_PERIOD = "|".join(f"(?:{words})" for words in (_PERIOD["other"], *_PERIOD.values()))
_AMOUNT = re.compile(
    rf"""(?P<low>{_NUMBER})\s*(?P<low_scale>{_SCALE})?\s*(?P<low_yuan>{_YUAN})?
    (?:\s*(?:-|~|—|–|―|至|到|to)+\s*[¥￥]?\s*(?P<high>{_NUMBER})\s*(?P<high_scale>{_SCALE})?\s*(?P<high_yuan>{_YUAN})?)?
    \s*(?P<open>{_OPEN})?
    (?:\s*(?:/|每|一|per|an?\b)\s*(?P<period>{_ANY_PERIOD}))?
    \s*(?P<open_after>{_OPEN})?""",
    re.VERBOSE,
)
_MONTHS = re.compile(r"[·x×*,，]?\s*(?P<months>1[2-9]|2\d|3[0-6])(?:\s*[-~]\s*\d\d)?\s*(?:个月)?薪")
_DIGIT = re.compile(r"\d")
_NOT_OURS = re.compile(
    r"\$|€|£|usd|eur|gbp|hk|jpy|sgd|美元|美金|港币|港元|日元|欧元|台币|亿|%|/\s*(?:次|单|件|课时|节)|计件"
)
_BASE = re.compile(r"底薪|基本工资|\bbase\b")
_NEGOTIABLE = re.compile(r"面议|面谈|电议|negotiable|competitive|to be agreed")
_AROUND = {
    "hour": r"时薪|hourly",
    "day": r"日薪|日结|daily",
    "week": r"周薪|weekly",
    "month": r"月薪|每月|月收入|monthly",
    "year": r"年薪|每年|annual|p\.a\.",
}


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _negotiable(text: str) -> Wage | None:
    found = _NEGOTIABLE.search(text)
    return None if found is None else Wage(None, None, None, "month", "negotiable", *found.span())


def _period(stated: str | None, around: str) -> str | None:
    """The period: empty where none is stated, None where two disagree or it is none of ours."""
    named = {name for name, words in _AROUND.items() if re.search(words, around)}
    if stated is not None:
        named |= {next(name for name, words in _PERIOD.items() if re.fullmatch(words, stated))}
    if len(named) > 1 or "other" in named:
        return None
    return next(iter(named), "")


def _amounts(found: re.Match[str], *, stated: bool) -> tuple[float | None, float | None] | None:
    """Low and high in CNY of the stated period; None where the figures could be anything."""
    low = float(found["low"].replace(",", ""))
    high = low if found["high"] is None else float(found["high"].replace(",", ""))
    low_scale, high_scale = _scales(low, found["low_scale"], high, found["high_scale"])
    low, high = round(low * low_scale, 2), round(high * high_scale, 2)
    if not stated:
        unit = any(found[name] for name in ("low_scale", "high_scale", "low_yuan", "high_yuan"))
        if low >= MOST_BARE or (not unit and high < LEAST_BARE):
            return None
    side = found["open"] or found["open_after"]
    if found["high"] is None and side is not None:
        return (None, high) if side in ("以下", "及以下", "以内") else (low, None)
    return low, high


def _scales(low: float, low_scale: str | None, high: float, high_scale: str | None) -> tuple[float, float]:
    """What to multiply by. One unit may stand for both (1-1.5万), unless a figure is plainly in CNY (8000-1万)."""
    first, second = (None if word is None else _SCALES[word] for word in (low_scale, high_scale))
    if first is None and second is not None:
        first = 1.0 if low >= LEAST_BARE else second
    if second is None and first is not None:
        second = 1.0 if high >= LEAST_BARE else first
    return first or 1.0, second or 1.0


def _wage(
    amounts: tuple[float | None, float | None], period: str, paid: int | None, base: str, span: tuple[int, int]
) -> Wage:
    factor = PER_MONTH[period or "month"]
    low, high = (None if amount is None else round(amount * factor, 2) for amount in amounts)
    note = NOTES[period] if period else "period not stated"
    if base:
        high, note = None, "base"
    return Wage(low, high, paid, period or "month", note, *span)
