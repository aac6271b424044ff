"""What arrays must hold before a kernel may read them. Private: `Problem.coded` and `Problem.of_rows` ask."""

from __future__ import annotations

from typing import Any

import numpy as np

from talentcity.errors import InvalidOption
from talentcity.plan.rows import Rows, repeats

Array = np.ndarray[Any, Any]

LARGEST_BONUS = 100.0  # points of score


def require_alike(**arrays: Array) -> None:
    """Raise InvalidOption unless all have one axis and the same length."""
    for name, array in arrays.items():
        if array.ndim != 1:
            raise InvalidOption(f"{name} has {array.ndim} axes; expected one.")
    sizes = {name: array.size for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        has = ", ".join(f"{name} has {size:,}" for name, size in sizes.items())
        raise InvalidOption(f"{has}; expected as many of each, one per pair.")


def require_whole(name: str, array: Array, low: int, high: int | None = None) -> Array:
    """The array if it holds whole numbers from `low` to `high`; InvalidOption otherwise."""
    require_alike(**{name: array})
    if array.size and array.dtype.kind not in "iu":
        raise InvalidOption(f"{name} holds {array.dtype}; expected whole numbers.")
    limits = f"at least {low}" if high is None else f"{low} to {high}"
    if array.size and (array.min() < low or (high is not None and array.max() > high)):
        above = array > high if high is not None else np.zeros(array.size, np.bool_)
        raise InvalidOption(f"{_first(name, array, (array < low) | above)}; expected whole numbers, {limits}.")
    return array


def require_codes(name: str, codes: Array, size: int) -> None:
    """Raise InvalidOption unless all codes are 0 to `size` - 1."""
    if codes.size and codes.dtype.kind in "iu" and not size:
        raise InvalidOption(f"{name} has {codes.size:,} codes; expected none, for there is no {name} to code.")
    require_whole(name, codes, 0, size - 1)


def require_scores(score: Array) -> Array:
    """Scores from 0 to 1, of 32 bits if they came so, else of 64; InvalidOption for any other number."""
    if score.size and score.dtype.kind not in "fiub":
        raise InvalidOption(f"score holds {score.dtype}; expected numbers from 0 to 1.")
    score = score if score.dtype in (np.float32, np.float64) else score.astype(np.float64)
    if score.size and not (score.min() >= 0 and score.max() <= 1):  # false for NaN, too
        raise InvalidOption(f"{_first('score', score, ~((score >= 0) & (score <= 1)))}; expected numbers from 0 to 1.")
    return score


def require_bonus(bonus: Array, persons: int) -> Array | None:
    """Points of score for each person, 0 to `LARGEST_BONUS`, or None where all are 0; InvalidOption otherwise."""
    require_alike(bonus=bonus)
    if bonus.size != persons:
        raise InvalidOption(f"bonus has {bonus.size:,} numbers; expected {persons:,}, one per person.")
    if bonus.size and bonus.dtype.kind not in "fiu":
        raise InvalidOption(f"bonus holds {bonus.dtype}; expected numbers from 0 to {LARGEST_BONUS:g}.")
    bad = ~((bonus >= 0) & (bonus <= LARGEST_BONUS))
    if bad.any():
        raise InvalidOption(f"{_first('bonus', bonus, bad)}; expected numbers from 0 to {LARGEST_BONUS:g}.")
    return bonus.astype(np.float64) if bonus.any() else None


def require_minimum(minimum: Array, capacity: Array) -> Array | None:
    """Whole numbers from 0 to the capacity, or None where all are 0; InvalidOption otherwise."""
    require_whole("minimum", minimum, 0)
    if minimum.size != capacity.size:
        raise InvalidOption(f"minimum has {minimum.size:,} numbers; expected {capacity.size:,}, one per opportunity.")
    if (minimum > capacity).any():
        at = int((minimum > capacity).argmax())
        raise InvalidOption(f"minimum[{at}] is {minimum[at]} and capacity[{at}] is {capacity[at]}; expected no more.")
    return minimum.astype(np.int64) if minimum.any() else None


def require_start(start: Array, persons: int, pairs: int) -> Array:
    """Where the rows of persons begin, in 64 bits; InvalidOption unless they hold all pairs, one after the other.

    >>> require_start(np.array([0, 2**31, 2**31 + 7]), persons=2, pairs=2**31 + 7).dtype
    dtype('int64')
    """
    require_whole("start", start, 0)
    if start.size != persons + 1:
        raise InvalidOption(f"start has {start.size:,} numbers; expected {persons + 1:,}, one more than owed.")
    if start[0] != 0 or start[-1] != pairs:
        raise InvalidOption(f"start goes from {start[0]} to {start[-1]}; expected 0 to {pairs}, the number of pairs.")
    falls = np.flatnonzero(start[1:] < start[:-1])
    if falls.size:
        i = int(falls[0])
        raise InvalidOption(f"start[{i}] is {start[i]} and start[{i + 1}] is {start[i + 1]}; expected no fall.")
    return start.astype(np.int64, copy=False)


def require_no_repeats(rows: Rows, opportunities: int) -> None:
    """Raise InvalidOption for a pair that stands twice; the codes must be in range."""
    count, person = repeats(rows, opportunities)
    if count:
        row = rows.opportunity[rows.start[person] : rows.start[person + 1]]
        codes, times = np.unique(row, return_counts=True)
        code, often = codes[times > 1][0], times[times > 1][0]
        raise InvalidOption(
            f"person {person} and opportunity {code} are a pair {often} times; expected each pair once. "
            f"{count:,} of the {rows.opportunity.size:,} pairs stand already."
        )


def _first(name: str, array: Array, bad: Array) -> str:
    at = int(bad.argmax())
    return f"{name}[{at}] is {array[at]}"
