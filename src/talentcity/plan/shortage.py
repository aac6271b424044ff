"""Who is short and why: searches along exchanges from a finished plan, and the groups that prove a shortage.

An *exchange* leads from a person to an opportunity that they could take (a pair that is not chosen), from there to
everybody who holds a place of it and could give it up, and on. What the searches find is counted again in `certify`.

**A group** is a set of persons A and opportunities T with

    missing of A  =  owed to A  -  places of T  -  pairs from A to outside T,

so under any plan at least so many are missing among A: they can get no more than all places of T, and every pair that
leads elsewhere. `Groups` holds the finest family of groups without a person or a place in common that proves the whole
shortage, and each of them is as small as can be: no smaller set of its persons and opportunities proves as many
missing, and none falls into two that together prove as many. For let A be all that exchanges reach from whoever is
short, and T the opportunities among it. They are full, all their places are held within A, and every pair that leads
out is chosen; so the equation holds. Take any sets A', T' that prove as many. In this plan A' misses at least what it
proves, so it holds everybody short; and its places and its pairs that lead out are all used, so no exchange leads out
of it. Hence it holds all of A and T. And a part of them that proves its own shortage is closed in the same way, so only
the pieces that do not hang together can stand apart. (The set is the one of the smallest minimum cut; Dulmage and
Mendelsohn 1958, Coverings of bipartite graphs.)

**The set of one person** (`closed_set`) is what exchanges reach from that person alone. It proves that this person
cannot have one more while the others of the set keep what they have, and no smaller set does, by the same argument
when everybody of the set is owed just what they have, and the person one more.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import numpy as np

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.certify import PlanDefect, Recount, prove_spread
from talentcity.plan.compiled import njit
from talentcity.plan.problem import Codes, Mask, Whole, frozen

Array = np.ndarray[Any, Any]
One = TypeVar("One", covariant=True)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Persons who share only these opportunities, in codes. What they miss cannot be found anywhere else.

    Attributes:
        persons, opportunities: codes, rising.
        owed: to these persons.
        places: of these opportunities.
        elsewhere: pairs of these persons with other opportunities.
        missing: to these persons in this plan.
    """

    persons: Codes
    opportunities: Codes
    owed: int
    places: int
    elsewhere: int
    missing: int

    @property
    def checked(self) -> bool:
        """The inequality, counted from the problem, explains exactly what is missing in the plan."""
        return self.missing == self.owed - self.places - self.elsewhere


class Numbered(Sequence[One]):
    """A sequence whose members are made one by one when they are asked for."""

    __slots__ = ()

    @abstractmethod
    def _one(self, number: int) -> One:
        """The member of this number."""

    @overload
    def __getitem__(self, number: int) -> One: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[One]: ...
    def __getitem__(self, number: int | slice) -> One | Sequence[One]:
        numbers = range(len(self))[number]
        return self._one(numbers) if isinstance(numbers, int) else [self._one(each) for each in numbers]

    def __iter__(self) -> Iterator[One]:
        return (self._one(number) for number in range(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Groups(Numbered[Group]):
    """The groups that prove a shortage, the largest shortage first; made one by one when they are asked for.

    Attributes:
        of_person: (S,) number of the group, or -1.
        of_opportunity: (V,) number of the group, or -1.
        owed, places, elsewhere, missing: (G,) sums, as in `Group`.
    """

    of_person: Codes
    of_opportunity: Codes
    owed: Whole
    places: Whole
    elsewhere: Whole
    missing: Whole
    _persons: Codes
    _person_start: Whole
    _opportunities: Codes
    _opportunity_start: Whole

    def __len__(self) -> int:
        return self.owed.size

    def _one(self, at: int) -> Group:
        return Group(
            persons=self._persons[self._person_start[at] : self._person_start[at + 1]],
            opportunities=self._opportunities[self._opportunity_start[at] : self._opportunity_start[at + 1]],
            owed=int(self.owed[at]),
            places=int(self.places[at]),
            elsewhere=int(self.elsewhere[at]),
            missing=int(self.missing[at]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Exchanges:
    """A plan, and who holds a place of each opportunity.

    Attributes:
        allocation: the plan; it keeps the rules.
        missing: (S,) recommendations that each person lacks.
        room: (V,) opportunities that could take one more.
        holder_start: (V + 1,) the holders of opportunity j stand at holder_start[j] to holder_start[j + 1] - 1.
        holder: persons.
    """

    allocation: Allocation
    missing: Codes
    room: Mask
    holder_start: Whole
    holder: Codes

    @classmethod
    def of(cls, allocation: Allocation) -> Exchanges:
        """List the holders."""
        load = allocation.load
        holder_start = np.concatenate([[0], np.cumsum(load)]).astype(np.int64)
        holder = np.empty(int(holder_start[-1]), dtype=np.int32)
        _list_holders(allocation.problem.owed, allocation.taken, holder_start[:-1].copy(), holder)
        room = frozen(load < allocation.problem.capacity)
        return cls(allocation, frozen(allocation.missing), room, holder_start, holder)

    def levels(self) -> tuple[Codes, Codes]:
        """(S,) and (V,) the highest m such that exchanges lead there from somebody who misses m or more; else 0."""
        persons, opportunities = self._unseen()
        for level in range(int(self.missing.max(initial=0)), 0, -1):
            seeds = np.flatnonzero((self.missing >= level) & (persons == 0)).astype(np.int32)
            self._spread(seeds, level, persons, opportunities)
        return frozen(persons), frozen(opportunities)

    def none_is_left(self) -> bool:
        """Whether no exchange leads from a person to room, or to somebody who misses at least two fewer."""
        persons, opportunities = self.levels()
        return not ((opportunities > 0) & self.room).any() and not (self.missing < persons - 1).any()

    def reached_from(self, seeds: Array) -> tuple[Mask, Mask]:
        """(S,) persons and (V,) opportunities to which exchanges lead from these persons, themselves included."""
        persons, opportunities = self._unseen()
        self._spread(np.asarray(seeds, dtype=np.int32), 1, persons, opportunities)
        return persons > 0, opportunities > 0

    def leading_to_room(self, level: int = 0) -> tuple[Mask, Mask]:
        """(S,) persons and (V,) opportunities from which exchanges lead to room.

        With a level, also those from which they lead to somebody who misses at most level - 2 and would go without.
        """
        problem, taken = self.allocation.problem, self.allocation.taken
        gives = self.missing <= level - 2
        opportunities = self.room.copy()
        opportunities[taken[np.repeat(gives, problem.owed) & (taken != MISSING)]] = True
        return self._leading(opportunities)

    def leading_to(self, opportunity: int) -> tuple[Mask, Mask]:
        """(S,) persons and (V,) opportunities from which exchanges lead to this one, itself included."""
        opportunities = np.zeros(self.room.size, dtype=np.bool_)
        opportunities[opportunity] = True
        return self._leading(opportunities)

    def _leading(self, opportunities: Array) -> tuple[Mask, Mask]:
        """The same for all that are marked; marks those from which exchanges lead there."""
        problem = self.allocation.problem
        persons = np.zeros(problem.persons, dtype=np.bool_)
        pairs = np.bincount(problem.opportunity, minlength=problem.opportunities)
        column_start = np.concatenate([[0], np.cumsum(pairs)]).astype(np.int64)
        column = np.empty(problem.pairs, dtype=np.int32)
        _turn(problem.start, problem.opportunity, column_start[:-1].copy(), column)
        _lead(problem.unit_start, self.allocation.taken, column_start, column, persons, opportunities)
        return persons, opportunities

    def _unseen(self) -> tuple[Array, Array]:
        problem = self.allocation.problem
        return np.zeros(problem.persons, dtype=np.int32), np.zeros(problem.opportunities, dtype=np.int32)

    def _spread(self, seeds: Array, level: int, persons: Array, opportunities: Array) -> None:
        problem = self.allocation.problem
        _spread(
            problem.start, problem.opportunity, problem.unit_start, self.allocation.taken, self.holder_start,
            self.holder, seeds, level, persons, opportunities, np.empty(problem.persons, dtype=np.int32),
        )  # fmt: skip


def groups_of(exchanges: Exchanges, persons: Mask, opportunities: Mask) -> Groups:
    """The groups into which a set falls that no exchange leaves, such as `reached_from` everybody short.

    Raises:
        PlanDefect: a group does not explain what is missing in it.
    """
    problem, lacking = exchanges.allocation.problem, exchanges.missing
    label = np.arange(problem.persons + problem.opportunities, dtype=np.int32)
    hang_together(problem.start, problem.opportunity, persons, opportunities, label)
    first, of_person = np.unique(label[: problem.persons][persons], return_inverse=True)
    missing = _sums(first.size, of_person, lacking[persons])
    order = np.lexsort((first, -missing))
    number = np.empty(first.size, dtype=np.int32)
    number[order] = np.arange(first.size, dtype=np.int32)
    group = np.full(label.size, -1, dtype=np.int32)  # by label
    group[first] = number
    inside = np.concatenate([persons, opportunities])
    group = np.where(inside, group[label], np.int32(-1))
    groups = _filled(exchanges, group[: problem.persons], group[problem.persons :], first.size)
    if (groups.missing != groups.owed - groups.places - groups.elsewhere).any():
        raise PlanDefect("a group of persons does not explain what is missing in it")
    return groups


def _filled(exchanges: Exchanges, of_person: Codes, of_opportunity: Codes, size: int) -> Groups:
    problem = exchanges.allocation.problem
    persons, opportunities = np.flatnonzero(of_person >= 0), np.flatnonzero(of_opportunity >= 0)
    elsewhere = np.zeros(size, dtype=np.int64)
    _count_outside(problem.start, problem.opportunity, of_person, of_opportunity, elsewhere)
    return Groups(
        of_person=frozen(of_person),
        of_opportunity=frozen(of_opportunity),
        owed=_sums(size, of_person[persons], problem.owed[persons]),
        places=_sums(size, of_opportunity[opportunities], problem.capacity[opportunities]),
        elsewhere=frozen(elsewhere),
        missing=_sums(size, of_person[persons], exchanges.missing[persons]),
        _persons=_by(of_person, persons),
        _person_start=_starts(of_person[persons], size),
        _opportunities=_by(of_opportunity, opportunities),
        _opportunity_start=_starts(of_opportunity[opportunities], size),
    )


def closed_set(exchanges: Exchanges, person: int) -> Group | None:
    """The smallest set that proves why this person cannot have one more, or None if room can be reached."""
    persons, opportunities = exchanges.reached_from(np.array([person]))
    if (opportunities & exchanges.room).any():
        return None
    of_person = np.where(persons, np.int32(0), np.int32(-1))
    of_opportunity = np.where(opportunities, np.int32(0), np.int32(-1))
    return _filled(exchanges, of_person, of_opportunity, 1)[0]


def zero_needlessly(exchanges: Exchanges) -> Codes:
    """Persons who miss all of `per_person`, although exchanges lead to room or to somebody who would keep one.

    Each of them alone could have one; not always all of them together.
    """
    most = exchanges.allocation.problem.per_person
    zero = exchanges.missing == most
    if not zero.any():
        return np.empty(0, dtype=np.int32)
    return np.flatnonzero(zero & exchanges.leading_to_room(most)[0]).astype(np.int32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proof:
    """What is proved about the shortage of a plan.

    Attributes:
        counted: the plan, counted again.
        exchanges: the searches in it.
        missing_is_minimum: no plan misses fewer.
        fair: and no plan spreads what is missing more fairly.
        could_have_more: (S,) who is short and could have one more without taking it from anybody.
        zero_needlessly: codes of persons; see the function of that name.
        groups: the proof for everybody else who is short.
    """

    counted: Recount
    exchanges: Exchanges
    missing_is_minimum: bool
    fair: bool
    could_have_more: Mask
    zero_needlessly: Codes
    groups: Groups


def proof_of(allocation: Allocation, counted: Recount) -> Proof:
    """Search a plan that was counted, and count what the searches found.

    Raises:
        PlanDefect: a search found no exchange to room, and yet what it reached does not prove the shortage.
    """
    problem, exchanges = allocation.problem, Exchanges.of(allocation)
    if (exchanges.missing != counted.missing).any():
        raise PlanDefect("the plan and its recount differ in what is missing")
    persons, opportunities = exchanges.levels()
    proved = prove_spread(problem, counted, persons, opportunities)
    inside, full = persons > 0, opportunities > 0
    could_have_more = np.zeros(problem.persons, dtype=np.bool_)
    if (full & exchanges.room).any():
        could_have_more = exchanges.leading_to_room()[0] & (counted.missing > 0)
        inside, full = exchanges.reached_from(np.flatnonzero((counted.missing > 0) & ~could_have_more))
    elif not proved[0]:
        raise PlanDefect("the persons to whom exchanges lead do not explain what is missing")
    return Proof(
        counted=counted,
        exchanges=exchanges,
        missing_is_minimum=proved[0],
        fair=all(proved),
        could_have_more=frozen(could_have_more),
        zero_needlessly=frozen(np.empty(0, dtype=np.int32) if proved[-1] else zero_needlessly(exchanges)),
        groups=groups_of(exchanges, inside, full),
    )


def _sums(size: int, codes: Array, numbers: Array) -> Whole:
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, codes, numbers)
    return frozen(sums)


def _by(codes: Codes, members: Array) -> Codes:
    """The members by code, rising within each."""
    return frozen(members[np.argsort(codes[members], kind="stable")].astype(np.int32))


def _starts(codes: Codes, size: int) -> Whole:
    return frozen(np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=size))]).astype(np.int64))


@njit(cache=True, nogil=True)
def _list_holders(owed: Array, taken: Array, next_of: Array, holder: Array) -> None:
    """Write each person to the lists of the opportunities that they have; `next_of` is used up."""
    unit = 0
    for person in range(owed.size):
        for _ in range(owed[person]):
            opportunity = taken[unit]
            if opportunity != MISSING:
                holder[next_of[opportunity]] = person
                next_of[opportunity] += 1
            unit += 1


@njit(cache=True, nogil=True)
def _turn(start: Array, opportunity: Array, next_of: Array, column: Array) -> None:
    """The persons of each opportunity's pairs; `next_of` is used up."""
    for person in range(start.size - 1):
        for pair in range(start[person], start[person + 1]):
            at = next_of[opportunity[pair]]
            column[at] = person
            next_of[opportunity[pair]] = at + 1


@njit(cache=True, nogil=True)
def _spread(
    start: Array,
    opportunity: Array,
    unit_start: Array,
    taken: Array,
    holder_start: Array,
    holder: Array,
    seeds: Array,
    level: int,
    persons: Array,
    opportunities: Array,
    stack: Array,
) -> None:
    """Mark with `level` all that exchanges reach from the seeds and is not marked yet."""
    size = 0
    for person in seeds:
        persons[person] = level
        stack[size] = person
        size += 1
    while size > 0:
        size -= 1
        person = stack[size]
        unit, end = unit_start[person], unit_start[person + 1]
        for pair in range(start[person], start[person + 1]):
            place = opportunity[pair]
            if unit < end and taken[unit] == place:  # units stand in the order of the row
                unit += 1
            elif opportunities[place] == 0:
                opportunities[place] = level
                for at in range(holder_start[place], holder_start[place + 1]):
                    other = holder[at]
                    if persons[other] == 0:
                        persons[other] = level
                        stack[size] = other
                        size += 1


@njit(cache=True, nogil=True)
def _lead(
    unit_start: Array, taken: Array, column_start: Array, column: Array, persons: Array, opportunities: Array
) -> None:
    """Mark all from which exchanges lead to a marked opportunity."""
    stack = np.empty(opportunities.size, dtype=np.int32)
    size = 0
    for place in range(opportunities.size):
        if opportunities[place]:
            stack[size] = place
            size += 1
    while size > 0:
        size -= 1
        place = stack[size]
        for at in range(column_start[place], column_start[place + 1]):
            person = column[at]
            if not persons[person] and not _has(taken, unit_start[person], unit_start[person + 1], place):
                persons[person] = True
                for unit in range(unit_start[person], unit_start[person + 1]):
                    held = taken[unit]
                    if held != MISSING and not opportunities[held]:
                        opportunities[held] = True
                        stack[size] = held
                        size += 1


@njit(cache=True, nogil=True)
def _has(taken: Array, first: int, end: int, place: int) -> bool:
    unit = first
    while unit < end and taken[unit] != place:
        unit += 1
    return unit < end


@njit(cache=True, nogil=True)
def _root(label: Array, node: int) -> int:
    while label[node] != node:
        label[node] = label[label[node]]
        node = label[node]
    return node


@njit(cache=True, nogil=True)
def hang_together(start: Array, opportunity: Array, persons: Array, opportunities: Array, label: Array) -> None:
    """Label persons and opportunities (which follow them) by the first person that they hang together with."""
    size = start.size - 1
    for person in range(size):
        if persons[person]:
            for pair in range(start[person], start[person + 1]):
                node = size + opportunity[pair]
                if opportunities[opportunity[pair]] and label[node] != label[person]:
                    one, other = _root(label, person), _root(label, node)
                    label[max(one, other)] = min(one, other)
                    label[person] = label[node] = min(one, other)
    for node in range(label.size):
        label[node] = _root(label, node)


@njit(cache=True, nogil=True)
def _count_outside(start: Array, opportunity: Array, of_person: Array, of_opportunity: Array, elsewhere: Array) -> None:
    """Pairs of each group's persons that lead to opportunities of no group."""
    for person in range(of_person.size):
        if of_person[person] >= 0:
            for pair in range(start[person], start[person + 1]):
                elsewhere[of_person[person]] += of_opportunity[opportunity[pair]] < 0
