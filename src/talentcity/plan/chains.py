"""How the offers that people have seen become a plan: chains of moves that hang together. Private.

Let x be offers seen that could all be kept together, and y the plan. Draw an arrow from a person to an opportunity for
each offer of x that is not in y (*dropped*), and one from an opportunity to a person for each recommendation of y that
was not seen (*new*). The arrows fall into paths that end where somebody, or some opportunity, has more of one kind than
of the other, and cycles. Undo any set of these chains, that is: take back what is new in them, and keep what they
drop. Then every person and every opportunity has a number between what they have in x and in y, so no rule is broken:
**each chain can be undone alone.** That is why `without_idle_moves` may undo those that gain nothing, and why `changes`
can say what a chain is for: it is what would be lost without it, and that is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.compiled import njit
from talentcity.plan.problem import Problem, Whole
from talentcity.plan.rows import Rows, found, offsets

Array = np.ndarray[Any, Any]

KEPT, MOVED, OWED, PLACES = 0, 1, 2, 3  # what became of an offer seen; see `Compared`


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """K pairs that were seen, and a plan.

    Attributes:
        pair: (K,) which pairs of the problem they are, rising.
        person, opportunity: (K,) codes.
        fate: (K,) KEPT, or dropped: OWED, because as many others are kept or could be as the person is owed; PLACES,
            because as many others are kept or could be as the opportunity holds; else MOVED, by a chain.
        new: (N,) units of the plan whose recommendation was not seen.
        whose: (N,) whose units these are.
        new_pair: (N,) which pairs of the problem they hold.
    """

    pair: Whole
    person: Array
    opportunity: Array
    fate: Array
    new: Whole
    whose: Array
    new_pair: Whole


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """C chains of moves, M in all.

    Attributes:
        start: (C + 1,) the moves of chain c stand at start[c] to start[c + 1] - 1, one leading to the next.
        move: (M,) k for the k-th pair seen, which is dropped; K + n for the n-th new unit.
        lost: (C,) who has one fewer than before at its beginning, or -1.
        gained: (C,) who has one more at its end, or -1.
        opens: (C,) the opportunity that has one more than before at its beginning, or -1.
        leaves: (C,) the opportunity that has one fewer at its end, or -1.
    """

    start: Whole
    move: Whole
    lost: Array
    gained: Array
    opens: Array
    leaves: Array

    def sums(self, of_dropped: Array, of_new: Array) -> Array:
        """(C,) sums over what is new in a chain, minus sums over what is dropped, of these (K,) and (N,) numbers."""
        numbers = np.concatenate([-of_dropped, of_new])[self.move]
        return np.add.reduceat(numbers, self.start[:-1]) if numbers.size else np.zeros(0)


def compared(allocation: Allocation, pair: Whole) -> Compared:
    """What became of these pairs, which rise."""
    problem = allocation.problem
    person = (np.searchsorted(problem.start, pair, side="right") - 1).astype(np.int32)
    opportunity = problem.opportunity[pair]
    fate = np.full(pair.size, MOVED, np.int8)
    old = np.zeros(allocation.taken.size, np.bool_)
    _meet(problem.unit_start, allocation.taken, person, opportunity, fate, old)
    best_first = np.lexsort((pair, -problem.score[pair])).astype(np.int64)
    _make_room(best_first, person, opportunity, problem.owed.astype(np.int64), problem.capacity.copy(), fate)
    new = np.flatnonzero(~old & (allocation.taken != MISSING))
    whose = (np.searchsorted(problem.unit_start, new, side="right") - 1).astype(np.int32)
    rows = Rows(problem.start, problem.opportunity, problem.score)
    return Compared(pair, person, opportunity, fate, new, whose, found(rows, whose, allocation.taken[new]))


def chains_of(allocation: Allocation, moved: Compared) -> Chains:
    """The chains that lead from what could have been kept to the plan."""
    problem = allocation.problem
    dropped = np.flatnonzero(moved.fate == MOVED)
    where = allocation.taken[moved.new].astype(np.int64)
    people = problem.persons
    tail = np.concatenate([moved.person[dropped].astype(np.int64), people + where])
    head = np.concatenate([people + moved.opportunity[dropped].astype(np.int64), moved.whose])
    start, order, closed = _chained(tail, head, people + problem.opportunities)
    move = np.concatenate([dropped, moved.pair.size + np.arange(moved.new.size)])[order]
    first, last = tail[order[start[:-1]]], head[order[start[1:] - 1]]
    return Chains(
        start=start,
        move=move,
        lost=np.where(closed | (first >= people), -1, first),
        gained=np.where(closed | (last >= people), -1, last),
        opens=np.where(closed | (first < people), -1, first - people),
        leaves=np.where(closed | (last < people), -1, last - people),
    )


def without_idle_moves(allocation: Allocation) -> Allocation:
    """The plan without the chains of moves that gain nothing: what they drop is kept instead.

    What is missing stays as it is. Only for problems that say what was seen; the plan is never worth less afterwards.
    """
    problem = allocation.problem
    if problem.seen is None or problem.seen.pair.size == 0:
        return allocation
    moved = compared(allocation, problem.seen.pair)
    chains = chains_of(allocation, moved)
    gain = chains.sums(*worth_of(problem, moved))
    # Places may have prices of their own under a minimum or congestion; then no place is opened or left.
    still = (chains.opens < 0) & (chains.leaves < 0)
    free = np.array(problem.minimum is None and problem.congestion is None)
    idle = np.flatnonzero((gain <= 0) & ((chains.lost < 0) == (chains.gained < 0)) & (still | free))
    held, missing = allocation.taken.copy(), allocation.missing.copy()
    undone = 0
    for chain in idle.tolist():
        lost, gained = int(chains.lost[chain]), int(chains.gained[chain])
        if lost >= 0:  # the two change places: only if that leaves the same numbers missing
            if missing[gained] + 1 != missing[lost]:
                continue
            missing[gained], missing[lost] = missing[lost], missing[gained]
        _undo(problem, held, moved, chains.move[chains.start[chain] : chains.start[chain + 1]])
        undone += 1
    return Allocation.of_units(problem, held) if undone else allocation


def _undo(problem: Problem, held: Array, moved: Compared, moves: Array) -> None:
    """Take back what is new in a chain, then keep what it dropped."""
    seen = moved.pair.size
    held[moved.new[moves[moves >= seen] - seen]] = MISSING
    for k in moves[moves < seen].tolist():
        first = int(problem.unit_start[moved.person[k]])
        while held[first] != MISSING:
            first += 1
        held[first] = moved.opportunity[k]


def worth_of(problem: Problem, moved: Compared) -> tuple[Array, Array]:
    """(K,) and (N,) points that the pairs seen and what is new are worth to the plan: with bonus and `keep`."""
    seen, new = problem.score[moved.pair].astype(np.float64), problem.score[moved.new_pair].astype(np.float64)
    if problem.bonus is not None:
        seen, new = seen + problem.bonus[moved.person], new + problem.bonus[moved.whose]
    return seen, new


def _chained(tail: Array, head: Array, nodes: int) -> tuple[Whole, Whole, Array]:
    """The arrows as chains: where each begins, the arrows in order, and whether it is a cycle."""
    out = np.argsort(tail, kind="stable")
    begin = offsets(np.bincount(tail, minlength=nodes))
    spare = np.bincount(head, minlength=nodes) - np.diff(begin)
    start, order = np.empty(tail.size + 1, np.int64), np.empty(tail.size, np.int64)
    closed = np.empty(tail.size, np.bool_)
    count = _walk(begin, out, head, spare, start, order, closed)
    return start[: count + 1], order, closed[:count]


@njit(cache=True, nogil=True)
def _meet(unit_start: Array, taken: Array, person: Array, opportunity: Array, fate: Array, old: Array) -> None:
    """Which pairs seen are part of the plan, and which units of the plan were seen."""
    for k in range(person.size):
        for unit in range(unit_start[person[k]], unit_start[person[k] + 1]):
            if taken[unit] == opportunity[k]:
                fate[k] = KEPT
                old[unit] = True


@njit(cache=True, nogil=True)
def _make_room(order: Array, person: Array, opportunity: Array, owed: Array, capacity: Array, fate: Array) -> None:
    """Which of the dropped could have been kept beside all that are kept, one after the other; uses up the limits."""
    for k in range(person.size):
        if fate[k] == KEPT:
            owed[person[k]] -= 1
            capacity[opportunity[k]] -= 1
    for k in order:
        i, j = person[k], opportunity[k]
        if fate[k] == MOVED:
            if owed[i] <= 0:
                fate[k] = OWED
            elif capacity[j] <= 0:
                fate[k] = PLACES
            else:
                owed[i] -= 1
                capacity[j] -= 1


@njit(cache=True, nogil=True)
def _walk(begin: Array, out: Array, head: Array, spare: Array, start: Array, order: Array, closed: Array) -> int:
    """Follow arrows from wherever more of them begin than end, then those that are left; returns how many chains."""
    nodes = begin.size - 1
    following = begin[:-1].copy()
    at = np.full(nodes, -1, np.int64)  # where a node stands on the way
    way, where = np.empty(order.size, np.int64), np.empty(order.size + 1, np.int64)
    start[0] = 0
    count = 0
    for first in range(nodes):
        while spare[first] < 0:
            spare[first] += 1
            count = _follow(first, begin, out, head, spare, following, at, way, where, start, order, closed, count)
    for first in range(nodes):
        if following[first] < begin[first + 1]:
            count = _follow(first, begin, out, head, spare, following, at, way, where, start, order, closed, count)
    return count


@njit(cache=True, nogil=True)
def _follow(
    first: int,
    begin: Array,
    out: Array,
    head: Array,
    spare: Array,
    following: Array,
    at: Array,
    way: Array,
    where: Array,
    start: Array,
    order: Array,
    closed: Array,
    count: int,
) -> int:
    """One way from a node to wherever arrows end for good; a cycle on it is a chain of its own."""
    node, length = first, 0
    at[node], where[0] = 0, node
    while following[node] < begin[node + 1]:
        arrow = out[following[node]]
        following[node] += 1
        way[length] = arrow
        length += 1
        node = head[arrow]
        if at[node] >= 0:
            back = at[node]
            count = _put_down(way, back, length, start, order, closed, count, True)
            for step in range(back + 1, length):
                at[where[step]] = -1
            length = back
            continue
        at[node], where[length] = length, node
        if spare[node] > 0:
            spare[node] -= 1
            break
    for step in range(length + 1):
        at[where[step]] = -1
    if length > 0:
        count = _put_down(way, 0, length, start, order, closed, count, False)
    return count


@njit(cache=True, nogil=True)
def _put_down(
    way: Array, low: int, high: int, start: Array, order: Array, closed: Array, count: int, cycle: bool
) -> int:
    filled = start[count]
    for step in range(low, high):
        order[filled + step - low] = way[step]
    closed[count] = cycle
    start[count + 1] = filled + high - low
    return count + 1
