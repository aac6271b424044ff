"""Excel workbooks (.xlsx) as people have them, read row by row as the text that a person sees.

Numbers are text without a needless `.0`, and with the leading zeros that a format such as `0000` shows; dates are
ISO 8601; a formula is its last computed value; TRUE and FALSE are words. A sheet streams through: only its shared
texts are held in memory, and the limits below keep a malicious workbook from taking more than a fair share.

- Of several sheets the one that holds values is read; where several do, the reader names one.
- A title above the header is passed over (see `parts`). Merged cells among the records all get the value of the
  first of them, which is what the eye reads there; merged cells in the header are refused.
- Hidden rows and columns are read like any other, and said to be there.
- A cell that cannot be relied on is a fault: an error such as #N/A, a formula that was never computed, a number of
  more than 15 digits (Excel has replaced the others by zeros).
"""

from __future__ import annotations

import contextlib
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from posixpath import join as joined
from typing import IO
from xml.parsers import expat

import polars as pl

from talentcity.errors import UnreadableFile, Violation
from talentcity.tables.parts import LONGEST_CELL, TOP, Header, Part, column_letters, find_header, in_parts, too_long

MOST_ROWS = 1_048_576  # of a sheet, by its definition
MOST_COLUMNS = 16_384
LARGEST_SHEET = 4 << 30  # bytes of XML, unpacked
LARGEST_SHARED_TEXTS = 400 << 20  # bytes of memory
LARGEST_OTHER_PART = 64 << 20  # bytes of XML, unpacked: styles, the list of sheets, what follows the rows of a sheet
_CHUNK = 1 << 18  # bytes of XML parsed at once
_LONGEST_TAG = 8 << 20  # bytes
_AT_ONCE = 5_000  # rows
_EXACT = 10**15  # whole numbers below it have all their digits in Excel

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*?hidden="(?:1|true)"')
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, UnicodeDecodeError, NotImplementedError)
_ERROR = "an error of the spreadsheet; mend the formula, or enter the value"
_NOT_COMPUTED = "a formula whose value was never computed; open the workbook in a spreadsheet and save it again"
_LOST_DIGITS = (
    "a number of more than 15 digits, and Excel has replaced the others by zeros; format the column as text and enter "
    "it again"
)


def read_workbook_parts(path: Path, *, rows: int, sheet: str | None) -> Iterator[Part]:
    """The parts of a sheet, as `talentcity.tables.read_parts` describes them.

    Raises:
        UnreadableFile: it is no workbook or is damaged, several sheets hold values, or a limit is passed.
    """
    _refuse_strangers(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _Workbook(path, archive).parts(rows, sheet)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        expat.ExpatError,
        UnicodeDecodeError,
        NotImplementedError,
    ) as error:
        raise UnreadableFile(
            f"{path} is a damaged workbook, cut short perhaps ({error}). Open it in a spreadsheet and save it again."
        ) from None
    except RuntimeError as error:
        if "encrypted" not in str(error):
            raise
        raise _encrypted(path) from None


def _refuse_strangers(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(512)
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            sign, before = "EncryptedPackage".encode("utf-16-le"), b""
            for block in iter(lambda: file.read(1 << 20), b""):
                if sign in before + block:
                    raise _encrypted(path)
                before = block[-len(sign) :]
            raise _stranger(path, "an old Excel workbook (.xls)")
    if start.startswith(b"PK"):
        return
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise _stranger(path, "a web page (HTML or XML)")
    raise _stranger(path, "no ZIP archive, as every workbook (.xlsx) is; it may be CSV")


def _stranger(path: Path, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"{path} is {what} by its content. Give it the ending that fits, or open it in a spreadsheet and save it as "
        ".xlsx."
    )


def _encrypted(path: Path) -> UnreadableFile:
    return UnreadableFile(f"{path} is protected by a password; save it without one.")


@dataclass(slots=True)
class _Merged:
    """Cells that are merged: first and last row (from 1) and column (from 0), and what the first of them holds."""

    top: int
    left: int
    bottom: int
    right: int
    value: str | None = None

    @property
    def name(self) -> str:
        """As a spreadsheet writes it."""
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class _Survey:
    """What is known of a sheet before its rows are read."""

    merged: tuple[_Merged, ...]
    hidden_rows: int
    hidden_columns: int


@dataclass(slots=True)
class _Cell:
    """A cell being read."""

    column: int = 0
    kind: str = "n"
    style: int = 0
    formula: bool = False
    text: list[str] = field(default_factory=list)
    length: int = 0


class _Workbook:
    """An open workbook: finds its parts and reads a sheet."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        names = archive.namelist()
        if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(100):
            raise _stranger(path, "an OpenDocument sheet (.ods)")
        if "xl/workbook.bin" in names:
            raise _stranger(path, "a binary Excel workbook (.xlsb)")
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise UnreadableFile(f"{path} is a ZIP archive and holds no workbook. Unpack it and give the file within.")

    def parts(self, rows: int, wanted: str | None) -> Iterator[Part]:
        """The parts of the sheet that is wanted, or of the only one with values."""
        book = self._workbook_part()
        related = self._related(book)
        date1904, entries = self._entries(book, related)
        entry, notes = self._chosen(entries, wanted)
        texts = self._shared_texts(next((part for kind, part in related.values() if kind == "sharedStrings"), None))
        formats = self._formats(next((part for kind, part in related.values() if kind == "styles"), None))
        reading = _Values(texts, formats, date1904)
        survey = self._survey(entry.part)
        sheet = _Sheet(self._path, reading, survey.merged)
        yield from sheet.parts(self._chunks(entry.part, LARGEST_SHEET), rows, (*notes, *_hidden(survey)))

    def _workbook_part(self) -> str:
        found = [part for kind, part in self._related("").values() if kind == "officeDocument"]
        if not found:
            raise UnreadableFile(f"{self._path} is a ZIP archive and holds no workbook.")
        return found[0]

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and name of the parts that `part` refers to, by id."""
        folder, _, name = part.rpartition("/")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if _local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                whole = target[1:] if target.startswith("/") else joined(folder, target)
                found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], whole)

        self._parse_small(joined(folder, "_rels", f"{name}.rels"), start)
        return found

    def _entries(self, book: str, related: dict[str, tuple[str, str]]) -> tuple[bool, list[_SheetEntry]]:
        """Whether days are counted from 1904, and the sheets."""
        entries: list[_SheetEntry] = []
        counted_from_1904 = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal counted_from_1904
            if _local(tag) == "workbookPr":
                counted_from_1904 = attributes.get("date1904") in ("1", "true")
            elif _local(tag) == "sheet":
                key = next((value for name, value in attributes.items() if _local(name) == "id"), "")
                kind, part = related.get(key, ("", ""))
                if kind == "worksheet":
                    visible = attributes.get("state", "visible") == "visible"
                    entries.append(_SheetEntry(attributes.get("name", ""), part, visible))

        self._parse_small(book, start)
        return counted_from_1904, entries

    def _chosen(self, entries: list[_SheetEntry], wanted: str | None) -> tuple[_SheetEntry, tuple[str, ...]]:
        """The sheet to read, and what is to be said of the choice."""
        if wanted is not None:
            chosen = next((entry for entry in entries if entry.name == wanted), None)
            if chosen is None:
                has = ", ".join(entry.name for entry in entries)
                raise UnreadableFile(f"{self._path} has no sheet {wanted!r}; it has: {has}.")
            return chosen, ()
        filled = [entry for entry in entries if len(entries) == 1 or self._has_values(entry)]
        filled = [entry for entry in filled if entry.visible] or filled
        if not filled:
            raise UnreadableFile(f"{self._path} holds no rows and no header; expected the names of the columns.")
        if len(filled) > 1:
            has = ", ".join(entry.name for entry in filled)
            raise UnreadableFile(
                f"{self._path} has {len(filled)} sheets with values: {has}. Say which one is meant, behind the name of "
                f"the file: '{self._path}#{filled[0].name}'."
            )
        others = len(entries) - 1
        return filled[0], (f"Of {len(entries)} sheets, {filled[0].name!r} was read.",) if others else ()

    def _has_values(self, entry: _SheetEntry) -> bool:
        class Found(Exception):
            pass

        inside = False

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal inside
            inside = _local(tag) in ("v", "t")

        def text(data: str) -> None:
            if inside and data.strip():
                raise Found

        try:
            _parse(self._path, self._chunks(entry.part, LARGEST_SHEET), start, lambda tag: None, text)
        except Found:
            return True
        return False

    def _shared_texts(self, part: str | None) -> list[str | None]:
        """The texts that cells refer to by number; None for one that is too long."""
        shared = _SharedTexts(self._path)
        if part is not None and part in self._archive.namelist():
            _parse(self._path, self._chunks(part, LARGEST_SHEET), shared.start, shared.end, shared.text)
        return shared.texts

    def _formats(self, part: str | None) -> list[str]:
        """The number format of each style; built-in ones that matter by a code of the same meaning."""
        codes: dict[int, str] = {}
        styles: list[int] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            name = _local(tag)
            if name == "numFmt":
                codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside = True
            elif name == "cellStyleXfs":
                inside = False
            elif name == "xf" and inside:
                styles.append(int(attributes.get("numFmtId", "0")))

        def end(tag: str) -> None:
            nonlocal inside
            if _local(tag) == "cellXfs":
                inside = False

        if part is not None and part in self._archive.namelist():
            _parse(self._path, self._chunks(part, LARGEST_OTHER_PART), start, end, lambda data: None)
        return [codes.get(style) or _BUILT_IN.get(style, "") for style in styles]

    def _survey(self, part: str) -> _Survey:
        """One look over the whole sheet: what is merged stands behind its rows."""
        rows = columns = 0
        carry, tail = b"", None
        for chunk in self._chunks(part, LARGEST_SHEET):
            if tail is not None:
                tail += chunk
                if len(tail) > LARGEST_OTHER_PART:
                    raise self._too_large(part, LARGEST_OTHER_PART)
                continue
            carry += chunk
            end = _END_OF_ROWS.search(carry)
            cut = end.end() if end else carry.rfind(b"<")
            cut = cut if cut > 0 and len(carry) - cut < _CHUNK else len(carry)
            rows += len(_HIDDEN_ROW.findall(carry, 0, cut))
            columns += len(_HIDDEN_COLUMN.findall(carry, 0, cut))
            tail, carry = (carry[cut:], b"") if end else (None, carry[cut:])
        found = _MERGED.findall(tail or b"")
        merged = tuple(
            _Merged(int(top), _index(left), int(bottom), _index(right)) for left, top, right, bottom in found
        )
        return _Survey(merged, rows, columns)

    def _parse_small(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        _parse(self._path, self._chunks(part, LARGEST_OTHER_PART), start, lambda tag: None, lambda data: None)

    def _chunks(self, part: str, limit: int) -> Iterator[bytes]:
        """A part of the workbook, unpacked piece by piece; refused where it is, or says it is, above the limit."""
        try:
            info = self._archive.getinfo(part)
        except KeyError:
            raise zipfile.BadZipFile(f"{part} is missing") from None
        if info.file_size > limit:
            raise self._too_large(part, limit)
        stream: IO[bytes]
        with self._archive.open(info) as stream:
            yield from iter(lambda: stream.read(_CHUNK), b"")  # zipfile gives no more than the size it says

    def _too_large(self, part: str, limit: int) -> UnreadableFile:
        return UnreadableFile(
            f"{self._path}: unpacked, {part} has more than {limit >> 20:,} MiB. If that is a real sheet, save it as "
            "CSV UTF-8."
        )


class _SharedTexts:
    """The shared texts being read; how they are pronounced is left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.texts: list[str | None] = []
        self._taken = self._length = 0
        self._collecting = self._phonetic = False
        self._pieces: list[str] = []

    def start(self, tag: str, _: dict[str, str]) -> None:
        """A tag opens."""
        name = _local(tag)
        self._collecting = name == "t" and not self._phonetic
        if name == "rPh":
            self._phonetic = True

    def text(self, data: str) -> None:
        """Characters between tags."""
        if self._collecting:
            self._length += len(data)
            if self._length <= LONGEST_CELL:
                self._pieces.append(data)

    def end(self, tag: str) -> None:
        """A tag closes."""
        name = _local(tag)
        self._collecting = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self._add(None if self._length > LONGEST_CELL else _unescaped("".join(self._pieces)))

    def _add(self, text: str | None) -> None:
        self.texts.append(text)
        self._pieces, self._length = [], 0
        self._taken += sys.getsizeof(text) + 8
        if self._taken > LARGEST_SHARED_TEXTS:
            raise UnreadableFile(
                f"{self._path}: its texts need more than {LARGEST_SHARED_TEXTS >> 20} MiB of memory; save the sheet as "
                "CSV UTF-8, which is read piece by piece."
            )


def _hidden(survey: _Survey) -> Iterator[str]:
    if survey.hidden_rows:
        yield f"Hidden rows were read too: {survey.hidden_rows}."
    if survey.hidden_columns:
        yield "Hidden columns were read too."


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _index(letters: str | bytes) -> int:
    """The index of the column that a spreadsheet calls so; the reverse of `column_letters`."""
    index = 0
    for letter in letters.decode() if isinstance(letters, bytes) else letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _parse(
    path: Path,
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    for _ in _parsing(path, chunks, start, end, text):
        pass


def _parsing(
    path: Path,
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Parse XML and call back; yields after every chunk."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text

    def refuse(*_: object) -> None:
        raise UnreadableFile(f"{path} declares a document type, which no workbook does; it may be meant to do harm.")

    parser.StartDoctypeDeclHandler = refuse
    fed = 0
    for chunk in chunks:
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > _LONGEST_TAG:
            raise UnreadableFile(f"{path} holds a tag of more than {_LONGEST_TAG >> 20} MiB; it is damaged.")
        yield
    parser.Parse(b"", True)
    yield


# from a cell to its text

_DATE, _TIME, _MOMENT = "yyyy-mm-dd", "hh:mm:ss", "yyyy-mm-dd hh:mm:ss"
_BUILT_IN = {
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58), _DATE),
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 46, 47, 55, 56), _TIME),
    22: _MOMENT,
}  # after ECMA-376 part 1, 18.8.30, with the Chinese formats 27 to 36 and 50 to 58
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


class _TooLong(Exception):
    """A text of more characters than a cell may have."""


class _Values:
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
        return _unescaped(raw)

    def _number(self, raw: str, way: str) -> str:
        if not way and raw.isdecimal() and len(raw) < 16 and raw.isascii() and (raw[0] != "0" or raw == "0"):
            return raw
        number = float(raw)
        if way in ("date", "moment", "time"):
            with contextlib.suppress(OverflowError):
                return self._moment(number, way)
        if not number.is_integer():
            return repr(number)
        whole = str(int(number))
        return whole.zfill(int(way)) if way.isdecimal() else whole

    def _moment(self, number: float, way: str) -> str:
        milliseconds = round(number * 86_400_000)
        days, within = divmod(milliseconds, 86_400_000)
        time = str(timedelta(milliseconds=within)).rjust(8, "0")
        time = time[:12] if "." in time else time
        if way == "time" and days == 0:
            return time
        days += self._offset
        day = datetime(1899, 12, 31 if 0 < days < 60 else 30) + timedelta(days=days)  # noqa: DTZ001
        # day 60 is 29 February 1900, which never was
        return day.strftime("%Y-%m-%d") if way == "date" else f"{day:%Y-%m-%d}T{time}"


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


class _Sheet:
    """A sheet being read: collects its cells row by row."""

    def __init__(self, path: Path, values: _Values, merged: Sequence[_Merged]) -> None:
        self._path, self._values = path, values
        self._starting: dict[int, list[_Merged]] = {}
        for area in merged:
            self._starting.setdefault(area.top, []).append(area)
        self._active: list[_Merged] = []
        self._done: list[list[str | None]] = []  # rows that are read and not yet given on
        self._first = 1  # the number of the first of them
        self._faults: list[tuple[int, int, str, str]] = []  # row, column, value, reason
        self._cells: dict[int, str | None] = {}
        self._row = 0
        self._cell = _Cell()
        self._inside = False  # among the rows
        self._collecting = False  # what a cell holds
        self._phonetic = False  # how it is pronounced
        self._letters: dict[str, int] = {}
        self._header: Header | None = None

    def parts(self, chunks: Iterator[bytes], rows: int, notes: Sequence[str]) -> Iterator[Part]:
        """The parts of the sheet; a first look finds the header."""
        parsing = _parsing(self._path, chunks, self._start, self._end, self._text)
        for _ in parsing:
            if len(self._done) >= TOP:
                break
        header = self._found_header()
        self._header = header
        filled = self._fills(header)
        more = (
            [
                f"Merged cells were filled from the first of each: {', '.join(filled[:3])}"
                f"{f' and {len(filled) - 3} more' if len(filled) > 3 else ''}."
            ]
            if filled
            else []
        )
        yield from in_parts(
            self._frames(parsing),
            pl.DataFrame(schema=dict.fromkeys(header.names, pl.String)),
            first_row=header.row + 1,
            rows=rows,
            notes=(*notes, *header.notes(), *more),
        )

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
                f"{self._path}: the header in row {header.row} has merged cells ({across[0].name}); expected one row of "
                "headings, one over each column."
            )
        del self._done[: header.row]
        self._first = header.row + 1
        return header

    def _fills(self, header: Header) -> list[str]:
        """The merged cells among the records."""
        areas = sorted((top, area.left, area.name) for top, areas in self._starting.items() for area in areas)
        return [name for top, left, name in areas if top > header.row and left < len(header.names)]

    def _frames(self, parsing: Iterator[None]) -> Iterator[tuple[pl.DataFrame, tuple[Violation, ...]]]:
        for _ in chain([None], parsing):
            if len(self._done) >= _AT_ONCE:
                yield self._frame()
        yield self._frame()

    def _frame(self) -> tuple[pl.DataFrame, tuple[Violation, ...]]:
        """The rows that were read since."""
        assert self._header is not None
        names = self._header.names
        for at, row in enumerate(self._done, start=self._first):
            if at in self._starting or self._active:
                self._fill(at, row)
            if len(row) > len(names):
                self._require_headings(at, row, len(names))
        width = len(names)
        block = [(row + [None] * (width - len(row)))[:width] for row in self._done]
        frame = pl.DataFrame(block, schema=dict.fromkeys(names, pl.String), orient="row")
        faults = tuple(
            Violation(self._path.name, row, names[column], value or None, reason)
            for row, column, value, reason in self._faults
            if row >= self._first and column < width
        )
        self._first += len(self._done)
        self._done, self._faults = [], []
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
        name = tag if ":" not in tag else _local(tag)
        if not self._inside:
            self._inside = name == "sheetData"
        elif name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._collecting = not self._phonetic
        elif name == "rPh":
            self._phonetic = True
        elif name == "f":
            self._cell.formula = True
        elif name == "row":
            self._start_row(attributes.get("r"))

    def _text(self, data: str) -> None:
        if self._collecting:
            self._cell.length += len(data)
            if self._cell.length > LONGEST_CELL:
                raise self._too_long()
            self._cell.text.append(data)

    def _end(self, tag: str) -> None:
        name = tag if ":" not in tag else _local(tag)
        if not self._inside:
            return
        if name == "c":
            self._end_cell()
        elif name == "sheetData":
            self._inside = False
        elif name == "row":
            self._give()
        else:
            self._collecting = False
            self._phonetic = self._phonetic and name != "rPh"

    def _start_row(self, number: str | None) -> None:
        row = self._row + 1 if number is None else int(number)
        if row > MOST_ROWS:
            raise UnreadableFile(
                f"{self._path} has a row {row:,}, and a sheet has at most {MOST_ROWS:,}. Save it as CSV UTF-8, or in "
                "several files."
            )
        if row <= self._row:
            raise UnreadableFile(f"{self._path} is damaged: row {row} follows row {self._row}.")
        for _ in range(self._row + 1, row):
            self._give()
        self._row = row
        self._cell.column = -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        cell = self._cell
        reference = attributes.get("r")
        if reference is None:
            column = cell.column + 1
        else:
            letters = reference.rstrip("0123456789")
            found = self._letters.get(letters)
            column = self._column(letters) if found is None else found
        self._cell = _Cell(column, attributes.get("t", "n"), int(attributes.get("s", "0")))

    def _column(self, letters: str) -> int:
        column = _index(letters) if re.fullmatch("[A-Z]{1,3}", letters) else MOST_COLUMNS
        if column >= MOST_COLUMNS:
            raise UnreadableFile(f"{self._path} is damaged: a cell in row {self._row} is called {letters[:20]!r}.")
        self._letters[letters] = column
        return column

    def _end_cell(self) -> None:
        cell = self._cell
        raw = "".join(cell.text)
        if raw:
            try:
                text = self._values.text(cell.kind, cell.style, raw)
            except ValueError:
                raise UnreadableFile(f"{self._path} is damaged: {self._where()} holds {raw[:40]!r}.") from None
            except _TooLong:
                raise self._too_long() from None
            self._cells[cell.column] = text or None
            if cell.kind == "e":
                self._fault(raw, _ERROR)
            elif cell.kind == "n" and (len(raw) > 15 or "e" in raw.lower()) and _has_lost_digits(raw):
                self._fault(text or raw, _LOST_DIGITS)
        elif cell.formula and cell.kind == "n":
            self._fault("", _NOT_COMPUTED)

    def _fault(self, value: str, reason: str) -> None:
        self._faults.append((self._row, self._cell.column, value, reason))

    def _where(self) -> str:
        return f"row {self._row}, column {column_letters(self._cell.column)}"

    def _too_long(self) -> UnreadableFile:
        names = self._header.names if self._header else ()
        column = self._cell.column
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
            row[area.left : end] = [area.value] * (end - area.left)


def _has_lost_digits(raw: str) -> bool:
    number = float(raw)
    return number.is_integer() and abs(number) >= _EXACT
