"""Every rule against sentences of our own: breaches are found, denials and look-alikes are let pass."""

import dataclasses
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from talentcity.guard import Rule, Screening, rules, screen
from talentcity.guard.scanner import Match, Scanner

ON = date(2026, 9, 1)
RULES = rules(ON)
LEAST = 10  # sentences per rule, language and side; a rule without them cannot be enabled
DATA = Path(__file__).parent / "data"


@cache
def sentences(kind: str) -> dict[str, tuple[str, str, str]]:
    """Name of a test -> (rule, field, sentence): one kind from all files, those of the held-out halves as well."""
    found = {}
    for path in sorted(DATA.rglob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        for language in ("zh", "en"):
            for at, row in enumerate(data[language].get(kind, ())):
                field, sentence = ("text", row) if isinstance(row, str) else ("title", row["title"])
                name = f"{path.relative_to(DATA).with_suffix('')}-{language}-{kind}-{at}"
                found[name] = data["rule"], field, sentence
    return found


def each_sentence(kind: str) -> pytest.MarkDecorator:
    """Run a test on every sentence of one kind."""
    return pytest.mark.parametrize(("rule", "field", "sentence"), sentences(kind).values(), ids=sentences(kind))


def screened(field: str, sentence: str) -> Screening:
    row = {"posting_id": ["P"], "title": ["员工"], "text": [""]} | {field: [sentence]}
    return screen(pl.DataFrame(row), on=ON)


@each_sentence("breach")
def test_breach_is_found_in_its_own_words(rule: str, field: str, sentence: str) -> None:
    screening = screened(field, sentence)
    found = screening.findings.filter(pl.col("rule_id") == rule)
    assert found.height > 0
    assert set(found["field"]) == {field}
    assert all(0 <= start < end <= len(sentence) for start, end in found.select("start", "end").rows())
    assert screening.verdicts["verdict"].to_list() == ["hold"]


@each_sentence("warned")
def test_grey_practice_warns(rule: str, field: str, sentence: str) -> None:
    screening = screened(field, sentence)
    found = screening.findings.filter(pl.col("rule_id") == rule)
    assert set(found.select("tier", "field").rows()) == {("T3", field)}
    assert screening.verdicts["verdict"].to_list() == ["warn"]


@each_sentence("guarded")
def test_look_alike_is_guarded_by_name(rule: str, field: str, sentence: str) -> None:
    screening = screened(field, sentence)
    assert screening.findings.filter(pl.col("rule_id") == rule).rows() == []
    guarded = screening.guarded.filter(pl.col("rule_id") == rule)
    assert guarded.height > 0
    assert guarded["guard"].null_count() == 0


@each_sentence("clean")
def test_harmless_sentence_is_no_finding(rule: str, field: str, sentence: str) -> None:
    assert screened(field, sentence).findings.filter(pl.col("rule_id") == rule).rows() == []


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.wordings])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_rule_is_enabled_without_enough_sentences(rule: str, language: str) -> None:
    data = tomllib.loads((DATA / f"{rule}.toml").read_text(encoding="utf-8"))[language]
    found = len(data.get("breach", ())) + len(data.get("warned", ()))
    assert (found >= LEAST, len(data.get("guarded", ())) >= LEAST) == (True, True)


def unhurried(rule: Rule, sentence: str) -> Rule:
    """The same rule without what only saves time: every character is a trigger, no pattern needs a word."""
    wordings = tuple(
        dataclasses.replace(
            wording,
            triggers=tuple(sorted(set(sentence) | set("abcdefghijklmnopqrstuvwxyz"))),
            patterns=tuple(dataclasses.replace(pattern, needs=()) for pattern in wording.patterns),
        )
        for wording in rule.wordings
    )
    return dataclasses.replace(rule, wordings=wordings)


def seen(matches: list[Match]) -> list[tuple[str, int, int, str | None]]:
    return [(match.pattern, match.start, match.end, match.guard) for match in matches]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.wordings], ids=lambda rule: rule.id)
def test_triggers_and_needed_words_change_nothing_but_the_time(rule: Rule) -> None:
    quick = Scanner([rule])
    for kind in ("breach", "warned", "guarded"):
        for of_rule, field, sentence in sentences(kind).values():
            if of_rule == rule.id:
                slow = Scanner([unhurried(rule, sentence)])
                assert seen(quick.scan(sentence, field)) == seen(slow.scan(sentence, field)), sentence
