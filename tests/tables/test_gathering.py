"""Tables that come in parts are written as those that come at once."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl
import pytest

from talentcity.errors import UnreadableFile
from talentcity.tables import write_table
from talentcity.tables.gathering import reasons_of, refused_rows, spool
from talentcity.tables.parts import Part

FRAME = pl.DataFrame(
    {
        "id": ["007", "8", "9"],
        "n": [1.5, None, 3.0],
        "at": [datetime.combine(date(2026, 3, 1), time(9, 30)), None, datetime.combine(date(2026, 3, 2), time(10))],
        "on": [date(2026, 3, 1), None, date(2026, 3, 2)],
        "words": [["a", "b, c"], [], None],
        "text": ['say "x"', "two\nlines", ""],
    }
)


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl", ".xlsx"])
def test_in_parts_as_at_once(tmp_path, ending):
    write_table(FRAME, tmp_path / f"once{ending}")
    path = tmp_path / f"parts{ending}"
    with spool(path) as parts:
        for start in range(3):
            parts.add(FRAME.slice(start, 1))
        with parts.staged(path):
            assert not path.exists()
    if ending == ".parquet":
        assert pl.read_parquet(path).equals(FRAME)
    else:
        assert path.read_bytes() == (tmp_path / f"once{ending}").read_bytes()
    assert {each.name for each in tmp_path.iterdir()} == {f"once{ending}", f"parts{ending}"}


def written(path, frame):
    with spool(path) as parts:
        parts.add(frame)
        with parts.staged(path):
            pass


def test_what_is_not_finished_leaves_nothing(tmp_path):
    path = tmp_path / "t.csv"

    def broken_off():
        with spool(path) as parts:
            parts.add(FRAME)
            with parts.staged(path):
                raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    path = tmp_path / "t.csv"
    with spool(path) as parts:
        parts.add(FRAME.clear())
        parts.add(FRAME.clear())
        with parts.staged(path):
            pass
    assert path.read_text(encoding="utf-8") == "id,n,at,on,words,text\n"


def test_a_list_whose_part_holds_the_separator_is_refused_in_csv(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        written(tmp_path / "t.csv", pl.DataFrame({"words": [["a|b"]]}))
    assert "column words holds 'a|b'" in str(caught.value)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".xlsx"])
@pytest.mark.parametrize(
    ("value", "said"), [(b"x", "Binary"), ({"a": 1}, "Struct({'a': Int64})"), ([1], "List(Int64)")]
)
def test_what_parquet_alone_can_hold_is_refused_elsewhere(tmp_path, ending, value, said):
    frame = pl.DataFrame({"id": ["7"], "odd": [value]})
    path = tmp_path / f"out{ending}"
    expected = f"{path} cannot be written: column odd holds {said}, which Parquet alone can hold. Write a .parquet file"
    with pytest.raises(UnreadableFile) as at_once:
        write_table(frame, path)
    with pytest.raises(UnreadableFile) as in_parts:
        written(path, frame)
    assert str(at_once.value) == str(in_parts.value) == f"{expected} instead."
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UnreadableFile, match="cannot be written"):
        written(tmp_path / "file" / "t.csv", FRAME)


def test_refused_rows_stand_as_they_stood_in_whatever_part(tmp_path):
    refused = pl.DataFrame(
        [(3, "title", None, "empty"), (5, "n", "'x'", "expected a number"), (5, "title", None, "empty")],
        schema=["row", "column", "value", "reason"], orient="row",
    )  # fmt: skip
    parts = [
        Part(pl.DataFrame({"job": ["a", None], "n": ["1", "2"]}), 2),
        Part(pl.DataFrame({"job": ["b", None], "n": ["3", "x"]}), 4),
    ]
    found = pl.concat(refused_rows(parts, reasons_of(refused, {"title": "title (job)", "n": "n"}.get).lazy()))
    assert found.rows(named=True) == [
        {"refused_row": 3, "refused_because": "title (job): empty", "job": None, "n": "2"},
        {
            "refused_row": 5,
            "refused_because": "(1) n: 'x': expected a number (2) title (job): empty",
            "job": None,
            "n": "x",
        },
    ]
