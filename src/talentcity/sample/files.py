"""A city as files, made part by part: memory holds a part or two, never the city."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

import polars as pl

from talentcity import tables
from talentcity.errors import TalentCityError, UnreadableFile
from talentcity.sample.city import DEFAULT_ON, outline_of, require_size
from talentcity.sample.cityfile import CityFile
from talentcity.sample.employers import Employers
from talentcity.sample.parts import TABLES, Outline, make_all_employers, make_part
from talentcity.tables.files import writing

BYTES_PER_PERSON = 300
"""Disk space that writing takes, at most, for each person; the files that stay take about half of it."""

_ROWS = 100_000  # in one row group of a file
_Progress = Callable[[int, int], None]


def write_city(
    folder: str | os.PathLike[str],
    people: int,
    *,
    seed: int,
    on: date = DEFAULT_ON,
    city: CityFile | None = None,
    processes: int = 1,
    progress: _Progress | None = None,
) -> dict[str, int]:
    """Write a whole synthetic city into a folder, each table as `NAME.parquet`, and return their numbers of rows.

    The rows are those of `make_city`; the same bytes for any number of processes. A file of the same name is replaced;
    everything else in the folder stays. All files appear, each whole, or none.

    Args:
        folder: is made if there is none.
        people, seed, on, city: as in `make_city`.
        processes: how many make parts at the same time, each with about 0.3 GB. More than one are started by spawning,
            so that a script that asks for them needs `if __name__ == "__main__"`.
        progress: called with (steps done, steps in all).

    Raises:
        InvalidOption: people, seed or day cannot be.
        UnreadableFile: the folder cannot be written, or the disk has too little room.
    """
    outline = outline_of(people, seed=seed, on=on, city=city)
    folder = Path(folder)
    tell = _Counter(progress, len(outline.parts()) + len(TABLES))
    with _workshop(folder, outline) as workshop:
        employers = make_all_employers(outline)
        _write_frame(employers.table, workshop / "employers-0.parquet")
        for _ in _made(outline, employers, workshop, processes):
            tell.one()
        return _joined(workshop, folder, tell)


def disk_need(people: int) -> int:
    """Bytes of disk space that writing a city of so many people takes at most.

    Raises:
        InvalidOption: there is no such city.
    """
    require_size(people)
    return 1_000_000 + BYTES_PER_PERSON * people


class _Counter:
    """Steps done, told to whoever wants to know."""

    def __init__(self, progress: _Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def one(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


@contextlib.contextmanager
def _workshop(folder: Path, outline: Outline) -> Iterator[Path]:
    """A hidden folder inside `folder`, removed at the end; `folder` too, if it was made for nothing."""
    if folder.is_file():
        raise UnreadableFile(f"{folder} is a file; expected a folder, or the name of one to make.")
    existed = folder.exists()
    with writing(folder):
        _require_room(folder, disk_need(outline.people))
        folder.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".sample-", dir=folder))
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        if not existed:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only where nothing was written


def _require_room(folder: Path, need: int) -> None:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < need:
        raise UnreadableFile(
            f"{folder} has {free / 1e9:,.2f} GB of room, and {need / 1e9:,.2f} GB are needed while the city is made; "
            "free some, or name a folder on another disk."
        )


def _made(outline: Outline, employers: Employers, workshop: Path, processes: int) -> Iterator[int]:
    """Make every part and write it into the workshop; yields the number of each when it is there."""
    numbers = range(len(outline.parts()))
    processes = min(processes, len(numbers))
    if processes <= 1:
        for part in numbers:
            _write_part(outline, employers, workshop, part)
            yield part
        return
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        initargs=(outline, employers, workshop),
    )
    try:
        with _interrupts_held():
            work = [pool.submit(_work, part) for part in numbers]
        for done in as_completed(work):
            yield done.result()
    except BrokenProcessPool:
        raise TalentCityError(
            "a process that made a part of the city was ended from outside, perhaps because memory ran out; nothing "
            "was written. Try again with --processes 1."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the block is over; processes that it starts begin without it, and so without a traceback."""
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


_given: list[tuple[Outline, Employers, Path]] = []  # to this process, before its first part


def _begin_worker(outline: Outline, employers: Employers, workshop: Path) -> None:
    """What a process needs before its first part. Ctrl-C ends it at once, and so does the end of its parent."""
    _given[:] = [(outline, employers, workshop)]
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _work(part: int) -> int:
    [(outline, employers, workshop)] = _given
    _write_part(outline, employers, workshop, part)
    return part


def _write_part(outline: Outline, employers: Employers, workshop: Path, part: int) -> None:
    for name, frame in make_part(outline, part, employers).items():
        _write_frame(frame, workshop / f"{name}-{part}.parquet")


def _write_frame(frame: pl.DataFrame, path: Path) -> None:
    with writing(path.parent.parent):
        frame.write_parquet(path, compression="lz4")


def _joined(workshop: Path, folder: Path, tell: _Counter) -> dict[str, int]:
    """Each table's parts, in their order, as one file; all of them appear together at the end."""
    rows = {}
    with contextlib.ExitStack() as stack:
        for name in TABLES:
            parts = sorted(workshop.glob(f"{name}-*.parquet"), key=lambda path: int(path.stem.rpartition("-")[2]))
            beside = stack.enter_context(tables.replacing(folder / f"{name}.parquet"))
            with writing(folder):
                pl.scan_parquet(parts).sink_parquet(beside, compression="zstd", row_group_size=_ROWS)
            rows[name] = pl.scan_parquet(beside).select(pl.len()).collect().item()
            for path in parts:
                path.unlink()
            tell.one()
    return rows
