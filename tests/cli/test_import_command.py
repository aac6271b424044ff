"""talentcity import: into a file, with and without a mapping, with and without bad rows."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity import cli
from talentcity.tables import CAPACITY, POSTINGS, read_table

MAPPING = """
[posting_id]
row = "ad-"
[title]
from = "job"
[wage_min]
from = "pay"
read = "wage"
[wage_max]
from = "pay"
read = "wage"
"""
SHEET = "job,pay\n会计,8千-1.1万\n,1-2万\n焊工,面议\n护士,200元/天\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sheet.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    return tmp_path


def run(*words: str) -> int:
    return cli.main(["import", *words])


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"sheet.toml", "sheet.csv"}


def test_sheet_becomes_a_table_and_bad_rows_a_file(folder, capsys):
    status = run(
        "postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "postings.parquet"
    )
    assert status == 1
    assert read_table("postings.parquet", POSTINGS).select("posting_id", "title", "wage_min", "wage_max").rows() == [
        ("ad-2", "会计", 8000.0, 11000.0),
        ("ad-4", "焊工", None, None),
        ("ad-5", "护士", 4350.0, 4350.0),
    ]
    assert (folder / "bad.csv").read_text(encoding="utf-8") == (
        "refused_row,refused_because,job,pay\n3,title (job): empty; expected text,,1-2万\n"
    )
    assert capsys.readouterr().out.splitlines() == [
        "postings: 4 rows read, 1 refused, 3 rows -> postings.parquet",
        "  refused         1  title: empty; expected text",
        "  wage_min, wage_max: 1 converted to a month: days x 21.75 (such as 9元/天)",
        "  wage_min, wage_max: 1 negotiable: left empty (such as 面议)",
        "  wage_min, wage_max: 1 period not stated: taken as a month's (such as 9千-9.9万)",
        "The refused rows are in bad.csv: mend them there and import that file like the first.",
    ]


def test_one_bad_row_and_nothing_is_written(folder, capsys):
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--out", "postings.parquet") == 2
    assert capsys.readouterr().err == (
        "talentcity import: sheet.csv, row 3, column title: empty; expected text\n"
        "sheet.csv: 1 of 4 rows cannot be read; --skip-bad FILE puts them aside.\n"
    )
    assert names(folder) == set()


def test_many_bad_rows_are_counted(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\n" + "".join(f"J{n},-1\n" for n in range(250)))
    assert run("capacity", "c.csv", "--out", "out.csv") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 103
    assert lines[-3:] == [
        "… and 150 more; 250 in all.",
        "c.csv: 250 of 250 rows cannot be read; --skip-bad FILE puts them aside.",
        "Other headings, dates such as 2026/3/1 and wages in words are read with --mapping; "
        "`talentcity import --suggest c.csv` proposes one.",
    ]


def test_bad_rows_of_our_own_table_are_put_aside(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\n007,3\nJ2,-1\n007,4\n")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "out.csv") == 1
    assert read_table("out.csv", CAPACITY).rows() == [("007", 3, None)]
    assert pl.read_csv("bad.csv", infer_schema=False).rows() == [
        ("3", "capacity: -1: expected a whole number from 0 to 2147483647 recommendations or places", "J2", "-1"),
        ("4", "opportunity_id: '007': stands already in row 2; expected each once", "007", "4"),
    ]
    assert capsys.readouterr().out.splitlines()[0] == "capacity: 3 rows read, 2 refused, 1 rows -> out.csv"


def test_a_good_table_with_skip_bad_leaves_an_empty_list_of_refusals(folder):
    (folder / "c.csv").write_text("opportunity_id,capacity\nJ1,3\n")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "out.csv") == 0
    assert (folder / "bad.csv").read_text() == "refused_row,refused_because,opportunity_id,capacity\n"


def test_quiet_says_nothing(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\nJ1,3\n")
    assert run("--quiet", "capacity", "c.csv", "--out", "out.csv") == 0
    assert capsys.readouterr().out == ""


def test_a_missing_column_stops_even_with_skip_bad(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id\nJ1\n")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "out.csv") == 2
    assert capsys.readouterr().err == (
        "talentcity import: c.csv, column capacity: the column is missing; the table has: opportunity_id\n"
    )
    assert names(folder) == {"c.csv"}


def test_refusals_do_not_appear_when_the_table_cannot_be_written(folder, capsys):
    (folder / "out.csv").mkdir()
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "out.csv") == 2
    assert capsys.readouterr().err == (
        "talentcity import: --out out.csv is a folder; expected the name of a file to write.\n"
    )
    assert names(folder) == {"out.csv"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("posting", "sheet.csv"), "'posting' is no table; expected one of seekers, employers, postings, "),
        (("postings", "absent.csv"), "absent.csv: there is no such file."),
        (("postings", "sheet.csv", "--mapping", "absent.toml"), "absent.toml: there is no such file."),
        (("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "b.csv", "--out", "o.txt"),
         "--out o.txt: expected a name that ends in one of .parquet, .csv."),
        (("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad", "--out", "o.csv"),
         "--skip-bad bad: expected a name that ends in one of .parquet, .csv."),
        (("postings", "sheet.csv", "--out", "./sheet.csv"),
         "--out ./sheet.csv is the same file as FILE; give it a name of its own."),
        (("postings", "sheet.csv", "--skip-bad", "a.csv", "--out", "a.csv"),
         "--out a.csv is the same file as --skip-bad; give it a name of its own."),
    ],
)  # fmt: skip
def test_mistakes_leave_with_2_and_nothing_written(folder, capsys, words, said):
    assert run(*words) == 2
    assert capsys.readouterr().err.startswith(f"talentcity import: {said}")
    assert names(folder) == set()
    assert (folder / "sheet.csv").read_text(encoding="utf-8") == SHEET


def test_a_table_that_the_office_does_not_take_is_refused_before_a_database_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TALENTCITY_HOME", str(tmp_path / "home"))
    (tmp_path / "capacity.csv").write_text("opportunity_id,capacity\nV1,3\n", encoding="utf-8")
    assert cli.main(["import", "capacity", str(tmp_path / "capacity.csv")]) == 2
    assert capsys.readouterr().err == (
        "talentcity import: The office takes no table 'capacity'; "
        "expected one of seekers, employers, postings, vacancies, sessions, deliveries.\n"
    )
    assert not (tmp_path / "home").exists()
