"""The short list of each person: the best vacancies they may take, found partition by partition.

A person's pool starts with the wished occupations in the wished districts and is widened, level by level, until it
holds enough: the same occupations in the same city, neighbouring occupations in the city, any occupation in the city,
and last the wished occupations elsewhere. A level is taken whole or not at all; of the pool the best by structured
score are kept, never the first by order. `reference.py` is the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from talentcity.match import fit
from talentcity.match.city import UNKNOWN, City, Ints
from talentcity.match.weights import Weights
from talentcity.text import lexicon

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

SAME, NEAR, OTHER, UNREAD = 0, 1, 2, 3  # how the vacancy's occupation stands to the wishes
LEVELS = ("wished districts", "same city", "near occupations", "any occupation", "elsewhere")
_PERSONS = 4096  # at a time: bounds memory
_BLOCK = 131_072  # pairs at a time: fits the cache


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """Pairs of rows of `People` and `Openings`, by person, then by falling key."""

    person: Ints
    opening: Ints
    key: npt.NDArray[np.uint64]  # structured score in steps, then the tie-breaker
    occupation: npt.NDArray[np.int8]  # SAME, NEAR, OTHER, UNREAD
    value: Floats  # of the criterion occupation
    level: npt.NDArray[np.int8]  # of LEVELS

    @staticmethod
    def joined(parts: list[Shortlist]) -> Shortlist:
        """Several short lists one behind the other."""
        names = ("person", "opening", "key", "occupation", "value", "level")
        if not parts:
            empty = np.zeros(0, dtype=np.int64)
            return Shortlist(
                empty, empty, empty.astype(np.uint64), empty.astype(np.int8), empty.astype(float), empty.astype(np.int8)
            )
        return Shortlist(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def at(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Shortlist:
        """The named rows."""
        return Shortlist(
            self.person[rows], self.opening[rows], self.key[rows], self.occupation[rows], self.value[rows],
            self.level[rows],
        )  # fmt: skip


def shortlist(
    city: City,
    weights: Weights,
    *,
    enough: int,
    most: int,
    among: npt.NDArray[np.bool_] | None = None,
    progress: Progress | None = None,
) -> Shortlist:
    """The best `most` of each person's pool, `among` some openings; the pool is widened until it holds `enough`."""
    search = _Search(city, weights, enough, most, among)
    able = np.flatnonzero(city.people.may_work)
    parts = []
    for first in range(0, able.size, _PERSONS):
        parts.append(search.of(able[first : first + _PERSONS]))
        if progress is not None:
            progress(min(first + _PERSONS, able.size), able.size)
    return Shortlist.joined(parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    city: City
    weights: Weights
    enough: int
    most: int
    among: npt.NDArray[np.bool_] | None  # rows of Openings that are looked at; None: all

    def of(self, persons: Ints) -> Shortlist:
        """The short lists of some persons (rows, rising)."""
        size = int(persons[-1]) + 1
        found = np.zeros(size, dtype=np.int64)
        kept = Shortlist.joined([])
        wanting = persons
        for level in range(len(LEVELS)):
            wanting = wanting[found[wanting] < self.enough]
            if not wanting.size:
                break
            blocks = [self._block(level, block, found) for block in self._blocks(level, wanting)]
            kept = _best(Shortlist.joined([kept, *blocks]), self.most)
        return kept

    def _blocks(self, level: int, persons: Ints) -> Iterator[_Block]:
        """The persons of each partition of the level, in blocks of bounded size."""
        asked = self._requests(level, pl.Series("person", persons)).sort("start", "end", "person")
        bounds = asked.select((pl.col("start") != pl.col("start").shift()) | (pl.col("end") != pl.col("end").shift()))
        starts = np.append(np.flatnonzero(bounds.to_series().fill_null(True).to_numpy()), asked.height)
        columns = [asked[name].to_numpy() for name in ("person", "occupation", "value", "start", "end")]
        for first, last in pairwise(starts.tolist()):
            start, end = int(columns[3][first]), int(columns[4][first])
            rows = max(1, _BLOCK // (end - start))
            for at in range(int(first), int(last), rows):
                part = slice(at, min(at + rows, int(last)))
                yield _Block(columns[0][part], columns[1][part], columns[2][part], start, end)

    def _requests(self, level: int, persons: pl.Series) -> pl.DataFrame:
        """Which partitions each person looks at: person, occupation, value, start, end (rows of Openings)."""
        people, cells = self.city.people, self.city.openings.cells
        here = pl.DataFrame({"person": persons})
        if level == 0:
            families, places, keys = self._wishes(here), _named(people.districts, persons, "district"), ["district"]
            ranges = cells
        elif level == len(LEVELS) - 1:
            families, places, keys = self._wishes(here), None, []
            ranges = _merged(cells, ["family"])
        else:
            families = (self._wishes, self._near, self._others)[level - 1](here)
            places, keys = _with_unknown(_named(people.cities, persons, "city"), persons), ["city"]
            ranges = _merged(cells, ["family", "city"])
        asked = families if places is None else families.join(places, on="person")
        joined = asked.join(ranges, on=["family", *keys])
        return joined.select("person", "occupation", "value", "start", "end")

    def _wishes(self, here: pl.DataFrame) -> pl.DataFrame:
        read = pl.when("known").then(SAME).otherwise(UNREAD).cast(pl.Int8).alias("occupation")
        return self.city.people.wishes.join(here, on="person").select("person", "family", read, "value")

    def _near(self, here: pl.DataFrame) -> pl.DataFrame:
        value = pl.lit(self.weights.value["near_occupation"]).alias("value")
        near = self.city.people.near.join(here, on="person")
        return near.select("person", "family", pl.lit(NEAR, dtype=pl.Int8).alias("occupation"), value)

    def _others(self, here: pl.DataFrame) -> pl.DataFrame:
        """Every family that is neither wished for nor near, and the unread one."""
        every = pl.DataFrame({"family": [UNKNOWN, *(family.code for family in lexicon.families())]})
        people, key = self.city.people, ["person", "family"]
        rest = (
            here.join(every, how="cross").join(people.wishes, on=key, how="anti").join(people.near, on=key, how="anti")
        )
        unread = pl.col("family") == UNKNOWN
        return rest.with_columns(
            pl.when(unread).then(UNREAD).otherwise(OTHER).cast(pl.Int8).alias("occupation"),
            pl.when(unread).then(self.weights.value["unknown_occupation"]).otherwise(0.0).alias("value"),
        )

    def _block(self, level: int, block: _Block, found: Ints) -> Shortlist:
        """Score one block, count who may be taken, and keep the best of each person."""
        people, openings = self.city.people, self.city.openings
        rows, columns = block.person, slice(block.start, block.end)
        near, city = self._place(level, rows, columns)
        allowed = fit.may_take(
            people.education[rows, None], people.experience[rows, None],
            openings.education[None, columns], openings.experience[None, columns],
        )  # fmt: skip
        if level == 1:
            allowed &= ~near
        elif level == len(LEVELS) - 1:
            allowed &= ~city
        if self.among is not None:
            allowed &= self.among[None, columns]
        self._exclude(allowed, block)
        key = self._keys(block, self._place_value(level, near, columns))
        key[~allowed] = 0
        np.add.at(found, rows, allowed.sum(axis=1))
        return self._keep(level, block, key)

    def _place(self, level: int, rows: Ints, columns: slice) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Whether each vacancy is in a wished district; whether it is in a wished city, or its city is unknown."""
        people, openings = self.city.people, self.city.openings
        if level == 0:
            return np.ones((rows.size, columns.stop - columns.start), dtype=bool), np.ones(0, dtype=bool)
        if level == len(LEVELS) - 1:
            city = _any_equal(people.cities[rows], openings.city[columns]) | (openings.city[columns] == 0)[None, :]
            return np.zeros(city.shape, dtype=bool), city
        return _any_equal(people.districts[rows], openings.district[columns]), np.ones(0, dtype=bool)

    def _place_value(self, level: int, near: npt.NDArray[np.bool_], columns: slice) -> Floats:
        value = self.weights.value
        if level == len(LEVELS) - 1:
            return np.full(near.shape, value["elsewhere"])
        unknown = self.city.openings.city[columns] == 0
        return np.where(near, 1.0, np.where(unknown, value["unknown_place"], value["same_city"])[None, :])

    def _exclude(self, allowed: npt.NDArray[np.bool_], block: _Block) -> None:
        excluded = self.city.people.excluded
        if not excluded.height:
            return
        person, opening = excluded["person"].to_numpy(), excluded["opening"].to_numpy()
        first, last = np.searchsorted(person, block.person), np.searchsorted(person, block.person, side="right")
        for row in np.flatnonzero(last > first):
            gone = opening[first[row] : last[row]]
            gone = gone[(gone >= block.start) & (gone < block.end)]
            allowed[row, gone - block.start] = False

    def _keys(self, block: _Block, place: Floats) -> npt.NDArray[np.uint64]:
        """Structured score and tie-breaker of every pair as one number; never 0."""
        people, openings, weights = self.city.people, self.city.openings, self.weights
        rows, columns = block.person, slice(block.start, block.end)
        sides = fit.Sides.of(weights)
        wage = fit.wage(people.wage[rows, None], openings.offer[None, columns], weights)
        wants = sides.wants(block.value[:, None], place, wage)
        skills = fit.skills(_had(people.skills[rows], openings.skills[columns]), openings.asked[None, columns], weights)
        experience = fit.experience(people.experience[rows, None], openings.experience[None, columns], weights)
        education = fit.education(people.education[rows, None], openings.education[None, columns], weights)
        score = wants * sides.accepts(skills, experience, education)
        tie = fit.mixed(people.fingerprint[rows, None], openings.fingerprint[None, columns])
        return ((fit.steps(score) + 1).astype(np.uint64) << np.uint64(32)) | tie

    def _keep(self, level: int, block: _Block, key: npt.NDArray[np.uint64]) -> Shortlist:
        """The best of each row of the block."""
        if key.shape[1] > self.most:
            best = np.argpartition(key, key.shape[1] - self.most, axis=1)[:, -self.most :]
            key = np.take_along_axis(key, best, axis=1)
        else:
            best = np.broadcast_to(np.arange(key.shape[1]), key.shape)
        row, column = np.nonzero(key)
        return Shortlist(
            block.person[row],
            best[row, column] + block.start,
            key[row, column],
            block.occupation[row],
            block.value[row],
            np.full(row.size, level, dtype=np.int8),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Some persons (rows, with how the partition's occupation suits them) and one range of vacancies."""

    person: Ints
    occupation: npt.NDArray[np.int8]
    value: Floats
    start: int
    end: int


def _best(found: Shortlist, most: int) -> Shortlist:
    """The best `most` of each person, by person, then by falling key."""
    ordered = found.at(np.lexsort((~found.key, found.person)))
    first = np.searchsorted(ordered.person, ordered.person)
    return ordered.at(np.arange(ordered.person.size) - first < most)


def _had(had: npt.NDArray[np.uint8], asked: npt.NDArray[np.uint8]) -> Floats:
    """(persons, vacancies) how many of the asked skills each person has; whole numbers, so exact."""
    used = np.flatnonzero(asked.any(axis=0))
    product = had[:, used].astype(np.float32) @ asked[:, used].T.astype(np.float32)
    return product.astype(np.float64)


def _any_equal(wanted: Ints, given: Ints) -> npt.NDArray[np.bool_]:
    """(rows of wanted, given): whether a wanted number of the row is the given one."""
    equal = np.zeros((wanted.shape[0], given.size), dtype=bool)
    for column in range(wanted.shape[1]):
        equal |= wanted[:, column, None] == given[None, :]
    return equal


def _named(padded: Ints, persons: pl.Series, name: str) -> pl.DataFrame:
    """Long form of padded rows: person and number."""
    rows = padded[persons.to_numpy()]
    row, column = np.nonzero(rows >= 0)
    return pl.DataFrame({"person": persons.to_numpy()[row], name: rows[row, column]})


def _with_unknown(places: pl.DataFrame, persons: pl.Series) -> pl.DataFrame:
    """An advert that names no place may be in anybody's city."""
    unknown = pl.DataFrame({"person": persons, "city": np.zeros(persons.len(), dtype=np.int64)})
    return pl.concat([places, unknown])


def _merged(cells: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Ranges of rows of coarser partitions; rows are sorted, so a range stays one."""
    return cells.group_by(by, maintain_order=True).agg(pl.col("start").min(), pl.col("end").max())
