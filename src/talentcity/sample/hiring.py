"""Who registered in the years before, what they were given, and when they were hired: by the causes of causes.toml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from talentcity import tables
from talentcity.sample.causes import MONTH, MONTHS, SERVICES, by_level, causes, chance, month_of_year
from talentcity.sample.cityfile import CityFile
from talentcity.sample.employers import Employers
from talentcity.sample.occupations import data, majors, occupations
from talentcity.sample.seekers import People, make_people
from talentcity.sample.streams import choose, choose_rows, ids, words_of
from talentcity.sample.vacancies import favourite_employers

YEARS = 5  # of history before `on`
PAST_PER_PERSON = 0.5  # people who registered in these years, for each who is looking now
_RECENT = 30  # days before `on` in which nobody of them registered
_NEVER = np.datetime64("NaT", "D")
_EVIDENCE = {  # behind the day
    "briefing": (" 宣讲会签到表", " 政策说明会扫码签到"),
    "counselling": (" 咨询记录表", " 职业指导记录，双方签字"),
    "recommendation": (" 岗位推荐函", " 推荐短信回执"),
    "training": (" 结业登记", " 见习协议备案"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Causes:
    """Of n people what decides; see causes.toml.

    Attributes:
        fit, wage_gap, demand, drive, need: (n,) as there.
        base: (n,) log odds of being hired in a month, without season, duration and services.
        served: (n,) log of the district's `served`.
    """

    fit: np.ndarray
    wage_gap: np.ndarray
    demand: np.ndarray
    drive: np.ndarray
    need: np.ndarray
    base: np.ndarray
    served: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """n people of earlier years.

    Attributes:
        people: who they were on the day they registered.
        hired: (n,) day; NaT for whoever was not hired.
        family: (n,) place in `occupations()` of the job; any number for whoever was not hired.
        employer: (n,) row of the employers; likewise.
        deliveries, hires, truth: rows of the schemas of these names (truth: hire_truth).
    """

    people: People
    hired: np.ndarray
    family: np.ndarray
    employer: np.ndarray
    deliveries: pl.DataFrame
    hires: pl.DataFrame
    truth: pl.DataFrame


def make_past(
    count: int, people_rng: np.random.Generator, rng: np.random.Generator, employers: Employers, *,
    on: date, city: CityFile, part: int,
) -> Past:  # fmt: skip
    """People who registered in the five years before a day, and what became of them until that day."""
    registered = _registered(count, people_rng, on)
    people = make_people(registered, people_rng, city=city, names=ids("Q", part, count), day=registered)
    why = _causes(people, rng, city)
    given, hired, through = _lived(people, why, rng, on)
    family = _job(people, rng)
    employer = favourite_employers(rng, employers, family)
    return Past(
        people=people,
        hired=hired,
        family=family,
        employer=employer,
        deliveries=_deliveries(people, given, rng, part),
        hires=_hires(people, hired, through, family, employers.table["employer_id"].gather(employer), city, rng),
        truth=_truth(people, why),
    )


def _registered(count: int, rng: np.random.Generator, on: date) -> np.ndarray:
    """(n,) days, in order; more of them in the months after graduation."""
    days = np.datetime64(on) - np.arange(round(365.25 * YEARS), _RECENT - 1, -1)
    weights = np.array(causes()["registering"]["season"])[month_of_year(days)]
    found: np.ndarray = days[np.sort(choose(rng, weights, count))]
    return found


def _causes(people: People, rng: np.random.Generator, city: CityFile) -> Causes:
    hire = causes()["hire"]
    leads = majors().families
    fit = (leads / leads.max(axis=1, keepdims=True))[people.major, people.wishes[:, 0]]
    pay = by_level(data("occupations.toml")["education_factor"])[people.level] * occupations().wage[people.wishes[:, 0]]
    wage_gap = np.nan_to_num(np.log(people.wage / pay), nan=0.0)
    demand = _demand(city)[people.district]
    ready = (
        by_level(hire["education"])[people.level]
        + hire["fit"] * fit
        + hire["wage"] * wage_gap
        + hire["experience"] * np.minimum(people.experience, 5)
        + hire["demand"] * demand
    )
    drive = rng.standard_normal(len(people))
    return Causes(
        fit=fit,
        wage_gap=wage_gap,
        demand=demand,
        drive=drive,
        need=causes()["given"]["mean_readiness"] - ready,
        base=hire["intercept"] + ready + hire["drive"] * drive,
        served=np.log(np.maximum([d.served for d in city.districts], 0.01))[people.district],
    )


def _demand(city: CityFile) -> np.ndarray:
    """(districts,) log of the share of openings over the share of people; 0 where one of them is 0."""
    openings, people = (np.array([getattr(d, name) for d in city.districts]) for name in ("openings", "people"))
    both = (openings > 0) & (people > 0)
    share = np.where(both, openings, 1) / openings.sum() / (np.where(both, people, 1) / people.sum())
    return np.where(both, np.log(share), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """Deliveries: (k,) rows of the people, services (places in SERVICES) and days."""

    row: np.ndarray
    service: np.ndarray
    day: np.ndarray


def _lived(people: People, why: Causes, rng: np.random.Generator, on: date) -> tuple[_Given, np.ndarray, np.ndarray]:
    """Month by month: what each was given in its first half, and who was hired in its second.

    Returns the deliveries, (n,) the day of being hired, and (n,) the service that led to it (in SERVICES, or -1).
    """
    count = len(people)
    had = np.zeros((count, len(SERVICES)), dtype=np.int64)
    hired = np.full(count, _NEVER)
    through = np.full(count, -1)
    given: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for month in range(MONTHS):
        begins = people.registered + MONTH * month
        looking = np.isnat(hired) & (begins + MONTH <= np.datetime64(on))
        for service, many in enumerate(_served(why, had, month, rng)):
            rows = np.repeat(np.arange(count), np.where(looking, many, 0))
            given.append((rows, np.full(len(rows), service), begins[rows] + 1 + rng.integers(0, 14, len(rows))))
            had[:, service] += np.where(looking, many, 0)
        plain = why.base + _of_month(begins, month)
        now = chance(plain + worth(had))
        lucky = looking & (rng.random(count) < now)
        hired[lucky] = (begins + 15 + rng.integers(0, 15, count))[lucky]
        through[lucky] = _through(plain, had, now, rng)[lucky]
    rows, services, days = (np.concatenate(column) for column in zip(*given, strict=True))
    order = np.lexsort((services, rows, days))
    return _Given(rows[order], services[order], days[order]), hired, through


def _of_month(begins: np.ndarray, month: int) -> np.ndarray:
    """(n,) log odds that the season and the time since registering add."""
    hire = causes()["hire"]
    season: np.ndarray = np.array(hire["season"])[month_of_year(begins)] + hire["duration"] * month
    return season


def worth(had: np.ndarray) -> np.ndarray:
    """(n,) log odds that (n, 4) numbers of each of SERVICES add."""
    effects = causes()["hire"]["services"]
    most = np.array([effects["most"] if name == "recommendation" else 1 for name in SERVICES])
    added: np.ndarray = np.minimum(had, most) @ np.array([effects[name] for name in SERVICES])
    return added


def _chances(why: Causes, month: int) -> dict[str, np.ndarray]:
    """For each service (n,) the chance of being given it in a month; of recommendations their mean number."""
    given = causes()["given"]
    briefing, counselling, training = given["briefing"], given["counselling"], given["training"]
    return {
        "briefing": chance(briefing["intercept"] + briefing["drive"] * why.drive),
        "counselling": chance(counselling["intercept"] + counselling["need"] * why.need + why.served),
        "recommendation": given["recommendation"]["rate"] * np.exp(given["recommendation"]["fit"] * (why.fit - 0.5)),
        "training": chance(training["intercept"] + training["need"] * why.need + training["waited"] * month),
    }


def _served(why: Causes, had: np.ndarray, month: int, rng: np.random.Generator) -> list[np.ndarray]:
    """For each of SERVICES (n,) how many are given in a month, to whoever is still looking."""
    chances = _chances(why, month)
    return [
        rng.poisson(chances[name])
        if name == "recommendation"
        else ((had[:, place] == 0) & (rng.random(len(had)) < chances[name])).astype(np.int64)
        for place, name in enumerate(SERVICES)
    ]


def _through(plain: np.ndarray, had: np.ndarray, now: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n,) the service that led to a hire: with the share of the chance that would be missing without it, or -1."""
    draw = rng.random(len(had))
    found = np.full(len(had), -1)
    for place in (SERVICES.index("recommendation"), SERVICES.index("training")):
        without = had.copy()
        without[:, place] = 0
        share = 1 - chance(plain + worth(without)) / now
        found = np.where((found < 0) & (draw >= 0) & (draw < share), place, found)
        draw = draw - share
    return found


def _job(people: People, rng: np.random.Generator) -> np.ndarray:
    """(n,) family of the job: one of the wishes mostly, else any."""
    wish = people.wishes[np.arange(len(people)), choose(rng, np.array([6, 2, 1]), len(people))]
    other = choose(rng, occupations().openings, len(people))
    return np.where((wish < 0) | (rng.random(len(people)) < 0.15), other, wish)


def _deliveries(people: People, given: _Given, rng: np.random.Generator, part: int) -> pl.DataFrame:
    kinds = [word for name in SERVICES for word in _EVIDENCE[name]]
    words = words_of(kinds, 2 * given.service + rng.integers(0, 2, len(given.row)))
    day = pl.Series(given.day, dtype=pl.Date)
    return pl.DataFrame(
        {
            "delivery_id": ids("H", part, len(given.row)),
            "person_id": people.table["seeker_id"].gather(given.row),
            "service": words_of(list(SERVICES), given.service),
            "on": day,
            "evidence": day.cast(pl.String) + words,
            "corrects": pl.Series([None], dtype=pl.String).new_from_index(0, len(given.row)),
        }
    )


def _hires(
    people: People, hired: np.ndarray, through: np.ndarray, family: np.ndarray, employer: pl.Series, city: CityFile,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    openings = np.array([[d.openings for d in city.districts]])
    away = choose_rows(rng, openings, np.zeros(len(people), dtype=np.int64))
    district = np.where(rng.random(len(people)) < 0.6, people.district, away)
    factor = by_level(data("occupations.toml")["education_factor"])[people.level]
    wage = occupations().wage[family] * factor * rng.lognormal(-0.05, 0.18, len(people))
    table = pl.DataFrame(
        {
            "person_id": people.table["seeker_id"],
            "employer_id": employer,
            "occupation": words_of(occupations().codes, family),
            "district": words_of(city.places(), district),
            "wage": np.maximum(1000, np.round(wage / 100) * 100),
            "on": pl.Series(hired, dtype=pl.Date),
            "through": words_of([*SERVICES, None], np.where(through < 0, len(SERVICES), through)),
        }
    )
    return table.drop_nulls("on").sort("on", maintain_order=True)


def _truth(people: People, why: Causes) -> pl.DataFrame:
    """What a table of the office never says: the causes of each person, and what each service would change."""
    chances = _chances(why, 0)
    without = _within_half_a_year(people, why, np.zeros(len(SERVICES)))
    one_each = np.eye(len(SERVICES))
    effects = {name: _within_half_a_year(people, why, one_each[place]) - without for place, name in enumerate(SERVICES)}
    nothing = np.zeros(len(people))  # a service that nobody is given
    return pl.DataFrame(
        {
            "person_id": people.table["seeker_id"],
            "fit": why.fit,
            "wage_gap": why.wage_gap,
            "demand": why.demand,
            "drive": why.drive,
            "need": why.need,
            "base": why.base,
            **{f"given_{name}": chances.get(name, nothing) for name in tables.SERVICES},
            "hired_without": without,
            **{f"effect_{name}": effects.get(name, nothing) for name in tables.SERVICES},
        }
    )


def _within_half_a_year(people: People, why: Causes, had: np.ndarray) -> np.ndarray:
    """(n,) chance of being hired within six months of whoever has had (4,) numbers of SERVICES from the first day."""
    left = np.ones(len(people))
    for month in range(6):
        begins = people.registered + MONTH * month
        left = left * (1 - chance(why.base + _of_month(begins, month) + worth(had[None, :])))
    return 1 - left
