"""One stream of random numbers per table, so that a column added to one table changes no other."""

from __future__ import annotations

import numpy as np

STREAMS = ("seekers", "employers", "vacancies", "postings", "wording", "planted", "sessions", "deliveries")
"""In the order of their spawning: a new stream is added at the end, none is moved or removed."""


def streams(seed: int) -> dict[str, np.random.Generator]:
    """A generator for each name of `STREAMS`, independent of each other."""
    children = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return {name: np.random.default_rng(child) for name, child in zip(STREAMS, children, strict=True)}


def choose(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    """(count,) int: places of `weights`, drawn with these chances, which need not sum to 1."""
    edges = np.cumsum(weights, dtype=np.float64)
    drawn = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    places: np.ndarray = np.minimum(drawn, len(weights) - 1)
    return places


def choose_rows(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """(n,) int: one place of each row of the (n, k) weights, drawn with the chances of that row."""
    edges = np.cumsum(weights, axis=1, dtype=np.float64)
    drawn = rng.random((len(weights), 1)) * edges[:, -1:]
    places: np.ndarray = np.minimum((edges <= drawn).sum(axis=1), weights.shape[1] - 1)
    return places


def choose_some(rng: np.random.Generator, weights: np.ndarray, most: int) -> np.ndarray:
    """(n, most) int: `most` different places of each row of the (n, k) weights, in the order of drawing.

    Drawn without putting back, by the largest of log weight + Gumbel noise (Efraimidis and Spirakis 2006).
    A place of weight 0 is only drawn when the row has nothing else left.
    """
    with np.errstate(divide="ignore"):
        keys = np.where(weights > 0, np.log(weights), -1e6) + rng.gumbel(size=weights.shape)
    return np.argsort(-keys, axis=1, kind="stable")[:, :most]
