"""Time and memory of `talentcity.match` beside other ways to a list of fifty for everybody, on the same seeded cities.

Run: .venv/bin/python bench/match.py [--sizes 1000,5000] [--seed 1] [--seekers FILE --postings FILE]

Each way runs alone in a fresh process. Seconds are from checked frames in memory to the answer; CPU seconds are of all
threads; memory is the peak of the whole process. Every posting is a vacancy and none is held.

match       pools by district and family, score, text and reasons (what `talentcity match` does after reading)
loop        the definition in plain Python (eligibility and structured score, no text, no reasons); small sizes only
cosine      numpy: every person against every vacancy by the cosine of skills and families, the best fifty by
            argpartition; no eligibility, no wage or place, no text, no reasons: less work per pair, but every pair
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

ON = date(2026, 9, 1)
TOP = 50
LOOP_LIMIT = 1000  # persons


@dataclass(frozen=True)
class Order:
    """What one process has to do."""

    way: str
    people: int
    seed: int
    seekers: Path | None
    postings: Path | None


@dataclass(frozen=True)
class Result:
    """What it took."""

    seekers: int
    vacancies: int
    listed: int
    wall: float
    cpu: float
    gigabytes: float


def frames(order: Order) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Seekers, postings and verdicts that clear every posting."""
    from talentcity.tables import POSTINGS, SEEKERS, check, read_table

    if order.seekers is not None and order.postings is not None:
        seekers, postings = read_table(order.seekers, SEEKERS), read_table(order.postings, POSTINGS)
    else:
        from talentcity.sample import make_city

        city = make_city(order.people, seed=order.seed, on=ON)
        seekers, postings = check(city.seekers, SEEKERS), check(city.postings, POSTINGS)
    return seekers, postings, postings.select("posting_id", pl.lit("cleared").alias("verdict"))


def by_match(seekers: pl.DataFrame, postings: pl.DataFrame, verdicts: pl.DataFrame) -> int:
    """The engine as it ships."""
    from talentcity import match

    vacancies = match.vacancies_of(postings)
    return match.pair(seekers, postings, vacancies, verdicts=verdicts, on=ON, top=TOP).pairs.height


def by_loop(seekers: pl.DataFrame, postings: pl.DataFrame, verdicts: pl.DataFrame) -> int:
    """The slow twin."""
    from talentcity import match
    from talentcity.match import reference

    vacancies = match.vacancies_of(postings)
    found = reference.shortlist(
        seekers, postings, vacancies, verdicts, on=ON, weights=match.weights(), enough=TOP, most=TOP
    )
    return len(found)


def by_cosine(seekers: pl.DataFrame, postings: pl.DataFrame, verdicts: pl.DataFrame) -> int:
    """Every pair by the cosine of skills and families."""
    from talentcity import match
    from talentcity.match.facts import seeker_facts, vacancy_facts

    openings = vacancy_facts(postings, match.vacancies_of(postings), verdicts, ON).filter(pl.col("state") == "open")
    people = seeker_facts(seekers, ON)
    asked = [[*(skills or []), family] for skills, family in openings.select("skills", "family").iter_rows()]
    had = [[*skills, *families] for skills, families in people.select("skills", "families").iter_rows()]
    names = {name: at for at, name in enumerate(sorted({word for words in asked for word in words if word}))}
    left, right = unit_rows(had, names), unit_rows(asked, names)
    listed = 0
    for first in range(0, left.shape[0], 512):
        cosine = left[first : first + 512] @ right.T
        listed += np.argpartition(-cosine, min(TOP, cosine.shape[1] - 1), axis=1)[:, :TOP].size
    return listed


def unit_rows(lists: list[list[str]], names: dict[str, int]) -> np.ndarray:
    """(lists, names) float32 rows of length 1."""
    rows = np.zeros((len(lists), len(names)), dtype=np.float32)
    for at, words in enumerate(lists):
        rows[at, [names[word] for word in words if word in names]] = 1
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


WAYS: dict[str, Callable[[pl.DataFrame, pl.DataFrame, pl.DataFrame], int]] = {
    "match": by_match,
    "cosine": by_cosine,
    "loop": by_loop,
}


def carry_out(order: Order) -> Result:
    """Run one way in this process."""
    seekers, postings, verdicts = frames(order)
    wall, cpu = time.perf_counter(), time.process_time()
    listed = WAYS[order.way](seekers, postings, verdicts)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return Result(seekers.height, postings.height, listed, wall, cpu, peak)


def reading() -> None:
    """How many titles and adverts a second the lexicon reads."""
    from talentcity.text import lexicon

    titles = [title.text for title in lexicon.titles()]
    texts = [f"{a}，熟悉 Excel 与 SQL，会开叉车，{b}" for a, b in zip(titles, reversed(titles), strict=True)]
    for work, words, what in ((lexicon.family_of, titles, "titles"), (lexicon.skills_in, texts, "short adverts")):
        work(words[0])
        begin = time.process_time()
        for word in words:
            work(word)
        print(f"lexicon: {len(words) / (time.process_time() - begin):,.0f} {what} a CPU second")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,5000", help="persons of sample cities (default: 1000,5000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seekers", type=Path, help="instead of sample cities: a table of seekers")
    parser.add_argument("--postings", type=Path, help="and one of postings")
    args = parser.parse_args()
    reading()
    sizes = [0] if args.seekers else [int(size) for size in args.sizes.split(",")]
    print(f"{'way':8}{'seekers':>9}{'vacancies':>11}{'listed':>11}{'wall s':>9}{'CPU s':>9}{'GB':>7}")
    for size in sizes:
        for way in WAYS:
            if way == "loop" and (args.seekers or size > LOOP_LIMIT):
                continue
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                it = pool.apply(carry_out, (Order(way, size, args.seed, args.seekers, args.postings),))
            print(
                f"{way:8}{it.seekers:>9,}{it.vacancies:>11,}{it.listed:>11,}{it.wall:>9.2f}{it.cpu:>9.2f}{it.gigabytes:>7.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
