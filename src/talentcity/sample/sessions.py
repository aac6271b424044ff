"""Briefings, counselling slots, courses and internships with places: some are over, most are to come."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.occupations import occupations
from talentcity.sample.streams import ids, words_of

BACK, AHEAD = 90, 60  # days before and after `on`
ENGLISH = 0.06
_PLACES_PER_PERSON = {  # kind: (over, to come)
    "briefing": (1.10, 0.55),
    "counselling": (0.70, 0.60),
    "course": (0.28, 0.32),
    "internship": (0.17, 0.20),
}
_SIZES = {"briefing": (30, 120), "counselling": (4, 12), "course": (15, 40), "internship": (4, 20)}
_KINDS = tuple(_SIZES)  # of the kinds that there are, those that the sample makes
_MINUTES = {"briefing": 120, "counselling": 180, "course": 420, "internship": 480}
_DAYS = {"briefing": (0, 0), "counselling": (0, 0), "course": (4, 14), "internship": (88, 178)}  # to the last day
_STARTS = np.array([540, 570, 840, 870])  # minutes after midnight
_LANGUAGES = ("zh", "en")
_TITLES: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "briefing": ("青年就业政策宣讲会", "高校毕业生就业政策说明会", "创业扶持政策解读"),
        "counselling": ("职业指导咨询", "简历诊断与面试辅导", "职业规划一对一"),
        "course": ("{family}技能培训班", "{family}岗前培训", "{family}实训课程"),
        "internship": ("{family}就业见习", "{family}见习岗位", "{family}见习计划"),
    },
    "en": {
        "briefing": ("Employment policy briefing",) * 3,
        "counselling": ("Career counselling",) * 3,
        "course": ("Course: {family}",) * 3,
        "internship": ("Internship: {family}",) * 3,
    },
}


def make_sessions(
    district: np.ndarray, rng: np.random.Generator, *, on: date, city: CityFile, part: int
) -> pl.DataFrame:
    """Rows of the sessions schema, in the order of their beginning; each district has each kind, over and to come.

    Args:
        district: (people,) int, where each seeker lives.
        rng: random numbers.
        on: what "today" is; no session begins on that day.
        city: its districts.
        part: whose ids the sessions have.
    """
    people = np.bincount(district, minlength=len(city.districts))
    cells = [
        (kind, place, ahead, _count(_KINDS[kind], int(people[place]), ahead=ahead))
        for kind in range(len(_KINDS))
        for place in range(len(city.districts))
        for ahead in (False, True)
    ]
    kind, place, ahead, counts = (np.array(column) for column in zip(*cells, strict=True))
    kind, place, ahead = np.repeat(kind, counts), np.repeat(place, counts), np.repeat(ahead, counts)
    day = np.where(ahead, rng.integers(1, AHEAD + 1, len(kind)), -rng.integers(1, BACK + 1, len(kind)))
    whole_days = np.isin(kind, [_KINDS.index("course"), _KINDS.index("internship")])
    start = rng.integers(0, len(_STARTS), len(kind))
    minute = _STARTS[np.where(whole_days, start % 2, start)]  # whole days begin in the morning
    begins = (np.datetime64(on) + day).astype("datetime64[m]") + minute
    lasts = _between(rng, np.array([_DAYS[name] for name in _KINDS]), kind)
    ends = begins + 24 * 60 * lasts + np.array([_MINUTES[name] for name in _KINDS])[kind]
    language = (rng.random(len(kind)) < ENGLISH).astype(np.int64)
    family = rng.integers(0, len(occupations().codes), len(kind))
    title = ((language * len(_KINDS) + kind) * 3 + rng.integers(0, 3, len(kind))) * len(occupations().codes)
    frame = pl.DataFrame(
        {
            "kind": words_of(list(_KINDS), kind),
            "title": words_of(_titles(), title + family),
            "district": words_of(city.places(), place),
            "starts_at": pl.Series(begins.astype("datetime64[us]")),
            "ends_at": pl.Series(ends.astype("datetime64[us]")),
            "places": _between(rng, np.array([_SIZES[name] for name in _KINDS]), kind),
            "language": words_of(list(_LANGUAGES), language),
        }
    ).sort("starts_at", maintain_order=True)
    return frame.select(ids("S", part, frame.height).alias("session_id"), pl.all())


def _count(kind: str, people: int, *, ahead: bool) -> int:
    places = people * _PLACES_PER_PERSON[kind][ahead]
    return max(1 if ahead else 3, round(places / (sum(_SIZES[kind]) / 2)))


def _between(rng: np.random.Generator, limits: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """(n,) int: for each row a number between the limits of its kind, both included."""
    low, high = limits[kind].T
    drawn: np.ndarray = rng.integers(low, high + 1)
    return drawn


@cache
def _titles() -> list[str]:
    """Every title there can be: by language, kind, pattern and family, the last changing fastest."""
    return [
        pattern.format(family=family)
        for language in _LANGUAGES
        for kind in _KINDS
        for pattern in _TITLES[language][kind]
        for family in occupations().names[language]
    ]
