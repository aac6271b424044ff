"""CSV as people have it: UTF-8, UTF-16 or GB18030; commas, semicolons or tabs; a title above the header.

A file streams through in blocks of whole records, so that its size does not matter. What it is, is told before:

- Encoding: by its byte-order mark; else UTF-8 if the whole file is; else GB18030 (which holds GBK and GB2312) if
  what is not UTF-8 looks like Chinese in it. Text in a Western or a Taiwanese encoding is refused, for it would
  decode, into nonsense; and so is UTF-8 that is damaged somewhere.
- Separator: what cuts the first rows into as many cells each (more than one): commas, semicolons or tabs.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import polars as pl

from talentcity.errors import UnreadableFile, Violation
from talentcity.tables.parts import (
    LONGEST_CELL,
    TOP,
    Header,
    Part,
    find_header,
    in_parts,
    is_web_page,
    require_short_cells,
    too_long,
)

BLOCK = 8 << 20  # bytes read at once
LONGEST_RECORD = 16 << 20  # bytes
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_NOTED = {"gb18030": "GB18030", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_STRANGERS = {
    b"PK\x03\x04": "a ZIP archive, perhaps an Excel workbook (.xlsx),",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"PAR1": "a Parquet file (.parquet)",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
}
_UNCLOSED = " If it should be short, a quotation mark may be opened in it and never closed."
_SAMPLE = 1 << 16  # bytes on either side of the first that are not UTF-8

csv.field_size_limit(sys.maxsize)  # the length of a cell is checked below, with a message that names row and column


def read_csv_parts(path: Path, *, rows: int) -> Iterator[Part]:
    """The parts of a CSV file, as `talentcity.tables.read_parts` describes them.

    Raises:
        UnreadableFile: it is not text, or a record of it cannot be read; the message names the row.
    """
    _refuse_strangers(path)
    encoding = _encoding(path)
    records = _whole_records(path, encoding)
    try:
        top = next(records, b"")
    except _Endless:
        raise UnreadableFile(f"{path}: row 1 opens a quotation mark that is never closed.") from None
    if b"\n" not in top and b"\r" in top.rstrip():
        raise UnreadableFile(f"{path}: its lines end as on an old Macintosh (CR); save it as CSV UTF-8.")
    separator = _separator(top, path)
    first = _first_records(top, separator, path)
    header = find_header([cells for cells, _ in first], str(path))
    cells, start = first[header.index]
    sheet = _Sheet(path, separator, header, len(cells))
    notes = [f"It was read as {_NOTED[encoding]} text."] if encoding in _NOTED else []
    notes += [] if separator == "," else [f"Its cells are separated by {SEPARATORS[separator]}."]
    yield from in_parts(
        sheet.frames(chain([top[start:]], records)),
        pl.DataFrame(schema=dict.fromkeys(header.names, pl.String)),
        first_row=header.row + 1,
        rows=rows,
        notes=(*notes, *header.notes()),
    )


# what the file is


def _refuse_strangers(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(512)
    what = next((name for sign, name in _STRANGERS.items() if start.startswith(sign)), None)
    if is_web_page(start):
        what = "a web page (HTML or XML)"
    if what is not None:
        raise UnreadableFile(
            f"{path} is {what} by its content, not CSV. Give it the ending that fits, or open it in a spreadsheet and "
            "save it as CSV UTF-8."
        )


def _encoding(path: Path) -> str:
    """The name of the file's encoding, told from the whole of it."""
    with path.open("rb") as file:
        start = file.read(3)
    marked = next((name for name, mark in _MARKS.items() if start.startswith(mark)), None)
    if marked in ("utf-16-le", "utf-16-be"):
        return marked
    strange = _first_not_utf8(path)
    return "utf-8" if strange is None else _encoding_around(path, strange)


def _first_not_utf8(path: Path) -> int | None:
    """The offset of the first byte that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            pending = len(decoder.getstate()[0])
            if pending or not block.isascii():
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    return offset - pending + error.start
            if b"\0" in block:
                raise _nul(path, "utf-8", offset + block.index(b"\0"))
            if not block:
                return None
            offset += len(block)


def _encoding_around(path: Path, offset: int) -> str:
    """The encoding of text that is not UTF-8 at `offset`.

    In GB2312, and so in nearly all Chinese text, the second byte of a character is beyond ASCII too. Where a
    quarter of them has it within ASCII, they are accented letters, or characters of Big5.
    """
    with path.open("rb") as file:
        file.seek(max(0, offset - _SAMPLE))
        before = file.read(min(offset, _SAMPLE))
        sample = before[before.find(b"\n") + 1 :] + file.read(_SAMPLE)
    whole = [sign for sign in sample.decode("utf-8", errors="replace") if not sign.isascii()]
    if whole.count("\ufffd") * 2 < len(whole):
        raise _damaged(path, "utf-8", offset)
    signs = [sign.encode("gb18030") for sign in sample.decode("gb18030", errors="ignore") if not sign.isascii()]
    if sum(1 for sign in signs if sign[1] < 0x80) * 4 < len(signs):
        return "gb18030"
    raise UnreadableFile(
        f"{path} is neither UTF-8 nor GB18030 text (byte {offset:,}, row {_row_at(path, 'utf-8', offset)}); "
        "save it as CSV UTF-8."
    )


def _damaged(path: Path, encoding: str, offset: int) -> UnreadableFile:
    return UnreadableFile(
        f"{path}: row {_row_at(path, encoding, offset)} is damaged: byte {offset:,} is no {encoding.upper()} text, as "
        "the rest is. Export it again, or save it as CSV UTF-8."
    )


def _nul(path: Path, encoding: str, offset: int) -> UnreadableFile:
    return UnreadableFile(
        f"{path}: row {_row_at(path, encoding, offset)} holds a NUL character (byte {offset:,}), which no text does. "
        "The file is damaged, or it is no CSV; export it again as CSV UTF-8."
    )


def _row_at(path: Path, encoding: str, offset: int) -> int:
    """The row that the byte at `offset` belongs to."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    row, quoted = 1, b""
    with path.open("rb") as file:
        while offset > 0 and (block := file.read(min(offset, BLOCK))):
            offset -= len(block)
            text = quoted + decoder.decode(block).encode("utf-8", errors="replace")
            row += _outside(text).count(b"\n")
            quoted = b'"' * (text.count(b'"') % 2)
    return row


def _outside(text: bytes) -> bytes:
    """The text without what stands between quotation marks."""
    return b"".join(text.split(b'"')[::2])


# from bytes to records


class _Endless(Exception):
    """A record without an end; `rest` is the text from its beginning."""

    def __init__(self, rest: bytes) -> None:
        super().__init__()
        self.rest = rest


def _whole_records(path: Path, encoding: str) -> Iterator[bytes]:
    """The text in UTF-8, cut behind line breaks that stand outside quotation marks."""
    rest = b""
    for block in _utf8(path, encoding):
        rest += block
        end = _end_of_records(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > LONGEST_RECORD:
            raise _Endless(rest)
    if rest.count(b'"') % 2:
        raise _Endless(rest)
    if rest:
        yield rest


def _utf8(path: Path, encoding: str) -> Iterator[bytes]:
    """The file in UTF-8, without its byte-order mark, block by block."""
    mark = _MARKS.get(encoding, b"")
    with path.open("rb") as file:
        file.seek(len(mark) if mark and file.read(len(mark)) == mark else 0)
        if encoding == "utf-8":
            yield from iter(lambda: file.read(BLOCK), b"")
            return
        decoder = codecs.getincrementaldecoder(encoding)()
        ended = False
        while not ended:
            block, before = file.read(BLOCK), file.tell()
            ended = not block
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, ended).encode()
            except UnicodeDecodeError as error:
                raise _damaged(path, encoding, before - len(block) - pending + error.start) from None
            if b"\0" in text:
                ahead = text[: text.index(b"\0")].decode().encode(encoding)
                raise _nul(path, encoding, before - len(block) - pending + len(ahead))
            yield text


def _end_of_records(text: bytes) -> int:
    """Where the last whole record ends; 0 if none does."""
    end = text.rfind(b"\n") + 1
    inside = text.count(b'"', 0, end) % 2
    while end and inside:
        before = text.rfind(b"\n", 0, end - 1) + 1
        inside ^= text.count(b'"', before, end) % 2
        end = before
    return end


def _cells(text: bytes, separator: str, *, strict: bool = False) -> Iterator[tuple[list[str], int]]:
    """The cells of each record, and where the record ends."""
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in io.BytesIO(text):
            taken += len(line)
            yield line.decode(errors="replace")

    for cells in csv.reader(lines(), delimiter=separator, strict=strict):
        yield cells, taken


def _first_records(top: bytes, separator: str, path: Path) -> list[tuple[list[str], int]]:
    first: list[tuple[list[str], int]] = []
    try:
        first.extend(islice(_cells(top, separator), TOP))
    except csv.Error:
        raise _returned(path, len(first) + 1) from None
    return first


def _returned(path: Path, row: int) -> UnreadableFile:
    return UnreadableFile(
        f"{path}: row {row} has a line break of an old Macintosh (CR) outside quotation marks, as the other rows have "
        "not. Remove it, or save the file as CSV UTF-8."
    )


def _separator(top: bytes, path: Path) -> str:
    """What separates the cells of the first rows: what cuts them all alike, and finds the header highest up."""
    fits: dict[str, int] = {}
    cuts: list[str] = []
    for separator in SEPARATORS:
        with contextlib.suppress(csv.Error, UnreadableFile):
            records = [cells for cells, _ in islice(_cells(top, separator), TOP)]
            index = find_header(records, str(path)).index
            if len(records[index]) > 1:
                cuts.append(separator)
            if len({len(cells) for cells in records[index:] if cells}) == 1 < len(records[index]):
                fits[separator] = index
    best = [separator for separator, index in fits.items() if index == min(fits.values())]
    if len(best) > 1:
        both = " or by ".join(SEPARATORS[each] for each in best)
        raise UnreadableFile(f"{path} may be separated by {both}; put cells that hold either into quotation marks.")
    return next(iter([*best, *cuts]), ",")


# from records to frames


class _Sheet:
    """A CSV file whose header is known: makes frames of its records, and says what is wrong with them."""

    def __init__(self, path: Path, separator: str, header: Header, width: int) -> None:
        self._path, self._separator, self._header, self._width = path, separator, header, width
        self._numbers = (separator.join(map(str, range(width))) + "\n").encode()

    def frames(self, texts: Iterable[bytes]) -> Iterator[tuple[pl.DataFrame, tuple[Violation, ...]]]:
        """A frame of each text."""
        row = self._header.row + 1
        try:
            for text in texts:
                frame = self._frame(text, row)
                yield frame, ()
                row += frame.height
        except _Endless as endless:
            trouble = self._trouble(endless.rest, row)
            raise trouble or UnreadableFile(f"{self._path}: row {row} has no end.") from None

    def _frame(self, text: bytes, row: int) -> pl.DataFrame:
        try:
            frame = pl.read_csv(self._numbers + text, separator=self._separator, infer_schema=False)
        except pl.exceptions.PolarsError:
            trouble = self._trouble(text, row)
            raise trouble or UnreadableFile(f"{self._path} is not readable as CSV from row {row} on.") from None
        if frame.width > 1 and frame.to_series(-1).null_count() and not self._is_full(text, frame.height):
            trouble = self._trouble(text, row)
            if trouble is not None:
                raise trouble
        names = self._header.names
        self._require_headings(frame.select(frame.columns[len(names) :]), row)
        frame = frame.select(frame.columns[: len(names)]).rename(dict(zip(frame.columns, names, strict=False)))
        require_short_cells(frame, str(self._path), row, _UNCLOSED)
        return frame

    def _is_full(self, text: bytes, height: int) -> bool:
        """Whether there are as many separators as so many whole rows have; cells that a row lacks come as missing."""
        found = (text if b'"' not in text else _outside(text)).count(self._separator.encode())
        return found == (self._width - 1) * height

    def _require_headings(self, beyond: pl.DataFrame, row: int) -> None:
        for at, cells in enumerate(beyond.iter_columns(), start=len(self._header.names) + 1):
            if cells.null_count() < cells.len():
                found = cells.is_not_null().arg_max() or 0
                raise UnreadableFile(
                    f"{self._path}: row {row + found}, column {at} holds {cells[found]!r}, and row {self._header.row} "
                    "has no heading there. Give the column a heading, or empty it."
                )

    def _trouble(self, text: bytes, row: int) -> UnreadableFile | None:
        """What is wrong with the first record that is not as it should be; `row` is the number of the first."""
        at, start = row - 1, 0
        try:
            for at, (cells, end) in enumerate(_cells(text, self._separator, strict=True), start=row):
                long = next((place for place, cell in enumerate(cells) if len(cell) > LONGEST_CELL), None)
                if long is not None:
                    return too_long(str(self._path), at, self._name(long), _UNCLOSED)
                if text.count(b'"', start, end) % 2:
                    return self._stray(at)
                if cells and len(cells) != self._width:
                    return self._ragged(at, len(cells))
                start = end
        except csv.Error as error:
            if "new-line" in str(error):
                return _returned(self._path, at + 1)
            return self._unclosed(text[start:], at + 1) if "end of data" in str(error) else self._stray(at + 1)
        return None

    def _name(self, place: int) -> str:
        return self._header.names[place] if place < len(self._header.names) else str(place + 1)

    def _ragged(self, row: int, cells: int) -> UnreadableFile:
        return UnreadableFile(
            f"{self._path}: row {row} has {cells} cells and the header has {self._width}; expected as many in each "
            f"row. A cell that holds a {SEPARATORS[self._separator][:-1]} or a line break stands in quotation marks."
        )

    def _stray(self, row: int) -> UnreadableFile:
        return UnreadableFile(
            f"{self._path}: row {row} has a quotation mark in the middle of a cell. A cell with quotation marks stands "
            'in quotation marks itself, and those within it are doubled: "a 5"" screen".'
        )

    def _unclosed(self, record: bytes, row: int) -> UnreadableFile:
        with contextlib.suppress(csv.Error):
            for cells, _ in _cells(record, self._separator):
                if len(cells[-1]) > LONGEST_CELL:
                    return too_long(str(self._path), row, self._name(len(cells) - 1), _UNCLOSED)
        return UnreadableFile(f"{self._path}: row {row} opens a quotation mark that is never closed.")
