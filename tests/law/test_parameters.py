"""Dated parameters: the day they begin, the day they grow stale, and files that are wrong."""

from datetime import date
from pathlib import Path

import pytest

from talentcity import law
from talentcity.errors import InvalidData, NoRuleInForce, UnknownName

HEAD = 'title = "t"\nunit = "yuan"\nchecked_on = 2026-06-30\n'
BLOCK = '[[in_force]]\nfrom = 2008-01-01\nlow = 500\nhigh = 2000\nsource = "s"\n'


def read(folder: Path, text: str) -> law.Parameter:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return law.read_parameter(path, "own")


def test_public_names() -> None:
    assert law.__all__ == ["InForce", "Parameter", "load", "names", "read_parameter"]


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
    answer = read(tmp_path, HEAD.replace("2026-06-30", '""') + BLOCK).on(date(2040, 1, 1))
    assert (answer.stale, answer.unverified) == (False, True)


def test_an_amendment_applies_from_its_own_first_day(tmp_path: Path) -> None:
    later = BLOCK.replace("2008-01-01", "2026-07-01").replace("2000", "3000")
    fine = read(tmp_path, HEAD + BLOCK + later)
    assert fine.on(date(2026, 6, 30)).range == (500, 2000)
    assert fine.on(date(2026, 7, 1)).range == (500, 3000)
    assert fine.on(date(2026, 7, 1)).since == date(2026, 7, 1)


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
    assert parameter.title_en
    for block in parameter.blocks:
        assert block.source
        assert bool(block.note) == bool(block.note_en)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "cannot be read as TOML"),
        (BLOCK, "checked_on is missing"),
        (HEAD + "in_force = []\n", "expected at least one block"),
        (HEAD + BLOCK + "hihg = 3\n", "in_force 1: hihg is not known; expected from, high, low"),
        (HEAD + BLOCK.replace("500", "5000"), "low 5000 is above high 2000"),
        (HEAD + BLOCK.replace("500", '"five"'), "low is 'five'; expected a number"),
        (HEAD + BLOCK.replace("2008-01-01", '"2008"'), "from is '2008'; expected a day"),
        (HEAD + BLOCK + "value = 3\n", "has value beside low or high"),
        (HEAD + BLOCK.replace("low = 500\nhigh = 2000\n", ""), "says nothing"),
        (HEAD + BLOCK + BLOCK, "stands after the one from 2008-01-01"),
        (HEAD.replace("2026-06-30", '"June"') + BLOCK, "checked_on is 'June'"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidData, match=message):
        read(tmp_path, text)
