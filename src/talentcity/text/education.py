"""Levels of education, in rising order, and the reader of the education field of an advert."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from talentcity.text.confidence import confidence
from talentcity.text.normal import Normal, normalise
from talentcity.text.unique import read_each

EDUCATION = ("junior", "secondary", "college", "bachelor", "master", "doctor")
"""Highest level finished: 初中及以下, 高中/中专/中技, 大专, 本科, 硕士, 博士."""


@dataclass(frozen=True, slots=True)
class Education:
    """The least level that a field asks for (None: it says that none is asked), and where that stands."""

    level: str | None
    start: int
    end: int
    confidence: float


def read_education(text: str) -> Education | None:
    """Read an education field; None when it says nothing of education.

    Of several levels the lowest is the least asked for (大专/本科); a level that is only preferred does not count.

    Example:
        >>> [read_education(text).level for text in ("大专及以上", "中专/中技", "1-3年本科", "Bachelor's degree")]
        ['college', 'secondary', 'bachelor', 'bachelor']
        >>> read_education("学历不限").level, read_education("英语熟练")
        (None, None)
    """
    normal = normalise(text)
    simple = normal.text
    own = simple.strip()
    if own in EDUCATION or own in _NONE_WORDS:
        start = simple.index(own)
        return _education(own if own in EDUCATION else None, normal, start, start + len(own))
    none = _NONE.search(simple)
    if none is not None:
        return _education(None, normal, *none.span())
    levels = [
        (EDUCATION.index(_level_of(found)), found.start(), found.end())
        for found in _LEVELS.finditer(simple)
        if not _PREFERRED.match(simple, found.end())
    ]
    if not levels:
        return None
    lowest, start, end = min(levels)
    return _education(EDUCATION[lowest], normal, start, end)


def read_educations(texts: pl.Series) -> pl.DataFrame:
    """Read many education fields: columns `read`, `level` (empty where none is asked) and `confidence`."""

    def read(text: str) -> tuple[str | None, float] | None:
        found = read_education(text)
        return None if found is None else (found.level, found.confidence)

    return read_each(texts, read, {"level": pl.String, "confidence": pl.Float64})


def _education(level: str | None, normal: Normal, start: int, end: int) -> Education:
    sure = confidence("education", "none_asked" if level is None else "level")
    return Education(level, *normal.span(start, end), sure)


_NONE_WORDS = ("不限", "无要求", "不要求", "none", "any")
_NONE = re.compile(
    r"学历(?:要求)?[::\s]*(?:不限|无要求|不要求)|(?:不限|无|不要求)学历(?:要求)?|"
    r"no (?:degree|diploma|education|formal education|qualifications?) (?:is )?(?:required|needed|necessary)|"
    r"any (?:degree|education)"
)
_WORDS = {
    "doctor": r"博士(?:研究生|后)?|ph\.?\s?d\b\.?|doctorate|doctoral|doctor['’]?s? degree",
    "master": r"硕士(?:研究生)?|研究生|硕博|\be?mba\b|master['’]?s?\b(?: degree)?|\bm\.?sc\b|postgraduate",
    "college": r"大学专科|大专|专科|专本科|高职|高专|"
    r"associate['’]?s? degree|junior college|college diploma|higher diploma",
    "bachelor": r"大学本科|本科|学士|bachelor['’]?s?\b(?: degree)?|\bb\.?sc\b|undergraduate degree",
    "junior": r"(?:初中|小学)(?:毕业)?|junior (?:high|middle) school|middle school|primary school",
    "secondary": r"高中|中专|中技|职高|技校|中职|中等专业|"
    r"senior high school|high school|secondary school|vocational school",
}
_AT_MOST = r"(?P<at_most>及?以下)?"
_LEVELS = re.compile(f"(?:{'|'.join(f'(?P<{level}>{words})' for level, words in _WORDS.items())}){_AT_MOST}")
_PREFERRED = re.compile(
    r"(?:及?以上)?(?:学历)?者?(?:优先|更佳|尤佳| (?:is )?(?:a plus|an advantage|advantage|desirable)| preferred)"
)


def _level_of(found: re.Match[str]) -> str:
    """`初中及以下` asks for as little as there is, and so does `高中及以下`."""
    if found["at_most"]:
        return "junior"
    return next(level for level in _WORDS if found[level])
