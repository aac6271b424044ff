"""What a table may hold, and what is said when it does not."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from talentcity.errors import InvalidTable
from talentcity.tables import CAPACITY, FINDINGS, PAIRS, POSTINGS, SEEKERS, SESSIONS, VACANCIES, check
from talentcity.tables.check import sift

SEEKER = {"seeker_id": "P1", "education": "college", "district": "临江区"}
POSTING = {"posting_id": "J1", "title": "会计"}
PAIR = {"person_id": "P1", "opportunity_id": "J1", "score": 0.5}
SESSION = {
    "session_id": "S1", "kind": "briefing", "district": "临江区", "places": "30",
    "starts_at": "2026-09-01T09:00", "ends_at": "2026-09-01T11:00",
}  # fmt: skip


def table(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, strict=False)


def faults(frame: pl.DataFrame, schema) -> list[str]:
    with pytest.raises(InvalidTable) as caught:
        check(frame, schema)
    assert caught.value.count == len(caught.value.violations)
    return [str(violation) for violation in caught.value.violations]


def test_a_good_table_gets_all_columns_in_order_with_their_types():
    done = check(table(SEEKER), SEEKERS)
    assert done.columns == SEEKERS.names
    assert dict(done.schema) == {column.name: column.dtype for column in SEEKERS.columns}
    assert done.row(0, named=True) == {
        "seeker_id": "P1", "education": "college", "major": None, "graduated_on": None, "district": "临江区",
        "experience_years": 0.0, "wanted_occupations": [], "wanted_districts": [], "wanted_wage": None, "skills": [],
        "excluded": [], "may_work_from": None, "priority": 0.0, "registered_on": None,
    }  # fmt: skip


def test_missing_column():
    assert faults(table({"seeker_id": "P1", "district": "临江区"}), SEEKERS) == [
        "seekers, column education: the column is missing; the table has: seeker_id, district"
    ]


def test_table_without_any_column():
    assert faults(pl.DataFrame(), CAPACITY) == [
        "capacity, column opportunity_id: the column is missing; the table has: none",
        "capacity, column capacity: the column is missing",
    ]


def test_misspelt_required_column():
    frame = table({"seeker_id": "P1", "educaton": "college", "district": "临江区"})
    assert faults(frame, SEEKERS) == ["seekers, column educaton: no such column; did you mean education?"]


def test_misspelt_optional_column_is_not_lost_in_silence():
    assert faults(table(SEEKER | {"wanted_wages": "5000"}), SEEKERS) == [
        "seekers, column wanted_wages: no such column; did you mean wanted_wage?"
    ]


def test_a_column_that_is_nobodys_is_left_out():
    assert "telephone" not in check(table(SEEKER | {"telephone": "1"}), SEEKERS).columns


@pytest.mark.parametrize("value", ["-1", -1, -1.0])
def test_wage_below_nought(value):
    assert faults(table(POSTING | {"wage_min": value}), POSTINGS) == [
        "postings, row 1, column wage_min: -1: expected a number from 0 to 10000000 CNY/month"
    ]


@pytest.mark.parametrize("value", ["0", "10000000"])
def test_wage_at_its_limits(value):
    assert check(table(POSTING | {"wage_min": value}), POSTINGS)["wage_min"].to_list() == [float(value)]


def test_wage_just_above_its_limit():
    assert faults(table(POSTING | {"wage_max": 10_000_000.5}), POSTINGS) == [
        "postings, row 1, column wage_max: 10000000.5: expected a number from 0 to 10000000 CNY/month"
    ]


def test_min_above_max_shows_both_without_quotes_or_fractions():
    assert faults(table(POSTING | {"wage_min": 9000.0, "wage_max": 8000.0}), POSTINGS) == [
        "postings, row 1, column wage_min: wage_min 9000, wage_max 8000: "
        "expected wage_min at most wage_max; perhaps the two are swapped"
    ]


def test_min_equal_to_max_is_a_wage():
    assert check(table(POSTING | {"wage_min": 8000, "wage_max": 8000}), POSTINGS).height == 1


def test_min_without_max_is_a_wage():
    assert check(table(POSTING | {"wage_min": 8000}), POSTINGS)["wage_max"].to_list() == [None]


def test_31_february():
    assert faults(table(SEEKER | {"graduated_on": "2026-02-31"}), SEEKERS) == [
        "seekers, row 1, column graduated_on: '2026-02-31': no such day; expected a date (ISO 8601, such as 2026-03-01)"
    ]


def test_29_february_of_a_leap_year_alone():
    assert check(table(SEEKER | {"graduated_on": "2028-02-29"}), SEEKERS)["graduated_on"].to_list() == [
        date(2028, 2, 29)
    ]
    assert len(faults(table(SEEKER | {"graduated_on": "2026-02-29"}), SEEKERS)) == 1


def test_times_are_read_with_and_without_seconds_and_must_run_forward():
    assert check(table(SESSION), SESSIONS)["starts_at"].to_list() == [datetime(2026, 9, 1, 9)]  # noqa: DTZ001
    assert check(table(SESSION | {"starts_at": "2026-09-01 09:00:30"}), SESSIONS)["starts_at"].to_list() == [
        datetime(2026, 9, 1, 9, 0, 30)  # noqa: DTZ001
    ]
    assert faults(table(SESSION | {"ends_at": "2026-09-01T09:00"}), SESSIONS) == [
        "sessions, row 1, column ends_at: starts_at 2026-09-01 09:00:00, ends_at 2026-09-01 09:00:00: "
        "expected a time after starts_at"
    ]


def test_doubled_id_names_the_row_where_it_stood_first():
    frame = table(SEEKER, SEEKER | {"seeker_id": "P2"}, SEEKER)
    assert faults(frame, SEEKERS) == [
        "seekers, row 3, column seeker_id: 'P1': stands already in row 1; expected each once"
    ]


def test_doubled_number_as_id():
    frame = pl.DataFrame({"opportunity_id": [7, 7], "capacity": [1, 2]})
    assert faults(frame, CAPACITY) == [
        "capacity, row 2, column opportunity_id: 7: stands already in row 1; expected each once"
    ]


def test_doubled_pair():
    assert faults(table(PAIR, PAIR), PAIRS) == [
        "pairs, row 2, column person_id and opportunity_id: P1, J1: stands already in row 1; expected each once"
    ]


@pytest.mark.parametrize(
    ("score", "shown"), [(1.7, "1.7"), (-0.1, "-0.1"), (float("nan"), "NaN"), (float("inf"), "inf")]
)
def test_score_outside_its_range_or_no_number(score, shown):
    assert [fault.lower() for fault in faults(table(PAIR | {"score": score}), PAIRS)] == [
        f"pairs, row 1, column score: {shown.lower()}: expected a number from 0 to 1"
    ]


@pytest.mark.parametrize("score", ["1.7", "NaN", "inf", "a lot", "0,5"])
def test_score_as_text_is_shown_as_it_was_written(score):
    shown = score if score == "1.7" else repr(score)
    assert faults(table(PAIR | {"score": score}), PAIRS) == [
        f"pairs, row 1, column score: {shown}: expected a number from 0 to 1"
    ]


@pytest.mark.parametrize("score", [0, 1, 0.0, 1.0, "0", "1"])
def test_score_at_its_limits(score):
    assert check(table(PAIR | {"score": score}), PAIRS)["score"].to_list() == [float(score)]


def test_score_of_single_precision_is_a_number():
    frame = table(PAIR).with_columns(pl.col("score").cast(pl.Float32))
    assert check(frame, PAIRS)["score"].to_list() == [0.5]


@pytest.mark.parametrize("value", ["2.5", 2.5, "two"])
def test_whole_number(value):
    shown = repr(value) if isinstance(value, str) else "2.5"
    assert faults(table({"opportunity_id": "J1", "capacity": value}), CAPACITY) == [
        f"capacity, row 1, column capacity: {shown}: "
        "expected a whole number from 0 to 2147483647 recommendations or places"
    ]


def test_whole_number_as_a_float_is_whole():
    assert check(table({"opportunity_id": "J1", "capacity": 3.0}), CAPACITY)["capacity"].to_list() == [3]


def test_value_that_is_not_allowed():
    assert faults(table(SEEKER | {"education": "大专"}), SEEKERS) == [
        "seekers, row 1, column education: '大专': expected one of junior, secondary, college, bachelor, master, doctor"
    ]


@pytest.mark.parametrize("empty", [None, "", "   "])
def test_empty_cell_where_a_value_is_needed(empty):
    frame = pl.DataFrame([POSTING, POSTING | {"posting_id": "J2", "title": empty}])
    assert faults(frame, POSTINGS) == ["postings, row 2, column title: empty; expected text"]


def test_empty_list_where_one_is_needed():
    frame = pl.DataFrame({"vacancy_id": ["V1"], "posting_ids": [[]], "headcount": [1]})
    assert faults(frame, VACANCIES) == ["vacancies, row 1, column posting_ids: empty; expected list of text"]


def test_lists_lose_white_space_and_empty_parts():
    frame = table({"vacancy_id": "V1", "posting_ids": " J1 | |J2", "headcount": 1})
    assert check(frame, VACANCIES)["posting_ids"].to_list() == [["J1", "J2"]]


def test_column_of_another_type():
    frame = table(SEEKER).with_columns(graduated_on=pl.lit(20260301), skills=pl.lit(1.5))
    assert faults(frame, SEEKERS) == [
        "seekers, column graduated_on: holds int32, expected a date (ISO 8601, such as 2026-03-01)",
        "seekers, column skills: holds float64, expected list of text",
    ]


def test_ids_keep_their_type_and_are_never_guessed():
    texts = check(pl.DataFrame({"opportunity_id": ["007", "7"], "capacity": ["1", "1"]}), CAPACITY)
    assert texts["opportunity_id"].to_list() == ["007", "7"]
    numbers = check(pl.DataFrame({"opportunity_id": [7, 8], "capacity": [1, 1]}), CAPACITY)
    assert (numbers["opportunity_id"].dtype, numbers["opportunity_id"].to_list()) == (pl.Int64, [7, 8])


def test_fractions_are_no_ids():
    frame = pl.DataFrame({"opportunity_id": [7.0], "capacity": [1]})
    assert faults(frame, CAPACITY) == ["capacity, column opportunity_id: holds float64, expected an id"]


def test_hired_above_headcount():
    frame = table({"vacancy_id": "V1", "posting_ids": "J1", "headcount": 2, "hired": 3})
    assert faults(frame, VACANCIES) == [
        "vacancies, row 1, column hired: hired 3, headcount 2: expected at most headcount"
    ]


def test_valid_through_before_posted_on():
    frame = table(POSTING | {"posted_on": "2026-09-02", "valid_through": "2026-09-01"})
    assert faults(frame, POSTINGS) == [
        "postings, row 1, column valid_through: posted_on 2026-09-02, valid_through 2026-09-01: "
        "expected a day not before posted_on"
    ]


def test_a_span_of_no_characters():
    frame = table(
        {"posting_id": "J1", "rule_id": "F1", "tier": "T1", "start": 4, "end": 4, "fact": "x", "legal_basis": "y"}
    )
    assert faults(frame, FINDINGS) == [
        "findings, row 1, column end: start 4, end 4: expected end after start, or both 0 where something is missing"
    ]


def test_every_fault_of_a_row_is_reported_once():
    frame = table(SEEKER | {"education": "none", "graduated_on": "x", "priority": "2", "experience_years": "-1"})
    assert [fault.split(":")[0] for fault in faults(frame, SEEKERS)] == [
        "seekers, row 1, column education",
        "seekers, row 1, column graduated_on",
        "seekers, row 1, column experience_years",
        "seekers, row 1, column priority",
    ]


@pytest.mark.parametrize("count", [99, 100, 101, 1234])
def test_a_hundred_faults_are_shown_and_the_rest_counted(count):
    frame = pl.DataFrame({"opportunity_id": [f"J{n}" for n in range(count)], "capacity": ["-1"] * count})
    with pytest.raises(InvalidTable) as caught:
        check(frame, CAPACITY)
    lines = str(caught.value).splitlines()
    assert caught.value.count == count
    assert len(caught.value.violations) == min(count, 100)
    assert lines[0].startswith("capacity, row 1, column capacity: -1: expected a whole number")
    if count > 100:
        assert lines[-1] == f"… and {count - 100:,} more; {count:,} in all."
    assert len(lines) == min(count, 100) + (count > 100)


def test_a_hundred_broken_rules_and_doubled_keys_are_counted_too():
    wages = pl.DataFrame({"posting_id": [f"J{n}" for n in range(150)], "title": "x", "wage_min": 2, "wage_max": 1})
    with pytest.raises(InvalidTable) as caught:
        check(wages, POSTINGS)
    assert (caught.value.count, len(caught.value.violations)) == (150, 100)
    doubled = pl.DataFrame({"opportunity_id": ["J"] * 151, "capacity": 1})
    with pytest.raises(InvalidTable) as caught:
        check(doubled, CAPACITY)
    assert (caught.value.count, len(caught.value.violations)) == (150, 100)


def test_long_values_are_cut():
    fault = faults(table(SEEKER | {"education": "x" * 500}), SEEKERS)[0]
    assert f"'{'x' * 58}…: expected" in fault
    assert len(fault) < 200


def test_rows_are_counted_from_the_number_that_is_given():
    with pytest.raises(InvalidTable, match=r"^seekers.csv, row 2, column education"):
        check(table(SEEKER | {"education": "x"}), SEEKERS, table="seekers.csv", first_row=2)


def test_a_table_without_rows_is_a_table():
    assert check(SEEKERS.empty(), SEEKERS).height == 0


def test_sift_puts_bad_rows_aside_with_every_reason():
    frame = table(
        POSTING,
        {"posting_id": "J2", "title": None, "wage_min": -5.0},
        {"posting_id": "J3", "title": "x", "wage_min": 9.0, "wage_max": 8.0},
        {"posting_id": "J1", "title": "again"},
    )
    sifted = sift(frame, POSTINGS)
    assert sifted.table["posting_id"].to_list() == ["J1"]
    assert sifted.table.columns == POSTINGS.names
    assert [(violation.row, violation.column) for violation in sifted.violations] == [
        (2, "title"), (2, "wage_min"), (3, "wage_min"), (4, "posting_id"),
    ]  # fmt: skip


def test_sift_keeps_more_than_a_hundred_reasons():
    frame = pl.DataFrame({"opportunity_id": [f"J{n}" for n in range(150)], "capacity": [-1] * 149 + [3]})
    sifted = sift(frame, CAPACITY)
    assert (len(sifted.violations), sifted.table["opportunity_id"].to_list()) == (149, ["J149"])


@pytest.mark.parametrize("rows", [0, 1])
def test_sift_stops_at_a_fault_of_a_whole_column(rows):
    frame = pl.DataFrame({"opportunity_id": ["J1"] * rows}, schema={"opportunity_id": pl.String})
    with pytest.raises(InvalidTable) as caught:
        sift(frame, CAPACITY)
    assert str(caught.value) == "capacity, column capacity: the column is missing; the table has: opportunity_id"


def test_a_foreign_column_may_have_any_name():
    frame = table({"__row__": "9", "__first__": "x", "opportunity_id": "J1", "capacity": "2"})
    assert check(frame, CAPACITY).rows() == [("J1", 2, None)]


def test_marks_that_no_eye_sees_make_no_other_id():
    frame = pl.DataFrame(
        {"opportunity_id": ["J1", "\ufeffJ1", "J2", " \u200bJ2\u200e ", "\u200b"], "capacity": ["1"] * 5}
    )
    sifted = sift(frame, CAPACITY)
    assert sifted.table["opportunity_id"].to_list() == ["J1", "J2"]
    assert [(each.row, each.expected.partition(";")[0]) for each in sifted.violations] == [
        (2, "stands already in row 1"), (4, "stands already in row 3"), (5, "expected an id"),
    ]  # fmt: skip
