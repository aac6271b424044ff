"""The page of dated parameters: a value on its days, its source, whether anybody has read it, and what came before."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from page_words import words

from talentcity import law
from talentcity.office.records.amounts import SOURCE_KINDS, UNITS, amount

CAP = "cn/chongqing/startup_loan/cap_person"


@pytest.fixture
def reader(english, planner):
    english.force_login(planner)
    return english


def row_of(response, name):
    """What the row of one parameter says."""
    [row] = re.findall(rf'<tr id="{name}">(.*?)</tr>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2023-12-31", "up to 200,000 yuan"),
        ("2024-01-01", "up to 300,000 yuan"),
        ("2025-06-17", "up to 500,000 yuan"),
    ],
)
def test_value_is_that_of_the_day_asked_for(reader, day, said):
    assert said in row_of(reader.get("/parameters/", {"on": day}), CAP)


def test_without_a_day_today_is_meant(reader, today_is):
    today_is("2024-01-01")
    page = reader.get("/parameters/")
    assert "as of 1 January 2024" in words(page)
    assert 'value="2024-01-01"' in page.content.decode()
    assert "up to 300,000 yuan" in row_of(page, CAP)


def test_row_shows_source_days_and_that_nobody_has_read_it(reader):
    said = row_of(reader.get("/parameters/", {"on": "2024-05-01"}), "cn/chongqing/internship/subsidy")
    assert said.startswith("Subsidy to the internship base")
    assert "1,300 yuan per person and month" in said
    assert "from 30 April 2024" in said
    assert "page of a government body unverified" in said


def test_first_day_of_our_own_is_marked(reader):
    said = row_of(reader.get("/parameters/", {"on": "2024-01-01"}), CAP)
    assert "from 1 January 2024 to 16 June 2025 (first day assumed)" in said


def test_earlier_and_later_values_can_be_unfolded(reader):
    said = words(reader.get("/parameters/", {"on": "2024-01-01"}))
    assert "Largest start-up guarantee loan of a person: 2 other values" in said
    assert "from 1 January 2021 to 31 December 2023 (first day assumed) : up to 200,000 yuan" in said


def test_before_its_first_day_a_parameter_has_no_value(reader):
    said = row_of(reader.get("/parameters/", {"on": "2007-12-31"}), "cn/labour_contract/fee_or_deposit")
    assert "not yet in force" in said
    assert "500" not in said


def test_after_its_last_day_a_parameter_has_no_value(reader):
    said = row_of(reader.get("/parameters/", {"on": "2024-01-01"}), "cn/services/recommendations")
    assert "not in force on this day" in said


def test_a_series_whose_newest_value_is_old_is_called_out_of_date(reader):
    name = "cn/interest_rates/lpr_one_year"
    assert "out of date" in row_of(reader.get("/parameters/", {"on": "2026-11-23"}), name)
    assert "out of date" not in row_of(reader.get("/parameters/", {"on": "2026-06-01"}), name)


def test_counts_at_the_head_are_those_of_the_rows(reader):
    page = reader.get("/parameters/", {"on": "2026-11-23"})
    html, said = page.content.decode(), words(page)
    every = law.parameters()
    assert f"of {len(every)} are in force" in said
    assert html.count("<tr id=") == len(every)
    assert f"Unverified: {html.count('>unverified<')}." in said
    assert f"Out of date: {len(law.stale(date(2026, 11, 23)))}." in said


def test_a_day_that_is_none_is_said_and_today_is_shown(reader):
    said = words(reader.get("/parameters/", {"on": "yesterday"}))
    assert "Enter a valid date." in said
    assert "as of 15 September 2026" in said


def test_chinese_reader_sees_chinese(client, inspector):
    client.cookies["django_language"] = "zh-hans"
    client.force_login(inspector)
    page = client.get("/parameters/", {"on": "2024-01-01"})
    assert "个人创业担保贷款的最高额度" in row_of(page, CAP)
    assert "至多300,000元" in row_of(page, CAP).replace(" ", "")
    assert "重庆" in words(page)
    assert "就业见习 参数 数值 有效期 依据 核对日期" in words(page)


def test_page_asks_the_database_for_the_reader_only(reader):
    reader.get("/parameters/")
    with CaptureQueriesContext(connection) as asked:
        reader.get("/parameters/")
    assert [query["sql"].split('"')[1] for query in asked] == ["django_session", "accounts_user"]


def test_every_unit_and_kind_of_source_has_words():
    assert {one.unit for one in law.parameters()} <= set(UNITS)
    assert set(SOURCE_KINDS) == set(law.SourceKind)


@pytest.mark.parametrize(
    ("name", "day", "said"),
    [
        ("cn/wages/paid_days_a_month", date(2026, 1, 1), "21.75 days a month"),
        ("cn/labour_law/minimum_age", date(2026, 1, 1), "at least 16 years of age"),
        ("cn/labour_contract/fee_or_deposit", date(2026, 1, 1), "500 to 2,000 yuan per person"),
        ("cn/data_protection/serious_fine", date(2026, 1, 1), "up to 50,000,000 yuan"),
        ("cn/interest_rates/lpr_one_year", date(2026, 1, 1), "3 percent a year"),
        ("cn/telecom_fraud/assistance", date(2026, 1, 1), ""),
    ],
)
def test_amounts_are_written_out(english, name, day, said):
    from django.utils.translation import override

    with override("en"):
        parameter = law.load(name)
        assert amount(parameter.on(day), parameter.unit) == said
