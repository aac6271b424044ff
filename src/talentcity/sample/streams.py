"""Streams of random numbers: one per table and part, so that no table and no part depends on what another draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

STREAMS = (
    "seekers",
    "employers",
    "vacancies",
    "postings",
    "wording",
    "planted",
    "sessions",
    "deliveries",
    "past_seekers",
    "hiring",
    "careers",
)
"""In the order of their numbers: a new stream is added at the end, none is moved or removed."""
PART_IDS = 1_000_000  # ids of one table in one part


def streams(seed: int, part: int) -> dict[str, np.random.Generator]:
    """A generator for each name of `STREAMS`, independent of each other and of those of every other part.

    Args:
        seed: of the city.
        part: its number from 0; -1 is what the whole city has in common.
    """
    return {
        name: np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(part + 1, number)))
        for number, name in enumerate(STREAMS)
    }


def choose(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    """(count,) int: places of `weights`, drawn with these chances, which need not sum to 1."""
    edges = np.cumsum(weights, dtype=np.float64)
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    places: np.ndarray = np.minimum(drawn, len(weights) - 1)
    return places


def choose_rows(rng: np.random.Generator, weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(n,) int: for each of the n `rows` of the weights one place, drawn with the chances of that row.

    Every row of the (m, k) weights has a sum above 0. The rows are laid end to end on one line, so that
    one binary search per draw finds row and place at once.
    """
    share = np.cumsum(weights, axis=1, dtype=np.float64)
    share /= share[:, -1:]
    edges = (share + np.arange(len(weights))[:, None]).ravel()
    drawn = np.searchsorted(edges, rows + rng.random(len(rows)), side="right") - rows * weights.shape[1]
    places: np.ndarray = np.clip(drawn, 0, weights.shape[1] - 1)
    return places


def choose_some(rng: np.random.Generator, weights: np.ndarray, rows: np.ndarray, most: int) -> np.ndarray:
    """(n, most) int: for each of the n `rows` of the weights `most` different places, in the order of drawing.

    Drawn without putting back: the smallest of exponential noise / weight come first (Efraimidis and Spirakis 2006).
    A place of weight 0 is only drawn when the row has nothing else left.
    """
    keys = rng.standard_exponential((len(rows), weights.shape[1]), dtype=np.float32)
    keys /= np.maximum(weights, 1e-30).astype(np.float32)[rows]
    places = np.empty((len(rows), most), dtype=np.int64)
    every = np.arange(len(rows))
    for turn in range(most):
        places[:, turn] = keys.argmin(axis=1)
        keys[every, places[:, turn]] = np.inf
    return places


def words_of(words: Sequence[str | None], places: np.ndarray) -> pl.Series:
    """(n,) text: the word at each place."""
    return pl.Series(words, dtype=pl.String).gather(pl.Series(places, dtype=pl.Int64))


def lists_of(words: list[str], places: np.ndarray) -> pl.Series:
    """(n,) lists: of each row of the (n, k) places the words, without those below 0."""
    known = pl.Series([*words, None], dtype=pl.String)
    flat = known.gather(pl.Series(np.where(places < 0, len(words), places).ravel()))
    return flat.reshape(places.shape).arr.to_list().list.drop_nulls()


def ids(letter: str, part: int, count: int) -> pl.Series:
    """`count` ids of one part: the letter, then row + 1,000,000 x part; no other part has one of them.

    Example:
        >>> ids("P", 0, 2).to_list(), ids("P", 12, 1).to_list()
        (['P000001', 'P000002'], ['P12000001'])
    """
    numbers = pl.int_range(part * PART_IDS + 1, part * PART_IDS + count + 1, eager=True)
    return (letter + numbers.cast(pl.String).str.zfill(6)).alias("")
