"""The generated pages of docs/ say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from talentcity.errors import InvalidData

DOCS = Path(__file__).parents[2] / "docs"


def load_generator():
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", load_generator().PAGES)
def test_page_is_fresh(page):
    generated = load_generator().PAGES[page]()
    assert (DOCS / page).read_text(encoding="utf-8") == generated, "run `make docs`"


def test_a_fault_in_the_data_is_one_line_and_no_page_is_written(monkeypatch, tmp_path, capsys):
    def occupations():
        raise InvalidData("topic 'fines' is not named in names.toml.")

    generator = load_generator()
    monkeypatch.setattr(generator, "HERE", tmp_path)
    monkeypatch.setitem(generator.PAGES, "occupations.md", occupations)
    assert generator.main() == 2
    assert capsys.readouterr().err == "docs/generate.py: topic 'fines' is not named in names.toml.\n"
    assert list(tmp_path.iterdir()) == []
