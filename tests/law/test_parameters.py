"""Dated parameters: the day they begin, the day they grow stale, and files that are wrong."""

from datetime import date
from pathlib import Path

import pytest

from talentcity import law
from talentcity.errors import InvalidData, NoRuleInForce, UnknownName

HEAD = 'title = "t"\nunit = "yuan"\nchecked_on = 2026-06-30\n'
UNREAD = HEAD.replace("2026-06-30", '""')
SERIES = UNREAD + "series = true\n"
BLOCK = '[[in_force]]\nfrom = 2008-01-01\nlow = 500\nhigh = 2000\nsource = "s"\nsource_kind = "law"\n'
LATER = BLOCK.replace("2008-01-01", "2026-07-01").replace("2000", "3000")


def read(folder: Path, text: str) -> law.Parameter:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return law.read_parameter(path, "own")


def test_public_names() -> None:
    assert law.__all__ == [
        "Block", "InForce", "Named", "Parameter", "SourceKind", "load", "names", "parameters",
        "read_parameter", "stale",
    ]  # fmt: skip


def test_fine_applies_from_the_day_the_law_is_in_force() -> None:
    fine = law.load("cn/labour_contract/fee_or_deposit")
    assert fine.on(date(2008, 1, 1)).range == (500, 2000)
    assert fine.on(date(2008, 1, 1)).source == "劳动合同法 第八十四条"
    with pytest.raises(NoRuleInForce, match="first in force on 2008-01-01"):
        fine.on(date(2007, 12, 31))


@pytest.mark.parametrize(("day", "stale"), [(date(2027, 6, 30), False), (date(2027, 7, 1), True)])
def test_answer_is_stale_a_year_after_its_source_was_last_read(tmp_path: Path, day: date, stale: bool) -> None:
    answer = read(tmp_path, HEAD + BLOCK).on(day)
    assert (answer.stale, answer.unverified) == (stale, False)


@pytest.mark.parametrize(("day", "stale"), [(date(2025, 2, 28), False), (date(2025, 3, 1), True)])
def test_a_year_after_leap_day_ends_with_february(tmp_path: Path, day: date, stale: bool) -> None:
    assert read(tmp_path, HEAD.replace("2026-06-30", "2024-02-29") + BLOCK).on(day).stale is stale


def test_source_that_nobody_has_read_is_unverified_and_not_stale(tmp_path: Path) -> None:
    answer = read(tmp_path, UNREAD + BLOCK).on(date(2040, 1, 1))
    assert (answer.stale, answer.unverified) == (False, True)


def test_an_amendment_applies_from_its_own_first_day(tmp_path: Path) -> None:
    fine = read(tmp_path, HEAD + BLOCK + LATER)
    assert fine.on(date(2026, 6, 30)).range == (500, 2000)
    assert fine.on(date(2026, 7, 1)).range == (500, 3000)
    assert fine.on(date(2026, 7, 1)).since == date(2026, 7, 1)


def test_an_amendment_ends_the_wording_before_it(tmp_path: Path) -> None:
    fine = read(tmp_path, HEAD + BLOCK + LATER)
    assert [(block.since, block.until) for block in fine.blocks] == [
        (date(2008, 1, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), None),
    ]
    assert fine.on(date(2010, 1, 1)).until == date(2026, 6, 30)


def test_a_day_between_two_wordings_is_told_the_gap(tmp_path: Path) -> None:
    fine = read(tmp_path, HEAD + BLOCK + "until = 2020-12-31\n" + LATER)
    assert fine.on(date(2020, 12, 31)).range == (500, 2000)
    for day in (date(2021, 1, 1), date(2026, 6, 30)):
        with pytest.raises(NoRuleInForce, match=f"own on {day}: none is in force from 2021-01-01 to 2026-06-30"):
            fine.on(day)
    assert fine.on(date(2026, 7, 1)).range == (500, 3000)


def test_a_wording_may_last_one_day(tmp_path: Path) -> None:
    fine = read(tmp_path, HEAD + BLOCK + "until = 2008-01-01\n")
    assert fine.on(date(2008, 1, 1)).range == (500, 2000)
    with pytest.raises(NoRuleInForce, match="last in force on 2008-01-01"):
        fine.on(date(2008, 1, 2))


@pytest.mark.parametrize(("day", "stale"), [(date(2027, 7, 1), False), (date(2027, 7, 2), True)])
def test_a_series_is_stale_a_year_after_its_newest_value(tmp_path: Path, day: date, stale: bool) -> None:
    assert read(tmp_path, SERIES + BLOCK + LATER).on(day).stale is stale


@pytest.mark.parametrize(("day", "stale"), [(date(2028, 3, 1), False), (date(2028, 3, 2), True)])
def test_a_series_that_was_read_again_has_another_year(tmp_path: Path, day: date, stale: bool) -> None:
    series = read(tmp_path, SERIES.replace('""', "2027-03-01") + BLOCK + LATER)
    assert (series.on(day).stale, series.on(day).unverified) == (stale, False)


@pytest.mark.parametrize(("day", "stale"), [(date(2027, 7, 1), False), (date(2027, 7, 2), True)])
def test_a_new_value_of_a_series_is_fresh_though_the_last_reading_is_older(
    tmp_path: Path, day: date, stale: bool
) -> None:
    series = read(tmp_path, SERIES.replace('""', "2020-03-01") + BLOCK + LATER)
    assert series.on(day).stale is stale


def test_an_earlier_value_of_a_series_is_not_stale_on_its_own_days(tmp_path: Path) -> None:
    answer = read(tmp_path, SERIES + BLOCK + LATER).on(date(2020, 1, 1))
    assert (answer.range, answer.stale) == ((500, 2000), False)


def test_what_has_ended_is_not_stale(tmp_path: Path) -> None:
    ended = read(tmp_path, SERIES + BLOCK + "until = 2020-12-31\n")
    assert [ended.stale_on(date(2020, 12, 31)), ended.stale_on(date(2021, 1, 1))] == [True, False]


def test_a_first_day_of_our_own_is_marked(tmp_path: Path) -> None:
    text = HEAD + BLOCK + 'from_assumed = true\nnote = "the page gives the year only"\n'
    assert read(tmp_path, text).on(date(2026, 1, 1)).since_assumed
    assert not read(tmp_path, HEAD + BLOCK).on(date(2026, 1, 1)).since_assumed


def test_a_repealed_parameter_says_when_it_ended(tmp_path: Path) -> None:
    fine = read(tmp_path, HEAD + BLOCK + "until = 2020-12-31\n")
    assert fine.on(date(2020, 12, 31)).until == date(2020, 12, 31)
    with pytest.raises(NoRuleInForce, match="own on 2021-01-01: last in force on 2020-12-31"):
        fine.on(date(2021, 1, 1))


def test_a_single_value_is_both_ends_of_its_range(tmp_path: Path) -> None:
    text = HEAD + BLOCK.replace("low = 500\nhigh = 2000", "value = 2100")
    assert read(tmp_path, text).on(date(2026, 1, 1)).range == (2100, 2100)


def test_an_unknown_name_lists_those_that_exist() -> None:
    with pytest.raises(UnknownName, match="there is no parameter 'cn/nothing'"):
        law.load("cn/nothing")


@pytest.mark.parametrize("name", law.names())
def test_every_parameter_can_be_read_and_cites_its_source(name: str) -> None:
    parameter = law.load(name)
    assert parameter.name == name
    assert name.startswith(f"{parameter.place.code}/{parameter.topic.code}/")
    assert all((parameter.title, parameter.title_en, parameter.place.zh, parameter.place.en))
    assert all((parameter.topic.zh, parameter.topic.en))
    for block in parameter.blocks:
        assert block.source
        assert bool(block.note) == bool(block.note_en)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "cannot be read as TOML"),
        (BLOCK, "checked_on is missing"),
        (HEAD, "in_force is missing"),
        (HEAD + "in_force = []\n", "expected at least one block"),
        (HEAD + "in_force = 3\n", "expected at least one block"),
        (HEAD.replace('"yuan"', "3") + BLOCK, "own.toml: unit is 3; expected text in quotes"),
        (HEAD + 'series = "yes"\n' + BLOCK, "own.toml: series is 'yes'; expected true or false"),
        (HEAD + BLOCK + "hihg = 3\n", "in_force 1: hihg is not known; expected from, from_assumed, high, low"),
        (HEAD + BLOCK.replace('source = "s"\n', ""), "in_force 1: source is missing"),
        (HEAD + BLOCK.replace('"s"', '""'), "in_force 1: source is empty"),
        (HEAD + BLOCK.replace('"law"', '"O"'), "source_kind is 'O'; expected one of official, law, press, comm"),
        (HEAD + BLOCK.replace('"law"', "[1]"), r"source_kind is \[1\]; expected one of"),
        (HEAD + BLOCK.replace("500", "5000"), "low 5000 is above high 2000"),
        (HEAD + BLOCK.replace("500", '"five"'), "low is 'five'; expected a number"),
        (HEAD + BLOCK.replace("500", "true"), "low is True; expected a number"),
        (HEAD + BLOCK.replace("500", "nan"), "low is nan; expected a number"),
        (HEAD + BLOCK.replace("2008-01-01", '"2008"'), "from is '2008'; expected a day"),
        (HEAD + BLOCK.replace("2008-01-01", "2008-01-01T08:00:00"), "from is datetime.* expected a day"),
        (HEAD + BLOCK + "until = 2007-12-31\n", "until 2007-12-31 is before from 2008-01-01"),
        (HEAD + BLOCK + "value = 3\n", "has value beside low or high"),
        (HEAD + BLOCK + "from_assumed = true\n", "from_assumed without a note"),
        (HEAD + BLOCK.replace("low = 500\nhigh = 2000\n", ""), "says nothing"),
        (HEAD + BLOCK + BLOCK, "stands after the one from 2008-01-01"),
        (HEAD + BLOCK + "until = 2026-07-01\n" + LATER, "until 2026-07-01 and the one from 2026-07-01 overlap"),
        (HEAD.replace("2026-06-30", '"June"') + BLOCK, "checked_on is 'June'"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        read(tmp_path, text)


def test_all_parameters_stand_by_place_with_the_wider_place_first() -> None:
    every = law.parameters()
    assert sorted(one.name for one in every) == list(law.names())
    places = list(dict.fromkeys(one.place.code for one in every))
    assert places == sorted(places)
    assert places[0] == "cn"


def test_stale_ones_are_those_that_say_so() -> None:
    day = date(2026, 11, 23)
    assert law.stale(day) == tuple(one for one in law.parameters() if one.stale_on(day))
    assert "cn/interest_rates/lpr_one_year" in {one.name for one in law.stale(day)}


@pytest.mark.parametrize(
    ("day", "most"),
    [
        (date(2023, 12, 31), 200_000),
        (date(2024, 1, 1), 300_000),
        (date(2025, 6, 16), 300_000),
        (date(2025, 6, 17), 500_000),
    ],
)
def test_the_loan_of_a_person_has_had_three_caps(day: date, most: int) -> None:
    assert law.load("cn/chongqing/startup_loan/cap_person").on(day).high == most


@pytest.mark.parametrize(
    ("day", "yuan"), [(date(2022, 3, 31), 1800), (date(2022, 4, 1), 2100), (date(2024, 12, 31), 2100)]
)
def test_the_minimum_wage_is_a_series_with_dates(day: date, yuan: int) -> None:
    wage = law.load("cn/chongqing/minimum_wage/monthly_tier_1")
    assert (wage.on(day).value, wage.unit, wage.series) == (yuan, "yuan a month", True)


def test_the_campaign_of_2023_ended_with_the_year() -> None:
    recommendations = law.load("cn/services/recommendations")
    assert recommendations.on(date(2023, 12, 31)).low == 3
    with pytest.raises(NoRuleInForce, match="last in force on 2023-12-31"):
        recommendations.on(date(2024, 1, 1))
