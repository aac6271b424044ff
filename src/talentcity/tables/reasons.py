"""Reasons of a pair: one per criterion, met, partly met or not met, as short machine words.

The office turns them into sentences in the reader's language; no number is worked out there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from talentcity.errors import InvalidData

CRITERIA = ("occupation", "skills", "wage", "place", "experience", "education", "text")
"""In the order in which reasons stand in a pair."""

Grade = Literal["met", "partly", "unmet"]

_SIGNS: dict[str, Grade] = {"+": "met", "~": "partly", "-": "unmet"}
_SIGN_OF = {grade: sign for sign, grade in _SIGNS.items()}


@dataclass(frozen=True, slots=True)
class Reason:
    """What one criterion says of a pair.

    Attributes:
        criterion: one of `CRITERIA`.
        grade: met, partly (also where nothing is known for or against), or unmet.
        detail: a short machine word such as `2/5`, `near`, `unknown`, `0.31`; may be empty.

    Example:
        >>> reason = Reason.parse("~skills 2/5")
        >>> reason.criterion, reason.grade, reason.detail
        ('skills', 'partly', '2/5')
        >>> str(Reason("place", "met", "district")), str(Reason("wage", "met"))
        ('+place district', '+wage')
    """

    criterion: str
    grade: Grade
    detail: str = ""

    def __post_init__(self) -> None:
        if self.criterion not in CRITERIA:
            raise InvalidData(f"{self.criterion!r} is no criterion; expected one of {', '.join(CRITERIA)}.")
        if self.grade not in _SIGN_OF:
            raise InvalidData(f"{self.grade!r} is no grade; expected one of {', '.join(_SIGN_OF)}.")

    @classmethod
    def parse(cls, text: str) -> Reason:
        """The reason that a string such as `+place district` stands for.

        Raises:
            InvalidData: no sign in front, or no such criterion.
        """
        grade = _SIGNS.get(text[:1])
        if grade is None:
            raise InvalidData(f"{text!r} is no reason; expected +, ~ or - and a criterion, such as '+place district'.")
        criterion, _, detail = text[1:].partition(" ")
        return cls(criterion, grade, detail)

    def __str__(self) -> str:
        """The string that `parse` reads."""
        return f"{_SIGN_OF[self.grade]}{self.criterion}{' ' if self.detail else ''}{self.detail}"
