"""Pairs in any order become rows: those of a person together, the best first. Private: `Problem` checks what comes in.

Within a person pairs stand by falling score, then rising opportunity, so the order that they came in is forgotten.

How: pairs are first parted into blocks of neighbouring persons, which writes few streams, then every block is put in
order while it is in the cache. A row is put in order by counting, for each pair, how many come before it: no branch
depends on the data and eight pairs are compared at a time, which beats sorting up to some hundreds. Longer rows are
sorted by a heap (Williams 1964), in place. Memory, for P pairs and S persons, above the arrays that came in: the rows
themselves (8 bytes per pair, or 12 with scores of 64 bits), 4 per pair and a block to work in (a block is a quarter of
all at most, if few persons hold most of the pairs), 16 bytes per person and 4 per opportunity. Columns are parted one
after the other, so one that nobody needs any more can make room for the next.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from talentcity.plan.compiled import njit

Array = np.ndarray[Any, Any]

_BLOCK = 1 << 15  # pairs that are put in order together, at least
_BLOCKS = 256  # no more of them than this, unless few persons hold most of the pairs
_SHORT = 256  # pairs of a row that is put in order by counting


class Rows(NamedTuple):
    """The pairs of S persons, P in all.

    Attributes:
        start: (S + 1,) int64, the pairs of person i stand at start[i] to start[i + 1] - 1.
        opportunity: (P,) int32 code.
        score: (P,) as it came, float32 or float64, falling within a person.
    """

    start: Array
    opportunity: Array
    score: Array


def grouped(person: Array, opportunity: Array, score: Array, persons: int) -> Rows:
    """Rows from codes in any order; all codes and scores must be in range.

    >>> codes = np.array([1, 0, 1], dtype=np.int32), np.array([7, 7, 4], dtype=np.int32)
    >>> rows = grouped(*codes, np.array([0.25, 1.0, 0.5]), persons=3)
    >>> rows.start.tolist(), rows.opportunity.tolist(), rows.score.tolist()
    ([0, 1, 3, 3], [7, 4, 7], [1.0, 0.5, 0.25])
    """
    return taken_over([person, opportunity, score], persons)


def taken_over(columns: list[Array], persons: int) -> Rows:
    """The same; the list of persons, opportunities and scores is emptied, so what nobody else holds is freed early."""
    person = _read_only(columns.pop(0))
    start = offsets(counted(person, persons))
    shift, width = _blocks(start)
    edges = np.append(np.arange(0, persons, 1 << shift), persons)
    code = np.empty(person.size, np.int32)
    _part(person, _read_only(columns.pop(0)), shift, start[edges[:-1]], code)
    value = np.empty(person.size, columns[0].dtype)
    _part(person, _bits(_read_only(columns.pop(0))), shift, start[edges[:-1]], _bits(value))
    whose = np.empty(person.size, np.int32)
    _part(person, person, shift, start[edges[:-1]], whose)
    room = np.empty(width, np.int32), np.empty(width, value.dtype)
    _place(start, edges, whose, code, value, start[:-1].copy(), *room)
    return Rows(start, code, value)


def ordered(start: Array, opportunity: Array, score: Array) -> Rows:
    """Rows whose persons stand together already; what is in order is not copied."""
    start, opportunity, score = _read_only(start), _read_only(opportunity), _read_only(score)
    if _in_order(start, opportunity, score):
        return Rows(start, opportunity, score)
    opportunity, score = opportunity.copy(), score.copy()
    _order(start, 0, start.size - 1, opportunity, score)
    return Rows(start, opportunity, score)


def repeats(rows: Rows, opportunities: int) -> tuple[int, int]:
    """How many pairs stand in their row already, and the first person with one (-1 if nobody); exact."""
    start, opportunity = _read_only(rows.start), _read_only(rows.opportunity)
    count, person = _repeats(start, opportunity, np.full(opportunities, -1, np.int32))
    return int(count), int(person)


def found(rows: Rows, person: Array, opportunity: Array) -> Array:
    """(n,) int64, which pair each of these is, by their codes; -1 where it is none."""
    return np.asarray(_find(*map(_read_only, (rows.start, rows.opportunity, person, opportunity))))


def without(rows: Rows, person: Array, opportunity: Array, opportunities: int) -> Rows:
    """The rows without these pairs; those that are none, and codes of -1, are passed over. The arrays are written to.

    >>> rows = grouped(np.array([1, 0, 1]), np.array([2, 2, 0]), np.array([0.5, 1.0, 0.25]), persons=2)
    >>> kept = without(rows, np.array([1, 0, -1]), np.array([2, 1, 0]), 3)
    >>> kept.start.tolist(), kept.opportunity.tolist(), kept.score.tolist()
    ([0, 1, 2], [2, 0], [1.0, 0.25])
    """
    known = (person >= 0) & (opportunity >= 0)
    order = np.argsort(person[known], kind="stable")
    cut = offsets(counted(person[known], rows.start.size - 1)), _read_only(opportunity[known][order])
    start = np.empty_like(rows.start)
    size = _cut(rows.start, rows.opportunity, rows.score, *cut, np.full(opportunities, -1, np.int32), start)
    return Rows(start, rows.opportunity[:size], rows.score[:size])


def repeated(person: Array, opportunity: Array, start: Array, opportunities: int, most: int) -> tuple[Array, Array]:
    """Which pairs, in the order in which they came, stand there already (the first `most`), and where they stood first.

    It sorts anew and needs 9 bytes per pair more: only for a message.
    """
    order = np.argsort(person, kind="stable")
    again = np.flatnonzero(_again(start, opportunity, order, np.full(opportunities, -1, np.int32)))[:most]
    rows = [order[start[person[at]] : start[person[at] + 1]] for at in again]
    first = [row[opportunity[row] == opportunity[at]][0] for at, row in zip(again, rows, strict=True)]
    return again, np.array(first, dtype=np.int64)


def relabelled(codes: Array, labels: Array) -> Array:
    """Each code replaced by its label, in place."""
    _relabel(codes, labels)
    return codes


def counted(codes: Array, size: int) -> Array:
    """(size,) int64, how often each code stands; numpy's own would copy the codes to 64 bits."""
    return np.asarray(_count(_read_only(codes), np.zeros(size, np.int64)))


def offsets(counts: Array) -> Array:
    """(size + 1,) int64, where each group begins if groups of these sizes follow each other.

    >>> offsets(np.array([2, 0, 2**31 - 1], dtype=np.int32)).tolist()
    [0, 2, 2, 2147483649]
    """
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])


def _read_only(array: Array) -> Array:
    """A view; kernels are compiled anew for writable and read-only arrays, so all input is made alike."""
    view = np.ascontiguousarray(array).view()
    view.setflags(write=False)
    return view


def _bits(score: Array) -> Array:
    """Scores as whole numbers of their width, for which the loop that parts codes is compiled already."""
    return score.view(f"i{score.itemsize}")


def _blocks(start: Array) -> tuple[int, int]:
    """A block holds 2^shift persons; and the most pairs of a block of several persons."""
    persons, pairs = start.size - 1, int(start[-1])
    target = max(_BLOCK, pairs // _BLOCKS)
    shift = 0
    while (2 << shift) * pairs <= target * persons and (1 << shift) < persons:
        shift += 1
    while True:
        edges = np.append(start[: -1 : 1 << shift], pairs)
        width = int(np.diff(edges).max(initial=0)) if shift else 0
        if width <= max(2 * target, pairs // 4):
            return shift, width
        shift -= 1


@njit(cache=True, nogil=True)
def _count(codes: Array, counts: Array) -> Array:
    for p in range(codes.size):
        counts[codes[p]] += 1
    return counts


@njit(cache=True, nogil=True)
def _part(person: Array, column: Array, shift: int, free: Array, parted: Array) -> None:
    """Write what each pair has to its block; `free` is the next place in each."""
    for p in range(person.size):
        block = person[p] >> shift
        at = free[block]
        free[block] = at + 1
        parted[at] = column[p]


@njit(cache=True, nogil=True)
def _place(
    start: Array, edges: Array, whose: Array, code: Array, value: Array, free: Array, codes: Array, values: Array
) -> None:
    """Put every block in order; `free` is the next place of each person, `codes` and `values` hold one block."""
    for block in range(edges.size - 1):
        first, end = edges[block], edges[block + 1]
        low, high = start[first], start[end]
        if end - first > 1:
            for p in range(low, high):
                codes[p - low] = code[p]
                values[p - low] = value[p]
            for p in range(low, high):
                at = free[whose[p]]
                free[whose[p]] = at + 1
                code[at] = codes[p - low]
                value[at] = values[p - low]
        _order(start, first, end, code, value)


@njit(cache=True, nogil=True)
def _order(start: Array, first: int, end: int, code: Array, value: Array) -> None:
    """Put the rows of persons first to end - 1 in order."""
    rank = np.empty(_SHORT, np.int32)
    codes = np.empty(_SHORT, np.int32)
    values = np.empty(_SHORT, value.dtype)
    for i in range(first, end):
        low, size = start[i], start[i + 1] - start[i]
        if size > _SHORT:
            _order_long(code, value, low, size)
        elif size > 1:
            _order_short(code, value, low, size, rank, codes, values)


@njit(cache=True, nogil=True)
def _order_short(code: Array, value: Array, low: int, size: int, rank: Array, codes: Array, values: Array) -> None:
    for a in range(size):
        rank[a] = 0
        codes[a] = code[low + a]
        values[a] = value[low + a]
    for b in range(size):
        c, v = codes[b], values[b]
        for a in range(size):
            rank[a] = rank[a] + np.int32((v > values[a]) | ((v == values[a]) & (c < codes[a])))
    for a in range(size):
        code[low + rank[a]] = codes[a]
        value[low + rank[a]] = values[a]


@njit(cache=True, nogil=True)
def _order_long(code: Array, value: Array, low: int, size: int) -> None:
    for root in range(size // 2 - 1, -1, -1):
        _sink(code, value, low, root, size, code[low + root], value[low + root])
    for last in range(size - 1, 0, -1):
        c, v = code[low + last], value[low + last]
        code[low + last] = code[low]
        value[low + last] = value[low]
        _sink(code, value, low, 0, last, c, v)


@njit(cache=True, nogil=True)
def _sink(code: Array, value: Array, low: int, root: int, size: int, c: int, v: float) -> None:
    """Put a pair into a heap whose root comes last in the row, at `root` or below."""
    child = 2 * root + 1
    while child < size:
        at = low + child
        if child + 1 < size and _before(value[at], code[at], value[at + 1], code[at + 1]):
            child, at = child + 1, at + 1
        if not _before(v, c, value[at], code[at]):
            break
        code[low + root] = code[at]
        value[low + root] = value[at]
        root, child = child, 2 * child + 1
    code[low + root] = c
    value[low + root] = v


@njit(cache=True, nogil=True)
def _before(v: float, c: int, other_v: float, other_c: int) -> bool:
    return v > other_v or (v == other_v and c < other_c)


@njit(cache=True, nogil=True)
def _in_order(start: Array, opportunity: Array, score: Array) -> bool:
    for i in range(start.size - 1):
        for p in range(start[i] + 1, start[i + 1]):
            if _before(score[p], opportunity[p], score[p - 1], opportunity[p - 1]):
                return False
    return True


@njit(cache=True, nogil=True)
def _repeats(start: Array, opportunity: Array, last: Array) -> tuple[int, int]:
    """`last` is the person of whom each opportunity was seen last, at first nobody."""
    count, first = 0, -1
    for i in range(start.size - 1):
        for p in range(start[i], start[i + 1]):
            if last[opportunity[p]] == i:
                count += 1
                first = i if first < 0 else first
            last[opportunity[p]] = i
    return count, first


@njit(cache=True, nogil=True)
def _again(start: Array, opportunity: Array, order: Array, last: Array) -> Array:
    found = np.zeros(order.size, np.bool_)
    for i in range(start.size - 1):
        for at in range(start[i], start[i + 1]):
            p = order[at]
            found[p] = last[opportunity[p]] == i
            last[opportunity[p]] = i
    return found


@njit(cache=True, nogil=True)
def _relabel(codes: Array, labels: Array) -> None:
    for p in range(codes.size):
        codes[p] = labels[codes[p]]


@njit(cache=True, nogil=True)
def _find(start: Array, code: Array, person: Array, opportunity: Array) -> Array:
    at = np.full(person.size, -1, np.int64)
    for k in range(person.size):
        for p in range(start[person[k]], start[person[k] + 1]):
            if code[p] == opportunity[k]:
                at[k] = p
    return at


@njit(cache=True, nogil=True)
def _cut(start: Array, code: Array, value: Array, cut_start: Array, cut: Array, last: Array, new_start: Array) -> int:
    """Move the pairs that stay together; how many they are. `last` says for whom each opportunity was cut last."""
    size = 0
    for i in range(start.size - 1):
        for k in range(cut_start[i], cut_start[i + 1]):
            last[cut[k]] = i
        new_start[i] = size
        for p in range(start[i], start[i + 1]):
            if last[code[p]] != i:
                code[size] = code[p]
                value[size] = value[p]
                size += 1
    new_start[start.size - 1] = size
    return size
