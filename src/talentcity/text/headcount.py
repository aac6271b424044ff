"""The headcount field of an advert, read as persons."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from talentcity.text.confidence import confidence
from talentcity.text.normal import normalise
from talentcity.text.plain import NUMERAL, number_of
from talentcity.text.unique import read_each


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many persons are sought, at least (None: the field says "several"), and where that stands."""

    persons: int | None
    start: int
    end: int
    confidence: float


def read_headcount(text: str) -> Headcount | None:
    """Read a headcount field; None when it states no number of persons.

    Of a range the lower end is taken: so many places there are for sure.

    Example:
        >>> [read_headcount(text).persons for text in ("1人", "招10名", "5-10人", "两名", "3 openings", "若干人")]
        [1, 10, 5, 2, 3, None]
        >>> read_headcount("0人") is None
        True
    """
    normal = normalise(text)
    simple = normal.text
    found = _BARE.fullmatch(simple) or _PERSONS.search(simple)
    if found is not None:
        persons = int(number_of(found["low"]))
        if persons < 1:
            return None
        return Headcount(persons, *normal.span(*found.span("all")), confidence("headcount", "persons"))
    several = _SEVERAL.search(simple)
    if several is None:
        return None
    return Headcount(None, *normal.span(*several.span()), confidence("headcount", "several"))


def read_headcounts(texts: pl.Series) -> pl.DataFrame:
    """Read many headcount fields: columns `read`, `persons` (empty where the field says "several"), `confidence`."""

    def read(text: str) -> tuple[int | None, float] | None:
        found = read_headcount(text)
        return None if found is None else (found.persons, found.confidence)

    return read_each(texts, read, {"persons": pl.Int64, "confidence": pl.Float64})


_NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,7}"
_BARE = re.compile(rf"\s*(?P<all>(?P<low>{_NUMBER})(?:\s*[-~至到]\s*\d{{1,7}})?)\s*")
_PERSONS = re.compile(
    rf"(?P<all>(?<![\d.,-])(?P<low>{_NUMBER}|{NUMERAL.replace('半', '')})(?:\s*(?:-|~|—|–|至|到|to)\s*\d{{1,7}})?\s*"
    r"(?:余|多)?(?:人|名|位|个|persons?\b|people\b|openings?\b|vacanc(?:y|ies)\b|positions?\b|places?\b))"
)
_SEVERAL = re.compile(r"若干(?:人|名)?|多(?:人|名)|数(?:人|名)|several|multiple|various")
