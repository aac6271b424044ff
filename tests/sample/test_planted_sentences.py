"""The sentences that are planted: enough of them, all different, every slot known."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files

import polars as pl
import pytest

from talentcity.sample import make_city

PLANTED = tomllib.loads(files("talentcity.sample").joinpath("data", "planted.toml").read_text(encoding="utf-8"))
RULES = tuple(rule for rule in PLANTED if rule != "slots")


def slots_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_enough_phrasings(rule):
    violations, denials = PLANTED[rule]["violation"], PLANTED[rule]["denial"]
    assert len(violations["zh"]) + len(violations["en"]) >= 25
    assert len(denials["zh"]) + len(denials["en"]) >= 35
    assert min(len(block[language]) for block in (violations, denials) for language in ("zh", "en")) >= 12


def test_no_sentence_stands_twice():
    sentences = [
        line for rule in RULES for block in PLANTED[rule].values() for lines in block.values() for line in lines
    ]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_slot_is_known(language):
    known = set(PLANTED["slots"][language])
    for rule in RULES:
        for block in PLANTED[rule].values():
            for sentence in block[language]:
                assert slots_of(sentence) <= known, sentence
            assert all(slots_of(title) == {"title"} for title in block.get(f"title_{language}", []))


def pattern_of(sentence: str) -> str:
    """A regular expression of a phrasing, each slot standing for any words."""
    return re.sub(r"\\\{\w+\\\}", "[^。\n]+?", re.escape(sentence))


def test_every_planted_posting_carries_a_phrasing_of_its_kind():
    city = make_city(4000, seed=11)
    rows = city.truth.filter(pl.col("rule_id") != "I5").join(city.postings, on="posting_id")
    assert rows.height > 0
    for row in rows.iter_rows(named=True):
        block = PLANTED[row["rule_id"]][row["planted"]]
        in_text = any(re.search(pattern_of(line), row["text"]) for line in block[row["language"]])
        titles = block.get(f"title_{row['language']}", [])
        in_title = any(re.fullmatch(pattern_of(line), row["title"]) for line in titles)
        assert in_text is not in_title, row
        assert "{" not in row["text"] + row["title"]


def test_phrasings_vary():
    city = make_city(30_000, seed=12)
    texts = city.postings.join(city.truth.filter(planted="violation", rule_id="F1"), on="posting_id")["text"]
    lines = PLANTED["F1"]["violation"]["zh"] + PLANTED["F1"]["violation"]["en"]
    used = [line for line in lines if any(re.search(pattern_of(line), text) for text in texts)]
    assert len(used) >= 20  # of 28 planted, a quarter in titles; drawn anew for each there would be some 15
