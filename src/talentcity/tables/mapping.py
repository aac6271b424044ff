"""Read a foreign sheet as one of our tables, by a small TOML file that says which heading becomes which column.

::

    kind = "postings"

    [posting_id]
    row = "ad-"                       # the row's number in the file, after this prefix

    [title]
    from = "job title"                # a heading of the sheet; of several the first that can be read wins

    [text]
    from = ["description", "skills"]
    join = "\\n"                       # of texts: all that are not empty, joined

    [wage_min]
    from = "salary"
    read = "wage"                     # the lower wage; in wage_max the upper one

    [channel]
    from = "nature"
    read = "words"
    words = { "国企" = "state_owned" }  # the first word that the cell contains
    otherwise = "market"

    [education_min]
    value = "college"                 # the same for every row

    [refuse]
    salary = ["salary", "薪资"]        # rows with such a cell are no records: headings that stand among them

Readers: text (the default), number, date, list, words, place, wage, education, experience, headcount.
A list is cut at `separator` (by default "|"). Every row is either read, or refused with its reasons; a fact that
cannot be told from what a cell says is left empty and counted.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from talentcity.errors import InvalidData, UnreadableFile, Violation
from talentcity.tables.check import sift
from talentcity.tables.files import first_row, read_frame
from talentcity.tables.schema import LIST_SEPARATOR, Column, Kind, Schema
from talentcity.text.dates import read_days
from talentcity.text.education import read_educations
from talentcity.text.experience import read_experiences
from talentcity.text.headcount import read_headcounts
from talentcity.text.place import read_places
from talentcity.text.plain import plain
from talentcity.text.wage import read_wages

READERS = (
    "text", "number", "date", "list", "words", "place", "wage", "education", "experience", "headcount",
)  # fmt: skip
KEYS = ("from", "value", "row", "read", "join", "separator", "words", "otherwise")
_SOURCES = ("from", "value", "row")
_SHAPES = 3  # examples of a notation that the count of repairs shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one column of ours comes from. Exactly one of `headings`, `value` and `row` is given."""

    column: str
    headings: tuple[str, ...] = ()
    value: object = None
    row: str | None = None
    read: str = "text"
    join: str | None = None
    separator: str = LIST_SEPARATOR
    words: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping: the sources of our columns, and the file that says so."""

    file: str
    sources: tuple[Source, ...]
    refuse: tuple[tuple[str, tuple[str, ...]], ...] = ()  # heading, and the cells of rows that are no records

    @classmethod
    def load(cls, path: str | os.PathLike[str], schema: Schema) -> Mapping:
        """Read a mapping for a table of the schema.

        Raises:
            UnreadableFile: no such file, or no right to read it.
            InvalidData: it is not TOML, or a key of it cannot be; the message names file and key.
        """
        path = Path(path)
        document = _document(path)
        kind = document.pop("kind", schema.name)
        if kind != schema.name:
            raise InvalidData(f'{path}: kind = "{kind}", and {schema.name} are imported; expected the same.')
        refuse = _refuse(path, document.pop("refuse", {}))
        sources = tuple(_source(path, name, entry, schema) for name, entry in document.items())
        given = {source.column for source in sources}
        missing = [column.name for column in schema.columns if column.required and column.name not in given]
        if missing:
            raise InvalidData(
                f"{path}: nothing is said of {', '.join(missing)}, without which no {schema.name} can be; "
                f"expected a block [{missing[0]}] with one of {', '.join(_SOURCES)}."
            )
        return cls(path.name, sources, refuse)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a foreign sheet; every row of it is in `table` or in `refused`.

    Attributes:
        table: the rows that were read, a table of the schema.
        refused: row (its number in the file), column, value, reason; a row may have several.
        mended: column, kind, rows, examples: what was done to how many of the rows that were read, commonest first
            within a column; examples are notations with every number as 9.
        rows: how many rows the sheet has.
    """

    table: pl.DataFrame
    refused: pl.DataFrame
    mended: pl.DataFrame
    rows: int

    @property
    def refused_rows(self) -> int:
        """How many rows were refused."""
        return self.refused["row"].n_unique()


def read_mapped(path: str | os.PathLike[str], schema: Schema, mapping: Mapping | str | os.PathLike[str]) -> Mapped:
    """Read a foreign sheet (CSV or Parquet) as a table of the schema.

    Raises:
        UnreadableFile: the sheet or the mapping cannot be read.
        InvalidData: the mapping is wrong, or names a heading that the sheet does not have.
    """
    path = Path(path)
    if not isinstance(mapping, Mapping):
        mapping = Mapping.load(mapping, schema)
    sheet = read_frame(path)
    _require_headings(mapping, sheet, path)
    headings = dict.fromkeys(name for source in mapping.sources for name in source.headings)
    cells = {name: _as_text(sheet[name]) for name in [*headings, *(name for name, _ in mapping.refuse)]}
    reading = _Reading(cells, sheet.height, first_row(path))
    columns = [reading.column(source, schema.column(source.column)) for source in mapping.sources]
    frame = pl.DataFrame(columns) if sheet.height else schema.empty().select(s.column for s in mapping.sources)
    none = reading.no_records(mapping, path.name)
    sifted = sift(frame, schema, table=path.name, first_row=first_row(path), aside=none)
    refused = refusals(sifted.violations)
    kept = ~reading.numbers.is_in(refused["row"].unique().implode())
    return Mapped(sifted.table, refused, reading.mended(mapping.sources, kept), sheet.height)


def read_plain(path: str | os.PathLike[str], schema: Schema) -> Mapped:
    """Read a sheet whose headings are ours, with bad rows put aside; nothing is mended.

    Raises:
        UnreadableFile: it cannot be read.
        InvalidTable: a column is missing, misspelt or of another type.
    """
    path = Path(path)
    sheet = read_frame(path)
    sifted = sift(sheet, schema, table=path.name, first_row=first_row(path))
    none = pl.DataFrame(schema={"column": pl.String, "kind": pl.String, "rows": pl.Int64, "examples": pl.String})
    return Mapped(sifted.table, refusals(sifted.violations), none, sheet.height)


def refusals(violations: tuple[Violation, ...]) -> pl.DataFrame:
    """Violations as a table: row, column, value, reason."""
    rows = [(each.row, each.column, each.value, each.expected) for each in violations]
    schema = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnreadableFile(f"{path}: there is no such file.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path} is not TOML: {error}.") from None


def _refuse(path: Path, entry: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    def texts(words: object) -> bool:
        return isinstance(words, list) and all(isinstance(word, str) for word in words)

    if not isinstance(entry, dict) or not all(texts(words) for words in entry.values()):
        raise InvalidData(f'{path}: refuse = {entry!r}; expected headings with lists of text, such as pay = ["pay"].')
    return tuple((heading, tuple(words)) for heading, words in entry.items())


def _source(path: Path, name: str, entry: object, schema: Schema) -> Source:
    """One block of the file, checked."""
    if name not in schema.names:
        raise InvalidData(
            f"{path}: [{name}]: {schema.name} have no such column; expected one of {_list(schema.names)}."
        )
    if not isinstance(entry, dict):
        raise InvalidData(f'{path}: {name} = {entry!r}; expected a block, such as [{name}] with from = "a heading".')
    _check_keys(path, name, entry)
    headings = entry.get("from", [])
    return Source(
        column=name,
        headings=tuple([headings] if isinstance(headings, str) else headings),
        value=entry.get("value"),
        row=entry.get("row"),
        read=entry.get("read", "list" if schema.column(name).kind is Kind.LIST else "text"),
        join=entry.get("join"),
        separator=entry.get("separator", LIST_SEPARATOR),
        words=tuple(entry.get("words", {}).items()),
        otherwise=entry.get("otherwise"),
    )


def _check_keys(path: Path, name: str, entry: dict[str, object]) -> None:
    where = f"{path}: [{name}]"
    strange = [key for key in entry if key not in KEYS]
    if strange:
        raise InvalidData(f"{where} has a key {strange[0]}; expected one of {', '.join(KEYS)}.")
    sources = [key for key in _SOURCES if key in entry]
    if len(sources) != 1:
        said = f"both {' and '.join(sources)}" if sources else "no source"
        raise InvalidData(f"{where} has {said}; expected exactly one of {', '.join(_SOURCES)}.")
    if entry.get("read", "text") not in READERS:
        raise InvalidData(f"{where} read = {entry['read']!r}: no such reader; expected one of {', '.join(READERS)}.")
    _check_types(where, entry)
    if (entry.get("read") == "words") != bool(entry.get("words")):
        raise InvalidData(f'{where}: read = "words" and words = {{ "word" = "value" }} go together; one is missing.')


def _check_types(where: str, entry: dict[str, object]) -> None:
    headings = entry.get("from", "x")
    many = isinstance(headings, list) and headings and all(isinstance(heading, str) for heading in headings)
    if not isinstance(headings, str) and not many:
        raise InvalidData(f"{where} from = {headings!r}; expected a heading, or a list of headings.")
    for key in ("row", "read", "join", "separator", "otherwise"):
        if not isinstance(entry.get(key, ""), str):
            raise InvalidData(f"{where} {key} = {entry[key]!r}; expected text.")
    words = entry.get("words", {})
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise InvalidData(f'{where} words = {words!r}; expected a table of text, such as {{ "word" = "value" }}.')
    if not isinstance(entry.get("value", ""), str | int | float):
        raise InvalidData(f"{where} value = {entry['value']!r}; expected one text or number.")


def _require_headings(mapping: Mapping, sheet: pl.DataFrame, path: Path) -> None:
    named = [(f"[{source.column}] from", heading) for source in mapping.sources for heading in source.headings]
    named += [("[refuse]", heading) for heading, _ in mapping.refuse]
    for where, heading in named:
        if heading not in sheet.columns:
            raise InvalidData(
                f"{mapping.file}: {where} = {heading!r}: {path.name} has no such heading; "
                f"expected one of {_list(sheet.columns)}."
            )
        if sheet.schema[heading] in (pl.Binary, pl.Object):
            raise InvalidData(
                f"{mapping.file}: {where} = {heading!r}: {path.name} holds bytes there; expected text, numbers or days."
            )


def _list(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _as_text(cells: pl.Series) -> pl.Series:
    """Cells as stripped text, missing where they are blank."""
    if isinstance(cells.dtype, pl.List):
        cells = cells.list.eval(pl.element().cast(pl.String)).list.join(LIST_SEPARATOR)
    text = cells.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def _wage(column: Column, text: pl.Series) -> pl.DataFrame:
    wages = read_wages(text)
    side = "high" if column.name == "wage_max" else "low"
    kinds = {
        "negotiable": "negotiable: left empty",
        "base": "base pay: taken as the lower wage",
        "period not stated": "period not stated: taken as a month's",
    }
    converted = "converted to a month: " + pl.col("note")
    note = pl.col("note").replace_strict(kinds, default=pl.when(pl.col("note") != "").then(converted))
    return wages.select("read", pl.col(side).alias("value"), note.alias("note"))


def _headcount(text: pl.Series) -> pl.DataFrame:
    several = pl.when(pl.col("read") & pl.col("value").is_null()).then(pl.lit("number not given: left empty"))
    return read_headcounts(text).rename({"persons": "value"}).with_columns(several.alias("note"))


def _number(text: pl.Series) -> pl.DataFrame:
    simple = text.map_elements(plain, return_dtype=pl.String).str.replace_all(",", "", literal=True)
    value = simple.cast(pl.Float64, strict=False)
    return pl.DataFrame({"read": value.is_finite().fill_null(False), "value": value})


def _plain_text(text: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"read": text.is_not_null(), "value": text})


_BY_NAME: dict[str, Callable[[pl.Series], pl.DataFrame]] = {
    "text": _plain_text,
    "number": _number,
    "date": lambda text: read_days(text).rename({"day": "value"}),
    "place": lambda text: read_places(text).rename({"place": "value"}),
    "education": lambda text: read_educations(text).rename({"level": "value"}),
    "experience": lambda text: read_experiences(text).select("read", pl.col("least").alias("value")),
    "headcount": _headcount,
}


def _read(source: Source, column: Column, text: pl.Series) -> pl.DataFrame:
    """Columns `read` (the cell says something that the reader knows), `value` and `note` of each cell."""
    if source.read == "wage":
        return _wage(column, text)
    if source.read == "list":
        return pl.DataFrame({"read": text.is_not_null(), "value": text.str.split(source.separator)}).with_columns(
            pl.lit(None, pl.String).alias("note")
        )
    found = _words(source, text) if source.read == "words" else _BY_NAME[source.read](text)
    return found if "note" in found.columns else found.with_columns(pl.lit(None, pl.String).alias("note"))


def _words(source: Source, text: pl.Series) -> pl.DataFrame:
    value = pl.lit(None, pl.String)
    for word, meant in reversed(source.words):
        value = pl.when(pl.col("text").str.contains(word, literal=True)).then(pl.lit(meant)).otherwise(value)
    found = pl.DataFrame({"text": text}).select(value.alias("value"))
    if source.otherwise is not None:
        found = found.with_columns(pl.col("value").fill_null(source.otherwise))
    return found.select(pl.col("value").is_not_null().alias("read"), "value")


class _Reading:
    """One sheet being read: gives our columns and remembers how each cell fared."""

    def __init__(self, cells: dict[str, pl.Series], height: int, first: int) -> None:
        self._cells = cells
        self._height = height
        self.numbers = pl.int_range(first, first + height, eager=True)  # the rows as messages number them
        self._known = {name: pl.repeat(False, height, eager=True) for name in cells}  # some reader knows the cell
        self._notes: list[tuple[str, pl.Series, pl.Series]] = []  # column, note of each row, the text it is about
        self._open: dict[str, pl.Series] = {}  # rows that a column could not be read from, by column

    def column(self, source: Source, column: Column) -> pl.Series:
        """Our column, row by row."""
        if source.row is not None:
            return (source.row + self.numbers.cast(pl.String)).rename(column.name)
        if not source.headings:
            return pl.Series(column.name, [source.value] * self._height, strict=False)
        if source.join is not None:
            parts = [self._cells[heading].alias(str(at)) for at, heading in enumerate(source.headings)]
            joined = pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=source.join, ignore_nulls=True))
            return self._first_read(source, column, [joined.to_series()])
        return self._first_read(source, column, [self._cells[heading] for heading in source.headings])

    def _first_read(self, source: Source, column: Column, texts: list[pl.Series]) -> pl.Series:
        """The value of the first cell that can be read."""
        value: pl.Series | None = None
        done = pl.repeat(False, self._height, eager=True)
        note = pl.repeat(None, self._height, dtype=pl.String, eager=True)
        about = note
        for at, text in enumerate(texts):
            found = _read(source, column, text)
            takes = found["read"] & ~done
            value = found["value"] if value is None else found["value"].zip_with(takes, value)
            note = found["note"].zip_with(takes, note)
            about = text.zip_with(takes, about)
            done = done | found["read"]
            if source.join is None:
                self._known[source.headings[at]] |= found["read"]
        self._notes.append((column.name, note, about))
        self._open[column.name] = ~done
        assert value is not None
        return value.rename(column.name)

    def no_records(self, mapping: Mapping, table: str) -> list[Violation]:
        """The rows that the mapping says are none."""
        return [
            Violation(table, row, heading, repr(cell), f"{mapping.file} refuses rows with such a cell")
            for heading, words in mapping.refuse
            for row, cell in pl.DataFrame([self.numbers, self._cells[heading]])
            .filter(self._cells[heading].is_in(words))
            .iter_rows()
        ]

    def mended(self, sources: tuple[Source, ...], kept: pl.Series) -> pl.DataFrame:
        """The repairs in the rows that were kept, counted; called when every column has been read."""
        rows: list[tuple[str, str, int, str]] = []
        for column, note, about in self._notes:
            rows += _counted(column, note.filter(kept), about.filter(kept))
        for source in sources:
            if source.column in self._open and source.join is None:
                rows += self._not_read(source, kept)
        schema = {"column": pl.String, "kind": pl.String, "rows": pl.Int64, "examples": pl.String}
        order = {source.column: at for at, source in enumerate(sources)}
        rows.sort(key=lambda row: (order[row[0]], -row[2], row[1]))
        return pl.DataFrame(rows, schema=schema, orient="row")

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
        return _counted(source.column, kinds.filter(kept), unknown.filter(kept))


def _counted(column: str, kinds: pl.Series, about: pl.Series) -> list[tuple[str, str, int, str]]:
    """Rows of `mended` for one column: each kind with its count and the commonest shapes of what it is about."""
    frame = pl.DataFrame({"kind": kinds.cast(pl.String), "text": about}).drop_nulls("kind")
    rows = []
    for (kind,), group in frame.group_by("kind"):
        shapes = group["text"].drop_nulls().str.replace_all(r"[0-9]+", "9").value_counts(sort=True, name="count")
        shapes = shapes.sort("count", "text", descending=[True, False]).head(_SHAPES)
        rows.append((column, str(kind), group.height, ", ".join(_cut(shape) for shape in shapes["text"])))
    return rows


def _cut(shape: str) -> str:
    line = re.sub(r"\s+", " ", shape)
    return line if len(line) <= 24 else f"{line[:23]}…"
