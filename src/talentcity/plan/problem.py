"""The problem of a plan: checked once at the border, then plain arrays that nobody can write to."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from talentcity.errors import InvalidOption, InvalidTable, Violation
from talentcity.plan.arrays import (
    require_alike,
    require_codes,
    require_no_repeats,
    require_scores,
    require_start,
    require_whole,
)
from talentcity.plan.rows import Rows, counted, grouped, offsets, ordered
from talentcity.tables import CAPACITY, OWED, PAIRS, Schema, check, require_known, require_same_id_type

Whole = np.ndarray[tuple[int], np.dtype[np.signedinteger[Any]]]
Codes = np.ndarray[tuple[int], np.dtype[np.int32]]
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Scores = np.ndarray[tuple[int], np.dtype[np.float32] | np.dtype[np.float64]]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

MOST_PER_PERSON = 1000
LARGEST_PENALTY = 1_000_000.0
LARGEST_CAPACITY = 2**40  # whatever is above holds everybody, too

# A plan never reads why a pair has its score, so the reasons are not looked at.
_SCORED = Schema(
    PAIRS.name, PAIRS.about, tuple(column for column in PAIRS.columns if column.name != "reasons"), PAIRS.key
)


@dataclass(frozen=True, slots=True)
class Source:
    """What messages call a table, and the number of its first record (2 in a CSV file, whose header is row 1)."""

    name: str
    first_row: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Who is owed how much, who could go where, and how much each place can hold.

    Persons and opportunities are coded 0..S-1 and 0..V-1 in the order of their ids; pairs stand in the order of the
    persons, and within a person by falling score, then rising opportunity. So the order of the rows that came in is
    forgotten, and the same rows give the same plan.

    Attributes:
        person_ids: (S,) ids, rising.
        opportunity_ids: (V,) ids, rising.
        start: (S + 1,) the pairs of person i stand at start[i] to start[i + 1] - 1.
        opportunity: (P,) code of the opportunity of each pair.
        score: (P,) 0 to 1, in the type that it came in (float32 or float64).
        owed: (S,) recommendations.
        capacity: (V,) recommendations.
        per_person: the most that anybody is owed.
        penalties: None for the default objective, else what lacking the 1st, 2nd, … recommendation costs.
    """

    person_ids: pl.Series
    opportunity_ids: pl.Series
    start: Whole
    opportunity: Codes
    score: Scores
    owed: Codes
    capacity: Whole
    per_person: int
    penalties: tuple[float, ...] | None

    @classmethod
    def checked(
        cls,
        pairs: pl.DataFrame,
        capacity: pl.DataFrame,
        *,
        owed: pl.DataFrame | None = None,
        per_person: int = 3,
        penalties: Sequence[float] | None = None,
        pairs_source: Source = Source("pairs"),
        capacity_source: Source = Source("capacity"),
        owed_source: Source = Source("owed"),
    ) -> Problem:
        """Check the tables and code their ids; the arguments are those of `solve`.

        Raises:
            InvalidTable: a table breaks its schema, a pair names an opportunity that `capacity` does not list or a
                person that `owed` does not list, or somebody is owed more than `per_person`.
            InvalidOption: `per_person` or `penalties` cannot be.
        """
        _check_per_person(per_person)
        _checked_penalties(penalties, per_person)
        scored = check(pairs, _SCORED, table=pairs_source.name, first_row=pairs_source.first_row)
        places = check(capacity, CAPACITY, table=capacity_source.name, first_row=capacity_source.first_row)
        _refuse_minimum(places, capacity_source)
        if scored.is_empty():  # a column without a value has no type of its own
            scored = scored.cast({"opportunity_id": places.schema["opportunity_id"]})
        _require_capacity(scored, places, pairs_source, capacity_source)
        due = _owed(scored, owed, per_person, pairs_source, owed_source)
        return cls._coded(scored, places, due, per_person, penalties)

    @classmethod
    def _coded(
        cls,
        scored: pl.DataFrame,
        places: pl.DataFrame,
        due: pl.DataFrame,
        per_person: int,
        penalties: Sequence[float] | None,
    ) -> Problem:
        due, places = due.sort("person_id"), places.sort("opportunity_id")
        return cls.coded(
            person=_codes(scored["person_id"], due["person_id"]),
            opportunity=_codes(scored["opportunity_id"], places["opportunity_id"]),
            score=scored["score"].to_numpy(),
            owed=due["owed"].to_numpy(),
            capacity=places["capacity"].to_numpy(),
            per_person=per_person,
            penalties=penalties,
            person_ids=due["person_id"],
            opportunity_ids=places["opportunity_id"],
        )

    @classmethod
    def coded(
        cls,
        *,
        person: Whole,
        opportunity: Whole,
        score: Scores,
        owed: Whole,
        capacity: Whole,
        per_person: int,
        penalties: Sequence[float] | None = None,
        person_ids: pl.Series | None = None,
        opportunity_ids: pl.Series | None = None,
    ) -> Problem:
        """From pairs in any order that are coded already. Without ids the codes are the ids.

        Above what comes in it needs at most 20 bytes per pair and 20 per person for a moment, and keeps 8 or 12 per
        pair (scores of 32 or 64 bits).

        Args:
            person: (P,) 0 to S - 1.
            opportunity: (P,) 0 to V - 1.
            score: (P,) 0 to 1; each pair of person and opportunity at most once.
            owed: (S,) recommendations, 0 to `per_person`.
            capacity: (V,) recommendations, at least 0; however large.
            per_person, penalties: as in `solve`.
            person_ids, opportunity_ids: (S,) and (V,), rising.

        Raises:
            InvalidOption: something is not as said here.

        >>> problem = Problem.coded(
        ...     person=np.array([1, 0, 1]), opportunity=np.array([0, 0, 1]), score=np.array([0.2, 0.5, 0.9]),
        ...     owed=np.array([1, 2]), capacity=np.array([1, 1]), per_person=2,
        ... )
        >>> problem.start.tolist(), problem.opportunity.tolist(), problem.score.tolist()
        ([0, 1, 3], [0, 1, 0], [0.5, 0.9, 0.2])
        """
        limits = _limits(owed, capacity, per_person, penalties)
        require_alike(person=person, opportunity=opportunity, score=score)
        require_codes("person", person, owed.size)
        require_codes("opportunity", opportunity, capacity.size)
        score = require_scores(score)
        rows = grouped(person, opportunity, score, owed.size)
        return cls._of(rows, limits, person_ids, opportunity_ids)

    @classmethod
    def of_rows(
        cls,
        *,
        start: Whole,
        opportunity: Whole,
        score: Scores,
        owed: Whole,
        capacity: Whole,
        per_person: int,
        penalties: Sequence[float] | None = None,
        person_ids: pl.Series | None = None,
        opportunity_ids: pl.Series | None = None,
    ) -> Problem:
        """The same from pairs that stand by person, in any order within a person.

        Codes of 32 bits, scores and rows that are in order already are kept as they are, not copied: do not write to
        those arrays afterwards.

        Args:
            start: (S + 1,) the pairs of person i stand at start[i] to start[i + 1] - 1.
            opportunity, score, owed, capacity, per_person, penalties, person_ids, opportunity_ids: as in `coded`.

        Raises:
            InvalidOption: something is not as said here.

        >>> problem = Problem.of_rows(
        ...     start=np.array([0, 1, 3]), opportunity=np.array([0, 0, 1]), score=np.array([0.5, 0.2, 0.9]),
        ...     owed=np.array([1, 2]), capacity=np.array([1, 1]), per_person=2,
        ... )
        >>> problem.opportunity.tolist(), problem.score.tolist()
        ([0, 1, 0], [0.5, 0.9, 0.2])
        """
        limits = _limits(owed, capacity, per_person, penalties)
        require_alike(opportunity=opportunity, score=score)
        start = require_start(start, owed.size, opportunity.size)
        require_codes("opportunity", opportunity, capacity.size)
        score = require_scores(score)
        rows = ordered(start, opportunity.astype(np.int32, copy=False), score)
        return cls._of(rows, limits, person_ids, opportunity_ids)

    @classmethod
    def _of(
        cls, rows: Rows, limits: _Limits, person_ids: pl.Series | None, opportunity_ids: pl.Series | None
    ) -> Problem:
        require_no_repeats(rows, limits.capacity.size)
        return cls(
            person_ids=_ids(person_ids, "person_id", limits.owed.size),
            opportunity_ids=_ids(opportunity_ids, "opportunity_id", limits.capacity.size),
            start=frozen(rows.start),
            opportunity=frozen(rows.opportunity),
            score=frozen(rows.score),
            owed=frozen(limits.owed),
            capacity=frozen(limits.capacity),
            per_person=limits.per_person,
            penalties=limits.penalties,
        )

    @property
    def persons(self) -> int:
        """S, how many persons there are."""
        return self.owed.size

    @property
    def opportunities(self) -> int:
        """V, how many opportunities there are."""
        return self.capacity.size

    @property
    def pairs(self) -> int:
        """P, how many pairs there are."""
        return self.opportunity.size

    @property
    def person(self) -> Codes:
        """(P,) code of the person of each pair; made anew at every call."""
        return np.repeat(np.arange(self.persons, dtype=np.int32), self.options)

    @property
    def options(self) -> Whole:
        """(S,) how many pairs each person has, whether or not the opportunity has a place."""
        return np.diff(self.start)

    @property
    def unit_start(self) -> Whole:
        """(S + 1,) the recommendations owed to person i are the units unit_start[i] to unit_start[i + 1] - 1."""
        return offsets(self.owed)

    @property
    def usable(self) -> Whole:
        """(V,) capacity, but never more than the persons who could take it: a harmless bound on large numbers."""
        return np.minimum(self.capacity, counted(self.opportunity, self.opportunities))


def frozen(array: np.ndarray[tuple[int], Any]) -> np.ndarray[tuple[int], Any]:
    """The array, contiguous and read-only; whoever has it already may still write to it."""
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """What is promised and what can be held, checked."""

    owed: Codes
    capacity: Whole
    per_person: int
    penalties: tuple[float, ...] | None


def _limits(owed: Whole, capacity: Whole, per_person: int, penalties: Sequence[float] | None) -> _Limits:
    _check_per_person(per_person)
    return _Limits(
        require_whole("owed", owed, 0, per_person).astype(np.int32),
        np.minimum(require_whole("capacity", capacity, 0), LARGEST_CAPACITY).astype(np.int64),
        per_person,
        _checked_penalties(penalties, per_person),
    )


def _ids(ids: pl.Series | None, name: str, size: int) -> pl.Series:
    return pl.Series(name, np.arange(size, dtype=np.int64)) if ids is None else ids


def _codes(ids: pl.Series, known: pl.Series) -> Codes:
    table = pl.DataFrame({"id": known, "code": np.arange(known.len(), dtype=np.int32)})
    return (
        ids.to_frame("id").join(table, on="id", how="left", maintain_order="left")["code"].to_numpy().astype(np.int32)
    )


def _check_per_person(per_person: int) -> None:
    if not 1 <= per_person <= MOST_PER_PERSON:
        raise InvalidOption(f"per-person is {per_person}; expected a whole number from 1 to {MOST_PER_PERSON}.")


def _checked_penalties(penalties: Sequence[float] | None, per_person: int) -> tuple[float, ...] | None:
    if penalties is None:
        return None
    costs = tuple(float(cost) for cost in penalties)
    shown = ",".join(f"{cost:g}" for cost in costs)
    if len(costs) != per_person:
        raise InvalidOption(
            f"penalties {shown} are {len(costs)} numbers; expected {per_person}, one for lacking each of the "
            f"{per_person} recommendations per person, the 1st first."
        )
    if not all(math.isfinite(cost) and 0 <= cost <= LARGEST_PENALTY for cost in costs):
        raise InvalidOption(f"penalties {shown}: expected numbers from 0 to {LARGEST_PENALTY:.0f}.")
    if any(earlier < later for earlier, later in itertools.pairwise(costs)):
        raise InvalidOption(
            f"penalties {shown} rise; expected them to stay or fall, such as 6,4,2: lacking the 1st recommendation "
            "(having none) must cost at least as much as lacking the 2nd, and so on. With rising penalties the best "
            "plan would give some nothing so that others lack nothing, and it could not be found exactly."
        )
    return costs


def _refuse_minimum(places: pl.DataFrame, source: Source) -> None:
    bad = places["minimum"].fill_null(0) > 0
    _refuse(places["minimum"], bad, "a minimum cannot be kept yet; expected 0 or empty", source)


def _require_capacity(scored: pl.DataFrame, places: pl.DataFrame, source: Source, capacity_source: Source) -> None:
    require_known(
        scored["opportunity_id"],
        places["opportunity_id"],
        table=source.name,
        known_table=capacity_source.name,
        first_row=source.first_row,
        hint="every opportunity that can be recommended needs a capacity, 0 if it is full",
    )


def _owed(
    scored: pl.DataFrame, owed: pl.DataFrame | None, per_person: int, source: Source, owed_source: Source
) -> pl.DataFrame:
    """What each person is owed: as the table says, or `per_person` for everybody who stands in a pair."""
    if owed is None:
        return pl.DataFrame({"person_id": scored["person_id"].unique()}).with_columns(
            owed=pl.lit(per_person, dtype=pl.Int64)
        )
    due = check(owed, OWED, table=owed_source.name, first_row=owed_source.first_row)
    _refuse_more_than(per_person, due, owed_source)
    if not scored.is_empty():
        require_same_id_type(
            scored["person_id"], due["person_id"], left_table=source.name, right_table=owed_source.name
        )
        require_known(
            scored["person_id"],
            due["person_id"],
            table=source.name,
            known_table=owed_source.name,
            first_row=source.first_row,
            hint="every person with a pair needs a row there, 0 if nothing is owed",
        )
    return due


def _refuse_more_than(per_person: int, due: pl.DataFrame, source: Source) -> None:
    expected = f"expected at most {per_person}, the recommendations per person; raise per-person or correct the row"
    _refuse(due["owed"], due["owed"] > per_person, expected, source)


def _refuse(values: pl.Series, bad: pl.Series, expected: str, source: Source) -> None:
    """Raise InvalidTable that names each bad row and its value; nothing where no row is bad."""
    rows = bad.arg_true()
    if rows.len():
        shown = rows.head(InvalidTable.SHOWN)
        raise InvalidTable(
            [Violation(source.name, row + source.first_row, values.name, str(values[row]), expected) for row in shown],
            rows.len(),
        )
