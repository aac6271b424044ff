"""Time, memory and quality of `talentcity.plan` beside other ways to a plan: `make bench-plan`, or see --help.

Every way runs alone in a fresh process on the same saved instance, after a first call on a tiny one (libraries loaded,
kernels compiled or read from their cache). Seconds run from data in memory (coded arrays sorted by person, or shuffled
data frames with ids) to the chosen pairs. CPU seconds are of all threads. MB is the peak above what the process held
when the data were in memory. Every answer is counted again by code of the bench: pairs that exist, each once, nobody
with more than three, no opportunity above its capacity.

proved gap: what the way can prove by itself. below OR-Tools: how far score - 2 x missing is below that of OR-Tools,
which is exact, as a share of the score. x floor: CPU seconds over those of one pass over the pairs.

Examples:
  python bench/plan.py                                          # some minutes
  python bench/plan.py --sizes 300000x100000x40 --threads 1,2 --ways floor,ortools,arrays,ortools-frames,frames --memory
  python bench/plan.py --sizes 4000000x1200000x40 --structures districts --ratios 1.15 --ways floor,arrays --memory
  python bench/plan.py --files --sizes 4000000x1200000x40 --structures districts --ratios 1.15 --threads 2
  python bench/plan.py --small
  python bench/plan.py --warm --sizes 100000x50000x40
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import polars as pl

from again import Again, planned_again
from instances import PER_PERSON, STRUCTURES, Instance, make
from measured import TINY, Case, Outcome, alone, counted, measure
from peers import WAYS, Answer, Way

__all__ = ["Instance", "make"]

MB = 2**20
BYTES_PER_PAIR, BYTES_PER_PERSON = 20, 150  # promised at the peak above what the caller holds
BYTES_OF_ANY = 16 * MB  # what does not grow with the problem: pools of the allocators, threads
HEAD = (
    "people x opportunities, pairs",
    "structure",
    "capacity / owed",
    "seed",
    "way",
    "threads",
    "wall s",
    "CPU s",
    "MB",
    "missing",
    "all 3",
    "none",
    "score",
    "proved gap",
    "below OR-Tools",
    "times faster: wall, CPU",
    "x floor",
    "seconds by step",
)


def row(cells: tuple[str, ...] | list[str]) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def head(cells: tuple[str, ...]) -> str:
    """The two first rows of a Markdown table."""
    return f"{row(cells)}\n{row(['---'] * len(cells))}"


def cases(args: argparse.Namespace, root: Path) -> Iterator[Case]:
    """Every instance that was asked for; its files go when the next is wanted, unless they shall be kept."""
    for shape, structure, ratio, seed in itertools.product(args.sizes, args.structures, args.ratios, args.seeds):
        folder = root / "x".join(map(str, shape)) / f"{structure}-{ratio:g}-{seed}"
        case = Case(structure, shape, seed, ratio, folder)
        alone(Case.make, case)
        yield case
        if args.keep is None:
            shutil.rmtree(folder)


def turns(args: argparse.Namespace, pairs: int) -> Iterator[tuple[str, int]]:
    """Ways and threads for an instance of that many pairs; a way of one thread runs once."""
    for name, way in WAYS.items():
        if name in args.ways and pairs <= way.most:
            yield from ((name, threads) for threads in (args.threads if way.threads else [1]))


def compare(args: argparse.Namespace, root: Path) -> bool:
    """Print the table of all ways; False when memory was to be kept within the promise and was not."""
    print(head(HEAD), flush=True)
    kept = True
    for case in cases(args, root):
        seen: dict[str, Outcome] = {}
        for name, threads in turns(args, case.arrays().pairs):
            outcome = best_of(args, name, case, threads)
            seen[name] = outcome
            print(table_row(case, WAYS[name], threads, outcome, seen), flush=True)
            kept &= not (args.memory and WAYS[name].ours) or within(outcome)
    return kept


def best_of(args: argparse.Namespace, name: str, case: Case, threads: int) -> Outcome:
    """The fastest of as many runs as were asked for; what a peer took before is used again if it was kept."""
    kept = case.folder / f"{name}-{args.ids}.json"
    if kept.exists():
        return Outcome(**json.loads(kept.read_text(encoding="utf-8")))
    text = args.ids == "text"
    if WAYS[name].source == "frames":
        alone(Case.make_frames, case, text=text)
    many = threads if WAYS[name].threads else max(args.threads)
    times = max(args.repeat, 3) if name == "floor" else args.repeat  # so short that chance shows
    runs = [alone(measure, name, case, threads, text=text, polars_threads=many) for _ in range(times)]
    best = min(runs, key=lambda outcome: outcome.wall)
    if args.keep is not None and not WAYS[name].ours:
        kept.write_text(json.dumps(asdict(best)), encoding="utf-8")
    return best


def within(outcome: Outcome) -> bool:
    """Whether the peak stayed below the promise; prints it when not."""
    promised = BYTES_PER_PAIR * outcome.pairs + BYTES_PER_PERSON * outcome.persons + BYTES_OF_ANY
    if outcome.memory <= promised:
        return True
    print(f"Too much memory: {outcome.memory / MB:,.0f} MB; {promised / MB:,.0f} MB are promised.", file=sys.stderr)
    return False


def table_row(case: Case, way: Way, threads: int, outcome: Outcome, seen: dict[str, Outcome]) -> str:
    """What one way took and gave, beside those that ran before it on the same instance."""
    took = (f"{threads}", f"{outcome.wall:.2f}", f"{outcome.cpu:.2f}", f"{max(outcome.memory, 0) / MB:,.0f}")
    beside = (
        below_best(way, outcome, seen),
        faster(outcome, seen.get(way.peer or "")),
        f"{outcome.cpu / seen['floor'].cpu:,.0f}" if "floor" in seen else "",
        by_step(outcome),
    )
    return row([*about(case, outcome), way.title, *took, *quality(outcome), *beside])


def about(case: Case, outcome: Outcome) -> list[str]:
    """Which instance it is."""
    size = f"{case.shape[0]:,} x {case.shape[1]:,}, {outcome.pairs:,}"
    return [size, case.structure, f"{case.ratio:g}", f"{case.seed}"]


def quality(outcome: Outcome) -> list[str]:
    """Missing, all 3, none, score, proved gap."""
    if not outcome.given:
        return [""] * 5
    full, gap = outcome.given[PER_PERSON] / outcome.persons, "" if outcome.gap is None else f"{outcome.gap:.3%}"
    return [f"{outcome.missing:,}", f"{full:.1%}", f"{outcome.given[0]:,}", f"{outcome.score:,.1f}", gap]


def below_best(way: Way, outcome: Outcome, seen: dict[str, Outcome]) -> str:
    """How far below OR-Tools, which is exact, as a share of the score."""
    best = seen.get("ortools", seen.get("ortools-frames"))
    if way.fair or not outcome.given or best is None:
        return ""
    return f"{round((best.worth - outcome.worth) / outcome.score, 5) + 0:.3%}"  # no -0.000%


def faster(outcome: Outcome, peer: Outcome | None) -> str:
    """How many times faster than the peer."""
    return "" if peer is None else f"**{peer.wall / outcome.wall:.1f}**, {peer.cpu / outcome.cpu:.1f}"


FILES_HEAD = (*HEAD[:4], "threads", "wall s", "CPU s", "peak MB", *HEAD[9:14], "status", "seconds by step")


def through_files(args: argparse.Namespace, root: Path) -> bool:
    """Print what `talentcity plan` takes from Parquet to Parquet; the peak is that of the whole process."""
    tiny = Case(*TINY[:1], TINY[1:4], *TINY[4:], root / "tiny")
    for step in (Case.make, Case.make_tables):
        alone(step, tiny, **({} if step is Case.make else {"text": True, "shuffled": False}))
    command(tiny.folder, args, 1)  # fills the cache of compiled kernels
    print(head(FILES_HEAD), flush=True)
    for case in cases(args, root):
        alone(Case.make_tables, case, text=args.ids == "text", shuffled=args.shuffled)
        for threads in args.threads:
            wall, cpu, peak = command(case.folder, args, threads)
            print(alone(files_row, case, threads, wall, cpu, peak), flush=True)
    return True


def command(folder: Path, args: argparse.Namespace, threads: int) -> tuple[float, float, int]:
    """Wall and CPU seconds and the peak in bytes of the command on the tables of this folder."""
    talentcity = str(Path(sys.executable).with_name("talentcity"))
    words = ["plan", "pairs.parquet", "capacity.parquet", "--out", "plan.parquet", "--report", "report.json", "--quiet"]
    options = [] if args.fair else ["--penalties", "2,2,2"]
    started = time.perf_counter()
    process = subprocess.Popen([talentcity, *words, *options, "--threads", str(threads)], cwd=folder)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"talentcity plan ended with status {process.returncode}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def files_row(case: Case, threads: int, wall: float, cpu: float, peak: int) -> str:
    """One row of the table of files."""
    report = json.loads((case.folder / "report.json").read_text(encoding="utf-8"))
    instance, plan = case.arrays(), pl.read_parquet(case.folder / "plan.parquet")
    given, score = counted(instance, Answer(frame=plan))
    said = (report["gap"], report["status"], report["seconds"])
    outcome = Outcome(wall, cpu, peak, instance.pairs, instance.persons, given, score, *said)
    took = [f"{threads}", f"{wall:.1f}", f"{cpu:.1f}", f"{peak / MB:,.0f}"]
    return row([*about(case, outcome), *took, *quality(outcome), outcome.status, by_step(outcome)])


def by_step(outcome: Outcome) -> str:
    """Seconds by step, without their sum."""
    return ", ".join(f"{step} {seconds:.2f}" for step, seconds in outcome.steps.items() if step != "total")


AGAIN_HEAD = (
    *HEAD[:4],
    "threads",
    "afresh: CPU s, gap",
    "from yesterday's prices: CPU s, gap",
    "times faster",
    "and offers seen are kept: CPU s, gap",
    "offers kept: unknown, seen",
    "score given up",
)


def again(args: argparse.Namespace, root: Path) -> bool:
    """Print what the default plan takes again after 1 % of changes, with and without what is known of yesterday."""
    print(head(AGAIN_HEAD), flush=True)
    for case in cases(args, root):
        for threads in args.threads:
            print(again_row(case, threads, alone(planned_again, case, threads, args.repeat)), flush=True)
    return True


def again_row(case: Case, threads: int, made: Again) -> str:
    """One row of the table of plans made again."""
    size = f"{case.shape[0]:,} x {case.shape[1]:,}, {made.pairs:,}"
    took = [
        f"{seconds:.2f}, {gap:.3%}" for seconds, gap in zip((made.cold, made.warm, made.steady), made.gaps, strict=True)
    ]
    ratio, kept = f"**{made.cold / made.warm:.1f}**", f"{made.kept:.1%}, {made.kept_when_seen:.1%}"
    about = [size, case.structure, f"{case.ratio:g}", f"{case.seed}", f"{threads}"]
    return row([*about, *took[:2], ratio, took[2], kept, f"{made.given_up:.2%}"])


SMALL = """
import sys, time
sys.path.insert(0, sys.argv[1])
from instances import make
instance = make("districts", int(sys.argv[2]), int(sys.argv[2]) // 2, 40, 1, 1.15)
started = time.perf_counter()
from talentcity.plan import solve_arrays
def call():
    start = time.perf_counter()
    solve_arrays(instance.start, instance.opportunity, instance.score, instance.capacity)
    return time.perf_counter() - start
call()
first = time.perf_counter() - started
print(first, sorted(call() for _ in range(21))[10])
"""


def small(root: Path) -> bool:
    """Print how long a small plan takes: the first call without and with compiled kernels, and a later one."""
    print(
        head(("people", "import and first call, nothing compiled, s", "the same, compiled before, s", "later call, ms"))
    )
    for persons in (1_000, 20_000):
        cache = {**os.environ, "NUMBA_CACHE_DIR": str(root / f"cache-{persons}")}
        cold, warm = ([float(word) for word in timed(persons, cache)] for _ in range(2))
        print(
            row((f"{persons:,}", f"{cold[0]:.1f}", f"{warm[0]:.2f}", f"{min(cold[1], warm[1]) * 1000:.1f}")), flush=True
        )
    return True


def timed(persons: int, environment: dict[str, str]) -> list[str]:
    """Seconds of import and first call, and of a later call, in a fresh process."""
    words = [sys.executable, "-c", SMALL, str(Path(__file__).parent), str(persons)]
    return subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout.split()


def arguments() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--sizes", type=sizes, default="2000x1000x40,20000x10000x40", help="people x opportunities x pairs per person")
    add("--structures", type=names, default=",".join(STRUCTURES), help=f"of {', '.join(STRUCTURES)}")
    add("--ratios", type=numbers, default="1.15,0.8", help="all capacity over all that is owed")
    add("--seeds", type=wholes, default="1")
    add("--ways", type=names, default=",".join(WAYS), help=f"of {', '.join(WAYS)}")
    add("--threads", type=wholes, default="1,2", help="for ways that can use more than one")
    add("--ids", choices=("text", "numbers"), default="text", help="ids in data frames and files")
    add("--repeat", type=int, default=1, help="runs of each way; the fastest counts")
    add("--memory", action="store_true", help="status 1 when a plan of ours takes more memory than is promised")
    add("--files", action="store_true", help="the command from Parquet to Parquet instead")
    add("--shuffled", action="store_true", help="with --files: rows in any order instead of by person")
    add("--fair", action="store_true", help="with --files: the default objective instead of --penalties 2,2,2")
    add("--small", action="store_true", help="how long small plans and compiling take instead")
    add("--warm", action="store_true", help="a plan made again after small changes, from yesterday's prices, instead")
    add("--keep", type=Path, metavar="DIR", help="keep instances, and what peers took, and use those there")
    return parser


def sizes(words: str) -> list[tuple[int, ...]]:
    return [tuple(int(part) for part in word.split("x")) for word in words.split(",")]


def names(words: str) -> list[str]:
    unknown = [word for word in words.split(",") if word not in (*STRUCTURES, *WAYS)]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return words.split(",")


def numbers(words: str) -> list[float]:
    return [float(word) for word in words.split(",")]


def wholes(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


def main() -> int:
    args = arguments().parse_args()
    with tempfile.TemporaryDirectory(prefix="talentcity-bench-") as temporary:
        root = args.keep or Path(temporary)
        if args.small:
            return 0 if small(Path(temporary)) else 1
        return 0 if (through_files if args.files else again if args.warm else compare)(args, root) else 1


if __name__ == "__main__":
    sys.exit(main())
