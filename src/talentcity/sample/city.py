"""A whole synthetic city from a seed, in memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from talentcity import __version__, tables
from talentcity.errors import InvalidOption, UnreadableFile
from talentcity.sample.cityfile import CityFile, built_in
from talentcity.sample.parts import TABLES, Outline, make_all_employers, make_part

DEFAULT_ON = date(2026, 9, 1)
FIRST_YEAR, LAST_YEAR = 1950, 2199
LEAST_PEOPLE, MOST_PEOPLE = 10, 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """A synthetic city; every table fulfils its schema of `TABLES`.

    Attributes:
        seekers, employers, postings, vacancies, sessions: who and what there is.
        truth: which postings carry a planted sentence, and of which rule.
        deliveries: what was delivered to the seekers before `on`.
        spells: jobs of the seekers, and of people who registered in earlier years.
        past_seekers, past_deliveries: these people as they registered, and what was delivered to them.
        hires: who of them was hired, by whom, when.
        hire_truth: what decided that.
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
    spells: pl.DataFrame
    past_seekers: pl.DataFrame
    past_deliveries: pl.DataFrame
    hires: pl.DataFrame
    hire_truth: pl.DataFrame
    people: int
    seed: int
    on: date
    name: str
    version: str = __version__

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name, in the order of `TABLES`."""
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
    """A whole synthetic city in memory; `write_city` writes the same rows to files without holding them all.

    Args:
        people: how many seekers; 10 to 4,000,000, and about 2 GB of memory for each million.
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
    outline = outline_of(people, seed=seed, on=on, city=city)
    employers = make_all_employers(outline)
    parts = [make_part(outline, part, employers) for part in range(len(outline.parts()))]
    made: dict[str, Any] = {name: pl.concat([part[name] for part in parts]) for name in parts[0]}
    made["employers"] = employers.table
    return City(**made, people=people, seed=seed, on=on, name=outline.city.name)


def outline_of(people: int, *, seed: int, on: date, city: CityFile | None) -> Outline:
    """What a city is made from, checked.

    Raises:
        InvalidOption: as `make_city`.
    """
    require_size(people)
    if seed < 0:
        raise InvalidOption(f"seed is {seed}; expected a whole number of 0 or above.")
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidOption(f"on is {on}; expected a day from {FIRST_YEAR} to {LAST_YEAR}.")
    return Outline(people=people, seed=seed, on=on, city=built_in() if city is None else city)


def require_size(people: int) -> None:
    """Raise InvalidOption where there is no city of so many people."""
    if not LEAST_PEOPLE <= people <= MOST_PEOPLE:
        raise InvalidOption(
            f"people is {people:,}; expected {LEAST_PEOPLE} to {MOST_PEOPLE:,}. "
            "Fewer leave most districts empty; more were never tried."
        )
