"""How fast a synthetic city is written, and what it takes: `make bench-sample`, or `python bench/sample.py 1000 10000`.

Each size is written by a process of its own with `write_city`, from nothing to the files, imports left out. CPU is
that of all its processes; so is the peak of memory (resident, sampled every 50 ms) and of disk space. A peak beyond
`MEMORY` fails. The peer writes the seekers alone, as a script with mimesis (22.2; `pip install mimesis`) would; without
that package its row is left out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SIZES = (100_000, 1_000_000, 4_000_000)
PEER_SIZES = (100_000,)
SEED = 1
PROCESSES = (1, 2)
MEMORY = 2.0  # GiB, of all processes together


@dataclass
class Watch:
    """Peaks of the memory of this process and its children, and of the disk space of a folder."""

    folder: Path
    memory: int = 0
    disk: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        while not self.done.wait(0.05):
            self.memory = max(self.memory, sum(map(resident, family(os.getpid()))))
            self.disk = max(self.disk, size_of(self.folder))


def family(process: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def resident(process: int) -> int:
    """Bytes; what processes share counts for each of them."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # just removed
            total += path.stat().st_size
    return total


def cpu_seconds() -> float:
    """Of this process and of those of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(make: Callable[[Path], int]) -> dict[str, float]:
    """Seconds, CPU seconds, rows, peaks and size of what `make` writes into a folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        watch = Watch(folder)
        thread = threading.Thread(target=watch.watch, daemon=True)
        begin, cpu = time.perf_counter(), cpu_seconds()
        thread.start()
        rows = make(folder)
        seconds, used = time.perf_counter() - begin, cpu_seconds() - cpu
        watch.done.set()
        thread.join()
        return {
            "rows": rows, "seconds": seconds, "cpu": used, "memory": watch.memory / 2**30, "disk": watch.disk / 1e9,
            "files": size_of(folder) / 1e9,
        }  # fmt: skip


def city(people: int, processes: int) -> dict[str, float]:
    """The whole city of that size."""
    from talentcity.sample import write_city
    from talentcity.text import lexicon

    lexicon.titles()  # read once per process, whatever the size
    return measure(lambda folder: sum(write_city(folder, people, seed=SEED, processes=processes).values()))


def peer(people: int) -> dict[str, float]:
    """As many seekers with as many facts, each drawn by mimesis, in one frame and one file."""
    import polars as pl
    from mimesis import Generic, Locale

    from talentcity.text import lexicon
    from talentcity.text.education import EDUCATION

    families = [family.code for family in lexicon.families()]
    skills = [skill.code for skill in lexicon.skills()]
    generic = Generic(Locale.ZH, seed=SEED)
    draw = generic.random

    def seeker(number: int) -> dict[str, object]:
        return {
            "seeker_id": f"P{number:06d}",
            "education": draw.choice(EDUCATION),
            "major": generic.person.occupation(),
            "graduated_on": generic.datetime.date(2016, 2026),
            "district": generic.address.city(),
            "experience_years": draw.randint(0, 20) / 2,
            "wanted_occupations": draw.sample(families, draw.randint(1, 3)),
            "wanted_districts": [generic.address.city() for _ in range(draw.randint(0, 3))],
            "wanted_wage": draw.randint(20, 200) * 100.0,
            "skills": draw.sample(skills, draw.randint(1, 6)),
            "priority": draw.choice((0.0, 0.1, 0.2)),
            "registered_on": generic.datetime.date(2026, 2026),
        }

    def make(folder: Path) -> int:
        folder.mkdir()
        frame = pl.DataFrame([seeker(number) for number in range(people)])
        frame.write_parquet(folder / "seekers.parquet", compression="zstd")
        return frame.height

    return measure(make)


def row(label: str, people: int, processes: int, found: dict[str, float]) -> str:
    """One line of the table."""
    return (
        f"| {label} | {people:,} | {processes} | {found['rows']:,.0f} | {found['seconds']:.1f} | {found['cpu']:.1f} "
        f"| {people / found['seconds']:,.0f} | {people / found['cpu']:,.0f} | {found['memory']:.2f} "
        f"| {found['disk']:.2f} | {found['files']:.2f} |"
    )


def in_a_process_of_its_own(*words: object) -> dict[str, float]:
    """What that process measured."""
    command = [sys.executable, __file__, "--one", *map(str, words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Print the table; 1 when a peak of memory is beyond its bound."""
    if sys.argv[1:2] == ["--one"]:
        what, people, processes = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        print(json.dumps(peer(people) if what == "peer" else city(people, processes)))
        return 0
    print("| what | people | processes | rows | wall s | CPU s | people/s | people/CPU s | GiB | GB while | GB after |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    sizes = [int(word) for word in sys.argv[1:]]
    worst = 0.0
    for people in (sizes or PEER_SIZES) if importlib.util.find_spec("mimesis") else ():
        found = in_a_process_of_its_own("peer", people, 1)
        print(row("mimesis, seekers only", people, 1, found), flush=True)
    for people in sizes or SIZES:
        for processes in PROCESSES:
            found = in_a_process_of_its_own("city", people, processes)
            worst = max(worst, found["memory"])
            print(row("city", people, processes, found), flush=True)
    print(f"\nMost memory: {worst:.2f} GiB of {MEMORY:g}.")
    return 0 if worst <= MEMORY else 1


if __name__ == "__main__":
    sys.exit(main())
