"""The notebooks of the documentation run, and say what they show."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOKS = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.ipynb"))


def said(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """The text that each cell puts out; of a picture, that there is one."""
    return [
        [output.get("text") or output["data"].get("image/svg+xml", "")[:5] or output["data"]["text/plain"]
         for output in cell.get("outputs", [])]
        for cell in notebook.cells
    ]  # fmt: skip


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_says_what_it_shows(name, tmp_path):
    shown = nbformat.read(DOCS / name, as_version=4)
    run = nbformat.read(DOCS / name, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(run, timeout=600, kernel_name="python3", resources=resources).execute()
    assert said(run) == said(shown)


def test_there_is_a_notebook():
    assert "tutorial/a_plan.ipynb" in NOTEBOOKS
