"""Take a table in: into the office, or with --out into a file.

KIND is the name of the table (postings, seekers, ...); FILE is a .csv or .parquet file. Without --mapping the
headings of FILE are ours (docs/tables.md). A mapping says which heading of a foreign sheet becomes which column, and
how it is read: a wage of "8千-1.1万", "3-5年本科" and the like become numbers and levels (docs/howto/zh_jobads.toml is
an example). What cannot be told from a cell is left empty and counted.

It is all or nothing: one bad row, and nothing is taken in. With --skip-bad the bad rows go to a file with their
reasons, the others are taken in, and the exit status is 1 if there were any.

Examples:
  talentcity import postings postings.csv
  talentcity import postings sheet.csv --mapping sheet.toml --skip-bad refused.csv --out postings.parquet
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from talentcity.cli.common import DONE, LIMIT_MISSED, check_files, say
from talentcity.errors import InvalidTable, UnknownName, Violation

if TYPE_CHECKING:
    import polars as pl

    from talentcity.tables import Schema
    from talentcity.tables.mapping import Mapped

HELP = "take a table into the office, or turn a foreign sheet into one of our tables"
_SHOWN = 30  # kinds of repair that the summary lists


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    add = parser.add_argument
    add("kind", metavar="KIND", help="name of the table, such as postings; an unknown one lists them all")
    add("file", metavar="FILE", help="the sheet, .csv or .parquet")
    add("--mapping", metavar="TOML", help="which heading of a foreign sheet becomes which column, and how it is read")
    add("--skip-bad", metavar="REFUSED", help="put bad rows aside: row, column, value, reason (.csv or .parquet)")
    add("--out", metavar="TABLE", help="write a table file (.csv or .parquet) instead of filling the office")


def run(args: argparse.Namespace) -> int:
    """Read the sheet, then write or load it: all of it, or nothing."""
    from talentcity.tables import SCHEMAS

    if args.kind not in SCHEMAS:
        raise UnknownName(f"{args.kind!r} is no table; expected one of {', '.join(SCHEMAS)}.")
    if args.out is None:
        from talentcity.office.records.kinds import require_taken

        require_taken(args.kind)
    check_files(
        [("FILE", args.file), ("--mapping", args.mapping)], [("--skip-bad", args.skip_bad), ("--out", args.out)]
    )
    mapped = _read(args, SCHEMAS[args.kind])
    if mapped.refused_rows and args.skip_bad is None:
        raise _refusal(mapped, Path(args.file).name)
    with _refused_file(args, mapped):
        done = _write(args, mapped.table) if args.out else _load(args, mapped)
    _summarise(args, mapped, done)
    return LIMIT_MISSED if mapped.refused_rows else DONE


def _read(args: argparse.Namespace, schema: Schema) -> Mapped:
    from talentcity.tables.mapping import read_mapped, read_plain

    return read_plain(args.file, schema) if args.mapping is None else read_mapped(args.file, schema, args.mapping)


def _refusal(mapped: Mapped, file: str) -> InvalidTable:
    """The error that stops a run without --skip-bad."""
    bad = mapped.refused.head(InvalidTable.SHOWN)
    violations = [Violation(file, row, column, value, reason) for row, column, value, reason in bad.iter_rows()]
    rows = f"{mapped.refused_rows:,} of {mapped.rows:,} rows cannot be read"
    return _Refusal(violations, mapped.refused.height, f"{file}: {rows}; --skip-bad FILE puts them aside.")


class _Refusal(InvalidTable):
    """Violations, and a last line that says how many rows they are and what to do."""

    def __init__(self, violations: list[Violation], count: int, last: str) -> None:
        super().__init__(violations, count)
        self.args = (f"{self.args[0]}\n{last}",)


def _refused_file(args: argparse.Namespace, mapped: Mapped) -> contextlib.AbstractContextManager[None]:
    """Write the refused rows; the file appears when all else has gone well."""
    from talentcity.tables.files import staged

    return contextlib.nullcontext() if args.skip_bad is None else staged(mapped.refused, args.skip_bad)


def _write(args: argparse.Namespace, table: pl.DataFrame) -> str:
    from talentcity.tables import write_table

    write_table(table, args.out)
    return f"{table.height:,} rows -> {args.out}"


def _load(args: argparse.Namespace, mapped: Mapped) -> str:
    from talentcity.office import boot

    boot.start()
    boot.migrate()
    from talentcity.office.records.domain.imports import import_table
    from talentcity.tables.files import first_row

    name = Path(args.file).name
    file = f"{name} without its refused rows" if mapped.refused_rows else name
    done = import_table(args.kind, mapped.table, file=file, first_row=first_row(args.file))
    return f"{done.rows:,} rows taken into the office"


def _summarise(args: argparse.Namespace, mapped: Mapped, done: str) -> None:
    say(args, f"{args.kind}: {mapped.rows:,} rows read, {mapped.refused_rows:,} refused, {done}")
    for reason, rows in _reasons(mapped.refused):
        say(args, f"  refused {rows:>9,}  {reason}")
    lines = _repairs(mapped.mended)
    for line in lines[:_SHOWN]:
        say(args, line)
    if len(lines) > _SHOWN:
        say(args, f"  … and {len(lines) - _SHOWN} more kinds of repair")
    if mapped.refused_rows:
        say(args, f"The refused rows and their reasons are in {args.skip_bad}.")


def _reasons(refused: pl.DataFrame) -> list[tuple[str, int]]:
    import polars as pl

    reason = pl.col("column") + ": " + pl.col("reason").str.replace(r"row \d+", "another row")
    counted = refused.group_by(reason.alias("reason")).agg(pl.col("row").n_unique().alias("rows"))
    return counted.sort(["rows", "reason"], descending=[True, False]).head(_SHOWN).rows()


def _repairs(mended: pl.DataFrame) -> list[str]:
    """One line per kind of repair; columns that were read from the same cells share one."""
    import polars as pl

    shared = mended.group_by("kind", "rows", "examples", maintain_order=True).agg(pl.col("column").str.join(", "))
    lines = []
    for kind, rows, examples, columns in shared.iter_rows():
        lines.append(f"  {columns}: {rows:,} {kind}" + (f" (such as {examples})" if examples else ""))
    return lines
