"""One parameter is one TOML file under `data/<place>/<topic>/<name>.toml`.

A change of the law adds a block `[[in_force]]`; a block is never edited. `checked_on` is the last day
on which someone competent read the source again; empty as long as nobody has.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

from talentcity.errors import InvalidData, NoRuleInForce, UnknownName

_KEYS = {"title", "title_en", "unit", "checked_on", "in_force"}
_BLOCK_KEYS = {"from", "until", "low", "high", "value", "note", "note_en", "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What one parameter says on one day.

    Attributes:
        low, high: an inclusive range, in the parameter's unit; None where the source gives a single value or none.
        value: the single value; None where the source gives a range or words only.
        unit: of the numbers.
        note, note_en: what the source says beside the numbers, in both languages; may be empty.
        source: article or document, as it is cited.
        since, until: first and last day of this wording; `until` is None while no end is known.
        stale: a year has passed since the source was last read again.
        unverified: nobody competent has read the source yet.
    """

    low: float | None
    high: float | None
    value: float | None
    unit: str
    note: str
    note_en: str
    source: str
    since: date
    until: date | None
    stale: bool
    unverified: bool

    @property
    def range(self) -> tuple[float | None, float | None]:
        """Low and high; a single value is both."""
        return (self.low, self.high) if self.value is None else (self.value, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    since: date
    until: date | None
    low: float | None
    high: float | None
    value: float | None
    note: str
    note_en: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value by date, with its unit and source.

    Attributes:
        name: such as `cn/labour_contract/fee_or_deposit`.
        title, title_en: what it is, in both languages.
        unit: of the numbers; empty where there is none.
        checked_on: last day on which someone re-read the source; None: nobody has.
    """

    name: str
    title: str
    title_en: str
    unit: str
    checked_on: date | None
    blocks: tuple[_Block, ...]

    def on(self, day: date) -> InForce:
        """What is in force on a day.

        Raises:
            NoRuleInForce: the day is before the first block, or after the end of the last one.

        Example:
            >>> from datetime import date
            >>> load("cn/labour_contract/fee_or_deposit").on(date(2026, 9, 1)).range
            (500, 2000)
        """
        begun = [block for block in self.blocks if block.since <= day]
        if not begun:
            raise NoRuleInForce(f"{self.name} on {day}: first in force on {self.blocks[0].since}.")
        block = begun[-1]
        if block.until is not None and day > block.until:
            raise NoRuleInForce(f"{self.name} on {day}: last in force on {block.until}.")
        return InForce(
            low=block.low,
            high=block.high,
            value=block.value,
            unit=self.unit,
            note=block.note,
            note_en=block.note_en,
            source=block.source,
            since=block.since,
            until=block.until,
            stale=self.checked_on is not None and day > _a_year_after(self.checked_on),
            unverified=self.checked_on is None,
        )


def _a_year_after(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)


def names() -> tuple[str, ...]:
    """The names of all parameters that come with the programme, in order."""
    root = Path(str(resources.files("talentcity.law") / "data"))
    return tuple(sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.toml")))


@cache
def load(name: str) -> Parameter:
    """A parameter by its name.

    Raises:
        UnknownName: there is no such parameter.
        InvalidData: its file is wrong.
    """
    if name not in names():
        raise UnknownName(f"law: there is no parameter {name!r}. There are: {', '.join(names())}.")
    return read_parameter(Path(str(resources.files("talentcity.law") / "data" / f"{name}.toml")), name)


def read_parameter(path: Path, name: str) -> Parameter:
    """Read a parameter from a file of one's own.

    Raises:
        InvalidData: the file is not TOML, or lacks or misspells something; the message says what and where.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidData(f"{path}: cannot be read as TOML: {error}.") from None
    _require_keys(data, _KEYS, {"title", "unit", "checked_on", "in_force"}, str(path))
    checked_on = data["checked_on"]
    if checked_on != "" and type(checked_on) is not date:
        raise InvalidData(f'{path}: checked_on is {checked_on!r}; expected a day such as 2026-06-30, or "".')
    blocks = tuple(_block(block, f"{path}, in_force {at}") for at, block in enumerate(data["in_force"], start=1))
    if not blocks:
        raise InvalidData(f"{path}: expected at least one block [[in_force]].")
    for before, after in pairwise(blocks):
        if before.since >= after.since:
            raise InvalidData(f"{path}: the block from {after.since} stands after the one from {before.since}.")
    return Parameter(
        name=name,
        title=data["title"],
        title_en=data.get("title_en", ""),
        unit=data["unit"],
        checked_on=checked_on or None,
        blocks=blocks,
    )


def _block(data: dict[str, object], where: str) -> _Block:
    _require_keys(data, _BLOCK_KEYS, {"from", "source"}, where)
    since, until = _day(data, "from", where), _day(data, "until", where)
    low, high, value = (_number(data, key, where) for key in ("low", "high", "value"))
    if since is None:
        raise InvalidData(f"{where}: from is empty; expected a day such as 2008-01-01.")
    if value is not None and (low is not None or high is not None):
        raise InvalidData(f"{where}: has value beside low or high; expected one or the other.")
    if low is not None and high is not None and low > high:
        raise InvalidData(f"{where}: low {low} is above high {high}.")
    if low is None and high is None and value is None and "note" not in data:
        raise InvalidData(f"{where}: says nothing; expected low, high, value or note.")
    return _Block(
        since=since,
        until=until,
        low=low,
        high=high,
        value=value,
        note=str(data.get("note", "")),
        note_en=str(data.get("note_en", "")),
        source=str(data["source"]),
    )


def _require_keys(data: dict[str, object], known: set[str], needed: set[str], where: str) -> None:
    for key in sorted(set(data) - known):
        raise InvalidData(f"{where}: {key} is not known; expected {', '.join(sorted(known))}.")
    for key in sorted(needed - set(data)):
        raise InvalidData(f"{where}: {key} is missing.")


def _day(data: dict[str, object], key: str, where: str) -> date | None:
    day = data.get(key)
    if day is not None and type(day) is not date:
        raise InvalidData(f"{where}: {key} is {day!r}; expected a day such as 2008-01-01.")
    return day


def _number(data: dict[str, object], key: str, where: str) -> float | None:
    number = data.get(key)
    if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
        raise InvalidData(f"{where}: {key} is {number!r}; expected a number.")
    return number
