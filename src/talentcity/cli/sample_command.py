"""Write a whole synthetic city into DIR: people, employers, postings, vacancies, sessions, a ledger, and a history.

DIR gets, each as NAME.parquet, what an office has (seekers employers postings vacancies sessions deliveries), five
years of history (past_seekers past_deliveries hires spells), and for checks only what was planted in the postings
(truth) and what decided who was hired (hire_truth). Files of these names are replaced, anything else in DIR stays;
all appear at the end, each whole, or none. The same people, seed, day and city give the same bytes.

4,000,000 people take some minutes, 1.2 GB of disk and less than 1 GB of memory.

Example:
  talentcity sample city --people 5000 --seed 1
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from talentcity.cli.common import DONE, SAMPLE_DAY, add_on, at_least, progress, say

HELP = "make a synthetic city from a seed"
MOST_PROCESSES = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    add = parser.add_argument
    add("dir", metavar="DIR", help="folder to write into; it is made if there is none")
    add("--people", type=at_least(1), required=True, metavar="N", help="how many seekers: 10 to 4000000")
    add("--seed", type=at_least(0), default=0, metavar="S", help="which city of that size (default 0)")
    add_on(parser, default=SAMPLE_DAY)
    add("--city", metavar="FILE", help="districts of another city (TOML); without it 云岭市, which does not exist")
    add(
        "--processes",
        type=at_least(1),
        metavar="N",
        help="how many processes make parts of 25000 people at the same time, each with a quarter of a gigabyte of "
        f"memory (default: one for each core, at most {MOST_PROCESSES}); the bytes are the same for any number",
    )


def run(args: argparse.Namespace) -> int:
    """Make the city, write it, and say what there is."""
    from talentcity.sample import CityFile, disk_need, write_city
    from talentcity.sample.cityfile import built_in

    city = built_in() if args.city is None else CityFile.load(args.city)
    processes = args.processes or min(os.cpu_count() or 1, MOST_PROCESSES)
    need = disk_need(args.people)
    if need >= 1e8:
        say(args, f"Up to {need / 1e9:.1f} GB of disk space are needed in {args.dir} while the city is made.")
    with progress(args, "making the city") as tell:
        rows = write_city(
            args.dir, args.people, seed=args.seed, on=args.on, city=city, processes=processes, progress=tell
        )
    say(args, f"{city.name}: {args.people:,} people, seed {args.seed}, on {args.on}")
    for table, count in rows.items():
        say(args, f"  {table:<15}{count:>12,} rows  {Path(args.dir) / table}.parquet")
    return DONE
