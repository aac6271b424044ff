"""talentcity import on workbooks as people send them: a title row, several sheets, errors of formulas."""

from __future__ import annotations

from datetime import date

import pytest
import xlsxwriter

from talentcity import cli
from talentcity.tables import POSTINGS, read_frame, read_table


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with xlsxwriter.Workbook("fair.xlsx") as book:
        book.add_worksheet("说明").write(0, 0, "填表说明")
        sheet = book.add_worksheet("岗位")
        sheet.merge_range(0, 0, 0, 3, "岗位汇总")
        sheet.write_row(1, 0, ["岗位名称", "月薪", "招聘人数", "发布日期"])
        sheet.write_row(2, 0, ["会计", "8千-9千", 2])
        sheet.write_datetime(2, 3, date(2026, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_row(3, 0, ["", "面议", 1, "2026年3月2日"])
        sheet.write_row(4, 0, ["护士", 5000, 1])
        sheet.write_formula(4, 3, "=1/0", None, "#DIV/0!")
    return tmp_path


def run(*words: str) -> int:
    return cli.main(["import", *words])


def test_a_workbook_of_several_sheets_from_the_proposal_to_the_mended_rows(folder, capsys):
    assert run("--suggest", "fair.xlsx#岗位", "--out", "fair.toml") == 0
    assert 'kind = "postings"\nsheet = "岗位"\n' in (folder / "fair.toml").read_text(encoding="utf-8")
    capsys.readouterr()
    assert run("postings", "fair.xlsx", "--mapping", "fair.toml", "--skip-bad", "bad.xlsx", "--out", "one.parquet") == 1
    assert capsys.readouterr().out.splitlines()[:4] == [
        "postings: 3 rows read, 2 refused, 1 row -> one.parquet",
        "  The header was found in row 2; what stands above it was left out.",
        "  refused         1  发布日期 (posted_on): an error of the spreadsheet; mend the formula, or enter the value",
        "  refused         1  岗位名称 (title): empty; expected text",
    ]
    one = read_table("one.parquet", POSTINGS)
    assert one.select("posting_id", "title", "wage_max", "headcount", "posted_on").rows() == [
        ("fair-3", "会计", 9000.0, 2, date(2026, 3, 1))
    ]
    bad = read_frame("bad.xlsx")
    assert bad.columns == ["refused_row", "refused_because", "岗位名称", "月薪", "招聘人数", "发布日期"]
    assert bad["refused_row"].to_list() == ["4", "5"]
    with xlsxwriter.Workbook("bad.xlsx") as book:  # as a clerk would leave it
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, bad.columns)
        sheet.write_row(1, 0, ["4", "", "电工", "面议", 1, "2026年3月2日"])
        sheet.write_row(2, 0, ["5", "", "护士", 5000, 1, "2026-03-03"])
    assert run("postings", "bad.xlsx", "--mapping", "fair.toml", "--out", "two.parquet") == 0
    assert read_table("two.parquet", POSTINGS).select("posting_id", "title", "posted_on").rows() == [
        ("fair-4", "电工", date(2026, 3, 2)),
        ("fair-5", "护士", date(2026, 3, 3)),
    ]


def test_an_error_that_was_not_mended_is_refused_again(folder):
    assert run("--suggest", "fair.xlsx#岗位", "--out", "fair.toml") == 0
    assert run("postings", "fair.xlsx", "--mapping", "fair.toml", "--skip-bad", "bad.csv", "--out", "o.csv") == 1
    assert run("postings", "bad.csv", "--mapping", "fair.toml", "--skip-bad", "again.csv", "--out", "p.csv") == 1
    assert read_frame("again.csv").select("refused_row", "refused_because").rows() == [
        ("4", "岗位名称 (title): empty; expected text"),
        ("5", "发布日期 (posted_on): '#DIV/0!': an error of the spreadsheet; mend the formula, or enter the value"),
    ]


def test_without_the_name_of_the_sheet_the_sheets_are_named(folder, capsys):
    assert run("--suggest", "fair.xlsx") == 2
    assert capsys.readouterr().err == (
        "talentcity import: fair.xlsx has 2 sheets with values: 说明, 岗位. Say which one is meant, behind the name of "
        "the file: 'fair.xlsx#岗位'; or in its mapping, before the first block: sheet = \"岗位\".\n"
    )


def test_json_lines_in_and_out(folder):
    lines = '{"posting_id": "007", "title": "会计", "headcount": 2}\n{"posting_id": "8", "title": null}\n'
    (folder / "p.jsonl").write_text(lines, encoding="utf-8")
    assert run("postings", "p.jsonl", "--skip-bad", "bad.jsonl", "--out", "o.jsonl") == 1
    assert read_table("o.jsonl", POSTINGS).select("posting_id", "headcount").rows() == [("007", 2)]
    assert read_frame("bad.jsonl").select("posting_id", "refused_because").rows() == [
        ("8", "title: empty; expected text")
    ]


def test_an_id_that_a_merge_has_filled_down_is_refused_with_the_name_of_the_merge(folder, capsys):
    ids = ["A1", "A1", "A2", "", "A1", "A1", "", "A1"]  # rows 2 to 9; each with a job of its own
    jobs = ["会计", "护士", "焊工", "电工", "司机", "厨师", "保安", "店员"]
    with xlsxwriter.Workbook(str(folder / "merged.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["no", "job"])
        for at, row in enumerate(zip(ids, jobs, strict=True), 1):
            sheet.write_row(at, 0, row)
        sheet.merge_range("A4:A5", "A2")
        sheet.merge_range("A7:A8", "A1")
    (folder / "m.toml").write_text('[posting_id]\nfrom = "no"\n[title]\nfrom = "job"\n', encoding="utf-8")
    assert run("postings", "merged.xlsx", "--mapping", "m.toml", "--out", "o.csv") == 2
    said = capsys.readouterr().err.removeprefix("talentcity import: ").splitlines()[:6]
    repeats = "merged.xlsx, row {}, column no (posting_id): '{}': stands already in row {}; expected each once"
    assert said == [
        repeats.format(3, "A1", 2),
        repeats.format(5, "A2", 4) + " (filled from the merged cells A4:A5)",
        repeats.format(6, "A1", 2),
        repeats.format(7, "A1", 2),  # the first of the merged cells says it itself
        repeats.format(8, "A1", 2) + " (filled from the merged cells A7:A8)",
        repeats.format(9, "A1", 2),
    ]
