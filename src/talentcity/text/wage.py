"""The wage field of an advert, read as a month's wage before tax, in CNY unless another currency is named.

Periods are converted as the notice of 2008 on the conversion of wages does (`cn/wages` in the law data): a month has
21.75 paid days of 8 hours. A week is five such days; a year is twelve months. A thirteenth month and later ones are
read (`months_paid`) and do not alter the monthly wage. A wage in another currency keeps its currency and its figures;
nothing is exchanged, for a rate has a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from talentcity.law import load
from talentcity.text.confidence import confidence
from talentcity.text.normal import normalise
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
HOME = "CNY"


@dataclass(frozen=True, slots=True)
class Wage:
    """What a wage field states.

    Attributes:
        low, high: `currency`/month; None where that side is open. Both None: the field says "negotiable".
        months_paid: months' wages paid in a year (13薪), None where nothing is said.
        period: hour, day, week, month or year, as stated; month where none is.
        note: how it was converted, or "period not stated", "base", "negotiable"; empty where the field says all.
        start, end: where it stands in the text.
        currency: ISO 4217 code; CNY where nothing is said.
        confidence: share of readings of this notation that were right when checked, see `text.confidence`.
    """

    low: float | None
    high: float | None
    months_paid: int | None
    period: str
    note: str
    start: int
    end: int
    currency: str
    confidence: float


def read_wage(text: str) -> Wage | None:
    """Read a wage field; None when it states no wage, or one that cannot be told for sure.

    Not told for sure: two statements in one field, pay per piece or visit, a bare small number, and another currency
    without a period (an American figure is a year's as often as a month's).

    Example:
        >>> for text in ("8千-1.1万", "12-18K·13薪", "200元/天", "20-30万/年", "3万以上"):
        ...     wage = read_wage(text)
        ...     print(wage.low, wage.high, wage.months_paid, wage.period, wage.note)
        8000.0 11000.0 None month period not stated
        12000.0 18000.0 13 month period not stated
        4350.0 4350.0 None day days x 21.75
        16666.67 25000.0 None year year / 12
        30000.0 None None month period not stated
        >>> wage = read_wage("$60,000 - $84,000 a year")
        >>> wage.low, wage.high, wage.currency
        (5000.0, 7000.0, 'USD')
        >>> read_wage("面议").note, read_wage("8-12"), read_wage("50元/次")
        ('negotiable', None, None)
    """
    normal = normalise(text)
    simple = normal.text
    months = MONTHS.search(simple)
    rest = simple if months is None else _blank(simple, *months.span())
    found = AMOUNT.search(rest)
    if found is None:
        negotiable = _NEGOTIABLE.search(simple)
        return None if negotiable is None else _negotiable(*normal.span(*negotiable.span()))
    around = _blank(rest, *found.span())
    if _DIGIT.search(around) or _NOT_OURS.search(simple) or _OTHER_UNIT.match(rest, found.end()):
        return None
    currency = currency_of(found, around)
    pay = None if currency is None else amount(found, around, currency)
    if pay is None or currency is None:
        return None
    start, end = found.start(), found.start() + len(found[0].rstrip())
    if months is not None:
        start, end = min(start, months_start(months)), max(end, months.end())
    paid = None if months is None else months_paid(months)
    sure = confidence("wage", _notation(found, pay, currency))
    return Wage(pay.low, pay.high, paid, pay.period, pay.note, *normal.span(start, end), currency, sure)


def read_wages(texts: pl.Series, *, currency: str = HOME) -> pl.DataFrame:
    """Read many wage fields.

    Args:
        texts: the fields.
        currency: the only one whose wages are read; a field in another one is not `read`, its `low` and `high` are
            empty, and the column `currency` says which it was.

    Returns:
        Columns `read`, `low`, `high` (`currency`/month), `months_paid`, `period`, `note`, `currency`, `confidence`.
    """
    schema = {
        "low": pl.Float64, "high": pl.Float64, "months_paid": pl.Int64, "period": pl.String, "note": pl.String,
        "currency": pl.String, "confidence": pl.Float64,
    }  # fmt: skip

    def read(text: str) -> tuple[object, ...] | None:
        wage = read_wage(text)
        if wage is None:
            return None
        if wage.currency != currency:
            return None, None, None, None, None, wage.currency, None
        return wage.low, wage.high, wage.months_paid, wage.period, wage.note, wage.currency, wage.confidence

    frame = read_each(texts, read, schema)
    return frame.with_columns(pl.col("read") & (pl.col("currency") == currency).fill_null(False))


_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALES = {"万": 10_000.0, "w": 10_000.0, "千": 1_000.0, "k": 1_000.0}
_SCALE = r"(?:万|千|k(?![a-z])|w(?![a-z]))"
_CURRENCIES = {  # sign or word before the figure, or behind it; the longest first where one begins like another
    "HKD": r"hk\$|hkd|港币|港元|港纸",
    "TWD": r"nt\$|twd|ntd|新?台币",
    "SGD": r"s\$|sgd|新加坡元|新币",
    "AUD": r"au?\$|aud|澳元|澳币",
    "USD": r"us\$|\$|usd|美元|美金",
    "EUR": r"€|euros?\b|eur|欧元",
    "GBP": r"£|gbp|英镑",
    "JPY": r"jpy|日元|日币",
    "CNY": r"[¥￥]|人民币|rmb|cny|yuan|元|块",
}
_MONEY = "|".join(_CURRENCIES.values())
_ANY_MONEY = frozenset(("元", "块"))  # said of every currency: 港币8000元
_BEFORE = rf"(?:(?:{_MONEY})\s*)?"
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
AMOUNT = re.compile(
    rf"""(?:(?P<sign>{_MONEY})\s*)?(?P<low>(?<![\d.]){_NUMBER})\s*(?P<low_scale>{_SCALE})?\s*(?P<low_yuan>{_MONEY})?
    (?:\s*(?:(?:-|~|—|–|―|至|到|to)+|一(?=\d))\s*{_BEFORE}(?P<high>{_NUMBER})\s*(?P<high_scale>{_SCALE})?\s*(?P<high_yuan>{_MONEY})?)?
    \s*(?P<open>{_OPEN})?
    (?:\s*(?P<per>/|每|一|per|an?\b)\s*(?P<period>{_ANY_PERIOD}))?
    \s*(?P<open_after>{_OPEN})?""",
    re.VERBOSE,
)
"""One figure or range of money in normalised text, with what stands directly at it."""
MONTHS = re.compile(
    r"[·x×*,，]?\s*(?P<months>1[2-9]|2\d|3[0-6]|十[二三四五六])(?:\s*[-~]\s*\d\d)?\s*(?:个月(?:的)?)?(?:薪|工资)"
    r"|年[底终]双薪|13th[ -]month (?:salary|pay|wage)"
)
"""Months' wages paid in a year, in normalised text."""
_DIGIT = re.compile(r"\d")
_NOT_OURS = re.compile(r"亿|%|/\s*(?:次|单|件|课时|节)|计件")
_OTHER_UNIT = re.compile(
    r"\s*/\s*(?:半|台|套|张|平|人|个(?!月)|公里|km|吨|篇|首|集|千字|字|条|趟|车|班(?!制))"
)  # 120元/半天
_BASE = re.compile(r"底薪|基本工资|\bbase\b")
_NEGOTIABLE = re.compile(r"面议|面谈|电议|negotiable|competitive|to be agreed")
_AROUND = {
    "hour": r"时薪|hourly",
    "day": r"日薪|日结|daily",
    "week": r"周薪|weekly",
    "month": r"月薪|每月|月收入|monthly",
    "year": r"年薪|每年|annual|p\.a\.",
}
_AROUND_PATTERNS = {name: re.compile(words) for name, words in _AROUND.items()}
_PERIOD_PATTERNS = {name: re.compile(words) for name, words in _PERIOD.items()}
_FOREIGN = re.compile("|".join(words for code, words in _CURRENCIES.items() if code != HOME))
_ANY_AROUND = re.compile("|".join(_AROUND.values()))
_CURRENCY_PATTERNS = {code: re.compile(words) for code, words in _CURRENCIES.items()}
_NUMERALS = {"十二": 12, "十三": 13, "十四": 14, "十五": 15, "十六": 16}


@dataclass(frozen=True, slots=True)
class Pay:
    """A figure or range as a month's: low, high, the period as stated or "month", and how it was converted."""

    low: float | None
    high: float | None
    period: str
    note: str


def amount(found: re.Match[str], around: str, currency: str) -> Pay | None:
    """What a match of `AMOUNT` means; None where that cannot be told for sure.

    Args:
        found: the match.
        around: the text about it that may name the period (月薪, annual) or say that it is base pay.
        currency: see `currency_of`; a figure in another currency must name its period.
    """
    period = _period(found["period"], around)
    if period is None or (currency != HOME and not period):
        return None
    amounts = _amounts(found, stated=period != "")
    if amounts is None:
        return None
    factor = PER_MONTH[period or "month"]
    low, high = (None if each is None else round(each * factor, 2) for each in amounts)
    if _BASE.search(around):
        return Pay(low, None, period or "month", "base")
    return Pay(low, high, period or "month", NOTES[period] if period else "period not stated")


def currency_of(found: re.Match[str], around: str) -> str | None:
    """The currency of a match of `AMOUNT`: at the figures, else round them, else ours; None if two disagree."""
    named = {word for word in (found["sign"], found["low_yuan"], found["high_yuan"]) if word}
    codes = {_code(word) for word in named - _ANY_MONEY}
    if not named and _FOREIGN.search(around) is not None:
        codes = {code for code, words in _CURRENCY_PATTERNS.items() if code != HOME and words.search(around)}
    return next(iter(codes), HOME) if len(codes) <= 1 else None


def months_paid(found: re.Match[str]) -> int:
    """How many months' wages a match of `MONTHS` speaks of."""
    stated = found["months"]
    if stated is None:
        return 13
    return _NUMERALS[stated] if stated in _NUMERALS else int(stated)


def months_start(found: re.Match[str]) -> int:
    """Where the words of a match of `MONTHS` begin, behind the sign that joins them to a figure."""
    return found.start() if found["months"] is None else found.start("months")


def _code(word: str) -> str:
    return next(code for code, words in _CURRENCY_PATTERNS.items() if words.fullmatch(word))


def _notation(found: re.Match[str], pay: Pay, currency: str) -> str:
    """The notation's line in the data file of confidences."""
    if currency != HOME:
        return "other_currency"
    if pay.note == "base":
        return "base"
    if pay.period != "month":
        return "not_month"
    scale = found["high_scale"] or found["low_scale"]
    if scale is None:
        return "figures"
    return "thousands" if _SCALES[scale] == 1_000 else "ten_thousands"


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _negotiable(start: int, end: int) -> Wage:
    return Wage(None, None, None, "month", "negotiable", start, end, HOME, confidence("wage", "negotiable"))


def _period(stated: str | None, around: str) -> str | None:
    """The period: empty where none is stated, None where two disagree or it is none of ours."""
    named: set[str] = set()
    if _ANY_AROUND.search(around) is not None:
        named = {name for name, words in _AROUND_PATTERNS.items() if words.search(around)}
    if stated is not None:
        named |= {next(name for name, words in _PERIOD_PATTERNS.items() if words.fullmatch(stated))}
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
        unit = any(found[name] for name in ("sign", "low_scale", "high_scale", "low_yuan", "high_yuan"))
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
