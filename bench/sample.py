"""How fast a synthetic city is made: `make bench-sample`, or `python bench/sample.py 1000 10000`.

Each size is made once in a process of its own, so that the memory is its own. Time is wall time without
the imports and without writing files.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

SIZES = (1_000, 10_000, 100_000)
SEED = 1


def measure(people: int) -> str:
    """One row of the table, for a city of that size."""
    from talentcity.sample import make_city
    from talentcity.text import lexicon

    lexicon.titles()  # read once per process, whatever the size
    begin = time.perf_counter()
    city = make_city(people, seed=SEED)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(frame.height for frame in city.tables().values())
    size = f"{people:>10,} {city.postings.height:>10,} {rows:>10,}"
    return f"{size} {seconds:>9.2f} {people / seconds:>10,.0f} {peak:>9,.0f}"


def main() -> None:
    """Print the table; with `--one N` only the row of that size."""
    if sys.argv[1:2] == ["--one"]:
        print(measure(int(sys.argv[2])))
        return
    print(f"{'people':>10} {'postings':>10} {'rows':>10} {'seconds':>9} {'people/s':>10} {'peak MiB':>9}", flush=True)
    for people in map(int, sys.argv[1:] or SIZES):
        words = [sys.executable, __file__, "--one", str(people)]
        print(subprocess.run(words, capture_output=True, text=True, check=True).stdout.rstrip(), flush=True)


if __name__ == "__main__":
    main()
