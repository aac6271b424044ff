"""Read the cells of a foreign sheet as values of a column of ours; `tables.mapping` says which cells and how.

Every reader answers for a column of texts with a frame of four columns: `read` (the cell says something that the reader
knows), `value`, `note` (what was done to it, for the count of repairs) and `doubt` (why the row cannot be taken).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from talentcity.tables.check import expected_of
from talentcity.tables.schema import LIST_SEPARATOR, Column, Kind
from talentcity.text.dates import read_days, read_moments
from talentcity.text.education import read_educations
from talentcity.text.experience import read_experiences
from talentcity.text.headcount import read_headcounts
from talentcity.text.place import Place, read_places
from talentcity.text.plain import amount_of, plain
from talentcity.text.unique import read_each
from talentcity.text.wage import read_wages

READERS = (
    "text", "number", "date", "moment", "list", "words", "place", "wage", "education", "experience", "headcount",
)  # fmt: skip
_BY_KIND = {Kind.WHOLE: "number", Kind.NUMBER: "number", Kind.DATE: "date", Kind.MOMENT: "moment", Kind.LIST: "list"}
_ISO_DAY = r"^\d{4}-\d{2}-\d{2}$"
_ISO_MOMENT = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$"
_LEVELS = {
    "junior": "初中", "secondary": "高中 or 中专", "college": "大专", "bachelor": "本科", "master": "硕士",
    "doctor": "博士",
}  # fmt: skip
OTHERWISE_WRITTEN = "written otherwise: converted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where one column of ours comes from. Exactly one of `headings`, `value` and `row` is given."""

    column: str
    headings: tuple[str, ...] = ()
    value: object = None
    row: str | None = None
    read: str = "text"
    join: str | None = None
    separators: tuple[str, ...] = (LIST_SEPARATOR,)
    words: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    order: str = "ymd"
    optional: bool = False
    home: str | None = None


def usual_reader(column: Column) -> str:
    """The reader of a column for which a mapping names none.

    Example:
        >>> from talentcity.tables import POSTINGS
        >>> usual_reader(POSTINGS.column("posted_on")), usual_reader(POSTINGS.column("title"))
        ('date', 'text')
    """
    return _BY_KIND.get(column.kind, "text")


def as_text(cells: pl.Series) -> pl.Series:
    """Cells as stripped text, missing where they are blank."""
    if isinstance(cells.dtype, pl.List):
        cells = cells.list.eval(pl.element().cast(pl.String)).list.join(LIST_SEPARATOR)
    text = cells.cast(pl.String).str.strip_chars()
    return text.set(text == "", None)


def read_cells(source: Source, column: Column, text: pl.Series) -> pl.DataFrame:
    """Columns `read`, `value`, `note` and `doubt` of each cell."""
    found = _READ[source.read](source, column, text)
    lacking = [name for name in ("note", "doubt") if name not in found.columns]
    return found.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)


def expected_by(source: Source, column: Column) -> str:
    """What a cell should say for its reader to know it, in words that follow "expected"."""
    if source.read == "education":
        return f"one of {', '.join(f'{words} ({level})' for level, words in _LEVELS.items())}"
    if source.read == "words":
        return f"one of {', '.join(f'{word} ({meant})' for word, meant in source.words)}"
    return expected_of(column)


def _text(_source: Source, column: Column, text: pl.Series) -> pl.DataFrame:
    """Text as it stands; ids and words of a closed list with plain signs for full-width ones."""
    if column.kind is not Kind.ID and not column.allowed:
        return pl.DataFrame({"read": text.is_not_null(), "value": text})
    folded = read_each(text, lambda cell: (plain(cell).strip(),), {"value": pl.String})
    return folded.with_columns(_noted(folded["value"] != text))


def _number(_source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    def read(cell: str) -> tuple[float] | None:
        amount = amount_of(cell)
        return None if amount is None else (amount,)

    found = read_each(text, read, {"value": pl.Float64})
    return found.with_columns(_noted(text.cast(pl.Float64, strict=False).is_null() & found["read"]))


def _date(source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    found = read_days(text, order=source.order).rename({"day": "value"})
    return found.with_columns(_noted(~text.str.contains(_ISO_DAY) & found["read"]))


def _moment(source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    found = read_moments(text, order=source.order).rename({"moment": "value"})
    return found.with_columns(_noted(~text.str.contains(_ISO_MOMENT) & found["read"]))


def _noted(mended: pl.Series) -> pl.Series:
    return pl.select(pl.when(mended).then(pl.lit(OTHERWISE_WRITTEN))).to_series().alias("note")


def _list(source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    first, *others = source.separators
    joined = text
    for other in others:
        joined = joined.str.replace_all(other, first, literal=True)
    return pl.DataFrame({"read": text.is_not_null(), "value": joined.str.split(first)})


def _words(source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    value = pl.lit(None, pl.String)
    for word, meant in reversed(source.words):
        value = pl.when(pl.col("text").str.contains(word, literal=True)).then(pl.lit(meant)).otherwise(value)
    found = pl.DataFrame({"text": text}).select(value.alias("value"))
    if source.otherwise is not None:
        found = found.with_columns(pl.col("value").fill_null(source.otherwise))
    return found.select(pl.col("value").is_not_null().alias("read"), "value")


def _wage(_source: Source, column: Column, text: pl.Series) -> pl.DataFrame:
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


def _headcount(_source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    several = pl.when(pl.col("read") & pl.col("value").is_null()).then(pl.lit("number not given: left empty"))
    found = read_headcounts(text).select("read", pl.col("persons").alias("value"))
    return found.with_columns(several.alias("note"))


def _place(source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
    """Places in their normal form; those of the home city as bare districts, as the other tables have them."""
    found = read_places(text).select("read", pl.col("place").alias("value"))
    if source.home is None:
        return found
    home = Place(source.home, None).key
    value = pl.col("value")
    bare = pl.when(value.str.starts_with(home) & (value != home)).then(value.str.strip_prefix(home)).otherwise(value)
    return found.with_columns(bare.alias("value"))


def _facts(read: Callable[[pl.Series], pl.DataFrame], name: str) -> Callable[..., pl.DataFrame]:
    def column_of(_source: Source, _column: Column, text: pl.Series) -> pl.DataFrame:
        return read(text).select("read", pl.col(name).alias("value"))

    return column_of


_READ: dict[str, Callable[[Source, Column, pl.Series], pl.DataFrame]] = {
    "text": _text,
    "number": _number,
    "date": _date,
    "moment": _moment,
    "list": _list,
    "words": _words,
    "wage": _wage,
    "headcount": _headcount,
    "place": _place,
    "education": _facts(read_educations, "level"),
    "experience": _facts(read_experiences, "least"),
}


_SHAPES = 3  # examples of a notation that the count of repairs shows
MENDED = {"column": pl.String, "kind": pl.String, "rows": pl.Int64, "examples": pl.String}


def counted(column: str, kinds: pl.Series, about: pl.Series) -> list[tuple[str, str, int, str]]:
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
