"""Days as sheets write them; what is in doubt is not read and said."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.dates import ORDERS, doubt_of_day, read_day, read_days, read_moments


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01", "2026/3/1", "2026.3.1", "2026.03.01", "2026年3月1日", "2026 年 3 月 1 号", "20260301",
        "２０２６／３／１",
        "2026-03-01 00:00:00", "2026-03-01T00:00:00", " 2026/3/1 ", "截止2026年3月1日", "1 March 2026",
        "1 Mar 2026", "March 1, 2026", "Mar. 1, 2026",
    ],
)  # fmt: skip
def test_a_day_with_its_year_first_or_its_month_in_words_is_read_under_every_order(text):
    for order in ORDERS:
        found = read_day(text, order=order)
        assert found is not None
        assert found.day == date(2026, 3, 1)


def test_where_it_stands():
    found = read_day("截止2026年3月1日为止")
    assert (found.start, found.end) == (2, 11)


@pytest.mark.parametrize(
    "text", ["3月1日", "2026年3月", "2026", "soon", "", "2026-3/1", "2026-01-01至2026-03-01", "1-3年"]
)
def test_what_is_no_one_day_is_not_read_and_not_doubted(text):
    assert (read_day(text), doubt_of_day(text)) == (None, None)


@pytest.mark.parametrize("text", ["2026-02-30", "2026年13月1日", "20260230", "2026/0/1", "31/13/2026"])
def test_what_looks_like_a_day_and_is_none(text):
    assert read_day(text) is None
    assert doubt_of_day(text) == "no such day"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("25/03/2026", "ymd", date(2026, 3, 25)),
        ("03/25/2026", "ymd", date(2026, 3, 25)),
        ("04.04.2026", "ymd", date(2026, 4, 4)),
        ("46082", "excel", date(2026, 3, 1)),
        ("46082.75", "excel", date(2026, 3, 1)),
        ("61", "excel", date(1900, 3, 1)),
    ],
)
def test_the_order_tells_what_comes_first(text, order, day):
    assert read_day(text, order=order).day == day


def test_two_readings_are_a_doubt_that_names_them():
    assert read_day("03/04/2026") is None
    assert doubt_of_day("03/04/2026") == (
        '2026-04-03 or 2026-03-04? The mapping says it by order = "dmy" or order = "mdy"'
    )
    assert read_day("25/13/2026", order="dmy") is None
    assert doubt_of_day("03/25/2026", order="dmy") == "no such day"


@pytest.mark.parametrize("text", ["46082", "60", "2958466", "8"])
def test_numbers_are_days_only_where_the_mapping_says_so(text):
    assert read_day(text) is None
    if text != "46082":
        assert read_day(text, order="excel") is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_way_of_writing_a_day_says_the_same(day):
    for text in (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
    ):
        assert read_day(text).day == day
    assert read_day(f"{day.day}/{day.month}/{day.year}", order="dmy").day == day
    assert read_day(f"{day.month}/{day.day}/{day.year}", order="mdy").day == day


def test_many_days_with_their_doubts():
    assert read_days(pl.Series(["2026/3/1", None, "03/04/2026", "x", "2026-02-30"])).select("read", "day").rows() == [
        (True, date(2026, 3, 1)), (False, None), (False, None), (False, None), (False, None),
    ]  # fmt: skip
    doubts = read_days(pl.Series(["2026/3/1", None, "2026-02-30"]))["doubt"].to_list()
    assert doubts == [None, None, "no such day"]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T09:30", (9, 30)),
        ("2026/3/1 9:30", (9, 30)),
        ("2026-03-01 09:30:15", (9, 30)),
        ("2026年3月1日9点半", (9, 30)),
        ("2026年3月1日 下午2点", (14, 0)),
        ("2026年3月1日下午14时05分", (14, 5)),
        ("2026-03-01 2:05 pm", (14, 5)),
        ("2026-03-01 12:00 am", (0, 0)),
        ("2026-03-01 12:00 pm", (12, 0)),
        ("2026-03-01 00:00:00", (0, 0)),
    ],
)
def test_moments(text, at):
    assert read_moments(pl.Series([text])).row(0) == (True, datetime.combine(date(2026, 3, 1), time(*at)), None)


def test_a_moment_without_its_time_is_a_doubt():
    rows = read_moments(pl.Series(["2026-03-01", "2026-03-01 25:00", "x"])).select("read", "doubt").rows()
    said = "no time of day; expected one, such as 2026-03-01 09:30"
    assert rows == [(False, said), (False, said), (False, None)]


def test_moments_as_excel_counts_them():
    assert read_moments(pl.Series(["46082.375"]), order="excel").row(0) == (
        True,
        datetime.combine(date(2026, 3, 1), time(9)),
        None,
    )


def test_a_number_among_days_is_in_doubt_until_the_order_says_how_it_counts():
    cells = pl.Series(["2026-09-01", "46266", "46266.5", "123456", "12"])
    why = 'a number, by which a spreadsheet may mean 2026-09-01; write the day, or order = "excel" in the mapping'
    assert read_days(cells)["doubt"].to_list() == [None, why, why, None, None]
    assert read_days(cells, order="excel")["day"].to_list()[:3] == [date(2026, 9, 1)] * 3
