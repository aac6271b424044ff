"""The headcount field of an advert, and days."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from talentcity.text.confidence import confidence
from talentcity.text.dates import Day, read_day, read_days
from talentcity.text.headcount import Headcount, read_headcount, read_headcounts


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("1人", 1),
        ("招10名", 10),
        ("招聘 3 人", 3),
        ("5-10人", 5),
        ("两名", 2),
        ("十二人", 12),
        ("1,200人", 1200),
        ("12", 12),
        ("３人", 3),
        ("1 person", 1),
        ("4 openings", 4),
    ],
)
def test_persons(text, persons):
    assert read_headcount(text).persons == persons


@pytest.mark.parametrize("text", ["若干人", "若干", "招聘若干名", "several"])
def test_several_is_said_and_has_no_number(text):
    assert read_headcount(text).persons is None


@pytest.mark.parametrize("text", ["", "0人", "0", "人", "-3", "1.5人", "面议"])
def test_no_number_of_persons_is_none(text):
    assert read_headcount(text) is None


def test_span_is_where_the_number_stands():
    assert read_headcount("招聘 10名") == Headcount(10, 3, 6, confidence("headcount", "persons"))


def test_many_headcounts_are_read_like_each_one():
    texts = ["1人", None, "若干人", "x"]
    assert read_headcounts(pl.Series(texts)).rows() == [
        (True, 1, confidence("headcount", "persons")),
        (False, None, None),
        (True, None, confidence("headcount", "several")),
        (False, None, None),
    ]


@pytest.mark.parametrize(
    "text", ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "2026 年 3 月 1 号", "20260301", "发布于2026-03-01"]
)
def test_days_are_read_year_first(text):
    assert read_day(text).day == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text", ["", "3月1日", "1/3/2026", "2026-02-31", "2026-13-01", "2026-03", "2026-03-01 至 2026-04-01", "1120260301"]
)
def test_no_day_two_days_or_one_outside_the_calendar_is_none(text):
    assert read_day(text) is None


def test_span_of_a_day():
    assert read_day("自2026-03-01起") == Day(date(2026, 3, 1), 1, 11)


def test_many_days_are_read_like_each_one():
    assert read_days(pl.Series(["2026-03-01", None, "x"])).rows() == [
        (True, date(2026, 3, 1)), (False, None), (False, None),
    ]  # fmt: skip
