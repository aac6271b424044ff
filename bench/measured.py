"""One way to a plan, run alone on a saved instance: what it took, and what it gave by an independent count."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from instances import PER_PERSON, Instance, make
from peers import PENALTY, WAYS, Answer, Frames

TINY = (
    "few",
    4000,
    2000,
    10,
    1,
    0.9,
)  # what a first call is made on; large enough for two threads, and short of places


@dataclass(frozen=True)
class Case:
    """One instance by its name, and the folder that keeps it."""

    structure: str
    shape: tuple[int, int, int]
    seed: int
    ratio: float
    folder: Path

    def make(self) -> None:
        """Write the arrays, where they are not there yet."""
        if not (self.folder / "capacity.npy").exists():
            make(self.structure, *self.shape, self.seed, self.ratio).save(self.folder)

    def make_frames(self, *, text: bool) -> None:
        """Write shuffled PAIRS, and CAPACITY, in a form that is read without unpacking."""
        pairs, capacity = self._frames(text=text)
        if not capacity.exists():
            instance = Instance.load(self.folder)
            frame = instance.pairs_frame(text=text, seed=self.seed).collect().rechunk()
            frame.write_ipc(pairs, compression="uncompressed")
            instance.capacity_frame(text=text).write_ipc(capacity, compression="uncompressed")

    def make_tables(self, *, text: bool, shuffled: bool) -> None:
        """Write PAIRS and CAPACITY as the command reads them."""
        instance = Instance.load(self.folder)
        frame = instance.pairs_frame(text=text, seed=self.seed if shuffled else None)
        frame.sink_parquet(self.folder / "pairs.parquet")
        instance.capacity_frame(text=text).write_parquet(self.folder / "capacity.parquet")

    def arrays(self) -> Instance:
        return Instance.load(self.folder)

    def frames(self, *, text: bool) -> Frames:
        """In memory; a file that is only mapped would come in while it is measured, and count as memory of ours."""
        return Frames(*(pl.read_ipc(path.read_bytes()) for path in self._frames(text=text)))

    def _frames(self, *, text: bool) -> tuple[Path, Path]:
        kind = "text" if text else "numbers"
        return self.folder / f"pairs-{kind}.arrow", self.folder / f"capacity-{kind}.arrow"


@dataclass(frozen=True)
class Outcome:
    """What one way took and gave.

    Attributes:
        wall, cpu: seconds; CPU seconds are of all threads.
        memory: bytes; at the peak above what the caller holds, or of the whole process where files are read.
        pairs, persons: of the instance.
        given: how many persons have 0, 1, 2, 3; empty where nothing was planned.
        score: of the chosen pairs.
        gap, status, steps: what the way says of itself; steps are seconds.
    """

    wall: float
    cpu: float
    memory: int
    pairs: int
    persons: int
    given: Sequence[int]
    score: float
    gap: float | None
    status: str
    steps: dict[str, float]

    @property
    def missing(self) -> int:
        return sum((PER_PERSON - number) * count for number, count in enumerate(self.given))

    @property
    def worth(self) -> float:
        """Score less two points for each missing recommendation."""
        return self.score - PENALTY * self.missing


def alone(work: Callable[..., Any], *args: Any, polars_threads: int = 2, **options: Any) -> Any:
    """Call it in a fresh process."""
    os.environ["POLARS_MAX_THREADS"] = str(polars_threads)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args, **options).result()


def measure(name: str, case: Case, threads: int, *, text: bool) -> Outcome:
    """Run one way in this process, after a first call on a tiny instance."""
    way = WAYS[name]
    tiny = make(*TINY)
    first = Frames(tiny.pairs_frame(text=text, seed=1).collect(), tiny.capacity_frame(text=text))
    way.run(tiny if way.source == "arrays" else first, threads)
    data = case.arrays() if way.source == "arrays" else case.frames(text=text)
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
    wall, cpu = time.perf_counter(), time.process_time()
    answer = way.run(data, threads)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    above = _memory("VmHWM") - before
    instance = case.arrays()
    given, score = counted(instance, answer)
    said = (answer.gap, answer.status, dict(answer.steps))
    return Outcome(wall, cpu, above, instance.pairs, instance.persons, given, score, *said)


def _memory(line: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at the peak. Linux only."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) * 1024 for row in rows if row.startswith(f"{line}:"))


def counted(instance: Instance, answer: Answer) -> tuple[tuple[int, ...], float]:
    """How many persons have 0, 1, 2, 3, and the score; shares no code with any of the ways.

    Raises:
        RuntimeError: the answer breaks a rule.
    """
    if answer.chosen is None and answer.frame is None:
        return (), 0.0
    rows = np.flatnonzero(answer.chosen) if answer.frame is None else _rows_of(instance, answer.frame)
    given = np.bincount(instance.person[rows], minlength=instance.persons)
    load = np.bincount(instance.opportunity[rows], minlength=instance.opportunities)
    _require(given.max(initial=0) <= PER_PERSON, "gives a person too much")
    _require(not (load > instance.capacity).any(), "gives an opportunity more than it can take")
    score = float(instance.score[rows].sum(dtype=np.float64))
    return tuple(np.bincount(given, minlength=PER_PERSON + 1).tolist()), score


def _rows_of(instance: Instance, frame: pl.DataFrame) -> np.ndarray:
    """Where the chosen pairs stand in the instance, whose rows rise by person and opportunity."""
    places = np.int64(instance.opportunities)
    keys = instance.person * places + instance.opportunity
    wished = _codes(frame["person_id"]) * places + _codes(frame["opportunity_id"])
    rows = np.searchsorted(keys, wished)
    _require((keys[rows.clip(max=keys.size - 1)] == wished).all(), "names a pair that there is not")
    _require(np.unique(rows).size == rows.size, "names a pair twice")
    return rows


def _codes(ids: pl.Series) -> np.ndarray:
    return (ids.str.slice(1) if ids.dtype == pl.String else ids).cast(pl.Int64).to_numpy()


def _require(true: bool, what: str) -> None:
    if not true:
        raise RuntimeError(f"the answer {what}")
