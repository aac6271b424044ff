"""Briefings, counselling slots, courses and internships with places: some are over, most are to come."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.occupations import occupations
from talentcity.tables import SESSION_KINDS

BACK, AHEAD = 90, 60  # days before and after `on`
ENGLISH = 0.06
_PLACES_PER_PERSON = {  # kind: (over, to come)
    "briefing": (1.10, 0.55),
    "counselling": (0.70, 0.60),
    "course": (0.28, 0.32),
    "internship": (0.17, 0.20),
}
_SIZES = {"briefing": (30, 120), "counselling": (4, 12), "course": (15, 40), "internship": (4, 20)}
_HOURS = {"briefing": 2.0, "counselling": 3.0, "course": 7.0, "internship": 8.0}
_DAYS = {"briefing": (0, 0), "counselling": (0, 0), "course": (4, 14), "internship": (88, 178)}  # to the last day
_STARTS = (time(9, 0), time(9, 30), time(14, 0), time(14, 30))
_TITLES: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "briefing": ("青年就业政策宣讲会", "高校毕业生就业政策说明会", "创业扶持政策解读"),
        "counselling": ("职业指导咨询", "简历诊断与面试辅导", "职业规划一对一"),
        "course": ("{family}技能培训班", "{family}岗前培训", "{family}实训课程"),
        "internship": ("{family}就业见习", "{family}见习岗位", "{family}见习计划"),
    },
    "en": {
        "briefing": ("Employment policy briefing",),
        "counselling": ("Career counselling",),
        "course": ("Course: {family}",),
        "internship": ("Internship: {family}",),
    },
}


def make_sessions(district: np.ndarray, rng: np.random.Generator, *, on: date, city: CityFile) -> pl.DataFrame:
    """Rows of the sessions schema, in the order of their beginning; each district has each kind, over and to come.

    Args:
        district: (people,) int, where each seeker lives.
        rng: random numbers.
        on: what "today" is; no session begins on that day.
        city: its districts.
    """
    people = np.bincount(district, minlength=len(city.districts))
    parts = [
        _some(rng, kind, place, ahead, _count(kind, int(people[place]), ahead=ahead))
        for kind in SESSION_KINDS
        for place in range(len(city.districts))
        for ahead in (False, True)
    ]
    drawn = pl.concat(parts)
    rows = [_row(on, city, *row) for row in drawn.iter_rows()]
    names = ("kind", "title", "district", "starts_at", "ends_at", "places", "language")
    frame = pl.DataFrame(rows, schema=names, orient="row").sort("starts_at", maintain_order=True)
    return frame.select(pl.Series("session_id", [f"S{number:06d}" for number in range(1, frame.height + 1)]), pl.all())


def _count(kind: str, people: int, *, ahead: bool) -> int:
    places = people * _PLACES_PER_PERSON[kind][ahead]
    return max(1 if ahead else 3, round(places / (sum(_SIZES[kind]) / 2)))


def _some(rng: np.random.Generator, kind: str, place: int, ahead: bool, count: int) -> pl.DataFrame:
    """The draws for `count` sessions of one kind in one district."""
    least, most = _SIZES[kind]
    shortest, longest = _DAYS[kind]
    day = rng.integers(1, AHEAD + 1, count) if ahead else -rng.integers(1, BACK + 1, count)
    return pl.DataFrame(
        {
            "kind": np.full(count, SESSION_KINDS.index(kind)),
            "place": np.full(count, place),
            "day": day,
            "start": rng.integers(0, len(_STARTS), count),
            "lasts": rng.integers(shortest, longest + 1, count),
            "places": rng.integers(least, most + 1, count),
            "title": rng.random(count),
            "family": rng.random(count),
            "english": rng.random(count) < ENGLISH,
        }
    )


def _row(
    on: date, city: CityFile, number: int, place: int, day: int, start: int, lasts: int, places: int, title: float,
    family: float, english: bool,
) -> tuple[str, str, str, datetime, datetime, int, str]:  # fmt: skip
    kind, language = SESSION_KINDS[number], "en" if english else "zh"
    trades = occupations().names[language]
    titles = _TITLES[language][kind]
    at = _STARTS[start % 2 if kind in ("course", "internship") else start]  # whole days begin in the morning
    begins = datetime.combine(on + timedelta(days=day), at)
    ends = begins + timedelta(days=lasts, hours=_HOURS[kind])
    name = titles[int(title * len(titles))].format(family=trades[int(family * len(trades))])
    return kind, name, city.places()[place], begins, ends, places, language
