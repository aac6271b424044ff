"""Who gets what: one unit for each recommendation owed, and where it goes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from talentcity.plan.compiled import njit
from talentcity.plan.problem import Codes, Mask, Numbers, Problem, Whole, frozen

Array = np.ndarray[Any, Any]

MISSING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """A problem, and for each unit owed the opportunity that it goes to.

    Attributes:
        problem: what is allocated.
        taken: (D,) code of the opportunity, or `MISSING`; the units of person i are unit_start[i] to
            unit_start[i + 1] - 1, in the order of the person's pairs (best score first), missing ones last.
    """

    problem: Problem
    taken: Codes

    @classmethod
    def of_chosen(cls, problem: Problem, chosen: Mask) -> Allocation:
        """From (P,) which pairs are chosen; nobody may have more of them than they are owed.

        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 1]), score=np.array([0.2, 0.9, 0.5]),
        ...     owed=np.array([2, 1]), capacity=np.array([1, 1]), per_person=2,
        ... )  # the pairs of person 0 stand by falling score: opportunity 1, then 0
        >>> Allocation.of_chosen(problem, np.array([True, False, True])).taken.tolist()
        [1, -1, 1]
        """
        pairs = np.flatnonzero(chosen)
        person = np.searchsorted(problem.start, pairs, side="right") - 1
        taken = np.full(int(problem.owed.sum()), MISSING, dtype=np.int32)
        taken[problem.unit_start[person] + np.arange(pairs.size) - np.searchsorted(person, person)] = (
            problem.opportunity[pairs]
        )
        return cls(problem, frozen(taken))

    @classmethod
    def of_units(cls, problem: Problem, held: Codes) -> Allocation:
        """From (D,) what each unit holds, in any order within a person; what is held must be a pair of the person."""
        taken = np.full(held.size, MISSING, dtype=np.int32)
        _in_order(problem.start, problem.opportunity, problem.unit_start, held, taken)
        return cls(problem, frozen(taken))

    @property
    def given(self) -> Codes:
        """(S,) how many recommendations each person gets."""
        return self.problem.owed - self.missing

    @property
    def missing(self) -> Codes:
        """(S,) how many recommendations each person lacks."""
        missing = np.bincount(self._person[self.taken == MISSING], minlength=self.problem.persons)
        return missing.astype(np.int32)

    @property
    def load(self) -> Whole:
        """(V,) how many recommendations each opportunity takes."""
        return np.bincount(self.taken[self.taken != MISSING], minlength=self.problem.opportunities)

    @property
    def chosen(self) -> Mask:
        """(P,) which pairs are part of it; made anew at every call."""
        problem = self.problem
        units = np.flatnonzero(self.taken != MISSING)
        places = max(1, problem.opportunities)
        keys = np.sort(self._person[units] * np.int64(places) + self.taken[units])
        pairs = problem.person * np.int64(places) + problem.opportunity
        at = np.searchsorted(keys, pairs).clip(max=max(0, keys.size - 1))
        return keys[at] == pairs if keys.size else np.zeros(pairs.size, dtype=np.bool_)

    @property
    def scores(self) -> Numbers:
        """(D,) the score of each unit, 0 where it is missing; made anew at every call."""
        problem = self.problem
        scores = np.zeros(self.taken.size, dtype=np.float64)
        _score(problem.start, problem.opportunity, problem.score, problem.unit_start, self.taken, scores)
        if problem.seen is not None:
            seen = problem.seen
            _as_they_are(
                problem.start, problem.opportunity, problem.unit_start, self.taken, seen.pair, seen.score, scores
            )
        return scores

    @property
    def score(self) -> float:
        """The sum of the scores, rounded once."""
        return math.fsum(self.scores.tolist())

    @property
    def _person(self) -> Codes:
        """(D,) whose unit it is."""
        return np.repeat(np.arange(self.problem.persons, dtype=np.int32), self.problem.owed)


@njit(cache=True, nogil=True)
def _in_order(start: Array, opportunity: Array, unit_start: Array, held: Array, taken: Array) -> None:
    """Write what each person holds in the order of the row, once each."""
    for person in range(start.size - 1):
        first, end = unit_start[person], unit_start[person + 1]
        left, unit = 0, first
        for u in range(first, end):
            left += held[u] >= 0
        pair = start[person]
        while left > 0 and pair < start[person + 1]:
            for u in range(first, end):
                if held[u] == opportunity[pair]:
                    taken[unit] = held[u]
                    unit += 1
                    left -= 1
            pair += 1


@njit(cache=True, nogil=True)
def _score(start: Array, opportunity: Array, score: Array, unit_start: Array, taken: Array, scores: Array) -> None:
    """Units stand in the order of the row, so one walk along it finds them all."""
    for person in range(start.size - 1):
        unit, end = unit_start[person], unit_start[person + 1]
        pair = start[person]
        while unit < end and pair < start[person + 1]:
            if taken[unit] == opportunity[pair]:
                scores[unit] = score[pair]
                unit += 1
            pair += 1


@njit(cache=True, nogil=True)
def _as_they_are(
    start: Array, opportunity: Array, unit_start: Array, taken: Array, pairs: Array, score: Array, scores: Array
) -> None:
    """What was seen counts more in a problem; here it scores what it scores."""
    k = 0
    for person in range(start.size - 1):
        while k < pairs.size and pairs[k] < start[person + 1]:
            for unit in range(unit_start[person], unit_start[person + 1]):
                if taken[unit] == opportunity[pairs[k]]:
                    scores[unit] = score[k]
            k += 1
