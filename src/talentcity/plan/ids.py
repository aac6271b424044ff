"""Ids become codes. Private: `gathering` says of which tables.

A table of hashes (open addressing, two thirds of its places free or more) says which code an id has. What it says is
then compared with the ids themselves, so an answer never rests on hashes being different: where two ids share one,
which is rarer than once in a thousand tables of millions, `SharedHash` is raised and the caller begins again with other
hashes.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import numpy as np
import polars as pl

from talentcity.plan.compiled import fetch, njit

Array = np.ndarray[Any, Any]
Codes = np.ndarray[tuple[int], np.dtype[np.int32]]

_SLICE = 1 << 18  # ids that are coded together
_ROOM = 3  # places of the table per id, at least: with fewer, ids stand in each other's way
_AHEAD = 32  # places of the table that are fetched before their turn: memory answers many questions as fast as one


class SharedHash(Exception):
    """Two ids have the same hash; with another seed they will not."""


class IdCodes:
    """The codes 0, 1, … of ids in the order in which they were met first; 32 to 56 bytes per id, and the id.

    >>> codes = IdCodes(pl.String, grows=True)
    >>> codes.of(pl.Series(["b", "a", "b"])).tolist(), codes.ids().to_list()
    ([0, 1, 0], ['b', 'a'])
    """

    def __init__(self, dtype: pl.DataType | type[pl.DataType], *, grows: bool, seed: int = 0) -> None:
        """`grows`: an id that is met for the first time gets the next code; otherwise it gets -1."""
        self._seed, self._grows = seed, grows
        self._ids = pl.Series(dtype=dtype)
        self._hashes: list[Array] = []
        self._size = 0
        self._table = np.zeros(1, np.uint64)

    @classmethod
    def known(cls, ids: pl.Series, *, seed: int = 0) -> IdCodes:
        """The codes of these ids, which are all different, and of no others."""
        codes = cls(ids.dtype, grows=True, seed=seed)
        codes.of(ids)
        codes._grows = False
        return codes

    def ids(self) -> pl.Series:
        """The ids in the order of their codes."""
        return self._ids

    def rising(self) -> tuple[pl.Series, Codes]:
        """The ids in rising order, and where each code stands in it; no more ids can be met afterwards.

        >>> codes = IdCodes(pl.String, grows=True)
        >>> codes.of(pl.Series(["b", "c", "a"])).tolist(), codes.rising()[0].to_list(), codes.rising()[1].tolist()
        ([0, 1, 2], ['a', 'b', 'c'], [1, 2, 0])
        """
        self._grows = False
        ids = self._ids.sort()  # a quarter of the time of `arg_sort`
        rank = np.empty(ids.len(), np.int32)
        rank[self.of(ids)] = np.arange(ids.len(), dtype=np.int32)
        return ids, rank

    def of(self, ids: pl.Series) -> Codes:
        """The code of each id; none may be missing.

        Raises:
            SharedHash: two ids have the same hash.
        """
        codes = np.empty(ids.len(), np.int32)
        slices = [slice(start, min(start + _SLICE, ids.len())) for start in range(0, ids.len(), _SLICE)]
        new = [fresh for here in slices if (fresh := self._code(ids[here], codes[here])) is not None]
        if new:
            self._ids = pl.concat([self._ids, *new], rechunk=True)  # looking up in many pieces is slow
        for here in slices:
            self._verify(ids[here], codes[here])
        return codes

    def _code(self, ids: pl.Series, codes: Codes) -> pl.Series | None:
        """Fill `codes`; the ids that are new, if any are."""
        hashes = hashes_of(ids, self._seed)
        if self._grows:
            self._make_room(ids.len())
        firsts = np.empty(ids.len() if self._grows else 0, np.int64)
        new = _look_up(hashes, self._table, _shift(self._table), self._size, self._grows, codes, firsts)
        if not new:
            return None
        self._hashes.append(hashes[firsts[:new]])
        self._size += new
        return ids.gather(firsts[:new])

    def _make_room(self, more: int) -> None:
        wished = _ROOM * (self._size + more)
        if wished > self._table.size:
            self._table = np.zeros(1 << wished.bit_length(), np.uint64)
            _insert(np.concatenate([np.empty(0, np.uint64), *self._hashes]), self._table, _shift(self._table))

    def _verify(self, ids: pl.Series, codes: Codes) -> None:
        known = codes >= 0
        if not known.all():
            ids, codes = ids.filter(pl.Series(known)), codes[known]
        if ids.dtype == pl.Int64:
            same = bool((self._ids.to_numpy()[codes] == ids.to_numpy()).all())
        else:
            at = pl.Series(codes.view(np.uint32))  # as it stands; an array would be looked through and copied
            same = bool((self._ids.gather(at) == ids).all())
        if not same:
            raise SharedHash


def codes_of(ids: pl.Series, known: pl.Series) -> Codes:
    """Where each id stands in `known`, all of whose ids are different; -1 where it does not.

    >>> codes_of(pl.Series([7, 5, 6]), pl.Series([5, 7])).tolist()
    [1, 0, -1]
    """
    for seed in itertools.count():
        with contextlib.suppress(SharedHash):
            return IdCodes.known(known, seed=seed).of(ids)
    raise AssertionError


def hashes_of(ids: pl.Series, seed: int) -> Array:
    """(n,) uint64; equal ids have equal hashes."""
    return ids.hash(seed=seed).to_numpy()


def _shift(table: Array) -> int:
    return 64 - (table.size.bit_length() - 1)


# An entry of the table is the low half of a hash << 32 | code + 1, or 0; its place, the high bits of the hash.


@njit(cache=True, nogil=True)
def _look_up(hashes: Array, table: Array, shift: int, known: int, grows: bool, codes: Array, firsts: Array) -> int:
    """Fill `codes`, and `firsts` with where new ids stand; how many those are."""
    new = 0
    for row in range(hashes.size):
        fetch(table, np.int64(hashes[min(row + _AHEAD, hashes.size - 1)] >> np.uint64(shift)))
        half = hashes[row] & np.uint64(0xFFFFFFFF)
        place = np.int64(hashes[row] >> np.uint64(shift))
        entry = table[place]
        while entry != 0 and entry >> np.uint64(32) != half:
            place = (place + 1) & (table.size - 1)
            entry = table[place]
        if entry != 0:
            codes[row] = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
        elif grows:
            codes[row] = known + new
            table[place] = (half << np.uint64(32)) | np.uint64(known + new + 1)
            firsts[new] = row
            new += 1
        else:
            codes[row] = -1
    return new


@njit(cache=True, nogil=True)
def _insert(hashes: Array, table: Array, shift: int) -> None:
    """Put hashes that are not in the table into it; their codes are 0, 1, …"""
    for code in range(hashes.size):
        place = np.int64(hashes[code] >> np.uint64(shift))
        while table[place] != 0:
            place = (place + 1) & (table.size - 1)
        table[place] = ((hashes[code] & np.uint64(0xFFFFFFFF)) << np.uint64(32)) | np.uint64(code + 1)
