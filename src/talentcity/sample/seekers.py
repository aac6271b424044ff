"""Young people who look for work: skewed by district and education, and wishing for more than there is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.occupations import Majors, Occupations, data, majors, occupations
from talentcity.sample.streams import choose, choose_rows, choose_some
from talentcity.tables.schema import LIST_SEPARATOR
from talentcity.text.education import EDUCATION

FASHION = 0.34  # share of all wishes that follow fashion instead of study
REGISTERED_WITHIN = 150  # days before `on`
_WISHES = np.array([0.25, 0.40, 0.35])  # chance of one, two, three wished families
_AWAY = np.array([0.10, 0.30, 0.35, 0.25])  # chance of no district named, the own one, one more, two more


def make_seekers(people: int, rng: np.random.Generator, *, on: date, city: CityFile) -> pl.DataFrame:
    """(people) rows of the seekers schema."""
    trades, studies = occupations(), majors()
    district = choose(rng, np.array([d.people for d in city.districts]), people)
    level = _education(rng, district, city)
    major = choose_rows(rng, studies.levels[level])
    graduated, later = _graduation(rng, people, on)
    wishes, wished = _wishes(rng, major, trades, studies)
    return pl.DataFrame(
        {
            "seeker_id": [f"P{number:06d}" for number in range(1, people + 1)],
            "education": [EDUCATION[number] for number in level.tolist()],
            "major": [studies.names[number] or None for number in major.tolist()],
            "graduated_on": pl.Series(graduated, dtype=pl.Date),
            "district": np.array(city.places(), dtype=object)[district],
            "experience_years": _experience(rng, graduated, on),
            "wanted_occupations": _taken(trades.codes, wishes, wished),
            "wanted_districts": _wanted_districts(rng, district, city),
            "wanted_wage": _wanted_wage(rng, wishes[:, 0], level, trades),
            "skills": _skills(rng, wishes, level, trades),
            "excluded": _lists([[] for _ in range(people)]),
            "may_work_from": pl.Series(np.where(later, graduated, np.datetime64("NaT")), dtype=pl.Date),
            "priority": choose(rng, np.array([90, 5, 3, 2]), people) / 10,
            "registered_on": pl.Series(_registered(rng, people, on), dtype=pl.Date),
        }
    )


def _education(rng: np.random.Generator, district: np.ndarray, city: CityFile) -> np.ndarray:
    """(n,) level of each person; a district's tilt multiplies the odds of each step up."""
    mix = data("occupations.toml")["seeker_education"]
    base = np.array([mix[level] for level in EDUCATION], dtype=np.float64)
    tilt = np.array([d.education for d in city.districts])
    steps = np.arange(len(EDUCATION)) - EDUCATION.index("college")
    return choose_rows(rng, (base * np.exp(tilt[:, None] * steps))[district])


def _graduation(rng: np.random.Generator, people: int, on: date) -> tuple[np.ndarray, np.ndarray]:
    """(n,) day of graduation, and whether it is still to come. Schools close in the last days of June."""
    last = on.year if on >= date(on.year, 7, 1) else on.year - 1
    back = choose(rng, np.array([46, 30, 9, 5, 3, 2, 2, 1, 1, 1]), people)
    later = rng.random(people) < 0.03
    year = np.where(later, last + 1, last - back)
    day = rng.integers(0, 16, people)  # 15 to 30 June
    june = np.array([f"{number}-06-15" for number in year.tolist()], dtype="datetime64[D]")
    return june + day, later


def _experience(rng: np.random.Generator, graduated: np.ndarray, on: date) -> np.ndarray:
    """(n,) years in halves: none for most, never much more than since graduation, at most 10."""
    since = (np.datetime64(on) - graduated).astype(np.int64) / 365.25
    years = rng.exponential(1.6, len(graduated)) * (rng.random(len(graduated)) < 0.42)
    return np.floor(np.clip(years, 0, np.clip(since + 0.5, 0, 10)) * 2) / 2


def _wishes(
    rng: np.random.Generator, major: np.ndarray, trades: Occupations, studies: Majors
) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) families in the order of the wish, and (n,) how many of them count."""
    fashion = trades.wish / trades.wish.sum()
    chances = (1 - FASHION) * studies.families + FASHION * fashion
    wishes = choose_some(rng, chances[major], 3)
    return wishes, 1 + choose(rng, _WISHES, len(major))


def _wanted_districts(rng: np.random.Generator, district: np.ndarray, city: CityFile) -> pl.Series:
    """The own district, then popular ones; empty for a tenth."""
    count = choose(rng, _AWAY, len(district))
    wished = np.array([d.wished for d in city.districts])
    places = city.places()
    others = choose_some(rng, np.broadcast_to(wished, (len(district), len(wished))), 3)
    rows = (
        [] if many == 0 else [places[own], *(places[other] for other in away if other != own)][:many]
        for own, many, away in zip(district.tolist(), count.tolist(), others.tolist(), strict=True)
    )
    return _lists(rows)


def _wanted_wage(rng: np.random.Generator, first: np.ndarray, level: np.ndarray, trades: Occupations) -> pl.Series:
    """Lognormal about what the first wish pays at one's education, a little below it; unknown for some."""
    factor = data("occupations.toml")["education_factor"]
    factors = np.array([factor[name] for name in EDUCATION])
    wage = trades.wage[first] * factors[level] * rng.lognormal(-0.10, 0.20, len(first))
    known = rng.random(len(first)) >= 0.04
    return pl.Series(np.maximum(1000, np.round(wage / 100) * 100)).set(pl.Series(~known), None)


def _skills(rng: np.random.Generator, wishes: np.ndarray, level: np.ndarray, trades: Occupations) -> pl.Series:
    """Up to four skills of the first wish, up to two of the second, and some that everybody may have."""
    common = data("skills.toml")["common"]["codes"]
    first = _some_of(rng, trades.skills, wishes[:, 0], rng.integers(1, 5, len(wishes)))
    second = _some_of(rng, trades.skills, wishes[:, 1], rng.integers(0, 3, len(wishes)))
    more = rng.integers(0, 2, len(wishes)) + (level >= EDUCATION.index("college"))
    general = _some_of(rng, [common], np.zeros(len(wishes), dtype=np.int64), more)
    rows = [list(dict.fromkeys([*a, *b, *c])) for a, b, c in zip(first, second, general, strict=True)]
    return _lists(rows)


def _some_of(rng: np.random.Generator, lists: list[list[str]], which: np.ndarray, count: np.ndarray) -> list[list[str]]:
    """For each row some of the words of its list; earlier words are likelier."""
    most = max(len(words) for words in lists)
    weights = np.array([[1 / (2 + place) if place < len(words) else 0 for place in range(most)] for words in lists])
    order = choose_some(rng, weights[which], min(4, most))
    return [
        [lists[row][place] for place in places[:many] if place < len(lists[row])]
        for row, many, places in zip(which.tolist(), count.tolist(), order.tolist(), strict=True)
    ]


def _registered(rng: np.random.Generator, people: int, on: date) -> np.ndarray:
    """(n,) day on which the promise begins: more of them lately."""
    days = np.floor(REGISTERED_WITHIN * rng.random(people) ** 1.5).astype(np.int64)
    return np.datetime64(on - timedelta(days=1)) - days


def _taken(words: list[str], places: np.ndarray, count: np.ndarray) -> pl.Series:
    rows = [[words[p] for p in row[:many]] for row, many in zip(places.tolist(), count.tolist(), strict=True)]
    return _lists(rows)


def _lists(rows: Iterable[list[str]]) -> pl.Series:
    """A column of lists; joined and split again, which polars does twenty times faster than taking lists."""
    joined = pl.Series([LIST_SEPARATOR.join(row) for row in rows], dtype=pl.String)
    return joined.str.split(LIST_SEPARATOR).list.filter(pl.element() != "")
