"""The problem of a plan: checked once at the border, then plain arrays that nobody can write to."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from talentcity.errors import InvalidOption, InvalidTable, Violation
from talentcity.plan.arrays import (
    require_alike,
    require_bonus,
    require_codes,
    require_minimum,
    require_no_repeats,
    require_scores,
    require_start,
    require_whole,
)
from talentcity.plan.gathering import Listed, Source, Table, gathered, looked_at, refuse_repeats
from talentcity.plan.rows import Rows, counted, grouped, offsets, ordered, taken_over, without
from talentcity.plan.seen import KEEP, Seen, require_keep, weighed
from talentcity.plan.variants import (
    Congestion,
    Fixed,
    Ladder,
    fixed_pairs,
    forbidden_pairs,
    require_possible,
    seen_pairs,
    settled,
)
from talentcity.tables import CAPACITY, OWED
from talentcity.tables.files import read_whole

Whole = np.ndarray[tuple[int], np.dtype[np.signedinteger[Any]]]
Codes = np.ndarray[tuple[int], np.dtype[np.int32]]
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Scores = np.ndarray[tuple[int], np.dtype[np.float32] | np.dtype[np.float64]]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

_PAIRS, _CAPACITY, _OWED = Source("pairs"), Source("capacity"), Source("owed")
_FORBIDDEN, _FIXED, _SEEN = Source("forbidden"), Source("fixed"), Source("seen")
_NAMED = "a table of what is owed names persons without pairs, too"
_PLACES = "every opportunity that can be recommended needs a capacity, 0 if it is full"
_PERSONS = "every person with a pair needs a row there, 0 if nothing is owed"
MOST_PER_PERSON = 1000
LARGEST_PENALTY = 1_000_000.0
LARGEST_CAPACITY = 2**40  # whatever is above holds everybody, too


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
        score: (P,) 0 to 1, in the type that it came in (float32 or float64); what was `seen` counts more, in float64.
        owed: (S,) recommendations.
        capacity: (V,) recommendations.
        per_person: the most that anybody is owed.
        penalties: None for the default objective, else what lacking the 1st, 2nd, … recommendation costs.
        bonus: (S,) points added to what each recommendation of the person is worth; None where all are 0.
        minimum: (V,) recommendations that the opportunity should see where there are so many, whatever their scores;
            never above capacity; None where all are 0.
        congestion: what the last places of every opportunity cost; None for nothing.
        fixed: pairs that are part of every plan; None where there are none. Owed, capacity and minimum are those that
            are left after them, and they stand among the pairs no more.
        seen: pairs that people have seen as offers; None where that is not known.
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
    bonus: Numbers | None = None
    minimum: Whole | None = None
    congestion: Congestion | None = None
    fixed: Fixed | None = None
    seen: Seen | None = None

    @classmethod
    def checked(
        cls,
        pairs: pl.DataFrame,
        capacity: pl.DataFrame,
        *,
        owed: pl.DataFrame | None = None,
        per_person: int = 3,
        penalties: Sequence[float] | None = None,
        forbidden: pl.DataFrame | None = None,
        fixed: pl.DataFrame | None = None,
        congestion: Congestion | None = None,
        seen: pl.DataFrame | None = None,
        keep: float = KEEP,
        pairs_source: Source = _PAIRS,
        capacity_source: Source = _CAPACITY,
        owed_source: Source = _OWED,
    ) -> Problem:
        """Check the tables and code their ids.

        Args:
            pairs, capacity, owed, per_person, penalties: as in `solve`; also `minimum` of `capacity`, and `priority` of
                `owed`, the bonus of the person.
            forbidden: pairs that are left out.
            fixed: pairs that are part of every plan; they need not stand in `pairs`.
            congestion: what the last places of every opportunity cost.
            seen: person_id, opportunity_id of offers that people have seen.
            keep: points of score that each of them counts more.
            pairs_source, capacity_source, owed_source: what messages call the tables.

        Raises:
            InvalidTable: a table breaks its schema, a pair names an opportunity that `capacity` does not list or a
                person that `owed` does not list, somebody is owed more than `per_person`, or a fixed pair is forbidden
                or more than is owed or can be held.
            InvalidOption: `per_person`, `penalties` or `keep` cannot be.
        """
        tables = _Tables(
            Table.of_frame(pairs, pairs_source),
            (capacity, capacity_source),
            None if owed is None else (owed, owed_source),
            None if forbidden is None else (forbidden, _FORBIDDEN),
            None if fixed is None else (fixed, _FIXED),
            None if seen is None else (seen, _SEEN),
        )
        return cls._from(tables, per_person, penalties, congestion, keep)

    @classmethod
    def read(
        cls,
        pairs: str,
        capacity: str,
        *,
        owed: str | None = None,
        per_person: int = 3,
        penalties: Sequence[float] | None = None,
        forbidden: str | None = None,
        fixed: str | None = None,
        congestion: Congestion | None = None,
        seen: str | None = None,
        keep: float = KEEP,
    ) -> Problem:
        """The same from files (`.parquet`, `.csv`, `.xlsx`, `.jsonl`); pairs are read and coded part by part.

        So 160 million pairs need no more room than to solve them: 12 bytes each while they are read (16 with scores of
        64 bits), 16 (24) while they are put in order, 8 (12) afterwards; and 90 bytes per person, and the ids.

        Raises:
            UnreadableFile: a file is not there, or not what its ending says.
            InvalidTable, InvalidOption: as `checked`.

        Example:
            >>> import tempfile
            >>> pairs = pl.DataFrame({"person_id": [7], "opportunity_id": ["V"], "score": [0.5]})
            >>> capacity = pl.DataFrame({"opportunity_id": ["V"], "capacity": [2]})
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     pairs.write_parquet(f"{folder}/pairs.parquet")
            ...     capacity.write_csv(f"{folder}/capacity.csv")
            ...     Problem.read(f"{folder}/pairs.parquet", f"{folder}/capacity.csv").score.tolist()
            [0.5]
        """
        _check_per_person(per_person)  # before anything is read
        _checked_penalties(penalties, per_person)
        require_keep(keep)
        others = [None if path is None else _whole(path) for path in (owed, forbidden, fixed, seen)]
        tables = _Tables(Table.of_file(pairs), _whole(capacity), *others)
        return cls._from(tables, per_person, penalties, congestion, keep)

    @classmethod
    def _from(
        cls,
        tables: _Tables,
        per_person: int,
        penalties: Sequence[float] | None,
        congestion: Congestion | None,
        keep: float,
    ) -> Problem:
        _check_per_person(per_person)
        _checked_penalties(penalties, per_person)
        require_keep(keep)
        capacity = looked_at(tables.capacity[0], CAPACITY, tables.capacity[1]).sort("opportunity_id")
        places = Listed(capacity["opportunity_id"], tables.capacity[1], _PLACES)
        due, listed = None, None
        if tables.owed is not None:
            due = _due(*tables.owed, per_person)
            listed = Listed(due["person_id"], tables.owed[1], _PERSONS)
        pairs = gathered(tables.pairs, places, listed)
        persons = listed or Listed(pairs.person_ids, tables.pairs.source, _NAMED)
        limits = _limits(
            np.full(persons.ids.len(), per_person) if due is None else due["owed"].to_numpy(),
            capacity["capacity"].to_numpy(),
            per_person,
            penalties,
            bonus=None if due is None else due["priority"].fill_null(0.0).to_numpy(),
            minimum=capacity["minimum"].fill_null(0).to_numpy(),
            congestion=congestion,
        )
        columns = [pairs.person, pairs.opportunity, pairs.score]
        del pairs
        rows = taken_over(columns, persons.ids.len())
        refuse_repeats(rows, tables.pairs, places, listed)
        rows, limits, fixed = _settled(tables, rows, limits, persons, places)
        problem = cls._of(rows, limits, persons.ids, places.ids, fixed)
        if tables.seen is None:
            return problem
        seen = seen_pairs(*tables.seen, persons, places)
        return problem.having_seen(seen.person, seen.opportunity, keep)

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
        bonus: Numbers | None = None,
        minimum: Whole | None = None,
        congestion: Congestion | None = None,
        person_ids: pl.Series | None = None,
        opportunity_ids: pl.Series | None = None,
    ) -> Problem:
        """From pairs in any order that are coded already. Without ids the codes are the ids.

        Above what comes in it needs at most 15 bytes per pair and 20 per person for a moment, and keeps 8 or 12 per
        pair (scores of 32 or 64 bits).

        Args:
            person: (P,) 0 to S - 1.
            opportunity: (P,) 0 to V - 1.
            score: (P,) 0 to 1; each pair of person and opportunity at most once.
            owed: (S,) recommendations, 0 to `per_person`.
            capacity: (V,) recommendations, at least 0; however large.
            per_person, penalties: as in `solve`.
            bonus: (S,) points, 0 to 100.
            minimum: (V,) recommendations, 0 to `capacity`.
            congestion: what the last places of every opportunity cost.
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
        limits = _limits(owed, capacity, per_person, penalties, bonus=bonus, minimum=minimum, congestion=congestion)
        require_alike(person=person, opportunity=opportunity, score=score)
        require_codes("person", person, owed.size)
        require_codes("opportunity", opportunity, capacity.size)
        score = require_scores(score)
        rows = grouped(person, opportunity, score, owed.size)
        require_no_repeats(rows, capacity.size)
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
        bonus: Numbers | None = None,
        minimum: Whole | None = None,
        congestion: Congestion | None = None,
        person_ids: pl.Series | None = None,
        opportunity_ids: pl.Series | None = None,
    ) -> Problem:
        """The same from pairs that stand by person, in any order within a person.

        Codes of 32 bits, scores and rows that are in order already are kept as they are, not copied: do not write to
        those arrays afterwards.

        Args:
            start: (S + 1,) the pairs of person i stand at start[i] to start[i + 1] - 1.
            opportunity, score, owed, capacity, per_person, penalties, bonus, minimum, congestion, person_ids,
                opportunity_ids: as in `coded`.

        Raises:
            InvalidOption: something is not as said here.

        >>> problem = Problem.of_rows(
        ...     start=np.array([0, 1, 3]), opportunity=np.array([0, 0, 1]), score=np.array([0.5, 0.2, 0.9]),
        ...     owed=np.array([1, 2]), capacity=np.array([1, 1]), per_person=2,
        ... )
        >>> problem.opportunity.tolist(), problem.score.tolist()
        ([0, 1, 0], [0.5, 0.9, 0.2])
        """
        limits = _limits(owed, capacity, per_person, penalties, bonus=bonus, minimum=minimum, congestion=congestion)
        require_alike(opportunity=opportunity, score=score)
        start = require_start(start, owed.size, opportunity.size)
        require_codes("opportunity", opportunity, capacity.size)
        score = require_scores(score)
        rows = ordered(start, opportunity.astype(np.int32, copy=False), score)
        require_no_repeats(rows, capacity.size)
        return cls._of(rows, limits, person_ids, opportunity_ids)

    @classmethod
    def _of(
        cls,
        rows: Rows,
        limits: _Limits,
        person_ids: pl.Series | None,
        opportunity_ids: pl.Series | None,
        fixed: Fixed | None = None,
    ) -> Problem:
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
            bonus=None if limits.bonus is None else frozen(limits.bonus),
            minimum=None if limits.minimum is None else frozen(limits.minimum),
            congestion=limits.congestion,
            fixed=fixed,
        )

    def having_seen(self, person: Whole, opportunity: Whole, keep: float = KEEP) -> Problem:
        """The same problem, in which offers that people have seen count more: a plan drops one only if it gains more.

        Args:
            person, opportunity: (n,) codes of offers, each once; -1 for what is not known any more.
            keep: points of score, 0 to 100.

        Raises:
            InvalidOption: `keep` is out of its range.

        >>> problem = Problem.coded(
        ...     person=np.array([0, 0]), opportunity=np.array([0, 1]), score=np.array([0.5, 0.25]),
        ...     owed=np.array([1]), capacity=np.array([1, 1]), per_person=1,
        ... )
        >>> again = problem.having_seen(np.array([0]), np.array([1]), keep=0.5)
        >>> again.opportunity.tolist(), again.score.tolist()
        ([1, 0], [0.75, 0.5])
        """
        require_keep(keep)
        rows, pair, score = weighed(Rows(self.start, self.opportunity, self.score), person, opportunity, keep)
        seen = Seen(frozen(pair), frozen(score), float(keep), person.size, self._fixed_of(person, opportunity))
        return replace(self, opportunity=frozen(rows.opportunity), score=frozen(rows.score), seen=seen)

    def _fixed_of(self, person: Whole, opportunity: Whole) -> int:
        """How many of these pairs are fixed."""
        if self.fixed is None:
            return 0
        wide = np.int64(self.opportunities + 1)
        return int(np.isin(self.fixed.person * wide + self.fixed.opportunity, person * wide + opportunity).sum())

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
    def most(self) -> float:
        """Points that one recommendation can be worth at most: its score, the bonus, and `keep` if it was seen."""
        bonus = 0.0 if self.bonus is None else float(self.bonus.max())
        return 1.0 + bonus + (0.0 if self.seen is None else self.seen.keep)

    @property
    def unit_start(self) -> Whole:
        """(S + 1,) the recommendations owed to person i are the units unit_start[i] to unit_start[i + 1] - 1."""
        return offsets(self.owed)

    @property
    def fixed_given(self) -> Codes:
        """(S,) how many pairs are fixed for each person, beside what is still owed."""
        return np.zeros(self.persons, np.int32) if self.fixed is None else _times(self.fixed.person, self.persons)

    @property
    def fixed_load(self) -> Codes:
        """(V,) how many fixed pairs each opportunity holds, beside the capacity that is left."""
        if self.fixed is None:
            return np.zeros(self.opportunities, np.int32)
        return _times(self.fixed.opportunity, self.opportunities)

    @property
    def ladder(self) -> Ladder | None:
        """What places ask for by their number; None where no place is wanted and none costs anything."""
        if self.minimum is None and self.congestion is None:
            return None
        whole = self.capacity + self.fixed_load
        easy, rise = (whole, 0.0) if self.congestion is None else (self.congestion.easy(whole), self.congestion.price)
        return Ladder(
            minimum=frozen(np.zeros_like(self.capacity) if self.minimum is None else self.minimum),
            easy=frozen(easy - self.fixed_load),
            span=frozen(np.maximum(whole - easy, 1)),
            rise=rise,
        )

    @property
    def usable(self) -> Whole:
        """(V,) capacity, but never more than the persons who could take it: a harmless bound on large numbers."""
        return np.minimum(self.capacity, counted(self.opportunity, self.opportunities))


def _times(codes: Codes, size: int) -> Codes:
    return counted(codes, size).astype(np.int32)


def frozen(array: np.ndarray[tuple[int], Any]) -> np.ndarray[tuple[int], Any]:
    """The array, contiguous and read-only; whoever has it already may still write to it."""
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


class _Tables(NamedTuple):
    """What a problem is made from; each table with what messages call it."""

    pairs: Table
    capacity: tuple[pl.DataFrame, Source]
    owed: tuple[pl.DataFrame, Source] | None
    forbidden: tuple[pl.DataFrame, Source] | None
    fixed: tuple[pl.DataFrame, Source] | None
    seen: tuple[pl.DataFrame, Source] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Limits:
    """What is promised and what can be held, checked; see `Problem`."""

    owed: Codes
    capacity: Whole
    per_person: int
    penalties: tuple[float, ...] | None
    bonus: Numbers | None
    minimum: Whole | None
    congestion: Congestion | None

    def after(self, fixed: Fixed) -> _Limits:
        """What is left when these pairs are settled."""
        at_places = counted(fixed.opportunity, self.capacity.size)
        return replace(
            self,
            owed=self.owed - counted(fixed.person, self.owed.size).astype(np.int32),
            capacity=self.capacity - at_places,
            minimum=None if self.minimum is None else np.maximum(self.minimum - at_places, 0),
        )


def _limits(
    owed: Whole,
    capacity: Whole,
    per_person: int,
    penalties: Sequence[float] | None,
    *,
    bonus: Numbers | None,
    minimum: Whole | None,
    congestion: Congestion | None,
) -> _Limits:
    _check_per_person(per_person)
    capacity = np.minimum(require_whole("capacity", capacity, 0), LARGEST_CAPACITY).astype(np.int64)
    return _Limits(
        require_whole("owed", owed, 0, per_person).astype(np.int32),
        capacity,
        per_person,
        _checked_penalties(penalties, per_person),
        None if bonus is None else require_bonus(bonus, owed.size),
        None if minimum is None else require_minimum(minimum, capacity),
        congestion,
    )


def _settled(
    tables: _Tables, rows: Rows, limits: _Limits, persons: Listed, places: Listed
) -> tuple[Rows, _Limits, Fixed | None]:
    """The rows without what is forbidden or fixed, and what is left to be planned."""
    forbidden = None if tables.forbidden is None else forbidden_pairs(*tables.forbidden, persons, places)
    fixed = None
    if tables.fixed is not None:
        coded = fixed_pairs(*tables.fixed, persons, places)
        require_possible(coded, forbidden, limits.owed, limits.capacity)
        if coded.frame.height:
            rows, fixed = settled(rows, coded, places.ids.len())
            limits = limits.after(fixed)
    if forbidden is not None:
        rows = without(rows, forbidden.person, forbidden.opportunity, places.ids.len())
    return rows, limits, fixed


def _ids(ids: pl.Series | None, name: str, size: int) -> pl.Series:
    return pl.Series(name, np.arange(size, dtype=np.int64)) if ids is None else ids


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


def _whole(path: str) -> tuple[pl.DataFrame, Source]:
    whole = read_whole(path)
    if whole.faults:
        raise InvalidTable(whole.faults)
    return whole.frame, Source(Path(path).name, whole.first_row)


def _due(owed: pl.DataFrame, source: Source, per_person: int) -> pl.DataFrame:
    """What each person is owed, by person."""
    due = looked_at(owed, OWED, source)
    _refuse_more_than(per_person, due, source)
    return due.sort("person_id")


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
