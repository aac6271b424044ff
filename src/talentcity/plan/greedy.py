"""What a plan is compared with: whoever fits best comes first, and nobody ever moves."""

from __future__ import annotations

from typing import Any

import numpy as np

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.compiled import njit
from talentcity.plan.problem import Problem

Array = np.ndarray[Any, Any]


def greedy(problem: Problem) -> Allocation:
    """Take the pairs from the highest score down, wherever the person is owed one more and the opportunity has room.

    Pairs of the same score are taken in the order of persons, then of opportunities. The popular places go to
    whoever fits them best, and who fits nowhere best may be left with nothing: a floor for any plan, not a plan.

    Example:
        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 0]), score=np.array([0.9, 0.2, 0.8]),
        ...     owed=np.array([1, 1]), capacity=np.array([1, 1]), per_person=1,
        ... )
        >>> greedy(problem).taken.tolist()  # person 1 could only take what person 0 has
        [0, -1]
    """
    order = np.argsort(-problem.score, kind="stable")
    taken = np.full(int(problem.unit_start[-1]), MISSING, dtype=np.int32)
    _take(order, problem.person, problem.opportunity, problem.unit_start, problem.capacity.copy(), taken)
    return Allocation.of_units(problem, taken)


@njit(cache=True, nogil=True)
def _take(order: Array, person: Array, opportunity: Array, unit_start: Array, room: Array, taken: Array) -> None:
    """`room` is used up."""
    unit = unit_start[:-1].copy()
    for pair in order:
        i, j = person[pair], opportunity[pair]
        if room[j] > 0 and unit[i] < unit_start[i + 1]:
            taken[unit[i]] = j
            unit[i] += 1
            room[j] -= 1
