"""A whole synthetic city from a seed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from talentcity import __version__, tables
from talentcity.errors import InvalidOption, UnreadableFile
from talentcity.sample.cityfile import CityFile, built_in
from talentcity.sample.employers import SECTORS, make_employers
from talentcity.sample.ledger import make_deliveries
from talentcity.sample.planted import make_plants, truth_of
from talentcity.sample.seekers import make_seekers
from talentcity.sample.sessions import make_sessions
from talentcity.sample.streams import streams
from talentcity.sample.vacancies import make_openings, make_postings, vacancies_of
from talentcity.sample.wording import write_postings

DEFAULT_ON = date(2026, 9, 1)
FIRST_YEAR, LAST_YEAR = 1950, 2199
LEAST_PEOPLE, MOST_PEOPLE = 10, 100_000
TABLES = ("seekers", "employers", "postings", "vacancies", "sessions", "truth", "deliveries")
"""The tables of a city, in the order in which they are written."""

_EMPLOYERS_PER_VACANCY = 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """A synthetic city; every table fulfils the schema of its name.

    Attributes:
        seekers, employers, postings, vacancies, sessions: who and what there is.
        truth: which postings carry a planted sentence, and of which rule.
        deliveries: what was delivered before `on`.
        people, seed, on, name: what it was made from.
        version: of TalentCity; another version may make another city of the same seed.
    """

    seekers: pl.DataFrame
    employers: pl.DataFrame
    postings: pl.DataFrame
    vacancies: pl.DataFrame
    sessions: pl.DataFrame
    truth: pl.DataFrame
    deliveries: pl.DataFrame
    people: int
    seed: int
    on: date
    name: str
    version: str = __version__

    def tables(self) -> dict[str, pl.DataFrame]:
        """The seven tables by name, in the order of `TABLES`."""
        return {name: getattr(self, name) for name in TABLES}

    def write(self, folder: str | os.PathLike[str]) -> dict[str, Path]:
        """Write each table as `NAME.parquet` into a folder, which is made if there is none.

        A file of the same name is replaced; everything else in the folder stays. All files appear, each whole, or none.

        Raises:
            UnreadableFile: the folder cannot be written.
        """
        if Path(folder).is_file():
            raise UnreadableFile(f"{folder} is a file; expected a folder, or the name of one to make.")
        paths = {name: Path(folder) / f"{name}.parquet" for name in TABLES}
        tables.write_tables((frame, paths[name]) for name, frame in self.tables().items())
        return paths


def make_city(people: int, *, seed: int, on: date = DEFAULT_ON, city: CityFile | None = None) -> City:
    """A whole synthetic city: the same people, seed, day and city file give the same bytes.

    Args:
        people: how many seekers; 10 to 100,000.
        seed: 0 or above.
        on: what "today" is, in the years 1950 to 2199; every date is relative to it.
        city: its districts; None is 云岭市, which does not exist.

    Raises:
        InvalidOption: people, seed or day cannot be.

    Example:
        >>> city = make_city(100, seed=7)
        >>> city.seekers.height, city.postings["posting_id"][0], city.name
        (100, 'J000001', '云岭市')
        >>> city.seekers.equals(make_city(100, seed=7).seekers)
        True
    """
    _require(people, seed, on)
    city = built_in() if city is None else city
    rngs = streams(seed)
    seekers = make_seekers(people, rngs["seekers"], on=on, city=city)
    openings = make_openings(people, rngs["vacancies"], city=city)
    count = max(len(SECTORS) + 3, round(_EMPLOYERS_PER_VACANCY * len(openings)))
    employers = make_employers(count, rngs["employers"], on=on, city=city)
    facts = make_postings(openings, employers, rngs["postings"], on=on, city=city)
    plants = make_plants(facts, rngs["planted"])
    named = facts.select("employer_id").join(employers, on="employer_id", how="left", maintain_order="left")["name"]
    postings = write_postings(facts, named, plants, rngs["wording"], city=city)
    home = np.array([city.places().index(place) for place in seekers["district"]])
    sessions = make_sessions(home, rngs["sessions"], on=on, city=city)
    deliveries = make_deliveries(seekers, sessions, rngs["deliveries"], on=on, city=city)
    return City(
        seekers=tables.check(seekers, tables.SEEKERS),
        employers=tables.check(employers, tables.EMPLOYERS),
        postings=tables.check(postings, tables.POSTINGS),
        vacancies=tables.check(vacancies_of(openings, facts), tables.VACANCIES),
        sessions=tables.check(sessions, tables.SESSIONS),
        truth=tables.check(truth_of(plants, facts), tables.TRUTH),
        deliveries=tables.check(deliveries, tables.DELIVERIES),
        people=people,
        seed=seed,
        on=on,
        name=city.name,
    )


def _require(people: int, seed: int, on: date) -> None:
    if not LEAST_PEOPLE <= people <= MOST_PEOPLE:
        raise InvalidOption(
            f"people is {people:,}; expected {LEAST_PEOPLE} to {MOST_PEOPLE:,}. "
            "Fewer leave most districts empty; more are not tried yet."
        )
    if seed < 0:
        raise InvalidOption(f"seed is {seed}; expected a whole number of 0 or above.")
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidOption(f"on is {on}; expected a day from {FIRST_YEAR} to {LAST_YEAR}.")
