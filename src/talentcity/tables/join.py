"""Checks between tables: ids that join must agree in type, and be known."""

from __future__ import annotations

import polars as pl

from talentcity.errors import InvalidTable, Violation


def require_same_id_type(left: pl.Series, right: pl.Series, *, left_table: str, right_table: str) -> None:
    """Raise InvalidTable unless both ids are text, or both are numbers. Ids are never guessed to be the other."""
    if left.dtype != right.dtype:
        expected = (
            f"ids are {_words(left.dtype)} here and {_words(right.dtype)} in {right_table} (column {right.name}); "
            "expected the same type in both"
        )
        raise InvalidTable([Violation(left_table, None, left.name, None, expected)])


def require_known(
    ids: pl.Series, known: pl.Series, *, table: str, known_table: str, first_row: int = 1, hint: str = ""
) -> None:
    """Raise InvalidTable naming each row of `ids` that `known` does not list. Empty ids are not looked at."""
    require_same_id_type(ids, known, left_table=table, right_table=known_table)
    unknown = (~ids.is_in(known.implode())).fill_null(False)
    if not unknown.any():
        return
    rows = unknown.arg_true()
    expected = f"{known_table} does not list it{'; ' + hint if hint else ''}"
    shown = [
        Violation(table, row + first_row, ids.name, repr(ids[row]), expected) for row in rows.head(InvalidTable.SHOWN)
    ]
    raise InvalidTable(shown, rows.len())


def _words(dtype: pl.DataType) -> str:
    return "numbers" if dtype.is_integer() else "text"
