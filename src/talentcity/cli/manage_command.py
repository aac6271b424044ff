"""Django's own commands for the office, such as `talentcity manage createsuperuser`.

`talentcity manage help` lists them.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence

from talentcity.cli.common import DONE, WRONG_INPUT
from talentcity.errors import TalentCityError

HELP = "Django's own commands, such as migrate or createsuperuser"
_NEED_NO_DATA = (
    "makemessages",
    "compilemessages",
    "makemigrations",
    "check",
    "help",
    "version",
    "--help",
    "-h",
    "--version",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`talentcity manage` hands its words to Django."""
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="as Django expects them")


def run(args: argparse.Namespace) -> int:
    """Hand the words to Django."""
    return run_words(args.words)


def run_words(words: Sequence[str]) -> int:
    """Run one of Django's commands and return its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentcity.office.settings")
    try:
        if words and words[0] not in _NEED_NO_DATA:
            from talentcity.office import boot

            boot.start()
    except TalentCityError as error:
        print(f"talentcity manage: {error}", file=sys.stderr)
        return WRONG_INPUT
    from django.core.management import execute_from_command_line

    try:
        with warnings.catch_warnings():
            # makemigrations looks at the database where there is one, and needs none
            warnings.filterwarnings("ignore", "Got an error checking a consistent migration history", RuntimeWarning)
            execute_from_command_line(["talentcity manage", *words])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return DONE
