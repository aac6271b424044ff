"""The command `talentcity sample`."""

from __future__ import annotations

import argparse

import pytest

from talentcity import sample
from talentcity.cli import sample_command
from talentcity.errors import InvalidData, InvalidOption, UnreadableFile


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quiet", action="store_true")
    sample_command.add_arguments(parser)
    return sample_command.run(parser.parse_args(words))


def test_writes_every_table_and_says_so(tmp_path, capsys):
    folder = tmp_path / "new" / "city"
    assert run(str(folder), "--people", "50", "--seed", "0") == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.parquet" for name in sample.TABLES)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "云岭市: 50 people, seed 0, on 2026-09-01"
    assert lines[1].split() == ["seekers", "50", "rows", str(folder / "seekers.parquet")]
    assert [line.split()[0] for line in lines[1:]] == list(sample.TABLES)


def test_seed_zero_is_a_seed_and_the_default(tmp_path):
    run(str(tmp_path / "a"), "--people", "30", "--quiet")
    run(str(tmp_path / "b"), "--people", "30", "--seed", "0", "--quiet")
    run(str(tmp_path / "c"), "--people", "30", "--seed", "1", "--quiet")
    first, same, other = ((tmp_path / name / "seekers.parquet").read_bytes() for name in "abc")
    assert (first == same, first == other) == (True, False)


def test_other_files_of_the_folder_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "seekers.parquet").write_text("old")
    assert run(str(tmp_path), "--people", "20", "--quiet") == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "seekers.parquet").read_bytes()[:4] == b"PAR1"


def test_nothing_is_written_when_an_option_is_wrong(tmp_path):
    folder = tmp_path / "city"
    with pytest.raises(InvalidOption, match="expected 10 to 4,000,000"):
        run(str(folder), "--people", "9")
    with pytest.raises(InvalidData, match=r"none\.toml cannot be read"):
        run(str(folder), "--people", "20", "--city", str(tmp_path / "none.toml"))
    assert not folder.exists()


def test_folder_that_is_a_file(tmp_path):
    (tmp_path / "city").write_text("a file")
    with pytest.raises(UnreadableFile, match="is a file; expected a folder"):
        run(str(tmp_path / "city"), "--people", "20")


def test_default_day_is_that_of_the_sample():
    assert sample_command.SAMPLE_DAY == sample.DEFAULT_ON


@pytest.mark.parametrize("words", [["--people", "x"], ["--people", "20", "--seed", "-1"], []])
def test_words_that_are_no_numbers(words, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        run(str(tmp_path), *words)
    assert caught.value.code == 2


def test_no_table_is_written_when_one_of_them_cannot_be(tmp_path):
    (tmp_path / "deliveries.parquet").mkdir()
    with pytest.raises(UnreadableFile, match=r"deliveries\.parquet is a folder"):
        run(str(tmp_path), "--people", "20", "--quiet")
    assert [path.name for path in tmp_path.iterdir()] == ["deliveries.parquet"]
