"""Persons and open vacancies as arrays, and the vacancies' partitions: family, city and district.

Vacancies stand sorted by family, city, district and id, so that each partition is one range of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from talentcity.match.facts import OPEN, fingerprints, seeker_facts, vacancy_facts
from talentcity.match.weights import Weights
from talentcity.text import lexicon

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
UNKNOWN = ""  # a family or a city that is not known; the home city is called HOME
HOME = "~"


@dataclass(frozen=True, slots=True, eq=False)
class Openings:
    """The open vacancies, V of them, and the ranges of rows of their partitions."""

    frame: pl.DataFrame  # vacancy_id, family, city, district, text ... in the order of all arrays here
    education: Floats  # (V,) level asked, NaN where none is
    experience: Floats  # (V,) years asked, NaN where none are
    offer: Floats  # (V,) CNY/month, NaN where unknown
    city: Ints  # (V,) 0 where unknown
    district: Ints  # (V,) -1 where unknown
    skills: npt.NDArray[np.uint8]  # (V, K) 1 where asked
    asked: Floats  # (V,) how many skills
    fingerprint: npt.NDArray[np.uint64]  # (V,)
    cells: pl.DataFrame  # family, city, district, start, end


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The persons, S of them, in rising order of ids."""

    frame: pl.DataFrame  # seeker_id, terms, excluded
    education: Floats  # (S,)
    experience: Floats  # (S,)
    wage: Floats  # (S,) CNY/month, NaN where there is no wish
    may_work: npt.NDArray[np.bool_]  # (S,)
    cities: Ints  # (S, widest) -2 where a row has no more
    districts: Ints  # (S, widest) -2 where a row has no more
    skills: npt.NDArray[np.uint8]  # (S, K) 1 where had
    fingerprint: npt.NDArray[np.uint64]  # (S,)
    wishes: pl.DataFrame  # person, family, value, known
    near: pl.DataFrame  # person, family: next to a wish and itself no wish
    excluded: pl.DataFrame  # person, opening (rows of Openings)


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Both sides, and every vacancy's state (open ones are in `openings`)."""

    people: People
    openings: Openings
    states: pl.DataFrame  # vacancy_id, state, unknown_headcount, family


def city_of(
    seekers: pl.DataFrame,
    postings: pl.DataFrame,
    vacancies: pl.DataFrame,
    verdicts: pl.DataFrame,
    *,
    on: date,
    weights: Weights,
) -> City:
    """Read both sides into arrays; all checks happen here."""
    from talentcity.text.place import keys

    facts = vacancy_facts(postings, vacancies, verdicts, on)
    states = facts.select("vacancy_id", "state", "unknown_headcount", "family")
    open_ones = facts.filter(pl.col("state") == OPEN)
    places = keys(open_ones["place"])
    city = _city_name(places["city"])
    district = pl.select(pl.when(places["district_known"]).then(places["key"])).to_series()
    open_ones = open_ones.with_columns(
        pl.col("family").fill_null(UNKNOWN), city.fill_null(UNKNOWN).alias("city"), district.alias("district")
    ).sort("family", "city", "district", "vacancy_id")
    people = seeker_facts(seekers, on)
    names = _Names.of(open_ones, people)
    return City(_people(people, open_ones, names, weights), _openings(open_ones, names), states)


def _city_name(city: pl.Series) -> pl.Series:
    """The home city has a name of its own; a missing city stays missing."""
    return pl.select(pl.when(city == "").then(pl.lit(HOME)).otherwise(city)).to_series()


@dataclass(frozen=True, slots=True)
class _Names:
    """Numbers of cities, districts and skills, the same on both sides. City 0 is the unknown one."""

    cities: dict[str, int]
    districts: dict[str, int]
    skills: dict[str, int]

    @classmethod
    def of(cls, open_ones: pl.DataFrame, people: pl.DataFrame) -> _Names:
        named = pl.concat([open_ones["city"], _city_name(people["cities"].explode())]).drop_nulls().unique().sort()
        cities = {UNKNOWN: 0}
        for name in named:
            cities.setdefault(name, len(cities))
        districts = pl.concat([open_ones["district"], people["places"].explode()]).drop_nulls().unique().sort()
        skills = open_ones["skills"].explode().drop_nulls().unique().sort()
        return cls(cities, *({name: at for at, name in enumerate(names)} for names in (districts, skills)))


def _openings(frame: pl.DataFrame, names: _Names) -> Openings:
    city = _numbers(frame["city"], names.cities, 0)
    district = _numbers(frame["district"], names.districts, -1)
    skills = _flags(frame["skills"], names.skills)
    cells = (
        frame.select("family", pl.Series("city", city), pl.Series("district", district))
        .with_row_index("row")
        .group_by("family", "city", "district", maintain_order=True)
        .agg(pl.col("row").min().cast(pl.Int64).alias("start"), (pl.col("row").max() + 1).cast(pl.Int64).alias("end"))
    )
    return Openings(
        frame=frame,
        education=_floats(frame["education_min"]),
        experience=_floats(frame["experience_min"]),
        offer=_floats(frame["offer"]),
        city=city,
        district=district,
        skills=skills,
        asked=skills.sum(axis=1, dtype=np.float64),
        fingerprint=fingerprints(frame["vacancy_id"]),
        cells=cells,
    )


def _people(frame: pl.DataFrame, open_ones: pl.DataFrame, names: _Names, weights: Weights) -> People:
    wishes = _wishes(frame, weights)
    cities = frame.select(pl.col("cities").list.eval(_renamed())).to_series()
    return People(
        frame=frame.select("seeker_id", "terms", "excluded"),
        education=_floats(frame["education"]),
        experience=_floats(frame["experience"]),
        wage=_floats(frame["wage"]),
        may_work=frame["may_work"].to_numpy(),
        cities=padded(cities, names.cities, filler=-2),
        districts=padded(frame["places"], names.districts, filler=-2),
        skills=_flags(frame["skills"], names.skills),
        fingerprint=fingerprints(frame["seeker_id"]),
        wishes=wishes,
        near=_near(wishes),
        excluded=_excluded(frame["excluded"], open_ones["vacancy_id"]),
    )


def _renamed() -> pl.Expr:
    return pl.when(pl.element() == "").then(pl.lit(HOME)).otherwise(pl.element())


def _wishes(frame: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Each wish with what it is worth; a person without any wishes for every family a little."""
    value = weights.value
    rank = pl.int_range(pl.len()).over("person")
    worth = pl.max_horizontal(1.0 - rank * value["later_wish"], pl.lit(value["least_wish"]))
    numbered = frame.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("person"), pl.col("families").alias("family"))
    some = numbered.filter(pl.col("family").list.len() > 0).explode("family").with_columns(worth.alias("value"))
    every = pl.DataFrame({"family": [UNKNOWN, *(family.code for family in lexicon.families())]})
    none = numbered.filter(pl.col("family").list.len() == 0).select("person").join(every, how="cross")
    none = none.with_columns(pl.lit(value["unknown_occupation"]).alias("value"))
    return pl.concat([some.with_columns(pl.lit(True).alias("known")), none.with_columns(pl.lit(False).alias("known"))])


def _near(wishes: pl.DataFrame) -> pl.DataFrame:
    next_to = [(family.code, near) for family in lexicon.families() for near in family.neighbours]
    table = pl.DataFrame(next_to, schema={"family": pl.String, "near": pl.String}, orient="row")
    found = wishes.filter("known").join(table, on="family").select("person", pl.col("near").alias("family")).unique()
    return found.join(wishes, on=["person", "family"], how="anti")


def _excluded(excluded: pl.Series, vacancy_ids: pl.Series) -> pl.DataFrame:
    rows = pl.DataFrame({"person": np.arange(excluded.len()), "id": excluded}).explode("id").drop_nulls("id").unique()
    known = pl.DataFrame({"id": vacancy_ids.cast(pl.String), "opening": np.arange(vacancy_ids.len())})
    return rows.join(known, on="id").select("person", "opening").sort("person", "opening")


def _floats(values: pl.Series) -> Floats:
    return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _numbers(words: pl.Series, names: dict[str, int], missing: int) -> Ints:
    return np.array([missing if word is None else names[word] for word in words], dtype=np.int64)


def padded(lists: pl.Series, names: dict[str, int], *, filler: int) -> Ints:
    """(rows, longest) numbers of the words of each row, then the filler."""
    longest = max(1, int(lists.list.len().max() or 0))  # type: ignore[arg-type]
    rows = np.full((lists.len(), longest), filler, dtype=np.int64)
    for at, words in enumerate(lists):
        rows[at, : len(words)] = [names[word] for word in words]
    return rows


def _flags(lists: pl.Series, names: dict[str, int]) -> npt.NDArray[np.uint8]:
    """(rows, names) 1 where the row lists the name."""
    flags = np.zeros((lists.len(), len(names)), dtype=np.uint8)
    table = pl.DataFrame({"row": np.arange(lists.len()), "word": lists}).explode("word").drop_nulls("word")
    known = table.filter(pl.col("word").is_in(list(names)))
    flags[known["row"].to_numpy(), _numbers(known["word"], names, 0)] = 1
    return flags
