"""`talentcity match` on files."""

from __future__ import annotations

import polars as pl
import pytest
from match_towns import town

from talentcity.cli import main
from talentcity.tables import CAPACITY, PAIRS, read_table

ON = ["--on", "2026-09-01"]


@pytest.fixture
def folder(tmp_path):
    here = town(
        [{"wanted_occupations": ["nursing"]}, {"education": "secondary", "excluded": ["V1"]}],
        [
            {"title": "护士", "headcount": 2},
            {"title": "护士", "education_min": "bachelor"},
            {"title": "护士", "text": "入职前须交押金500元，离职时退还。"},
        ],
    )
    for name in ("seekers", "postings", "verdicts"):
        getattr(here, name).write_parquet(tmp_path / f"{name}.parquet")
    here.vacancies.write_parquet(tmp_path / "vacancies.parquet")
    return tmp_path


def run(folder, *words):
    files = [str(folder / word) if word.endswith((".parquet", ".csv")) else word for word in words]
    return main(["match", *files, *ON])


def test_without_verdicts_it_screens_first_and_what_is_held_is_paired_with_nobody(folder, capsys):
    assert run(folder, "seekers.parquet", "postings.parquet", "--out", "pairs.parquet", "--capacity", "cap.csv") == 0
    pairs = read_table(folder / "pairs.parquet", PAIRS)
    assert pairs.select("person_id", "opportunity_id").sort("opportunity_id").rows() == [("P1", "V1"), ("P1", "V2")]
    assert read_table(folder / "cap.csv", CAPACITY)["capacity"].to_list() == [20, 10, 10]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "3 postings screened first: 1 held, to be looked at by a person"
    assert said[1] == "2 seekers; 3 vacancies, of which 2 open on 2026-09-01"
    assert "1 open vacancies do not state a headcount; each counts as 1 place" in said[3]
    assert "2 pairs, at most 50 per person" in said
    assert "  1 have none: they have declined or already had every vacancy they could take" in said


def test_given_verdicts_are_believed_and_quiet_is_quiet(folder, capsys):
    words = ("--verdicts", "verdicts.parquet", "--vacancies", "vacancies.parquet", "--out", "pairs.csv", "--quiet")
    assert run(folder, "seekers.parquet", "postings.parquet", *words) == 0
    assert read_table(folder / "pairs.csv", PAIRS).height == 4
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--out", "pairs.txt"), "expected a name that ends in one of"),
        (("--out", "seekers.parquet"), "is the same file as SEEKERS; give it a name of its own"),
        (("--out", "a.csv", "--capacity", "a.csv"), "is the same file as --out"),
        (("--out", "pairs.csv", "--vacancies", "nowhere.csv"), "there is no such file"),
    ],
)
def test_a_slip_is_explained_and_nothing_is_written(folder, capsys, words, message):
    before = sorted(path.name for path in folder.iterdir())
    words = tuple(str(folder / word) if word.endswith(".txt") else word for word in words)
    assert run(folder, "seekers.parquet", "postings.parquet", *words) == 2
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_ids_of_another_type_are_explained(folder, capsys):
    numbers = pl.DataFrame({"posting_id": [1, 2, 3], "verdict": ["cleared"] * 3})
    numbers.write_parquet(folder / "numbers.parquet")
    words = ("--verdicts", "numbers.parquet", "--out", "pairs.csv")
    assert run(folder, "seekers.parquet", "postings.parquet", *words) == 2
    assert "ids are text here and numbers in verdicts" in capsys.readouterr().err
    assert not (folder / "pairs.csv").exists()


def test_a_vacancy_with_an_unknown_posting_is_explained(folder, capsys):
    pl.DataFrame({"vacancy_id": ["A"], "posting_ids": ["V1|V9"], "headcount": [1]}).write_csv(folder / "other.csv")
    assert run(folder, "seekers.parquet", "postings.parquet", "--vacancies", "other.csv", "--out", "pairs.csv") == 2
    assert "other.csv, row 2, column posting_ids: 'V9': postings does not list it" in capsys.readouterr().err


def test_a_posting_without_a_verdict_is_named_by_its_row_in_the_file(folder, capsys):
    pl.DataFrame({"vacancy_id": ["A"], "posting_ids": ["V3"], "headcount": [1]}).write_csv(folder / "other.csv")
    pl.DataFrame({"posting_id": ["V1"], "verdict": ["cleared"]}).write_csv(folder / "few.csv")
    words = ("--vacancies", "other.csv", "--verdicts", "few.csv", "--out", "pairs.csv")
    assert run(folder, "seekers.parquet", "postings.parquet", *words) == 2
    assert "postings.parquet, row 3, column posting_id: 'V3': verdicts does not list it" in capsys.readouterr().err


def test_no_capacity_is_written_when_the_pairs_cannot_be(folder, capsys):
    (folder / "file").touch()
    words = ("--capacity", "cap.csv", "--out", "file/pairs.csv")
    before = sorted(path.name for path in folder.iterdir())
    assert run(folder, "seekers.parquet", "postings.parquet", *words) == 2
    assert "pairs.csv cannot be written: " in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == before
