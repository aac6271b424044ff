"""What a city may wish beside owed and capacity: pairs that are forbidden or fixed, and soft limits. Private."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from talentcity.errors import InvalidOption, InvalidTable, Violation
from talentcity.plan.gathering import Listed, Source
from talentcity.plan.ids import codes_of
from talentcity.plan.rows import Array, Rows, counted, found, without
from talentcity.tables import FIXED, FORBIDDEN, SEEN, Schema, check, require_known, require_same_id_type

LARGEST_PRICE = 100.0
MINIMUM_PRICE = 2.0  # points of score that a place short of its minimum costs, where all is one sum


@dataclass(frozen=True, slots=True)
class Congestion:
    """A rising price on the last places of every opportunity, so that a plan fills none that it need not.

    Places up to `share` of the capacity (rounded down) cost nothing. Each of the n others costs more than the one
    before, evenly: the first price / n, the last `price`.

    Attributes:
        share: 0 to 1.
        price: points of score, 0 to 100.

    Raises:
        InvalidOption: a value is out of its range.
    """

    share: float
    price: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise InvalidOption(f"the share of congestion is {self.share}; expected a number from 0 to 1.")
        if not (math.isfinite(self.price) and 0 <= self.price <= LARGEST_PRICE):
            raise InvalidOption(
                f"the price of congestion is {self.price}; expected points of score, 0 to {LARGEST_PRICE:g}."
            )

    def easy(self, capacity: Array) -> Array:
        """How many places of each opportunity cost nothing; a share such as 0.29 of 100 is 29 in spite of its digits.

        >>> Congestion(0.29, 0.1).easy(np.array([100, 3])).tolist()
        [29, 0]
        """
        return np.floor(self.share * capacity + 1e-6).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """What the places of every opportunity ask for, by their number: never less than the one before.

    The first `minimum` ones are wanted, so whoever takes one is paid. Up to number `easy` the others cost nothing.
    Place number n beyond costs rise * (n - easy) / span. Fixed pairs stand on the first places and are not counted,
    so `easy` is below 0 where they go further.

    Attributes:
        minimum, easy, span: (V,) places; `span` is at least 1.
        rise: points of score that the last place of an opportunity costs.
    """

    minimum: Array
    easy: Array
    span: Array
    rise: float


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """F pairs that a counsellor has settled: part of every plan. They stand by person, then by opportunity.

    Attributes:
        person, opportunity: (F,) codes.
        score: (F,) what the pair scores; NaN where it does not stand among the pairs.
    """

    person: Array
    opportunity: Array
    score: Array


@dataclass(frozen=True, slots=True)
class Coded:
    """A table of persons and opportunities: its records, its name, and (n,) codes, -1 where an id is not known."""

    frame: pl.DataFrame
    source: Source
    person: Array
    opportunity: Array


def forbidden_pairs(frame: pl.DataFrame, source: Source, persons: Listed, places: Listed) -> Coded:
    """The forbidden pairs; what names somebody or something unknown forbids nothing.

    Raises:
        InvalidTable: the table breaks its schema.
    """
    return _coded(frame, FORBIDDEN, source, persons, places)


def fixed_pairs(frame: pl.DataFrame, source: Source, persons: Listed, places: Listed) -> Coded:
    """The fixed pairs.

    Raises:
        InvalidTable: the table breaks its schema, a pair stands twice, or an id is not listed.
    """
    coded = _coded(frame, FIXED, source, persons, places)
    for ids, listed in ((coded.frame["opportunity_id"], places), (coded.frame["person_id"], persons)):
        if ids.len():
            require_known(
                ids,
                listed.ids,
                table=source.name,
                known_table=listed.source.name,
                first_row=source.first_row,
                hint=listed.hint,
            )
    return coded


def seen_pairs(frame: pl.DataFrame, source: Source, persons: Listed, places: Listed) -> Coded:
    """The offers that people have seen; of what is not known any more none can be kept.

    Raises:
        InvalidTable: the table breaks its schema, or an offer stands twice.
    """
    return _coded(frame, SEEN, source, persons, places)


def require_possible(fixed: Coded, forbidden: Coded | None, owed: Array, capacity: Array) -> None:
    """Raise InvalidTable for a fixed pair that is forbidden, too, or that is more than is owed or can be held."""
    faults = [
        *_also_forbidden(fixed, forbidden),
        *_too_many(fixed, "person_id", fixed.person, owed, "what is owed to this person"),
        *_too_many(fixed, "opportunity_id", fixed.opportunity, capacity, "the capacity of this opportunity"),
    ]
    if faults:
        raise InvalidTable(faults)


def settled(rows: Rows, fixed: Coded, opportunities: int) -> tuple[Rows, Fixed]:
    """The rows without the fixed pairs, and the fixed pairs with their scores."""
    order = np.lexsort((fixed.opportunity, fixed.person))
    person, opportunity = fixed.person[order], fixed.opportunity[order]
    at = found(rows, person, opportunity)
    score = np.full(order.size, np.nan)
    score[at >= 0] = rows.score[at[at >= 0]]
    return without(rows, person, opportunity, opportunities), Fixed(person, opportunity, score)


def _coded(frame: pl.DataFrame, schema: Schema, source: Source, persons: Listed, places: Listed) -> Coded:
    frame = check(frame, schema, table=source.name, first_row=source.first_row)
    codes = [_codes(frame["person_id"], persons, source), _codes(frame["opportunity_id"], places, source)]
    return Coded(frame, source, *codes)


def _codes(ids: pl.Series, listed: Listed, source: Source) -> Array:
    if not ids.len() or not listed.ids.len():
        return np.full(ids.len(), -1, np.int32)
    require_same_id_type(ids, listed.ids, left_table=source.name, right_table=listed.source.name)
    return codes_of(ids, listed.ids)


def _also_forbidden(fixed: Coded, forbidden: Coded | None) -> Iterator[Violation]:
    if forbidden is None:
        return
    near = np.flatnonzero(np.isin(forbidden.person, fixed.person))
    pairs = zip(forbidden.person[near].tolist(), forbidden.opportunity[near].tolist(), strict=True)
    rows = dict(zip(pairs, near.tolist(), strict=True))
    for at, pair in enumerate(zip(fixed.person.tolist(), fixed.opportunity.tolist(), strict=True)):
        if pair in rows:
            yield Violation(
                fixed.source.name,
                at + fixed.source.first_row,
                "person_id and opportunity_id",
                ", ".join(map(str, fixed.frame.row(at)[:2])),
                f"stands in row {rows[pair] + forbidden.source.first_row} of {forbidden.source.name}, too; "
                "expected a pair to be fixed or forbidden, not both",
            )


def _too_many(fixed: Coded, column: str, codes: Array, limit: Array, says: str) -> Iterator[Violation]:
    counts = counted(codes, limit.size)
    for code in np.flatnonzero(counts > limit).tolist():
        at = int(np.flatnonzero(codes == code)[limit[code]])  # the first that is too many
        yield Violation(
            fixed.source.name,
            at + fixed.source.first_row,
            column,
            repr(fixed.frame[column][at]),
            f"{counts[code]:,} pairs are fixed and {says} is {limit[code]:,}; expected no more pairs than that",
        )
