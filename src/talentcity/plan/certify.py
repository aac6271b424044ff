"""Counts every claim of a plan again, by code that shares nothing with the solvers.

- *Feasible* (`recount`): each recommendation is a pair of its person, no pair is used twice, nobody gets more than they
  are owed, no opportunity takes more than its capacity.
- *Best* (`upper_bound`): weak duality. Take any price p_j for each opportunity and any costs M_1 <= M_2 <= … of a
  person's first, second, … missing recommendation. A person with d owed chooses d things among their pairs (worth
  s_ij - p_j) and d ways to go without (worth -M_1 to -M_d); no plan gives them more than the d best of these. Whatever
  is paid for places, the opportunities get at most sum c_j max(p_j, 0). So

      score - costs of what is missing  <=  sum_j c_j max(p_j, 0)  +  sum_i (the d_i best of person i)

  for every plan. Plans that miss the same numbers pay the same costs, so these costs can be moved to the other side:
  that bounds the score of all plans with the fairest spread. It is counted in whole parts of a point, scores rounded
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
from operator import mul
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, maximum_flow

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.flow import Costs
from talentcity.plan.problem import Codes, Mask, Numbers, Problem, Whole, frozen

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
    """

    missing: Codes
    load: Whole
    persons_missing: tuple[int, ...]
    score: Fraction

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
    return Recount(frozen(missing), frozen(load), tuple(counts.tolist()), exact_sum(scores))


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
    missing_at_least: Sequence[int] | None = None,
    bonus: Numbers | None = None,
) -> Fraction:
    """No plan is worth more than this, whatever the prices and steps are.

    Args:
        problem: what is allocated.
        price: (V,) points of score.
        steps: `per_person` points, not falling: what a person's first, second, … missing recommendation costs.
        missing_at_least: how many persons miss 1 or more, 2 or more, …: then it bounds the score of the plans that
            miss just so. None: it bounds score minus the costs of what is missing, of all plans.
        bonus: (S,) points that every recommendation of a person is worth above its score.

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
    prices = _parts(np.asarray(price, dtype=np.float64), np.rint)
    extra = _parts(np.zeros(problem.persons) if bonus is None else bonus, np.ceil)
    high, low = _best_of_persons(
        problem.start, problem.opportunity, problem.score, problem.owed, prices, costs, extra, np.float64(PARTS)
    )
    total = (int(high) << 32) + int(low) + _worth_of_places(problem, prices)
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


def _worth_of_places(problem: Problem, prices: Array) -> int:
    """What all places bring at these prices; an opportunity cannot sell more places than it has pairs."""
    paid = np.flatnonzero(prices > 0)
    return sum(a * b for a, b in zip(problem.usable[paid].tolist(), prices[paid].tolist(), strict=True))


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


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A problem with the pairs of a plan, and the lists that searches walk along."""

    problem: Problem
    chosen: Mask
    missing: Whole
    load: Whole
    person_start: Whole
    by_opportunity: Whole
    opportunity_start: Whole

    @classmethod
    def of(cls, problem: Problem, chosen: Mask) -> Network:
        """Count the plan, and refuse one that gives or takes too much."""
        given = np.bincount(problem.person[chosen], minlength=problem.persons)
        load = np.bincount(problem.opportunity[chosen], minlength=problem.opportunities)
        if (given > problem.owed).any():
            raise PlanDefect("somebody gets more recommendations than they are owed")
        if (load > problem.capacity).any():
            raise PlanDefect("an opportunity takes more than its capacity")
        return cls(
            problem=problem,
            chosen=chosen,
            missing=problem.owed - given,
            load=load,
            person_start=_starts(problem.person, problem.persons),
            by_opportunity=np.argsort(problem.opportunity, kind="stable"),
            opportunity_start=_starts(problem.opportunity, problem.opportunities),
        )

    @property
    def has_room(self) -> Mask:
        """(V,) opportunities that could take one more."""
        return np.asarray(self.load < self.problem.capacity)

    def pairs_of_persons(self, persons: Whole) -> Whole:
        """Numbers of all pairs of these persons."""
        return _ranges(self.person_start, persons)

    def pairs_of_opportunities(self, opportunities: Whole) -> Whole:
        """Numbers of all pairs of these opportunities."""
        return self.by_opportunity[_ranges(self.opportunity_start, opportunities)]


def _starts(codes: Whole, size: int) -> Whole:
    return np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=size))]).astype(np.int64)


def _ranges(start: Whole, which: Whole) -> Whole:
    """All numbers of start[i]..start[i + 1] - 1 for the i of `which`, one range after the other."""
    lengths = start[which + 1] - start[which]
    ends = np.cumsum(lengths)
    shift: Whole = np.repeat(start[which] - (ends - lengths), lengths)
    return np.arange(shift.size, dtype=np.int64) + shift


def most_given(problem: Problem) -> int:
    """The most recommendations that any plan could give, by a maximum flow."""
    if problem.person.size == 0 or not problem.owed.any():
        return 0
    source, sink = problem.persons + problem.opportunities, problem.persons + problem.opportunities + 1
    persons = np.arange(problem.persons)
    opportunities = problem.persons + np.arange(problem.opportunities)
    tails = np.concatenate([np.full(problem.persons, source), problem.person, opportunities])
    heads = np.concatenate([persons, problem.persons + problem.opportunity, np.full(problem.opportunities, sink)])
    room = np.concatenate([problem.owed, np.ones_like(problem.person), problem.usable]).astype(np.int32)
    graph = csr_array(coo_array((room, (tails, heads)), shape=(sink + 1, sink + 1)))
    return int(maximum_flow(graph, source, sink).flow_value)


def objective_of(network: Network, costs: Costs) -> int:
    """What the plan is worth, in parts."""
    gained = _exact_sum(costs.gain[network.chosen])
    return gained - sum(int((network.missing > u).sum()) * step for u, step in enumerate(costs.steps))


def bound_of(network: Network, costs: Costs) -> int:
    """No plan of the problem is worth more than this, in parts. Weak duality: true for any prices."""
    problem = network.problem
    price, worth = _prices(network, costs)
    total = _dot(problem.usable, price) + _dot(problem.owed, worth)
    surplus = costs.gain - price[problem.opportunity] - worth[problem.person]
    total += _exact_sum(np.maximum(surplus, 0))
    for u, step in enumerate(costs.steps):
        total += _exact_sum(np.maximum(-step - worth[problem.owed > u], 0))
    return total


def _prices(network: Network, costs: Costs) -> tuple[Whole, Whole]:
    """A price per opportunity, and what the last unit owed to each person is worth (negative: missing), in parts.

    They come from distances in the residual network by the rule of Bellman and Ford. In the best plan no cycle has a
    negative cost and the distances settle; otherwise they fall for ever and the search ends at a floor that no simple
    path can reach.
    """
    problem = network.problem
    search = _Distances.of(network, costs)
    floor = -(max(costs.steps) + (min(problem.persons, problem.opportunities) + 2) * costs.unit)
    persons, opportunities = np.arange(problem.persons), np.arange(problem.opportunities)
    while persons.size or opportunities.size:
        persons, opportunities = search.relaxed(persons, opportunities)
        if search.sink < floor or search.person.min(initial=0) < floor:
            break
    return np.maximum(search.sink - search.opportunity, 0), search.person - search.sink


@dataclass(slots=True, eq=False)
class _Distances:
    """Shortest distances so far, from anywhere, to each person, each opportunity and the sink."""

    network: Network
    costs: Costs
    chosen: Whole
    next_step: Whole  # cost of one more missing unit, per person who has a unit to lose
    last_step: Whole  # cost saved by one missing unit fewer, per person who misses one
    may_lose: Whole
    short: Whole
    person: Whole
    opportunity: Whole
    sink: int = 0

    @classmethod
    def of(cls, network: Network, costs: Costs) -> _Distances:
        problem, missing = network.problem, network.missing
        steps = np.array(costs.steps, dtype=np.int64)
        may_lose, short = np.flatnonzero(missing < problem.owed), np.flatnonzero(missing > 0)
        return cls(
            network=network,
            costs=costs,
            chosen=np.flatnonzero(network.chosen),
            next_step=steps[missing[may_lose]],
            last_step=steps[missing[short] - 1],
            may_lose=may_lose,
            short=short,
            person=np.zeros(problem.persons, dtype=np.int64),
            opportunity=np.zeros(problem.opportunities, dtype=np.int64),
        )

    def relaxed(self, persons: Whole, opportunities: Whole) -> tuple[Whole, Whole]:
        """Pass on what changed in the last round; returns whose distance has fallen in this one."""
        person, opportunity = self.person.copy(), self.opportunity.copy()
        self._take(persons)
        self._through_sink()
        if opportunities.size or (self.opportunity < opportunity).any():
            self._give_up()
        return np.flatnonzero(self.person < person), np.flatnonzero(self.opportunity < opportunity)

    def _take(self, persons: Whole) -> None:
        """A person could take a pair that is not chosen, and gains its score."""
        pairs = self.network.pairs_of_persons(persons)
        pairs = pairs[~self.network.chosen[pairs]]
        problem = self.network.problem
        distance = self.person[problem.person[pairs]] - self.costs.gain[pairs]
        np.minimum.at(self.opportunity, problem.opportunity[pairs], distance)

    def _give_up(self) -> None:
        """An opportunity could give up a pair that is chosen, and loses its score."""
        problem = self.network.problem
        distance = self.opportunity[problem.opportunity[self.chosen]] + self.costs.gain[self.chosen]
        np.minimum.at(self.person, problem.person[self.chosen], distance)

    def _through_sink(self) -> None:
        """Room is left at an opportunity, or a person misses one more; then one taken or one missing fewer."""
        sink = min(self.sink, int(self.opportunity[self.network.has_room].min(initial=self.sink)))
        sink = min(sink, int((self.person[self.may_lose] + self.next_step).min(initial=sink)))
        self.sink = sink
        taken = self.network.load > 0
        self.opportunity[taken] = np.minimum(self.opportunity[taken], sink)
        self.person[self.short] = np.minimum(self.person[self.short], sink - self.last_step)


def _dot(left: Whole, right: Whole) -> int:
    return sum(map(mul, left.tolist(), right.tolist()))


def _exact_sum(values: Whole) -> int:
    """The sum without overflow: halves of 32 bits are added apart."""
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Persons who share only these opportunities, in codes. What they miss cannot be found anywhere else.

    Every pair of a person of the group leads to an opportunity of the group, or is part of the plan already. So the
    group can have at most `places` + `elsewhere`, and misses at least `owed` minus that.
    """

    persons: Whole
    opportunities: Whole
    owed: int
    places: int
    elsewhere: int
    missing: int

    @property
    def checked(self) -> bool:
        """The inequality, counted from the problem, explains exactly what is missing in the plan."""
        return self.missing == self.owed - self.places - self.elsewhere


def avoidable(network: Network) -> Mask:
    """(S,) persons who could have one more without anybody having fewer: an alternating path leads to room."""
    return leading_to_room(network)[0] & (network.missing > 0)


def leading_to_room(network: Network) -> tuple[Mask, Mask]:
    """(S,) persons and (V,) opportunities from which an alternating path leads to room."""
    problem = network.problem
    reaches = network.has_room.copy()
    lucky = np.zeros(problem.persons, dtype=np.bool_)
    fresh = np.flatnonzero(reaches)
    while fresh.size:
        pairs = network.pairs_of_opportunities(fresh)
        persons = np.unique(problem.person[pairs[~network.chosen[pairs]]])
        persons = persons[~lucky[persons]]
        lucky[persons] = True
        pairs = network.pairs_of_persons(persons)
        opportunities = np.unique(problem.opportunity[pairs[network.chosen[pairs]]])
        fresh = opportunities[~reaches[opportunities]]
        reaches[fresh] = True
    return lucky, reaches


def reached_from(network: Network, persons: Whole) -> tuple[Mask, Mask]:
    """Persons and opportunities on alternating paths from these persons (themselves included)."""
    seen = np.zeros(network.problem.persons, dtype=np.bool_)
    full = np.zeros(network.problem.opportunities, dtype=np.bool_)
    _reach(network, persons, seen, full)
    return seen, full


def _reach(network: Network, fresh: Whole, seen: Mask, full: Mask) -> None:
    problem = network.problem
    seen[fresh] = True
    while fresh.size:
        pairs = network.pairs_of_persons(fresh)
        opportunities = np.unique(problem.opportunity[pairs[~network.chosen[pairs]]])
        opportunities = opportunities[~full[opportunities]]
        full[opportunities] = True
        pairs = network.pairs_of_opportunities(opportunities)
        persons = np.unique(problem.person[pairs[network.chosen[pairs]]])
        fresh = persons[~seen[persons]]
        seen[fresh] = True


def is_fairest(network: Network) -> bool:
    """Nobody misses m while somebody who misses at most m - 2 could give them one up, along whatever path."""
    missing = network.missing
    seen = np.zeros(missing.size, dtype=np.bool_)
    full = np.zeros(network.problem.opportunities, dtype=np.bool_)
    for level in range(int(missing.max(initial=0)), 1, -1):
        _reach(network, np.flatnonzero((missing >= level) & ~seen), seen, full)
        if (missing[seen] < level - 1).any():
            return False
    return True


def group_of(network: Network, persons: Mask, opportunities: Mask) -> Group:
    """Count a set of persons and opportunities against the problem."""
    problem = network.problem
    inside = persons[problem.person]
    return Group(
        persons=np.flatnonzero(persons),
        opportunities=np.flatnonzero(opportunities),
        owed=int(problem.owed[persons].sum()),
        places=int(problem.usable[opportunities].sum()),
        elsewhere=int((inside & ~opportunities[problem.opportunity]).sum()),
        missing=int(network.missing[persons].sum()),
    )


def groups_of(network: Network, could_have_more: Mask) -> tuple[Group, ...]:
    """The groups that prove the unavoidable shortage, the largest shortage first; no two share a person or a place.

    Raises:
        PlanDefect: a group does not explain what is missing in it.
    """
    problem = network.problem
    short = np.flatnonzero((network.missing > 0) & ~could_have_more)
    persons, opportunities = reached_from(network, short)
    labels = _components(problem, persons, opportunities)
    groups = tuple(_counted(network, persons, opportunities, labels))
    if not all(group.checked for group in groups):
        raise PlanDefect("a group of persons does not explain what is missing in it")
    return tuple(sorted(groups, key=lambda group: (-group.missing, int(group.persons[0]))))


def _components(problem: Problem, persons: Mask, opportunities: Mask) -> Whole:
    """A label per node (persons, then opportunities): which nodes of the two sets hang together."""
    nodes = problem.persons + problem.opportunities
    inside = persons[problem.person] & opportunities[problem.opportunity]
    tails, heads = problem.person[inside], problem.persons + problem.opportunity[inside]
    graph = coo_array((np.ones(tails.size, dtype=np.int8), (tails, heads)), shape=(nodes, nodes))
    return np.asarray(connected_components(csr_array(graph), directed=False)[1], dtype=np.int64)


def _counted(network: Network, persons: Mask, opportunities: Mask, labels: Whole) -> list[Group]:
    """One group per label, all counted in one pass."""
    problem = network.problem
    size = int(labels.max(initial=-1)) + 1
    of_person, of_opportunity = labels[: problem.persons], labels[problem.persons :]
    members, places = np.flatnonzero(persons), np.flatnonzero(opportunities)

    def totals(codes: Whole, weights: Whole) -> Whole:
        sums = np.zeros(size, dtype=np.int64)
        np.add.at(sums, codes, weights)
        return sums

    outside = persons[problem.person] & ~opportunities[problem.opportunity]
    owed = totals(of_person[members], problem.owed[members])
    missing = totals(of_person[members], network.missing[members])
    room = totals(of_opportunity[places], problem.usable[places])
    elsewhere = totals(of_person[problem.person[outside]], np.ones(int(outside.sum()), dtype=np.int64))
    members = members[np.argsort(of_person[members], kind="stable")]
    places = places[np.argsort(of_opportunity[places], kind="stable")]
    person_start, place_start = _starts(of_person[members], size), _starts(of_opportunity[places], size)
    return [
        Group(
            persons=members[person_start[label] : person_start[label + 1]],
            opportunities=places[place_start[label] : place_start[label + 1]],
            owed=int(owed[label]),
            places=int(room[label]),
            elsewhere=int(elsewhere[label]),
            missing=int(missing[label]),
        )
        for label in np.unique(of_person[members]).tolist()
    ]
