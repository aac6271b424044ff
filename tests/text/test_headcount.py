"""The headcount field of an advert, and days."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity.text.confidence import confidence
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
