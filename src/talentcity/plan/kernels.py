"""The auction's inner loops, compiled. Private: they trust their input; `auction` says what they do and why it ends.

All values are whole numbers, `unit` parts to the point of score, so the answer is the same on every machine and for
any number of threads. A value and where it stands travel in one 64-bit number: value << 32 | rank; among equal values
the pair that stands first in its row has the higher rank, and lacking a recommendation has rank 0.

Where it counts, places in arrays are numbers without a sign (`At`): those with one are compared with 0 at every look.
What a loop will read soon is asked for some turns ahead (`_fetch`), because most of it is not in the cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from talentcity.plan.compiled import fetch as _fetch
from talentcity.plan.compiled import njit

Array = np.ndarray[Any, Any]
Int = Any  # a whole number of 64 bits

At: Any = np.uint64  # a place in an array

RANK = 0xFFFFFFFF
NOTHING = -(1 << 62)  # lower than any value with its rank
NOBODY = 2**31 - 1  # worth more than anything


FEW_WISHES = 16  # so many are kept in order while the column is read; more are sorted afterwards
SWEEP = 16  # all persons are gone through while more than one in so many had to look
AHEAD = 6  # persons of the queue whose rows are fetched before their turn
SOON = 8  # bids whose opportunities are fetched before their turn


class Rows(NamedTuple):
    """What persons can take: S persons, P pairs, D units owed."""

    start: Array  # (S + 1,) int64
    opportunity: Array  # (P,) int32
    score: Array  # (P,) float32 or float64, falling within a person
    unit_start: Array  # (S + 1,) int64
    lack: Array  # (k,) int64: value of a person's 1st, 2nd, … missing unit; negative and falling
    bonus: Array  # (S,) int32: added to every recommendation of a person
    unit: float  # parts per point of score


class Places(NamedTuple):
    """What opportunities can hold: V opportunities."""

    capacity: Array  # (V,) int32
    minimum: Array  # (V,) int32: so many places have the reserve `wanted`
    easy: Array  # (V,) int32: up to here the others cost nothing; beyond, the reserve rises
    heap: Array  # (V + 1,) int64: where the accepted bids of each opportunity begin
    wanted: int  # parts, not above 0
    rise: int  # parts that the last place of an opportunity costs
    span: Array  # (V,) int64: steps in which the reserve rises so far, at least 1


class State(NamedTuple):
    """An auction under way."""

    price: Array  # (V,) int32
    load: Array  # (V,) int32
    held: Array  # (D,) int32: opportunity that a unit holds, or -1
    bid: Array  # accepted bids, a heap per opportunity, the lowest first; int32
    holder: Array  # the unit that made it; int32 or int64
    queue: Array  # (S,) int32: a ring of persons with something to bid for
    queued: Array  # (S,) bool


class Columns(NamedTuple):
    """The pairs again, by opportunity and then by person."""

    start: Array  # (V + 1,) int64
    person: Array  # (P,) int32
    gain: Array  # (P,) int32


class Search(NamedTuple):
    """What opportunities look at while they search for persons."""

    worst: Array  # (S,) int32: value of the worst unit of each person; a missing unit counts
    worth: Array  # (D,) int32: gain of what a unit holds
    ring: Array  # (V,) int32: opportunities that ask too much for a free place
    waits: Array  # (V,) bool
    least: Array  # (V,) int32: price below which somebody would come
    spread: Array  # (S,) int32: value of the worst unit at those prices, when the person was last looked at
    risen: Array  # (V,) bool: opportunities in the ring while those prices rise


class Round(NamedTuple):
    """The bids of one round, `width` for each person of it."""

    unit: Array  # which unit bids, as in `holder`
    opportunity: Array  # int32, -1 for no bid
    amount: Array  # int32
    loser: Array  # the unit that lost by this bid, or -1


@njit(cache=True, nogil=True)
def _reserve(places: Places, j: Int, taken: Int) -> Int:
    """What the next place of an opportunity asks for at least, when so many are taken."""
    if taken < places.minimum[j]:
        return np.int64(places.wanted)
    if taken < places.easy[j]:
        return np.int64(0)
    return places.rise * (np.int64(taken) + 1 - places.easy[j]) // places.span[j]


@njit(cache=True, nogil=True)
def _gain(score: float, unit: float) -> Int:
    return np.int64(score * unit + 0.5)


@njit(cache=True, nogil=True)
def _insert(top: Array, last: int, value: int) -> None:
    """Into top[0..last], which falls; the last one drops out."""
    u = At(last)
    while u > 0 and top[u - At(1)] < value:
        top[u] = top[u - At(1)]
        u -= At(1)
    top[u] = value


@njit(cache=True, nogil=True)
def _best(
    first: int,
    end: int,
    opportunity: Array,
    score: Array,
    unit: float,
    price: Array,
    lowest: int,
    lack: Array,
    bonus: int,
    owed: int,
    top: Array,
) -> None:
    """The owed + 1 best values of a person with their ranks, pairs and missing units together."""
    for u in range(owed):
        top[u] = (lack[u] - bonus) << 32
    top[owed] = NOTHING
    least, enough = top[owed], top[owed] >> 32
    p, behind = At(first), At(end)
    while p < behind:
        gain = _gain(score[p], unit)
        if gain - lowest <= enough:
            break  # the scores that follow are no higher, and no price is lower
        value = ((gain - price[np.uint32(opportunity[p])]) << 32) + np.int64(behind - p)
        if value > least:
            _insert(top, owed, value)
            least = top[owed]
            enough = least >> 32
        p += At(1)


@njit(cache=True, nogil=True)
def _fetch_row(p: int, opportunity: Array, score: Array) -> None:
    for line in range(4):
        _fetch(opportunity, p + 16 * line)
        _fetch(score, p + 16 * line)


@njit(cache=True, nogil=True)
def _holds(held: Array, first: int, end: int, j: int) -> bool:
    for u in range(first, end):  # noqa: SIM110  compiled, a generator is slower
        if held[u] == j:
            return True
    return False


@njit(cache=True, nogil=True)
def _wanted(held: Array, first: int, owed: int, opportunity: Array, end: int, top: Array) -> tuple[Int, Int]:
    """Keep in `top` as many of the best as the person lacks, without what they hold; their number, the next value."""
    free = 0
    for u in range(first, first + owed):
        if held[u] < 0:
            free += 1
    kept = 0
    for u in range(owed + 1):
        rank = top[u] & RANK
        if rank == 0 or not _holds(held, first, first + owed, opportunity[end - rank]):
            if kept == free:
                return kept, top[u] >> 32
            top[kept] = top[u]
            kept += 1
    return kept, np.int64(0)


@njit(cache=True, nogil=True)
def bid(
    rows: Rows, state: State, lowest: int, eps: int, head: int, low: int, high: int, width: int, now: Round
) -> None:
    """The persons number `low` to `high` - 1 from `head` of the queue bid for all units that they lack.

    At frozen prices, on the best opportunities that they do not hold; so high that each is as good as the best one
    left out, and `eps` more.
    """
    start, opportunity, score, unit_start, lack, bonus, unit = rows
    price, held, queue = state.price, state.held, state.queue
    bidder, aim, amount = now.unit, now.opportunity, now.amount
    top = np.empty(width + 1, np.int64)
    size = queue.size
    for at in range(low, high):
        if at + 2 * AHEAD < high:
            i = queue[(head + at + 2 * AHEAD) % size]
            _fetch(start, i)
            _fetch(unit_start, i)
        if at + AHEAD < high:
            i = queue[(head + at + AHEAD) % size]
            _fetch_row(start[i], opportunity, score)
            _fetch(held, unit_start[i])
        i = queue[(head + at) % size]
        first, end = unit_start[i], start[i + 1]
        owed = unit_start[i + 1] - first
        _best(start[i], end, opportunity, score, unit, price, lowest, lack, bonus[i], owed, top)
        kept, margin = _wanted(held, first, owed, opportunity, end, top)
        u, b = first, at * width
        for c in range(width):
            aim[b + c] = -1
            if c < kept and top[c] & RANK != 0:
                while held[u] >= 0:
                    u += 1
                p = end - (top[c] & RANK)
                aim[b + c] = opportunity[p]
                amount[b + c] = _gain(score[p], unit) - margin + eps
                bidder[b + c] = u
                u += 1


@njit(cache=True, nogil=True)
def _accept(places: Places, state: State, bids: int, now: Round) -> None:
    """Opportunities take the bids in their order: in a free place, or in that of the lowest bid.

    A bid opens a free place if that costs less than to put out the lowest bid.
    """
    capacity, heaps = places.capacity, places.heap
    price, load, held, bids_of, holder = state.price, state.load, state.held, state.bid, state.holder
    bidder, aim, amounts, loser = now.unit, now.opportunity, now.amount, now.loser
    free = places.wanted == 0 and places.rise == 0  # no place has a reserve
    none, reserve = np.int64(2**31 - 1), np.int64(0)
    for b in range(bids):
        if b + 2 * SOON < bids and aim[b + 2 * SOON] >= 0:
            j = aim[b + 2 * SOON]
            _fetch(heaps, j)
            _fetch(load, j)
            _fetch(capacity, j)
            _fetch(price, j)
        if b + SOON < bids and aim[b + SOON] >= 0:
            heap = heaps[aim[b + SOON]]
            _fetch(bids_of, heap)
            _fetch(holder, heap)
            _fetch(held, bidder[b + SOON])
        if aim[b] < 0:
            continue
        j = np.uint32(aim[b])
        amount, unit, heap, taken = amounts[b], bidder[b], At(heaps[j]), load[j]
        loser[b] = -1
        lowest = np.int64(bids_of[heap]) if taken > 0 else none
        reserve = none
        if taken < capacity[j]:
            reserve = np.int64(0) if free else _reserve(places, j, taken)
        if reserve <= lowest and amount > reserve:
            _rise(bids_of, holder, heap, taken, amount, unit)
            taken += 1
            load[j] = taken
            reserve = none
            if taken < capacity[j]:
                reserve = np.int64(0) if free else _reserve(places, j, taken)
        elif amount <= lowest or reserve <= lowest:
            loser[b] = unit
            continue
        else:
            loser[b] = holder[heap]
            held[holder[heap]] = -1
            _sink(bids_of, holder, heap, taken, amount, unit)
        held[unit] = aim[b]
        price[j] = max(np.int64(price[j]), min(np.int64(bids_of[heap]), reserve))


@njit(cache=True, nogil=True)
def _rise(bids: Array, holder: Array, heap: Int, taken: int, amount: int, unit: int) -> None:
    c = At(taken)
    while c > 0:
        parent = (c - At(1)) >> At(1)
        if bids[heap + parent] <= amount:
            break
        bids[heap + c] = bids[heap + parent]
        holder[heap + c] = holder[heap + parent]
        c = parent
    bids[heap + c] = amount
    holder[heap + c] = unit


@njit(cache=True, nogil=True)
def _sink(bids: Array, holder: Array, heap: Int, taken: int, amount: int, unit: int) -> None:
    c, end = At(0), At(taken)
    while True:
        child = At(2) * c + At(1)
        if child >= end:
            break
        least = bids[heap + child]
        if child + At(1) < end and bids[heap + child + At(1)] < least:
            child += At(1)
            least = bids[heap + child]
        if least >= amount:
            break
        bids[heap + c] = least
        holder[heap + c] = holder[heap + child]
        c = child
    bids[heap + c] = amount
    holder[heap + c] = unit


@njit(cache=True, nogil=True)
def _take_from_queue(state: State, head: int, persons: int) -> None:
    """The first `persons` of the queue are out of it."""
    queue, queued = state.queue, state.queued
    for at in range(head, head + persons):
        queued[queue[at % queue.size]] = False


@njit(cache=True, nogil=True)
def _queue_again(state: State, owner: Array, now: Round, bids: int, head: int, count: int) -> Int:
    """Who lost a unit in this round stands in the queue again, in the order of the bids; returns its length."""
    queue, queued = state.queue, state.queued
    aim, loser = now.opportunity, now.loser
    for b in range(bids):
        if b + SOON < bids and aim[b + SOON] >= 0 and loser[b + SOON] >= 0:
            _fetch(owner, loser[b + SOON])
        if aim[b] >= 0 and loser[b] >= 0:
            i = owner[loser[b]]
            if not queued[i]:
                queued[i] = True
                queue[(head + count) % queue.size] = i
                count += 1
    return count


@njit(cache=True, nogil=True)
def end_round(
    places: Places, state: State, owner: Array, head: int, count: int, persons: int, width: int, now: Round
) -> tuple[Int, Int]:
    """What follows when the first `persons` of the queue have bid; returns head and length of the queue."""
    _take_from_queue(state, head, persons)
    _accept(places, state, persons * width, now)
    head = (head + persons) % state.queue.size
    return head, _queue_again(state, owner, now, persons * width, head, count - persons)


@njit(cache=True, nogil=True)
def rounds(
    rows: Rows,
    places: Places,
    state: State,
    owner: Array,
    lowest: int,
    eps: int,
    head: int,
    count: int,
    most: int,
    least: int,
    until: int,
    width: int,
    now: Round,
) -> tuple[Int, Int, Int]:
    """Whole rounds by one thread while at least `least` persons wait, for about `until` persons."""
    done = 0
    while count > 0 and count >= least and done < until:
        persons = min(count, most)
        bid(rows, state, lowest, eps, head, 0, persons, width, now)
        head, count = end_round(places, state, owner, head, count, persons, width, now)
        done += persons
    return head, count, done


@njit(cache=True, nogil=True)
def columns(rows: Rows, opportunities: int) -> tuple[Array, Array, Array]:
    """The pairs by opportunity: where each begins, the persons, the gains with the bonus."""
    begins, opportunity, score, bonus, unit = rows.start, rows.opportunity, rows.score, rows.bonus, rows.unit
    start = np.zeros(opportunities + 1, np.int64)
    for p in range(opportunity.size):
        start[opportunity[p] + 1] += 1
    for j in range(opportunities):
        start[j + 1] += start[j]
    at = start[:-1].copy()
    person, gain = np.empty(opportunity.size, np.int32), np.empty(opportunity.size, np.int32)
    for i in range(begins.size - 1):
        for p in range(begins[i], begins[i + 1]):
            j = opportunity[p]
            person[at[j]] = i
            gain[at[j]] = _gain(score[p], unit) + bonus[i]
            at[j] += 1
    return start, person, gain


@njit(cache=True, nogil=True)
def look_around(rows: Rows, places: Places, state: State, search: Search) -> Int:
    """Fill `search`; returns how many opportunities ask more for a free place than its reserve."""
    start, opportunity, score, unit_start, lack, bonus, unit = rows
    held, price, worst, worth = state.held, state.price, search.worst, search.worth
    for i in range(start.size - 1):
        first, end = unit_start[i], unit_start[i + 1]
        for u in range(first, end):
            if held[u] >= 0:
                p = start[i]
                while opportunity[p] != held[u]:
                    p += 1
                worth[u] = _gain(score[p], unit) + bonus[i]
        worst[i] = _worst(held, worth, price, lack, first, end)[0]
    return _line_up(places, state, search)


@njit(cache=True, nogil=True)
def look_again(rows: Rows, places: Places, state: State, search: Search) -> Int:
    """As `look_around` after prices alone have changed."""
    for i in range(rows.start.size - 1):
        _look_again(rows, state, search, i)
    return _line_up(places, state, search)


@njit(cache=True, nogil=True)
def _line_up(places: Places, state: State, search: Search) -> Int:
    """Opportunities that ask too much stand in the ring; returns how many."""
    count = 0
    for j in range(state.price.size):
        search.waits[j] = _asks_too_much(places, state, j)
        if search.waits[j]:
            search.ring[count] = j
            count += 1
    return count


@njit(cache=True, nogil=True)
def lower(rows: Rows, places: Places, state: State, search: Search, owner: Array, eps: int) -> None:
    """Lower prices together, so far that from each that is too high a chain of persons can move who gain eps each.

    An opportunity that falls below `least` would draw somebody in. It is the lowest price at which everybody would
    still rather stay where they are; for an opportunity that may as well lose a place it is the reserve of that place.
    So the fall from the price to `least` is a shortest distance, to such an opportunity or to a person who lacks
    something, over persons who hold one opportunity and would like another. Persons are looked at by rising distance,
    to a limit that doubles until all prices that are too high lie within; nothing falls further than they.
    """
    price, load, least = state.price, state.load, search.least
    for j in range(price.size):
        least[j] = price[j]
        if places.capacity[j] > 0:
            least[j] = min(price[j], _reserve(places, j, max(load[j] - 1, 0)))
        search.risen[j] = False
    search.spread[:] = NOBODY
    state.queued[:] = False
    limit: Int = np.int64(eps)
    while True:
        _raise_least(rows, places, state, search, owner, eps, limit)
        far = _furthest(price, search)
        if far < limit:
            break
        limit *= 2
    for j in range(price.size):
        price[j] = max(np.int64(least[j]), price[j] - far)


@njit(cache=True, nogil=True)
def _furthest(price: Array, search: Search) -> Int:
    """How far a price that is too high is from `least`, at most."""
    far: Int = np.int64(0)
    for j in range(price.size):
        if search.waits[j]:
            far = max(far, np.int64(price[j]) - search.least[j])
    return far


@njit(cache=True, nogil=True)
def _raise_least(rows: Rows, places: Places, state: State, search: Search, owner: Array, eps: int, limit: int) -> None:
    """Raise `least` until it is right as far as `limit`: all persons in turn, and when few are left, those alone."""
    everybody = state.queue.size
    looked, count = everybody, 1
    while count > 0:
        if looked * SWEEP >= everybody:
            search.risen[:] = False
            persons = everybody
            for i in range(everybody):
                state.queue[i] = i
        else:
            persons = _holders(places, state, search, owner, count)
        looked, count = _sweep(rows, places, state, search, eps, limit, persons)


@njit(cache=True, nogil=True)
def _holders(places: Places, state: State, search: Search, owner: Array, count: int) -> Int:
    """Put into the queue who holds a place of the first `count` opportunities of the ring; returns how many."""
    queue, queued = state.queue, state.queued
    persons = 0
    for c in range(count):
        j = search.ring[c]
        search.risen[j] = False
        for h in range(places.heap[j], places.heap[j] + state.load[j]):
            i = owner[state.holder[h]]
            if not queued[i]:
                queued[i] = True
                queue[persons] = i
                persons += 1
    for c in range(persons):
        queued[queue[c]] = False
    return persons


@njit(cache=True, nogil=True)
def _sweep(
    rows: Rows, places: Places, state: State, search: Search, eps: int, limit: int, persons: int
) -> tuple[Int, Int]:
    """Raise `least` for the first `persons` of the queue; returns how many looked, and how many rose into the ring."""
    start, opportunity, score, unit_start, lack, bonus, unit = rows
    held, price, queue = state.held, state.price, state.queue
    worst, worth, ring = search.worst, search.worth, search.ring
    least, spread, risen = search.least, search.spread, search.risen
    looked: Int = np.int64(0)
    count: Int = np.int64(0)
    for c in range(persons):
        i = queue[c]
        first, end = unit_start[i], unit_start[i + 1]
        value = _worst(held, worth, least, lack, first, end)[0]
        if value >= spread[i] or value - worst[i] >= limit:
            continue
        spread[i] = value
        looked += 1
        enough = value + eps - bonus[i]
        for p in range(start[i], start[i + 1]):
            here = _gain(score[p], unit) - enough
            if here <= places.wanted:
                break  # no price falls further
            j = opportunity[p]
            if here > least[j] and not _holds(held, first, end, j):
                least[j] = min(here, np.int64(price[j]))
                if not risen[j]:
                    risen[j] = True
                    ring[count] = j
                    count += 1
    return looked, count


@njit(cache=True, nogil=True)
def _asks_too_much(places: Places, state: State, j: int) -> Int:
    taken = state.load[j]
    return taken < places.capacity[j] and state.price[j] > _reserve(places, j, taken)


@njit(cache=True, nogil=True)
def too_dear(places: Places, state: State) -> Int:
    """How many opportunities ask more for a free place than its reserve."""
    count: Int = np.int64(0)
    for j in range(state.price.size):
        count += _asks_too_much(places, state, j)
    return count


@njit(cache=True, nogil=True)
def _worst(held: Array, worth: Array, price: Array, lack: Array, first: int, end: int) -> tuple[Int, Int]:
    """Value of the worst of the units first to end - 1, and which it is; a missing one counts."""
    missing: Int = 0
    free: Int = np.int64(-1)
    value: Int = np.int64(NOBODY)  # whoever is owed nothing gives up nothing
    unit: Int = np.int64(-1)
    for u in range(first, end):
        if held[u] < 0:
            missing += 1
            free = u
        else:
            here = np.int64(worth[u]) - price[held[u]]
            if here < value:
                value, unit = here, np.int64(u)
    if missing > 0 and lack[missing - 1] <= value:
        return lack[missing - 1], free
    return value, unit


@njit(cache=True, nogil=True)
def reverse(
    rows: Rows,
    places: Places,
    columns: Columns,
    state: State,
    search: Search,
    owner: Array,
    eps: int,
    head: int,
    count: int,
    until: int,
) -> tuple[Int, Int]:
    """Opportunities that ask too much lower their price until somebody comes, for about `until` looks at a pair."""
    looks = 0
    while count > 0 and looks < until:
        j = search.ring[head]
        head = (head + 1) % search.ring.size
        count -= 1
        search.waits[j] = False
        if _asks_too_much(places, state, j):
            looks += columns.start[j + 1] - columns.start[j]
            count = _seek(rows, places, columns, state, search, owner, eps, j, head, count)
    return head, count


@njit(cache=True, nogil=True)
def _seek(
    rows: Rows,
    places: Places,
    columns: Columns,
    state: State,
    search: Search,
    owner: Array,
    eps: int,
    j: int,
    head: int,
    count: int,
) -> Int:
    """Lower the price of one opportunity and take in whoever is better off there; returns the length of the ring."""
    capacity, taken, price = places.capacity[j], state.load[j], state.price
    reserve = _reserve(places, j, taken)
    alike = 1  # free places with the same reserve
    while taken + alike < capacity and reserve == _reserve(places, j, taken + alike):
        alike += 1
    wishes = _wishes(rows, columns, state.held, search.worst, j, reserve, alike + 1)
    rest = wishes.size - alike
    lower = max(reserve, (wishes[rest - 1] >> 32) - eps) if rest > 0 else reserve
    price[j] = min(lower, price[j])
    for h in range(places.heap[j], places.heap[j] + taken):
        _look_again(rows, state, search, owner[state.holder[h]])
    for w in range(wishes.size - 1, max(rest, 0) - 1, -1):
        if (wishes[w] >> 32) < price[j] + eps:
            break
        c = columns.start[j] + (wishes[w] & RANK)
        count = _move(rows, places, state, search, columns.person[c], columns.gain[c], j, head, count)
    return _wait(places, state, search, j, head, count)


@njit(cache=True, nogil=True)
def _look_again(rows: Rows, state: State, search: Search, i: int) -> Int:
    """Renew the value of a person's worst unit; returns which it is."""
    first, end = rows.unit_start[i], rows.unit_start[i + 1]
    value, unit = _worst(state.held, search.worth, state.price, rows.lack, first, end)
    search.worst[i] = value
    return unit


@njit(cache=True, nogil=True)
def _wishes(rows: Rows, columns: Columns, held: Array, worst: Array, j: int, reserve: int, most: int) -> Array:
    """The `most` highest prices above the reserve at which persons would come, rising; with places in the column."""
    unit_start, person, gain = rows.unit_start, columns.person, columns.gain
    first, end = columns.start[j], columns.start[j + 1]
    most = min(most, end - first)
    wishes = np.empty(most if most <= FEW_WISHES else end - first, np.int64)
    size, least = 0, np.int64(reserve + 1) << 32
    for c in range(first, end):
        if c + AHEAD < end:
            _fetch(worst, person[c + AHEAD])
        i = person[c]
        wish = ((np.int64(gain[c]) - worst[i]) << 32) + (c - first)
        if wish < least or _holds(held, unit_start[i], unit_start[i + 1], j):
            continue
        if most > FEW_WISHES:
            wishes[size] = wish
            size += 1
            continue
        size = min(size + 1, most)
        _insert(wishes, size - 1, wish)
        if size == most:
            least = wishes[most - 1]
    return np.sort(wishes[:size])


@njit(cache=True, nogil=True)
def _wait(places: Places, state: State, search: Search, j: int, head: int, count: int) -> Int:
    """Opportunity j stands in the ring if it asks too much; returns the length of the ring."""
    if not search.waits[j] and _asks_too_much(places, state, j):
        search.waits[j] = True
        search.ring[(head + count) % search.ring.size] = j
        count += 1
    return count


@njit(cache=True, nogil=True)
def _move(
    rows: Rows, places: Places, state: State, search: Search, i: int, gain: int, j: int, head: int, count: int
) -> Int:
    """Person i gives up their worst unit for a place at j; returns the length of the ring."""
    held, holder, load = state.held, state.holder, state.load
    unit = _look_again(rows, state, search, i)
    left = held[unit]
    if left >= 0:
        last = places.heap[left] + load[left] - 1
        h = places.heap[left]
        while holder[h] != unit:
            h += 1
        holder[h] = holder[last]
        load[left] -= 1
        count = _wait(places, state, search, left, head, count)
    held[unit] = j
    search.worth[unit] = gain
    holder[places.heap[j] + load[j]] = unit
    load[j] += 1
    _look_again(rows, state, search, i)
    return count


@njit(cache=True, nogil=True)
def most(rows: Rows, price: Array, lowest: int, low: int, high: int, width: int) -> Int:
    """The best that persons low to high - 1 could do at these prices, in parts."""
    start, opportunity, score, unit_start, lack, bonus, unit = rows
    top = np.empty(width + 1, np.int64)
    total = np.int64(0)
    for i in range(low, high):
        owed = unit_start[i + 1] - unit_start[i]
        if owed > 0:
            _best(start[i], start[i + 1], opportunity, score, unit, price, lowest, lack, bonus[i], owed, top)
            for u in range(owed):
                total += (top[u] >> 32) + bonus[i]
    return total


@njit(cache=True, nogil=True)
def worth(rows: Rows, held: Array) -> Int:
    """What an allocation is worth, in parts: gains, bonus, and what is missing."""
    start, opportunity, score, unit_start, lack, bonus, unit = rows
    total = np.int64(0)
    for i in range(start.size - 1):
        first, end = unit_start[i], unit_start[i + 1]
        missing = 0
        for u in range(first, end):
            if held[u] < 0:
                total += lack[missing]
                missing += 1
        p = start[i]
        while missing < end - first:
            if _holds(held, first, end, opportunity[p]):
                total += _gain(score[p], unit) + bonus[i]
                missing += 1
            p += 1
    return total


@njit(cache=True, nogil=True)
def paid(places: Places, load: Array) -> Int:
    """What the places that are taken ask for at least, in parts."""
    total: Int = np.int64(0)
    for j in range(load.size):
        for taken in range(load[j]):
            total += _reserve(places, j, taken)
    return total


@njit(cache=True, nogil=True)
def brought(places: Places, price: Array) -> Int:
    """What all places bring at most at these prices, above what they ask for, in parts."""
    total: Int = np.int64(0)
    for j in range(price.size):
        for taken in range(places.capacity[j]):
            above = price[j] - _reserve(places, j, taken)
            if above <= 0:
                break  # the next place asks no less
            total += above
    return total


@njit(cache=True, nogil=True)
def first_prices(places: Places) -> Array:
    """(V,) what the first place of each opportunity asks for, in parts; no price is ever lower."""
    first = np.zeros(places.capacity.size, np.int64)
    for j in range(first.size):
        if places.capacity[j] > 0:
            first[j] = _reserve(places, j, 0)
    return first
