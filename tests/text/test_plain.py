"""Numbers as sheets write them."""

from __future__ import annotations

import pytest

from talentcity.text.plain import amount_of, plain


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234", 1234.0), ("1,234", 1234.0), ("1,234,567.5", 1234567.5), ("１２，３４５", 12345.0), ("1.2万", 12000.0),
        ("8千", 8000.0), ("2亿", 2e8), ("￥8,000", 8000.0), ("¥8000元", 8000.0), ("-3", -3.0), ("+3", 3.0), ("3.", 3.0),
        ("0.1万", 1000.0), ("1.1万", 11000.0),
    ],
)  # fmt: skip
def test_a_number_however_it_is_written(text, number):
    assert amount_of(text) == number


@pytest.mark.parametrize(
    "text", ["", "8-12", "$5", "12,34", "1,2345", "面议", "5人", "1 234", "nan", "inf", "1e3", "5%"]
)
def test_more_or_less_than_a_number_is_none(text):
    assert amount_of(text) is None


def test_plain_signs_stand_where_the_full_width_ones_stood():
    assert plain("２０２６／０３") == "2026/03"
