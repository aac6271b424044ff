"""What several commands share: a date option, a voice and a progress line."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from talentcity.errors import InvalidOption, UnreadableFile

DONE, LIMIT_MISSED, WRONG_INPUT, DEFECT, INTERRUPTED = 0, 1, 2, 70, 130
"""Exit status; LIMIT_MISSED also where rows were skipped."""
SAMPLE_DAY = date(2026, 9, 1)  # fixed, so that the same seed gives the same bytes next year
Progress = Callable[[int, int], None]
"""Called with (done, all) by an engine that works for long."""
Files = Sequence[tuple[str, str | Path | None]]
"""What the help of a command calls a file, and the file that is meant; None where the option is not given."""


def day(word: str) -> date:
    """An ISO date given on the command line."""
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{word!r} is not a day; expected ISO 8601, such as 2026-09-01") from None


def add_on(parser: argparse.ArgumentParser, *, default: date | None = None) -> None:
    """Add `--on DATE`: what "today" is for this command."""
    shown = default.isoformat() if default else "the day of the machine"
    parser.add_argument("--on", type=day, default=default, metavar="DATE", help=f'what "today" is (default: {shown})')


def at_least(least: int) -> Callable[[str], int]:
    """A whole number of at least `least`, for `type=`."""

    def read(word: str) -> int:
        try:
            number = int(word)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of at least {least}")
        return number

    return read


def today(args: argparse.Namespace) -> date:
    """What `--on` says, else the day of the machine."""
    return args.on or date.today()  # noqa: DTZ011  as the help says


def check_files(inputs: Files, tables: Files, others: Files = ()) -> None:
    """Refuse, before any work, outputs that could not be written afterwards or would take the place of another file.

    Args:
        inputs: files that are read; one may be read twice, and name a sheet as in `jobs.xlsx#March`.
        tables: tables that are written; the ending says how.
        others: other files that are written.
    """
    from talentcity.tables.files import ENDINGS, split_sheet

    taken = {split_sheet(Path(path))[0].resolve(): name for name, path in inputs if path is not None}
    for name, path in (*tables, *others):
        if path is None:
            continue
        if (name, path) in tables and Path(path).suffix.lower() not in ENDINGS:
            raise UnreadableFile(f"{name} {path}: expected a name that ends in one of {', '.join(ENDINGS)}.")
        if Path(path).is_dir():
            raise UnreadableFile(f"{name} {path} is a folder; expected the name of a file to write.")
        if Path(path).resolve() in taken:
            other = taken[Path(path).resolve()]
            raise InvalidOption(f"{name} {path} is the same file as {other}; give it a name of its own.")
        taken[Path(path).resolve()] = name


def say(args: argparse.Namespace, line: str) -> None:
    """Print one line of the result, at once, unless `--quiet`."""
    if not args.quiet:
        print(line, flush=True)


def remark(args: argparse.Namespace, line: str) -> None:
    """Say why it takes longer than usual, where a progress bar would be shown."""
    if not args.quiet and sys.stderr.isatty():
        print(line, file=sys.stderr, flush=True)


@contextlib.contextmanager
def progress(args: argparse.Namespace, words: str) -> Iterator[Progress]:
    """A progress bar on standard error when that is a terminal and `--quiet` is not given."""
    if args.quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
