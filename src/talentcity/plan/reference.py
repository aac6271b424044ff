"""The definition of the best plan, written to be read. Tests call it; production never does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import chain, combinations

from talentcity.plan.problem import Problem
from talentcity.plan.variants import MINIMUM_PRICE

Key = tuple[int, ...]
UNIT = 2**1074  # every float64 is a whole number of these, so keys are exact


def best_key(problem: Problem) -> Key:
    """The key of the best plan, by trying every plan (persons one after the other, by what is left of each capacity).

    The smaller key is the better plan. By default a key is: what is missing; how many persons miss at least k, at
    least k - 1, … 2, 1 (the worst off are looked at first); how many places are short of a minimum; minus the score,
    with bonus and without what congestion costs, in `UNIT`. With penalties it is minus the objective in `UNIT`.
    """
    options = _options(problem)

    @cache
    def rest(person: int, left: tuple[int, ...]) -> Key:
        if person == problem.persons:
            load = [capacity - free for capacity, free in zip(problem.capacity.tolist(), left, strict=True)]
            return key_of_places(problem, load)
        return min(
            _add(key_of_person(problem, person, choice), rest(person + 1, _taken(left, choice)))
            for choice in _choices(options[person], int(problem.owed[person]), left)
        )

    return rest(0, tuple(problem.capacity.tolist()))


def parts(number: float) -> int:
    """The number in `UNIT`, without rounding."""
    return int(Fraction(number) * UNIT)


def key_of_person(problem: Problem, person: int, choice: tuple[tuple[int, int], ...]) -> Key:
    """What one person adds to the key of a plan that gives them `choice`."""
    missing = int(problem.owed[person]) - len(choice)
    bonus = 0.0 if problem.bonus is None else float(problem.bonus[person])
    score = sum(score + parts(bonus) for _, score in choice)
    if problem.penalties is None:
        levels = (int(missing >= level) for level in range(problem.per_person, 0, -1))
        return (missing, *levels, 0, -score)
    # Who misses u of k lacks the last u recommendations; the 1st recommendation is the first to be given.
    lacking = problem.penalties[problem.per_person - missing :]
    return (sum(map(parts, lacking)) - score,)


def key_of_places(problem: Problem, load: Sequence[int]) -> Key:
    """What the places add to the key of a plan that fills so many of each opportunity."""
    short, cost = 0, Fraction(0)
    for place, taken in enumerate(load):
        minimum = 0 if problem.minimum is None else int(problem.minimum[place])
        short += max(0, minimum - taken)
        cost += sum((toll(problem, place, number) for number in range(minimum + 1, taken + 1)), Fraction(0))
    if problem.penalties is None:
        return (*(0,) * (problem.per_person + 1), short, _whole(cost))
    return (_whole(cost + Fraction(MINIMUM_PRICE) * short),)


def toll(problem: Problem, place: int, number: int) -> Fraction:
    """What congestion asks for place `number` of an opportunity, 1 for the first after those of fixed pairs."""
    if problem.congestion is None:
        return Fraction(0)
    fixed = 0 if problem.fixed is None else int((problem.fixed.opportunity == place).sum())
    whole, number = int(problem.capacity[place]) + fixed, number + fixed
    easy = math.floor(Fraction(str(problem.congestion.share)) * whole)
    if number <= easy:
        return Fraction(0)
    return Fraction(problem.congestion.price) * (number - easy) / (whole - easy)


def _whole(points: Fraction) -> int:
    return math.floor(points * UNIT)


def _add(left: Key, right: Key) -> Key:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _options(problem: Problem) -> list[list[tuple[int, int]]]:
    options: list[list[tuple[int, int]]] = [[] for _ in range(problem.persons)]
    for person, opportunity, score in zip(
        problem.person.tolist(), problem.opportunity.tolist(), problem.score.tolist(), strict=True
    ):
        options[person].append((opportunity, parts(score)))
    return options


def _choices(options: list[tuple[int, int]], owed: int, left: tuple[int, ...]) -> chain[tuple[tuple[int, int], ...]]:
    free = [option for option in options if left[option[0]] > 0]
    return chain.from_iterable(combinations(free, size) for size in range(owed + 1))


def _taken(left: tuple[int, ...], choice: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    used = {opportunity for opportunity, _ in choice}
    return tuple(places - (number in used) for number, places in enumerate(left))
