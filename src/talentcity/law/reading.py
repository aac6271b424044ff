"""A parameter from its TOML file. Messages name the file and the key."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from talentcity.errors import InvalidData
from talentcity.law.parameter import ONE_DAY, Block, Named, Parameter, SourceKind

_KEYS = {"title", "title_en", "unit", "series", "checked_on", "in_force"}
_NEEDED = {"title", "unit", "checked_on", "in_force"}
_BLOCK_KEYS = {"from", "from_assumed", "until", "low", "high", "value", "note", "note_en", "source", "source_kind"}
_BLOCK_NEEDED = {"from", "source", "source_kind"}


def read_parameter(path: Path, name: str, *, place: Named | None = None, topic: Named | None = None) -> Parameter:
    """Read a parameter from a file of one's own.

    Args:
        path: the TOML file.
        name: what to call it.
        place, topic: where it applies and what it belongs to; None: not known.

    Raises:
        InvalidData: the file is not TOML, or lacks or misspells something; the message says what and where.
    """
    data = _toml(path)
    where = str(path)
    _require_keys(data, _KEYS, _NEEDED, where)
    nowhere = Named("", "", "")
    return Parameter(
        name=name,
        place=place or nowhere,
        topic=topic or nowhere,
        title=_text(data, "title", where),
        title_en=_text(data, "title_en", where),
        unit=_text(data, "unit", where),
        series=_yes(data, "series", where),
        checked_on=_checked_on(data, where),
        blocks=_blocks(data["in_force"], where),
    )


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidData(f"{path}: cannot be read as TOML: {error}.") from None


def _blocks(tables: object, where: str) -> tuple[Block, ...]:
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise InvalidData(f"{where}: in_force: expected at least one block [[in_force]].")
    blocks = [_block(table, f"{where}, in_force {at}") for at, table in enumerate(tables, start=1)]
    for at, (before, after) in enumerate(pairwise(blocks)):
        if before.since >= after.since:
            raise InvalidData(
                f"{where}: the block from {after.since} stands after the one from {before.since}; "
                "expected the earliest first."
            )
        if before.until is None:  # the next wording ends it
            blocks[at] = replace(before, until=after.since - ONE_DAY)
        elif before.until >= after.since:
            raise InvalidData(f"{where}: the block until {before.until} and the one from {after.since} overlap.")
    return tuple(blocks)


def _block(data: dict[str, object], where: str) -> Block:
    _require_keys(data, _BLOCK_KEYS, _BLOCK_NEEDED, where)
    since, until = _day(data["from"], "from", where), data.get("until")
    block = Block(
        low=_number(data, "low", where),
        high=_number(data, "high", where),
        value=_number(data, "value", where),
        note=_text(data, "note", where),
        note_en=_text(data, "note_en", where),
        source=_text(data, "source", where),
        source_kind=_source_kind(data["source_kind"], where),
        since=since,
        until=None if until is None else _day(until, "until", where),
        since_assumed=_yes(data, "from_assumed", where),
    )
    _require_sense(block, where)
    return block


def _require_sense(block: Block, where: str) -> None:
    if block.value is not None and (block.low is not None or block.high is not None):
        raise InvalidData(f"{where}: has value beside low or high; expected one or the other.")
    if block.low is not None and block.high is not None and block.low > block.high:
        raise InvalidData(f"{where}: low {block.low} is above high {block.high}.")
    if block.range == (None, None) and not block.note:
        raise InvalidData(f"{where}: says nothing; expected low, high, value or note.")
    if block.until is not None and block.until < block.since:
        raise InvalidData(f"{where}: until {block.until} is before from {block.since}.")
    if not block.source:
        raise InvalidData(f"{where}: source is empty; expected the article, document or page.")
    if block.since_assumed and not block.note:
        raise InvalidData(f"{where}: from_assumed without a note; expected a note that says why that day.")


def _require_keys(data: dict[str, object], known: set[str], needed: set[str], where: str) -> None:
    for key in sorted(set(data) - known):
        raise InvalidData(f"{where}: {key} is not known; expected {', '.join(sorted(known))}.")
    for key in sorted(needed - set(data)):
        raise InvalidData(f"{where}: {key} is missing.")


def _text(data: dict[str, object], key: str, where: str) -> str:
    text = data.get(key, "")
    if not isinstance(text, str):
        raise InvalidData(f"{where}: {key} is {text!r}; expected text in quotes.")
    return text


def _yes(data: dict[str, object], key: str, where: str) -> bool:
    said = data.get(key, False)
    if not isinstance(said, bool):
        raise InvalidData(f"{where}: {key} is {said!r}; expected true or false.")
    return said


def _checked_on(data: dict[str, object], where: str) -> date | None:
    day = data["checked_on"]
    if day == "":
        return None
    if type(day) is not date:
        raise InvalidData(f'{where}: checked_on is {day!r}; expected a day such as 2026-06-30, or "".')
    return day


def _day(day: object, key: str, where: str) -> date:
    if type(day) is not date:  # a datetime is a date too
        raise InvalidData(f"{where}: {key} is {day!r}; expected a day such as 2008-01-01, without quotes.")
    return day


def _number(data: dict[str, object], key: str, where: str) -> float | None:
    number = data.get(key)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < float("inf"):
        raise InvalidData(f"{where}: {key} is {number!r}; expected a number.")
    return number


def _source_kind(kind: object, where: str) -> SourceKind:
    known = [each.value for each in SourceKind]
    if kind not in known:
        raise InvalidData(f"{where}: source_kind is {kind!r}; expected one of {', '.join(known)}.")
    return SourceKind(kind)
