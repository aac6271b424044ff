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
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import join as joined
from typing import IO
from xml.parsers import expat

from talentcity.errors import UnreadableFile
from talentcity.tables.parts import LONGEST_CELL, Part, is_web_page
from talentcity.tables.worksheet import BUILT_IN, Merged, Sheet, Values, column_index, local_name, parse, unescaped

LARGEST_SHEET = 4 << 30  # bytes of XML, unpacked
LARGEST_SHARED_TEXTS = 400 << 20  # bytes of memory
LARGEST_OTHER_PART = 64 << 20  # bytes of XML, unpacked: styles, the list of sheets, what follows the rows of a sheet
_CHUNK = 1 << 18  # bytes of XML parsed at once

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?hidden="(?:1|true)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*?hidden="(?:1|true)"')
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError, UnicodeDecodeError, NotImplementedError)


def read_workbook_parts(path: Path, *, rows: int, sheet: str | None) -> Iterator[Part]:
    """The parts of a sheet, as `talentcity.tables.read_parts` describes them.

    Raises:
        UnreadableFile: it is no workbook or is damaged, several sheets hold values, or a limit is passed.
    """
    _refuse_strangers(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield from _Workbook(path, archive).parts(rows, sheet)
    except _DAMAGED as error:
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
            if "EncryptedPackage".encode("utf-16-le") in start + file.read(LARGEST_OTHER_PART):
                raise _encrypted(path)
            raise UnreadableFile(
                f"{path} is an old Excel workbook (.xls) or one locked by a password, by its content. Open it in a "
                "spreadsheet and save it as .xlsx, without a password."
            )
    if start.startswith(b"PK"):
        return
    if is_web_page(start):
        raise _stranger(path, "a web page (HTML or XML)")
    raise UnreadableFile(
        f"{path} is no workbook by its content. If it is CSV, give it the ending .csv; if not, open it in a "
        "spreadsheet and save it as .xlsx."
    )


def _stranger(path: Path, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"{path} is {what} by its content. Open it in a spreadsheet and save it as .xlsx: another ending does not help."
    )


def _encrypted(path: Path) -> UnreadableFile:
    return UnreadableFile(f"{path} is protected by a password; save it without one.")


@dataclass(frozen=True, slots=True)
class _SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class _Survey:
    """What is known of a sheet before its rows are read."""

    merged: tuple[Merged, ...]
    hidden_rows: int
    hidden_columns: int


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
        reading = Values(texts, formats, date1904)
        survey = self._survey(entry.part)
        sheet = Sheet(self._path, reading, survey.merged)
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
            if local_name(tag) == "Relationship" and attributes.get("TargetMode") != "External":
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
            if local_name(tag) == "workbookPr":
                counted_from_1904 = attributes.get("date1904") in ("1", "true")
            elif local_name(tag) == "sheet":
                key = next((value for name, value in attributes.items() if local_name(name) == "id"), "")
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
            largest = max(filled, key=lambda entry: self._archive.getinfo(entry.part).file_size).name
            raise UnreadableFile(
                f"{self._path} has {len(filled)} sheets with values: {has}. Say which one is meant, behind the name of "
                f"the file: '{self._path}#{largest}'; or in its mapping, before the first block: sheet = \"{largest}\"."
            )
        others = len(entries) - 1
        return filled[0], (f"Of {len(entries)} sheets, {filled[0].name!r} was read.",) if others else ()

    def _has_values(self, entry: _SheetEntry) -> bool:
        class Found(Exception):
            pass

        inside = False

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal inside
            inside = local_name(tag) in ("v", "t")

        def text(data: str) -> None:
            if inside and data.strip():
                raise Found

        try:
            parse(self._path, self._chunks(entry.part, LARGEST_SHEET), start, lambda tag: None, text)
        except Found:
            return True
        return False

    def _shared_texts(self, part: str | None) -> list[str | None]:
        """The texts that cells refer to by number; None for one that is too long."""
        shared = _SharedTexts(self._path)
        if part is not None and part in self._archive.namelist():
            parse(self._path, self._chunks(part, LARGEST_SHEET), shared.start, shared.end, shared.text)
        return shared.texts

    def _formats(self, part: str | None) -> list[str]:
        """The number format of each style; built-in ones that matter by a code of the same meaning."""
        codes: dict[int, str] = {}
        styles: list[int] = []
        inside = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            name = local_name(tag)
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
            if local_name(tag) == "cellXfs":
                inside = False

        if part is not None and part in self._archive.namelist():
            parse(self._path, self._chunks(part, LARGEST_OTHER_PART), start, end, lambda data: None)
        return [codes.get(style) or BUILT_IN.get(style, "") for style in styles]

    def _survey(self, part: str) -> _Survey:
        """One look over the whole sheet: what is merged stands behind its rows."""
        rows = columns = 0
        carry, tail = b"", bytearray()
        ended = False
        with contextlib.closing(self._chunks(part, LARGEST_SHEET)) as chunks:
            for chunk in chunks:
                if ended:
                    tail += chunk
                    if len(tail) > LARGEST_OTHER_PART:
                        raise self._too_large(part, LARGEST_OTHER_PART)
                    continue
                carry += chunk
                end = _END_OF_ROWS.search(carry) if b"sheetData" in carry else None
                cut = end.end() if end else carry.rfind(b"<")
                cut = cut if end or (cut > 0 and len(carry) - cut < _CHUNK) else len(carry)
                if b"hidden=" in carry:
                    rows += len(_HIDDEN_ROW.findall(carry, 0, cut))
                    columns += len(_HIDDEN_COLUMN.findall(carry, 0, cut))
                carry, ended = carry[cut:], end is not None
                if ended:
                    tail += carry
        areas = _MERGED.findall(tail)
        merged = tuple(
            Merged(int(top), column_index(left), int(bottom), column_index(right)) for left, top, right, bottom in areas
        )
        return _Survey(merged, rows, columns)

    def _parse_small(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        parse(self._path, self._chunks(part, LARGEST_OTHER_PART), start, lambda tag: None, lambda data: None)

    def _chunks(self, part: str, limit: int) -> Generator[bytes]:
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
        name = local_name(tag)
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
        name = local_name(tag)
        self._collecting = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self._add(None if self._length > LONGEST_CELL else unescaped("".join(self._pieces)))

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
