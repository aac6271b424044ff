"""Pair seekers with vacancies: who may take what, how well the two fit, and why.

SEEKERS and POSTINGS are tables (.parquet, .csv, .xlsx or .jsonl). Without --vacancies each posting is a vacancy of
its own, with the posting's id. Without --verdicts the postings are screened first, as `talentcity guard` does; a
vacancy with a held posting is paired with nobody. PAIRS gets the best --top vacancies of every person, each with a
score from 0 to 1 and a reason per criterion: + met, ~ partly met, - not met. Education, experience and dates of the
law decide who may take a job; place and wage are wishes and only move the score.

Example:
  talentcity match city/seekers.parquet city/postings.parquet --vacancies city/vacancies.parquet \\
    --out pairs.parquet --capacity capacity.parquet --on 2026-09-01
"""

from __future__ import annotations

import argparse
import dataclasses
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from talentcity.cli.common import DONE, add_on, at_least, check_files, progress, say, today
from talentcity.errors import InvalidTable

if TYPE_CHECKING:
    import polars as pl

    from talentcity.match import Matching

HELP = "pair seekers with vacancies they may take, with scores and reasons"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add = parser.add_argument
    add("seekers", metavar="SEEKERS", type=Path, help="table of seekers to read")
    add("postings", metavar="POSTINGS", type=Path, help="table of postings to read")
    add("--out", metavar="PAIRS", type=Path, required=True, help="table of pairs to write")
    add("--vacancies", metavar="FILE", type=Path, help="table of vacancies; without it each posting is one")
    add("--verdicts", metavar="FILE", type=Path, help="verdicts of the postings; without it they are screened first")
    add("--capacity", metavar="FILE", type=Path, help="write what each vacancy can hold: open places x --per-place")
    add(
        "--per-place",
        type=at_least(1),
        default=10,
        metavar="N",
        help="recommendations per open place, for --capacity (default: 10)",
    )
    add("--top", type=at_least(1), default=50, metavar="N", help="most pairs per person (default: 50)")
    add_on(parser)


def run(args: argparse.Namespace) -> int:
    """Read the tables, screen if need be, match, write, and say what came of it."""
    check_files(
        [("SEEKERS", args.seekers), ("POSTINGS", args.postings),
         ("--vacancies", args.vacancies), ("--verdicts", args.verdicts)],
        [("--out", args.out), ("--capacity", args.capacity)],
    )  # fmt: skip
    from talentcity.match import capacity_of, pair, vacancies_of
    from talentcity.tables import POSTINGS, SEEKERS, VACANCIES, read_table, write_tables

    on = today(args)
    seekers = read_table(args.seekers, SEEKERS)
    postings = read_table(args.postings, POSTINGS)
    vacancies = vacancies_of(postings) if args.vacancies is None else read_table(args.vacancies, VACANCIES)
    verdicts = _verdicts(args, postings, on)
    try:
        with progress(args, "matching") as advance:
            matching = pair(seekers, postings, vacancies, verdicts=verdicts, on=on, top=args.top, progress=advance)
    except InvalidTable as error:
        raise _in_files(error, args) from None
    written = [(matching.pairs, args.out)]
    if args.capacity is not None:
        written.append((capacity_of(vacancies, per_place=args.per_place), args.capacity))
    write_tables(written)
    _summarise(args, matching)
    return DONE


def _in_files(error: InvalidTable, args: argparse.Namespace) -> InvalidTable:
    """The same error, by file and by the row that a reader of the file counts; the engine knows frames only."""
    from talentcity.tables.files import first_row

    files = {"postings": args.postings, "vacancies": args.vacancies or args.postings}
    violations = []
    for each in error.violations:
        path = files[each.table]
        row = None if each.row is None else each.row - 1 + first_row(path)
        violations.append(dataclasses.replace(each, table=path.name, row=row))
    return InvalidTable(violations, error.count)


def _verdicts(args: argparse.Namespace, postings: pl.DataFrame, on: date) -> pl.DataFrame:
    if args.verdicts is not None:
        from talentcity.tables import VERDICT_TABLE, read_table

        return read_table(args.verdicts, VERDICT_TABLE)
    from talentcity.guard import screen

    with progress(args, "reading adverts") as advance:
        verdicts = screen(postings, on=on, progress=advance).verdicts
    held = int((verdicts["verdict"] == "hold").sum())
    say(args, f"{postings.height:,} postings screened first: {held:,} held, to be looked at by a person")
    return verdicts


def _summarise(args: argparse.Namespace, matching: Matching) -> None:
    counts = matching.counts
    say(
        args,
        f"{counts.seekers:,} seekers; {counts.vacancies:,} vacancies, of which {counts.open:,} open on {counts.on}",
    )
    shut = (("held by a verdict", counts.held), ("expired", counts.expired), ("full", counts.full))
    say(args, "  not open: " + ", ".join(f"{number:,} {words}" for words, number in shut))
    say(args, f"  {counts.unknown_headcount:,} open vacancies do not state a headcount; each counts as 1 place")
    say(args, f"  {counts.unread_occupation:,} open vacancies have a title that names no known occupation")
    say(args, f"{counts.pairs:,} pairs, at most {counts.top} per person")
    share = f" ({counts.with_one / counts.seekers:.1%})" if counts.seekers else ""
    say(args, f"  {counts.with_one:,} seekers{share} have at least 1, {counts.with_three:,} at least 3")
    for why, number in counts.unmatched_by_reason.items():
        say(args, f"  {number:,} have none: {matching.explain(why)}")
    say(args, f"pairs -> {args.out}" + (f"; capacity -> {args.capacity}" if args.capacity is not None else ""))
