"""`talentcity guard`: files in, files out, a summary, cards, and messages for what is wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from talentcity import law
from talentcity.cli import main
from talentcity.guard import card, card_name, screen
from talentcity.tables import POSTINGS as POSTINGS_SCHEMA
from talentcity.tables import read_frame, read_table

POSTINGS = {
    "posting_id": ["007", "A/b", "a/B"],
    "title": ["仓管员", "前台（女）", "Clerk"],
    "text": ["入职须交押金300元，*不退*。", "包吃住，不收押金。", "No deposit is required."],
}


@pytest.fixture
def postings(tmp_path: Path) -> Path:
    path = tmp_path / "postings.csv"
    pl.DataFrame(POSTINGS).write_csv(path)
    return path


def run(*words: object) -> int:
    return main(["guard", *map(str, words)])


def test_writes_what_is_asked_for_and_says_what_it_found(
    postings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, verdicts, guarded, cards = (tmp_path / name for name in ("f.csv", "v.csv", "g.csv", "cards"))
    status = run(
        postings, "--out", out, "--verdicts", verdicts, "--guarded", guarded, "--cards", cards, "--on", "2026-09-01"
    )
    assert status == 0
    assert read_frame(out).select("posting_id", "rule_id").rows() == [
        ("007", "I5"),
        ("007", "F1"),
        ("A/b", "I5"),
        ("A/b", "D1"),
        ("a/B", "I5"),
    ]
    assert read_frame(verdicts).select("posting_id", "verdict").rows() == [
        ("007", "hold"),
        ("A/b", "hold"),
        ("a/B", "warn"),
    ]
    assert read_frame(guarded).select("posting_id", "guard").rows() == [("A/b", "negation"), ("a/B", "negation")]
    assert sorted(path.name for path in cards.iterdir()) == sorted(map(card_name, POSTINGS["posting_id"]))
    printed = capsys.readouterr().out
    assert "3 postings read on 2026-09-01" in printed
    assert "2 held, 1 warned, 0 cleared" in printed
    assert f"3 cards -> {cards}" in printed
    assert "nobody competent has read" in printed
    assert "out of date: none" in printed


def test_penalties_whose_source_was_read_long_ago_are_named(
    postings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = "cn/labour_contract/fee_or_deposit"
    load = law.load
    read = replace(load(fine), checked_on=date(2025, 8, 31))
    monkeypatch.setattr(law, "load", lambda name: read if name == fine else load(name))
    for day, named in (("2026-08-31", "none"), ("2026-09-01", fine)):
        assert run(postings, "--out", tmp_path / "f.csv", "--cards", tmp_path / "cards", "--on", day) == 0
        assert f"out of date: {named}\n" in capsys.readouterr().out


def test_quiet_prints_nothing(postings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(postings, "--out", tmp_path / "f.parquet", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_a_missing_column_ends_with_status_2_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "postings.csv"
    path.write_text("posting_id,text\n1,x\n", encoding="utf-8")
    assert run(path, "--out", tmp_path / "f.csv") == 2
    assert "title" in capsys.readouterr().err
    assert not (tmp_path / "f.csv").exists()


def test_a_file_that_is_not_there_ends_with_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.csv", "--out", tmp_path / "f.csv") == 2
    assert "there is no such file" in capsys.readouterr().err


def test_integer_ids_stay_integers_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "postings.parquet"
    pl.DataFrame({"posting_id": [7], "title": ["女文员"]}).write_parquet(path)
    assert run(path, "--out", tmp_path / "f.parquet", "--quiet") == 0
    assert read_frame(tmp_path / "f.parquet")["posting_id"].dtype == pl.Int64


def test_card_shows_passage_article_penalty_and_appeal_and_no_live_markdown() -> None:
    day = date(2026, 9, 1)
    frame = pl.DataFrame(POSTINGS)
    shown = card(frame.row(0, named=True), screen(frame, on=day).findings, on=day)
    assert "> 入职**【须交押金300元】**，\\*不退\\*。" in shown
    assert "劳动合同法 第九条; 劳动合同法 第八十四条" in shown
    assert "500 – 2,000 yuan per person" in shown
    assert "not yet read by a lawyer" in shown
    assert "A person decides" in shown
    assert "申诉 / appeal" in shown
    assert "D1" not in shown


def test_card_of_missing_facts_names_them_and_shows_no_passage(postings: Path) -> None:
    frame = read_table(postings, POSTINGS_SCHEMA)
    shown = card(frame.row(2, named=True), screen(frame, on=date(2026, 9, 1)).findings)
    assert "全文 / whole advert" in shown
    assert "> **【未写明 not stated: 用人单位 employer, 招聘人数 headcount" in shown


def test_card_names_are_safe_and_never_shared() -> None:
    ids = ["a/b", "a-b", "A-B", "a:b", "..", "", "x" * 300, "x" * 301, 1, "007", "职位"]
    names = [card_name(one) for one in ids]
    assert len({name.lower() for name in names}) == len(ids)
    assert all(len(name) < 120 and "/" not in name and not name.startswith(".") for name in names)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "postings.csv"), "--out postings.csv is the same file as POSTINGS; give it a name of its own."),
        (("--out", "f.csv", "--guarded", "f.csv"), "--guarded f.csv is the same file as --out; give it"),
        (
            ("--out", "f.txt", "--verdicts", "v.csv"),
            "--out f.txt: expected a name that ends in one of .parquet, .csv, .xlsx, .jsonl.",
        ),
        (("--out", "f.csv", "--verdicts", "folder.csv"), "--verdicts folder.csv is a folder; expected the name of a"),
        (("--out", "f.csv", "--cards", "taken", "--verdicts", "v.csv"), "cannot be written: "),
        (("--out", "taken/f.csv", "--cards", "cards", "--verdicts", "v.csv"), "taken/f.csv cannot be written: "),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is(
    postings: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str], said: str
) -> None:
    monkeypatch.chdir(postings.parent)
    Path("taken").touch()
    Path("folder.csv").mkdir()
    before = postings.read_bytes()
    assert run("postings.csv", *words) == 2
    assert said in capsys.readouterr().err
    assert postings.read_bytes() == before
    files = [path.name for path in postings.parent.rglob("*") if path.is_file()]
    assert sorted(files) == ["postings.csv", "taken"]
