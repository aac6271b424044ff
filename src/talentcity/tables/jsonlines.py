"""JSON lines: one object a line, in UTF-8.

Reading gives text columns: numbers as they are written, true and false as words, lists joined by `|`. The columns
are the keys of the whole file, in the order of their first appearance; a key that a line lacks is a missing value. A
blank line is a row without values. A file without lines is a table without rows, and its columns are not known.

Writing leaves nothing out: a missing value is null, a list is a list, days and moments are ISO 8601.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from talentcity.errors import UnreadableFile, Violation
from talentcity.tables.parts import LONGEST_CELL, MOST_CELLS, MOST_CHARACTERS, Part, in_parts, too_long
from talentcity.tables.schema import LIST_SEPARATOR

LONGEST_LINE = 16 << 20  # bytes
MOMENT = "%Y-%m-%dT%H:%M:%S%.f"  # how a moment is written
MOST_KEYS = 1_000  # of a file
_AT_ONCE = 10_000  # lines of a frame, or as few as hold `MOST_CELLS` or `MOST_CHARACTERS`
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*(?:\[[^\]]*)?$')  # the key of a value that begins here


def read_json_lines_parts(path: Path, *, rows: int) -> Iterator[Part]:
    """The parts of a file of JSON lines, as `talentcity.tables.read_parts` describes them.

    Raises:
        UnreadableFile: a line is no JSON object, or holds an object in an object; the message names the line.
    """
    names = _keys(path)
    empty = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frames = _frames(path, names) if names else iter(())
    yield from in_parts(frames, empty, first_row=1, rows=rows, notes=())


def write_json_lines(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame, an object a line."""
    moments = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Datetime)]
    frame.with_columns(pl.col(name).dt.to_string(MOMENT) for name in moments).write_ndjson(path)


def _keys(path: Path) -> tuple[str, ...]:
    """All keys of the file, each once."""
    found: dict[str, None] = {}
    decode = json.JSONDecoder(parse_int=str).decode
    for row, line in _lines(path):
        found.update(dict.fromkeys(_object(path, row, line, decode)))
        if len(found) > MOST_KEYS:
            raise UnreadableFile(
                f"{path}: up to line {row} there are more than {MOST_KEYS:,} different keys; expected the names of "
                "columns, the same in each line."
            )
    return tuple(found)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            file.seek(0)
        for row, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            if len(line) == LONGEST_LINE:
                raise _too_long(path, row, line)
            try:
                text = line.decode().strip()
            except UnicodeDecodeError:
                raise UnreadableFile(f"{path}: line {row} is not UTF-8 text, as JSON lines are.") from None
            if text:
                yield row, text


def _too_long(path: Path, row: int, line: bytes) -> UnreadableFile:
    """The refusal of a line that does not end; it names the value that does not."""
    text = line.decode(errors="replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        key = _KEY.search(text, max(0, error.pos - 1000), error.pos)
        if key is not None and len(text) - error.pos > LONGEST_CELL:
            return too_long(str(path), row, key[1])
    return UnreadableFile(f"{path}: line {row} has more than {LONGEST_LINE >> 20} MiB; expected at most so much.")


def _object(path: Path, row: int, line: str, decode: Callable[[str], object]) -> dict[str, object]:
    if line.startswith("["):
        raise UnreadableFile(
            f"{path}: line {row} is a JSON array; expected one object a line, without brackets around them and without "
            "commas between them."
        )
    try:
        entry = decode(line)
    except (json.JSONDecodeError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else "too many brackets in each other"
        raise UnreadableFile(f"{path}: line {row} is not JSON ({why}); expected one whole object.") from None
    if not isinstance(entry, dict):
        raise UnreadableFile(f'{path}: line {row} holds {line[:40]}; expected an object, such as {{"id": "7"}}.')
    return entry


def _frames(path: Path, names: tuple[str, ...]) -> Iterator[tuple[pl.DataFrame, tuple[Violation, ...]]]:
    schema = dict.fromkeys(names, pl.String)
    block: list[tuple[str | None, ...]] = []
    done = characters = 0
    most = min(_AT_ONCE, MOST_CELLS // len(names))
    reader = _Reader(path)
    for row, line in _lines(path):
        while done + len(block) + 1 < row:  # blank lines
            block.append((None,) * len(names))
        cells = reader.cells(row, line)
        block.append(tuple(map(cells.get, names)))
        characters += len(line)
        if len(block) >= most or characters >= MOST_CHARACTERS:
            yield pl.DataFrame(block, schema=schema, orient="row"), ()
            done, characters, block = done + len(block), 0, []
    yield pl.DataFrame(block, schema=schema, orient="row"), ()


class _Reader:
    """Reads lines: their values as text, or what is wrong with one of them."""

    def __init__(self, path: Path) -> None:
        self._path, self._row = path, 0
        self._decode = json.JSONDecoder(
            parse_int=str, parse_float=str, parse_constant=self._constant, object_pairs_hook=self._once
        ).decode

    def cells(self, row: int, line: str) -> dict[str, str | None]:
        """The text of each key."""
        self._row = row
        entry = _object(self._path, row, line, self._decode)
        cells = {
            key: value if value is None or isinstance(value, str) else self._text(key, value)
            for key, value in entry.items()
        }
        if "\\u" in line:
            self._require_characters(cells)
        if len(line) > LONGEST_CELL:
            long = next((key for key, cell in cells.items() if cell and len(cell) > LONGEST_CELL), None)
            if long is not None:
                raise too_long(str(self._path), self._row, long)
        return cells

    def _text(self, key: str, value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return LIST_SEPARATOR.join(self._part(key, part) for part in value if part is not None)
        raise self._wrong(f"key {key}: an object in the object; expected a text, a number or a list of texts")

    def _part(self, key: str, value: object) -> str:
        text = value if isinstance(value, str) else None if isinstance(value, list) else self._text(key, value)
        if text is None or LIST_SEPARATOR in text:
            shown = "a list" if text is None else repr(text)
            raise self._wrong(f"key {key}: {shown} in a list; expected texts without {LIST_SEPARATOR}")
        return text

    def _once(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        entry = dict(pairs)
        if len(entry) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise self._wrong(f"key {twice} stands twice; expected it once")
        return entry

    def _constant(self, name: str) -> str:
        raise self._wrong(f"{name} is not JSON; expected a number, or null where there is none")

    def _require_characters(self, cells: dict[str, str | None]) -> None:
        for key, cell in cells.items():
            if cell and ("\0" in cell or re.search("[\ud800-\udfff]", cell)):
                raise self._wrong(f"key {key}: a NUL character or half a character; expected text")

    def _wrong(self, what: str) -> UnreadableFile:
        return UnreadableFile(f"{self._path}: line {self._row}, {what}.")
