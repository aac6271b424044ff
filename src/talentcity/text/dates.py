"""Days and moments as sheets write them. A day without its year is not read: which year would be a guess.

A year stands first, or the month is a word, or the order of day and month is told; where it is not told and two
readings are possible (03/04/2026), nothing is read and the doubt is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from talentcity.text.plain import plain
from talentcity.text.unique import read_each

ORDERS = ("ymd", "dmy", "mdy", "excel")
"""How a sheet writes days: `ymd` year first, `dmy` 1/3/2026 is the first of March, `mdy` the third of January;
`excel` whole numbers that count days as Excel does. Days with the year first are read under each of them."""
NO_SUCH_DAY = "no such day"


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and where in the text it stands."""

    day: date
    start: int
    end: int


def read_day(text: str, *, order: str = "ymd") -> Day | None:
    """Read a day; None when there is none, or two, or it is not in the calendar, or its order is in doubt.

    Args:
        text: a cell of a sheet.
        order: one of `ORDERS`.

    Example:
        >>> [read_day(text).day.isoformat() for text in ("2026-03-01", "2026/3/1", "2026年3月1日", "20260301")]
        ['2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01']
        >>> read_day("2026-02-31"), read_day("3月1日"), read_day("1/3/2026")
        (None, None, None)
        >>> read_day("1/3/2026", order="dmy").day.isoformat(), read_day("46082", order="excel").day.isoformat()
        ('2026-03-01', '2026-03-01')
    """
    found = _find(plain(text), order)
    return found if isinstance(found, Day) else None


def doubt_of_day(text: str, *, order: str = "ymd") -> str | None:
    """Why a text that looks like a day is not read as one; None where it is read, or does not look like one.

    Example:
        >>> doubt_of_day("2026-02-30")
        'no such day'
        >>> doubt_of_day("03/04/2026")
        '2026-04-03 or 2026-03-04? The mapping says it by order = "dmy" or order = "mdy"'
        >>> doubt_of_day("46266")
        'a number, by which a spreadsheet may mean 2026-09-01; write the day, or order = "excel" in the mapping'
        >>> doubt_of_day("soon") is None
        True
    """
    found = _find(plain(text), order)
    return found if isinstance(found, str) else None


def read_days(texts: pl.Series, *, order: str = "ymd") -> pl.DataFrame:
    """Read many days: columns `read`, `day` and `doubt` (why what looks like a day is none)."""

    def read(text: str) -> tuple[date | None, str | None] | None:
        found = _find(plain(text), order)
        if found is None:
            return None
        return (None, found) if isinstance(found, str) else (found.day, None)

    days = read_each(texts, read, {"day": pl.Date, "doubt": pl.String})
    return days.with_columns(pl.col("day").is_not_null().alias("read"))


def read_moments(texts: pl.Series, *, order: str = "ymd") -> pl.DataFrame:
    """Read many days with a time of day: columns `read`, `moment` and `doubt`.

    Example:
        >>> read_moments(pl.Series(["2026/3/1 9:30", "2026年3月1日下午2点", "2026-03-01"])).rows()[:2]
        [(True, datetime.datetime(2026, 3, 1, 9, 30), None), (True, datetime.datetime(2026, 3, 1, 14, 0), None)]
    """

    def read(text: str) -> tuple[datetime | None, str | None] | None:
        simple = plain(text)
        if order == "excel" and _SERIAL.fullmatch(simple.strip()):
            return _serial_moment(simple), None
        found = _find(simple, order)
        if not isinstance(found, Day):
            return None if found is None else (None, found)
        at = _time(simple[found.end :])
        if at is None:
            return None, "no time of day; expected one, such as 2026-03-01 09:30"
        return datetime.combine(found.day, at), None

    moments = read_each(texts, read, {"moment": pl.Datetime("us"), "doubt": pl.String})
    return moments.with_columns(pl.col("moment").is_not_null().alias("read"))


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_YEAR = r"(?:19|20)\d\d"
_DAY = re.compile(
    r"(?<!\d)(?:"
    rf"(?P<y1>{_YEAR})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})|"
    rf"(?P<y2>{_YEAR})\s*年\s*(?P<m2>\d{{1,2}})\s*月\s*(?P<d2>\d{{1,2}})\s*[日号]|"
    rf"(?P<y3>{_YEAR})(?P<m3>\d\d)(?P<d3>\d\d)|"
    rf"(?P<a>\d{{1,2}})(?P<s4>[-/.])(?P<b>\d{{1,2}})(?P=s4)(?P<y4>{_YEAR})|"
    rf"(?P<d5>\d{{1,2}})\s+(?P<m5>{_MONTH}),?\s+(?P<y5>{_YEAR})|"
    rf"(?P<m6>{_MONTH})\s+(?P<d6>\d{{1,2}}),?\s+(?P<y6>{_YEAR})"
    r")(?:(?<=[日号])|(?!\d))",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{2,7}(?:\.\d+)?")
_LIKE_A_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")  # a day from 1954 to 2119
_FIRST_SERIAL, _LAST_SERIAL = 61, 2_958_465  # 1900-03-01, before which Excel counts a day that never was; 9999-12-31
_EPOCH = date(1899, 12, 30)
_TIME = re.compile(
    r"[\sT,]*(?P<half>上午|早上|中午|下午|晚上|晚)?\s*(?P<hour>\d{1,2})\s*(?::(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?|"
    r"[时点](?:(?P<minute_zh>\d{1,2})分?|(?P<half_hour>半))?)\s*(?P<pm>am|pm)?",
    re.IGNORECASE,
)


def _find(simple: str, order: str) -> Day | str | None:
    """The one day of a text, the doubt about it, or None."""
    if order == "excel" and _SERIAL.fullmatch(simple.strip()):
        moment = _serial_moment(simple)
        return None if moment is None else Day(moment.date(), 0, len(simple))
    if _LIKE_A_SERIAL.fullmatch(simple.strip()):
        day = _EPOCH + timedelta(days=int(float(simple)))
        return f'a number, by which a spreadsheet may mean {day}; write the day, or order = "excel" in the mapping'
    found = list(_DAY.finditer(simple))
    if len(found) != 1:
        return None
    readings = _readings(found[0], order)
    days = [day for day in (_calendar(*reading) for reading in readings) if day is not None]
    if not days:
        return NO_SUCH_DAY
    if len(set(days)) > 1:
        return f'{days[0]} or {days[1]}? The mapping says it by order = "dmy" or order = "mdy"'
    return Day(days[0], *found[0].span())


def _readings(found: re.Match[str], order: str) -> list[tuple[int, int, int]]:
    """Year, month and day as they may be meant."""
    if found["a"] is not None:
        first, second, year = int(found["a"]), int(found["b"]), int(found["y4"])
        both = {"dmy": (year, second, first), "mdy": (year, first, second)}
        return [both[order]] if order in both else list(both.values())
    for at in "12356":
        if found[f"y{at}"] is not None:
            month = found[f"m{at}"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
            return [(int(found[f"y{at}"]), number, int(found[f"d{at}"]))]
    raise AssertionError("one of the alternatives has matched")


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _serial_moment(simple: str) -> datetime | None:
    number = float(simple)
    if not _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        return None
    return datetime.combine(_EPOCH, time()) + timedelta(seconds=round(number * 86_400))


def _time(rest: str) -> time | None:
    found = _TIME.match(rest)
    if found is None:
        return None
    hour = int(found["hour"])
    minute = 30 if found["half_hour"] else int(found["minute"] or found["minute_zh"] or 0)
    later = found["half"] in ("下午", "晚上", "晚") or (found["pm"] or "").lower() == "pm"
    if later and hour < 12:
        hour += 12
    if (found["pm"] or "").lower() == "am" and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
