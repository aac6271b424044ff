"""Rules as dated data: when they apply, what they rest on, what may follow, and files that are wrong."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from talentcity import guard, law
from talentcity.errors import InvalidData
from talentcity.guard.rule import all_rules, read_rule

ON = date(2026, 9, 1)
OWN = """
id = "Z9"
version = "1"
tier = "T3"
jurisdiction = "CN"
owner = "tests"
effective_from = 2020-01-01
title_zh = "示例"
title_en = "example"
[[legal]]
article = "示例法 第一条"
status = "M"
since = 2020-01-01
[words]
fruit = '苹果|梨'
[language.zh]
triggers = ["苹果", "梨"]
[[language.zh.pattern]]
name = "eat"
regex = '吃<fruit>'
[[language.zh.guard]]
name = "negation"
scope = "before"
regex = '不$'
"""


def rule_of(rule_id: str) -> guard.Rule:
    return next(rule for rule in guard.rules(ON) if rule.id == rule_id)


def test_public_names() -> None:
    assert guard.__all__ == [
        "GUARDED",
        "Counts",
        "LegalReference",
        "Rule",
        "Screening",
        "card",
        "card_name",
        "rules",
        "screen",
    ]


def test_rules_are_the_files_of_their_folder() -> None:
    files = sorted(Path(guard.__file__).with_name("rules").glob("*.toml"))
    stated = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    assert [path.stem for path in files] == [one["id"] for one in stated]
    assert [(rule.id, rule.tier) for rule in all_rules()] == [(one["id"], one["tier"]) for one in stated]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_a_rule_applies_from_its_first_day(rule: guard.Rule) -> None:
    assert rule in guard.rules(rule.effective_from)
    assert rule not in guard.rules(rule.effective_from - timedelta(days=1))


@pytest.mark.parametrize(
    ("rule_id", "first"),
    [
        ("S1", date(1997, 10, 1)),
        ("P1", date(2005, 11, 1)),
        ("F1", date(2008, 1, 1)),
        ("I5", date(2018, 10, 1)),
        ("S2", date(2022, 12, 1)),
    ],
)
def test_first_days_are_those_of_the_laws(rule_id: str, first: date) -> None:
    assert rule_of(rule_id).effective_from == first


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_every_rule_names_titles_a_verified_article_and_both_languages(rule: guard.Rule) -> None:
    assert rule.title_zh
    assert rule.title_en
    assert rule.legal_basis
    assert [wording.language for wording in rule.wordings] == ([] if rule.facts else ["zh", "en"])
    assert rule.effective_from >= min(one.since for one in rule.legal if one.status == "V")
    for wording in rule.wordings:
        assert len({pattern.name for pattern in wording.patterns}) == len(wording.patterns)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_only_verified_articles_are_shown(rule: guard.Rule) -> None:
    shown = rule.legal_basis.split("; ")
    assert shown == [reference.article for reference in rule.legal if reference.status == "V"]


def test_excluding_men_rests_on_fewer_articles_than_excluding_women() -> None:
    rule = rule_of("D1")
    assert "妇女权益保障法" in rule.basis_of("仅限男性", ON)
    assert rule.basis_of("仅限女性", ON) == "劳动法 第十三条; 人力资源市场暂行条例 第二十四条、第四十三条"


def test_an_article_counts_from_its_own_first_day() -> None:
    rule = rule_of("D1")
    assert "妇女权益保障法" not in rule.basis_of("仅限男性", date(2022, 12, 31))
    assert "妇女权益保障法" in rule.basis_of("仅限男性", date(2023, 1, 1))


def test_penalty_is_the_dated_parameter_of_law() -> None:
    assert rule_of("F1").penalties("押金", ON) == (law.load("cn/labour_contract/fee_or_deposit").on(ON),)
    assert rule_of("F1").penalties("押金", ON)[0].range == (500, 2000)


@pytest.mark.parametrize(
    ("tier", "status", "verdict"),
    [
        ("T1", "V", "hold"),
        ("T2", "V", "hold"),
        ("T1", "S", "warn"),
        ("T2", "M", "warn"),
        ("T3", "V", "warn"),
        ("T4", "V", None),
    ],
)
def test_only_a_grave_rule_with_a_verified_article_holds(
    tmp_path: Path, tier: str, status: str, verdict: str | None
) -> None:
    path = tmp_path / "Z9.toml"
    path.write_text(OWN.replace('"T3"', f'"{tier}"').replace('"M"', f'"{status}"'), encoding="utf-8")
    assert read_rule(path).verdict("吃苹果", ON) == verdict


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "Z9"', 'id = "Z9', "cannot be read as TOML"),
        ('owner = "tests"\n', "", "Z9.toml: owner is missing"),
        ('tier = "T3"', 'tier = "T9"', "Z9.toml: tier is 'T9'; expected one of T1, T2, T3, T4"),
        ('tier = "T3"', 'tier = "T3"\ntitel = "x"', "Z9.toml: titel is not known"),
        ("吃<fruit>", "吃<meat>", "<meat> is not among the words above it"),
        ("吃<fruit>", "吃(<fruit>", "is not a regular expression"),
        ('scope = "before"', 'scope = "behind"', "scope is 'behind'; expected one of before, match"),
        ('status = "M"', 'status = "X"', "status is 'X'; expected one of V, S, M"),
        ('status = "M"', 'status = "M"\npenalty = "cn/none"', "penalty 'cn/none' is no parameter of law"),
        ("regex = '吃<fruit>'", "regex = '吃<fruit>'\nunless = ['role']", "unless is 'role'; expected one of negation"),
        ("since = 2020-01-01", 'since = "2020"', "since is '2020'; expected a day"),
        ('["苹果", "梨"]', '"苹果"', "triggers; expected a list of words"),
        ("regex = '吃<fruit>'", "regex = '吃<fruit>'\nneeds = '吃'", "needs; expected a list of words"),
        ("regex = '吃<fruit>'", "regex = '吃<fruit>'\ntier = 'T5'", "tier is 'T5'; expected one of T1, T2, T3, T4"),
        (
            "[words]",
            "[[fact]]\nname_zh='x'\nname_en='x'\nwords='x'\n[words]",
            "either language (wording to look for) or",
        ),
    ],
)
def test_a_wrong_rule_file_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in OWN
    path = tmp_path / "Z9.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidData, match=re.escape(message)):
        read_rule(path)


def test_no_rule_in_force_clears_everything() -> None:
    postings = pl.DataFrame({"posting_id": [1], "title": ["普工"], "text": ["入职须交押金300元"]})
    screening = guard.screen(postings, on=date(1990, 1, 1))
    assert screening.rules == ()
    assert screening.verdicts.rows() == [(1, "cleared", None, [])]


def test_a_pattern_may_be_milder_than_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "Z9.toml"
    hard = OWN.replace('"T3"', '"T1"').replace('"M"', '"V"')
    path.write_text(hard.replace("regex = '吃<fruit>'", "regex = '吃<fruit>'\ntier = 'T3'"), encoding="utf-8")
    rule = read_rule(path)
    assert rule.wordings[0].patterns[0].tier == "T3"
    assert (rule.verdict("吃苹果", ON), rule.verdict("吃苹果", ON, tier="T3")) == ("hold", "warn")


def test_pyramid_selling_names_both_penalties() -> None:
    assert [penalty.range for penalty in rule_of("P1").penalties("发展下线", ON)] == [
        (500000, 2000000),
        (100000, 500000),
    ]


FACTS = """
[[fact]]
name_zh = "工作地点"
name_en = "place"
words = '地点'
columns = ["%s"]
kinds = ["%s"]
"""


@pytest.mark.parametrize(
    ("column", "kind", "message"),
    [("city", "place", "columns is 'city'; expected one of"), ("district", "pay", "kinds is 'pay'; expected one of")],
)
def test_a_fact_stands_in_columns_and_kinds_that_exist(tmp_path: Path, column: str, kind: str, message: str) -> None:
    path = tmp_path / "Z9.toml"
    path.write_text(OWN[: OWN.index("[words]")] + FACTS % (column, kind), encoding="utf-8")
    with pytest.raises(InvalidData, match=re.escape(message)):
        read_rule(path)
