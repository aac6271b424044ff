"""Read a foreign sheet as one of our tables, in parts, as a mapping says; or a sheet whose headings are ours.

What a mapping is, `tables.mapping_file` says. Every row is either read, or refused with its reasons; what was done to
the cells is counted.
"""

from __future__ import annotations

import bisect
import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from talentcity.errors import InvalidData, InvalidTable, UnreadableFile, Violation
from talentcity.tables.check import Seen, expected_of, shown, sift
from talentcity.tables.files import read_parts
from talentcity.tables.gathering import first_numbers
from talentcity.tables.headings import REFUSED_BECAUSE, REFUSED_ROW, Headings, folded
from talentcity.tables.mapping_file import Mapping, listed
from talentcity.tables.parts import ERROR_CELL, Part
from talentcity.tables.reading import MENDED, Source, as_text, counted, expected_by, read_cells
from talentcity.tables.schema import Column, Schema

PART_ROWS = 100_000
REPEATED = "repeat an earlier row: taken once"
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a foreign sheet, or of a part of it; every row is in `table` or in `refused`, or repeats another.

    Attributes:
        table: the rows that were read, a table of the schema.
        numbers: the number of each of these rows in the file.
        refused: row (its number in the file), column, value, reason; a row may have several.
        mended: column, kind, rows, examples: what was done to how many of the rows that were read, commonest first
            within a column; examples are notations with every number as 9.
        rows: how many rows the sheet, or the part, has.
        notes: what was done to the file and what of it is not taken, as sentences; of the first part only.
        repeated: how many rows are alike in every column to an earlier one; `mended` counts them too.
    """

    table: pl.DataFrame
    numbers: pl.Series
    refused: pl.DataFrame
    mended: pl.DataFrame
    rows: int
    notes: tuple[str, ...] = ()
    repeated: int = 0

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return self.refused["row"].n_unique()


@dataclass(slots=True)
class Tally:
    """The counts of parts that went by, so that a long file needs no more memory than a short one.

    Attributes:
        schema: which table it is.
        named: what the reasons call a column.
        rows, refused_rows, repeated: of all parts.
        notes: of the first part.
        refusals: how many reasons there are in all; a row may have several.
        reasons: how many rows were refused for each reason, with its column.
    """

    schema: Schema
    named: Callable[[str], str] = str
    rows: int = 0
    refused_rows: int = 0
    repeated: int = 0
    refusals: int = 0
    notes: tuple[str, ...] = ()
    reasons: dict[str, int] = field(default_factory=dict)
    _mended: dict[tuple[str, str], tuple[int, int, str]] = field(default_factory=dict)

    def add(self, part: Mapped) -> None:
        """Count one part."""
        self.rows += part.rows
        self.repeated += part.repeated
        self.notes += part.notes
        self._refuse(part.refused)
        for column, kind, rows, examples in part.mended.iter_rows():
            total, most, shown = self._mended.get((column, kind), (0, 0, ""))
            self._mended[column, kind] = (total + rows, max(most, rows), examples if rows > most else shown)

    def recount(self, refused: pl.DataFrame) -> None:
        """Count these refusals in the place of those of the parts: whoever took the parts has refused more."""
        self.refused_rows, self.refusals, self.reasons = 0, 0, {}
        self._refuse(refused)

    def _refuse(self, refused: pl.DataFrame) -> None:
        self.refused_rows += refused["row"].n_unique()
        self.refusals += refused.height
        reason = pl.col("reason").str.replace(r"row \d+", "another row")
        for column, why, rows in refused.group_by("column", reason).agg(pl.col("row").n_unique()).iter_rows():
            words = f"{self.named(column)}: {why}"
            self.reasons[words] = self.reasons.get(words, 0) + rows

    @property
    def mended(self) -> pl.DataFrame:
        """The repairs of all parts; the examples are those of the part that has most."""
        rows = [(column, kind, total, shown) for (column, kind), (total, _, shown) in self._mended.items()]
        rows.sort(key=lambda row: (self.schema.names.index(row[0]), -row[2], row[1]))
        return pl.DataFrame(rows, schema=MENDED, orient="row")


def read_mapped_parts(
    path: str | os.PathLike[str],
    schema: Schema,
    mapping: Mapping | str | os.PathLike[str],
    *,
    rows: int = PART_ROWS,
) -> Iterator[Mapped]:
    """Read a foreign sheet as a table of the schema, in parts, whatever its size.

    An id that stood in an earlier row is refused in the later one, with the number of the first. But a row that is
    alike in every column of ours to one that was taken is left out and counted: a list of adverts names the same
    employer in many rows. Use nothing before the last part has come: what is wrong with the file may show late.

    Args:
        path: the sheet; its ending says what it is.
        schema: the table that it becomes.
        mapping: which heading becomes which column, or the file that says so.
        rows: the most rows of a part.

    Raises:
        UnreadableFile: the sheet or the mapping cannot be read.
        InvalidData: the mapping is wrong, or names a heading that the sheet does not have.
    """
    path = Path(path)
    if not isinstance(mapping, Mapping):
        mapping = Mapping.load(mapping, schema)
    seen = Seen()
    for at, part in enumerate(sheet_parts(path, rows=rows, sheet=mapping.sheet)):
        yield _mapped(part, schema, _Sheet(mapping, part.frame, path), seen, first=at == 0)


def read_mapped(path: str | os.PathLike[str], schema: Schema, mapping: Mapping | str | os.PathLike[str]) -> Mapped:
    """Like `read_mapped_parts`, gathered into one."""
    return gather(read_mapped_parts(path, schema, mapping), schema)


def read_plain_parts(path: str | os.PathLike[str], schema: Schema, *, rows: int = PART_ROWS) -> Iterator[Mapped]:
    """Read a sheet whose headings are ours, in parts, with bad rows put aside; no cell of it is mended.

    Raises:
        UnreadableFile: it cannot be read.
        InvalidTable: a column is missing, misspelt, there twice or of another type.
    """
    path = Path(path)
    seen = Seen()
    for at, part in enumerate(sheet_parts(path, rows=rows)):
        yield _plain(part, schema, path.name, seen, first=at == 0)


def read_plain(path: str | os.PathLike[str], schema: Schema) -> Mapped:
    """Like `read_plain_parts`, gathered into one."""
    return gather(read_plain_parts(path, schema), schema)


def sheet_parts(path: Path, *, rows: int = PART_ROWS, sheet: str | None = None) -> Iterator[Part]:
    """The parts of a file; `sheet` is for a workbook, and not for one of refused rows, which has a single sheet."""
    if sheet is not None and (path.suffix.lower() != ".xlsx" or _of_refused_rows(path)):
        sheet = None
    return read_parts(path, rows=rows, sheet=sheet)


def _of_refused_rows(path: Path) -> bool:
    with contextlib.suppress(UnreadableFile), contextlib.closing(read_parts(path, rows=1)) as parts:
        return REFUSED_ROW in next(parts).frame.columns
    return False


def gather(parts: Iterable[Mapped], schema: Schema) -> Mapped:
    """The parts of a file as one; there is at least one."""
    tally, gathered = Tally(schema), []
    for part in parts:
        tally.add(part)
        gathered.append(part)
    table = pl.concat([part.table for part in gathered])
    numbers = pl.concat([part.numbers for part in gathered])
    refused = pl.concat([part.refused for part in gathered])
    return Mapped(table, numbers, refused, tally.mended, tally.rows, tally.notes, tally.repeated)


def refusals(violations: Iterable[Violation]) -> pl.DataFrame:
    """Violations as a table: row, column, value, reason."""
    rows = [(each.row, each.column, each.value, each.expected) for each in violations]
    schema = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain(part: Part, schema: Schema, table: str, seen: Seen, *, first: bool) -> Mapped:
    headings = Headings(part.frame.columns)
    meant = {column: alike for column in schema.names if (alike := headings.alike(column))}
    twice = [
        Violation(table, None, column, " and ".join(map(repr, alike)), "read the same; expected one of them")
        for column, alike in meant.items()
        if len(alike) > 1
    ]
    if twice:
        raise InvalidTable(twice)
    ours = {column: alike[0] for column, alike in meant.items()}
    notes = part.notes + _not_taken(headings, set(ours.values()), f"they are no columns of {schema.name}")
    aside = _faults(part, list(ours.values()), table)
    renamed = part.frame.rename({heading: column for column, heading in ours.items()})
    sifted = sift(renamed, schema, table=table, first_row=part.first_row, aside=aside, seen=seen)
    refused, none = refusals(sifted.violations), pl.DataFrame(schema=MENDED)
    return Mapped(sifted.table, sifted.numbers, refused, none, part.frame.height, notes if first else ())


def _faults(part: Part, headings: list[str], table: str) -> list[Violation]:
    """Cells of these headings that say nothing: those that the reader of the file found, and errors that it kept."""
    faults = [fault for fault in part.faults if fault.column in headings]
    known = {(fault.row, fault.column) for fault in faults}
    for heading in headings:
        cells = part.frame[heading]
        for at in cells.is_in(_ERRORS).arg_true() if cells.dtype == pl.String else ():
            if (part.first_row + at, heading) not in known:
                faults.append(Violation(table, part.first_row + at, heading, shown(cells[at]), ERROR_CELL))
    return faults


def _not_taken(headings: Headings, taken: set[str], why: str) -> tuple[str, ...]:
    """A sentence that lists the headings of a sheet that nothing is made of."""
    left = [name for name in headings.names if name not in taken and name not in (REFUSED_ROW, REFUSED_BECAUSE)]
    return (f"Not taken, because {why}: {', '.join(map(_one_line, left))}.",) if left else ()


def _one_line(heading: str) -> str:
    return folded(heading) or repr(heading)


class _Sheet:
    """The headings of a sheet as a mapping means them.

    Attributes:
        heading: of each heading that the mapping names, the one of the sheet.
        sources: those of the mapping, without optional headings that the sheet lacks.
        notes: which headings of the sheet nothing is made of.
    """

    def __init__(self, mapping: Mapping, frame: pl.DataFrame, path: Path) -> None:
        self.mapping, self.file = mapping, path.name
        self._headings, self._dtypes = Headings(frame.columns), frame.schema
        self.heading: dict[str, str] = {}
        self.sources = tuple(each for each in map(self._found, mapping.sources) if each is not None)
        for heading, _ in mapping.refuse:
            self._find("[refuse]", heading)
        self.notes = _not_taken(self._headings, set(self.heading.values()), f"{mapping.file} does not name them")

    def _found(self, source: Source) -> Source | None:
        """The source with those of its headings that the sheet has; None where it has none and need not."""
        if not source.headings:
            return source
        kept = [each for each in source.headings if not source.optional or self._headings.alike(each)]
        for heading in kept:
            self._find(f"[{source.column}] from", heading)
        return replace(source, headings=tuple(kept)) if kept else None

    def _find(self, where: str, heading: str) -> None:
        place = f"{self.mapping.file}: {where} = {heading!r}: {self.file}"
        alike = self._headings.alike(heading)
        if len(alike) > 1:
            shown = " and ".join(map(repr, alike))
            raise InvalidData(f"{place} has {shown}, which read the same; expected one of them, so rename the other.")
        if not alike:
            near = self._headings.near(heading)
            meant = "" if near is None else f"did you mean {near!r}? "
            raise InvalidData(
                f"{place} has no such heading; {meant}expected one of {listed(map(_one_line, self._headings.names))}."
            )
        if self._dtypes[alike[0]] in (pl.Binary, pl.Object):
            raise InvalidData(f"{place} holds bytes there; expected text, numbers or days.")
        self.heading[heading] = alike[0]


def _mapped(part: Part, schema: Schema, sheet: _Sheet, seen: Seen, *, first: bool) -> Mapped:
    """One part of a sheet, read."""
    cells = {ours: as_text(part.frame[theirs]) for ours, theirs in sheet.heading.items()}
    reading = _Reading(cells, part, sheet)
    columns = [reading.column(source, schema.column(source.column)) for source in sheet.sources]
    frame = pl.DataFrame(columns) if part.frame.height else schema.empty().select(s.column for s in sheet.sources)
    none = reading.no_records()  # they have no id, so a record further down may have it
    are = ~reading.numbers.is_in([violation.row for violation in none])
    faults = _faults(part, list(sheet.heading.values()), sheet.file)
    numbers = reading.numbers.filter(are)
    known = set(numbers)
    aside = [each for each in (*reading.doubts, *faults) if each.row in known]
    sifted = sift(frame.filter(are), schema, table=sheet.file, numbers=numbers, aside=aside, seen=seen, once=True)
    worded = _with_merges(sheet, part, _in_words_of(sheet, sifted.violations, schema))
    violations = sorted((*none, *worded), key=lambda each: each.row or 0)
    kept = reading.numbers.is_in(sifted.numbers.implode())
    mended = reading.mended(sheet.sources, kept, schema, sifted.repeated)
    notes = part.notes + sheet.notes if first else ()
    refused = refusals(violations)
    return Mapped(sifted.table, sifted.numbers, refused, mended, part.frame.height, notes, sifted.repeated)


def _in_words_of(sheet: _Sheet, violations: Iterable[Violation], schema: Schema) -> Iterator[Violation]:
    """The same violations, with the words of the sheet that would have done in the place of ours."""
    words = {
        source.column: (expected_of(column), expected_by(source, column))
        for source in sheet.sources
        if source.headings and (column := schema.column(source.column))
    }
    for each in violations:
        ours, theirs = words.get(each.column or "", ("", ""))
        yield replace(each, expected=each.expected.replace(ours, theirs)) if ours != theirs else each


def _with_merges(sheet: _Sheet, part: Part, violations: Iterable[Violation]) -> Iterator[Violation]:
    """The same violations; those of a cell that a merge has filled from a row above say so."""
    areas: dict[str, list[tuple[int, int, str]]] = {}
    for heading, first, last, name in sorted(part.merged):
        areas.setdefault(heading, []).append((first, last, name))
    headings = {source.column: [sheet.heading[name] for name in source.headings] for source in sheet.sources}
    for each in violations:
        names = [_area_at(areas[name], each.row or 0) for name in headings.get(each.column or "", []) if name in areas]
        area = next((name for name in names if name), None)
        yield each if area is None else replace(each, expected=f"{each.expected} (filled from the merged cells {area})")


def _area_at(areas: list[tuple[int, int, str]], row: int) -> str | None:
    """The merged cells of one column, in their order, that hold a row."""
    at = bisect.bisect_right(areas, row, key=lambda area: area[0]) - 1
    return areas[at][2] if at >= 0 and row <= areas[at][1] else None


class _Reading:
    """One part of a sheet being read: gives our columns and remembers how each cell fared."""

    def __init__(self, cells: dict[str, pl.Series], part: Part, sheet: _Sheet) -> None:
        self._cells, self._sheet = cells, sheet
        self._height = part.frame.height
        self.numbers = pl.int_range(part.first_row, part.first_row + self._height, eager=True).alias("number")
        self._known = {name: pl.repeat(False, self._height, eager=True) for name in cells}  # some reader knows the cell
        self._notes: list[tuple[str, pl.Series, pl.Series]] = []  # column, note of each row, the text it is about
        self._open: dict[str, pl.Series] = {}  # rows that a column could not be read from, by column
        self._first_numbers = first_numbers(part.frame, self.numbers)
        self.doubts: list[Violation] = []  # cells that make their row one to put aside

    def column(self, source: Source, column: Column) -> pl.Series:
        """Our column, row by row."""
        if source.row is not None:
            return (source.row + self._first_numbers.cast(pl.String)).rename(column.name)
        if not source.headings:
            return pl.Series(column.name, [source.value] * self._height, strict=False)
        if source.join is not None:
            parts = [self._cells[heading].alias(str(at)) for at, heading in enumerate(source.headings)]
            joined = pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=source.join, ignore_nulls=True))
            return self._first_read(source, column, [joined.to_series().replace("", None)])
        return self._first_read(source, column, [self._cells[heading] for heading in source.headings])

    def _first_read(self, source: Source, column: Column, texts: list[pl.Series]) -> pl.Series:
        """The value of the first cell that can be read."""
        value: pl.Series | None = None
        done = pl.repeat(False, self._height, eager=True)
        note = pl.repeat(None, self._height, dtype=pl.String, eager=True)
        about, doubt, doubted = note, note, note
        for at, text in enumerate(texts):
            found = read_cells(source, column, text)
            takes = found["read"] & ~done
            value = found["value"] if value is None else found["value"].zip_with(takes, value)
            note = found["note"].zip_with(takes, note)
            about = text.zip_with(takes, about)
            doubted = doubted.zip_with(doubt.is_not_null(), text)
            doubt = doubt.zip_with(doubt.is_not_null(), found["doubt"])
            done = done | found["read"]
            if source.join is None:
                self._known[source.headings[at]] |= found["read"]
        self._notes.append((column.name, note, about))
        self._open[column.name] = ~done
        assert value is not None
        self._put_aside(column, doubted, doubt.set(done, None))
        if column.default is None and not column.nullable:
            self._put_aside(column, *_unread(expected_by(source, column), value, doubt, texts))
        return value.rename(column.name)

    def _put_aside(self, column: Column, cells: pl.Series, why: pl.Series) -> None:
        """Rows whose cell says something, and for which `why` says why that will not do."""
        bad = pl.DataFrame([self.numbers, cells.alias("cell"), why.alias("why")]).drop_nulls()
        self.doubts += [
            Violation(self._sheet.file, row, column.name, shown(cell), reason) for row, cell, reason in bad.iter_rows()
        ]

    def no_records(self) -> list[Violation]:
        """The rows that the mapping says are none."""
        return [
            Violation(
                self._sheet.file, row, heading, repr(cell), f"{self._sheet.mapping.file} refuses rows with such a cell"
            )
            for heading, words in self._sheet.mapping.refuse
            for row, cell in pl.DataFrame([self.numbers, self._cells[heading]])
            .filter(self._cells[heading].is_in(words))
            .iter_rows()
        ]

    def mended(self, sources: tuple[Source, ...], kept: pl.Series, schema: Schema, repeated: int) -> pl.DataFrame:
        """The repairs in the rows that were kept, counted; called when every column has been read."""
        rows: list[tuple[str, str, int, str]] = [(schema.key[0], REPEATED, repeated, "")] if repeated else []
        for column, note, about in self._notes:
            rows += counted(column, note.filter(kept), about.filter(kept))
        for source in sources:
            if source.column in self._open and source.join is None:
                rows += self._not_read(source, kept)
        rows.sort(key=lambda row: (schema.names.index(row[0]), -row[2], row[1]))
        return pl.DataFrame(rows, schema=MENDED, orient="row")

    def _not_read(self, source: Source, kept: pl.Series) -> list[tuple[str, str, int, str]]:
        """Rows whose cells say nothing, or something that no reader of the mapping knows."""
        unknown = pl.repeat(None, self._height, dtype=pl.String, eager=True)
        for heading in source.headings:
            strange = self._cells[heading].zip_with(~self._known[heading], pl.Series([None], dtype=pl.String))
            unknown = unknown.zip_with(unknown.is_not_null(), strange)
        open_rows = self._open[source.column]
        kind = (
            pl.when(pl.col("open") & pl.col("text").is_not_null())
            .then(pl.lit("unread: left empty"))
            .when(pl.col("open"))
            .then(pl.lit("not stated: left empty"))
        )
        kinds = pl.DataFrame({"open": open_rows, "text": unknown}).select(kind.alias("kind")).to_series()
        return counted(source.column, kinds.filter(kept), unknown.filter(kept))


def _unread(expected: str, value: pl.Series, doubt: pl.Series, texts: list[pl.Series]) -> tuple[pl.Series, pl.Series]:
    """The cells that say something where a value is needed and none was read, and what was expected there."""
    first = pl.DataFrame([text.alias(str(at)) for at, text in enumerate(texts)]).select(pl.coalesce(pl.all()))
    unread = pl.when(value.is_null() & doubt.is_null())
    return first.to_series(), pl.select(unread.then(pl.lit(f"expected {expected}"))).to_series()
