"""Seeded instances of the plan's problem, of six different structures, from a thousand people to four million.

The codes of persons and opportunities say nothing about where they belong: who stands next to each other is chance.
Rows are made in blocks of persons and written into arrays that exist already, so memory stays near that of the result.

>>> instance = make("plane", 200, 100, 10, seed=7, ratio=1.15)
>>> instance.persons, instance.opportunities, int(instance.capacity.sum())
(200, 100, 690)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl

PER_PERSON = 3
_BLOCK = 8192  # persons made at once: what is drawn for them stays in the cache
_SPARE = 1.3  # draws per pair wished, so that enough are left when duplicates are dropped

Random = np.random.Generator
Draw = Callable[[Random, np.ndarray, int], np.ndarray]
"""(random, persons (B,), n) -> (B, n) opportunities, where one may stand twice."""
Fit = Callable[[Random, np.ndarray, np.ndarray], np.ndarray]
"""(random, persons (Q,), opportunities (Q,)) -> (Q,) scores from 0 to 1."""


@dataclass(frozen=True)
class Instance:
    """Coded arrays, sorted by person. Everybody is owed three.

    Attributes:
        start: (S + 1,) int64, the pairs of person i stand at start[i] to start[i + 1] - 1.
        opportunity: (P,) int32, no opportunity twice within a person.
        score: (P,) float32 from 0 to 1.
        capacity: (V,) int64.
    """

    start: np.ndarray
    opportunity: np.ndarray
    score: np.ndarray
    capacity: np.ndarray

    @property
    def persons(self) -> int:
        return self.start.size - 1

    @property
    def opportunities(self) -> int:
        return self.capacity.size

    @property
    def pairs(self) -> int:
        return self.opportunity.size

    @property
    def person(self) -> np.ndarray:
        """(P,) int32, made anew at every call."""
        return np.repeat(np.arange(self.persons, dtype=np.int32), np.diff(self.start))

    def save(self, folder: Path) -> None:
        """Write every array to a file of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        for one in fields(self):
            np.save(folder / f"{one.name}.npy", getattr(self, one.name))

    @classmethod
    def load(cls, folder: Path) -> Instance:
        """Read what `save` wrote."""
        return cls(**{one.name: np.load(folder / f"{one.name}.npy") for one in fields(cls)})

    def pairs_frame(self, *, text: bool = True, seed: int | None = None) -> pl.LazyFrame:
        """PAIRS with text or whole numbers as ids; shuffled when there is a seed."""
        frame = pl.DataFrame({"person_id": self.person, "opportunity_id": self.opportunity, "score": self.score})
        if seed is not None:
            frame = frame.sample(fraction=1, shuffle=True, seed=seed)
        return frame.lazy().with_columns(_ids("person_id", "P", text), _ids("opportunity_id", "V", text))

    def capacity_frame(self, *, text: bool = True) -> pl.DataFrame:
        """CAPACITY with text or whole numbers as ids."""
        codes = np.arange(self.opportunities, dtype=np.int32)
        frame = pl.DataFrame({"opportunity_id": codes, "capacity": self.capacity})
        return frame.with_columns(_ids("opportunity_id", "V", text))


def _ids(column: str, letter: str, text: bool) -> pl.Expr:
    code = pl.col(column)
    return pl.format(letter + "{}", code.cast(pl.String).str.zfill(8)).alias(column) if text else code.cast(pl.Int64)


@dataclass(frozen=True)
class Structure:
    """Who may go where (`draw`), how well it fits (`fit`), how large opportunities are, how many pairs people have."""

    draw: Draw
    fit: Fit
    weight: np.ndarray
    few: float = 0.05  # share of the persons who have one to five pairs


def make(structure: str, persons: int, opportunities: int, each: int, seed: int, ratio: float) -> Instance:
    """An instance with about `each` pairs per person; all capacity over all that is owed is `ratio`."""
    random = np.random.default_rng([seed, list(STRUCTURES).index(structure)])
    made = STRUCTURES[structure](random, persons, opportunities)
    start = np.zeros(persons + 1, dtype=np.int64)
    opportunity = np.empty(persons * each, dtype=np.int32)
    score = np.empty(persons * each, dtype=np.float32)
    filled = 0
    for first in range(0, persons, _BLOCK):
        block = np.arange(first, min(first + _BLOCK, persons))
        codes, keep = _distinct(random, made, block, each)
        size = keep.sum(axis=1)
        start[block + 1] = filled + np.cumsum(size)
        rows = slice(filled, int(start[block[-1] + 1]))
        opportunity[rows] = codes[keep]
        score[rows] = made.fit(random, np.repeat(block, size), opportunity[rows])
        filled = rows.stop
    opportunity.resize(filled, refcheck=False)
    score.resize(filled, refcheck=False)
    return Instance(start, opportunity, score, _capacity(random, made.weight, round(PER_PERSON * persons * ratio)))


def _distinct(random: Random, made: Structure, block: np.ndarray, each: int) -> tuple[np.ndarray, np.ndarray]:
    """(B, n) sorted codes and which of them are kept: each once, at most as many as the person has pairs."""
    codes = np.sort(made.draw(random, block, int(each * _SPARE) + 1), axis=1)
    new = np.ones(codes.shape, dtype=np.bool_)
    new[:, 1:] = codes[:, 1:] != codes[:, :-1]
    wished = np.where(random.random(block.size) < made.few, random.integers(1, 6, block.size), each)
    position, different = new.cumsum(axis=1) - 1, new.sum(axis=1)
    turn = (random.random(block.size) * different).astype(np.int64)  # else small codes would be kept more often
    return codes, new & ((position - turn[:, None]) % different[:, None] < wished[:, None])


def _capacity(random: Random, weight: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers in proportion to the weights that add up to `total`; nobody has 0 unless there are too few."""
    least = 1 if total >= weight.size else 0
    exact = weight * ((total - least * weight.size) / weight.sum())
    capacity = np.floor(exact).astype(np.int64) + least
    rest = total - int(capacity.sum())
    capacity[random.choice(weight.size, rest, replace=False)] += 1
    return capacity


def _heavy(random: Random, size: int, shape: float, most: float) -> np.ndarray:
    return np.minimum(random.pareto(shape, size) + 1, most)


def _zipf(random: Random, size: int, kinds: int, power: float) -> np.ndarray:
    """(size,) one of `kinds`, the n-th of them with a share in proportion to n ** -power."""
    share = np.arange(1, kinds + 1) ** -power
    return random.choice(kinds, size, p=share / share.sum())


class _Groups:
    """Opportunities by group, to draw from one group as fast as from all."""

    def __init__(self, group: np.ndarray, groups: int) -> None:
        self.order = np.argsort(group, kind="stable")
        self.start = np.searchsorted(group[self.order], np.arange(groups + 1))

    def draw(self, random: Random, group: np.ndarray) -> np.ndarray:
        """One opportunity of each group named; of any group where that one is empty."""
        first, size = self.start[group], self.start[group + 1] - self.start[group]
        size, first = np.where(size > 0, size, self.order.size), np.where(size > 0, first, 0)
        return self.order[first + (random.random(group.shape) * size).astype(np.int64)]


def _districts(random: Random, persons: int, opportunities: int) -> Structure:
    """Districts x occupation families of very different size; most pairs are in the family, half of all in the cell.

    Some posts are popular with everybody. People and places are not spread alike, so cells are short and others idle.
    """
    districts, families = 16, 25
    home, trade = _zipf(random, persons, districts, 0.8), _zipf(random, persons, families, 1.0)
    place, work = _zipf(random, opportunities, districts, 1.0), _zipf(random, opportunities, families, 0.9)
    cells = _Groups(place * families + work, districts * families)
    in_family, in_district = _Groups(work, families), _Groups(place, districts)
    liked = random.random(opportunities) ** 2

    def draw(random: Random, block: np.ndarray, n: int) -> np.ndarray:
        home_, trade_ = np.repeat(home[block][:, None], n, axis=1), np.repeat(trade[block][:, None], n, axis=1)
        kind = random.random((block.size, n))
        codes = cells.draw(random, home_ * families + trade_)
        codes = np.where(kind < 0.5, codes, in_family.draw(random, trade_))
        codes = np.where(kind < 0.8, codes, in_district.draw(random, home_))
        return np.where(kind < 0.95, codes, random.integers(0, opportunities, codes.shape))

    def fit(random: Random, person: np.ndarray, opportunity: np.ndarray) -> np.ndarray:
        own = 0.15 * (home[person] == place[opportunity]) + 0.15 * (trade[person] == work[opportunity])
        return np.round(own + 0.3 * liked[opportunity] + 0.4 * random.random(person.size), 4)

    return Structure(draw, fit, _heavy(random, opportunities, 1.2, 200))


def _plane(random: Random, persons: int, opportunities: int) -> Structure:
    """People and posts on a square: pairs are with posts nearby, scores fall with the distance."""
    side = max(1, int((opportunities / 12) ** 0.5))  # squares of the grid per side, some 12 posts in each
    here = random.random((persons, 2), dtype=np.float32)
    there = random.random((opportunities, 2), dtype=np.float32)
    square = np.minimum((there * side).astype(np.int64), side - 1)
    squares = _Groups(square[:, 0] * side + square[:, 1], side * side)

    def draw(random: Random, block: np.ndarray, n: int) -> np.ndarray:
        near = (here[block, None, :] * side).astype(np.int64) + random.integers(-2, 3, (block.size, n, 2))
        near = np.where(near < 0, -near - 1, near)
        near = np.clip(np.where(near >= side, 2 * side - 1 - near, near), 0, side - 1)
        return squares.draw(random, near[:, :, 0] * side + near[:, :, 1])

    def fit(random: Random, person: np.ndarray, opportunity: np.ndarray) -> np.ndarray:
        apart = np.sqrt(((here[person] - there[opportunity]) ** 2).sum(axis=1)) * (side / 5)
        return np.clip(0.8 - 0.7 * apart + 0.2 * random.random(person.size), 0, 1)

    return Structure(draw, fit, 1 + random.random(opportunities) * 9)


def _giants(random: Random, persons: int, opportunities: int) -> Structure:  # noqa: ARG001
    """A few employers hold a large part of all places, and other posts, mostly small, are on everybody's list."""
    weight = _heavy(random, opportunities, 1.05, opportunities / 50 + 50)
    filled = np.cumsum(weight)
    order = random.permutation(opportunities)
    rank = np.empty(opportunities, dtype=np.int64)
    rank[order] = np.arange(opportunities)
    shine = (1 - rank / opportunities) ** 3

    def draw(random: Random, block: np.ndarray, n: int) -> np.ndarray:
        shape = (block.size, n)
        popular = order[(random.random(shape) ** 3 * opportunities).astype(np.int64)]
        large = np.searchsorted(filled, random.random(shape) * filled[-1], side="right")
        return np.where(random.random(shape) < 0.6, popular, np.minimum(large, opportunities - 1))

    def fit(random: Random, person: np.ndarray, opportunity: np.ndarray) -> np.ndarray:
        return np.round(0.6 * shine[opportunity] + 0.4 * random.random(person.size), 4)

    return Structure(draw, fit, weight)


def _few(random: Random, persons: int, opportunities: int) -> Structure:
    """A third of the people has one to five pairs; whole regions of the rest know nothing of each other."""
    regions = max(1, opportunities // 500)
    home = random.integers(0, regions, persons)
    groups = _Groups(random.integers(0, regions, opportunities), regions)

    def draw(random: Random, block: np.ndarray, n: int) -> np.ndarray:
        return groups.draw(random, np.repeat(home[block][:, None], n, axis=1))

    def fit(random: Random, person: np.ndarray, opportunity: np.ndarray) -> np.ndarray:  # noqa: ARG001
        return np.round(random.beta(2, 3, person.size), 4)

    return Structure(draw, fit, _heavy(random, opportunities, 1.5, 100), few=1 / 3)


def _ladder(random: Random, persons: int, opportunities: int) -> Structure:
    """Twenty wage levels on which all agree; scores have two decimals, so nearly everything is a tie."""
    levels = 20
    level = np.minimum(random.geometric(0.15, opportunities), levels) - 1
    reach = random.integers(2, levels, persons)
    order = np.argsort(level, kind="stable")
    below = np.searchsorted(level[order], np.arange(levels + 1))

    def draw(random: Random, block: np.ndarray, n: int) -> np.ndarray:
        return order[(random.random((block.size, n)) * below[reach[block] + 1][:, None]).astype(np.int64)]

    def fit(random: Random, person: np.ndarray, opportunity: np.ndarray) -> np.ndarray:
        return np.round(0.2 + 0.03 * level[opportunity] + 0.01 * random.integers(0, 3, person.size), 2)

    return Structure(draw, fit, _heavy(random, opportunities, 1.2, 200))


def _uniform(random: Random, persons: int, opportunities: int) -> Structure:  # noqa: ARG001
    """Anybody may go anywhere, every score is as likely: nothing to hold on to, neither for a solver nor a cache."""

    def draw(random: Random, block: np.ndarray, n: int) -> np.ndarray:
        return random.integers(0, opportunities, (block.size, n))

    def fit(random: Random, person: np.ndarray, opportunity: np.ndarray) -> np.ndarray:  # noqa: ARG001
        return random.random(person.size, dtype=np.float32)

    return Structure(draw, fit, 1 + random.random(opportunities) * 9)


STRUCTURES: dict[str, Callable[[Random, int, int], Structure]] = {
    "districts": _districts,
    "plane": _plane,
    "giants": _giants,
    "few": _few,
    "ladder": _ladder,
    "uniform": _uniform,
}
