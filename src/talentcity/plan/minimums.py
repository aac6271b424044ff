"""Gives opportunities the people that they should see at least, as far as that can be, and proves how far it can.

An opportunity j has a *minimum* m_j, never above its capacity: so many recommendations should come where there are so
many people for it. It is *short* by max(0, m_j - load_j) places. In order of importance: fewest missing
recommendations, fairest spread, fewest places short of a minimum, score.

How to call it: `settle`, then `meet_minimums(problem, settled.allocation.taken, price=price)`, whose `allocation` has
the same missing recommendations for everybody; then `recount`, and `prove_minimums(allocation, counted)`.

**Chains.** A short opportunity takes somebody with a pair that is not chosen, who gives up a place elsewhere. If more
than its minimum came there, one place fewer is short. Otherwise somebody else must take that place, and so on.

**When no chain is left, no plan whatsoever has fewer places short.** For any set U of opportunities and any plan,

    places short  >=  sum over U of m_j  -  sum over persons of min(owed_i, pairs of i with U),

because U sees no more than the second sum. Let U be what chains lead to from all who are short. If none of them saves a
place, all of U is at its minimum or below. Take somebody with a pair with U that is not chosen.

- They hold places in U only, for the chain goes on to all that they hold.
- They miss nothing. Else they would take that place, all along the chain would move on, the short opportunity would see
  one more, and fewer would be missing; but the plan that came in misses the fewest.

So they have all that they are owed in U. Everybody else has all their pairs with U chosen. So U sees just what the
second sum says, and the bound is reached. It is counted from the tables (`prove_minimums`): the set is found by a
search, but it is not believed.

**So nobody's number of recommendations need change,** nor who misses how many. For the bound says nothing of what is
missing: it holds for plans that miss more, and for plans in which others miss. Minima never compete with the
recommendations of people; they cost score only.

*Groups.* Opportunities of U hang together when somebody who is owed fewer recommendations than they have pairs with U
has pairs with both. Then the bound is the sum of the bounds of the pieces, and each piece explains its own places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.certify import PlanDefect, Recount
from talentcity.plan.compiled import njit
from talentcity.plan.lines import LINES, Lines, put, send_home, steps, take_out, wide
from talentcity.plan.problem import Codes, Mask, Numbers, Problem, Whole, frozen
from talentcity.plan.rows import counted as counted_by
from talentcity.plan.rows import offsets
from talentcity.plan.shortage import Numbered

Array = np.ndarray[Any, Any]

DEAD = 2**31 - 1  # stamp of what a search passed in vain
PATIENCE = 1000  # persons that a round looks at for nothing before it may end early
FEW = 200  # when a round finds fewer than one chain for so many short opportunities, each may do better alone


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """An allocation with the fewest places short of a minimum.

    Attributes:
        allocation: the plan; everybody has as many recommendations as in the one that came in.
        moved: chains that were made; each saves one place.
        short: places that are still short.
    """

    allocation: Allocation
    moved: int
    short: int


PLACE = np.dtype(
    [
        ("spare", np.int64),  # load above the minimum; below 0 if it is short
        ("price", np.float32),  # points of score
        ("passed", np.int32),  # stamp of the round in which its column was looked at
        ("labelled", np.int32),  # stamp of the round in which it was reached:
        ("person", np.int32),  # by whom, -1 at a root,
        ("unit", np.int32),  # who would give up this one of their units,
        ("to", np.int32),  # to go there,
        ("root", np.int32),  # on the way to this short opportunity
        ("listed", np.int32),  # whether its column is there
    ]
)
END = np.dtype([("labelled", np.int32), ("unit", np.int32), ("to", np.int32)])  # of a chain, by person; likewise


class Desk(NamedTuple):
    """All that lies on the table: S persons, V opportunities, P pairs, D units owed."""

    start: Array  # (S + 1,) int64
    opportunity: Array  # (P,) int32
    score: Array  # (P,) float32 or float64
    unit_start: Array  # (S + 1,) int64
    taken: Array  # (D,) int32: opportunity or MISSING, in any order within a person
    places: Array  # (V,) PLACE
    ends: Array  # (S,) END
    lines: Lines  # opportunities to pass, then persons with whom a chain can end, by cost
    clock: Array  # (1,) int64: the stamp of this round
    passed: Array  # (V,) int32: opportunities passed in this round, in order
    column_start: Array  # (V + 1,) int64
    column: Array  # persons of the pairs of each opportunity whose column is there


def meet_minimums(problem: Problem, taken: Array, *, price: Numbers | None = None) -> Met:
    """The same plan with the fewest places short of a minimum; with score to spare where there is a choice.

    Above the problem and the plan it needs 50 bytes per person with three recommendations, and 4 for every pair of an
    opportunity that has a minimum and not more than that.

    Args:
        problem: what is allocated; its penalties are not looked at.
        taken: (D,) a plan that keeps every rule and misses as little as possible, as `settle` gives it; in the units of
            `Allocation`, in any order within a person.
        price: (V,) points of score that a place is worth, to tell cheap chains from dear ones.

    Example:
        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 0]), score=np.array([0.9, 0.2, 0.8]),
        ...     owed=np.array([1, 1]), capacity=np.array([2, 1]), minimum=np.array([1, 1]), per_person=1,
        ... )
        >>> met = meet_minimums(problem, np.array([0, 0]))  # nobody goes to opportunity 1
        >>> met.allocation.taken.tolist(), met.moved, met.short
        ([1, 0], 1, 0)
    """
    allocation = Allocation.of_units(problem, np.asarray(taken, dtype=np.int32))
    if problem.minimum is None or (allocation.load >= problem.minimum).all():
        return Met(allocation, 0, 0)
    desk = _desk(allocation, problem.minimum, price)
    moved, margin, left_to_see = 0, 1, True
    while left_to_see:
        made, left_to_see = _improve(_with_columns(desk, problem.minimum, margin))
        moved, margin = moved + made, margin * 8
    short = -int(desk.places["spare"].clip(max=0).sum())
    return Met(Allocation.of_units(problem, desk.taken), moved, short)


def _desk(allocation: Allocation, minimum: Whole, price: Numbers | None) -> Desk:
    problem, nothing = allocation.problem, np.empty(0, dtype=np.int32)
    places = np.zeros(problem.opportunities, dtype=PLACE)
    places["spare"] = allocation.load - minimum
    places["price"] = 0 if price is None else price
    return Desk(
        start=problem.start,
        opportunity=problem.opportunity,
        score=problem.score,
        unit_start=problem.unit_start,
        taken=allocation.taken.copy(),
        places=places,
        ends=np.zeros(problem.persons, dtype=END),
        lines=Lines.of(problem.opportunities + problem.persons),
        clock=np.zeros(1, dtype=np.int64),
        passed=np.empty(problem.opportunities, dtype=np.int32),
        column_start=nothing,
        column=nothing,
    )


def _with_columns(desk: Desk, minimum: Whole, margin: int) -> Desk:
    """With the columns of all that is short, at its minimum, or above it by no more than the margin."""
    places = desk.places
    places["listed"] = (minimum > 0) & (places["spare"] <= margin) & (places["passed"] != DEAD)
    column_start, column = _columns(desk.start, desk.opportunity, places["listed"].astype(np.bool_))
    return desk._replace(column_start=column_start, column=column)


def _columns(start: Whole, opportunity: Codes, listed: Mask) -> tuple[Array, Array]:
    """The persons of the pairs of each listed opportunity: they stand at column_start[j] to column_start[j + 1] - 1."""
    column_start = offsets(np.where(listed, counted_by(opportunity, listed.size), 0))
    column = np.empty(int(column_start[-1]), dtype=np.int32)
    _turn(start, opportunity, listed, column_start[:-1].copy(), column)
    return column_start, column


def _improve(desk: Desk) -> tuple[int, bool]:
    """Every chain that the columns show. Returns how many, and whether an opportunity was reached that has none."""
    total, stuck = 0, False
    roots = _short(desk)
    while roots.size > 0 and not stuck:
        made, count, stuck = _round(desk, roots)
        total += made
        if not stuck and made * FEW < roots.size:
            made, stuck = _alone(desk, _short(desk), count)
            total += made
        roots = _short(desk)
    return int(total), bool(stuck)


def _short(desk: Desk) -> Array:
    """Opportunities that are short and have not searched in vain."""
    return np.flatnonzero((desk.places["spare"] < 0) & (desk.places["passed"] != DEAD))


@njit(cache=True, nogil=True)
def _turn(start: Array, opportunity: Array, listed: Array, next_of: Array, column: Array) -> None:
    """Write each person to the columns of their pairs; `next_of` is used up."""
    for person in range(start.size - 1):
        for pair in range(start[person], start[person + 1]):
            place = opportunity[pair]
            if listed[place]:
                column[next_of[place]] = person
                next_of[place] += 1


@njit(cache=True, nogil=True)
def _worth(desk: Desk, person: int, opportunity: int) -> float:
    """What a pair is worth to the person above its price."""
    pair = desk.start[person]
    while desk.opportunity[pair] != opportunity:
        pair += 1
    worth: float = desk.score[pair] - desk.places[opportunity].price
    return worth


@njit(cache=True, nogil=True)
def _has(desk: Desk, person: int, opportunity: int) -> bool:
    for number in range(desk.unit_start[person], desk.unit_start[person + 1]):
        if desk.taken[number] == opportunity:
            return True
    return False


@njit(cache=True, nogil=True)
def _may_come(desk: Desk, person: int, opportunity: int) -> bool:
    """Whether the person is not there yet, and has something to give up that was not looked at."""
    new = False
    for number in range(desk.unit_start[person], desk.unit_start[person + 1]):
        held = desk.taken[number]
        if held == opportunity:
            return False
        new = new or (held != MISSING and desk.places[held].passed < desk.clock[0])
    return new


@njit(cache=True, nogil=True)
def _label(desk: Desk, opportunity: int, person: int, unit: int, to: int, key: int) -> None:
    """Into line: the person would give up a place here to go there."""
    place = desk.places[opportunity]
    place.labelled, place.person, place.unit, place.to, place.root = (
        desk.clock[0], person, unit, to, desk.places[to].root
    )  # fmt: skip
    put(desk.lines, opportunity, key)


@njit(cache=True, nogil=True)
def _give_up(desk: Desk, person: int, to: int, key: int) -> None:
    """Label everything that the person could give up to go there."""
    stamp, opportunities, gain = desk.clock[0], desk.places.size, _worth(desk, person, to)
    first, end = desk.unit_start[person], desk.ends[person]
    for number in range(first, desk.unit_start[person + 1]):
        held = wide(desk.taken[number])
        if held == MISSING or desk.places[held].passed >= stamp:
            continue
        place = desk.places[held]
        cost = key + steps(_worth(desk, person, held) - gain)
        if place.spare > 0:
            cost += steps(place.price)
            node = desk.lines.nodes[opportunities + person]
            if end.labelled != stamp or not node.queued or cost < node.key:
                end.labelled, end.unit, end.to = stamp, number - first, to
                put(desk.lines, opportunities + person, cost)
        elif place.labelled != stamp or (place.person >= 0 and cost < desk.lines.nodes[held].key):
            _label(desk, held, person, number - first, to, cost)


@njit(cache=True, nogil=True)
def _pass(desk: Desk, opportunity: int, count: int) -> int:
    """Look at everybody who could come. Returns the new count of persons looked at."""
    key = wide(desk.lines.nodes[opportunity].key)
    for at in range(desk.column_start[opportunity], desk.column_start[opportunity + 1]):
        person = wide(desk.column[at])
        if _may_come(desk, person, opportunity):
            count += 1
            _give_up(desk, person, opportunity, key)
    return count


@njit(cache=True, nogil=True)
def _leads_on(desk: Desk, to: int) -> bool:
    """Whether every move from here to the root can still be made, and the root is still short."""
    place = desk.places[to]
    while place.person >= 0:
        person, way = wide(place.person), wide(place.to)
        if desk.taken[desk.unit_start[person] + place.unit] != to or _has(desk, person, way):
            return False
        to = way
        place = desk.places[to]
    return bool(place.spare < 0)


@njit(cache=True, nogil=True)
def _ends(desk: Desk, person: int) -> bool:
    """Make the moves of the chain that ends with this person, if they can still be made; else look for another end."""
    end = desk.ends[person]
    first, to = wide(desk.unit_start[person]), wide(end.to)
    if _has(desk, person, to) or not _leads_on(desk, to):
        return False
    held = wide(desk.taken[first + end.unit])
    if held != MISSING and desk.places[held].spare > 0:
        desk.places[held].spare -= 1
        _move(desk, first + end.unit, to)
        return True
    key, opportunities = wide(desk.lines.nodes[desk.places.size + person].key), desk.places.size
    for number in range(first, desk.unit_start[person + 1]):
        held = wide(desk.taken[number])
        if held == MISSING:
            continue
        place = desk.places[held]
        if place.spare > 0:
            end.unit = number - first
            put(desk.lines, opportunities + person, key)
            return False
        if place.labelled != desk.clock[0] and place.passed < desk.clock[0]:
            _label(desk, held, person, number - first, to, key)
    return False


@njit(cache=True, nogil=True)
def _move(desk: Desk, number: int, to: int) -> None:
    """The unit goes there, and so on to the root."""
    place = desk.places[to]
    desk.taken[number] = to
    while place.person >= 0:
        number, to = desk.unit_start[place.person] + place.unit, wide(place.to)
        desk.taken[number] = to
        place = desk.places[to]
    place.spare += 1


@njit(cache=True, nogil=True)
def _set_out(desk: Desk, roots: Array) -> None:
    """A new round, with these short opportunities in line; the one where a place is worth least waits longest."""
    desk.clock[0] += 1
    most = -np.inf
    for root in roots:
        most = max(most, desk.places[root].price)
    for root in roots:
        place = desk.places[root]
        place.labelled, place.person, place.root = desk.clock[0], -1, root
        put(desk.lines, wide(root), steps(most - place.price))


@njit(cache=True, nogil=True)
def _round(desk: Desk, roots: Array) -> tuple[int, int, bool]:
    """Search from all roots at once: chains made, persons looked at, whether an opportunity had no column."""
    _set_out(desk, roots)
    stamp, opportunities = desk.clock[0], desk.places.size
    made = count = passed = line = enough = wide(0)
    stuck = False
    while desk.lines.waiting[0] > 0 and (made == 0 or count < enough):
        while desk.lines.head[line] < 0:
            line = (line + 1) & (LINES - 1)
        node = wide(desk.lines.head[line])
        take_out(desk.lines, node)
        if node >= opportunities:
            if _ends(desk, node - opportunities):
                made += 1
                enough = 2 * count + PATIENCE
            continue
        place = desk.places[node]
        if desk.places[place.root].spare >= 0:
            place.labelled = 0
            continue
        place.passed = stamp
        desk.passed[passed] = node
        passed += 1
        if place.listed:
            count = _pass(desk, node, count)
        else:
            stuck = True
    send_home(desk.lines)
    if made == 0 and not stuck:
        for number in range(passed):
            desk.places[desk.passed[number]].passed = DEAD
    return made, count, stuck


@njit(cache=True, nogil=True)
def _alone(desk: Desk, roots: Array, work: int) -> tuple[int, bool]:
    """One short opportunity after the other, until they have looked at as many persons as a round did."""
    total = spent = wide(0)
    for number in range(roots.size):
        place = desk.places[roots[number]]
        while place.spare < 0 and place.passed != DEAD:
            made, count, stuck = _round(desk, roots[number : number + 1])
            total += made
            spent += count * (made > 0)  # what was passed in vain need not be looked at again
            if stuck or spent > work:
                return total, stuck
    return total, False


@dataclass(frozen=True, slots=True, eq=False)
class Unmet:
    """Opportunities that want more people than there are for them, in codes.

    Attributes:
        opportunities: codes, rising.
        persons: codes, rising: everybody who is owed something and has a pair with one of them.
        wanted: the sum of the minima.
        possible: the most recommendations that these persons can have there: for each person what they are owed, or
            as many pairs as they have there, whichever is less.
        short: places short in this plan.
    """

    opportunities: Codes
    persons: Codes
    wanted: int
    possible: int
    short: int

    @property
    def checked(self) -> bool:
        """The inequality, counted from the problem, explains exactly what is short in the plan."""
        return self.short == self.wanted - self.possible


@dataclass(frozen=True, slots=True, eq=False)
class UnmetGroups(Numbered[Unmet]):
    """The groups that prove what is short, most places first; made one by one when they are asked for.

    Attributes:
        of_opportunity: (V,) number of the group, or -1.
        wanted, possible, short: (G,) sums, as in `Unmet`.
    """

    of_opportunity: Codes
    wanted: Whole
    possible: Whole
    short: Whole
    _problem: Problem

    def __len__(self) -> int:
        return self.wanted.size

    def _one(self, number: int) -> Unmet:
        inside = self.of_opportunity == number
        problem = self._problem
        persons = np.zeros(problem.persons, dtype=np.bool_)
        _who(problem.start, problem.opportunity, problem.owed, inside, persons)
        return Unmet(
            opportunities=frozen(np.flatnonzero(inside).astype(np.int32)),
            persons=frozen(np.flatnonzero(persons).astype(np.int32)),
            wanted=int(self.wanted[number]),
            possible=int(self.possible[number]),
            short=int(self.short[number]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MinimumProof:
    """What is proved about the minima of a plan.

    Attributes:
        short: (V,) places that each opportunity is short of its minimum.
        bound: no plan whatsoever has fewer places short in all.
        groups: they prove it; none where the plan has more places short than the bound.
    """

    short: Whole
    bound: int
    groups: UnmetGroups

    @property
    def fewest(self) -> bool:
        """No plan has fewer places short."""
        return self.bound == int(self.short.sum())


def prove_minimums(allocation: Allocation, counted: Recount) -> MinimumProof:
    """Find the set that chains reach, and count what it proves; see above.

    Raises:
        PlanDefect: a group does not explain what is short in it.

    Example:
        >>> from talentcity.plan.certify import recount
        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 1]), score=np.array([0.9, 0.2, 0.8]),
        ...     owed=np.array([1, 1]), capacity=np.array([2, 2]), minimum=np.array([1, 2]), per_person=1,
        ... )
        >>> allocation = Allocation(problem, np.array([0, 1], dtype=np.int32))
        >>> proof = prove_minimums(allocation, recount(allocation))
        >>> proof.short.tolist(), proof.bound, proof.fewest
        ([0, 1], 1, True)
        >>> [group] = proof.groups  # person 0 and 1 are all there are for two places at 1 and one at 0
        >>> group.opportunities.tolist(), group.persons.tolist(), group.wanted, group.possible
        ([0, 1], [0, 1], 3, 2)
    """
    problem = allocation.problem
    minimum = np.zeros(problem.opportunities, dtype=np.int64) if problem.minimum is None else problem.minimum
    short = np.maximum(minimum - counted.load, 0)
    inside = _reached(allocation, minimum, counted.load)
    most = _most(problem.start, problem.opportunity, problem.owed, inside)
    bound = max(0, int(minimum[inside].sum()) - int(most))
    if bound != int(short.sum()):
        inside = np.zeros(problem.opportunities, dtype=np.bool_)
    return MinimumProof(short=frozen(short), bound=bound, groups=_groups(problem, minimum, short, inside))


def _reached(allocation: Allocation, minimum: Whole, load: Whole) -> Mask:
    """(V,) opportunities that chains reach from whoever is short; they end where more come than the minimum."""
    problem = allocation.problem
    inside = load < minimum
    if inside.any():
        columns = _columns(problem.start, problem.opportunity, (load <= minimum) & (minimum > 0))
        _reach(problem.unit_start, allocation.taken, *columns, inside)
    return inside


def _groups(problem: Problem, minimum: Whole, short: Whole, inside: Mask) -> UnmetGroups:
    label = np.arange(problem.opportunities, dtype=np.int32)
    _hang_together(problem.start, problem.opportunity, problem.owed, inside, label)
    members = np.flatnonzero(inside)
    first, of_member = np.unique(label[members], return_inverse=True)
    size = first.size
    places = _sums(size, of_member, short[members])
    order = np.lexsort((first, -places))
    number = np.empty(size, dtype=np.int32)
    number[order] = np.arange(size, dtype=np.int32)
    of_opportunity = np.full(problem.opportunities, -1, dtype=np.int32)
    of_opportunity[members] = number[of_member]
    possible = np.zeros(size, dtype=np.int64)
    _most_of_groups(problem.start, problem.opportunity, problem.owed, of_opportunity, possible)
    wanted = _sums(size, of_opportunity[members], minimum[members])
    if (places[order] != wanted - possible).any():
        raise PlanDefect("a group of opportunities does not explain what is short in it")
    return UnmetGroups(frozen(of_opportunity), frozen(wanted), frozen(possible), frozen(places[order]), problem)


def _sums(size: int, codes: Array, numbers: Array) -> Array:
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, codes, numbers)
    return sums


@njit(cache=True, nogil=True)
def _reach(unit_start: Array, taken: Array, column_start: Array, column: Array, inside: Array) -> None:
    """Mark what those hold who have a pair with a marked opportunity that is not chosen."""
    stack = np.empty(inside.size, dtype=np.int32)
    size = 0
    for place in range(inside.size):
        if inside[place]:
            stack[size] = place
            size += 1
    while size > 0:
        size -= 1
        place = stack[size]
        for at in range(column_start[place], column_start[place + 1]):
            first, end = unit_start[column[at]], unit_start[column[at] + 1]
            here = False
            for number in range(first, end):
                here = here or taken[number] == place
            if here:
                continue
            for number in range(first, end):
                held = taken[number]
                if held != MISSING and not inside[held]:
                    inside[held] = True
                    stack[size] = held
                    size += 1


@njit(cache=True, nogil=True)
def _most(start: Array, opportunity: Array, owed: Array, inside: Array) -> int:
    """The most that persons can have there: what each is owed, or their pairs there, whichever is less."""
    total = 0
    for person in range(owed.size):
        here = 0
        for pair in range(start[person], start[person + 1]):
            here += inside[opportunity[pair]]
        total += min(here, owed[person])
    return total


@njit(cache=True, nogil=True)
def _root(label: Array, node: int) -> int:
    while label[node] != node:
        label[node] = label[label[node]]
        node = label[node]
    return node


@njit(cache=True, nogil=True)
def _hang_together(start: Array, opportunity: Array, owed: Array, inside: Array, label: Array) -> None:
    """Label each opportunity by the first one that it hangs together with."""
    for person in range(owed.size):
        here, one = 0, -1
        for pair in range(start[person], start[person + 1]):
            here += inside[opportunity[pair]]
        if here <= owed[person] or owed[person] == 0:
            continue
        for pair in range(start[person], start[person + 1]):
            if inside[opportunity[pair]]:
                other = _root(label, opportunity[pair])
                one = other if one < 0 else min(one, other)
        for pair in range(start[person], start[person + 1]):
            if inside[opportunity[pair]]:
                label[_root(label, opportunity[pair])] = one
    for node in range(label.size):
        label[node] = _root(label, node)


@njit(cache=True, nogil=True)
def _most_of_groups(start: Array, opportunity: Array, owed: Array, group: Array, possible: Array) -> None:
    """The same as `_most`, by group: who has more pairs than they are owed has them all in one group."""
    for person in range(owed.size):
        due = owed[person]
        for pair in range(start[person], start[person + 1]):
            number = group[opportunity[pair]]
            if number >= 0 and due > 0:
                possible[number] += 1
                due -= 1


@njit(cache=True, nogil=True)
def _who(start: Array, opportunity: Array, owed: Array, inside: Array, persons: Array) -> None:
    """Mark who is owed something and has a pair there."""
    for person in range(owed.size):
        for pair in range(start[person], start[person + 1]):
            if owed[person] > 0 and inside[opportunity[pair]]:
                persons[person] = True
