"""Every error that TalentCity raises for a mistake a caller can mend.

::

    TalentCityError
    ├── InvalidTable       a table breaks its schema; carries the violations
    ├── UnreadableFile     a file or folder cannot be read or written as what it claims to be
    ├── InvalidOption      an option of a command or function has a value that cannot be
    ├── UnknownName        a rule, schema, occupation or service that is asked for does not exist
    ├── NoRuleInForce      a dated parameter is asked for a day on which it says nothing
    └── InvalidData        a data file of the project's own kind (rule, promise, mapping) is wrong

A message says what is wrong, where, what was expected and how to mend it. Commands print it
and leave with exit status 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class TalentCityError(Exception):
    """Base of all errors that a caller can mend."""


class UnreadableFile(TalentCityError):
    """A file or folder cannot be read or written as what it claims to be."""


class InvalidOption(TalentCityError):
    """An option has a value that cannot be."""


class UnknownName(TalentCityError):
    """Something is asked for by a name that does not exist."""


class NoRuleInForce(TalentCityError):
    """A dated parameter is asked for a day before its first wording, after its last one, or between two."""


class InvalidData(TalentCityError):
    """A data file of the project's own kind (rule, promise, mapping) is wrong."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One place where a table breaks its schema.

    `row` counts as a reader of the file counts: in CSV and in workbooks the header is a row too, so the first record
    below a header in row 1 is row 2; in JSON lines, Parquet and frames the first record is row 1. None when a whole
    column or table is meant.
    """

    table: str
    row: int | None
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        where = [self.table]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column is not None:
            where.append(f"column {self.column}")
        found = "" if self.value is None else f"{self.value}: "
        return f"{', '.join(where)}: {found}{self.expected}"


class InvalidTable(TalentCityError):
    """A table breaks its schema.

    Attributes:
        violations: the first `SHOWN` of them, in the order of the columns, then of the rows.
        count: how many there are in all.
    """

    SHOWN = 100

    def __init__(self, violations: Sequence[Violation], count: int | None = None) -> None:
        self.violations = tuple(violations[: self.SHOWN])
        self.count = len(violations) if count is None else count
        super().__init__(self._message())

    def _message(self) -> str:
        lines = [str(violation) for violation in self.violations]
        hidden = self.count - len(self.violations)
        if hidden:
            lines.append(f"… and {hidden:,} more; {self.count:,} in all.")
        return "\n".join(lines)
