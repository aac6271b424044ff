"""Days as sheets write them. A day without its year is not read: which year would be a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import polars as pl

from talentcity.text.plain import plain
from talentcity.text.unique import read_each


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and where in the text it stands."""

    day: date
    start: int
    end: int


def read_day(text: str) -> Day | None:
    """Read a day, year first; None when there is none, or two, or it is not in the calendar.

    Example:
        >>> [read_day(text).day.isoformat() for text in ("2026-03-01", "2026/3/1", "2026年3月1日", "20260301")]
        ['2026-03-01', '2026-03-01', '2026-03-01', '2026-03-01']
        >>> read_day("2026-02-31"), read_day("3月1日"), read_day("1/3/2026")
        (None, None, None)
    """
    found = list(_DAY.finditer(plain(text)))
    if len(found) != 1:
        return None
    year, month, day = (int(part) for part in found[0].groups() if part is not None)
    try:
        return Day(date(year, month, day), *found[0].span())
    except ValueError:
        return None


def read_days(texts: pl.Series) -> pl.DataFrame:
    """Read many days: columns `read` and `day`."""

    def read(text: str) -> tuple[date] | None:
        found = read_day(text)
        return None if found is None else (found.day,)

    return read_each(texts, read, {"day": pl.Date})


_DAY = re.compile(
    r"(?<!\d)(?:"
    r"((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})|((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})|((?:19|20)\d\d)\.(\d{1,2})\.(\d{1,2})|"
    r"((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]|((?:19|20)\d\d)(\d\d)(\d\d)"
    r")(?!\d)"
)
