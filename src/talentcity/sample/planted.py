"""Which postings carry a planted sentence, a breach of a rule or an honest one that looks like it, or lack a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from talentcity.sample.occupations import data, occupations
from talentcity.sample.streams import choose
from talentcity.tables import TRUTH

RULES = ("F1", "F3", "F4", "W1", "D1", "D2", "D4", "D6", "P1", "S1", "S2")
LACKING = "I5"  # the rule on facts that an advert has to state; its violations have no sentence
FACTS = ("employer", "headcount", "pay", "place", "validity", "conditions", "duties")
"""What every posting states, in a column or in its text, unless that is planted away."""
LANGUAGES = ("zh", "en")
DENIALS = 3  # for each violation
LEAST = 5  # violations of a rule, in a sample that has room for them
_SHARE = 0.005  # of the postings, violations of one rule: one posting in twenty is to be held
_ROOM = 0.95  # of the postings of a language, those that may carry something planted
_IN_TITLE = 0.25  # of the violations of a rule that has title patterns
_LACKS = np.array([5, 4, 2])  # weights of one, two, three of the first five facts planted away
_SILENT = 0.2  # of those, without conditions too; and without duties
_REMOTE = ("commerce", "creative", "business", "technology", "services")  # groups where task scams hide
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """What one posting carries: a sentence, or a pattern for its title instead, or facts that it leaves out.

    Attributes:
        rule_id: the rule.
        planted: violation or denial.
        sentence: to be put into the text; "" where there is none.
        title: a pattern that holds {title}.
        lacks: of `FACTS`: neither column nor text states them.
    """

    rule_id: str
    planted: str
    sentence: str = ""
    title: str | None = None
    lacks: tuple[str, ...] = ()


def make_plants(postings: pl.DataFrame, rng: np.random.Generator) -> dict[int, Plant]:
    """Row of the posting -> what it carries; at most one each, and for each sentence three denials elsewhere.

    Args:
        postings: as `make_postings` returns them.
    """
    plants: dict[int, Plant] = {}
    counts = _counts(postings)
    for language in LANGUAGES:
        free = _Free(postings, rng, language)
        for rule in RULES:
            count = counts[language]
            for planted, many in (("violation", count), ("denial", DENIALS * count)):
                rows = free.take(many, market=planted == "violation", remote=planted == "violation" and rule == "S1")
                plants.update(zip(rows, _plants(rng, rule, planted, language, many), strict=True))
        rows = free.take(counts[language], market=True, remote=False)
        plants.update(zip(rows, _lacking(rng, len(rows)), strict=True))
    return dict(sorted(plants.items()))


def truth_of(plants: dict[int, Plant], postings: pl.DataFrame) -> pl.DataFrame:
    """Rows of the truth schema, in the order of the postings."""
    ids, language = postings["posting_id"], postings["language"]
    rows = [(ids[row], plant.rule_id, plant.planted, language[row]) for row, plant in plants.items()]
    return pl.DataFrame(rows, schema=TRUTH.empty().schema, orient="row")


def _counts(postings: pl.DataFrame) -> dict[str, int]:
    """Language -> violations of one rule: an even share, at least `LEAST` in all, if there is room."""
    wanted = max(LEAST, round(_SHARE * postings.height))
    share = (postings["language"] == "en").sum() / max(1, postings.height)
    english = min(max(1, round(wanted * share)), _room(postings, "en"))
    return {"zh": min(wanted - english, _room(postings, "zh")), "en": english}


def _room(postings: pl.DataFrame, language: str) -> int:
    """How many violations of each rule the postings of a language can take; violations stay in the market."""
    spoken = postings.filter(language=language)
    in_market = int((spoken["channel"] == "market").sum())
    rules = len(RULES) + 1  # and the one without sentences
    return int(_ROOM * min(spoken.height / (1 + DENIALS), in_market) / rules)


class _Free:
    """The postings of one language that carry nothing yet, in random order."""

    def __init__(self, postings: pl.DataFrame, rng: np.random.Generator, language: str) -> None:
        groups = np.array([group in _REMOTE for group in occupations().groups])
        self._rows = rng.permutation(np.flatnonzero((postings["language"] == language).to_numpy()))
        self._elsewhere = (postings["channel"] != "market").to_numpy()
        self._on_site = ~groups[postings["family"].to_numpy()]

    def take(self, count: int, *, market: bool, remote: bool) -> list[int]:
        """`count` rows; market postings, and those of `_REMOTE` groups, come first where that is asked for."""
        last = 2 * (market & self._elsewhere[self._rows]) + (remote & self._on_site[self._rows])
        order = np.argsort(last, kind="stable")
        taken: list[int] = self._rows[order[:count]].tolist()
        self._rows = self._rows[np.sort(order[count:])]
        return taken


def _plants(rng: np.random.Generator, rule: str, planted: str, language: str, count: int) -> Iterator[Plant]:
    """Every phrasing comes up before one comes up again."""
    words = data("planted.toml")[rule][planted]
    titles = words.get(f"title_{language}", [])
    sentences = _in_turn(rng, words[language], count)
    patterns = _in_turn(rng, titles, count) if titles else [None] * count
    in_title = rng.random(count) < _IN_TITLE
    draws = rng.random((count, 4))
    for sentence, pattern, use_title, draw in zip(sentences, patterns, in_title.tolist(), draws.tolist(), strict=True):
        title = pattern if use_title else None
        text = "" if title else _filled(sentence, language, draw)
        yield Plant(rule_id=rule, planted=planted, sentence=text, title=title)


def _lacking(rng: np.random.Generator, count: int) -> Iterator[Plant]:
    """Violations that leave out one to three of the first five facts, and perhaps what is asked for or done."""
    many = 1 + choose(rng, _LACKS, count)
    orders = rng.random((count, 5)).argsort(axis=1).tolist()
    silent = (rng.random((count, 2)) < _SILENT).tolist()
    for order, number, more in zip(orders, many.tolist(), silent, strict=True):
        gone = {FACTS[place] for place in order[:number]}
        gone |= {fact for fact, lost in zip(FACTS[5:], more, strict=True) if lost}
        yield Plant(rule_id=LACKING, planted="violation", lacks=tuple(fact for fact in FACTS if fact in gone))


def _in_turn(rng: np.random.Generator, words: list[str], count: int) -> list[str]:
    order = rng.permutation(len(words)).tolist()
    return [words[order[number % len(words)]] for number in range(count)]


def _filled(sentence: str, language: str, draws: list[float]) -> str:
    slots = data("planted.toml")["slots"][language]
    left = iter(draws)

    def word(match: re.Match[str]) -> str:
        choices = slots[match[1]]
        return str(choices[int(next(left) * len(choices))])

    return _SLOT.sub(word, sentence)
