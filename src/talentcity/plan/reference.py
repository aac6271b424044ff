"""The definition of the best plan, written to be read. Tests call it; production never does."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import chain, combinations

from talentcity.plan.problem import Problem

Key = tuple[int, ...]
UNIT = 2**1074  # every float64 is a whole number of these, so keys are exact


def best_key(problem: Problem) -> Key:
    """The key of the best plan, by trying every plan (persons one after the other, by what is left of each capacity).

    The smaller key is the better plan. By default a key is: what is missing; how many persons miss at least k, at
    least k - 1, … 2, 1 (the worst off are looked at first); minus the score in `UNIT`. With penalties it is minus
    the objective in `UNIT`.
    """
    options = _options(problem)

    @cache
    def rest(person: int, left: tuple[int, ...]) -> Key:
        if person == problem.persons:
            return _nothing(problem)
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
    score = sum(score for _, score in choice)
    if problem.penalties is None:
        levels = (int(missing >= level) for level in range(problem.per_person, 0, -1))
        return (missing, *levels, -score)
    # Who misses u of k lacks the last u recommendations; the 1st recommendation is the first to be given.
    lacking = problem.penalties[problem.per_person - missing :]
    return (sum(map(parts, lacking)) - score,)


def _nothing(problem: Problem) -> Key:
    return (0,) * (problem.per_person + 2 if problem.penalties is None else 1)


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
