"""JSON lines: what is read, and what is refused with its line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from talentcity.errors import UnreadableFile
from talentcity.tables import CAPACITY, FINDINGS, jsonlines, read_frame, read_parts, read_table, write_table


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "lines.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def message(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_frame(path)
    return str(caught.value).removeprefix(f"{path}: ")


def test_values_are_text_as_they_are_written(tmp_path):
    path = written(
        tmp_path,
        '\ufeff{"id": "007", "n": 7, "x": 7.50, "big": 911101087178099001, "yes": true, "no": null}\n'
        '{"id": 7, "list": ["a", 1, null, false], "text": "两\\n行", "empty": [], "x": 1e3}',
    )
    assert read_frame(path).rows(named=True) == [
        {"id": "007", "n": "7", "x": "7.50", "big": "911101087178099001", "yes": "true", "no": None, "list": None,
         "text": None, "empty": None},
        {"id": "7", "n": None, "x": "1e3", "big": None, "yes": None, "no": None, "list": "a|1|false",
         "text": "两\n行", "empty": ""},
    ]  # fmt: skip


def test_every_part_has_the_keys_of_the_whole_file(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonlines, "_AT_ONCE", 1)
    path = written(tmp_path, '{"a": 1}\n{"a": 2}\n{"b": 3}\n')
    assert [(part.first_row, part.frame.rows(named=True)) for part in read_parts(path, rows=2)] == [
        (1, [{"a": "1", "b": None}]), (2, [{"a": "2", "b": None}]), (3, [{"a": None, "b": "3"}])
    ]  # fmt: skip


def test_blank_lines_count_as_rows_without_values_and_say_nothing_at_the_end(tmp_path):
    assert read_frame(written(tmp_path, '\n{"a": 1}\r\n  \n{"a": 2}\n\n\n'))["a"].to_list() == [None, "1", None, "2"]


def test_a_file_without_lines_is_a_table_without_rows(tmp_path):
    assert read_table(written(tmp_path, ""), CAPACITY).equals(CAPACITY.empty())
    write_table(FINDINGS.empty(), tmp_path / "none.jsonl")
    assert read_table(tmp_path / "none.jsonl", FINDINGS).equals(FINDINGS.empty())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "is a JSON array; expected one object a line, without brackets around them and without commas between"),
        ("[", "is a JSON array; expected one object a line"),
        ('{"a": 1', "is not JSON (Expecting ',' delimiter); expected one whole object."),
        ("{'a': 1}", "is not JSON (Expecting property name enclosed in double quotes); expected one whole object."),
        ('{"a": 1},', "is not JSON (Extra data); expected one whole object."),
        ('"x"', 'holds "x"; expected an object, such as {"id": "7"}.'),
        ('{"a":' * 50_000, "is not JSON (too many brackets in each other); expected one whole object."),
    ],
)
def test_a_line_that_is_no_object(tmp_path, line, said):
    assert message(written(tmp_path, f'{{"a": 0}}\n\n{line}\n')).startswith(f"line 3 {said}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"a": 1, "b": 2, "a": 3}', "key a stands twice; expected it once."),
        ('{"a": {"b": 1}}', "key a: an object in the object; expected a text, a number or a list of texts."),
        ('{"a": [{"b": 1}]}', "key a: an object in the object; expected a text, a number or a list of texts."),
        ('{"a": [["b"]]}', "key a: a list in a list; expected texts without |."),
        ('{"a": ["b|c"]}', "key a: 'b|c' in a list; expected texts without |."),
        ('{"a": NaN}', "NaN is not JSON; expected a number, or null where there is none."),
        ('{"a": "\\ud800"}', "key a: a NUL character or half a character; expected text."),
        ('{"a": "x\\u0000"}', "key a: a NUL character or half a character; expected text."),
    ],
)
def test_an_object_that_is_no_record(tmp_path, line, said):
    assert message(written(tmp_path, f'{{"a": 0}}\n{line}\n')) == f"line 2, {said}"


def test_text_that_is_not_utf8(tmp_path):
    path = written(tmp_path, '{"a": 0}\n{"a": "岗位"}\n'.encode("gbk"))
    assert message(path) == "line 2 is not UTF-8 text, as JSON lines are."


def test_a_cell_of_a_million_characters_is_read_and_one_more_refused(tmp_path):
    def cell(length: int) -> Path:
        return written(tmp_path, f'{{"a": 0}}\n{{"a": 1, "text": "{"字" * length}"}}\n')

    assert read_frame(cell(1_000_000))["text"].str.len_chars().to_list() == [None, 1_000_000]
    said = "row 2, column text: the cell has more than 1,000,000 characters; expected at most so many."
    assert message(cell(1_000_001)) == said


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ('{"id": "7", "te\\"xt" : "', 'row 1, column te\\"xt: the cell has more than 1,000,000 characters;'),
        ('{"id": "7", "list": ["a", "', "row 1, column list: the cell has more than 1,000,000 characters;"),
        ("x", "line 1 has more than 16 MiB; expected at most so much."),
    ],
)
def test_a_cell_of_200_megabytes_is_refused_by_row_and_column(tmp_path, start, said):
    path = written(tmp_path, start)
    with path.open("ab") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    assert message(path).startswith(said)


def test_a_file_whose_keys_are_its_data_is_refused(tmp_path):
    lines = "".join(f'{{"K{at}": "x"}}\n' for at in range(2_000))
    assert message(written(tmp_path, lines)) == (
        "up to line 1001 there are more than 1,000 different keys; expected the names of columns, the same in each "
        "line."
    )


def test_long_lines_come_in_smaller_frames(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonlines, "MOST_CHARACTERS", 40)
    path = written(tmp_path, "".join(f'{{"id": "{at:010}"}}\n' for at in range(5)))
    assert [part.frame.height for part in read_parts(path)] == [2, 2, 1]


def test_lists_are_lists_days_are_iso_and_missing_values_are_null(tmp_path):
    frame = pl.DataFrame(
        {
            "id": ["007", "8"],
            "n": [3, None],
            "list": [["a", "b"], None],
            "day": [date(2026, 3, 1), None],
            "moment": [datetime.fromisoformat("2026-03-01T09:30:00.000005"), None],
        }
    )
    write_table(frame, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == (
        '{"id":"007","n":3,"list":["a","b"],"day":"2026-03-01","moment":"2026-03-01T09:30:00.000005"}\n'
        '{"id":"8","n":null,"list":null,"day":null,"moment":null}\n'
    )
    assert read_frame(tmp_path / "out.jsonl").rows() == [
        ("007", "3", "a|b", "2026-03-01", "2026-03-01T09:30:00.000005"),
        ("8", None, None, None, None),
    ]
