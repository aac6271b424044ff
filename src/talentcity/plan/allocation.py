"""Who gets what: one unit for each recommendation owed, and where it goes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from talentcity.plan.problem import Codes, Mask, Problem, Whole, frozen

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
    def score(self) -> float:
        """The sum of the scores, rounded once."""
        return math.fsum(self.problem.score[self.chosen].tolist())

    @property
    def _person(self) -> Codes:
        """(D,) whose unit it is."""
        return np.repeat(np.arange(self.problem.persons, dtype=np.int32), self.problem.owed)
