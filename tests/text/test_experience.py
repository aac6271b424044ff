"""The experience field of an advert."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.confidence import confidence
from talentcity.text.experience import Experience, read_experience, read_experiences

YEARS = confidence("experience", "years")


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("1-3年", 1, 3),
        ("5-7年工作经验", 5, 7),
        ("2年工作经验", 2, None),
        ("10年以上", 10, None),
        ("1年以下", 0, 1),
        ("1年以内本科", 0, 1),
        ("1-3年本科", 1, 3),
        ("3-5年,大专", 3, 5),
        ("３－５年", 3, 5),
        ("两年以上", 2, None),
        ("三至五年", 3, 5),
        ("半年以上经验", 0.5, None),
        ("6个月以上工作经验", 0.5, None),
        ("1.5年", 1.5, None),
        ("3+ years", 3, None),
        ("2 to 4 years", 2, 4),
        ("at least 2 years", 2, None),
        ("60年", 60, None),
    ],
)
def test_years(text, least, most):
    found = read_experience(text)
    assert (found.least, found.most) == (least, most)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("经验不限", None),
        ("不限", None),
        ("经验不限本科", None),
        ("无经验", None),
        ("无工作经验", None),
        ("No experience required", None),
        ("应届毕业生", 0),
        ("在校/应届本科", 0),
        ("Fresh graduates welcome", 0),
    ],
)
def test_none_asked_is_nought(text, most):
    found = read_experience(text)
    assert (found.least, found.most) == (0, most)


@pytest.mark.parametrize(
    "text",
    ["", "本科", "英语熟练", "4天/周3个月本科", "5天/周,6个月,本科", "学历不限", "2018年", "61年", "三年制大专"],
)
def test_nothing_said_is_none(text):
    assert read_experience(text) is None


def test_graduates_who_are_not_wanted_are_not_the_experience():
    assert read_experience("3-5年，应届生勿扰") == Experience(3.0, 5.0, 0, 4, YEARS)


def test_graduates_as_an_exception_do_not_undo_the_years():
    assert read_experience("2.有1年以上开发工作经验，优秀应届生可放宽") == Experience(1.0, None, 3, 5, YEARS)
    assert read_experience("应届生或1年以上均可").least == 0


def test_span_is_where_the_years_stand():
    assert read_experience("要求 3-5年，本科") == Experience(3.0, 5.0, 3, 7, YEARS)


@given(st.integers(0, 60), st.integers(0, 60))
def test_every_range_of_years_is_read(least, most):
    found = read_experience(f"{least}-{most}年")
    assert (found.least, found.most) == (least, most)


def test_many_fields_are_read_like_each_one():
    texts = ["1-3年", None, "本科", "1-3年"]
    assert read_experiences(pl.Series(texts)).rows() == [
        (True, 1.0, 3.0, YEARS), (False, None, None, None), (False, None, None, None), (True, 1.0, 3.0, YEARS),
    ]  # fmt: skip
