"""What the sample knows of occupations, fields of study and skills; codes and titles are the lexicon's."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from talentcity.text import lexicon
from talentcity.text.education import EDUCATION

# A title that speaks of a sex, of documents or of money would be a finding that nobody planted.
_UNFIT_ZH = re.compile(r"[男女嫂姐哥妹妇爷娘仔刷押证单赞码]|先生|保姆|佣|实习|总监|首席|院长|总裁|总经理")
_UNFIT_EN = re.compile(
    r"\b(?!hu)\w*m[ae]n\b|\b\w*(wom[ae]n|girl|boy|maid|lady)s?\b|(waitr|actr|stewardes|hostes|seamstr)"
    r"|\b(deposit|bond|passport|intern|aide|chief|director|president|judge|specialist \w+|associate \w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Occupations:
    """The families that the sample uses, F of them, in the order of its file.

    Attributes:
        codes: (F) codes of the lexicon.
        groups: (F) groups of the lexicon.
        wish, openings, wage, tail: (F,) see occupations.toml.
        public: (F, 3) chance of a government, public institution or state-owned vacancy.
        levels: (F) least education asked for, one drawn; "" asks for none.
        titles: language -> (F) titles.
        names, duties: language -> (F) names and duties.
        skills: (F) codes of the lexicon, in its order.
    """

    codes: list[str]
    groups: list[str]
    wish: np.ndarray
    openings: np.ndarray
    wage: np.ndarray
    tail: np.ndarray
    public: np.ndarray
    levels: list[list[str]]
    titles: dict[str, list[list[str]]]
    names: dict[str, list[str]]
    duties: dict[str, list[list[str]]]
    skills: list[list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Majors:
    """M fields of study; place 0 is none at all.

    Attributes:
        names: (M) in Chinese; the first is "".
        levels: (levels of EDUCATION, M) how common each is at each level.
        families: (M, F) where it leads.
    """

    names: list[str]
    levels: np.ndarray
    families: np.ndarray


@cache
def data(name: str) -> dict[str, Any]:
    """One of the sample's own TOML files."""
    return tomllib.loads(files("talentcity.sample").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def occupations() -> Occupations:
    """The families of occupations.toml, with titles, names and groups of the lexicon."""
    rows = data("occupations.toml")["family"]
    known = {family.code: family for family in lexicon.families()}
    codes = list(rows)
    return Occupations(
        codes=codes,
        groups=[known[code].group for code in codes],
        wish=_column(rows, "wish"),
        openings=_column(rows, "openings"),
        wage=_column(rows, "wage"),
        tail=_column(rows, "tail"),
        public=np.array([row["public"] for row in rows.values()], dtype=np.float64),
        levels=[row["levels"] for row in rows.values()],
        titles={"zh": _titles("zh", codes), "en": _titles("en", codes)},
        names={"zh": [known[code].zh for code in codes], "en": [known[code].en for code in codes]},
        duties={language: [row[language] for row in rows.values()] for language in ("zh", "en")},
        skills=[[skill.code for skill in lexicon.skills() if code in skill.families] for code in codes],
    )


@cache
def majors() -> Majors:
    """The fields of study of majors.toml; none for the first level and for some of the second."""
    content = data("majors.toml")
    place = {code: number for number, code in enumerate(occupations().codes)}
    rows = [{"levels": {"junior": 1, "secondary": 20}, **content["none"]}, *content["major"].values()]
    levels = np.zeros((len(EDUCATION), len(rows)))
    leads = np.zeros((len(rows), len(place)))
    for number, row in enumerate(rows):
        for level, weight in row["levels"].items():
            levels[EDUCATION.index(level), number] = weight
        for code, weight in row["families"].items():
            leads[number, place[code]] = weight
    return Majors(["", *content["major"]], levels, leads / leads.sum(axis=1, keepdims=True))


def _column(rows: dict[str, dict[str, Any]], name: str) -> np.ndarray:
    return np.array([row[name] for row in rows.values()], dtype=np.float64)


def _titles(language: str, codes: list[str]) -> list[list[str]]:
    """Titles of each family that read well at the head of a posting."""
    found: dict[str, list[str]] = {code: [] for code in codes}
    for title in lexicon.titles():
        if title.language == language and title.family in found and _fit(title.text, language):
            found[title.family].append(title.text if language == "zh" else _capitalised(title.text))
    return [titles[:20] for titles in found.values()]  # the first are the most usual


def _fit(text: str, language: str) -> bool:
    if language == "zh":
        return 3 <= len(text) <= 9 and not _UNFIT_ZH.search(text)
    return len(text) <= 32 and not _UNFIT_EN.search(text)


def _capitalised(text: str) -> str:
    capitals = data("wording.toml")["en"]["capitals"]
    words = (word.upper() if word in capitals else word[:1].upper() + word[1:] for word in text.split())
    return " ".join(words)
