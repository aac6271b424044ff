"""The education field of an advert."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity.text.confidence import confidence
from talentcity.text.education import EDUCATION, Education, read_education, read_educations

LEVEL = confidence("education", "level")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("本科", "bachelor"),
        ("大专及以上", "college"),
        ("中专/中技", "secondary"),
        ("初中及以下", "junior"),
        ("高中及以下", "junior"),
        ("硕士", "master"),
        ("博士研究生", "doctor"),
        ("研究生", "master"),
        ("统招本科", "bachelor"),
        ("大学专科", "college"),
        ("高职", "college"),
        ("职高", "secondary"),
        ("大专/本科", "college"),
        ("大专以上，本科优先", "college"),
        ("1-3年本科", "bachelor"),
        ("经验不限本科", "bachelor"),
        ("3-5年,大专", "college"),
        ("4天/周3个月本科", "bachelor"),
        ("Bachelor's degree", "bachelor"),
        ("Master’s or PhD", "master"),
        ("Ph.D.", "doctor"),
        ("Associate degree", "college"),
        ("High school or above", "secondary"),
        ("Junior high school", "junior"),
    ],
)
def test_levels(text, level):
    assert read_education(text).level == level


@pytest.mark.parametrize("level", EDUCATION)
def test_our_own_words_are_read(level):
    assert read_education(f" {level.title()} ") == Education(level, 1, 1 + len(level), LEVEL)


@pytest.mark.parametrize(
    "text",
    [
        "学历不限", "不限", "无学历要求", "学历要求：不限", "经验不限学历不限", "学历不限，本科优先",
        "No degree required", "any",
    ],
)  # fmt: skip
def test_none_asked_is_said_and_differs_from_nothing_said(text):
    assert read_education(text).level is None


@pytest.mark.parametrize("text", ["", "英语熟练", "经验不限", "1-3年", "985", "本科优先", "Junior developer"])
def test_nothing_said_is_none(text):
    assert read_education(text) is None


def test_span_is_where_the_level_stands():
    assert read_education("1-3年，本科及以上") == Education("bachelor", 5, 7, LEVEL)


def test_many_fields_are_read_like_each_one():
    texts = ["本科", None, "学历不限", "英语", "本科"]
    assert read_educations(pl.Series(texts)).rows() == [
        (True, "bachelor", LEVEL), (False, None, None), (True, None, confidence("education", "none_asked")),
        (False, None, None), (True, "bachelor", LEVEL),
    ]  # fmt: skip
