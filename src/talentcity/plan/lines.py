"""Who is next: numbers wait in lines by cost, the cheapest first. Private to the searches along exchanges.

A cost is a small whole number, and any two that wait lie less than `LINES` apart, so there is one line for each cost
and the lines are used in turn (Dial 1969, Algorithm 360: shortest-path forest with topological ordering).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from talentcity.plan.compiled import njit

Array = np.ndarray[Any, Any]

FINE = 256  # steps of cost per point of score
FARTHEST = 7 * FINE  # one move of an exchange costs at most this
LINES = 4096  # a power of 2, and more than the costs of any two who wait can lie apart: two moves
NODE = np.dtype([("key", np.int32), ("after", np.int32), ("before", np.int32), ("queued", np.int32)])


class Lines(NamedTuple):
    """Numbers 0 to n - 1, each in a line or in none."""

    nodes: Array  # (n,) NODE
    head: Array  # (LINES,) int32: first of each line, -1 if none
    waiting: Array  # (1,) int64: how many are in line

    @classmethod
    def of(cls, size: int) -> Lines:
        """Nobody waits."""
        return cls(np.zeros(size, dtype=NODE), np.full(LINES, -1, dtype=np.int32), np.zeros(1, dtype=np.int64))


@njit(cache=True, nogil=True)
def wide(number: Any) -> int:
    """The number in 64 bits: so every function of a search is compiled for one kind of arguments only."""
    in_64_bits: int = number + np.int64(0)
    return in_64_bits


@njit(cache=True, nogil=True)
def steps(points: float) -> int:
    """Points of score as whole steps of cost, from 0 to FARTHEST; one more for the move itself, so ways are short."""
    if points <= 0:
        return 1
    if points >= FARTHEST / FINE:
        return FARTHEST + 1
    return int(points * FINE) + 1


@njit(cache=True, nogil=True)
def put(lines: Lines, number: int, key: int) -> None:
    """Into line, or further to the front."""
    node = lines.nodes[number]
    if node.queued:
        take_out(lines, number)
    head = lines.head[key & (LINES - 1)]
    node.key, node.after, node.before, node.queued = key, head, -1, 1
    if head >= 0:
        lines.nodes[head].before = number
    lines.head[key & (LINES - 1)] = number
    lines.waiting[0] += 1


@njit(cache=True, nogil=True)
def take_out(lines: Lines, number: int) -> None:
    """Out of the line in which it waits."""
    node = lines.nodes[number]
    if node.before >= 0:
        lines.nodes[node.before].after = node.after
    else:
        lines.head[node.key & (LINES - 1)] = node.after
    if node.after >= 0:
        lines.nodes[node.after].before = node.before
    node.queued = 0
    lines.waiting[0] -= 1


@njit(cache=True, nogil=True)
def send_home(lines: Lines) -> None:
    """Nobody stands in line any more."""
    if lines.waiting[0] > 0:
        for line in range(LINES):
            while lines.head[line] >= 0:
                take_out(lines, wide(lines.head[line]))
