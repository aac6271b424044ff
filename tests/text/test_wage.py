"""The wage field of an advert."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.confidence import confidence
from talentcity.text.wage import Wage, read_wage, read_wages


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("8千-1.1万", 8000, 11000),
        ("15k-30k", 15000, 30000),
        ("15K-30K", 15000, 30000),
        ("8001-10000", 8001, 10000),
        ("1-1.5万/月", 10000, 15000),
        ("0.8-1万/月", 8000, 10000),
        ("6-8千/月", 6000, 8000),
        ("8000-1.2万", 8000, 12000),
        ("1万-15000", 10000, 15000),
        ("7千-1万元/月", 7000, 10000),
        ("8,000-10,000元", 8000, 10000),
        ("￥8000～12000", 8000, 12000),
        ("８千－１．１万", 8000, 11000),
        ("月薪8000至12000元", 8000, 12000),
        ("CNY 8,000 - 10,000 per month", 8000, 10000),
        ("5000元/月", 5000, 5000),
        ("6000-8000元/月 包吃住", 6000, 8000),
        ("8-5K", 8000, 5000),  # the contradiction is kept for the table's check to refuse
    ],
)
def test_monthly_wages(text, low, high):
    wage = read_wage(text)
    assert (wage.low, wage.high, wage.period) == (low, high, "month")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1000元以下", None, 1000),
        ("1.5千以下/月", None, 1500),
        ("3万以上", 30000, None),
        ("10万以上/月", 100000, None),
        ("8000元起", 8000, None),
        ("5000+", 5000, None),
        ("100万以上/年", 83333.33, None),
    ],
)
def test_an_open_side_is_none(text, low, high):
    wage = read_wage(text)
    assert (wage.low, wage.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high", "period", "note"),
    [
        ("200元/天", 4350.0, 4350.0, "day", "days x 21.75"),
        ("100-200/天", 2175.0, 4350.0, "day", "days x 21.75"),
        ("日结150元", 3262.5, 3262.5, "day", "days x 21.75"),
        ("25元/小时", 4350.0, 4350.0, "hour", "hours x 8 x 21.75"),
        ("25 yuan per hour", 4350.0, 4350.0, "hour", "hours x 8 x 21.75"),
        ("500-1000元/周", 2175.0, 4350.0, "week", "weeks x 4.35"),
        ("20-30万/年", 16666.67, 25000.0, "year", "year / 12"),
        ("年薪24万", 20000.0, 20000.0, "year", "year / 12"),
        ("8000元/月", 8000.0, 8000.0, "month", ""),
        ("8千-1万", 8000.0, 10000.0, "month", "period not stated"),
    ],
)
def test_other_periods_become_months_and_say_so(text, low, high, period, note):
    wage = read_wage(text)
    assert (wage.low, wage.high, wage.period, wage.note) == (low, high, period, note)


@pytest.mark.parametrize(
    ("text", "paid"), [("12-18K·13薪", 13), ("1万-2万·16薪", 16), ("8k*14薪", 14), ("8k-9k", None)]
)
def test_further_months_paid_are_read_and_do_not_alter_the_wage(text, paid):
    assert read_wage(text).months_paid == paid
    assert read_wage(text).low == read_wage(text.split("·")[0].split("*")[0]).low


def test_base_pay_is_the_lower_wage_alone():
    wage = read_wage("底薪3000+提成")
    assert (wage.low, wage.high, wage.note) == (3000.0, None, "base")


@pytest.mark.parametrize("text", ["面议", "薪资面议", "Negotiable"])
def test_negotiable_is_said_and_has_no_figure(text):
    wage = read_wage(text)
    assert (wage.low, wage.high, wage.note) == (None, None, "negotiable")


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "薪资", "8-12", "50元/次", "10元/件", "2千-4千，4千-6千", "$3000", "3000-5000 USD", "20-30万",
        "100001-150000", "日薪200元/小时", "5亿", "20%提成",
    ],
)  # fmt: skip
def test_what_cannot_be_told_for_sure_is_none(text):
    assert read_wage(text) is None


def test_the_edges_between_a_sure_figure_and_a_guess():
    assert read_wage("499") is None
    assert read_wage("500").high == 500
    assert read_wage("499元").high == 499
    assert read_wage("99999-120000").low == 99999
    assert read_wage("100000-120000") is None
    assert read_wage("100000-120000元/月").low == 100000


def test_span_is_where_the_wage_stands():
    text = "薪资： 12-18K·13薪 "
    wage = read_wage(text)
    assert text[wage.start : wage.end] == "12-18K·13薪"


def test_whole_value():
    assert read_wage("8千-1.1万") == Wage(
        8000.0, 11000.0, None, "month", "period not stated", 0, 7, "CNY", confidence("wage", "ten_thousands")
    )  # fmt: skip


figures = st.integers(1000, 90_000)


@given(figures, figures)
def test_a_plain_range_is_read_as_it_stands(low, high):
    wage = read_wage(f"{low}-{high}元/月")
    assert (wage.low, wage.high) == (low, high)


@given(st.integers(10, 999), st.integers(10, 999))
def test_thousands_and_ten_thousands_say_the_same(low, high):
    """Tenths of a thousand: 8.5千 is 0.85万."""
    thousands = read_wage(f"{low / 10:g}-{high / 10:g}千/月")
    ten_thousands = read_wage(f"{low / 100:g}-{high / 100:g}万/月")
    assert (thousands.low, thousands.high) == (ten_thousands.low, ten_thousands.high) == (low * 100, high * 100)


@given(st.text("0123456789.,-千万kK元/天月年薪以上下·面议 ", max_size=14))
def test_any_text_is_read_inside_itself_or_not_at_all(text):
    wage = read_wage(text)
    if wage is not None:
        assert 0 <= wage.start < wage.end <= len(text)
        assert wage.note == "negotiable" or wage.low is not None or wage.high is not None


def test_many_wages_are_read_like_each_one():
    texts = ["8千-1.1万", None, "x", "200元/天", "8千-1.1万"]
    month, day = confidence("wage", "ten_thousands"), confidence("wage", "not_month")
    nothing = (False, None, None, None, None, None, None, None)
    assert read_wages(pl.Series(texts)).rows() == [
        (True, 8000.0, 11000.0, None, "month", "period not stated", "CNY", month),
        nothing,
        nothing,
        (True, 4350.0, 4350.0, None, "day", "days x 21.75", "CNY", day),
        (True, 8000.0, 11000.0, None, "month", "period not stated", "CNY", month),
    ]


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("$18/hour", 3132.0, 3132.0, "USD"),
        ("US$60,000 - US$84,000 per year", 5000.0, 7000.0, "USD"),
        ("18 USD per hour", 3132.0, 3132.0, "USD"),
        ("月薪3000美元", 3000.0, 3000.0, "USD"),
        ("HK$20,000-25,000 a month", 20000.0, 25000.0, "HKD"),
        ("港币8000元/月", 8000.0, 8000.0, "HKD"),
        ("€3.500", None, None, None),
        ("3500 EUR/month", 3500.0, 3500.0, "EUR"),
        ("£24k per annum", 2000.0, 2000.0, "GBP"),
        ("￥8000/月", 8000.0, 8000.0, "CNY"),
        ("人民币8000元", 8000.0, 8000.0, "CNY"),
        ("8000 RMB", 8000.0, 8000.0, "CNY"),
        ("$3000 (¥21000) a month", None, None, None),
    ],
)
def test_currencies(text, low, high, currency):
    wage = read_wage(text)
    read = (None, None, None) if wage is None else (wage.low, wage.high, wage.currency)
    assert read == (low, high, currency)


def test_only_one_currency_is_read_from_many_fields_and_the_others_are_named():
    texts = pl.Series(["$18/hour", "8000元/月", "面议", None])
    columns = ["read", "low", "currency"]
    assert read_wages(texts).select(columns).rows() == [
        (False, None, "USD"), (True, 8000.0, "CNY"), (True, None, "CNY"), (False, None, None),
    ]  # fmt: skip
    assert read_wages(texts, currency="USD").select(columns).rows()[:2] == [(True, 3132.0, "USD"), (False, None, "CNY")]


@pytest.mark.parametrize(("text", "paid"), [("8k·十三薪", 13), ("1万/月，年底双薪", 13), ("8000元 14个月工资", 14)])
def test_further_months_in_words(text, paid):
    assert (read_wage(text).months_paid, read_wage(text).low) == (paid, read_wage(text).high)


def test_traditional_and_circled_notations_are_read():
    assert read_wage("月薪８千～１.２萬").high == 12000
    assert read_wage("5000一6800元").high == 6800


@given(st.sampled_from(["$", "€", "£", "HK$"]), figures, figures, st.sampled_from(["month", "year", "hour"]))
def test_a_foreign_wage_is_never_read_as_ours(sign, low, more, period):
    text = f"{sign}{low:,} - {sign}{low + more:,} per {period}"
    assert read_wage(text).currency != "CNY"
    assert read_wages(pl.Series([text]))["low"].to_list() == [None]


@pytest.mark.parametrize("text", ["120元/半天", "500元/台", "80元/平方米", "600元/套", "1000元/篇", "700元/公里"])
def test_pay_for_a_unit_of_work_is_no_monthly_wage(text):
    assert read_wage(text) is None


@pytest.mark.parametrize("text", ["8000/个月", "8000元/月/双休", "8000/税前"])
def test_what_stands_behind_a_stroke_may_be_anything_else(text):
    wage = read_wage(text)
    assert wage is not None
    assert (wage.low, wage.high, wage.period) == (8000.0, 8000.0, "month")
