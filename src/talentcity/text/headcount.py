"""The headcount field of an advert, read as persons."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from talentcity.text.plain import NUMERAL, number_of, plain
from talentcity.text.unique import read_each


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many persons are sought, at least (None: the field says "several"), and where that stands."""

    persons: int | None
    start: int
    end: int


def read_headcount(text: str) -> Headcount | None:
    """Read a headcount field; None when it states no number of persons.

    Of a range the lower end is taken: so many places there are for sure.

    Example:
        >>> [read_headcount(text).persons for text in ("1人", "招10名", "5-10人", "两名", "3 openings", "若干人")]
        [1, 10, 5, 2, 3, None]
        >>> read_headcount("0人") is None
        True
    """
    simple = plain(text).lower()
    found = _BARE.fullmatch(simple) or _PERSONS.search(simple)
    if found is not None:
        persons = int(number_of(found["low"]))
        return None if persons < 1 else Headcount(persons, *found.span("all"))
    several = _SEVERAL.search(simple)
    return None if several is None else Headcount(None, *several.span())


def read_headcounts(texts: pl.Series) -> pl.DataFrame:
    """Read many headcount fields: columns `read` and `persons` (empty where the field says "several")."""

    def read(text: str) -> tuple[int | None] | None:
        found = read_headcount(text)
        return None if found is None else (found.persons,)

    return read_each(texts, read, {"persons": pl.Int64})


_NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,7}"
_BARE = re.compile(rf"\s*(?P<all>(?P<low>{_NUMBER})(?:\s*[-~至到]\s*\d{{1,7}})?)\s*")
_PERSONS = re.compile(
    rf"(?P<all>(?<![\d.,-])(?P<low>{_NUMBER}|{NUMERAL.replace('半', '')})(?:\s*(?:-|~|—|–|至|到|to)\s*\d{{1,7}})?\s*"
    r"(?:余|多)?(?:人|名|位|个|persons?\b|people\b|openings?\b|vacanc(?:y|ies)\b|positions?\b|places?\b))"
)
_SEVERAL = re.compile(r"若干(?:人|名)?|多(?:人|名)|数(?:人|名)|several|multiple|various")
