"""The page about importing a sheet says what happens."""

from __future__ import annotations

import re
from pathlib import Path

from talentcity import cli

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "import-a-sheet.md"


def test_the_example_of_the_page_is_what_the_command_does(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    files = dict(re.findall(r"```\w+ ([\w.]+)\n(.*?)```", page, re.DOTALL))
    for name in ("fair.csv", "fair.toml"):
        Path(name).write_text(files.pop(name), encoding="utf-8")
    [(command, said)] = re.findall(r"```console\n\$ talentcity (.*?)\n(.*?)```", page, re.DOTALL)
    assert cli.main(command.split()) == 1
    assert capsys.readouterr().out == said
    assert {name: Path(name).read_text(encoding="utf-8") for name in files} == files
    assert set(files) == {"refused.csv", "postings.csv"}
