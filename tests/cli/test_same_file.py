"""No command writes over a file that it reads, also where the name of a sheet stands behind that of a workbook."""

from __future__ import annotations

import pytest
import xlsxwriter

from talentcity.cli import main
from talentcity.tables import read_frame

MARCH = "jobs.xlsx#March"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with xlsxwriter.Workbook("jobs.xlsx") as book:
        for name, capacity in (("March", 3), ("April", 4)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["opportunity_id", "capacity"])
            sheet.write_row(1, 0, ["V1", capacity])
    return tmp_path


@pytest.mark.parametrize(
    ("words", "output", "read"),
    [
        (("import", "capacity", MARCH), "--out", "FILE"),
        (("import", "capacity", MARCH, "--out", "a.csv"), "--skip-bad", "FILE"),
        (("import", "--suggest", MARCH), "--out", "--suggest"),
        (("guard", MARCH), "--out", "POSTINGS"),
        (("guard", MARCH, "--out", "a.csv"), "--verdicts", "POSTINGS"),
        (("guard", MARCH, "--out", "a.csv"), "--guarded", "POSTINGS"),
        (("match", MARCH, "b.csv"), "--out", "SEEKERS"),
        (("match", "b.csv", MARCH), "--out", "POSTINGS"),
        (("match", "b.csv", "c.csv", "--vacancies", MARCH), "--out", "--vacancies"),
        (("match", "b.csv", "c.csv", "--verdicts", MARCH, "--out", "a.csv"), "--capacity", "--verdicts"),
        (("plan", MARCH, "b.csv"), "--out", "PAIRS"),
        (("plan", "b.csv", MARCH), "--out", "CAPACITY"),
        (("plan", "b.csv", "c.csv", "--owed", MARCH, "--out", "a.csv"), "--report", "--owed"),
        (("plan", "b.csv", MARCH, "--out", "a.csv"), "--certificate", "CAPACITY"),
    ],
)
def test_a_workbook_is_not_written_over_by_what_is_made_of_its_sheet(folder, capsys, words, output, read):
    before = (folder / "jobs.xlsx").read_bytes()
    assert main([*words, output, "jobs.xlsx"]) == 2
    assert capsys.readouterr().err == (
        f"talentcity {words[0]}: {output} jobs.xlsx is the same file as {read}; give it a name of its own.\n"
    )
    assert (folder / "jobs.xlsx").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["jobs.xlsx"]


def test_a_file_whose_own_name_holds_the_sign_of_a_sheet_is_itself(folder, capsys):
    (folder / "jobs.xlsx").rename(MARCH)
    assert main(["plan", MARCH, "b.csv", "--out", "a.csv", "--report", MARCH]) == 2
    assert f"--report {MARCH} is the same file as PAIRS" in capsys.readouterr().err


def test_another_workbook_may_be_written(folder):
    assert main(["import", "capacity", MARCH, "--out", "march.xlsx"]) == 0
    assert read_frame("march.xlsx")["capacity"].to_list() == ["3"]
