"""Read a foreign sheet as one of our tables, by a small TOML file that says which heading becomes which column.

::

    kind = "postings"
    sheet = "岗位"                     # of a workbook with several sheets

    [posting_id]
    row = "ad-"                       # the row's number in the file, after this prefix

    [title]
    from = "job title"                # a heading of the sheet; of several the first that can be read wins

    [text]
    from = ["description", "skills"]
    join = "\\n"                       # of texts: all that are not empty, joined

    [wage_min]
    from = "salary"
    read = "wage"                     # the lower wage; in wage_max the upper one

    [posted_on]
    from = "date"
    order = "dmy"                     # 1/3/2026 is the first of March

    [district]
    from = "where"
    read = "place"
    home = "重庆"                      # 重庆市渝中区 is written 渝中区, as in the tables of that city

    [channel]
    from = "nature"
    optional = true                   # a sheet without this heading will do
    read = "words"
    words = { "国企" = "state_owned" }  # the first word that the cell contains
    otherwise = "market"

    [education_min]
    value = "college"                 # the same for every row

    [refuse]
    salary = ["salary", "薪资"]        # rows with such a cell are no records: headings that stand among them

Readers: text, number, date, moment, list, words, place, wage, education, experience, headcount; without `read` the one
of the column's own kind. A list is cut at `separator` (by default "|"; several may be given). Every row is either read,
or refused with its reasons; a fact that cannot be told from what a cell says is left empty and counted. Headings are
compared without regard to full-width signs and to spaces round them.
"""

from __future__ import annotations

import itertools
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talentcity.errors import InvalidData, UnreadableFile
from talentcity.tables.headings import folded
from talentcity.tables.reading import READERS, Source, usual_reader
from talentcity.tables.schema import LIST_SEPARATOR, Schema
from talentcity.text.dates import ORDERS

KEYS = ("from", "value", "row", "read", "join", "separator", "words", "otherwise", "order", "optional", "home")
_SOURCES = ("from", "value", "row")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping: the sources of our columns, and the file that says so."""

    file: str
    sources: tuple[Source, ...]
    refuse: tuple[tuple[str, tuple[str, ...]], ...] = ()  # heading, and the cells of rows that are no records
    sheet: str | None = None  # of a workbook that has several

    @classmethod
    def load(cls, path: str | os.PathLike[str], schema: Schema) -> Mapping:
        """Read a mapping for a table of the schema.

        Raises:
            UnreadableFile: no such file, or no right to read it.
            InvalidData: it is not TOML, or a key of it cannot be; the message names file and key.
        """
        path = Path(path)
        document = _document(path)
        block = isinstance(document.get("kind"), dict)  # of the column that two of our tables have
        kind = schema.name if block else document.pop("kind", schema.name)
        if kind != schema.name:
            raise InvalidData(f'{path}: kind = "{kind}", and {schema.name} are imported; expected the same.')
        refuse = _refuse(path, document.pop("refuse", {}))
        sheet = document.pop("sheet", None)
        if not isinstance(sheet, str | None):
            raise InvalidData(f"{path}: sheet = {sheet!r}; expected the name of a sheet.")
        sources = _sources(path, document, schema)
        given = {source.column for source in sources}
        missing = [column.name for column in schema.columns if column.required and column.name not in given]
        if missing:
            raise InvalidData(
                f"{path}: nothing is said of {', '.join(missing)}, without which no {schema.name} can be; "
                f"expected a block [{missing[0]}] with one of {', '.join(_SOURCES)}."
            )
        return cls(path.name, sources, refuse, sheet)

    def named(self, *columns: str) -> str:
        """What messages call columns of ours, or a heading: the heading, and in brackets what it becomes."""
        ours: dict[str, list[str]] = {}
        for column in columns:
            heading, names = self._meant(column)
            ours.setdefault(heading, []).extend(name for name in names if name not in ours.get(heading, []))
        return ", ".join(f"{heading} ({', '.join(names)})" if names else heading for heading, names in ours.items())

    def _meant(self, column: str) -> tuple[str, list[str]]:
        for source in self.sources:
            if source.column == column:
                return (", ".join(source.headings), [column]) if source.headings else (column, [])
        own = {source.column: list(map(folded, source.headings)) for source in self.sources}
        return column, [name for name, headings in own.items() if folded(column) in headings]


def _document(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UnreadableFile(f"{path}: there is no such file.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError as error:
        raise InvalidData(f"{path} is not TOML: {error}.") from None

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _require_each_block_once(path, text)
        raise InvalidData(f"{path} is not TOML: {error}.{_line_of(str(error), text)}") from None


def _line_of(error: str, text: str) -> str:
    """The line that an error is about, as it stands, with what it should look like."""
    found = re.search(r"\(at line (\d+)", error)
    lines = text.splitlines()
    if found is None or not 1 <= int(found[1]) <= len(lines):
        return ""
    line = lines[int(found[1]) - 1].strip()[:60]
    return f' That line is: {line}\nExpected a line such as [title], or from = "a heading".'


def _sources(path: Path, document: dict[str, Any], schema: Schema) -> tuple[Source, ...]:
    """Every block of the file; all that is wrong with them is said at once."""
    sources, wrong = [], []
    for name, entry in document.items():
        try:
            sources.append(_source(path, name, entry, schema))
        except InvalidData as error:
            wrong.append(str(error))
    if wrong:
        raise InvalidData("\n".join(wrong))
    return tuple(sources)


def _require_each_block_once(path: Path, text: str) -> None:
    """Two blocks for one column are two headings for one column: say which."""
    blocks: dict[str, tuple[int, str]] = {}
    above: dict[str, int] = {}  # what is said before the first block, and in which line
    lines = text.splitlines()
    for at, line in enumerate(lines):
        found = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
        if found is None:
            said = None if blocks else re.match(r"\s*(\w+)\s*=", line)
            above |= {said[1]: at + 1} if said else {}
            continue
        name = found[1]
        if name in above:
            raise InvalidData(
                f"{path}: {name} stands twice, in line {above[name]} for the whole and in line {at + 1} as the column "
                f"[{name}]; leave out line {above[name]}: the command says which table it is."
            )
        inner = "".join(itertools.takewhile(lambda each: not each.lstrip().startswith("["), lines[at + 1 :]))
        source = re.search(r"from\s*=\s*(\[[^\]]*\]|\"[^\"]*\"|'[^']*')", inner)
        here = (at + 1, f" (from = {source[1]})" if source else "")
        if name in blocks:
            (first, before), (second, after) = blocks[name], here
            raise InvalidData(
                f"{path}: [{name}] stands twice, in line {first}{before} and in line {second}{after}; expected one "
                'block for each column. Several headings are named in one: from = ["first", "second"].'
            )
        blocks[name] = here


def _refuse(path: Path, entry: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    def texts(words: object) -> bool:
        return isinstance(words, list) and all(isinstance(word, str) for word in words)

    if not isinstance(entry, dict) or not all(texts(words) for words in entry.values()):
        raise InvalidData(f'{path}: refuse = {entry!r}; expected headings with lists of text, such as pay = ["pay"].')
    return tuple((heading, tuple(words)) for heading, words in entry.items())


def _source(path: Path, name: str, entry: object, schema: Schema) -> Source:
    """One block of the file, checked."""
    if name not in schema.names:
        raise InvalidData(
            f"{path}: [{name}]: {schema.name} have no such column; expected one of {listed(schema.names)}."
        )
    if not isinstance(entry, dict):
        raise InvalidData(f'{path}: {name} = {entry!r}; expected a block, such as [{name}] with from = "a heading".')
    _check_keys(path, name, entry)
    headings = entry.get("from", [])
    separators = entry.get("separator", LIST_SEPARATOR)
    return Source(
        column=name,
        headings=tuple([headings] if isinstance(headings, str) else headings),
        value=entry.get("value"),
        row=entry.get("row"),
        read=entry.get("read", usual_reader(schema.column(name))),
        join=entry.get("join"),
        separators=tuple([separators] if isinstance(separators, str) else separators),
        words=tuple(entry.get("words", {}).items()),
        otherwise=entry.get("otherwise"),
        order=entry.get("order", "ymd"),
        optional=entry.get("optional", False),
        home=entry.get("home"),
    )


def _check_keys(path: Path, name: str, entry: dict[str, object]) -> None:
    where = f"{path}: [{name}]"
    strange = [key for key in entry if key not in KEYS]
    if strange:
        raise InvalidData(f"{where} has a key {strange[0]}; expected one of {', '.join(KEYS)}.")
    sources = [key for key in _SOURCES if key in entry]
    if len(sources) != 1:
        said = f"both {' and '.join(sources)}" if sources else "no source"
        raise InvalidData(f"{where} has {said}; expected exactly one of {', '.join(_SOURCES)}.")
    if entry.get("read", "text") not in READERS:
        raise InvalidData(f"{where} read = {entry['read']!r}: no such reader; expected one of {', '.join(READERS)}.")
    _check_types(where, entry)
    if (entry.get("read") == "words") != bool(entry.get("words")):
        raise InvalidData(f'{where}: read = "words" and words = {{ "word" = "value" }} go together; one is missing.')


def _check_types(where: str, entry: dict[str, object]) -> None:
    for key, what in (("from", "a heading, or a list of headings"), ("separator", "text, or a list of texts")):
        said = entry.get(key, "x")
        many = isinstance(said, list) and said and all(isinstance(each, str) and each for each in said)
        if not (isinstance(said, str) and said) and not many:
            raise InvalidData(f"{where} {key} = {said!r}; expected {what}.")
    for key in ("row", "read", "join", "otherwise", "order", "home"):
        if not isinstance(entry.get(key, ""), str):
            raise InvalidData(f"{where} {key} = {entry[key]!r}; expected text.")
    words = entry.get("words", {})
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise InvalidData(f'{where} words = {words!r}; expected a table of text, such as {{ "word" = "value" }}.')
    if not isinstance(entry.get("value", ""), str | int | float):
        raise InvalidData(f"{where} value = {entry['value']!r}; expected one text or number.")
    if entry.get("order", "ymd") not in ORDERS:
        raise InvalidData(f"{where} order = {entry['order']!r}; expected one of {', '.join(ORDERS)}.")
    if not isinstance(entry.get("optional", False), bool):
        raise InvalidData(f"{where} optional = {entry['optional']!r}; expected true or false.")


def listed(names: Iterable[str]) -> str:
    """Names as a message lists them."""
    return ", ".join(names) or "none"
