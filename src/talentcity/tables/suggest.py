"""Propose a mapping for a foreign sheet: from what its headings are called, and from what its cells say.

A heading is compared with the headings of `data/headings.toml`; then the cells must bear it out: a column of wages is
one only if the reader of wages can read its cells. A column whose heading says nothing is proposed where its cells can
mean one thing alone. Whatever is proposed is said with its reason, and so is whatever is not.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from talentcity.errors import InvalidData
from talentcity.tables.catalogue import SCHEMAS
from talentcity.tables.files import split_sheet
from talentcity.tables.headings import REFUSED_BECAUSE, REFUSED_ROW, folded
from talentcity.tables.mapping import sheet_parts
from talentcity.tables.reading import Source, as_text, read_cells, usual_reader
from talentcity.tables.schema import LIST_SEPARATOR, Column, Kind, Schema
from talentcity.text.dates import ORDERS

KINDS = ("seekers", "postings", "employers", "sessions", "vacancies", "deliveries")
"""Tables that people have as sheets of their own; the others are made by commands."""
MOST_OF_A_FACT = 20  # characters of a cell that states one fact and no more
SAMPLE = 2_000  # rows looked at, spread over the first part of the file
EXACT, WAGE, PARTLY, CELLS = 1.0, 0.9, 0.6, 0.4  # how much a heading, one for both wages, a part, or cells alone say
DOUBTED = "dmy or mdy"  # an order of days that nobody has said yet
BORNE_OUT = 0.5  # share of the filled cells that the reader must know
UNLIKE = 0.8  # share of rows with an id of their own in a column of ids; the rest are slips of the pen
PLAIN_CELLS = 0.8  # share of them where nothing but the cells speaks
_READERS = {
    "education": "education", "education_min": "education", "experience_years": "experience",
    "experience_min": "experience", "headcount": "headcount", "places": "headcount", "wage_min": "wage",
    "wage_max": "wage", "wanted_wage": "wage", "district": "place",
}  # fmt: skip
_TALKATIVE = ("education", "education_min", "wage_min", "wanted_wage")  # columns whose cells may speak for themselves
_NOTHING_ASKED = ("不限", "无", "无要求", "不要求", "any", "none")  # of education as of experience
_LIST_SIGNS = ("、", "，", ",", "；", ";", "/", "\n", LIST_SEPARATOR)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some rows of a sheet as text, and the name of the sheet in a workbook."""

    path: Path
    sheet: str | None
    cells: dict[str, pl.Series]
    rows: int
    finds: dict[str, list[_Find]] = field(default_factory=dict)  # by the name of the table, best first


@dataclass(frozen=True, slots=True)
class _Find:
    """That a column of ours may come from a heading of the sheet, how far that is borne out, and why."""

    column: str
    heading: str
    score: float
    why: str
    source: Source


def suggest(path: str | os.PathLike[str], *, kind: str | None = None) -> str:
    """A mapping for a sheet, as TOML with comments; it loads where nothing that is required is missing.

    Args:
        path: the sheet; behind the name of a workbook, `#` and the name of a sheet say which one is meant.
        kind: the table that it should become; guessed where it is not said.

    Raises:
        UnreadableFile: the sheet cannot be read.
        InvalidData: the kind is not said and no table of ours fits the headings.
    """
    sample = _sample(*split_sheet(Path(path)))
    if kind is not None:
        return _written(sample, SCHEMAS[kind], _chosen(sample, SCHEMAS[kind]), "")
    fits = sorted(
        ((_fit(sample, SCHEMAS[name]), name) for name in KINDS), key=lambda fit: (-fit[0], KINDS.index(fit[1]))
    )
    (best, name), (second, other) = fits[:2]
    if best <= 0:
        raise InvalidData(
            f"{sample.path.name}: the headings fit no table of ours ({', '.join(map(folded, sample.cells))}); say "
            f"which it should become, one of {', '.join(KINDS)}: talentcity import --suggest {sample.path.name} KIND."
        )
    unsure = f"# It may be {other} as well: talentcity import --suggest FILE {other}\n" if second > 0.6 * best else ""
    return _written(sample, SCHEMAS[name], _chosen(sample, SCHEMAS[name]), unsure)


def _sample(path: Path, sheet: str | None) -> _Sample:
    part = next(iter(sheet_parts(path, sheet=sheet)))
    frame = part.frame.drop(REFUSED_ROW, REFUSED_BECAUSE, strict=False)
    frame = frame.drop(name for name, dtype in frame.schema.items() if dtype in (pl.Binary, pl.Object))
    if frame.height > SAMPLE:
        frame = frame.gather_every(frame.height // SAMPLE + 1)
    return _Sample(path, sheet, {name: as_text(frame[name]) for name in frame.columns}, frame.height)


@cache
def _words() -> dict[str, Any]:
    text = files("talentcity.tables").joinpath("data", "headings.toml").read_text(encoding="utf-8")
    words: dict[str, Any] = tomllib.loads(text)
    return words


def _bare(heading: str) -> str:
    """A heading without what stands in brackets, signs and capitals: 月薪（元/月） is 月薪, job_id is job id."""
    simple = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", folded(heading).lower())
    return folded(re.sub(r"[\s_\-·*:#.?!/]+", " ", simple))


def _likeness(heading: str, words: Iterable[str]) -> float:
    """How far a heading says one of the words: `EXACT`, `PARTLY` or 0."""
    bare = _bare(heading)
    best = 0.0
    for word in words:
        if bare == word:
            return EXACT
        if _contains(bare, word):
            best = PARTLY
    return best


def _contains(bare: str, word: str) -> bool:
    if re.search(r"[\u3400-\u9fff]", word):
        return len(word) >= 2 and bare.endswith(word)
    return len(word) >= 4 and re.search(rf"(?:^| ){re.escape(word)}$", bare) is not None


def _never(heading: str, kind: str) -> str | None:
    """Why nothing may be made of a heading; None where something may."""
    for group in _words()["never"]:
        if kind in group.get("tables", SCHEMAS) and _likeness(heading, group["headings"]) >= PARTLY:
            return str(group["why"])
    return None


def _synonyms(schema: Schema, column: str) -> list[str]:
    said = _words().get(schema.name, {}).get(column, [])
    return [column.replace("_", " "), *said]


def _finds(sample: _Sample, schema: Schema) -> list[_Find]:
    """Every column of ours that a heading may become, best first."""
    if schema.name not in sample.finds:
        found = [
            find
            for heading, cells in sample.cells.items()
            if _never(heading, schema.name) is None and (cells.null_count() < cells.len() or not cells.len())
            for column in schema.columns
            if (find := _find(sample, schema, column, heading)) is not None
        ]
        order = {name: at for at, name in enumerate([*schema.names, *sample.cells])}
        found.sort(key=lambda find: (-find.score, order[find.column], order[find.heading]))
        sample.finds[schema.name] = found
    return sample.finds[schema.name]


def _find(sample: _Sample, schema: Schema, column: Column, heading: str) -> _Find | None:
    said = max(_likeness(heading, _synonyms(schema, column.name)), _one_wage(schema, column, heading))
    cells = sample.cells[heading].drop_nulls()
    if said == 0.0 and not (column.name in _TALKATIVE and cells.len() >= 5 and _speaks(column, cells)):
        return None
    source, read = _reader(schema, column, heading, cells)
    if said == 0.0:
        alone = read / cells.len() >= PLAIN_CELLS
        why = f"by its cells alone; {_share(read, cells)}"
        return _Find(column.name, heading, CELLS, why, source) if alone else None
    if cells.len() and read / cells.len() < BORNE_OUT:
        return None
    why = f"{'heading' if said >= WAGE else 'part of the heading'}; {_share(read, cells)}"
    if column.unique:
        ids = cells.len() if _may_repeat(schema) else cells.n_unique()
        if ids < UNLIKE * sample.rows:
            return None
        if ids < sample.rows:
            lacking = "none" if _may_repeat(schema) else "none, or one that stands already"
            why += f"; {_rows(sample.rows - ids, 'has', 'have')} {lacking}: refused"
    return _Find(column.name, heading, said, why, source)


def _may_repeat(schema: Schema) -> bool:
    """Whether a sheet may name the same record in several rows: a list of adverts says in each whose it is."""
    return schema.name == "employers"


def _rows(number: int, one: str, many: str) -> str:
    return f"1 row {one}" if number == 1 else f"{number:,} rows {many}"


def _share(read: int, cells: pl.Series) -> str:
    return f"{read:,} of {cells.len():,} filled cells are read"


def _one_wage(schema: Schema, column: Column, heading: str) -> float:
    """A heading such as 月薪 means both wages."""
    if column.name not in ("wage_min", "wage_max"):
        return 0.0
    return WAGE * _likeness(heading, _words().get(schema.name, {}).get("wage", []))


def _speaks(column: Column, cells: pl.Series) -> bool:
    """Whether cells can mean one thing alone: wages with a unit, levels of education in short words."""
    if _mean(cells.str.len_chars() > MOST_OF_A_FACT) > 1 - PLAIN_CELLS:
        return False
    wages = _READERS[column.name] == "wage"
    return not wages or _mean(cells.str.contains(r"[kK千万元¥￥]|面议")) >= PLAIN_CELLS


def _mean(numbers: pl.Series) -> float:
    """The mean of those that are there, a share where they are yes or no; 0 where there is none."""
    return float(numbers.sum()) / max(1, numbers.count())


def _reader(schema: Schema, column: Column, heading: str, cells: pl.Series) -> tuple[Source, int]:
    """How the cells are read, and how many of them can be."""
    base = Source(column=column.name, headings=(heading,), read=usual_reader(column))
    words = _words_of(schema, column)
    if words and not cells.is_in(column.allowed).all():
        base = replace(base, read="words", words=words, otherwise=_else(column))
    elif column.kind in (Kind.DATE, Kind.MOMENT):
        return _dated(base, column, cells)
    elif column.kind is Kind.LIST:
        signs = [sign for sign in _LIST_SIGNS if _mean(cells.str.contains(sign, literal=True)) > 0.05]
        base = replace(base, separators=tuple(signs) or (LIST_SEPARATOR,))
    elif column.name in _READERS:
        return _by_own_reader(base, column, cells)
    return base, _known(base, column, cells)


def _dated(base: Source, column: Column, cells: pl.Series) -> tuple[Source, int]:
    """Days in the order under which most can be read; where two orders do alike, a person must say which."""
    tries = {order: _known(replace(base, order=order), column, cells) for order in ORDERS}
    best = max(tries, key=lambda order: tries[order])
    if best == "dmy" and tries["mdy"] == tries["dmy"]:
        return replace(base, order=DOUBTED), tries[best]
    return replace(base, order=best), tries[best]


def _by_own_reader(base: Source, column: Column, cells: pl.Series) -> tuple[Source, int]:
    """Plain numbers as they are; else what the reader of wages, places, ... can read."""
    own = replace(base, read=_READERS[column.name])
    known = _known(own, column, cells)
    if base.read == "number" and own.read != "headcount":
        plain = _known(base, column, cells)
        return (base, plain) if plain >= known else (own, known)
    if own.read == "place" and known < BORNE_OUT * cells.len():
        named = int((~cells.str.contains(r"\d") & (cells.str.len_chars() <= 30)).sum())
        return base, named  # names of places that no list knows; an address is none
    return own, known


def _known(source: Source, column: Column, cells: pl.Series) -> int:
    if source.read == "text" and column.allowed:
        return int(cells.is_in(column.allowed).sum())
    return int(read_cells(source, column, cells)["read"].sum())


def _words_of(schema: Schema, column: Column) -> tuple[tuple[str, str], ...]:
    table = _words()["words"]
    name = f"{column.name}_of_{schema.name}" if f"{column.name}_of_{schema.name}" in table else column.name
    return tuple(table[name].items()) if name in table else ()


def _else(column: Column) -> str | None:
    return None if column.default is None else str(column.default)


def _chosen(sample: _Sample, schema: Schema) -> dict[str, list[_Find]]:
    """For each column of ours what it comes from; one heading is used once, but both wages may come from one."""
    chosen: dict[str, list[_Find]] = {}
    used: dict[str, str] = {}
    for find in _finds(sample, schema):
        before = used.get(find.heading)
        both = before is not None and {before, find.column} == {"wage_min", "wage_max"}
        several = schema.name == "postings" and find.column == "text"
        if (before is not None and not both) or (find.column in chosen and not several):
            continue
        if find.score == CELLS and find.column in chosen:
            continue
        chosen.setdefault(find.column, []).append(find)
        used[find.heading] = find.column
    if len(chosen.get("text", ())) > 1:  # the longest first
        chosen["text"].sort(key=lambda find: -_mean(sample.cells[find.heading].str.len_chars()))
    return {name: _with_period(sample, schema, chosen[name]) for name in schema.names if name in chosen}


def _with_period(sample: _Sample, schema: Schema, finds: list[_Find]) -> list[_Find]:
    """Wages in plain numbers, read together with a heading that says of which period they are."""
    find = finds[0]
    if find.column not in ("wage_min", "wage_max") or find.source.read != "number":
        return finds
    periods: list[str] = _words().get(schema.name, {}).get("wage_period", [])
    for heading in sample.cells:
        if _likeness(heading, periods) == EXACT:
            source = replace(find.source, headings=(find.heading, heading), join=" ", read="wage")
            both = pl.DataFrame([sample.cells[name].alias(str(at)) for at, name in enumerate(source.headings)])
            joined = both.drop_nulls("0").select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True)).to_series()
            read = _known(source, schema.column(find.column), joined)
            if read >= BORNE_OUT * joined.len():
                why = f"{find.why}; with {folded(heading)}, which says the period, {read:,} of {joined.len():,}"
                return [replace(find, why=why, source=source)]
    return finds


def _fit(sample: _Sample, schema: Schema) -> float:
    """How well the sheet fits a table: what its headings say, less what is required and not there."""
    chosen = _chosen(sample, schema)
    ids = {column.name for column in schema.columns if column.unique}
    told = sum(finds[0].score for name, finds in chosen.items() if name not in ids and finds[0].score > CELLS)
    wants = [column.name for column in schema.columns if column.required and column.name not in ids]
    share = told / max(1, len(sample.cells))
    return told + share - sum(1.0 for name in wants if name not in chosen)


def _written(sample: _Sample, schema: Schema, chosen: dict[str, list[_Find]], unsure: str) -> str:
    """The proposal as a file."""
    name = sample.path.name
    lines = [
        f"# A proposal for {name}, from {sample.rows:,} of its rows. Read each block: is that what the heading means?",
        f"# Then: talentcity import {schema.name} {name} --mapping THIS_FILE --skip-bad refused.csv",
        *unsure.splitlines(),
        f'# (No line says kind = "{schema.name}": their own column is called kind. The command names the table.)'
        if "kind" in schema.names
        else f'kind = "{schema.name}"',
    ]
    if sample.sheet is not None:
        lines.append(f"sheet = {_toml(sample.sheet)}")
    for column in schema.columns:
        if column.name in chosen:
            finds = chosen[column.name]
            counts = _only_counts(sample.cells[finds[0].heading])
            lines += ["", *_block(schema, column, finds, _others(sample, schema, column, chosen), counts=counts)]
        elif column.required:
            lines += ["", *_lacking(sample, schema, column, chosen)]
    lines += ["", *_left(sample, schema, chosen)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _only_counts(cells: pl.Series) -> bool:
    """Whether cells are 1, 2, 3 and so on: the sample may leave some out."""
    numbers = cells.cast(pl.Int64, strict=False)
    return bool(
        cells.len() and numbers.null_count() == 0 and numbers[0] == 1 and (numbers.diff().drop_nulls() > 0).all()
    )


def _block(schema: Schema, column: Column, finds: list[_Find], others: list[str], *, counts: bool) -> list[str]:
    lines = [f"# {folded(find.heading)}: {find.why}" for find in finds]
    if column.unique and counts:
        better = "the name, by which adverts can find it" if _may_repeat(schema) else 'row = "a-prefix-"'
        lines.append(f"# It only counts the rows: another file has the same numbers. Better is then: {better}")
    if column.name == "employer_id" and not column.unique:
        lines.append("# Import the employers first: the office refuses postings of those it does not know.")
    lines += [f"# or: {other}" for other in others]
    source = finds[0].source
    if column.name == "wage_min" and source.read == "number":
        lines.append(
            '# Plain numbers are taken as CNY a month. Another currency: [currency] with value = "USD" or the like.'
        )
    headings = [heading for find in finds for heading in find.source.headings]
    lines += [f"[{column.name}]", f"from = {_toml(headings[0] if len(headings) == 1 else headings)}"]
    if len(headings) > 1:
        lines.append(f"join = {_toml(source.join or chr(10))}")
    return lines + _keys(column, source)


def _keys(column: Column, source: Source) -> list[str]:
    lines = []
    if source.read != usual_reader(column):
        lines.append(f'read = "{source.read}"')
    if source.order == DOUBTED:
        lines.append(
            '# order = "dmy"    # TO DO: or "mdy"; days such as 03/04/2026 are refused until this line says which'
        )
    elif source.order != "ymd":
        lines.append(f'order = "{source.order}"')
    if source.separators != (LIST_SEPARATOR,):
        signs = source.separators
        lines.append(f"separator = {_toml(signs[0] if len(signs) == 1 else list(signs))}")
    if source.words:
        pairs = ", ".join(f"{_toml(word)} = {_toml(meant)}" for word, meant in source.words)
        lines.append(f"words = {{ {pairs} }}")
    if source.otherwise is not None:
        lines.append(f"otherwise = {_toml(source.otherwise)}")
    return lines


def _others(sample: _Sample, schema: Schema, column: Column, chosen: dict[str, list[_Find]]) -> list[str]:
    """Headings that are used for nothing and might be this column too."""
    used = {find.heading for finds in chosen.values() for find in finds}
    rivals = [
        f"{folded(find.heading)} ({find.why})"
        for find in _finds(sample, schema)
        if find.column == column.name and find.heading not in used
    ]
    if column.name not in ("education_min", "experience_min"):
        return rivals
    return rivals + _said_beside(sample, column, chosen)


def _said_beside(sample: _Sample, column: Column, chosen: dict[str, list[_Find]]) -> list[str]:
    """Many boards write experience and education in one cell."""
    source = chosen[column.name][0].source
    beside = []
    for name in {"education_min", "experience_min"} & set(chosen) - {column.name}:
        heading = chosen[name][0].heading
        cells = sample.cells[heading].drop_nulls()
        cells = cells.filter(~cells.is_in(_NOTHING_ASKED))
        read = _known(replace(source, read=_READERS[column.name]), column, cells)
        if read > 0.02 * cells.len():
            names = _toml([source.headings[0], heading])
            beside.append(f"from = {names}, for {heading} says it too ({_share(read, cells)})")
    return beside


def _lacking(sample: _Sample, schema: Schema, column: Column, chosen: dict[str, list[_Find]]) -> list[str]:
    """A required column that no heading gives: an id can be made, anything else must be said by a person."""
    if column.unique and _may_repeat(schema) and "name" in chosen:
        return [
            "# No heading holds an id, so the name is one. Rows alike in all that is taken count as one. Adverts find",
            "# their employer if their mapping says employer_id from the same heading.",
            f"[{column.name}]",
            f"from = {_toml(chosen['name'][0].source.headings[0])}",
        ]
    if column.unique:
        twice = [name for name in sample.cells if _likeness(name, _synonyms(schema, column.name)) == EXACT]
        stem = re.sub(r"\W+", "-", sample.path.stem).strip("-") or schema.name
        return [
            *(
                f"# {folded(name)} would be the id, but one stands in several rows, or some row has none."
                for name in twice
            ),
            "# No heading holds an id of its own for every row, so the number of the row becomes one. Give each file a",
            "# prefix that no other has, or rows of two files would get the same id.",
            f"[{column.name}]",
            f"row = {_toml(stem + '-')}",
        ]
    return [
        f"# TO DO: {schema.name} need {column.name} ({column.about.rstrip('.')}), and no heading was found for it.",
        f"# [{column.name}]",
        f'# from = "a heading", or for all rows the same: value = {_toml((column.allowed or ("...",))[0])}',
    ]


def _left(sample: _Sample, schema: Schema, chosen: dict[str, list[_Find]]) -> Iterator[str]:
    """The headings that nothing is made of, and why."""
    used = {heading for finds in chosen.values() for find in finds for heading in find.source.headings}
    left = [heading for heading in sample.cells if heading not in used]
    if left:
        yield "# Not taken:"
    for heading in left:
        yield f"#   {folded(heading) or '(no name)'}: {_why_left(sample, schema, heading)}"


def _why_left(sample: _Sample, schema: Schema, heading: str) -> str:
    never = _never(heading, schema.name)
    if never is not None:
        return never
    if sample.rows and sample.cells[heading].null_count() == sample.rows:
        return "all cells are empty"
    if any(_likeness(heading, _synonyms(schema, column.name)) == EXACT for column in schema.columns if column.unique):
        return "its ids stand in several rows, or some row has none"
    for column in schema.columns:
        if max(_likeness(heading, _synonyms(schema, column.name)), _one_wage(schema, column, heading)) > 0:
            return f"may be {column.name} by its heading, but its cells or a better heading speak against it"
    return f"no column of {schema.name} is known by this heading"


def _toml(value: object) -> str:
    """Text, or a list of texts, as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    signs = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(signs.get(sign, sign) for sign in str(value)) + '"'
