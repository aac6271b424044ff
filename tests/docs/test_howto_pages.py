"""The pages that show a command with its files say what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from talentcity import cli

PAGES = Path(__file__).parents[2] / "docs" / "howto"


def without_seconds(said: str) -> str:
    return re.sub(r"\d+\.\d\d s ->", "… s ->", said)


@pytest.mark.parametrize(
    ("page", "given", "shown", "status"),
    [
        ("import-a-sheet.md", {"fair.csv", "fair.toml"}, {"refused.csv", "postings.csv"}, 1),
        ("plan.md", {"pairs.csv", "capacity.csv", "owed.csv"}, {"plan.csv"}, 0),
    ],
)
def test_the_example_of_a_page_is_what_the_command_does(page, given, shown, status, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (PAGES / page).read_text(encoding="utf-8")
    files = dict(re.findall(r"```\w+ ([\w.]+)\n(.*?)```", text, re.DOTALL))
    assert set(files) == given | shown
    for name in given:
        Path(name).write_text(files[name], encoding="utf-8")
    [(command, said)] = re.findall(r"```console\n\$ talentcity (.*?)\n(.*?)```", text, re.DOTALL)
    assert cli.main(command.split()) == status
    assert without_seconds(capsys.readouterr().out) == without_seconds(said)
    assert {name: Path(name).read_text(encoding="utf-8") for name in shown} == {name: files[name] for name in shown}
