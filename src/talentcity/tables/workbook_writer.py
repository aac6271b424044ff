"""Excel workbooks (.xlsx) as we write them: one sheet, the header in row 1 and frozen, the same bytes every time.

Text is written as text, whatever it begins with: a cell that begins with `=` is no formula. Numbers are numbers with
all their digits; whole ones of more than 15 digits, which Excel would round, are text. Days and moments are real
dates; a moment with a fraction of a second, which Excel cannot hold exactly, and days before 1900 are ISO 8601 text.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from talentcity.errors import UnreadableFile
from talentcity.tables.parts import column_letters
from talentcity.tables.worksheet import EXACT, MOST_COLUMNS, MOST_ROWS

LONGEST_CELL = 32_767  # characters; what Excel holds
_MADE = datetime.combine(date(2000, 1, 1), time())  # a workbook says when it was made; ours all say the same


class _Exact(float):
    """A number that is written with all the digits it needs; the library would write 16."""

    def __format__(self, _: str) -> str:
        return repr(float(self))


def require_fits(frame: pl.DataFrame, path: Path) -> None:
    """Raise UnreadableFile if the frame has more rows, columns or text than a sheet can hold."""
    if frame.height >= MOST_ROWS or frame.width > MOST_COLUMNS:
        raise UnreadableFile(
            f"{path} cannot be written: the table has {frame.height:,} rows and {frame.width:,} columns, and a sheet "
            f"has at most {MOST_ROWS:,} rows with the header, and {MOST_COLUMNS:,} columns. Write .csv or .parquet."
        )
    for column, cells in enumerate(frame.iter_columns()):
        if cells.dtype != pl.String:
            continue
        long = (cells.str.len_chars() > LONGEST_CELL).fill_null(False)
        if long.any():
            raise UnreadableFile(
                f"{path} cannot be written: row {(long.arg_max() or 0) + 2}, column {column_letters(column)} "
                f"({cells.name}) has more than {LONGEST_CELL:,} characters, the most that Excel holds. Write .csv or "
                ".parquet."
            )


def write_workbook(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame without lists that `require_fits`; rows pass through a temporary folder beside the file."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f"{path.name}.") as folder:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        try:
            _fill(book, frame)
            book.close()
        except (FileCreateError, OSError) as error:
            _drop_open_files(book)
            raise error.args[0] if isinstance(error, FileCreateError) else error from None


def _drop_open_files(book: xlsxwriter.Workbook) -> None:
    """Close what the library leaves open where the disk is full; closing would write, and fail, once more."""
    for sheet in book.worksheets():
        for file in (sheet.row_data_fh, sheet.fh):
            with contextlib.suppress(OSError, AttributeError):
                file.close()


def _fill(book: xlsxwriter.Workbook, frame: pl.DataFrame) -> None:
    book.set_properties({"created": _MADE})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(frame.columns):
        sheet.write_string(0, column, name, bold)
    writers = [_writer(sheet, dtype, day, moment) for dtype in frame.dtypes]
    for row, cells in enumerate(frame.iter_rows(), start=1):
        for column, cell in enumerate(cells):
            if cell is not None:
                writers[column](row, column, cell)


def _writer(sheet: Worksheet, dtype: pl.DataType, day: Format, moment: Format) -> Callable[[int, int, object], None]:
    """What writes the cells of a column."""

    def text(row: int, column: int, cell: object) -> None:
        sheet.write_string(row, column, str(cell))

    def number(row: int, column: int, cell: object) -> None:
        assert isinstance(cell, int | float)
        if abs(cell) < EXACT:
            sheet.write_number(row, column, _Exact(cell))
        else:
            text(row, column, cell)

    def dated(row: int, column: int, cell: object) -> None:
        assert isinstance(cell, date)
        exact = not isinstance(cell, datetime) or not cell.microsecond
        if cell.year >= 1900 and exact:
            sheet.write_datetime(row, column, cell, moment if isinstance(cell, datetime) else day)
        else:
            text(row, column, cell.isoformat())

    return number if dtype.is_numeric() else dated if dtype in (pl.Date, pl.Datetime) else text
