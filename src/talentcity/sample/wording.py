"""The words of postings: title and text, consistent with the columns, neutral but for what is planted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.occupations import data, occupations
from talentcity.sample.planted import Plant
from talentcity.text import lexicon
from talentcity.text.education import EDUCATION

SHORTEST, LONGEST = 150, 600  # characters of a text
COLUMNS = {
    "employer": ("employer_id",),
    "headcount": ("headcount",),
    "pay": ("wage_min", "wage_max"),
    "place": ("district",),
    "validity": ("valid_through",),
    "conditions": ("education_min", "experience_min"),
    "duties": (),
}
"""The columns that state a fact; a posting that is to lack it has none of them, nor a word of it in its text."""

_DRAWS = 80  # random numbers for one posting
_HOME = {
    "F1": ("benefits", "close"),
    "W1": ("requirements", "close"),
    "D1": ("requirements", "lead"),
    "S1": ("duties", "lead"),
}
_ANYWHERE = ("requirements", "benefits", "close")
_PAY_ELSEWHERE = 0.1  # of the texts whose columns state the pay
_LAST_DAY_SAID = 0.3  # of the texts
_CERTIFICATE = re.compile(r"licen[cs]e|certificate|qualification", re.IGNORECASE)
_ORDER = ("lead", "duties", "requirements", "benefits", "hours", "place", "validity", "filler", "close")
_DISPENSABLE = ("hours", "filler", "close", "lead")
_LISTED = ("duties", "requirements", "benefits")  # a heading and its items
_STOPS = {"zh": "。？！）；", "en": ".?!"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """One posting's facts, ready to be put into words; `places_known` and `pay_known`: whether a column states them."""

    language: str
    employer: str
    family: int
    district: str
    address: str
    level: int
    experience: int
    places: int
    places_known: bool
    pay: tuple[int, int]
    pay_known: bool
    last: date
    plant: Plant

    def lacks(self, fact: str) -> bool:
        return fact in self.plant.lacks


@cache
def _orders(count: int) -> list[list[int]]:
    """Many random orders of so many words, always the same."""
    orders: list[list[int]] = np.random.default_rng(count).random((1009, count)).argsort(axis=1).tolist()
    return orders


_NOTHING = Plant(rule_id="", planted="")


class _Draws:
    """Random choices of one posting, from numbers drawn beforehand."""

    def __init__(self, numbers: list[float]) -> None:
        self._left = iter(numbers)

    def chance(self, of: float) -> bool:
        return next(self._left) < of

    def one(self, words: Sequence[Any]) -> Any:
        return words[int(next(self._left) * len(words))]

    def early(self, words: list[Any]) -> Any:
        """One word; the first ones come up more often."""
        return words[int(next(self._left) ** 1.6 * len(words))]

    def some(self, words: list[str], least: int, most: int) -> list[str]:
        """Between `least` and `most` different words, in random order."""
        count = least + int(next(self._left) * (most - least + 1))
        orders = _orders(len(words))
        order = orders[int(next(self._left) * len(orders))]
        return [words[place] for place in order[:count]]


def write_postings(
    postings: pl.DataFrame, names: pl.Series, plants: dict[int, Plant], rng: np.random.Generator, *, city: CityFile
) -> pl.DataFrame:
    """The postings with `title` and `text`, and without the columns of what a plant lacks.

    A text states what its columns leave out: all of `planted.FACTS` stand in a column or in the text, most in both.

    Args:
        postings: as `make_postings` returns them.
        names: (rows) the employer's name.
        plants: row -> what it carries.
        city: for the addresses.
    """
    numbers = rng.random((postings.height, _DRAWS)).tolist()
    written = [
        _written(facts, _Draws(row)) for facts, row in zip(_facts(postings, names, plants, city), numbers, strict=True)
    ]
    return _without(postings, plants).with_columns(
        pl.Series("title", [title for title, _ in written], dtype=pl.String),
        pl.Series("text", [text for _, text in written], dtype=pl.String),
    )


def _without(postings: pl.DataFrame, plants: dict[int, Plant]) -> pl.DataFrame:
    """The postings without the columns of the facts that are planted away."""
    for fact, columns in COLUMNS.items():
        rows = [row for row, plant in plants.items() if fact in plant.lacks]
        gone = np.zeros(postings.height, dtype=bool)
        gone[rows] = True
        postings = postings.with_columns(postings[name].set(pl.Series(gone), None) for name in columns)
    return postings


def _facts(postings: pl.DataFrame, names: pl.Series, plants: dict[int, Plant], city: CityFile) -> Iterator[_Facts]:
    rows = postings.select(
        "language", "district_place", "street", "family", "level", "experience", "places", "pay_min", "pay_max",
        "valid_through",
        names.alias("name"),
        places_known=pl.col("headcount").is_not_null(),
        pay_known=pl.col("wage_min").is_not_null(),
    )  # fmt: skip
    for number, row in enumerate(rows.iter_rows(named=True)):
        district = city.districts[row["district_place"]]
        english = row["language"] == "en"
        road = f"{district.streets[row['street'] % len(district.streets)]}{1 + row['street'] % 199}号"
        yield _Facts(
            language=row["language"],
            employer=row["name"],
            family=row["family"],
            district=district.name_en if english else district.name,
            address=f"{district.name_en}, {city.name_en}" if english else f"{city.name}{district.name}{road}",
            level=row["level"],
            experience=row["experience"],
            places=row["places"],
            places_known=row["places_known"],
            pay=(int(row["pay_min"]), int(row["pay_max"])),
            pay_known=row["pay_known"],
            last=row["valid_through"],
            plant=plants.get(number, _NOTHING),
        )


def _written(facts: _Facts, draws: _Draws) -> tuple[str, str]:
    base = draws.early(occupations().titles[facts.language][facts.family])
    words = data("wording.toml")[facts.language]
    blocks = _blocks(facts, base, words, draws)
    return _title(facts, base, words, draws), _fitted(blocks, words, facts.language, draws, facts.plant.sentence)


def _title(facts: _Facts, base: str, words: dict[str, Any], draws: _Draws) -> str:
    if facts.plant.title is not None:
        return facts.plant.title.replace("{title}", base)
    if draws.chance(0.2) and not facts.lacks("place"):
        return str(draws.one(words["title_more"]).format(title=base, district=facts.district))
    return str(base)


def _blocks(facts: _Facts, base: str, words: dict[str, Any], draws: _Draws) -> dict[str, list[str]]:
    """The parts of the text; a part is its heading, if any, and its items."""
    blocks = {
        "lead": _lead(facts, base, words, draws),
        "duties": [draws.one(words["duties_head"]), *_duties(facts, words, draws)],
        "requirements": [draws.one(words["requirements_head"]), *_requirements(facts, words, draws)],
        "benefits": [draws.one(words["benefits_head"]), *_benefits(facts, words, draws)],
        "hours": [draws.one(words["hours"])] if draws.chance(0.4) else [],
        "place": [] if facts.lacks("place") else [draws.one(words["place"]).format(place=facts.address)],
        "validity": _validity(facts, words, draws),
        "filler": [draws.one(words["filler"])] if draws.chance(0.3) else [],
        "close": [word for word in [draws.one(words["close"])] if word],
    }
    if facts.plant.sentence:
        home = draws.one(_HOME.get(facts.plant.rule_id, _ANYWHERE))
        place = 1 + int(draws.one(range(len(blocks[home])))) if blocks[home] else 0
        blocks[home].insert(place, facts.plant.sentence)
    return {name: [] if len(lines) == 1 and name in _LISTED else lines for name, lines in blocks.items()}


def _lead(facts: _Facts, base: str, words: dict[str, Any], draws: _Draws) -> list[str]:
    """A first sentence; names of employers may hold a place, so that who lacks a place names none."""
    pattern = draws.one(words["lead"])
    nameless = facts.lacks("employer") or facts.lacks("place")
    if (nameless and "{employer}" in pattern) or (facts.lacks("place") and "{district}" in pattern) or not pattern:
        return []
    return [pattern.format(title=base, employer=facts.employer, district=facts.district)]


def _duties(facts: _Facts, words: dict[str, Any], draws: _Draws) -> list[str]:
    if facts.lacks("duties"):
        return []
    own = occupations().duties[facts.language][facts.family]
    return [*draws.some(own, 2, len(own)), *draws.some(words["duties_more"], 0, 1)]


def _requirements(facts: _Facts, words: dict[str, Any], draws: _Draws) -> list[str]:
    if facts.lacks("conditions"):
        return []
    level = words["level_none"] if facts.level < 0 else words["level"][EDUCATION[facts.level]]
    years = words["years_none"] if facts.experience <= 0 else words["years" if facts.experience > 1 else "year"]
    skills = draws.some(_skill_names(facts.language)[facts.family], 1, 3)
    joined = ("、" if facts.language == "zh" else ", ").join(skills)
    items = [
        draws.one(level),
        draws.one(years).format(years=facts.experience),
        draws.one(words["skills"]).format(skills=joined) if skills else "",
        *draws.some(words["requirements"], 1, 3),
    ]
    return [item for item in items if item]


def _benefits(facts: _Facts, words: dict[str, Any], draws: _Draws) -> list[str]:
    head = draws.one(words["headcount"]) if facts.places_known else words["headcount"][0]
    said = draws.chance(0.75) or not facts.places_known
    perks = draws.some(words["benefits"], 2, 5 if facts.language == "zh" else 3)
    joined = ("、" if facts.language == "zh" else ", ").join(perks)
    items = [
        _pay(facts, words, draws),
        head.format(n=facts.places) if said and not facts.lacks("headcount") else "",
        joined[:1].upper() + joined[1:],
    ]
    return [item for item in items if item]


def _pay(facts: _Facts, words: dict[str, Any], draws: _Draws) -> str:
    """The pay in words; some texts leave it to the columns that state it."""
    elsewhere = draws.chance(_PAY_ELSEWHERE) and facts.pay_known
    if facts.lacks("pay"):
        return ""
    if elsewhere:
        return str(draws.one(words["pay_elsewhere"]))
    low, high = facts.pay
    number = "{:,}" if facts.language == "en" else "{}"
    return str(
        draws.one(words["pay"]).format(
            low=number.format(low), high=number.format(high), lowk=f"{low / 1000:g}", highk=f"{high / 1000:g}"
        )
    )


def _validity(facts: _Facts, words: dict[str, Any], draws: _Draws) -> list[str]:
    """The last day in words, in some texts; the column always states it."""
    said, pattern, form = draws.chance(_LAST_DAY_SAID), draws.one(words["validity"]), draws.one(words["date"])
    if not said or facts.lacks("validity"):
        return []
    day = facts.last
    month = words["months"][day.month - 1] if facts.language == "en" else ""
    shown = form.format(y=day.year, m=day.month, d=day.day, mmdd=f"{day:%m-%d}", month=month)
    return [pattern.format(date=shown)]


@cache
def _skill_names(language: str) -> list[list[str]]:
    """For each family the names of its skills, without those that are certificates: a document is not neutral."""
    skills = lexicon.skills()
    names = {skill.code: skill.zh if language == "zh" else _uncapitalised(skill.en) for skill in skills}
    documents = {skill.code for skill in skills if "证" in skill.zh or _CERTIFICATE.search(skill.en)}
    return [[names[code] for code in codes if code not in documents][:8] for codes in occupations().skills]


def _uncapitalised(name: str) -> str:
    """An English name as it stands within a sentence; names with other capitals, such as SQL or Java EE, stay."""
    first = name.split()[0]
    ordinary = (
        first[1:].islower() and first not in data("wording.toml")["en"]["proper"] and name[1:] == name[1:].lower()
    )
    return name[:1].lower() + name[1:] if ordinary else name


def _fitted(blocks: dict[str, list[str]], words: dict[str, Any], language: str, draws: _Draws, planted: str) -> str:
    """The text, with filler where it is too short and without what can be spared where it is too long."""
    layout = draws.one([_lines, _lines, _running])
    text: str = layout(blocks, language)
    for filler in words["filler"]:
        if len(text) < SHORTEST and filler not in blocks["filler"]:
            blocks["filler"].append(filler)
            text = layout(blocks, language)
    for name in _DISPENSABLE:
        if len(text) > LONGEST and not (planted and planted in blocks[name]):
            blocks[name] = []
            text = layout(blocks, language)
    while len(text) > LONGEST and len(blocks["requirements"]) > 3:
        last = -1 if blocks["requirements"][-1] != planted else -2
        del blocks["requirements"][last]
        text = layout(blocks, language)
    return text


def _lines(blocks: dict[str, list[str]], language: str) -> str:
    """A heading for each part, its items numbered on lines of their own."""
    mark = "{}、{}" if language == "zh" else "{}. {}"
    lines: list[str] = []
    for name in _ORDER:
        if name in _LISTED and blocks[name]:
            head, *items = blocks[name]
            lines += [head, *(mark.format(number, _ended(item, language)) for number, item in enumerate(items, 1))]
        else:
            lines += [_ended(item, language) for item in blocks[name]]
    return "\n".join(lines)


def _running(blocks: dict[str, list[str]], language: str) -> str:
    """One paragraph for each part."""
    gap = "" if language == "zh" else " "
    parts = (gap.join(_head_or_sentence(item, language) for item in blocks[name]) for name in _ORDER if blocks[name])
    return "\n".join(parts)


def _head_or_sentence(item: str, language: str) -> str:
    return item if item[-1] in "：:】" else _ended(item, language)


def _ended(item: str, language: str) -> str:
    return item if item[-1] in _STOPS[language] else item + _STOPS[language][0]
