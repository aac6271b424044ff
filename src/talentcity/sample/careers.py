"""Careers: the jobs that people had before they registered, and what came after they were hired or gave up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from talentcity.sample.causes import MONTH, MONTHS, by_level, causes
from talentcity.sample.cityfile import CityFile
from talentcity.sample.employers import Employers
from talentcity.sample.hiring import Past
from talentcity.sample.occupations import occupations
from talentcity.sample.seekers import People
from talentcity.sample.streams import choose, words_of
from talentcity.sample.vacancies import favourite_employers
from talentcity.text.education import EDUCATION

HERE = 0  # the place of the city itself; other cities follow
MOST_JOBS = 8  # after being hired
_AGE = {"junior": 15, "secondary": 18, "college": 21, "bachelor": 22, "master": 25, "doctor": 28}  # when one graduates
_UNTIL_NOW = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spells:
    """k spells: row of the person, place of the city, place in `occupations()`, days, row of the employer or -1."""

    row: np.ndarray
    city: np.ndarray
    family: np.ndarray
    start: np.ndarray
    end: np.ndarray
    employer: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Studies:
    """(n,) place of the city where each person studied, and the year of birth."""

    city: np.ndarray
    born: np.ndarray


def make_spells(
    people: People, past: Past, rng: np.random.Generator, employers: Employers, *, on: date, city: CityFile
) -> pl.DataFrame:
    """Rows of the spells schema: of those who look for work now, then of those of earlier years; each by time."""
    studies, earlier = _studies(people, rng), _studies(past.people, rng)
    now = _before(people, studies, rng)
    then = [_before(past.people, earlier, rng), *_after(past, earlier, rng, on)]
    names = [city.name, *causes()["cities"]]
    return pl.concat(
        [
            _table(people, studies, [now], rng, employers, names),
            _table(past.people, earlier, then, rng, employers, names),
        ]
    )


def _studies(people: People, rng: np.random.Generator) -> _Studies:
    away = rng.random(len(people)) < by_level(causes()["careers"]["studied_elsewhere"])[people.level]
    year = people.graduated.astype("datetime64[Y]").astype(np.int64) + 1970
    age = by_level(_AGE)[people.level] + rng.integers(0, 3, len(people))
    return _Studies(city=np.where(away, _other_cities(rng, len(people)), HERE), born=year - age)


def _other_cities(rng: np.random.Generator, count: int) -> np.ndarray:
    """(n,) places of other cities."""
    return 1 + choose(rng, np.array(list(causes()["cities"].values())), count)


def _before(people: People, studies: _Studies, rng: np.random.Generator) -> _Spells:
    """One to three jobs, whose days come to the experience of each person; the last ends before registering."""
    facts, years = causes()["careers"], people.experience
    rows = np.flatnonzero(years > 0)
    jobs = 1 + (rng.random(len(rows)) < np.clip(years[rows] / 4, 0, 0.8)) + (rng.random(len(rows)) < years[rows] / 12)
    row = np.repeat(rows, jobs)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(jobs) - jobs, jobs)  # 0 is the last job
    share = 0.3 + rng.random(len(row))
    total = np.add.reduceat(share, np.cumsum(jobs) - jobs) if len(row) else share
    days = np.maximum(20, np.round(365.25 * years[row] * share / np.repeat(total, jobs))).astype(np.int64)
    gap = np.where(turn == 0, rng.integers(5, 100, len(row)), rng.integers(1, 120, len(row)))
    back = np.cumsum(days + gap)  # from the day of registering, once the earlier persons are taken off
    back -= np.repeat((back - days - gap)[np.cumsum(jobs) - jobs] if len(row) else back, jobs)
    start = people.registered[row] - back
    elsewhere = rng.random(len(row)) < facts["worked_elsewhere"]
    other = np.where(studies.city[row] == HERE, _other_cities(rng, len(row)), studies.city[row])
    wish, other_family = people.wishes[row, 0], choose(rng, occupations().openings, len(row))
    return _Spells(
        row=row,
        city=np.where(elsewhere, other, HERE),
        family=np.where(rng.random(len(row)) < facts["same_occupation"], wish, other_family),
        start=start,
        end=start + days - 1,
        employer=np.full(len(row), -1),
    )


def _after(past: Past, studies: _Studies, rng: np.random.Generator, on: date) -> Iterator[_Spells]:
    """The jobs after being hired, one after the other until `on`; of those who were not hired, jobs in other cities."""
    count, today = len(past.people), np.datetime64(on)
    gone = rng.random(count) < causes()["leaving"]["not_hired"]
    given_up = past.people.registered + MONTH * MONTHS + rng.integers(1, 90, count)
    hired = ~np.isnat(past.hired)
    start = np.where(hired, past.hired, np.where(gone, given_up, today))
    where = np.where(hired, HERE, _other_cities(rng, count))
    family, employer = past.family, np.where(hired, past.employer, -1)
    rows = np.flatnonzero(start < today)
    start, where, family, employer = start[rows], where[rows], family[rows], employer[rows]
    facts = causes()["careers"]
    for _ in range(MOST_JOBS):
        lasts = 1 + np.floor(facts["job_days"] * rng.lognormal(0, facts["job_spread"], len(rows))).astype(np.int64)
        last = start + lasts - 1
        yield _Spells(
            row=rows, city=where, family=family, start=start, end=np.where(last < today, last, _UNTIL_NOW),
            employer=employer,
        )  # fmt: skip
        start = last + 1 + np.floor(rng.exponential(facts["between_days"], len(rows))).astype(np.int64)
        on_it = start < today
        rows, start, where, family = rows[on_it], start[on_it], where[on_it], family[on_it]
        where = _next_city(where, past.people.level[rows], studies.city[rows], rng)
        same = rng.random(len(rows)) < facts["same_occupation"]
        family = np.where(same, family, choose(rng, occupations().openings, len(rows)))
        employer = np.full(len(rows), -1)


def _next_city(where: np.ndarray, level: np.ndarray, studied: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) where the next job is: away from here by study and education, back from elsewhere by one chance for all."""
    leaving = causes()["leaving"]
    bachelor = level >= EDUCATION.index("bachelor")
    here, elsewhere = (
        np.where(bachelor, leaving[name]["bachelor_or_above"], leaving[name]["below_bachelor"])
        for name in ("studied_here", "studied_elsewhere")
    )
    draw, other = rng.random(len(where)), _other_cities(rng, len(where))
    leaves = draw < np.where(studied == HERE, here, elsewhere)
    return np.where(where == HERE, np.where(leaves, other, HERE), np.where(draw < leaving["returning"], HERE, where))


def _table(
    people: People, studies: _Studies, spells: list[_Spells], rng: np.random.Generator, employers: Employers,
    names: list[str],
) -> pl.DataFrame:  # fmt: skip
    row, city, family, start, end, employer = (
        np.concatenate([getattr(some, name) for some in spells])
        for name in ("row", "city", "family", "start", "end", "employer")
    )
    order = np.lexsort((start, row))
    row, city, family, start, end, employer = (column[order] for column in (row, city, family, start, end, employer))
    employer = np.where(employer < 0, favourite_employers(rng, employers, family), employer)
    known = pl.concat([employers.table["employer_id"], pl.Series([None], dtype=pl.String)])
    return pl.DataFrame(
        {
            "person_id": people.table["seeker_id"].gather(row),
            "city": words_of(names, city),
            "employer_id": known.gather(np.where(city == HERE, employer, len(employers.table))),
            "occupation": words_of(occupations().codes, family),
            "education": words_of(list(EDUCATION), people.level[row]),
            "start_date": pl.Series(start, dtype=pl.Date),
            "end_date": pl.Series(end, dtype=pl.Date),
            "birth_year": studies.born[row],
            "graduated_city": words_of(names, studies.city[row]),
            "graduated_year": people.graduated[row].astype("datetime64[Y]").astype(np.int64) + 1970,
        }
    )
