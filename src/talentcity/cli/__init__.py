"""The command `talentcity`: one thin file per command; it reads, calls an engine and writes.

Exit status: 0 done (also with findings or with shortage); 1 done, but a limit that the user stated
is missed or rows were skipped; 2 the input is wrong and nothing was written; 70 a defect of ours.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Sequence
from types import ModuleType

from talentcity import __version__
from talentcity.cli.common import DEFECT, DONE, INTERRUPTED, WRONG_INPUT
from talentcity.errors import TalentCityError

COMMANDS = ("demo", "sample", "guard", "match", "plan", "import", "serve", "worker", "manage")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["manage"]:  # its arguments are Django's own
        return _module("manage").run_words(words[1:])  # type: ignore[no-any-return]
    args = arguments().parse_args(words)
    try:
        return _module(args.command).run(args)  # type: ignore[no-any-return]
    except TalentCityError as error:
        print(f"talentcity {args.command}: {error}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print(f"talentcity {args.command}: stopped; nothing half-written is left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:  # noqa: BLE001  the last door: a defect is reported as one
        return _report_defect(args.command)


def arguments() -> argparse.ArgumentParser:
    """The parser of all commands; engines are not imported to build it."""
    parser = argparse.ArgumentParser(
        prog="talentcity",
        description="Keep a city's promise to every young job seeker.",
        epilog="`talentcity COMMAND --help` explains one command. Exit status: 0 done; 1 done, but a limit "
        "you stated is missed or rows were skipped; 2 the input is wrong, nothing was written; 70 a defect of ours.",
    )
    parser.add_argument("--version", action="version", version=f"talentcity {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = _module(name)
        sub = commands.add_parser(name, help=module.HELP, description=module.__doc__, formatter_class=_Help)
        sub.add_argument("--quiet", action="store_true", help="print errors only")
        module.add_arguments(sub)
    return parser


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of a command's description."""


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"talentcity.cli.{command}_command")


def _report_defect(command: str) -> int:
    traceback.print_exc()
    print(
        f"\ntalentcity {command}: this is a defect of TalentCity, not of your input. Please report the lines above "
        f"with: talentcity {__version__}, Python {platform.python_version()}, {platform.system()}.",
        file=sys.stderr,
    )
    return DEFECT
