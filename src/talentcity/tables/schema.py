"""What a table is: columns with dtype, unit, allowed values and a description, and rules across columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

import polars as pl

LIST_SEPARATOR = "|"
"""What joins the parts of a list in one cell, wherever a file cannot hold lists: in CSV and in workbooks."""


class Kind(Enum):
    """What a column holds; the value is the word that error messages and docs use."""

    ID = "id"
    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    DATE = "date (ISO 8601, such as 2026-03-01)"
    MOMENT = "date and time (ISO 8601, such as 2026-03-01T09:30)"
    LIST = "list of text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        name: as it stands in files and frames.
        kind: what it holds.
        about: one sentence for a reader of the documentation.
        unit: of numbers, such as "CNY/month"; empty where there is none.
        allowed: the only values, or empty for any.
        low, high: inclusive limits of numbers.
        required: the column must be there. A column that is not required is added, all missing.
        nullable: a row may leave it empty.
        unique: no value stands twice.
        default: what an absent column is filled with, and an empty cell.
    """

    name: str
    kind: Kind
    about: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = True
    nullable: bool = False
    unique: bool = False
    default: object = None

    @property
    def dtype(self) -> pl.DataType:
        """The polars dtype; ids may be Int64 instead of String."""
        return DTYPES[self.kind]


DTYPES: dict[Kind, pl.DataType] = {
    Kind.ID: pl.String(),
    Kind.TEXT: pl.String(),
    Kind.WHOLE: pl.Int64(),
    Kind.NUMBER: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.MOMENT: pl.Datetime("us"),
    Kind.LIST: pl.List(pl.String),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule across columns of one row: `broken` is true where it does not hold."""

    column: str
    needs: tuple[str, ...]
    broken: Callable[[], pl.Expr]
    expected: str


@dataclass(frozen=True, slots=True)
class Schema:
    """A table: its name, what one row is, its columns, its key and its rules across columns."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: Sequence[Rule] = field(default_factory=tuple)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        """The column of that name; KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    def empty(self) -> pl.DataFrame:
        """A frame with all columns and no row."""
        return pl.DataFrame(schema={column.name: column.dtype for column in self.columns})
