"""What the readers of files share: parts, the row of the header, names of columns, limits.

Rows are numbered as a spreadsheet shows them: every record is one row, however many lines its cells take, and a
blank line is a row without values. Blank rows at the end say nothing and are dropped.

The header is row 1, unless rows without a table stand above it (a title, who filled the sheet in): among the first
`TOP` rows, blank ones; those with as many cells as the widest row, of which one at most or at most half are filled; and
a title of one cell with a blank row below. The next row is the header if it has two or more filled cells, none alike
and none a number; otherwise the first row that is not blank is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from talentcity.errors import UnreadableFile, Violation

LONGEST_CELL = 1_000_000  # characters; a long advert has some 20,000
ERROR_CELL = "an error of the spreadsheet; mend the formula, or enter the value"  # what is said of #N/A and the like
TOP = 30  # rows among which the header is looked for
MOST_CELLS = 1_000_000  # of a frame that a reader makes row by row: so many cells, or
MOST_CHARACTERS = 32 << 20  # so many characters
_PAGES = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,:/ -]*")


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of a file, in their order.

    Attributes:
        frame: the records; text columns only unless the file is Parquet. Every part of a file has the same columns.
        first_row: the number that a reader of the file gives to the part's first record; the others follow it.
        notes: what was done to the file, as sentences ("The header was found in row 3."); on the first part only.
        faults: cells whose content cannot be relied on (an error of a formula, a number that has lost digits), with
            row, heading and reason. Whoever uses such a column puts these rows aside.
        merged: merged cells among the records that filled cells below the first: heading, first and last of the rows
            below, and the name of the area.
    """

    frame: pl.DataFrame
    first_row: int
    notes: tuple[str, ...] = ()
    faults: tuple[Violation, ...] = ()
    merged: tuple[tuple[str, int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands among the first rows, and what it says.

    Attributes:
        index: how many rows stand above it.
        names: one for each column up to the last that has a heading.
    """

    index: int
    names: tuple[str, ...]

    @property
    def row(self) -> int:
        """Its number as a reader of the file counts."""
        return self.index + 1

    def notes(self) -> tuple[str, ...]:
        """What is worth saying of it."""
        said = [f"The header was found in row {self.row}; what stands above it was left out."] if self.index else []
        blank = [name for at, name in enumerate(self.names, start=1) if name == f"column {at}"]
        if blank:
            said.append(f"Without a heading, and called by their place: {', '.join(blank)}.")
        return tuple(said)


def find_header(top: Sequence[Sequence[str | None]], file: str) -> Header:
    """The header among the first rows of a file.

    Raises:
        UnreadableFile: no row has a value, or a heading stands twice.

    Example:
        >>> find_header([["Vacancies in March", "", ""], ["id", "title ", ""], ["7", "cook", ""]], "sheet.csv")
        Header(index=1, names=('id', 'title'))
    """
    index = _header_index(top)
    cells = [(cell or "").strip() for cell in top[index]] if top else []
    width = max((at for at, cell in enumerate(cells, start=1) if cell), default=0)
    if not width:
        raise UnreadableFile(f"{file} holds no rows and no header; expected the names of the columns.")
    names = tuple(cell or f"column {at}" for at, cell in enumerate(cells[:width], start=1))
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        where = " and ".join(column_letters(at) for at, name in enumerate(names) if name == twice[0])
        raise UnreadableFile(f"{file}: the columns {where} are all called {twice[0]!r}; expected each name once.")
    return Header(index, names)


def _header_index(top: Sequence[Sequence[str | None]]) -> int:
    width = max(map(len, top), default=0)
    index = next((at for at in range(len(top)) if not _above(top, at, width)), 0)
    filled = [cell.strip() for cell in top[index] if cell and cell.strip()] if top else []
    if len(filled) > 1 and len(set(filled)) == len(filled) and not any(map(_NUMBER.fullmatch, filled)):
        return index
    return next((at for at, row in enumerate(top) if any(cell and cell.strip() for cell in row)), 0)


def _above(top: Sequence[Sequence[str | None]], at: int, width: int) -> bool:
    """Whether this row, of a table so wide, may stand above its header."""
    filled = _filled(top[at])
    if len(top[at]) == width:
        return filled <= max(1, width / 2)
    below = top[at + 1 : at + 2]
    return not filled or (filled == 1 and bool(below) and not _filled(below[0]))


def _filled(row: Sequence[str | None]) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def column_letters(index: int) -> str:
    """What a spreadsheet calls the column with this index.

    Example:
        >>> [column_letters(at) for at in (0, 25, 26, 702)]
        ['A', 'Z', 'AA', 'AAA']
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def in_parts(
    blocks: Iterable[tuple[pl.DataFrame, Sequence[Violation]]],
    empty: pl.DataFrame,
    *,
    first_row: int,
    rows: int,
    notes: tuple[str, ...],
) -> Iterator[Part]:
    """Parts of at most `rows` records from blocks of any size; blank rows at the end are dropped.

    Args:
        blocks: records in their order, with the faults found among them.
        empty: a frame without rows, with the columns of the blocks.
        first_row: the number of the first record.
        rows: the most records of a part.
        notes: for the first part.
    """
    blank, row, first = 0, first_row, True
    for block, faults in blocks:
        faulty = max((fault.row or 0 for fault in faults), default=0) - (row + blank) + 1  # rows up to the last fault
        kept = block.head(max(_without_blank_end(block).height, faulty))
        if not kept.height:
            blank += block.height
            continue
        while blank:
            gap = min(blank, rows)
            yield Part(empty.clear(gap), row, notes if first else ())
            blank, row, first = blank - gap, row + gap, False
        for start in range(0, kept.height, rows):
            here = kept.slice(start, rows)
            theirs = tuple(fault for fault in faults if row <= (fault.row or 0) < row + here.height)
            yield Part(here, row, notes if first else (), theirs)
            row, first = row + here.height, False
        blank = block.height - kept.height
    if first:
        yield Part(empty, first_row, notes)


def _without_blank_end(frame: pl.DataFrame) -> pl.DataFrame:
    blank = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    return frame.head(frame.height - int(blank.reverse().cum_min().sum()))


def is_web_page(start: bytes) -> bool:
    """Whether a file that begins so is HTML or XML, as some programs export "Excel"."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)


def require_short_cells(frame: pl.DataFrame, file: str, first_row: int, hint: str) -> None:
    """Raise UnreadableFile for the first cell that is longer than `LONGEST_CELL`."""
    lengths = frame.select(pl.all().str.len_bytes().max())
    for name in frame.columns:
        if (lengths[name][0] or 0) > LONGEST_CELL:
            long = frame[name].str.len_chars() > LONGEST_CELL
            at = long.arg_max() if long.any() else None
            if at is not None:
                raise too_long(file, first_row + at, name, hint)


def too_long(file: str, row: int, column: str, hint: str = "") -> UnreadableFile:
    """The refusal of a cell that no table of ours needs."""
    return UnreadableFile(
        f"{file}: row {row}, column {column}: the cell has more than {LONGEST_CELL:,} characters; expected at most so "
        f"many.{hint}"
    )
