"""`talentcity plan` as a user types it: files in, files out, words on the screen, exit status."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from talentcity import cli
from talentcity.tables import PRICES, read_table

PAIRS = "person_id,opportunity_id,score\n007,V,0.9\n007,W,0.1\nB,V,0.2\n"
CAPACITY = "opportunity_id,capacity\nV,1\nW,1\n"


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "COMMANDS", ("plan",))
    monkeypatch.chdir(tmp_path)
    Path("pairs.csv").write_text(PAIRS, encoding="utf-8")
    Path("capacity.csv").write_text(CAPACITY, encoding="utf-8")


def plan(*words: str) -> int:
    try:
        return cli.main(["plan", "pairs.csv", "capacity.csv", "--per-person", "1", "--out", "plan.csv", *words])
    except SystemExit as leaving:  # argparse
        return int(leaving.code or 0)


def written() -> list[str]:
    return sorted(path.name for path in Path().iterdir() if path.name not in ("pairs.csv", "capacity.csv"))


def test_plan_report_and_certificate_are_written() -> None:
    assert plan("--report", "report.json", "--certificate", "deep/certificate.json") == 0
    assert (
        Path("plan.csv").read_text(encoding="utf-8") == "person_id,opportunity_id,rank,score\n007,W,1,0.1\nB,V,1,0.2\n"
    )
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert (report["missing"], report["missing_is_minimum"], report["status"]) == (0, True, "optimal")
    certificate = json.loads(Path("deep/certificate.json").read_text(encoding="utf-8"))
    assert (certificate["groups"], certificate["proved"]) == ([], 0)
    assert written() == ["deep", "plan.csv", "report.json"]


def test_summary_says_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "2 persons, 2 opportunities, 3 pairs",
        "With all that they are owed: 2 of 2 (100.0%)",
        "By number of recommendations: 0 have 0, 2 have 1",
        "Nothing is missing of the 2 recommendations owed",
    ]
    assert lines[4] == "Score 0.3000, optimal: no plan with this shortage scores more than 0.3000"
    assert re.fullmatch(r"\d+\.\d\d s -> plan\.csv", lines[5])
    assert len(lines) == 6


def test_forbidden_pairs_are_not_in_the_plan() -> None:
    Path("declined.csv").write_text("person_id,opportunity_id\n007,W\n", encoding="utf-8")
    assert plan("--forbidden", "declined.csv") == 0
    assert Path("plan.csv").read_text(encoding="utf-8") == "person_id,opportunity_id,rank,score\n007,V,1,0.9\n"


def test_fixed_pairs_are_in_the_plan_and_have_no_score_where_they_are_no_pairs() -> None:
    Path("fixed.csv").write_text("person_id,opportunity_id\n007,W\nB,W\n", encoding="utf-8")
    Path("capacity.csv").write_text("opportunity_id,capacity\nV,2\nW,2\n", encoding="utf-8")
    assert plan("--fixed", "fixed.csv", "--per-person", "2", "--report", "report.json") == 0
    assert Path("plan.csv").read_text(encoding="utf-8") == (
        "person_id,opportunity_id,rank,score\n007,V,1,0.9\n007,W,2,0.1\nB,V,1,0.2\nB,W,2,\n"
    )
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert (report["fixed"], report["owed"], report["persons_by_count"]) == (2, 4, [0, 0, 2])
    assert (report["score"], report["objective"]) == (1.2, 1.2)


def test_more_fixed_than_is_owed_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("fixed.csv").write_text("person_id,opportunity_id\n007,W\n007,V\n", encoding="utf-8")
    assert plan("--fixed", "fixed.csv") == 2
    assert "fixed.csv, row 3, column person_id: '007': 2 pairs are fixed" in capsys.readouterr().err
    assert written() == ["fixed.csv"]


def test_minimum_priority_and_congestion_count(capsys: pytest.CaptureFixture[str]) -> None:
    Path("capacity.csv").write_text("opportunity_id,capacity,minimum\nV,2,\nW,2,1\n", encoding="utf-8")
    Path("owed.csv").write_text("person_id,owed,priority\n007,1,0.5\nB,1,\n", encoding="utf-8")
    assert plan("--owed", "owed.csv", "--congestion", "0,0.25", "--report", "report.json") == 0
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert {name: report[name] for name in ("score", "bonus", "congestion", "short_of_minimum")} == {
        "score": pytest.approx(0.3), "bonus": 0.5, "congestion": 0.125, "short_of_minimum": 0
    }  # fmt: skip
    assert report["objective"] == pytest.approx(0.3 + 0.5 - 0.125)
    assert "Score 0.3000 plus priorities minus congestion is 0.6750, optimal" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("0.5", "'0.5' is not a share and a price such as 0.8,0.1"),
        ("1.5,0.1", "the share of congestion is 1.5; expected a number from 0 to 1"),
        ("0.5,-1", "the price of congestion is -1.0; expected points of score, 0 to 100"),
    ],
)
def test_congestion_that_cannot_be_is_refused(value: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(f"--congestion={value}") == 2
    assert says in capsys.readouterr().err
    assert written() == []


def test_shortage_is_told_and_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    Path("owed.csv").write_text("person_id,owed\n007,1\nB,1\nC,2\n", encoding="utf-8")
    assert plan("--owed", "owed.csv", "--per-person", "2") == 0
    out = capsys.readouterr().out
    assert "2 of 4 recommendations owed are missing: no plan of these pairs misses fewer" in out
    assert "1 person is short, 1 of them with fewer pairs than they are owed:" in out
    assert "  Person C has 0 of 2 recommendations: the pairs hold no opportunity for this person." in out


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "jsonl"])
def test_prices_are_written_and_the_next_plan_can_begin_with_them(
    ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("capacity.csv").write_text(CAPACITY.replace("W,1", "W,0"), encoding="utf-8")
    assert plan("--prices", f"prices.{ending}") == 0
    assert capsys.readouterr().out.splitlines()[-4:-1] == [
        "One more place would give one recommendation more at 2 opportunities; it is worth most here:",
        "  V: one recommendation for somebody who lacks 1, +0.2000 in score",
        "  W: one recommendation for somebody who lacks 1, -0.6000 in score",
    ]
    prices = read_table(f"prices.{ending}", PRICES)
    assert prices.rows(named=True)[1] == {
        "opportunity_id": "W", "capacity": 0, "load": 0, "price": 1.4, "recommendations": 1, "missing": 1,
        "worth": -0.6, "worth_low": -0.6, "worth_high": -0.6, "exact": 1,
    }  # fmt: skip
    assert plan("--warm", f"prices.{ending}", "--solver", "auction") == 0


def test_prices_are_refused_before_anything_is_solved_where_places_differ(capsys: pytest.CaptureFixture[str]) -> None:
    Path("capacity.csv").write_text("opportunity_id,capacity,minimum\nV,1,1\nW,1,\n", encoding="utf-8")
    assert plan("--prices", "prices.csv") == 2
    assert "prices of places are not available for plans with a minimum" in capsys.readouterr().err
    assert written() == []


def test_prices_say_so_when_no_place_is_worth_anything(capsys: pytest.CaptureFixture[str]) -> None:
    Path("capacity.csv").write_text("opportunity_id,capacity\nV,2\nW,1\n", encoding="utf-8")
    assert plan("--prices", "prices.csv") == 0
    assert "One more place is worth nothing at any opportunity" in capsys.readouterr().out.splitlines()


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan("--quiet") == 0
    assert capsys.readouterr().out == ""


def test_ids_in_csv_stay_as_they_are_written() -> None:
    plan()
    assert pl.read_csv("plan.csv", infer_schema=False)["person_id"].to_list() == ["007", "B"]


def test_parquet_gives_the_same_plan_as_csv() -> None:
    pl.read_csv("pairs.csv", schema_overrides={"person_id": pl.String}).write_parquet("p.parquet")
    pl.read_csv("capacity.csv").write_parquet("c.parquet")
    plan()
    assert cli.main(["plan", "p.parquet", "c.parquet", "--per-person", "1", "--out", "plan.parquet", "--quiet"]) == 0
    from_csv = pl.read_csv("plan.csv", schema_overrides={"person_id": pl.String})
    assert pl.read_parquet("plan.parquet").equals(from_csv)


def test_penalties_change_the_objective(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan("--penalties", "0.5", "--report", "report.json") == 0
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert (report["objective"], report["missing"], report["penalties"]) == (0.4, 1, [0.5])
    out = capsys.readouterr().out
    assert "1 of 2 recommendations owed are missing: another plan would miss fewer" in out
    assert "Score 0.9000 minus penalties is 0.4000, optimal: no plan is worth more than 0.4000" in out


def test_threads_and_gap_are_accepted() -> None:
    assert plan("--threads", "8", "--gap", "0") == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--prices", "plan.csv"), "--prices plan.csv is the same file as --out"),
        (("--prices", "x.txt"), "--prices x.txt: expected a name that ends in one of"),
        (("--fixed", "capacity.csv"), "capacity.csv, column person_id: the column is missing"),
        (("--forbidden", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("--time-limit", "0"), "'0' is not a number of seconds above 0"),
        (("--solver", "simplex"), "invalid choice: 'simplex'"),
        (("--penalties", "1,2"), "penalties 1,2 are 2 numbers; expected 1"),
        (("--penalties", "1,2", "--per-person", "2"), "rise; expected them to stay or fall"),
        (("--penalties", "a,b"), "'a,b' is not a list of numbers"),
        (("--per-person", "0"), "'0' is not a whole number of at least 1"),
        (("--gap", "-1"), "'-1' is not a fraction"),
        (("--gap", "nan"), "'nan' is not a fraction"),
        (("--threads", "0"), "'0' is not a whole number"),
        (("--out", "plan.xls"), "--out plan.xls: expected a name that ends in one of"),
        (("--out", "pairs.csv"), "--out pairs.csv is the same file as PAIRS"),
        (("--report", "plan.csv"), "--report plan.csv is the same file as --out"),
        (("--owed", "nowhere.csv"), "nowhere.csv: there is no such file"),
    ],
)
def test_wrong_option_is_refused_and_nothing_is_written(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(*words) == 2
    assert says in capsys.readouterr().err
    assert written() == []


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("pairs.csv", "person_id,opportunity_id,score\nA,V,1.7\n", "pairs.csv, row 2, column score: 1.7"),
        ("pairs.csv", "person_id,opportunity_id,score\nA,V,NaN\n", "pairs.csv, row 2, column score: 'NaN'"),
        ("pairs.csv", "person_id,opportunity_id,score\nA,V,1\nA,V,1\n", "row 3, column person_id and opportunity_id"),
        (
            "pairs.csv",
            "person_id,opportunity_id,score\nA,V,1\nA,X,1\n",
            "row 3, column opportunity_id: 'X': capacity.csv",
        ),
        ("pairs.csv", "person_id,score\nA,1\n", "column opportunity_id: the column is missing"),
        ("pairs.csv", "", "pairs.csv is empty"),
        ("capacity.csv", "opportunity_id,capacity\nV,-1\nW,1\n", "capacity.csv, row 2, column capacity: -1"),
        (
            "capacity.csv",
            "opportunity_id,capacity,minimum\nV,1,2\nW,1,\n",
            "row 2, column minimum: minimum 2, capacity 1",
        ),
        ("capacity.csv", "opportunity_id,capacity\nV,1\nV,1\n", "capacity.csv, row 3, column opportunity_id"),
    ],
)
def test_wrong_table_is_refused_and_nothing_is_written(
    file: str, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(file).write_text(text, encoding="utf-8")
    assert plan("--report", "report.json", "--certificate", "certificate.json") == 2
    assert says in capsys.readouterr().err
    assert written() == []


def test_broken_parquet_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.parquet").write_bytes(b"PAR1 and then nothing")
    assert cli.main(["plan", "p.parquet", "capacity.csv", "--out", "plan.csv"]) == 2
    assert "p.parquet is not a whole Parquet file" in capsys.readouterr().err


def test_owed_names_the_row_of_a_person_it_does_not_list(capsys: pytest.CaptureFixture[str]) -> None:
    Path("owed.csv").write_text("person_id,owed\n007,1\n", encoding="utf-8")
    assert plan("--owed", "owed.csv") == 2
    assert "pairs.csv, row 4, column person_id: 'B': owed.csv does not list it" in capsys.readouterr().err


def test_plan_that_cannot_be_written_leaves_no_report(capsys: pytest.CaptureFixture[str]) -> None:
    Path("plan.csv").mkdir()
    assert plan("--report", "report.json") == 2
    assert "plan.csv is a folder" in capsys.readouterr().err
    assert written() == ["plan.csv"]


KILLED_IN_THE_MIDDLE = """
import os, signal
from talentcity import cli
from talentcity.tables import files

def half(frame, path, ending):
    path.write_text("person_id,oppor", encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)

files._write = half
cli.main(["plan", "pairs.csv", "capacity.csv", "--per-person", "1", "--out", "plan.csv", "--report", "report.json"])
"""


def test_killed_while_it_writes_it_leaves_no_half_plan_and_the_old_one_as_it_was() -> None:
    Path("plan.csv").write_text("the plan of yesterday", encoding="utf-8")
    killed = subprocess.run([sys.executable, "-c", KILLED_IN_THE_MIDDLE], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert Path("plan.csv").read_text(encoding="utf-8") == "the plan of yesterday"
    assert [name for name in written() if not name.startswith(".")] == ["plan.csv"]


def test_gap_that_is_missed_is_told_by_the_exit_status() -> None:
    Path("pairs.csv").write_text(PAIRS.replace("0.9", "0.90000004"), encoding="utf-8")
    assert plan("--solver", "auction", "--gap", "0") == 1
    assert written() == ["plan.csv"]


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan("--help") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "With 6,4,2 a person who has none costs 12, one who has one 6, one who has two 2" in text
    options = ["--owed", "--penalties", "--gap", "--threads", "--time-limit", "--report", "--certificate"]
    options += ["--prices", "--warm", "--seen", "--keep", "--changes", "--fixed", "--forbidden"]
    assert [option for option in options if option not in text] == []


PEOPLE = "person_id,district\n007,north\nB,south\n"
POSTS = "opportunity_id,district\nV,north\nW,north\n"


def test_labels_say_where_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("people.csv").write_text(PEOPLE, encoding="utf-8")
    Path("posts.csv").write_text(POSTS, encoding="utf-8")
    Path("capacity.csv").write_text(CAPACITY.replace("V,1", "V,0"), encoding="utf-8")
    labels = ("--person-labels", "people.csv", "--opportunity-labels", "posts.csv")
    assert plan(*labels, "--certificate", "certificate.json", "--pictures", "shown") == 0
    assert (
        "  south: 1 missing (1 of 1 persons are short); 0 of 0 places there are full and wanted by who is short"
        in capsys.readouterr().out.splitlines()
    )
    by_label = json.loads(Path("certificate.json").read_text(encoding="utf-8"))["by_label"]
    assert [(row["district"], row["missing"], row["full_places"]) for row in by_label] == [
        ("south", 1, 0),
        ("north", 0, 0),
    ]
    assert sorted(path.name for path in Path("shown").iterdir()) == [
        "prices.svg",
        "recommendations.svg",
        "shortage.svg",
    ]


def test_pictures_are_written_in_the_language_and_form_asked_for() -> None:
    assert plan("--pictures", "shown", "--picture-language", "zh", "--picture-note", "合成数据") == 0
    svg = Path("shown/recommendations.svg").read_text(encoding="utf-8")
    assert "每人获得的推荐数" in svg
    assert "合成数据" in svg
    assert plan("--pictures", "shown", "--picture-form", "png") == 0
    assert sorted(path.name for path in Path("shown").iterdir()) == [
        "prices.png",
        "prices.svg",
        "recommendations.png",
        "recommendations.svg",
    ]


def test_prices_are_not_drawn_where_places_of_one_opportunity_differ() -> None:
    assert plan("--pictures", "shown", "--congestion", "0.5,0.1") == 0
    assert [path.name for path in Path("shown").iterdir()] == ["recommendations.svg"]


@pytest.mark.parametrize(
    ("words", "people", "says"),
    [
        (("--person-labels", "people.csv"), PEOPLE, "belong together; give both or none"),
        (("--opportunity-labels", "posts.csv"), PEOPLE, "belong together; give both or none"),
        (
            ("--person-labels", "people.csv", "--opportunity-labels", "posts.csv", "--pictures", "shown"),
            "person_id,a,b,c\n007,1,2,3\n",
            "has the labels a, b, c; a picture shows one or two",
        ),
        (
            ("--person-labels", "people.csv", "--opportunity-labels", "posts.csv", "--pictures", "shown"),
            "person_id,city\n007,north\n",
            "expected the same labels in both tables",
        ),
    ],
)
def test_labels_that_do_not_fit_are_refused_and_nothing_is_written(
    words: tuple[str, ...], people: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("people.csv").write_text(people, encoding="utf-8")
    Path("posts.csv").write_text(POSTS, encoding="utf-8")
    assert plan(*words) == 2
    assert says in capsys.readouterr().err
    assert written() == ["people.csv", "posts.csv"]
