"""A city in parts: each part is a cross-section of the whole city, made from streams of its own and then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from talentcity import tables
from talentcity.sample.careers import make_spells
from talentcity.sample.cityfile import CityFile
from talentcity.sample.employers import SECTORS, Employers, make_employers
from talentcity.sample.hiring import PAST_PER_PERSON, make_past
from talentcity.sample.ledger import make_deliveries
from talentcity.sample.planted import make_plants, truth_of
from talentcity.sample.seekers import make_seekers
from talentcity.sample.sessions import make_sessions
from talentcity.sample.streams import streams
from talentcity.sample.vacancies import make_openings, make_postings, vacancies_of
from talentcity.sample.wording import write_postings

LARGEST_PART = 25_000  # people
TABLES: dict[str, tables.Schema] = {
    "seekers": tables.SEEKERS,
    "employers": tables.EMPLOYERS,
    "postings": tables.POSTINGS,
    "vacancies": tables.VACANCIES,
    "sessions": tables.SESSIONS,
    "truth": tables.TRUTH,
    "deliveries": tables.DELIVERIES,
    "spells": tables.SPELLS,
    "past_seekers": tables.SEEKERS,
    "past_deliveries": tables.DELIVERIES,
    "hires": tables.HIRES,
    "hire_truth": tables.HIRE_TRUTH,
}
"""The tables of a city and the schema of each, in the order in which they are written."""

_EMPLOYERS_PER_PERSON = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a city is made from.

    Attributes:
        people: how many seekers.
        seed: 0 or above.
        on: what "today" is.
        city: its districts.
    """

    people: int
    seed: int
    on: date
    city: CityFile

    def parts(self) -> list[int]:
        """How many people each part has: as few parts as `LARGEST_PART` allows, all of nearly the same size."""
        count = -(-self.people // LARGEST_PART)
        return [self.people * (part + 1) // count - self.people * part // count for part in range(count)]


def make_all_employers(outline: Outline) -> Employers:
    """The employers, which all parts have in common."""
    count = max(len(SECTORS) + 3, round(_EMPLOYERS_PER_PERSON * outline.people))
    return make_employers(count, streams(outline.seed, -1)["employers"], on=outline.on, city=outline.city)


def make_part(outline: Outline, part: int, employers: Employers) -> dict[str, pl.DataFrame]:
    """The tables of one part, all but the employers: the same whoever makes it, and whatever was made before."""
    rngs, on, city = streams(outline.seed, part), outline.on, outline.city
    people = make_seekers(outline.parts()[part], rngs["seekers"], on=on, city=city, part=part)
    openings = make_openings(len(people), rngs["vacancies"], city=city)
    facts = make_postings(openings, employers, rngs["postings"], on=on, city=city, part=part)
    plants = make_plants(facts, rngs["planted"])
    named = facts.select("employer_id").join(employers.table, on="employer_id", how="left", maintain_order="left")
    past = make_past(
        round(PAST_PER_PERSON * len(people)),
        rngs["past_seekers"],
        rngs["hiring"],
        employers,
        on=on,
        city=city,
        part=part,
    )
    sessions = make_sessions(people.district, rngs["sessions"], on=on, city=city, part=part)
    made = {
        "seekers": people.table,
        "postings": write_postings(facts, named["name"], plants, rngs["wording"], city=city),
        "vacancies": vacancies_of(openings, facts, part),
        "sessions": sessions,
        "truth": truth_of(plants, facts),
        "deliveries": make_deliveries(people, sessions, rngs["deliveries"], on=on, city=city, part=part),
        "spells": make_spells(people, past, rngs["careers"], employers, on=on, city=city),
        "past_seekers": past.people.table,
        "past_deliveries": past.deliveries,
        "hires": past.hires,
        "hire_truth": past.truth,
    }
    return {name: shaped(frame, TABLES[name]) for name, frame in made.items()}


def shaped(frame: pl.DataFrame, schema: tables.Schema) -> pl.DataFrame:
    """The columns of a schema in its order, those that need not be there filled with their default or missing.

    `tables.check` would change nothing, as a test says; it takes a quarter of the time of making a part.
    """
    absent = [column for column in schema.columns if not column.required and column.name not in frame.columns]
    added = frame.with_columns(pl.lit(column.default, dtype=column.dtype).alias(column.name) for column in absent)
    return added.select(schema.names)
