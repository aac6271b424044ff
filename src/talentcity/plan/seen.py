"""Offers that people have seen already are worth a little more, so that a new plan drops one only for a reason.

Private: `Problem` checks what comes in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from talentcity.errors import InvalidOption
from talentcity.plan.compiled import njit
from talentcity.plan.rows import Array, Rows, found

KEEP = 0.1  # points of score
LARGEST_KEEP = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The pairs of a problem that people have seen as offers; each counts `keep` points more there.

    Attributes:
        pair: (K,) which pairs of the problem they are, rising.
        score: (K,) what they score, without what they count more.
        keep: points of score, 0 to 100.
        every: how many offers were seen in all, also those that are no pairs any more.
        settled: how many of them are fixed pairs, so that they are kept under any plan.
    """

    pair: Array
    score: Array
    keep: float
    every: int
    settled: int


def require_keep(keep: float) -> None:
    """Raise InvalidOption for points that cannot be."""
    if not (math.isfinite(keep) and 0 <= keep <= LARGEST_KEEP):
        raise InvalidOption(f"keep is {keep}; expected points of score, 0 to {LARGEST_KEEP:g}, such as {KEEP:g}.")


def weighed(rows: Rows, person: Array, opportunity: Array, keep: float) -> tuple[Rows, Array, Array]:
    """The rows in which these pairs count `keep` points more; which pairs they are there, and what they score.

    Codes that are no pair are passed over. The sums are of 64 bits and never rounded down, so a bound that is counted
    from them holds. The rows that came in stay as they are.

    >>> rows = Rows(np.array([0, 2]), np.array([4, 7], dtype=np.int32), np.array([0.5, 0.25]))
    >>> heavier, pair, score = weighed(rows, np.array([0, 0]), np.array([7, 8]), 0.5)
    >>> heavier.opportunity.tolist(), heavier.score.tolist(), pair.tolist(), score.tolist()
    ([7, 4], [0.75, 0.5], [0], [0.25])
    """
    known = (person >= 0) & (opportunity >= 0)
    at = np.unique(found(rows, person[known].astype(np.int32), opportunity[known].astype(np.int32)))
    at = at[at >= 0]
    score = rows.score[at].astype(np.float64)
    if keep == 0 or at.size == 0:
        return rows, at, score
    whose = (np.searchsorted(rows.start, at, side="right") - 1).astype(np.int32)
    which, code, value = rows.opportunity[at], rows.opportunity.copy(), rows.score.astype(np.float64)
    value[at] = _sum_not_below(score, keep)
    _rise(rows.start, whose, at, code, value)
    heavier = Rows(rows.start, code, value)
    pair = found(heavier, whose, which)
    order = np.argsort(pair)
    return heavier, pair[order], score[order]


def _sum_not_below(score: Array, keep: float) -> Array:
    """score + keep, one step up where it was rounded down (Knuth's two-sum tells the error exactly)."""
    total = score + keep
    part = total - score
    error = (score - (total - part)) + (keep - part)
    return np.where(error > 0, np.nextafter(total, np.inf), total)


@njit(cache=True, nogil=True)
def _rise(start: Array, person: Array, pair: Array, code: Array, value: Array) -> None:
    """Move each of these pairs up in its row to where its value belongs; they come in the order of the rows."""
    for k in range(pair.size):
        first, p = start[person[k]], pair[k]
        c, v = code[p], value[p]
        while p > first and (v > value[p - 1] or (v == value[p - 1] and c < code[p - 1])):
            code[p] = code[p - 1]
            value[p] = value[p - 1]
            p -= 1
        code[p] = c
        value[p] = v
