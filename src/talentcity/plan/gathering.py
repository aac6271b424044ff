"""Tables of pairs become codes, part by part. Private: `Problem` says which tables.

A part that needs no mending (ids without blanks around them, scores in range) is coded as it is; any other goes through
`tables.check`, which mends it or says what is wrong, row by row. So a check costs what it must only where it must.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from talentcity.errors import InvalidTable, UnreadableFile, Violation
from talentcity.plan.ids import Codes, IdCodes, SharedHash
from talentcity.plan.rows import Rows, relabelled, repeated, repeats
from talentcity.tables import PAIRS, Column, Kind, Part, Schema, check, read_parts, require_same_id_type

Array = np.ndarray[Any, Any]

# A plan never reads why a pair has its score; and pairs that stand twice are found when they stand side by side.
SCORED = Schema(PAIRS.name, PAIRS.about, tuple(column for column in PAIRS.columns if column.name != "reasons"))
_TYPES = {Kind.ID: (pl.String, pl.Int64), Kind.WHOLE: (pl.Int64,), Kind.NUMBER: (pl.Float64, pl.Float32)}
_PART = 1 << 20  # rows of a part of a file
_UNTIDY = r"^$|^[\s\x{feff}\x{200b}-\x{200f}\x{2060}]|[\s\x{feff}\x{200b}-\x{200f}\x{2060}]$"


@dataclass(frozen=True, slots=True)
class Source:
    """What messages call a table, and the number of its first record (2 in a CSV file, whose header is row 1)."""

    name: str
    first_row: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """Ids that a table lists, rising; the table; and what it is good for."""

    ids: pl.Series
    source: Source
    hint: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be read again and again, from its first part on.

    Attributes:
        parts: begins to read.
        rows: how many records there are, if that is known before they are read.
        source: what messages call it.
    """

    parts: Callable[[], Iterable[Part]]
    rows: int | None
    source: Source

    @classmethod
    def of_frame(cls, frame: pl.DataFrame, source: Source) -> Table:
        """One part: the frame."""
        return cls(lambda: iter([Part(frame, source.first_row)]), frame.height, source)

    @classmethod
    def of_file(cls, path: str) -> Table:
        """The parts of a file; of Parquet only the columns that a plan reads.

        Raises:
            UnreadableFile: as `tables.read_parts`, also later, while it is read.
        """
        name = Path(path).name
        if Path(path).suffix.lower() != ".parquet":
            return cls(lambda: read_parts(path, rows=_PART), None, Source(name))
        return _parquet(path, Source(name))


@dataclass(frozen=True, slots=True)
class Gathered:
    """P coded pairs in the order of the rows.

    Attributes:
        person_ids: (S,) rising; all that are listed, or all that have a pair.
        person, opportunity: (P,) codes in the order of the ids.
        score: (P,) in the type that it came in.
        first_rows: the pair with which each part begins, rising, and the number of that record.
    """

    person_ids: pl.Series
    person: Codes
    opportunity: Codes
    score: Array
    first_rows: Mapping[int, int]

    def number(self, pair: int) -> int:
        """The number that a reader of the table gives to the record."""
        begin = max(first for first in self.first_rows if first <= pair)
        return self.first_rows[begin] + pair - begin


def gathered(table: Table, places: Listed, persons: Listed | None) -> Gathered:
    """Code all parts of a table of pairs; without a list of persons, they are all who stand in a pair.

    Raises:
        InvalidTable: a part breaks the schema, or an id is not listed.
    """
    mended = False
    for seed in itertools.count():
        try:
            return _Gathering(table, places, persons, seed, mended).all()
        except _Untidy:
            mended = True
        except SharedHash:
            continue
    raise AssertionError


def refuse_repeats(rows: Rows, table: Table, places: Listed, persons: Listed | None) -> None:
    """Raise InvalidTable that names each row whose pair stands in an earlier row; nothing where all are different.

    The table is read anew for it: most never need what the rows were made from again.
    """
    count, _ = repeats(rows, places.ids.len())
    if not count:
        return
    pairs, opportunity_ids, source = gathered(table, places, persons), places.ids, table.source
    again, earlier = repeated(pairs.person, pairs.opportunity, rows.start, opportunity_ids.len(), InvalidTable.SHOWN)
    raise InvalidTable(
        [
            Violation(
                source.name,
                pairs.number(at),
                "person_id and opportunity_id",
                f"{pairs.person_ids[int(pairs.person[at])]}, {opportunity_ids[int(pairs.opportunity[at])]}",
                f"stands already in row {pairs.number(first)}; expected each once",
            )
            for at, first in zip(again.tolist(), earlier.tolist(), strict=True)
        ],
        count,
    )


class _Untidy(Exception):
    """An id has blanks around it, or nothing between them: the parts must be mended before they are coded."""


@dataclass(slots=True)
class _Faults:
    """What is wrong with the parts so far."""

    shown: list[Violation] = field(default_factory=list)
    count: int = 0

    def add(self, violations: Iterable[Violation], count: int) -> None:
        room = max(0, InvalidTable.SHOWN - len(self.shown))
        self.shown += itertools.islice(violations, room)
        self.count += count

    def refuse(self) -> None:
        if self.count:
            raise InvalidTable(self.shown, self.count)


class _Growing:
    """An array that parts are added to; one part that is all there is stays where it is."""

    def __init__(self, rows: int | None) -> None:
        self._array: Array | None = None
        self._rows, self.size = rows, 0

    def add(self, part: Array) -> None:
        if self._array is None:
            whole = part.size == self._rows
            self._array = part if whole else np.empty(max(self._rows or 0, part.size), part.dtype)
        if self.size + part.size > self._array.size:
            larger = np.empty(max(2 * self._array.size, self.size + part.size), part.dtype)
            larger[: self.size] = self._array[: self.size]
            self._array = larger
        if self._array is not part:
            self._array[self.size : self.size + part.size] = part
        self.size += part.size

    def all(self, dtype: type) -> Array:
        return np.empty(0, dtype) if self._array is None else self._array[: self.size]


class _Column:
    """The ids of one column, against those that are listed, if any are."""

    def __init__(self, name: str, listed: Listed | None, table: Table, seed: int) -> None:
        self._name, self._listed, self._source, self._seed = name, listed, table.source, seed
        self._known = None if listed is None else IdCodes.known(listed.ids, seed=seed)
        self._codes = _Growing(table.rows)
        self.faults = _Faults()

    def add(self, ids: pl.Series, first_row: int, *, mended: bool) -> None:
        if self._listed is not None and ids.len():  # a column without a value has no type of its own
            require_same_id_type(
                ids, self._listed.ids, left_table=self._source.name, right_table=self._listed.source.name
            )
        if self._known is None:
            self._known = IdCodes(ids.dtype, grows=True, seed=self._seed)
        met = self._known.ids().len()
        codes = self._known.of(ids) if ids.len() else np.empty(0, np.int32)
        self._codes.add(codes)
        if self._listed is None:
            _require_tidy(self._known.ids()[met:], mended)
        elif codes.size and codes.min() < 0:
            unlisted = np.flatnonzero(codes < 0)
            _require_tidy(ids.gather(unlisted), mended)
            self.faults.add(self._unlisted(ids, unlisted, first_row, self._listed), unlisted.size)

    def _unlisted(self, ids: pl.Series, rows: Array, first_row: int, listed: Listed) -> Iterator[Violation]:
        expected = f"{listed.source.name} does not list it; {listed.hint}"
        return (
            Violation(self._source.name, int(row) + first_row, self._name, repr(ids[int(row)]), expected)
            for row in rows
        )

    def ids_and_codes(self) -> tuple[pl.Series, Codes]:
        """All ids, rising, and the code of each row in their order."""
        codes = self._codes.all(np.int32)
        if self._listed is not None:
            return self._listed.ids, codes
        ids, rank = (IdCodes(pl.String, grows=False) if self._known is None else self._known).rising()
        return ids.alias(self._name), relabelled(codes, rank)


def _require_tidy(ids: pl.Series, mended: bool) -> None:
    if not mended and not _tidy(ids):
        raise _Untidy


def _tidy(ids: pl.Series) -> bool:
    """Whether no id has blanks around it, or nothing between them."""
    return ids.dtype != pl.String or not ids.str.contains(_UNTIDY).any()


class _Gathering:
    """What is gathered while parts come in."""

    def __init__(self, table: Table, places: Listed, persons: Listed | None, seed: int, mended: bool) -> None:
        self._table, self._mended = table, mended
        self._opportunity = _Column("opportunity_id", places, table, seed)
        self._person = _Column("person_id", persons, table, seed)
        self._score = _Growing(table.rows)
        self._faults = _Faults()
        self._first_rows: dict[int, int] = {}

    def all(self) -> Gathered:
        for part in self._table.parts():
            self._add(part)
        for faults in (self._faults, self._opportunity.faults, self._person.faults):
            faults.refuse()
        _, opportunity = self._opportunity.ids_and_codes()
        person_ids, person = self._person.ids_and_codes()
        return Gathered(person_ids, person, opportunity, self._score.all(np.float64), self._first_rows)

    def _add(self, part: Part) -> None:
        faults = [fault for fault in part.faults if fault.column in SCORED.names]
        self._faults.add(faults, len(faults))
        try:
            scored = self._scored(part)
        except InvalidTable as error:
            if any(violation.row is None for violation in error.violations):
                raise
            self._faults.add(error.violations, error.count)
            return
        if self._faults.count:
            return
        self._first_rows[self._score.size] = part.first_row
        self._opportunity.add(scored["opportunity_id"], part.first_row, mended=self._mended)
        self._person.add(scored["person_id"], part.first_row, mended=self._mended)
        for piece in scored["score"].get_chunks():  # whole, they would be copied twice
            self._score.add(piece.to_numpy())

    def _scored(self, part: Part) -> pl.DataFrame:
        if not self._mended and _needs_no_mending(part.frame, SCORED):
            return part.frame
        checked = check(part.frame, SCORED, table=self._table.source.name, first_row=part.first_row)
        return checked.cast({"score": pl.Float32}) if part.frame.schema["score"] == pl.Float32 else checked


def looked_at(frame: pl.DataFrame, schema: Schema, source: Source) -> pl.DataFrame:
    """The table as `check` gives it; what needs no mending is not mended, which saves some milliseconds."""
    if _needs_no_mending(frame, schema) and _is_tidy(frame, schema):
        absent = [column for column in schema.columns if column.name not in frame.columns]
        return frame.with_columns(pl.lit(None, column.dtype).alias(column.name) for column in absent).select(
            schema.names
        )
    return check(frame, schema, table=source.name, first_row=source.first_row)


def _is_tidy(frame: pl.DataFrame, schema: Schema) -> bool:
    """Whether ids have no blanks around them, every key stands once and all rules hold."""
    ids = [frame[column.name] for column in schema.columns if column.kind is Kind.ID]
    rules = [rule.broken().any() for rule in schema.rules if set(rule.needs) <= set(frame.columns)]
    return (
        all(map(_tidy, ids))
        and not any(frame[column.name].n_unique() < frame.height for column in schema.columns if column.unique)
        and len(schema.key) < 2
        and not any(any(frame.select(rule).row(0)) for rule in rules)
    )


def _needs_no_mending(frame: pl.DataFrame, schema: Schema) -> bool:
    """Whether all columns are there, in types and with values that a check would not touch; ids are not looked at."""
    absent = [column for column in schema.columns if column.name not in frame.columns]
    if any(column.required for column in absent) or (absent and not set(frame.columns) <= set(schema.names)):
        return False  # perhaps a name is misspelt
    return all(_fits(frame[column.name], column) for column in schema.columns if column not in absent)


def _fits(values: pl.Series, column: Column) -> bool:
    if values.dtype not in _TYPES[column.kind] or (values.null_count() and not column.nullable):
        return False
    if column.kind is Kind.ID or values.null_count() == values.len():
        return True
    pieces = (values.drop_nulls() if values.null_count() else values).get_chunks()
    return all(_within(piece.to_numpy(), column) for piece in pieces)


def _within(numbers: Array, column: Column) -> bool:
    low, high = column.low, column.high
    if not numbers.size:
        return True
    return (low is None or bool(numbers.min() >= low)) and (high is None or bool(numbers.max() <= high))  # not for NaN


def _parquet(path: str, source: Source) -> Table:
    read = read_parts(path, rows=1)
    first = next(read)
    read.close()
    wanted = [name for name in SCORED.names if name in first.frame.columns]
    scanned = pl.scan_parquet(path)
    if len(wanted) == len(SCORED.names):
        scanned = scanned.select(wanted)

    def parts() -> Iterator[Part]:
        row = source.first_row
        try:
            for batch in scanned.collect_batches(chunk_size=_PART, maintain_order=True):
                yield Part(batch, row)
                row += batch.height
        except (pl.exceptions.PolarsError, OSError):
            raise UnreadableFile(
                f"{path} is not a whole Parquet file; it may be cut short or have the wrong ending. Export it again."
            ) from None
        if row == source.first_row:
            yield Part(first.frame.clear(), row)

    return Table(parts, scanned.select(pl.len()).collect().item(), source)
