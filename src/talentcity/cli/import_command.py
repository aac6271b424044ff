"""Take a table in: into the office, or with --out into a file.

KIND is the name of the table (postings, seekers, ...); FILE is a .xlsx, .csv, .jsonl or .parquet file. Without
--mapping the headings of FILE are ours (docs/tables.md). A mapping says which heading of a foreign sheet becomes which
column, and how it is read: a wage of "8千-1.1万", "3-5年本科" and the like become numbers and levels. `--suggest FILE`
proposes a mapping from the headings and the cells of a sheet; KIND may follow it. What cannot be told from a cell is
left empty and counted.

It is all or nothing: one bad row, and nothing is taken in. With --skip-bad the bad rows go to a file as they stood,
each with the reason; the others are taken in, and the exit status is 1 if there were any. Mend them in that file and
import it like the first. A file that is there already, perhaps mended by hand, is never overwritten with other content:
neither that of the refused rows nor a mapping.

Examples:
  talentcity import postings postings.csv
  talentcity import --suggest sheet.xlsx > sheet.toml
  talentcity import postings sheet.xlsx --mapping sheet.toml --skip-bad refused.xlsx
  talentcity import postings refused.xlsx --mapping sheet.toml
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from talentcity.cli.common import DONE, LIMIT_MISSED, Progress, check_files, progress, say
from talentcity.errors import InvalidOption, InvalidTable, UnknownName, UnreadableFile, Violation

if TYPE_CHECKING:
    import polars as pl

    from talentcity.tables import Schema
    from talentcity.tables.gathering import Spool
    from talentcity.tables.mapping import Mapped, Tally
    from talentcity.tables.mapping_file import Mapping

HELP = "take a table into the office, or turn a foreign sheet into one of our tables"
_KIND_OF_PROPOSAL = re.compile(r"^# Then: talentcity import (\w+) ", re.MULTILINE)
_SHOWN = 30  # kinds of repair that the summary lists


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    add = parser.add_argument
    add("kind", metavar="KIND", nargs="?", help="name of the table, such as postings; an unknown one lists them all")
    add(
        "file",
        metavar="FILE",
        nargs="?",
        help="the sheet: .xlsx, .csv, .jsonl or .parquet; jobs.xlsx#March is one of several",
    )
    add("--mapping", metavar="TOML", help="which heading of a foreign sheet becomes which column, and how it is read")
    add("--suggest", metavar="FILE", help="propose a mapping for this sheet, on standard output or in --out")
    add("--skip-bad", metavar="REFUSED", help="put bad rows aside into this table, as they stood and with the reasons")
    add("--update", action="store_true", help="let rows replace those that the office has under the same id")
    add("--out", metavar="TABLE", help="write a table file instead of filling the office")


def run(args: argparse.Namespace) -> int:
    """Read the sheet, then write or load it: all of it, or nothing."""
    if args.suggest is not None:
        return _suggest(args)
    if args.kind is None or args.file is None:
        raise InvalidOption("KIND and FILE are needed: which table, and the file that holds it; or --suggest FILE.")
    schema = _schema(args.kind, for_office=args.out is None)
    if args.out is None:
        from talentcity.office.records.kinds import require_taken

        require_taken(args.kind)
    elif args.update:
        raise InvalidOption("--update is about records of the office, and --out writes a file; leave one of them out.")
    check_files(
        [("FILE", args.file), ("--mapping", args.mapping)], [("--skip-bad", args.skip_bad), ("--out", args.out)]
    )
    return _Import(args, schema).run()


def _schema(kind: str, *, for_office: bool) -> Schema:
    from talentcity.office.records.kinds import KINDS
    from talentcity.tables import SCHEMAS

    if kind not in SCHEMAS:
        raise UnknownName(f"{kind!r} is no table; expected one of {', '.join(KINDS if for_office else SCHEMAS)}.")
    return SCHEMAS[kind]


def _suggest(args: argparse.Namespace) -> int:
    """Print or write a proposal of a mapping."""
    from talentcity.tables.files import replacing
    from talentcity.tables.suggest import suggest

    if args.file is not None or args.mapping is not None or args.skip_bad is not None or args.update:
        raise InvalidOption("--suggest FILE proposes a mapping and imports nothing; only KIND and --out go with it.")
    if args.kind is not None:
        _schema(args.kind, for_office=True)
    check_files([("--suggest", args.suggest)], [], [("--out", args.out)])
    proposal = suggest(args.suggest, kind=args.kind)
    if args.out is None:
        sys.stdout.write(proposal)
        return DONE
    _require_untouched(Path(args.out), proposal)
    with replacing(args.out) as beside:
        beside.write_text(proposal, encoding="utf-8")
    kind = args.kind or _KIND_OF_PROPOSAL.findall(proposal)[0]
    then = f"talentcity import {kind} {_word(args.suggest)} --mapping {_word(args.out)}"
    say(args, f"The proposal is in {args.out}; read it, mend it, then:\n  {then}")
    return DONE


def _require_untouched(path: Path, proposal: str) -> None:
    if path.exists() and path.read_bytes() != proposal.encode():
        raise InvalidOption(
            f"--out {path} is there already with other content, and may have been mended; give another name, or remove "
            "it first."
        )


def _word(text: str) -> str:
    """A word as one types it in a shell."""
    return text if re.fullmatch(r"[\w./\\:~+@%,=-]+", text) else shlex.quote(text)


class _Import:
    """One run: parts go by, are counted, and end in a table file or in the office."""

    def __init__(self, args: argparse.Namespace, schema: Schema) -> None:
        from talentcity.tables.mapping import Tally
        from talentcity.tables.mapping_file import Mapping

        self.args, self.schema = args, schema
        self.path = Path(args.file)
        self.mapping: Mapping | None = None if args.mapping is None else Mapping.load(args.mapping, schema)
        self.tally: Tally = Tally(schema, self._named)

    def run(self) -> int:
        from talentcity.tables.gathering import spool

        args = self.args
        with contextlib.ExitStack() as stack:
            reasons: Spool | None = None
            if args.skip_bad is not None:
                reasons = stack.enter_context(spool(Path(args.skip_bad)))
            done = self._to_file(stack, reasons) if args.out else self._to_office(stack, reasons)
        self._summarise(done)
        return LIMIT_MISSED if self.tally.refused_rows else DONE

    def _parts(self, tell: Progress) -> Iterator[Mapped]:
        """The parts of the sheet; the tally of what they hold is kept."""
        from talentcity.tables.mapping import read_mapped_parts, read_plain_parts

        total = _most_rows(self.path)
        if self.mapping is None:
            parts = read_plain_parts(self.path, self.schema)
        else:
            parts = read_mapped_parts(self.path, self.schema, self.mapping)
        try:
            for part in parts:
                yield part
                self.tally.add(part)
                tell(self.tally.rows, max(total, self.tally.rows))
        except InvalidTable as error:  # of its headings
            raise _Refusal(list(error.violations), error.count, self._proposing()) from None

    def _to_file(self, stack: contextlib.ExitStack, reasons: Spool | None) -> str:
        from talentcity.tables.gathering import spool

        out = Path(self.args.out)
        table = stack.enter_context(spool(out))
        first: list[Violation] = []
        with progress(self.args, f"Reading {self.path.name}") as tell:
            for part in self._parts(tell):
                table.add(part.table)
                if reasons is None:
                    room = InvalidTable.SHOWN - len(first)
                    first += [self._violation(*row) for row in part.refused.head(room).iter_rows()]
                else:
                    self._keep(reasons, part.refused)
        if first:
            raise self._refusal(first, self.tally.refusals)
        stack.enter_context(table.staged(out))
        if reasons is not None:
            self._write_refused(stack, reasons)
        return f"{_rows(table.rows)} -> {self.args.out}"

    def _to_office(self, stack: contextlib.ExitStack, reasons: Spool | None) -> str:
        from talentcity.office import boot

        tell = stack.enter_context(progress(self.args, f"Importing {self.path.name}"))
        parts = self._parts(tell)
        first = next(parts)  # a file that cannot be read is said before a database is made
        boot.start()
        boot.migrate()
        from talentcity.office.records.domain.imports import Imported, RowsRefused, import_parts

        def record(done: Imported) -> None:
            """Before the rows stand: the office has refused more of them than the sheet had bad ones."""
            self.tally.recount(done.refused)
            if reasons is not None:
                self._keep(reasons, done.refused)
                self._write_refused(stack, reasons)

        try:
            done = import_parts(
                self.args.kind, itertools.chain([first], parts), file=self.path.name,
                skip_bad=reasons is not None, update=self.args.update, record=record,
            )  # fmt: skip
        except RowsRefused as refusal:
            self.tally.rows, self.tally.refused_rows = refusal.outcome.read, refusal.outcome.refused_rows
            first_ones = [self._violation(*row) for row in refusal.outcome.refused.head(InvalidTable.SHOWN).iter_rows()]
            raise self._refusal(first_ones, refusal.count) from None
        words = [f"{_rows(done.rows)} taken into the office"]
        words += [f"{done.updated:,} replaced"] if done.updated else []
        words += [f"{done.unchanged:,} there already"] if done.unchanged else []
        return ", ".join(words)

    def _keep(self, reasons: Spool, refused: pl.DataFrame) -> None:
        from talentcity.tables.gathering import reasons_of

        reasons.add(reasons_of(refused, self._named))

    def _named(self, column: str) -> str:
        """A column with the headings that it comes from."""
        return column if self.mapping is None else self.mapping.named(column)

    def _violation(self, row: int, column: str, value: str | None, reason: str) -> Violation:
        return Violation(self.path.name, row, self._named(column), value, reason)

    def _write_refused(self, stack: contextlib.ExitStack, reasons: Spool) -> None:
        """Write the refused rows as they stood; the file appears when all else has gone well."""
        from talentcity.tables.gathering import refused_rows, spool
        from talentcity.tables.mapping import sheet_parts

        path = Path(self.args.skip_bad)
        rows = stack.enter_context(spool(path))
        sheet: str | None = None if self.mapping is None else self.mapping.sheet
        parts = sheet_parts(self.path, sheet=sheet)
        none = self.tally.refused_rows == 0  # then the headings alone are written
        for found in refused_rows(itertools.islice(parts, 1) if none else parts, reasons.scan()):
            rows.add(found)
        if path.exists() and not _holds(path, rows):
            raise InvalidOption(
                f"--skip-bad {path} is there already with other rows, and may have been mended; import it first, or "
                "give another name."
            )
        stack.enter_context(rows.staged(path))

    def _refusal(self, first: list[Violation], count: int) -> InvalidTable:
        """The error that stops a run without --skip-bad."""
        refused, rows = self.tally.refused_rows, self.tally.rows
        if refused == rows > 1:
            wrong = (
                "the headings or the cells are not ours" if self.mapping is None else "the mapping is probably wrong"
            )
            last = f"{self.path.name}: none of its {rows:,} rows can be read: {wrong}."
        else:
            them = "it" if refused == 1 else "them"
            last = f"{self.path.name}: {refused:,} of {_rows(rows)} cannot be read; --skip-bad FILE puts {them} aside."
        return _Refusal(first, count, last if self.mapping is not None else f"{last}\n{self._proposing()}")

    def _proposing(self) -> str:
        return (
            "Other headings, dates such as 2026/3/1 and wages in words are read with --mapping; "
            f"`talentcity import --suggest {_word(self.args.file)} {self.args.kind}` proposes one."
        )

    def _summarise(self, done: str) -> None:
        args, tally = self.args, self.tally
        say(args, f"{args.kind}: {_rows(tally.rows)} read, {tally.refused_rows:,} refused, {done}")
        if not tally.rows:
            say(args, f"  {self.path.name} holds headings and no row.")
        for note in tally.notes:
            say(args, f"  {note}")
        for reason, rows in sorted(tally.reasons.items(), key=lambda each: (-each[1], each[0]))[:_SHOWN]:
            say(args, f"  refused {rows:>9,}  {reason}")
        lines = _repairs(tally.mended, self.mapping)
        for line in lines[:_SHOWN]:
            say(args, line)
        if len(lines) > _SHOWN:
            say(args, f"  … and {len(lines) - _SHOWN} more kinds of repair")
        if tally.refused_rows == 1:
            say(args, f"The refused row is in {args.skip_bad}: mend it there and import that file like the first.")
        elif tally.refused_rows:
            say(args, f"The refused rows are in {args.skip_bad}: mend them there and import that file like the first.")


class _Refusal(InvalidTable):
    """Violations, and a last line that says how many rows they are and what to do."""

    def __init__(self, violations: list[Violation], count: int, last: str) -> None:
        super().__init__(violations, count)
        self.args = (f"{self.args[0]}\n{last}",)


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _holds(path: Path, rows: Spool) -> bool:
    """Whether a file of refused rows has these and no others, or none at all."""
    from talentcity.tables.files import read_parts
    from talentcity.tables.headings import REFUSED_ROW
    from talentcity.tables.reading import as_text

    at = 0
    try:
        for part in read_parts(path):
            there, new = part.frame, rows.scan().slice(at, part.frame.height).collect()
            if not there.height:
                return REFUSED_ROW in there.columns
            same = there.columns == new.columns
            if not same or not all(as_text(there[name]).equals(as_text(new[name])) for name in there.columns):
                return False
            at += there.height
    except UnreadableFile:  # whatever it is, it is no such file
        return False
    return at == rows.rows


def _most_rows(path: Path) -> int:
    """The most rows that the file can have, for the progress bar; 0 where nobody looks at it or nobody knows."""
    if not sys.stderr.isatty() or not path.is_file():
        return 0
    ending = path.suffix.lower()
    if ending == ".parquet":
        import polars as pl

        with contextlib.suppress(pl.exceptions.PolarsError):
            return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    if ending in (".csv", ".jsonl"):
        with path.open("rb") as stream:
            return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 24), b""))
    return 0


def _repairs(mended: pl.DataFrame, mapping: Mapping | None) -> list[str]:
    """One line per kind of repair; columns that were read from the same cells share one."""
    shared = mended.group_by("kind", "rows", "examples", maintain_order=True).agg("column")
    lines = []
    for kind, rows, examples, columns in shared.iter_rows():
        named = ", ".join(columns) if mapping is None else mapping.named(*columns)
        lines.append(f"  {named}: {rows:,} {kind}{_shown_as(examples)}")
    return lines


def _shown_as(examples: str) -> str:
    if not examples:
        return ""
    return f" (written like {examples}, where 9 is any number)" if "9" in examples else f" (such as {examples})"
