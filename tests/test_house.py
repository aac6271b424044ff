"""The house as a whole: what is exported, what is packaged, what no file may say."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("tables", "text", "law", "sample", "guard", "match", "plan")


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_exported_name_exists_and_is_sorted_into_one_list(room):
    module = importlib.import_module(f"talentcity.{room}")
    exported = getattr(module, "__all__", [])
    assert [name for name in exported if not hasattr(module, name)] == []
    assert len(exported) == len(set(exported))


@pytest.mark.parametrize("room", ROOMS)
def test_every_exported_thing_is_documented(room):
    module = importlib.import_module(f"talentcity.{room}")
    callables = [getattr(module, name) for name in getattr(module, "__all__", [])]
    undocumented = [thing.__name__ for thing in callables if callable(thing) and not (thing.__doc__ or "").strip()]
    assert undocumented == []


def test_no_file_of_the_project_is_large():
    assert [(path.name, path.stat().st_size) for path in tracked_files() if path.stat().st_size > 1_500_000] == []


def test_links_between_pages_of_the_documentation_lead_somewhere():
    broken = []
    for page in [path for path in tracked_files() if path.suffix == ".md"]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append((str(page.relative_to(ROOT)), target))
    assert broken == []
