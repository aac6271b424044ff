"""Figures and years of running text that are no pay and no experience asked for."""

from __future__ import annotations

import pytest

from talentcity.text.facts import facts_of


@pytest.mark.parametrize(
    "text",
    [
        "Must be 21 years old and have experience",
        "18 years of age with experience",
        "company with 50 years of experience",
        "with 40 years of combined experience",
        "近3年无不良经历",
        "2年内无犯罪经历",
        "7-10年工龄奖",
        "店铺成立8年以上",
        "驾龄3年以上",
        "质保3年以上",
        "合同期3年以上",
        "社保满3年以上",
    ],
)
def test_years_that_are_no_experience(text):
    assert [fact.value for fact in facts_of("", text) if fact.kind == "experience"] == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("从业5年以上", (5.0, None)),
        ("要求：5年以上", (5.0, None)),
        ("具有3年以上年龄相仿团队的管理经验", (3.0, None)),
        ("5 years of experience, older applicants are welcome", (5.0, None)),
    ],
)
def test_years_that_are(text, years):
    assert [fact.value for fact in facts_of("", text) if fact.kind == "experience"] == [years]


@pytest.mark.parametrize("text", ["房租1500元/月", "理财收益500元/天", "家庭低保900元/月", "薪酬500强企业"])
def test_money_that_is_no_wage(text):
    assert [fact.value for fact in facts_of("", text) if fact.kind == "wage"] == []
