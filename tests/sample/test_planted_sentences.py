"""The sentences that are planted: enough of them, all different, every slot known."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files

import pytest

PLANTED = tomllib.loads(files("talentcity.sample").joinpath("data", "planted.toml").read_text(encoding="utf-8"))
RULES = ("F1", "W1", "D1", "S1")


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
