"""Write a whole synthetic city into DIR: people, employers, postings, vacancies, sessions and a ledger.

DIR gets seekers, employers, postings, vacancies, sessions, truth and deliveries as .parquet; files of these names
are replaced, anything else in DIR stays. The same people, seed, day and city give the same bytes. truth.parquet
says which postings carry a planted breach or an honest denial; it is for checking a screening only.

Example:
  talentcity sample city --people 5000 --seed 1
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from talentcity.cli.common import DONE, SAMPLE_DAY, add_on, at_least, say

if TYPE_CHECKING:
    from talentcity.sample import City

HELP = "make a synthetic city from a seed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    add = parser.add_argument
    add("dir", metavar="DIR", help="folder to write into; it is made if there is none")
    add("--people", type=at_least(1), required=True, metavar="N", help="how many seekers: 10 to 100000")
    add("--seed", type=at_least(0), default=0, metavar="S", help="which city of that size (default 0)")
    add_on(parser, default=SAMPLE_DAY)
    add("--city", metavar="FILE", help="districts of another city (TOML); without it 云岭市, which does not exist")


def run(args: argparse.Namespace) -> int:
    """Make the city, write it, and say what there is."""
    from talentcity.sample import CityFile, make_city

    described = None if args.city is None else CityFile.load(args.city)
    city = make_city(args.people, seed=args.seed, on=args.on, city=described)
    paths = city.write(args.dir)
    for line in _summary(city, paths):
        say(args, line)
    return DONE


def _summary(city: City, paths: dict[str, Path]) -> list[str]:
    head = f"{city.name}: {city.people:,} people, seed {city.seed}, on {city.on}"
    rows = [f"  {name:<12}{frame.height:>10,} rows  {paths[name]}" for name, frame in city.tables().items()]
    return [head, *rows]
