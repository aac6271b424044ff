"""A dated parameter: its wordings one after the other, and what it says on a day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise

from talentcity.errors import NoRuleInForce

ONE_DAY = timedelta(days=1)


class SourceKind(Enum):
    """Where a value was taken from. None of them replaces the reading of the official text (`checked_on`)."""

    OFFICIAL = "official"  # a page of a government body
    LAW = "law"  # the text in a collection of laws
    PRESS = "press"
    COMMENTARY = "commentary"  # commentary, or somebody else's copy
    NAMED = "named"  # the document is well known and named; its text was not at hand when the value was entered


@dataclass(frozen=True, slots=True)
class Named:
    """A place or a topic, with its names in both languages; the code stands for names that are not known."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One wording of a parameter.

    Attributes:
        low, high: an inclusive range, in the parameter's unit; None where the source gives a single value or none.
        value: the single value; None where the source gives a range or words only.
        note, note_en: what the source says beside the numbers, in both languages; may be empty.
        source: article, document or page, as it is cited.
        source_kind: what kind of source that is.
        since, until: first and last day of this wording; `until` is None while no end is known.
        since_assumed: the source does not say the first day; it is ours, and `note` says why.
    """

    low: float | None
    high: float | None
    value: float | None
    note: str
    note_en: str
    source: str
    source_kind: SourceKind
    since: date
    until: date | None
    since_assumed: bool

    @property
    def range(self) -> tuple[float | None, float | None]:
        """Low and high; a single value is both."""
        return (self.low, self.high) if self.value is None else (self.value, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(Block):
    """What one parameter says on one day.

    Attributes:
        unit: of the numbers.
        stale: as `Parameter.stale_on` says of that day.
        unverified: nobody competent has read the source yet.
    """

    unit: str
    stale: bool
    unverified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value by date, with its unit and source.

    Attributes:
        name: such as `cn/labour_contract/fee_or_deposit`: place, topic, and what it is.
        place: where it applies; its code is the beginning of the name (`cn`, `cn/chongqing`), empty where unknown.
        topic: what it belongs to.
        title, title_en: what it is, in both languages.
        unit: of the numbers; empty where there is none.
        series: it is set anew from time to time, so that a new value must be expected (a minimum wage, an interest
            rate).
        checked_on: last day on which someone re-read the source; None: nobody has.
        blocks: its wordings, the earliest first; no two share a day, but there may be days between them.
    """

    name: str
    place: Named
    topic: Named
    title: str
    title_en: str
    unit: str
    series: bool
    checked_on: date | None
    blocks: tuple[Block, ...]

    def on(self, day: date) -> InForce:
        """What is in force on a day.

        Raises:
            NoRuleInForce: the day is before the first block, after the end of the last one, or between two.

        Example:
            >>> from datetime import date
            >>> from talentcity import law
            >>> law.load("cn/labour_contract/fee_or_deposit").on(date(2026, 9, 1)).range
            (500, 2000)
        """
        for block in self.blocks:
            if block.since <= day and (block.until is None or day <= block.until):
                return InForce(
                    **{field.name: getattr(block, field.name) for field in fields(Block)},
                    unit=self.unit,
                    stale=self.stale_on(day),
                    unverified=self.checked_on is None,
                )
        raise NoRuleInForce(f"{self.name} on {day}: {self._why_nothing_on(day)}.")

    def stale_on(self, day: date) -> bool:
        """Whether the newest value that we know is too old to be trusted on a day.

        It is so when a year has passed since the source was last read again. A series has also a year from the first
        day of its newest block, and is stale after that even if nobody has read its source. Any other parameter that
        nobody has read is unverified, not stale; and what has ended is not stale.

        Example:
            >>> from datetime import date
            >>> from talentcity import law
            >>> law.load("cn/labour_contract/fee_or_deposit").stale_on(date(2026, 9, 1))
            False
        """
        newest = self.blocks[-1]
        if newest.until is not None and day > newest.until:
            return False
        read = [self.checked_on] if self.checked_on is not None else []
        begun = [newest.since] if self.series else []
        return bool(read or begun) and day > a_year_after(max(read + begun))

    def _why_nothing_on(self, day: date) -> str:
        if day < self.blocks[0].since:
            return f"first in force on {self.blocks[0].since}"
        for before, after in pairwise(self.blocks):
            if before.until is not None and before.until < day < after.since:
                return f"none is in force from {before.until + ONE_DAY} to {after.since - ONE_DAY}"
        return f"last in force on {self.blocks[-1].until}"


def a_year_after(day: date) -> date:
    """The same day a year later; 28 February after a leap day."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)
