"""Vacancies, and the facts of the postings that speak of them; the words come later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from talentcity.sample.causes import by_level
from talentcity.sample.cityfile import CityFile
from talentcity.sample.employers import SECTORS, Employers
from talentcity.sample.occupations import Occupations, data, occupations
from talentcity.sample.streams import choose, choose_rows, ids, words_of
from talentcity.tables import CHANNELS
from talentcity.text.education import EDUCATION

PLACES_PER_PERSON = 0.40  # open places of vacancies that are not over, per seeker
COPIES = np.array([0.92, 0.06, 0.02])  # chance of one, two, three postings of a vacancy
ENGLISH = 0.15
LARGEST = 500  # persons
_OVER = 0.04  # share of vacancies whose day has passed
_EXPERIENCE = np.array([-1, 0, 1, 2, 3, 5])  # years asked for; -1 asks for none
_EXPERIENCE_CHANCES = np.array([46, 20, 17, 8, 7, 2])
_ANYWHERE = ("finance", "business", "commerce", "services")  # every industry has such vacancies
_NO_HEADCOUNT, _NO_WAGE, _NO_OCCUPATION = 0.12, 0.12, 0.25  # columns left to the text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Openings:
    """V vacancies; places in `occupations()` and in the city's districts.

    Attributes:
        family, district: (V,) int.
        channel: (V,) int, a place in CHANNELS.
        headcount, hired: (V,) persons.
        level: (V,) int, a place in EDUCATION; -1 asks for none.
        experience: (V,) years; -1 asks for none.
        wage_min, wage_max: (V,) CNY/month.
        over: (V,) bool, its day has passed.
    """

    family: np.ndarray
    district: np.ndarray
    channel: np.ndarray
    headcount: np.ndarray
    hired: np.ndarray
    level: np.ndarray
    experience: np.ndarray
    wage_min: np.ndarray
    wage_max: np.ndarray
    over: np.ndarray

    def __len__(self) -> int:
        return len(self.family)


def make_openings(people: int, rng: np.random.Generator, *, city: CityFile) -> Openings:
    """So many vacancies that their open places come to `PLACES_PER_PERSON` for each seeker."""
    trades = occupations()
    wanted = max(3, round(people * PLACES_PER_PERSON))
    family = choose(rng, trades.openings, wanted)
    headcount = _headcounts(rng, trades.tail[family], min(LARGEST, max(3, wanted // 12)))
    hired = _hired(rng, headcount)
    over = rng.random(wanted) < _OVER
    open_places = np.cumsum(np.where(over, 0, headcount - hired))
    count = min(wanted, int(np.searchsorted(open_places, wanted)) + 1)
    family, headcount, hired, over = family[:count], headcount[:count], hired[:count], over[:count]
    level = _levels(rng, family, trades)
    experience = _EXPERIENCE[choose(rng, _EXPERIENCE_CHANCES, count)]
    low, high = _wages(rng, family, level, experience, trades)
    return Openings(
        family=family,
        district=_districts(rng, family, trades, city),
        channel=_channels(rng, family, trades),
        headcount=headcount,
        hired=hired,
        level=level,
        experience=experience,
        wage_min=low,
        wage_max=high,
        over=over,
    )


def _headcounts(rng: np.random.Generator, tail: np.ndarray, most: int) -> np.ndarray:
    """(n,) int: a discrete Pareto law, P(at least h) = h ** -tail, cut at `most`."""
    return np.minimum(np.floor((1 - rng.random(len(tail))) ** (-1 / tail)), most).astype(np.int64)


def _hired(rng: np.random.Generator, headcount: np.ndarray) -> np.ndarray:
    """(n,) int: some places of a few vacancies are filled; of very few all."""
    some = np.floor(rng.random(len(headcount)) * headcount).astype(np.int64)
    draw = rng.random(len(headcount))
    return np.where(draw < 0.08, some, np.where(draw > 0.992, headcount, 0))


def _levels(rng: np.random.Generator, family: np.ndarray, trades: Occupations) -> np.ndarray:
    asked = [[EDUCATION.index(level) if level else -1 for level in levels] for levels in trades.levels]
    table = np.array([[levels[k] if k < len(levels) else -1 for k in range(max(map(len, asked)))] for levels in asked])
    many = np.array([len(levels) for levels in asked])[family]
    levels: np.ndarray = table[family, (rng.random(len(family)) * many).astype(np.int64)]
    return levels


def _wages(
    rng: np.random.Generator, family: np.ndarray, level: np.ndarray, experience: np.ndarray, trades: Occupations
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) lower and upper wage in steps of 500."""
    factors = np.append(by_level(data("occupations.toml")["education_factor"]), 0.92)  # the last is for -1
    middle = trades.wage[family] * factors[level] * (1 + 0.07 * np.maximum(experience, 0))
    low = np.maximum(5, np.round(middle * rng.lognormal(-0.12, 0.18, len(family)) / 500))
    high = np.maximum(low + 1, np.round(low * rng.uniform(1.15, 1.7, len(family))))
    return low * 500, high * 500


def _districts(rng: np.random.Generator, family: np.ndarray, trades: Occupations, city: CityFile) -> np.ndarray:
    groups = sorted(set(trades.groups))
    weights = np.array([[d.openings * d.industries.get(group, 1.0) for d in city.districts] for group in groups])
    weights[weights.sum(axis=1) == 0] = 1.0
    group = np.array([groups.index(name) for name in trades.groups])
    return choose_rows(rng, weights, group[family])


def _channels(rng: np.random.Generator, family: np.ndarray, trades: Occupations) -> np.ndarray:
    market = 1 - trades.public.sum(axis=1, keepdims=True)
    return choose_rows(rng, np.concatenate([market, trades.public], axis=1), family)


def make_postings(
    openings: Openings, employers: Employers, rng: np.random.Generator, *, on: date, city: CityFile, part: int
) -> pl.DataFrame:
    """The facts of one to three postings for each vacancy, in the order of their days.

    Returns the columns of the postings schema without title and text and, beside them, `vacancy` and
    `family` (int), `language`, `places` (persons, always known), `pay_min` and `pay_max` (always known),
    `level`, `experience` (-1 asks for none) and `street` (int).
    """
    copies = 1 + choose(rng, COPIES, len(openings))
    vacancy = np.repeat(np.arange(len(openings)), copies)
    first = np.concatenate([[True], vacancy[1:] != vacancy[:-1]])
    posted, last = _days(rng, openings.over[vacancy], on)
    order = np.argsort(posted, kind="stable")
    vacancy, first, posted, last = vacancy[order], first[order], posted[order], last[order]
    employer, channel = _employers(rng, openings, vacancy, first, employers)
    family, district, level = openings.family[vacancy], openings.district[vacancy], openings.level[vacancy]
    count = len(vacancy)
    pay_min, pay_max = openings.wage_min[vacancy], openings.wage_max[vacancy]
    silent = rng.random(count) < _NO_WAGE
    trades, places = occupations(), city.places()
    asked = np.where(rng.random(count) < 0.9, level, -1)
    experience = openings.experience[vacancy]
    return pl.DataFrame(
        {
            "posting_id": ids("J", part, count),
            "employer_id": employers.table["employer_id"].gather(employer),
            "occupation": _known(rng, words_of(trades.codes, family), _NO_OCCUPATION),
            "district": words_of(places, district),
            "wage_min": pl.Series(pay_min).set(pl.Series(silent), None),
            "wage_max": pl.Series(pay_max).set(pl.Series(silent), None),
            "education_min": words_of([*EDUCATION, None], np.where(asked >= 0, asked, len(EDUCATION))),
            "experience_min": pl.Series(np.where(experience >= 0, experience, np.nan)).fill_nan(None),
            "headcount": _known(rng, pl.Series(openings.headcount[vacancy]), _NO_HEADCOUNT),
            "channel": words_of(list(CHANNELS), channel),
            "posted_on": pl.Series(posted, dtype=pl.Date),
            "valid_through": pl.Series(last, dtype=pl.Date),
            "vacancy": vacancy,
            "family": family,
            "district_place": district,
            "language": np.where(rng.permutation(count) < round(ENGLISH * count), "en", "zh"),
            "places": openings.headcount[vacancy],
            "pay_min": pay_min,
            "pay_max": pay_max,
            "level": asked,
            "experience": experience,
            "street": rng.integers(0, 1000, count),
        }
    )


def _days(rng: np.random.Generator, over: np.ndarray, on: date) -> tuple[np.ndarray, np.ndarray]:
    """(n,) day of publication and last day; of what is not over the last day is `on` or later."""
    today, count = np.datetime64(on), len(over)
    age = np.floor(60 * rng.random(count) ** 1.4).astype(np.int64)
    posted = today - np.where(over, 20 + age, age)
    last = np.where(
        over, posted + 1 + np.floor(18 * rng.random(count)).astype(np.int64), today + rng.integers(0, 75, count)
    )
    return posted, last


def _employers(
    rng: np.random.Generator, openings: Openings, vacancy: np.ndarray, first: np.ndarray, employers: Employers
) -> tuple[np.ndarray, np.ndarray]:
    """(n,) employer (a row of the table) and channel. A vacancy has one employer; some copies come from an agency."""
    owner = _owners(rng, openings, employers)
    copied = _favourites(rng, employers.of("agency", ""), len(vacancy))
    by_agency = ~first & (rng.random(len(vacancy)) < 0.4)
    return np.where(by_agency, copied, owner[vacancy]), np.where(by_agency, 0, openings.channel[vacancy])


def _owners(rng: np.random.Generator, openings: Openings, employers: Employers) -> np.ndarray:
    """(V,) an employer of the sector that the channel asks for, of the family's own industry where that matters."""
    by_channel = np.array([SECTORS.index("employer"), *(SECTORS.index(name) for name in CHANNELS[1:])])
    wanted = by_channel[openings.channel]
    through_agency = (openings.channel == 0) & (rng.random(len(openings)) < 0.08)
    wanted = np.where(through_agency, SECTORS.index("agency"), wanted)
    names, of_family = _industries()
    industry = of_family[openings.family]
    owner = np.zeros(len(openings), dtype=np.int64)
    for number in np.unique(wanted):
        for name in np.unique(industry[wanted == number]):
            rows = np.flatnonzero((wanted == number) & (industry == name))
            own = names[name] if SECTORS[number] in ("employer", "public_institution") else ""
            owner[rows] = _favourites(rng, employers.of(SECTORS[number], own), len(rows))
    return owner


def favourite_employers(rng: np.random.Generator, employers: Employers, family: np.ndarray) -> np.ndarray:
    """(n,) for each job of a family an employer of the market (a row of the table), of that industry if it matters."""
    found = np.zeros(len(family), dtype=np.int64)
    names, industry = _industries()
    for number in np.unique(industry[family]):
        rows = np.flatnonzero(industry[family] == number)
        found[rows] = _favourites(rng, employers.of("employer", names[number]), len(rows))
    return found


def _industries() -> tuple[list[str], np.ndarray]:
    """Groups of occupations, "" for those that every industry has; and (F,) int, the place of each family's."""
    own = [name if name not in _ANYWHERE else "" for name in occupations().groups]
    names = sorted(set(own))
    return names, np.array([names.index(name) for name in own])


def _favourites(rng: np.random.Generator, members: np.ndarray, count: int) -> np.ndarray:
    """(count,) of the members; the first ones come up much more often, as big employers do.

    Chances fall as (place + 2) ** -0.8; drawn by inverting the sum of these, taken as an integral.
    """
    least, most = 2**0.2, (len(members) + 2) ** 0.2
    place = np.floor((least + (most - least) * rng.random(count)) ** 5 - 2).astype(np.int64)
    found: np.ndarray = members[np.clip(place, 0, len(members) - 1)]
    return found


def _known(rng: np.random.Generator, values: pl.Series, missing: float) -> pl.Series:
    return values.set(pl.Series(rng.random(len(values)) < missing), None)


def vacancies_of(openings: Openings, postings: pl.DataFrame, part: int) -> pl.DataFrame:
    """Rows of the vacancies schema, each with the ids of its postings."""
    grouped = postings.group_by("vacancy", maintain_order=True).agg(pl.col("posting_id").alias("posting_ids"))
    return grouped.sort("vacancy").select(
        ids("V", part, len(openings)).alias("vacancy_id"),
        "posting_ids",
        pl.Series("headcount", openings.headcount),
        pl.Series("hired", openings.hired),
    )
