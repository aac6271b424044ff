"""Tables as files: what comes back, and what is said of a file that cannot be read or written."""

from __future__ import annotations

import contextlib
import os
import resource
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from talentcity.errors import InvalidTable, UnreadableFile
from talentcity.tables import (
    CAPACITY,
    POSTINGS,
    SCHEMAS,
    SEEKERS,
    SESSIONS,
    VACANCIES,
    Column,
    Kind,
    Schema,
    check,
    read_frame,
    read_table,
    replacing,
    write_table,
)
from talentcity.tables.files import ENDINGS, staged

ROOT, NOBODY = 0, 65534


@contextlib.contextmanager
def rights(path: Path, mode: int):
    """`path` has these rights only; whoever runs the tests as root is nobody meanwhile."""
    before, root = path.stat().st_mode, os.geteuid() == ROOT
    path.chmod(mode)
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(ROOT)
        path.chmod(before)


def message(read, *arguments) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(*arguments)
    return str(caught.value)


def csv(tmp_path: Path, text: str | bytes, name: str = "capacity.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# reading


def test_csv_is_read_as_text_and_then_as_the_schema_says(tmp_path):
    path = csv(tmp_path, "opportunity_id,capacity\n007,3\n7,4\n")
    assert read_table(path, CAPACITY).rows() == [("007", 3, None), ("7", 4, None)]


def test_rows_of_a_csv_are_counted_with_its_header_and_the_file_is_named(tmp_path):
    path = csv(tmp_path, "opportunity_id,capacity\nJ1,-1\n")
    with pytest.raises(InvalidTable) as caught:
        read_table(path, CAPACITY)
    assert str(caught.value) == (
        "capacity.csv, row 2, column capacity: -1: "
        "expected a whole number from 0 to 2147483647 recommendations or places"
    )


def test_rows_of_a_parquet_file_are_counted_from_one(tmp_path):
    path = tmp_path / "capacity.parquet"
    pl.DataFrame({"opportunity_id": ["J1"], "capacity": [-1]}).write_parquet(path)
    with pytest.raises(InvalidTable, match=r"^capacity\.parquet, row 1, column capacity: -1: "):
        read_table(path, CAPACITY)


def test_byte_order_mark_and_windows_line_ends_and_blank_lines_at_the_end_do_no_harm(tmp_path):
    path = csv(tmp_path, "\ufeffopportunity_id,capacity\r\nJ1,3\r\n\r\n\r\n")
    assert read_table(path, CAPACITY).rows() == [("J1", 3, None)]


def test_blank_line_in_the_middle_is_a_row_without_an_id(tmp_path):
    path = csv(tmp_path, "opportunity_id,capacity\nJ1,3\n\nJ2,4\n")
    with pytest.raises(InvalidTable, match=r"^capacity\.csv, row 3, column opportunity_id: empty; expected an id\n"):
        read_table(path, CAPACITY)


def test_header_without_rows_is_a_table(tmp_path):
    assert read_table(csv(tmp_path, "opportunity_id,capacity\n"), CAPACITY).height == 0


def test_no_such_file(tmp_path):
    path = tmp_path / "absent.csv"
    assert message(read_frame, path) == f"{path}: there is no such file."


def test_folder_instead_of_a_file(tmp_path):
    path = tmp_path / "folder.csv"
    path.mkdir()
    assert message(read_frame, path) == f"{path} is a folder; expected a file."


@pytest.mark.parametrize("name", ["empty.csv", "empty.parquet"])
def test_empty_file(tmp_path, name):
    path = csv(tmp_path, b"", name)
    assert message(read_frame, path) == f"{path} is empty (0 bytes); expected a table with a header."


def test_file_of_blank_lines(tmp_path):
    path = csv(tmp_path, "\n\n")
    assert message(read_frame, path) == f"{path} holds no rows and no header; expected the names of the columns."


@pytest.mark.parametrize(("name", "shown"), [("table.txt", ".txt"), ("table", "(none)"), ("table.csv.gz", ".gz")])
def test_wrong_ending(tmp_path, name, shown):
    path = csv(tmp_path, "a,b\n", name)
    expected = f"{path}: the ending {shown} is not known; expected one of .parquet, .csv, .xlsx, .jsonl."
    assert message(read_frame, path) == expected
    assert message(write_table, CAPACITY.empty(), path) == expected


def test_ending_may_be_in_capitals(tmp_path):
    assert read_frame(csv(tmp_path, "a,b\n1,2\n", "TABLE.CSV")).rows() == [("1", "2")]


@pytest.mark.parametrize("length", [3, 100, -1])
def test_broken_parquet(tmp_path, length):
    path = tmp_path / "capacity.parquet"
    write_table(pl.DataFrame({"opportunity_id": ["J1"], "capacity": [1]}), path)
    path.write_bytes(path.read_bytes()[:length])
    assert message(read_frame, path) == (
        f"{path} is not a whole Parquet file; it may be cut short or have the wrong ending. Export it again."
    )


def test_csv_called_parquet(tmp_path):
    path = csv(tmp_path, "opportunity_id,capacity\nJ1,3\n", "capacity.parquet")
    assert message(read_frame, path).startswith(f"{path} is not a whole Parquet file;")


@pytest.mark.parametrize(("row", "cells"), [("J1,3,4", 3), ("J1", 1)])
def test_ragged_csv(tmp_path, row, cells):
    path = csv(tmp_path, f"opportunity_id,capacity\nJ0,1\n{row}\n")
    assert message(read_frame, path) == (
        f"{path}: row 3 has {cells} cells and the header has 2; expected as many in each row. "
        "A cell that holds a comma or a line break stands in quotation marks."
    )


def test_column_that_stands_twice(tmp_path):
    path = csv(tmp_path, "opportunity_id,capacity,capacity\nJ1,3,4\n")
    assert (
        message(read_frame, path) == f"{path}: the columns B and C are all called 'capacity'; expected each name once."
    )


def test_unreadable_file(tmp_path):
    path = csv(tmp_path, "a,b\n")
    with rights(path, 0):
        assert message(read_frame, path) == f"{path} cannot be read: Permission denied."


def test_unreadable_folder(tmp_path):
    path = csv(tmp_path, "a,b\n")
    with rights(tmp_path, 0):
        assert message(read_frame, path) == f"{path} cannot be read: Permission denied."


def test_file_under_a_file_is_no_such_file_but_a_message(tmp_path):
    path = csv(tmp_path, "a,b\n", "a.csv") / "b.csv"
    assert message(read_frame, path) == f"{path} cannot be read: Not a directory."


# writing


def test_folders_are_made_and_an_older_file_is_replaced(tmp_path):
    path = tmp_path / "new" / "deep" / "capacity.parquet"
    for capacity in (1, 2):
        write_table(pl.DataFrame({"opportunity_id": ["J1"], "capacity": [capacity]}), path)
    assert read_table(path, CAPACITY)["capacity"].to_list() == [2]
    assert [each.name for each in path.parent.iterdir()] == ["capacity.parquet"]


def test_folder_in_the_way(tmp_path):
    path = tmp_path / "out.csv"
    path.mkdir()
    assert message(write_table, CAPACITY.empty(), path) == f"{path} is a folder; expected the name of a file to write."
    assert list(tmp_path.iterdir()) == [path]


def test_output_under_a_file_cannot_be_written(tmp_path):
    path = csv(tmp_path, "x", "file") / "out.csv"
    assert message(write_table, CAPACITY.empty(), path) == f"{path} cannot be written: File exists."


def test_unwritable_folder(tmp_path):
    path = tmp_path / "out.csv"
    with rights(tmp_path, 0o500):
        assert message(write_table, CAPACITY.empty(), path) == f"{path} cannot be written: Permission denied."
    assert list(tmp_path.iterdir()) == []


def test_nothing_half_written_is_left_and_the_older_file_stays(tmp_path):
    path = csv(tmp_path, "old")

    class Full(Exception):
        pass

    def write():
        with replacing(path) as beside:
            beside.write_text("half a tab")
            raise Full

    with pytest.raises(Full):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_full_disk_is_a_message(tmp_path):
    path = csv(tmp_path, "old")

    def write():
        with replacing(path) as beside:
            beside.write_text("half a tab")
            raise OSError(28, "No space left on device")

    assert message(write) == f"{path} cannot be written: No space left on device."
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_staged_tables_appear_only_when_the_block_ends_well(tmp_path):
    path = tmp_path / "capacity.csv"
    frame = pl.DataFrame({"opportunity_id": ["J1"], "capacity": [3]})
    with pytest.raises(KeyError), staged(frame, path):
        raise KeyError("anything")
    assert list(tmp_path.iterdir()) == []
    with staged(frame, path):
        assert not path.exists()
    assert path.read_text() == "opportunity_id,capacity\nJ1,3\n"


def test_sign_of_lists_inside_a_part_is_refused_in_csv_and_kept_in_parquet(tmp_path):
    frame = check(pl.DataFrame({"vacancy_id": ["V"], "posting_ids": [["a|b"]], "headcount": [1]}), VACANCIES)
    path = tmp_path / "v.csv"
    assert message(write_table, frame, path) == (
        f"{path} cannot be written: column posting_ids holds 'a|b', and | separates the parts of a list outside "
        "Parquet. Write a .parquet file instead."
    )
    assert list(tmp_path.iterdir()) == []
    write_table(frame, tmp_path / "v.parquet")
    assert_frame_equal(read_table(tmp_path / "v.parquet", VACANCIES), frame)


def test_lists_dates_and_times_come_back_from_csv(tmp_path):
    moments = [datetime(2026, 9, 1, 9, 30), datetime(2026, 9, 1, 9, 30, 15, 250_000)]  # noqa: DTZ001
    sessions = pl.DataFrame(
        {"session_id": ["S"], "kind": "course", "district": "x", "starts_at": moments[:1], "ends_at": moments[1:],
         "places": 3}
    )  # fmt: skip
    write_table(check(sessions, SESSIONS), tmp_path / "s.csv")
    assert read_table(tmp_path / "s.csv", SESSIONS).row(0)[4:6] == tuple(moments)
    seekers = pl.DataFrame(
        {"seeker_id": ["P"], "education": "college", "district": "x", "skills": [["python", "焊接"]],
         "graduated_on": [date(2026, 7, 1)]}
    )  # fmt: skip
    write_table(check(seekers, SEEKERS), tmp_path / "p.csv")
    back = read_table(tmp_path / "p.csv", SEEKERS)
    assert (back["skills"].to_list(), back["graduated_on"].to_list()) == ([["python", "焊接"]], [date(2026, 7, 1)])


def test_whole_numbers_as_ids_keep_their_type_in_parquet(tmp_path):
    frame = check(pl.DataFrame({"opportunity_id": [7], "capacity": [3]}), CAPACITY)
    write_table(frame, tmp_path / "c.parquet")
    assert read_table(tmp_path / "c.parquet", CAPACITY)["opportunity_id"].dtype == pl.Int64
    write_table(frame, tmp_path / "c.csv")
    assert read_table(tmp_path / "c.csv", CAPACITY)["opportunity_id"].to_list() == ["7"]


# any table that fits its schema survives


words = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=8).filter(lambda word: word.strip())
texts = st.text(st.characters(exclude_categories=("C",), include_characters="\n,\"'"), min_size=1, max_size=20).filter(
    lambda text: text.strip()
)
parts = words.map(str.strip).filter(lambda word: "|" not in word)


def values(column: Column) -> st.SearchStrategy[object]:
    numbers = {"min_value": column.low or 0, "max_value": column.high or 1e9}
    by_kind = {
        Kind.ID: words.map(str.strip),
        Kind.TEXT: st.sampled_from(column.allowed) if column.allowed else texts,
        Kind.WHOLE: st.integers(int(column.low or 0), int(column.high or 10**9)),
        Kind.NUMBER: st.floats(**numbers, allow_subnormal=False),
        Kind.DATE: st.dates(date(1900, 1, 1), date(2100, 12, 31)),
        Kind.MOMENT: st.datetimes(datetime(1900, 1, 1), datetime(2100, 12, 31)),  # noqa: DTZ001
        Kind.LIST: st.lists(parts, min_size=0 if column.default is not None else 1, max_size=3),
    }
    return st.none() | by_kind[column.kind] if column.nullable else by_kind[column.kind]


@st.composite
def tables(draw) -> tuple[Schema, pl.DataFrame]:
    schema = draw(st.sampled_from(list(SCHEMAS.values())))
    rows = draw(st.lists(st.fixed_dictionaries({c.name: values(c) for c in schema.columns}), max_size=4))
    frame = pl.DataFrame(rows, schema={column.name: column.dtype for column in schema.columns})
    if schema.key:
        frame = frame.unique(schema.key, keep="first", maintain_order=True)
    for column in schema.columns:
        if column.unique:
            frame = frame.unique(column.name, keep="first", maintain_order=True)
    for rule in schema.rules:
        frame = frame.filter(~rule.broken().fill_null(False))
    return schema, frame


@pytest.mark.parametrize("ending", ENDINGS)
@given(tables())
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40, deadline=None
)
def test_any_table_that_fits_its_schema_survives_a_file(tmp_path, ending, drawn):
    schema, frame = drawn
    checked = check(frame, schema)
    assert_frame_equal(checked, frame)
    write_table(frame, tmp_path / f"table{ending}")
    assert_frame_equal(read_table(tmp_path / f"table{ending}", schema), frame)


def test_postings_text_keeps_every_sign(tmp_path):
    text = '第一行\n第二行,"引号"\r\n  缩进 |竖线\ttab'
    frame = check(pl.DataFrame({"posting_id": ["J"], "title": [" 会计 "], "text": [text]}), POSTINGS)
    for ending in ENDINGS:
        write_table(frame, tmp_path / f"p{ending}")
        back = read_table(tmp_path / f"p{ending}", POSTINGS)
        assert (back["title"].to_list(), back["text"].to_list()) == ([" 会计 "], [text])


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_disk_that_takes_no_more_is_said_and_nothing_is_left(tmp_path, ending):
    path = tmp_path / f"big{ending}"
    frame = pl.DataFrame({"opportunity_id": [f"J{at * 7919 % 10007}" for at in range(10_000)]})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        said = message(write_table, frame, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert said.startswith(f"{path} cannot be written: File too large")
    assert list(tmp_path.iterdir()) == []
