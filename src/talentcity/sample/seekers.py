"""Young people who look for work: skewed by district and education, and wishing for more than there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from talentcity.sample.causes import by_level
from talentcity.sample.cityfile import CityFile
from talentcity.sample.occupations import data, majors, occupations
from talentcity.sample.streams import choose, choose_rows, choose_some, ids, lists_of, words_of
from talentcity.text.education import EDUCATION

FASHION = 0.34  # share of all wishes that follow fashion instead of study
REGISTERED_WITHIN = 150  # days before `on`
_WISHES = np.array([0.25, 0.40, 0.35])  # chance of one, two, three wished families
_AWAY = np.array([0.10, 0.30, 0.35, 0.25])  # chance of no district named, the own one, one more, two more
_LISTED = 12  # skills of a family that its people have
_GRADUATED = np.array([46, 30, 9, 5, 3, 2, 2, 1, 1, 1])  # weights of 0, 1, 2 ... years since graduation
_STUDIES_STILL = 0.03


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """n people; numbers beside the table that is made from them.

    Attributes:
        district: (n,) int, a place in the city's districts.
        level: (n,) int, a place in EDUCATION.
        major: (n,) int, a place in `majors()`.
        graduated: (n,) day.
        registered: (n,) day on which the promise begins.
        experience: (n,) years in halves.
        wishes: (n, 3) places in `occupations()`, first wish first; -1 where there is none.
        wage: (n,) CNY/month wished for; NaN where it is not known.
        table: rows of the seekers schema.
    """

    district: np.ndarray
    level: np.ndarray
    major: np.ndarray
    graduated: np.ndarray
    registered: np.ndarray
    experience: np.ndarray
    wishes: np.ndarray
    wage: np.ndarray
    table: pl.DataFrame

    def __len__(self) -> int:
        return len(self.district)


def make_seekers(people: int, rng: np.random.Generator, *, on: date, city: CityFile, part: int) -> People:
    """The people who look for work on a day."""
    age = np.floor(REGISTERED_WITHIN * rng.random(people) ** 1.5).astype(np.int64)  # more of them lately
    registered = np.datetime64(on - timedelta(days=1)) - age
    return make_people(registered, rng, city=city, names=ids("P", part, people), day=np.full(people, np.datetime64(on)))


def make_people(
    registered: np.ndarray, rng: np.random.Generator, *, city: CityFile, names: pl.Series, day: np.ndarray
) -> People:
    """People who registered on given days, as they are on another.

    Args:
        registered: (n,) days.
        rng: random numbers.
        city: its districts.
        names: (n,) ids.
        day: (n,) the day on which each is looked at.
    """
    trades, count = occupations(), len(registered)
    district = choose(rng, np.array([d.people for d in city.districts]), count)
    level = _education(rng, district, city)
    major = choose_rows(rng, majors().levels, level)
    graduated, later = _graduation(rng, day)
    experience = _experience(rng, graduated, day)
    wishes = _wishes(rng, major)
    wage = _wanted_wage(rng, wishes[:, 0], level)
    table = pl.DataFrame(
        {
            "seeker_id": names,
            "education": words_of(list(EDUCATION), level),
            "major": words_of([name or None for name in majors().names], major),
            "graduated_on": pl.Series(graduated, dtype=pl.Date),
            "district": words_of(city.places(), district),
            "experience_years": experience,
            "wanted_occupations": lists_of(trades.codes, wishes),
            "wanted_districts": _wanted_districts(rng, district, city),
            "wanted_wage": pl.Series(wage).fill_nan(None),
            "skills": _skills(rng, wishes, level),
            "excluded": pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, count),
            "may_work_from": pl.Series(np.where(later, graduated, np.datetime64("NaT")), dtype=pl.Date),
            "priority": choose(rng, np.array([90, 5, 3, 2]), count) / 10,
            "registered_on": pl.Series(registered, dtype=pl.Date),
        }
    )
    return People(
        district=district, level=level, major=major, graduated=graduated, registered=registered,
        experience=experience, wishes=wishes, wage=wage, table=table,
    )  # fmt: skip


def _education(rng: np.random.Generator, district: np.ndarray, city: CityFile) -> np.ndarray:
    """(n,) level of each person; a district's tilt multiplies the odds of each step up."""
    base = by_level(data("occupations.toml")["seeker_education"])
    tilt = np.array([d.education for d in city.districts])
    steps = np.arange(len(EDUCATION)) - EDUCATION.index("college")
    return choose_rows(rng, base * np.exp(tilt[:, None] * steps), district)


def _graduation(rng: np.random.Generator, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) day of graduation, and whether it is still to come. Schools close in the last days of June."""
    year = day.astype("datetime64[Y]")
    before_july = (day.astype("datetime64[M]") - year).astype(np.int64) < 6
    back = choose(rng, _GRADUATED, len(day))
    later = rng.random(len(day)) < _STUDIES_STILL
    ended = year - before_july.astype(np.int64) + np.where(later, 1, -back)
    return _june(ended) + rng.integers(0, 16, len(day)), later


def _june(year: np.ndarray) -> np.ndarray:
    """(n,) the fifteenth of June of each year."""
    june: np.ndarray = (year.astype("datetime64[M]") + 5).astype("datetime64[D]") + 14
    return june


def _experience(rng: np.random.Generator, graduated: np.ndarray, day: np.ndarray) -> np.ndarray:
    """(n,) years in halves: none for most, never much more than since graduation, at most 10."""
    since = (day - graduated).astype(np.int64) / 365.25
    years = rng.exponential(1.6, len(graduated)) * (rng.random(len(graduated)) < 0.42)
    halves: np.ndarray = np.floor(np.clip(years, 0, np.clip(since + 0.5, 0, 10)) * 2) / 2
    return halves


def _wishes(rng: np.random.Generator, major: np.ndarray) -> np.ndarray:
    """(n, 3) families in the order of the wish; -1 for those who have fewer."""
    trades, studies = occupations(), majors()
    fashion = trades.wish / trades.wish.sum()
    wishes = choose_some(rng, (1 - FASHION) * studies.families + FASHION * fashion, major, 3)
    many = 1 + choose(rng, _WISHES, len(major))
    return np.where(np.arange(3) < many[:, None], wishes, -1)


def _wanted_districts(rng: np.random.Generator, district: np.ndarray, city: CityFile) -> pl.Series:
    """The own district, then popular ones; empty for a tenth."""
    most = min(3, len(city.districts))
    wished = np.array([[d.wished for d in city.districts]])
    others = choose_some(rng, wished, np.zeros(len(district), dtype=np.int64), most)
    others = np.where(others == district[:, None], -1, others)
    many = choose(rng, _AWAY, len(district))
    named = np.concatenate([district[:, None], others], axis=1)
    rank = np.cumsum(named >= 0, axis=1)
    return lists_of(city.places(), np.where(rank <= many[:, None], named, -1))


def _wanted_wage(rng: np.random.Generator, first: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Lognormal about what the first wish pays at one's education, a little below it; NaN for some."""
    factor = by_level(data("occupations.toml")["education_factor"])[level]
    wage = occupations().wage[first] * factor * rng.lognormal(-0.10, 0.20, len(first))
    known = rng.random(len(first)) >= 0.04
    return np.where(known, np.maximum(1000, np.round(wage / 100) * 100), np.nan)


def _skills(rng: np.random.Generator, wishes: np.ndarray, level: np.ndarray) -> pl.Series:
    """Up to four skills of the first wish, up to two of the second, and some that everybody may have."""
    common = data("skills.toml")["common"]["codes"]
    lists = [*(codes[:_LISTED] for codes in occupations().skills), common]
    words = sorted({code for codes in lists for code in codes})
    everybody = np.full(len(wishes), len(lists) - 1)
    more = rng.integers(0, 2, len(wishes)) + (level >= EDUCATION.index("college"))
    second = np.where(wishes[:, 1] < 0, wishes[:, 0], wishes[:, 1])
    found = np.concatenate(
        [
            _some_of(rng, lists, words, wishes[:, 0], rng.integers(1, 5, len(wishes))),
            _some_of(rng, lists, words, second, rng.integers(0, 3, len(wishes))),
            _some_of(rng, lists, words, everybody, more),
        ],
        axis=1,
    )
    for later in range(1, found.shape[1]):
        again = (found[:, :later] == found[:, later : later + 1]).any(axis=1)
        found[again, later] = -1
    return lists_of(words, found)


def _some_of(
    rng: np.random.Generator, lists: list[list[str]], words: list[str], which: np.ndarray, count: np.ndarray
) -> np.ndarray:
    """(n, up to 4) places in `words`: for each row `count` words of its list, the earlier ones likelier; -1 is none."""
    most = max(len(codes) for codes in lists)
    place = {word: number for number, word in enumerate(words)}
    table = np.full((len(lists), most), -1)
    for number, codes in enumerate(lists):
        table[number, : len(codes)] = [place[code] for code in codes]
    weights = np.where(table >= 0, 1 / (2 + np.arange(most)), 0)
    drawn = choose_some(rng, weights, which, min(int(count.max()), most))
    found = table[which[:, None], drawn]
    return np.where(np.arange(drawn.shape[1]) < count[:, None], found, -1)
