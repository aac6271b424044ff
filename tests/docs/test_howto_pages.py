"""The pages that show commands with their files say what happens."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from page import run_page

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("page", "commands"), [("howto/import-a-sheet.md", 2), ("howto/plan.md", 5), ("tutorial/your_first_city.md", 9)]
)
def test_the_examples_of_a_page_are_what_the_commands_do(page, commands, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_page(DOCS / page, capsys) == commands


def test_the_page_on_guard_rules_lists_the_words_that_all_rules_share():
    page = (DOCS / "howto/add_a_guard_rule.md").read_text(encoding="utf-8")
    table = page.partition("`words.toml` beside the folder")[2].partition("\n## ")[0]
    words = (resources.files("talentcity.guard") / "words.toml").read_text(encoding="utf-8")
    assert sorted(re.findall(r"<(\w+)>", table)) == sorted(tomllib.loads(words))
