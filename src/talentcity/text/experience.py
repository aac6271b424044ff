"""The experience field of an advert, read as years of work experience."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from talentcity.text.confidence import confidence
from talentcity.text.normal import Normal, normalise
from talentcity.text.plain import NUMERAL, number_of
from talentcity.text.unique import read_each

MOST_YEARS = 60


@dataclass(frozen=True, slots=True)
class Experience:
    """The least experience asked for in years (0: none), the most (None: no limit), and where that stands."""

    least: float
    most: float | None
    start: int
    end: int
    confidence: float


def read_experience(text: str) -> Experience | None:
    """Read an experience field; None when it says nothing of experience.

    Example:
        >>> [read_experience(text).least for text in ("1-3年", "5-7年工作经验", "经验不限", "10年以上", "1-3年本科")]
        [1.0, 5.0, 0.0, 10.0, 1.0]
        >>> read_experience("4天/周3个月本科") is None
        True
    """
    normal = normalise(text)
    for pattern, most, notation in _NONE_ASKED:
        found = pattern.search(normal.text)
        if found is not None and not (notation == "graduates" and _YEARS_OF_EXPERIENCE.search(normal.text)):
            return Experience(0.0, most, *normal.span(*found.span()), confidence("experience", notation))
    return _read_years(normal)


def read_experiences(texts: pl.Series) -> pl.DataFrame:
    """Read many experience fields: columns `read`, `least` and `most` (years), `confidence`."""

    def read(text: str) -> tuple[float, float | None, float] | None:
        found = read_experience(text)
        return None if found is None else (found.least, found.most, found.confidence)

    return read_each(texts, read, {"least": pl.Float64, "most": pl.Float64, "confidence": pl.Float64})


_ANY = re.compile(
    r"经验(?:要求)?[::\s]*(?:不限|无要求|不要求)|(?:不限|无需|不需要?|不要求)(?:工作|相关)?经验|"
    r"^\s*(?:不限|无要求|any|none)\s*$|"
    r"no (?:work |prior |previous )?experience (?:is )?(?:required|needed|necessary)|any experience"
)
_NONE = re.compile(r"(?:无|没有)(?:工作|相关)?经验|no (?:work )?experience\b")
_GRADUATES = re.compile(
    r"(?:在校(?:生)?/?)?(?:应届(?:毕业)?生?|在校生?)(?!.{0,4}(?:勿扰|除外|不考虑))|(?:fresh|recent|new) graduates?"
)
_NONE_ASKED = ((_ANY, None, "none_asked"), (_NONE, None, "none_asked"), (_GRADUATES, 0.0, "graduates"))
_YEAR = r"(?:年|years?\b|yrs?\b)"
_MONTH = r"(?:个月(?=.{0,6}经验)|months?\b(?=.{0,6}experience))"  # 3个月 alone is the length of a student placement
_TIME = rf"(?:(?P<months>{_MONTH})|{_YEAR}(?!制|薪|底|龄|终))"
YEARS = re.compile(
    rf"(?<![\d./年月])(?P<at_most>不超过|up to )?(?P<low>\d{{1,2}}(?:\.\d)?|{NUMERAL})\s*(?P<plus>\+)?\s*"
    rf"(?:{_YEAR}?\s*(?:-|~|—|–|至|到|to)\s*(?P<high>\d{{1,2}}(?:\.\d)?|{NUMERAL}))?\s*{_TIME}\s*"
    r"(?P<under>以下|以内|or less)?"
)
"""A number of years or a range of them, in normalised text."""


# 2年工作经验,应届生可放宽: the years are the rule, the graduates its exception.
_YEARS_OF_EXPERIENCE = re.compile(YEARS.pattern + r"[^,;。!?\n]{0,16}(?:经验|experience)")


def _read_years(normal: Normal) -> Experience | None:
    found = YEARS.search(normal.text)
    years = None if found is None else years_of(found)
    if found is None or years is None:
        return None
    return Experience(*years, *normal.span(*found.span()), confidence("experience", "years"))


def years_of(found: re.Match[str]) -> tuple[float, float | None] | None:
    """The least and the most years that a match of `YEARS` states; None if a life is too short for them."""
    unit = 12 if found["months"] else 1
    low = round(number_of(found["low"]) / unit, 2)
    high = None if found["high"] is None else round(number_of(found["high"]) / unit, 2)
    if max(low, high or 0.0) > MOST_YEARS:
        return None
    if found["under"] or found["at_most"]:
        low, high = (0.0, low) if high is None else (low, high)
    return low, high
