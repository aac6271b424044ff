"""Counts every claim of a plan again, by code that shares nothing with the solvers.

- *Feasible* (`recount`): each recommendation is a pair of its person, no pair is used twice, nobody gets more than they
  are owed, no opportunity takes more than its capacity.
- *Best* (`upper_bound`): weak duality. Take any price p_j for each opportunity and any costs M_1 <= M_2 <= … of a
  person's first, second, … missing recommendation. A person with d owed chooses d things among their pairs (worth
  s_ij - p_j) and d ways to go without (worth -M_1 to -M_d); no plan gives them more than the d best of these. Whatever
  is paid for places, the opportunities get at most sum c_j max(p_j, 0). So

      score - costs of what is missing  <=  sum_j c_j max(p_j, 0)  +  sum_i (the d_i best of person i)

  for every plan. Plans that miss the same numbers pay the same costs, so these costs can be moved to the other side:
  that bounds the score of all plans with the fairest spread. A bonus is added to s_ij. Where place number n of an
  opportunity asks for r_j(n) (congestion, or -R up to a minimum), it brings at most max(p_j - r_j(n), 0) above that,
  for any prices, also below 0; and what places short of a minimum cost is moved to the other side in the same way, for
  any R. It is counted in whole parts of a point, scores rounded
  up and costs down, without overflow: the bound is true to the last digit, for any prices and costs.
- *Fewest missing and fairest* (`prove_spread`): by counting closed sets, see there.

Reference for the bound: Ahuja, Magnanti and Orlin (1993), Network Flows, section 9.4.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.compiled import njit
from talentcity.plan.problem import Codes, Numbers, Problem, Whole, frozen

Array = np.ndarray[Any, Any]

PARTS = 2**32  # of a point of score: float32 scores from 2**-8 up are whole numbers of them
LARGEST = 2**28  # points; a price or cost beyond it could overflow
_BLOCK = 1 << 20


class PlanDefect(RuntimeError):
    """A plan is not what it claims to be. That is a defect of TalentCity, never a mistake of the caller."""


@dataclass(frozen=True, slots=True, eq=False)
class Recount:
    """What a plan gives and takes, counted from its units and the rows of the problem alone.

    Attributes:
        missing: (S,) recommendations that each person lacks.
        load: (V,) recommendations that each opportunity takes.
        persons_missing: how many persons miss 0, 1, … `per_person`.
        score: sum of the scores; no rounding but of what lies below 2**-150.
        kept: offers that people have seen and that are recommended again; each counts `problem.seen.keep` above its
            score.
        bonus: points that recommendations count above their scores because of the person.
        congestion: points that the places beyond the share of congestion cost; rounded by less than 2**-64 each.
        short: places short of a minimum, over all opportunities.
    """

    missing: Codes
    load: Whole
    persons_missing: tuple[int, ...]
    score: Fraction
    kept: int = 0
    bonus: Fraction = Fraction(0)
    congestion: Fraction = Fraction(0)
    short: int = 0

    @property
    def missing_at_least(self) -> tuple[int, ...]:
        """How many persons miss 1 or more, 2 or more, … `per_person`."""
        counts = np.array(self.persons_missing[1:][::-1], dtype=np.int64)
        return tuple(np.cumsum(counts)[::-1].tolist())


def recount(allocation: Allocation) -> Recount:
    """Count a plan from its rows.

    Raises:
        PlanDefect: it breaks a rule: a unit goes to an opportunity that is no pair of the person, or where the person
            is already, or where the places are used up, or is not in the order of the row.
    """
    problem, taken = allocation.problem, np.asarray(allocation.taken)
    if taken.size != int(problem.owed.sum()):
        raise PlanDefect(f"the plan has {taken.size} units, and {int(problem.owed.sum())} are owed")
    if taken.size and not MISSING <= int(taken.min()) <= int(taken.max()) < problem.opportunities:
        raise PlanDefect("the plan names an opportunity that does not exist")
    load = np.bincount(taken[taken != MISSING], minlength=problem.opportunities)
    if (load > problem.capacity).any():
        raise PlanDefect("an opportunity takes more than its capacity")
    missing = np.empty(problem.persons, dtype=np.int32)
    scores = np.zeros(taken.size, dtype=problem.score.dtype)
    bad = _walk(problem.start, problem.opportunity, problem.score, problem.owed, taken, missing, scores)
    if bad >= 0:
        raise PlanDefect(
            f"person {problem.person_ids[int(bad)]} has a recommendation that is none of their pairs, or one twice, "
            "or not in the order of the row"
        )
    counts = np.bincount(missing, minlength=problem.per_person + 1)
    score, kept = exact_sum(scores), 0
    if problem.seen is not None:
        again = _again(problem.start, problem.opportunity, problem.owed, taken, problem.seen.pair)
        kept = int(again.sum())
        score += exact_sum(problem.seen.score[again]) - exact_sum(problem.score[problem.seen.pair[again]])
    bonus = Fraction(0) if problem.bonus is None else exact_sum(np.repeat(problem.bonus, problem.owed - missing))
    short = 0 if problem.minimum is None else int(np.maximum(problem.minimum - load, 0).sum())
    paid = _congestion(problem, load)
    return Recount(frozen(missing), frozen(load), tuple(counts.tolist()), score, kept, bonus, paid, short)


def _congestion(problem: Problem, load: Whole) -> Fraction:
    """What the taken places beyond the share, and beyond a minimum, cost."""
    if problem.congestion is None:
        return Fraction(0)
    price, total = Fraction(problem.congestion.price), 0
    easy, span, free = _stairs(problem)
    for at in np.flatnonzero(load > free).tolist():
        steps = _from_to(int(free[at]) + 1 - int(easy[at]), int(load[at]) - int(easy[at]))
        total += (price.numerator * steps << 64) // (price.denominator * int(span[at]))
    return Fraction(total, 2**64)


def _stairs(problem: Problem) -> tuple[Whole, Whole, Whole]:
    """(V,) where places begin to cost, in how many steps they reach the price, and how many cost nothing after all.

    Fixed pairs stand on the first places; numbers count from the first place after them.
    """
    fixed = problem.fixed_load.astype(np.int64)
    whole = problem.capacity + fixed
    easy = whole if problem.congestion is None else problem.congestion.easy(whole)
    free = np.maximum(easy - fixed, 0 if problem.minimum is None else problem.minimum)
    return easy - fixed, whole - easy, free


def _from_to(first: int, last: int) -> int:
    """first + (first + 1) + … + last.

    >>> _from_to(3, 5)
    12
    """
    return (first + last) * (last - first + 1) // 2


@njit(cache=True, nogil=True)
def _again(start: Array, opportunity: Array, owed: Array, taken: Array, pairs: Array) -> Array:
    """Which of these pairs, in the order of the rows, are part of the plan."""
    again = np.zeros(pairs.size, np.bool_)
    unit, k = np.int64(0), 0
    for person in range(owed.size):
        end = unit + owed[person]
        while k < pairs.size and pairs[k] < start[person + 1]:
            for u in range(unit, end):
                again[k] |= taken[u] == opportunity[pairs[k]]
            k += 1
        unit = end
    return again


@njit(cache=True, nogil=True)
def _walk(
    start: Array, opportunity: Array, score: Array, owed: Array, taken: Array, missing: Array, scores: Array
) -> int:
    """Follow each person's units along the row; the first person whose units do not stand there in order, or -1."""
    unit = np.int64(0)
    for person in range(owed.size):
        end = unit + owed[person]
        for pair in range(start[person], start[person + 1]):
            if unit < end and taken[unit] == opportunity[pair]:
                scores[unit] = score[pair]
                unit += 1
        missing[person] = end - unit
        while unit < end:
            if taken[unit] != MISSING:
                return person
            unit += 1
    return -1


def exact_sum(scores: Array) -> Fraction:
    """The sum of scores from 0 to 1, limb by limb of 30 bits; what lies below 2**-150 is left out.

    >>> exact_sum(np.array([0.1, 0.2])) == Fraction(0.1) + Fraction(0.2)
    True
    """
    total = 0
    for begin in range(0, scores.size, _BLOCK):
        rest = scores[begin : begin + _BLOCK].astype(np.float64)
        for limb in range(5):
            rest = rest * 2.0**30
            whole = np.floor(rest)
            rest -= whole
            total += int(whole.astype(np.int64).sum()) << (30 * (4 - limb))
    return Fraction(total, 2**150)


def upper_bound(
    problem: Problem,
    price: Numbers,
    steps: Sequence[float],
    *,
    wanted: float = 0.0,
    missing_at_least: Sequence[int] | None = None,
    short: int = 0,
) -> Fraction:
    """No plan is worth more than this, whatever the prices and steps are.

    The worth of a plan is its score and bonus minus the costs of what is missing, of congestion and of places short of
    a minimum.

    Args:
        problem: what is allocated.
        price: (V,) points of score, also below 0.
        steps: `per_person` points, not falling: what a person's first, second, … missing recommendation costs.
        wanted: points, at least 0: what a place short of a minimum costs.
        missing_at_least: how many persons miss 1 or more, 2 or more, …: then it bounds the worth, without costs of
            what is missing, of the plans that miss just so. None: with these costs, of all plans.
        short: places short of a minimum: then it bounds the worth, without costs of these, of the plans that are short
            of so many or fewer. 0: with these costs.

    Raises:
        ValueError: a price, step or bonus is no finite number, or out of range; or the steps fall.

    Example:
        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 0]), score=np.array([0.75, 0.25, 0.5]),
        ...     owed=np.array([1, 1]), capacity=np.array([1, 1]), per_person=1,
        ... )
        >>> upper_bound(problem, np.array([0.5, 0.0]), [2.0])  # the best plan: 0.25 for person 0, 0.5 for person 1
        Fraction(3, 4)
    """
    if any(a > b for a, b in itertools.pairwise(steps)) or len(steps) != problem.per_person:
        raise ValueError(f"steps are {list(steps)}; expected {problem.per_person} numbers that do not fall")
    costs = _parts(np.array(steps, dtype=np.float64), np.floor)
    prices = _parts(np.asarray(price, dtype=np.float64), np.floor)  # what asks for its price brings nothing above it
    extra = _parts(np.zeros(problem.persons) if problem.bonus is None else problem.bonus, np.ceil)
    lure = int(_parts(np.array([wanted]), np.rint)[0])
    high, low = _best_of_persons(
        problem.start, problem.opportunity, problem.score, problem.owed, prices, costs, extra, np.float64(PARTS)
    )
    total = (int(high) << 32) + int(low) + _worth_of_places(problem, prices, lure) + lure * short
    if missing_at_least is not None:
        total += sum(int(cost) * count for cost, count in zip(costs.tolist(), missing_at_least, strict=True))
    return Fraction(total, PARTS)


def prove_spread(problem: Problem, counted: Recount, persons: Codes, opportunities: Codes) -> tuple[bool, ...]:
    """Whether no plan misses less (level 1), and none spreads it more fairly (levels 2 to `per_person`), by counting.

    For each level m let A be the persons and T the opportunities that are marked m or higher. Under any plan A has at
    most all places of T and every pair that leads elsewhere, so at least

        owed to A - places of T - pairs from A to outside T

    are missing among A. Let this be just what A misses in our plan, let everybody of A miss at least m - 1 and
    everybody else at most m - 1. Then under any plan, adding up max(0, missing - (m - 1)) over all persons, A alone
    comes to no less than what A misses in ours, minus (m - 1) for each of A; and in ours nobody else adds anything. So
    no plan has a smaller sum of what is missing above m - 1: for m = 1 the fewest are missing. When it holds for every
    m, what is missing is majorised by every other plan's, so it is the fairest: from the worst off down, smallest in
    the order of a dictionary (Frank and Murota 2022, Decreasing minimization on M-convex sets, sections 2 and 3).

    Args:
        problem, counted: what was allocated, and the plan.
        persons: (S,) from 0 to `per_person`; any marks whatsoever: they are not believed but counted.
        opportunities: (V,) likewise.

    Returns:
        For each level whether it is proved.
    """
    levels = problem.per_person
    outside = np.zeros(levels + 2, dtype=np.int64)
    _count_outside(problem.start, problem.opportunity, persons, opportunities, outside)
    elsewhere = np.cumsum(outside)
    proved = []
    for level in range(1, levels + 1):
        inside, full = persons >= level, opportunities >= level
        here = counted.missing[inside]
        could = sum(problem.capacity[full].tolist()) + int(elsewhere[level])
        proved.append(
            int(problem.owed[inside].sum(dtype=np.int64)) - could == int(here.sum(dtype=np.int64))
            and int(here.min(initial=level)) >= level - 1
            and int(counted.missing[~inside].max(initial=0)) <= level - 1
        )
    return tuple(proved)


@njit(cache=True, nogil=True)
def _count_outside(start: Array, opportunity: Array, persons: Array, opportunities: Array, outside: Array) -> None:
    """outside[m] - outside[m - 1] + …: pairs from persons of level m or higher to opportunities of a lower one."""
    for person in range(persons.size):
        high = persons[person]
        if high > 0:
            for pair in range(start[person], start[person + 1]):
                low = opportunities[opportunity[pair]]
                if low < high:
                    outside[low + 1] += 1
                    outside[high + 1] -= 1


def rounded_up(number: Fraction) -> float:
    """The float that is not below it."""
    near = float(number)
    return near if Fraction(near) >= number else math.nextafter(near, math.inf)


def _parts(points: Array, to_whole: np.ufunc) -> Array:
    if points.size and not np.abs(points).max() <= LARGEST:  # not: NaN compares to nothing
        raise ValueError(f"a price, step or bonus is not a number from {-LARGEST} to {LARGEST}")
    return np.asarray(to_whole(points * PARTS), dtype=np.int64)


def _worth_of_places(problem: Problem, prices: Array, lure: int) -> int:
    """What all places bring at these prices above what they ask for, minus `lure` for each place of a minimum.

    An opportunity cannot sell more places than it has pairs.
    """
    usable, minimum = problem.usable, np.zeros_like(problem.capacity)
    total = 0
    if problem.minimum is not None:
        minimum = np.minimum(problem.minimum, usable)
        total += _product(minimum, np.maximum(prices + lure, 0)) - lure * int(problem.minimum.sum())
    easy, span, free = _stairs(problem)
    free = np.minimum(free, usable)
    total += _product(free - minimum, np.maximum(prices, 0))
    if problem.congestion is not None:
        total += _worth_of_stairs(prices, easy, span, free, usable, Fraction(problem.congestion.price) * PARTS)
    return total


def _worth_of_stairs(prices: Array, easy: Whole, span: Whole, free: Whole, usable: Whole, rise: Fraction) -> int:
    """What the places from number free + 1 to `usable` bring above rise * (number - easy) / span, rounded up."""
    total = 0
    for at in np.flatnonzero((usable > free) & (prices > 0)).tolist():
        price, begins, steps = int(prices[at]), int(easy[at]), rise.denominator * int(span[at])
        first, last = int(free[at]) + 1, int(usable[at])
        if rise:
            last = min(last, begins + (price * steps - 1) // rise.numerator)  # those beyond ask for the price or more
        if last >= first:
            total += (last - first + 1) * price - rise.numerator * _from_to(first - begins, last - begins) // steps
    return total


def _product(many: Array, prices: Array) -> int:
    """Sum of many times price, without overflow."""
    paid = np.flatnonzero((many > 0) & (prices > 0))
    return sum(a * b for a, b in zip(many[paid].tolist(), prices[paid].tolist(), strict=True))


@njit(cache=True, nogil=True)
def _best_of_persons(
    start: Array, opportunity: Array, score: Array, owed: Array, price: Array, costs: Array, bonus: Array, parts: float
) -> tuple[int, int]:
    """Sum over persons of the best that they could have at these prices, in halves of 32 bits."""
    best = np.empty(costs.size, dtype=np.int64)
    high = low = 0
    for person in range(owed.size):
        due = owed[person]
        if due == 0:
            continue
        for u in range(due):
            best[u] = -costs[u]
        for pair in range(start[person], start[person + 1]):
            value = np.int64(math.ceil(np.float64(score[pair]) * parts)) + bonus[person] - price[opportunity[pair]]
            if value > best[due - 1]:
                u = due - 1
                while u > 0 and best[u - 1] < value:
                    best[u] = best[u - 1]
                    u -= 1
                best[u] = value
        for u in range(due):
            high += best[u] >> 32
            low += best[u] & 0xFFFFFFFF
    return high, low
