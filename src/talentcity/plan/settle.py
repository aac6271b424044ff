"""Gives a plan the fewest missing recommendations and the fairest spread of them, whatever the solver left.

Both are found along *exchanges*. A short person takes a pair that is not chosen. Its opportunity has room, and one
fewer is missing. Or one of its holders gives up a place there and takes another pair instead, and so on; or the last
holder goes without, because that person misses at least two fewer than the first one, and the spread is fairer.

- No exchange leads to room: the fewest are missing (Berge 1957, for flows).
- No exchange leads from who misses m to who misses m - 2 or fewer, for any m: the spread is the fairest, that is, the
  numbers missing, from the worst off down, are the smallest in the order of a dictionary (Frank and Murota 2022,
  Decreasing minimization on M-convex sets, Mathematical Programming 195).

A plan in which no exchange is left stays as it is. Otherwise everybody short first takes the best room of their own
list. Then *rounds*: all short persons search at once, each growing a tree of persons and opportunities that no other
tree may enter; the cheapest exchange, counted in score and prices, is made first, and its tree is cut. When rounds find
little, each short person searches alone. What a search reached in vain stays out of all later ones: no exchange leads
from there to room, and none that is made elsewhere enters it, so this remains true. (Hungarian trees: Galil 1986,
Efficient algorithms for finding maximum matching in graphs; the rounds are those of Hopcroft and Karp, by cost.)

An exchange never lowers what an opportunity takes, so a minimum that is met stays met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.compiled import njit
from talentcity.plan.lines import LINES, Lines, put, send_home, steps, take_out, wide
from talentcity.plan.problem import Numbers, Problem
from talentcity.plan.shortage import Exchanges

Array = np.ndarray[Any, Any]

DEAD = 2**31 - 1  # stamp of what a search reached in vain
PATIENCE = 1000  # persons that a round looks at for nothing before it may end early
FEW = 200  # when a round finds fewer than one exchange for so many persons, each may do better alone


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """An allocation that misses as little as possible, spread as fairly as possible.

    Attributes:
        allocation: the plan.
        augmented: recommendations that it has more than the one that came in.
        exchanged: recommendations that went to somebody who missed at least two more.
    """

    allocation: Allocation
    augmented: int
    exchanged: int


PLACE = np.dtype(
    [
        ("price", np.float32),  # points of score
        ("room", np.int32),  # how many more it could take
        ("passed", np.int32),  # stamp of the round in which its holders were looked at
        ("labelled", np.int32),  # stamp of the round in which somebody would take it:
        ("taker", np.int32),  # who,
        ("pair", np.int32),  # by which of their pairs,
        ("key", np.int32),  # and at what cost
    ]
)
PERSON = np.dtype(
    [
        ("lost", np.int64),  # the unit that the person would lose, -1 at a root
        ("missing", np.int32),  # recommendations
        ("reached", np.int32),  # stamp
        ("root", np.int32),  # the short person whose tree it is
        ("cut", np.int32),  # stamp of the round in which the tree of this root was cut
        ("last", np.int32),  # the pair that leads to room, or -1: the person would go without
        ("pad", np.int32),
    ]
)


def _unit_type(link: type) -> np.dtype[Any]:
    return np.dtype(
        [
            ("taken", np.int32),  # opportunity or MISSING
            ("pair", np.int32),  # which of the person's pairs it is, 0 the first of the row; -1 if missing
            ("owner", np.int32),
            ("after", link),  # the next unit of the same opportunity, or -1
            ("before", link),
        ]
    )


class Desk(NamedTuple):
    """All that lies on the table: S persons, V opportunities, P pairs, D units owed."""

    start: Array  # (S + 1,) int64
    opportunity: Array  # (P,) int32
    score: Array  # (P,) float32 or float64
    unit_start: Array  # (S + 1,) int64
    units: Array  # (D,) who has what; the units of an opportunity are a chain
    first: Array  # (V,) int64: the first of the chain
    places: Array  # (V,) PLACE
    people: Array  # (S,) PERSON
    lines: Lines  # opportunities to pass, then persons with whom a way can end, by cost
    clock: Array  # (1,) the stamp of this round
    reached: Array  # (S,) int32: persons reached in this round, in order
    passed: Array  # (V,) int32: opportunities passed in this round, in order


def settle(problem: Problem, taken: Array, *, price: Numbers | None = None) -> Settled:
    """The same plan with the fewest missing and then the fairest spread; with score to spare where there is a choice.

    Args:
        problem: what is allocated; its penalties are not looked at.
        taken: (D,) a plan that keeps every rule, in the units of `Allocation`, in any order within a person.
        price: (V,) points of score that a place is worth, to tell cheap exchanges from dear ones.

    Example:
        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 0]), score=np.array([0.9, 0.2, 0.8]),
        ...     owed=np.array([1, 1]), capacity=np.array([1, 1]), per_person=1,
        ... )
        >>> settled = settle(problem, np.array([0, -1]))  # person 1 could only take what person 0 has
        >>> settled.allocation.taken.tolist(), settled.augmented
        ([1, 0], 1)
    """
    allocation = Allocation.of_units(problem, np.asarray(taken, dtype=np.int32))
    if Exchanges.of(allocation).none_is_left():
        return Settled(allocation, 0, 0)
    desk = _desk(problem, taken, price)
    _link(desk)
    augmented = _top_up(desk, np.flatnonzero(desk.people["missing"])) + _improve(desk, 1, False)
    exchanged = 0
    desk.people["reached"] = 0
    desk.places["passed"] = np.where(problem.capacity == 0, DEAD, 0)
    for level in range(int(desk.people["missing"].max(initial=0)), 1, -1):
        exchanged += _improve(desk, level, True)
    return Settled(Allocation.of_units(problem, desk.units["taken"]), augmented, exchanged)


def _improve(desk: Desk, level: int, fairer: bool) -> int:
    """Every exchange for who misses `level` or more: to room, or to who misses at most level - 2. Returns how many."""
    total = 0
    roots = _short(desk, level)
    while roots.size > 0:
        made, count = _round(desk, roots, level, fairer)
        total += made
        if made * FEW < roots.size:
            total += _alone(desk, _short(desk, level), level, fairer, count)
        roots = _short(desk, level)
    return int(total)


def _short(desk: Desk, level: int) -> Array:
    """Who misses at least so many and has not searched in vain."""
    return np.flatnonzero((desk.people["missing"] >= level) & (desk.people["reached"] != DEAD))


def _desk(problem: Problem, taken: Array, price: Numbers | None) -> Desk:
    persons, opportunities = problem.persons, problem.opportunities
    units = np.empty(taken.size, dtype=_unit_type(np.int32 if taken.size < 2**31 else np.int64))
    units["taken"], units["pair"] = taken, -1
    places = np.zeros(opportunities, dtype=PLACE)
    places["price"] = 0 if price is None else price
    places["room"] = np.minimum(problem.capacity, persons)
    places["passed"] = np.where(problem.capacity == 0, DEAD, 0)
    return Desk(
        start=problem.start,
        opportunity=problem.opportunity,
        score=problem.score,
        unit_start=problem.unit_start,
        units=units,
        first=np.full(opportunities, -1, dtype=np.int64),
        places=places,
        people=np.zeros(persons, dtype=PERSON),
        lines=Lines.of(opportunities + persons),
        clock=np.zeros(1, dtype=np.int64),
        reached=np.empty(persons, dtype=np.int32),
        passed=np.empty(opportunities, dtype=np.int32),
    )


@njit(cache=True, nogil=True)
def _join(desk: Desk, number: int, pair: int) -> None:
    """The unit takes a pair of its owner."""
    unit = desk.units[number]
    opportunity = desk.opportunity[desk.start[unit.owner] + pair]
    head = desk.first[opportunity]
    unit.taken, unit.pair, unit.after, unit.before = opportunity, pair, head, -1
    if head >= 0:
        desk.units[head].before = number
    desk.first[opportunity] = number
    desk.places[opportunity].room -= 1


@njit(cache=True, nogil=True)
def _leave(desk: Desk, number: int) -> None:
    unit = desk.units[number]
    if unit.before >= 0:
        desk.units[unit.before].after = unit.after
    else:
        desk.first[unit.taken] = unit.after
    if unit.after >= 0:
        desk.units[unit.after].before = unit.before
    desk.places[unit.taken].room += 1
    unit.taken, unit.pair = MISSING, -1


@njit(cache=True, nogil=True)
def _link(desk: Desk) -> None:
    """Find the pair of each unit, and chain the units of each opportunity."""
    for person in range(desk.people.size):
        begin, end = desk.unit_start[person], desk.unit_start[person + 1]
        held = 0
        for number in range(begin, end):
            desk.units[number].owner = person
            held += desk.units[number].taken != MISSING
        desk.people[person].missing = end - begin - held
        pair = desk.start[person]
        while held > 0:
            for number in range(begin, end):
                if desk.units[number].taken == desk.opportunity[pair]:
                    _join(desk, number, pair - desk.start[person])
                    held -= 1
                    break
            pair += 1


@njit(cache=True, nogil=True)
def _has(desk: Desk, person: int, pair: int) -> bool:
    """Whether the person holds this pair of theirs."""
    for number in range(desk.unit_start[person], desk.unit_start[person + 1]):
        if desk.units[number].pair == pair:
            return True
    return False


@njit(cache=True, nogil=True)
def _fill(desk: Desk, person: int, pair: int) -> None:
    """One missing unit of the person takes this pair."""
    number = desk.unit_start[person]
    while desk.units[number].taken != MISSING:
        number += 1
    _join(desk, number, pair)
    desk.people[person].missing -= 1


@njit(cache=True, nogil=True)
def _best_room(desk: Desk, person: int) -> int:
    """The pair with room that is worth most to the person and not held yet, or -1."""
    begin, best, worth = desk.start[person], -1, -np.inf
    for pair in range(begin, desk.start[person + 1]):
        place = desk.places[desk.opportunity[pair]]
        if place.room > 0:
            value = desk.score[pair] - place.price
            if value > worth and not _has(desk, person, pair - begin):
                best, worth = pair - begin, value
    return best


@njit(cache=True, nogil=True)
def _top_up(desk: Desk, waiting: Array) -> int:
    """Whoever is short takes what has room; one unit each in turn, so that the first do not take all."""
    given = 0
    while waiting.size > 0:
        still = 0
        for person in waiting:
            pair = _best_room(desk, person)
            if pair >= 0:
                _fill(desk, person, pair)
                given += 1
                if desk.people[person].missing > 0:
                    waiting[still] = person
                    still += 1
        waiting = waiting[:still]
    return given


@njit(cache=True, nogil=True)
def _reach(desk: Desk, person: int, root: int, lost: int, key: int, worth: float, count: int) -> int:
    """Label every opportunity that the person could take; `worth` is what the unit is worth to them that they lose."""
    begin, stamp = desk.start[person], desk.clock[0]
    nearest, last = wide(0), wide(-1)
    for pair in range(begin, desk.start[person + 1]):
        opportunity = wide(desk.opportunity[pair])
        place = desk.places[opportunity]
        if place.passed >= stamp:
            continue
        cost = key + steps(worth - (desk.score[pair] - place.price))
        if place.room > 0:
            if (last < 0 or cost < nearest) and not _has(desk, person, pair - begin):
                nearest, last = cost, pair - begin
        elif (place.labelled != stamp or cost < place.key) and not _has(desk, person, pair - begin):
            place.labelled, place.taker, place.pair, place.key = stamp, person, pair - begin, cost
            put(desk.lines, opportunity, cost)
    one = desk.people[person]
    one.reached, one.root, one.lost, one.last = stamp, root, lost, last
    desk.reached[count] = person
    if last >= 0:
        put(desk.lines, desk.places.size + person, nearest)
    return count + 1


@njit(cache=True, nogil=True)
def _pass(desk: Desk, opportunity: int, count: int, level: int, fairer: bool) -> int:
    """Reach the holders of an opportunity: each would give it up for another, or go without. Returns the new count."""
    stamp = desk.clock[0]
    place = desk.places[opportunity]
    place.passed = stamp
    root, key = wide(desk.people[place.taker].root), wide(place.key)
    number = desk.first[opportunity]
    while number >= 0:
        person = wide(desk.units[number].owner)
        one = desk.people[person]
        if one.reached < stamp:
            value = _value(desk, number)
            if fairer and one.missing <= level - 2:
                one.reached, one.root, one.lost, one.last = stamp, root, number, -1
                desk.reached[count] = person
                count += 1
                put(desk.lines, desk.places.size + person, key + steps(value))
            else:
                least = _least(desk, person)
                count = _reach(desk, person, root, number, key + steps(value - least) - 1, least, count)
        number = desk.units[number].after
    return count


@njit(cache=True, nogil=True)
def _value(desk: Desk, number: int) -> float:
    """What the place of a unit is worth to its owner above its price."""
    unit = desk.units[number]
    value: float = desk.score[desk.start[unit.owner] + unit.pair] - desk.places[unit.taken].price
    return value


@njit(cache=True, nogil=True)
def _least(desk: Desk, person: int) -> float:
    """The lowest value among the places of a person."""
    least = np.inf
    for number in range(desk.unit_start[person], desk.unit_start[person + 1]):
        if desk.units[number].taken != MISSING:
            least = min(least, _value(desk, number))
    return least


@njit(cache=True, nogil=True)
def _exchange(desk: Desk, person: int) -> None:
    """Make the moves, from the person at the end of a way back to its root."""
    one = desk.people[person]
    pair, number = wide(one.last), wide(one.lost)
    if pair < 0:
        one.missing += 1
    while number >= 0:
        way = desk.places[desk.units[number].taken]
        _leave(desk, number)
        if pair >= 0:
            _join(desk, number, pair)
        person, pair = wide(way.taker), wide(way.pair)
        number = wide(desk.people[person].lost)
    _fill(desk, person, pair)


@njit(cache=True, nogil=True)
def _still_open(desk: Desk, person: int) -> bool:
    """Whether a way can still end here; if its room was taken in this round, the person looks for other room."""
    last = wide(desk.people[person].last)
    if last < 0:
        return True
    opportunity = wide(desk.opportunity[desk.start[person] + last])
    place = desk.places[opportunity]
    if place.room > 0:
        return True
    number, stamp = desk.places.size + person, desk.clock[0]
    other = _best_room(desk, person)
    if other >= 0:
        desk.people[person].last = other
        put(desk.lines, number, wide(desk.lines.nodes[number].key))
    elif place.passed < stamp and place.labelled != stamp:
        place.labelled, place.taker, place.pair, place.key = stamp, person, last, desk.lines.nodes[number].key
        put(desk.lines, opportunity, wide(place.key))
    return False


@njit(cache=True, nogil=True)
def _round(desk: Desk, roots: Array, level: int, fairer: bool) -> tuple[int, int]:
    """Search from all roots at once: how many exchanges were made, how many persons were reached."""
    desk.clock[0] += 1
    stamp, opportunities, nobody = desk.clock[0], desk.places.size, wide(-1)
    made = count = passed = line = enough = begin = wide(0)
    for person in roots:
        count = _reach(desk, person, person, nobody, begin, 1.0, count)
    while desk.lines.waiting[0] > 0 and (made == 0 or count < enough):
        while desk.lines.head[line] < 0:
            line = (line + 1) & (LINES - 1)
        node = wide(desk.lines.head[line])
        take_out(desk.lines, node)
        if node >= opportunities:
            person = node - opportunities
            root = wide(desk.people[person].root)
            if desk.people[root].cut != stamp and _still_open(desk, person):
                _exchange(desk, person)
                desk.people[root].cut = stamp
                made += 1
                enough = 2 * count + PATIENCE
        elif desk.people[desk.people[desk.places[node].taker].root].cut == stamp:
            desk.places[node].labelled = 0
        else:
            desk.passed[passed] = node
            passed += 1
            count = _pass(desk, node, count, level, fairer)
    if made == 0:
        _bury(desk, count, passed)
    elif desk.lines.waiting[0] > 0:
        send_home(desk.lines)
    return made, count


@njit(cache=True, nogil=True)
def _bury(desk: Desk, count: int, passed: int) -> None:
    """What was reached in vain is out of every later search."""
    for number in range(count):
        desk.people[desk.reached[number]].reached = DEAD
    for number in range(passed):
        desk.places[desk.passed[number]].passed = DEAD


@njit(cache=True, nogil=True)
def _alone(desk: Desk, roots: Array, level: int, fairer: bool, work: int) -> int:
    """One short person after the other, until they have looked at as many persons as a round did."""
    total = spent = 0
    for number in range(roots.size):
        person = desk.people[roots[number]]
        while person.missing >= level and person.reached != DEAD:
            made, count = _round(desk, roots[number : number + 1], level, fairer)
            total += made
            spent += count * made  # what was buried need not be looked at again
            if spent > work:
                return total
    return total
