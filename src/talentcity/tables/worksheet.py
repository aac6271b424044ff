"""A sheet of an Excel workbook: from its XML to rows of text, and from those to parts. `workbook` says how it reads."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from xml.parsers import expat

import polars as pl

from talentcity.errors import UnreadableFile, Violation
from talentcity.tables.parts import (
    ERROR_CELL,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_CHARACTERS,
    TOP,
    Header,
    Part,
    column_letters,
    find_header,
    in_parts,
    too_long,
)

MOST_ROWS = 1_048_576  # of a sheet, by its definition
MOST_COLUMNS = 16_384
EXACT = 10**15  # whole numbers below it have all their digits in Excel
_LONGEST_TAG = 8 << 20  # bytes
_AT_ONCE = 5_000  # rows of a frame, or as few as hold `MOST_CELLS` or `MOST_CHARACTERS`
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_COMPUTED = "a formula whose value was never computed; open the workbook in a spreadsheet and save it again"
_LOST_DIGITS = (
    "a number of more than 15 digits, and Excel has replaced the others by zeros; format the column as text and enter "
    "it again"
)


@dataclass(slots=True)
class Merged:
    """Cells that are merged: first and last row (from 1) and column (from 0), and what the first of them holds."""

    top: int
    left: int
    bottom: int
    right: int
    value: str | None = None
    reason: str | None = None  # why that cannot be relied on

    @property
    def name(self) -> str:
        """As a spreadsheet writes it."""
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


def local_name(name: str) -> str:
    """A tag or an attribute without the prefix of its namespace."""
    return name.rpartition(":")[2]


def column_index(letters: str | bytes) -> int:
    """The index of the column that a spreadsheet calls so; the reverse of `column_letters`."""
    index = 0
    for letter in letters.decode() if isinstance(letters, bytes) else letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def unescaped(text: str) -> str:
    """The text with the characters that a workbook writes as `_x000D_`; what is no character stays as it is written."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def parse(
    path: Path,
    chunks: Generator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Parse XML to its end and call back."""
    for _ in parsing(path, chunks, start, end, text):
        pass


def parsing(
    path: Path,
    chunks: Generator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Generator[None]:
    """Parse XML and call back; yields after every chunk.

    Raises:
        expat.ExpatError: it is no XML, or says what no workbook says.
        UnreadableFile: it may be meant to do harm.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text

    def refuse(*_: object) -> None:
        raise UnreadableFile(f"{path} declares a document type, which no workbook does; it may be meant to do harm.")

    parser.StartDoctypeDeclHandler = refuse
    fed = 0
    with contextlib.closing(chunks):
        for chunk in chunks:
            try:
                parser.Parse(chunk, False)
            except ValueError as error:  # a style or a row that is no number, an encoding that no workbook has
                raise expat.ExpatError(str(error)) from None
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise UnreadableFile(f"{path} is damaged: it holds a tag of more than {_LONGEST_TAG >> 20} MiB.")
            yield
    parser.Parse(b"", True)
    yield


# from a cell to its text

_DATE, _TIME, _MOMENT = "yyyy-mm-dd", "hh:mm:ss", "yyyy-mm-dd hh:mm:ss"
BUILT_IN = {
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58), _DATE),
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56), _TIME),
    22: _MOMENT,
}  # after ECMA-376 part 1, 18.8.30, with the Chinese formats 27 to 36 and 50 to 58
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


class _TooLong(Exception):
    """A text of more characters than a cell may have."""


class Values:
    """Turns what the XML says of a cell into the text that a person sees."""

    def __init__(self, texts: Sequence[str | None], formats: Sequence[str], counted_from_1904: bool) -> None:
        self._texts = texts
        self._shown = [_way(code) for code in formats]
        self._offset = 1462 if counted_from_1904 else 0

    def text(self, kind: str, style: int, raw: str) -> str | None:
        """The text of a cell; None if it is empty.

        Raises:
            ValueError: a number is none, or a shared text does not exist.
            _TooLong: a shared text is too long.
        """
        if kind == "n":
            return self._number(raw, self._shown[style] if style < len(self._shown) else "")
        if kind == "s":
            at = int(raw)
            if not 0 <= at < len(self._texts):
                raise ValueError(raw)
            shared = self._texts[at]
            if shared is None:
                raise _TooLong
            return shared
        if kind == "b":
            return "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        return unescaped(raw)

    def _number(self, raw: str, way: str) -> str:
        if not way and raw.isdecimal() and len(raw) < 16 and raw.isascii() and (raw[0] != "0" or raw == "0"):
            return raw
        number = float(raw)
        if way in ("date", "moment", "time"):
            with contextlib.suppress(OverflowError):
                return self._moment(number, way)
        if not number.is_integer():
            return repr(number)
        whole = str(int(raw if raw.isdecimal() else number))
        return whole.zfill(int(way)) if way.isdecimal() else whole

    def _moment(self, number: float, way: str) -> str:
        days, within = divmod(round(number * 86_400_000), 86_400_000)  # milliseconds
        clock, rest = divmod(within, 1000)
        time = f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}" + (f".{rest:03}" if rest else "")
        if way == "time" and days == 0:
            return time
        days += self._offset
        # day 60 is 29 February 1900, which never was
        day = date(1899, 12, 31 if 0 < days < 60 else 30) + timedelta(days=days)
        return f"{day:%Y-%m-%d}" if way == "date" else f"{day:%Y-%m-%d}T{time}"


def _way(code: str) -> str:
    """How a number format shows a number: as date, moment or time, with so many digits, or plainly ('')."""
    shown = _NOT_SHOWN.sub("", code.split(";")[0]).lower()
    if shown in ("general", "", "@"):
        return ""
    if re.fullmatch("0{2,}", shown):
        return str(len(shown))
    day = "y" in shown or "d" in shown or ("m" in shown and not re.search("[hs]", shown))
    clock = "h" in shown or "s" in shown
    return "moment" if day and clock else "date" if day else "time" if clock else ""


# from cells to parts


class Sheet:
    """A sheet being read: collects its cells row by row."""

    def __init__(self, path: Path, values: Values, merged: Sequence[Merged]) -> None:
        self._path, self._values = path, values
        self._starting: dict[int, list[Merged]] = {}
        for area in merged:
            self._starting.setdefault(area.top, []).append(area)
        self._active: list[Merged] = []
        self._done: list[list[str | None]] = []  # rows that are read and not yet given on
        self._first = 1  # the number of the first of them
        self._characters = 0  # in them, at the most
        self._faults: list[tuple[int, int, str, str]] = []  # row, column, value, reason
        self._row = 0  # the row and the cell being read
        self._cells: dict[int, str | None] = {}
        self._column = -1
        self._kind, self._style, self._formula = "n", 0, False
        self._pieces: list[str] = []
        self._length = 0
        self._inside = False  # among the rows
        self._collecting = False  # what a cell holds
        self._phonetic = False  # how it is pronounced
        self._letters: dict[str, int] = {}
        self._header: Header | None = None

    def parts(self, chunks: Generator[bytes], rows: int, notes: Sequence[str]) -> Iterator[Part]:
        """The parts of the sheet; a first look finds the header."""
        chunk_by_chunk = parsing(self._path, chunks, self._start, self._end, self._text)
        with contextlib.closing(chunk_by_chunk):
            for _ in chunk_by_chunk:
                if len(self._done) >= TOP:
                    break
            header = self._header = self._found_header()
            filled = self._fills(header)
            merged = self._filled_down(header)
            for part in in_parts(
                self._frames(chunk_by_chunk),
                pl.DataFrame(schema=dict.fromkeys(header.names, pl.String)),
                first_row=header.row + 1,
                rows=rows,
                notes=(*notes, *header.notes(), *filled),
            ):
                last = part.first_row + part.frame.height - 1
                yield replace(part, merged=tuple(a for a in merged if a[1] <= last and a[2] >= part.first_row))

    def _found_header(self) -> Header:
        top = self._done[:TOP]
        width = max(map(len, top), default=0)
        padded = [row + [None] * (width - len(row)) for row in top]
        areas = [area for areas in self._starting.values() for area in areas]
        for area in areas:
            if area.left == area.right < width and area.bottom <= len(padded):  # a heading over two rows
                for row in range(area.top, area.bottom):
                    padded[row][area.left] = padded[area.top - 1][area.left]
        header = find_header(padded, str(self._path))
        across = [
            area
            for area in areas
            if area.top <= header.row <= area.bottom and (area.right > area.left or area.bottom > header.row)
        ]
        if across:
            raise UnreadableFile(
                f"{self._path}: the header in row {header.row} has merged cells ({across[0].name}); expected one row "
                "of headings, one over each column."
            )
        del self._done[: header.row]
        self._first = header.row + 1
        return header

    def _fills(self, header: Header) -> list[str]:
        """What is to be said of merged cells among the records."""
        areas = sorted((top, area.left, area.name) for top, areas in self._starting.items() for area in areas)
        names = [name for top, left, name in areas if top > header.row and left < len(header.names)]
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return [f"Merged cells were filled from the first of each: {', '.join(names[:3])}{more}."] if names else []

    def _filled_down(self, header: Header) -> list[tuple[str, int, int, str]]:
        """Merged cells of several rows, as `Part.merged` has them."""
        return [
            (heading, area.top + 1, area.bottom, area.name)
            for areas in self._starting.values()
            for area in areas
            if area.top > header.row and area.bottom > area.top
            for heading in header.names[area.left : area.right + 1]
        ]

    def _frames(self, chunk_by_chunk: Generator[None]) -> Iterator[tuple[pl.DataFrame, tuple[Violation, ...]]]:
        assert self._header is not None
        most = min(_AT_ONCE, max(1, MOST_CELLS // len(self._header.names)))
        for _ in chain([None], chunk_by_chunk):
            while len(self._done) >= most or self._characters >= MOST_CHARACTERS:
                yield self._frame(most)
        while self._done:
            yield self._frame(most)

    def _frame(self, most: int) -> tuple[pl.DataFrame, tuple[Violation, ...]]:
        """The first rows of those that were read since."""
        assert self._header is not None
        names = self._header.names
        done = self._done[:most]
        del self._done[:most]
        self._characters = 0
        for at, row in enumerate(done, start=self._first):
            if at in self._starting or self._active:
                self._fill(at, row)
            if len(row) > len(names):
                self._require_headings(at, row, len(names))
        width = len(names)
        block = [(row + [None] * (width - len(row)))[:width] for row in done]
        frame = pl.DataFrame(block, schema=dict.fromkeys(names, pl.String), orient="row")
        faults = tuple(
            Violation(self._path.name, row, names[column], value or None, reason)
            for row, column, value, reason in self._faults
            if self._first <= row < self._first + len(done) and column < width
        )
        self._first += len(done)
        self._faults = [fault for fault in self._faults if fault[0] >= self._first]
        return frame, faults

    def _require_headings(self, number: int, row: Sequence[str | None], width: int) -> None:
        assert self._header is not None
        for column, cell in enumerate(row[width:], start=width):
            if cell is not None and cell.strip():
                raise UnreadableFile(
                    f"{self._path}: row {number}, column {column_letters(column)} holds {cell[:40]!r}, and row "
                    f"{self._header.row} has no heading there. Give the column a heading, or empty it."
                )

    # what the parser calls

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = local_name(tag)
        if not self._inside:
            self._inside = tag == "sheetData"
        elif tag == "c":
            reference = attributes.get("r")
            self._column = self._column + 1 if reference is None else self._place(reference)
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", "0"))
            self._pieces, self._length, self._formula = [], 0, False
        elif tag in ("v", "t"):
            self._collecting = not self._phonetic
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._start_row(attributes.get("r"))
        elif tag == "rPh":
            self._phonetic = True

    def _text(self, data: str) -> None:
        if self._collecting:
            self._length += len(data)
            if self._length > LONGEST_CELL:
                raise self._too_long()
            self._pieces.append(data)

    def _end(self, tag: str) -> None:
        self._collecting = False
        if not self._inside:
            return
        if ":" in tag:
            tag = local_name(tag)
        if tag == "c":
            if self._pieces:
                self._end_cell("".join(self._pieces))
            elif self._formula and self._kind == "n":
                self._fault("", _NOT_COMPUTED)
        elif tag == "row":
            self._give()
        elif tag == "sheetData":
            self._inside = False
        elif tag == "rPh":
            self._phonetic = False

    def _start_row(self, number: str | None) -> None:
        row = self._row + 1 if number is None else int(number)
        if row > MOST_ROWS:
            raise UnreadableFile(
                f"{self._path} has a row {row:,}, and a sheet has at most {MOST_ROWS:,}. Save it as CSV UTF-8, or in "
                "several files."
            )
        if row <= self._row:
            raise UnreadableFile(f"{self._path} is damaged: row {row} follows row {self._row}.")
        self._done += [[] for _ in range(self._row + 1, row)]
        self._row, self._column = row, -1

    def _place(self, reference: str) -> int:
        """The index of the column that the name of a cell begins with."""
        letters = reference.rstrip("0123456789")
        known = self._letters.get(letters)
        if known is not None:
            return known
        column = column_index(letters) if re.fullmatch("[A-Z]{1,3}", letters) else MOST_COLUMNS
        if column >= MOST_COLUMNS:
            raise UnreadableFile(f"{self._path} is damaged: a cell in row {self._row} is called {letters[:20]!r}.")
        self._letters[letters] = column
        return column

    def _end_cell(self, raw: str) -> None:
        try:
            text = self._values.text(self._kind, self._style, raw)
        except ValueError:
            where = f"row {self._row}, column {column_letters(self._column)}"
            raise UnreadableFile(f"{self._path} is damaged: {where} holds {raw[:40]!r}.") from None
        except _TooLong:
            raise self._too_long() from None
        self._cells[self._column] = text or None
        self._characters += len(text or "")
        if self._kind == "e":
            self._fault(raw, ERROR_CELL)
        elif self._kind == "n" and (len(raw) > 15 or "e" in raw.lower()) and _has_lost_digits(raw):
            self._fault(text or raw, _LOST_DIGITS)

    def _fault(self, value: str, reason: str) -> None:
        self._faults.append((self._row, self._column, value, reason))

    def _too_long(self) -> UnreadableFile:
        names = self._header.names if self._header else ()
        column = self._column
        return too_long(str(self._path), self._row, names[column] if column < len(names) else column_letters(column))

    def _give(self) -> None:
        """Put the row that has ended to those that are done."""
        cells = self._cells
        self._done.append([cells.get(column) for column in range(max(cells, default=-1) + 1)])
        self._cells = {}

    def _fill(self, number: int, row: list[str | None]) -> None:
        """Give all merged cells of the row what the first of them holds."""
        assert self._header is not None
        self._active = [area for area in self._active if area.bottom >= number] + self._starting.get(number, [])
        for area in self._active:
            end = min(area.right + 1, len(self._header.names))
            row += [None] * (end - len(row))
            if area.top == number and area.left < end:
                area.value = row[area.left]
                area.reason = next(
                    (why for at, column, _, why in self._faults if (at, column) == (number, area.left)), None
                )
            elif area.reason is not None:
                self._faults += [(number, column, area.value or "", area.reason) for column in range(area.left, end)]
            row[area.left : end] = [area.value] * (end - area.left)


def _has_lost_digits(raw: str) -> bool:
    number = float(raw)
    return number.is_integer() and abs(number) >= EXACT
