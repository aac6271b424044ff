"""A sheet read in parts is the sheet read at once, whatever the size of a part."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import UnreadableFile
from talentcity.tables import CAPACITY, EMPLOYERS, PAIRS, POSTINGS, write_table
from talentcity.tables.mapping import Mapping, Tally, gather, read_mapped_parts, read_plain_parts

MAPPING = """
[posting_id]
from = "no"
[title]
from = "job"
[wage_min]
from = "pay"
read = "wage"
[wage_max]
from = "pay"
read = "wage"
[refuse]
job = ["job"]
"""
cells = st.fixed_dictionaries(
    {
        "no": st.sampled_from(["1", "2", "3", "4", "５", "", None]),
        "job": st.sampled_from(["会计", "护士", "job", "", None]),
        "pay": st.sampled_from(["8千-1.1万", "面议", "9-8K", "50元/次", None]),
    }
)


def sheet(folder: Path, rows: list[dict[str, str | None]]) -> Path:
    path = folder / "sheet.parquet"
    write_table(pl.DataFrame(rows, schema=dict.fromkeys(("no", "job", "pay"), pl.String)), path)
    (folder / "sheet.toml").write_text(MAPPING, encoding="utf-8")
    return path


@settings(max_examples=25, deadline=None)
@given(st.lists(cells, max_size=9), st.integers(1, 4))
def test_in_parts_as_at_once(tmp_path_factory, rows, size):
    path = sheet(tmp_path_factory.mktemp("sheet"), rows)
    mapping = Mapping.load(path.with_suffix(".toml"), POSTINGS)
    once = gather(read_mapped_parts(path, POSTINGS, mapping), POSTINGS)
    parts = list(read_mapped_parts(path, POSTINGS, mapping, rows=size))
    assert all(part.rows <= size for part in parts)
    again = gather(parts, POSTINGS)
    assert again.table.equals(once.table)
    assert again.numbers.equals(once.numbers)
    assert again.refused.equals(once.refused)
    assert again.mended.drop("examples").equals(once.mended.drop("examples"))
    assert (again.rows, again.refused_rows, again.notes) == (once.rows, once.refused_rows, once.notes)
    assert again.repeated == once.repeated == once.rows - once.refused_rows - once.table.height


def test_an_id_of_an_earlier_part_is_refused_with_the_row_of_the_first(tmp_path):
    (tmp_path / "c.csv").write_text("opportunity_id,capacity\nJ1,3\nJ2,3\nJ1,4\nJ1,5\nJ3,1\n", encoding="utf-8")
    parts = list(read_plain_parts(tmp_path / "c.csv", CAPACITY, rows=2))
    assert [part.table["opportunity_id"].to_list() for part in parts] == [["J1", "J2"], [], ["J3"]]
    assert [part.numbers.to_list() for part in parts] == [[2, 3], [], [6]]
    assert parts[1].refused.rows() == [
        (4, "opportunity_id", "'J1'", "stands already in row 2; expected each once"),
        (5, "opportunity_id", "'J1'", "stands already in row 2; expected each once"),
    ]


def test_keys_of_two_columns_are_found_across_parts(tmp_path):
    rows = "P1,J1,0.5\nP1,J2,0.5\nP2,J1,0.5\nP1,J1,0.4\n"
    (tmp_path / "p.csv").write_text("person_id,opportunity_id,score\n" + rows, encoding="utf-8")
    done = gather(read_plain_parts(tmp_path / "p.csv", PAIRS, rows=1), PAIRS)
    assert done.refused.rows() == [
        (5, "person_id and opportunity_id", "P1, J1", "stands already in row 2; expected each once")
    ]


FIRM = '[employer_id]\nfrom = "firm"\n[name]\nfrom = "firm"\n[kind]\nfrom = "kind"\n[checked_on]\nfrom = "day"\n'


@pytest.mark.parametrize("size", [1, 2, 10])
def test_rows_alike_in_every_column_taken_are_one(tmp_path, size):
    rows = "云岭,employer,,1\n北山,employer,,2\n云岭,employer,,3\n云岭,agency,,4\n云岭,employer,,5\n"
    (tmp_path / "s.csv").write_text("firm,kind,day,row\n" + rows, encoding="utf-8")
    (tmp_path / "s.toml").write_text(FIRM, encoding="utf-8")
    done = gather(read_mapped_parts(tmp_path / "s.csv", EMPLOYERS, tmp_path / "s.toml", rows=size), EMPLOYERS)
    assert done.table["name"].to_list() == ["云岭", "北山"]
    assert done.numbers.to_list() == [2, 3]
    assert done.refused.rows() == [(5, "employer_id", "'云岭'", "stands already in row 2; expected each once")]
    assert (done.rows, done.repeated) == (5, 2)
    assert done.mended.rows()[0] == ("employer_id", "repeat an earlier row: taken once", 2, "")


def test_a_row_is_no_repeat_of_one_that_was_refused(tmp_path):
    rows = "云岭,employer,2026-02-30\n云岭,employer,\n云岭,employer,2026-02-30\n"  # what cannot be read is as if empty
    (tmp_path / "s.csv").write_text("firm,kind,day\n" + rows, encoding="utf-8")
    (tmp_path / "s.toml").write_text(FIRM, encoding="utf-8")
    done = gather(read_mapped_parts(tmp_path / "s.csv", EMPLOYERS, tmp_path / "s.toml", rows=1), EMPLOYERS)
    assert (done.table.height, done.refused_rows, done.repeated) == (0, 3, 0)


def test_a_row_with_a_fault_of_its_own_is_no_repeat(tmp_path):
    rows = "云岭,employer,\n云岭,employer,2026-02-30\n"
    (tmp_path / "s.csv").write_text("firm,kind,day\n" + rows, encoding="utf-8")
    (tmp_path / "s.toml").write_text(FIRM, encoding="utf-8")
    done = gather(read_mapped_parts(tmp_path / "s.csv", EMPLOYERS, tmp_path / "s.toml"), EMPLOYERS)
    assert (done.table.height, done.refused_rows, done.repeated) == (1, 1, 0)


def test_rows_of_our_own_table_are_not_merged(tmp_path):
    (tmp_path / "c.csv").write_text("opportunity_id,capacity\nJ1,3\nJ1,3\n", encoding="utf-8")
    done = gather(read_plain_parts(tmp_path / "c.csv", CAPACITY), CAPACITY)
    assert (done.table.height, done.refused_rows, done.repeated) == (1, 1, 0)


alike = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["employer", "agency", "shop"])), max_size=8)


@settings(max_examples=25, deadline=None)
@given(alike, st.integers(1, 4))
def test_repeats_by_their_definition(tmp_path_factory, rows, size):
    folder = tmp_path_factory.mktemp("sheet")
    text = "".join(f"{firm},{kind},\n" for firm, kind in rows)
    (folder / "s.csv").write_text("firm,kind,day\n" + text, encoding="utf-8")
    (folder / "s.toml").write_text(FIRM, encoding="utf-8")
    done = gather(read_mapped_parts(folder / "s.csv", EMPLOYERS, folder / "s.toml", rows=size), EMPLOYERS)
    first, taken, repeated = {}, [], 0
    for firm, kind in rows:
        if first.setdefault(firm, kind) != kind or kind == "shop":
            continue
        repeated += (firm, kind) in taken
        taken += [] if (firm, kind) in taken else [(firm, kind)]
    assert done.table.select("employer_id", "kind").rows() == taken
    assert (done.repeated, done.refused_rows) == (repeated, len(rows) - len(taken) - repeated)


def test_a_row_that_is_no_record_does_not_hold_its_id(tmp_path):
    rows = [{"no": "1", "job": "job", "pay": "面议"}, {"no": "1", "job": "会计", "pay": "面议"}]
    path = sheet(tmp_path, rows)
    done = gather(read_mapped_parts(path, POSTINGS, path.with_suffix(".toml")), POSTINGS)
    assert done.table["title"].to_list() == ["会计"]
    assert done.refused.select("row", "column").rows() == [(1, "job")]


def test_a_tally_counts_without_keeping_the_rows(tmp_path):
    good = {"no": "1", "job": "会计", "pay": "面议"}
    rows = [good, good, good | {"no": "2"}, good | {"no": "3", "job": ""}, good | {"no": "4", "pay": "50元/次"}]
    rows.append(good | {"job": "护士"})
    path = sheet(tmp_path, rows)
    tally = Tally(POSTINGS)
    for part in read_mapped_parts(path, POSTINGS, path.with_suffix(".toml"), rows=2):
        tally.add(part)
    assert (tally.rows, tally.refused_rows, tally.refusals, tally.repeated) == (6, 2, 2, 1)
    assert tally.reasons == {
        "posting_id: stands already in another row; expected each once": 1,
        "title: empty; expected text": 1,
    }
    assert tally.mended.rows() == [
        ("posting_id", "repeat an earlier row: taken once", 1, ""),
        ("wage_min", "negotiable: left empty", 2, "面议"),
        ("wage_min", "unread: left empty", 1, "9元/次"),
        ("wage_max", "negotiable: left empty", 2, "面议"),
        ("wage_max", "unread: left empty", 1, "9元/次"),
    ]


def test_the_examples_of_a_repair_are_those_of_the_part_that_has_most(tmp_path):
    pays = ["50元/次", "80元/单", "60元/单", "9元/件"]
    path = sheet(tmp_path, [{"no": str(at), "job": "会计", "pay": pay} for at, pay in enumerate(pays)])
    one = next(read_mapped_parts(path, POSTINGS, path.with_suffix(".toml"), rows=1))
    four = next(read_mapped_parts(path, POSTINGS, path.with_suffix(".toml")))
    for parts in ((one, four), (four, one)):
        assert gather(parts, POSTINGS).mended["examples"][0] == "9元/单, 9元/件, 9元/次"


def test_whoever_refuses_more_rows_has_them_counted_anew():
    tally = Tally(POSTINGS)
    schema = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
    refused = [
        (2, "employer_id", "'E1'", "unknown"),
        (2, "title", None, "empty"),
        (5, "employer_id", "'E2'", "unknown"),
    ]
    tally.recount(pl.DataFrame(refused, schema=schema, orient="row"))
    assert (tally.refused_rows, tally.refusals) == (2, 3)
    assert tally.reasons == {"employer_id: unknown": 2, "title: empty": 1}


def test_a_file_that_is_not_there_is_said_when_the_first_part_is_asked_for(tmp_path):
    with pytest.raises(UnreadableFile, match="there is no such file"):
        next(read_plain_parts(tmp_path / "absent.csv", CAPACITY))
