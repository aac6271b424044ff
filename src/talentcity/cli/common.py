"""What several commands share: a date option, a voice and a progress line."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from datetime import date

Progress = Callable[[int, int], None]
"""Called with (done, all) by an engine that works for long."""


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


def say(args: argparse.Namespace, line: str) -> None:
    """Print one line of the result, at once, unless `--quiet`."""
    if not args.quiet:
        print(line, flush=True)


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
