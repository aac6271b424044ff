"""The lexicon: its size and consistency, titles and skills as adverts write them. All examples are our own."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import UnknownName
from talentcity.text import lexicon

DATA = Path(os.environ.get("TALENTCITY_DATA", Path(__file__).parents[3] / "shared" / "data")) / "match"


def test_size_is_what_was_promised():
    assert len(lexicon.families()) >= 70
    titles = {language: {one.text for one in lexicon.titles() if one.language == language} for language in ("zh", "en")}
    assert {language: len(texts) >= 1000 for language, texts in titles.items()} == {"zh": True, "en": True}
    assert len(lexicon.skills()) >= 850


def test_every_family_has_titles_in_both_languages_and_mutual_neighbours():
    languages = {family.code: set() for family in lexicon.families()}
    for title in lexicon.titles():
        languages[title.family].add(title.language)
    assert all(found == {"zh", "en"} for found in languages.values())
    for family in lexicon.families():
        assert family.code not in family.neighbours
        assert family.neighbours
        assert len(family.neighbours) == len(set(family.neighbours))
        for relation in family.relations:
            back = {one.family: one.kind for one in lexicon.family(relation.family).relations}
            assert back[family.code] == relation.kind
            assert relation.kind in lexicon.RELATIONS


def test_every_family_stands_in_the_classification_of_2022():
    known = {group.code: group for group in lexicon.middle_groups()}
    assert all(group.zh and group.en for group in known.values())
    for family in lexicon.families():
        assert family.middle_groups
        assert all(known[group.code] == group for group in family.middle_groups)
    served = {group.code for family in lexicon.families() for group in family.middle_groups}
    assert set(known) - served == {"1-01", "1-03", "2-99", "4-99"}  # party heads, and what is classed nowhere else


def test_codes_are_unique_slugs_and_every_reference_exists():
    families = [family.code for family in lexicon.families()]
    skills = [skill.code for skill in lexicon.skills()]
    for codes in (families, skills):
        assert len(codes) == len(set(codes))
        assert all(code.replace("_", "").isalnum() and code == code.lower() for code in codes)
    assert all(set(skill.families) <= set(families) for skill in lexicon.skills())
    assert all(lexicon.skill_code(code) == code for code in skills)


def test_a_title_stands_in_one_family_only():
    families: dict[str, set[str]] = {}
    for title in lexicon.titles():
        families.setdefault(title.text, set()).add(title.family)
    assert [text for text, found in families.items() if len(found) > 1] == []


def test_most_titles_lead_back_to_their_own_family():
    read = [(title.text, title.family, lexicon.family_of(title.text)) for title in lexicon.titles()]
    wrong = [each for each in read if each[1] != each[2]]
    assert len(wrong) / len(read) < 0.01, wrong


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("护士", "nursing"),
        ("急招！Java开发工程师（双休）", "software"),
        ("JAVA 工程师", "software"),
        ("大数据开发工程师", "data_ai"),
        ("大数据分析工程师", "data_ai"),
        ("销售部文员", "administration"),
        ("财务软件销售代表", "sales"),
        ("软件测试工程师", "software_testing"),
        ("硬件测试工程师", "electronics"),
        ("电话客服（非销售）", "customer_service"),
        ("某某火锅店招聘切配工", "kitchen"),
        ("助理（财务）", "accounting"),
        ("人事助理", "human_resources"),
        ("总经理助理", "administration"),
        ("高级工程师", None),
        ("主管", None),
        ("", None),
        ("8000-12000", None),
        ("Ｊａｖａ工程师", "software"),
        ("仓库管理员/叉车司机", "warehouse"),
        ("C++工程师", "software"),
        ("UI设计师", "design"),
        ("幼儿园老师", "early_childhood"),
        ("初中数学老师", "teaching"),
        ("Software Engineer", "software"),
        ("Senior Software Engineers", "software"),
        ("Director of Nursing", "nursing"),
        ("Accounting Clerk", "accounting"),
        ("Sales Office Clerk", "administration"),
        ("Office Clerk, Human Resources", "administration"),
        ("Project Manager - Bridges", "project_management"),
        ("Assistant Civil Engineer", "civil"),
        ("Forklift driver", "warehouse"),
        ("Delivery driver", "driving"),
        ("Manager", None),
    ],
)
def test_family_of_a_title(title, family):
    assert lexicon.family_of(title) == family


def test_families_in_bulk_equal_one_by_one_and_keep_gaps():
    titles = pl.Series("title", ["护士", None, "Java工程师", "护士", "??"])
    assert lexicon.families_of(titles).to_list() == ["nursing", None, "software", "nursing", None]
    assert lexicon.families_of(titles.clear()).to_list() == []
    assert lexicon.families_of(titles).name == "title"


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("熟悉Java开发", ["java"]),
        ("熟悉JavaScript", ["javascript"]),
        ("C++ or C#", ["cpp", "csharp"]),
        ("vitamin C, plan R, PS: go home", []),
        ("Python, R, SQL", ["python", "r_language", "sql"]),
        ("会 C 和 Python", ["c_language", "python"]),
        ("持叉车证，会开叉车", ["forklift"]),
        ("Excel、EXCEL、excel", ["excel"]),
        ("excels at everything", []),
        ("ＳＱＬ语句", ["sql"]),
        ("ＳＱＬ优化", ["sql", "database_tuning"]),
        ("", []),
    ],
)
def test_skills_in_a_text(text, skills):
    assert lexicon.skills_in(text) == skills


def skills_by_definition(text):
    """Every word of the list at every place; a Latin one alone; a doubtful one near another skill."""
    text = lexicon._plain(text)
    hits = [
        (at, at + len(word), tuple(codes), any(unsure))
        for word, (codes, unsure) in words_of_skills().items()
        if word in text
        for at in range(len(text))
        if text.startswith(word, at) and stands_alone(text, at, word)
    ]
    sure = [hit for hit in hits if not hit[3]]
    kept = sure + [one for one in hits if one[3] and any(near(one, other) for other in sure)]
    return list(dict.fromkeys(code for *_, codes, _ in sorted(kept) for code in codes))


@cache
def words_of_skills():
    words = {}
    for row in lexicon._rows("skills"):
        for alias in (*row["aliases"].split("|"), lexicon._plain(row["zh"]), lexicon._plain(row["en"])):
            if alias:
                found, unsure = words.setdefault(alias.removeprefix("?"), ([], []))
                found += [row["code"]] * (row["code"] not in found)
                unsure += [alias.startswith("?")]
    return words


def stands_alone(text, at, word):
    before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
    letter = [bool(one) and one.isascii() and one.isalnum() for one in (before, word[0], word[-1], after)]
    return not (letter[0] and letter[1]) and not (letter[2] and (letter[3] or after in ("+", "#")))


def near(one, other):
    gap = one[0] - other[1] if other[1] <= one[0] else other[0] - one[1]
    return one[2] != other[2] and 0 <= gap <= 40


PIECES = (
    "c", "r", "C++", "c#", "python", "Java", "javascript", "会", "熟悉", "数据分析", "分析", " ", "、", ",", "-",
    "+", "é", "x" * 39, "某" * 20, "🙂", "ＳＱＬ", "go", "叉车证", "叉车", "excel宏", "restful", "方案", "ps",
)  # fmt: skip


@settings(max_examples=80)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_skills_in_a_text_are_those_of_the_definition(text):
    assert lexicon.skills_in(text) == skills_by_definition(text)


@pytest.mark.parametrize(("apart", "skills"), [(40, ["r_language", "sql"]), (41, ["sql"])])
@pytest.mark.parametrize("letter", ["-", "某"])
def test_a_doubtful_word_counts_within_forty_characters_of_a_skill(letter, apart, skills):
    assert lexicon.skills_in("R" + letter * apart + "SQL") == skills


def test_every_word_of_one_letter_is_doubtful():
    words = [word for row in lexicon._rows("skills") for word in row["aliases"].split("|")]
    assert [word for word in words if len(word) < 2] == []


def test_no_two_skills_share_a_name():
    for names in ([skill.zh for skill in lexicon.skills()], [skill.en.lower() for skill in lexicon.skills()]):
        assert sorted(names) == sorted(set(names))
    assert all(skill.zh and skill.en and skill.families for skill in lexicon.skills())


def test_skills_in_bulk():
    texts = pl.Series("text", ["Excel", None, ""])
    assert lexicon.skills_of(texts).to_list() == [["excel"], [], []]
    assert lexicon.skills_of(texts.clear()).dtype == pl.List(pl.String)


def test_skill_code_reads_codes_names_and_aliases():
    words = ("forklift", "Forklift driving", "叉车操作", "叉车证", "R", "c", "customer service", "nothing")
    assert [lexicon.skill_code(word) for word in words] == [
        "forklift", "forklift", "forklift", "forklift", "r_language", "c_language", "customer_service", None,
    ]  # fmt: skip


def test_a_field_of_study_leads_to_families():
    assert lexicon.families_of_major("软件工程")[0] == "software"
    assert lexicon.families_of_major("Nursing")[0] == "nursing"
    assert lexicon.families_of_major("未知") == ()
    codes = {family.code for family in lexicon.families()}
    assert all(set(lexicon.families_of_major(word)) <= codes for word, _ in lexicon._majors())


def test_unknown_codes_are_named():
    with pytest.raises(UnknownName, match="'juggling' is no occupation family; expected one of software"):
        lexicon.family("juggling")
    with pytest.raises(UnknownName, match="'juggling' is no skill"):
        lexicon.skill("juggling")


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not there")
def test_real_titles_are_mostly_read():
    titles = pl.read_parquet(DATA / "zh_jobads" / "zh_jobads.parquet")["title"].drop_nulls()
    read = lexicon.families_of(titles)
    assert read.null_count() / titles.len() < 0.07
    dev = pl.read_csv(DATA / "csco" / "titles_dev.csv")["title"]
    assert lexicon.families_of(dev).null_count() / dev.len() < 0.03
