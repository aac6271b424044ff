"""Compiled loops are kept where a user may write, and nowhere that others may."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from talentcity.plan.__main__ import compile_loops
from talentcity.plan.compiled import config, loops_are_kept

SHOW = "from talentcity.plan.compiled import config; import talentcity.plan; print(config.CACHE_DIR)"


def kept_in(**environment: str) -> Path:
    command = [sys.executable, "-c", SHOW]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def test_loops_are_kept_in_the_cache_of_the_user_and_belong_to_the_user_alone(tmp_path: Path) -> None:
    folder = kept_in(HOME=str(tmp_path))
    assert (folder.parent, folder.name[:6]) == (tmp_path / ".cache" / "talentcity", "loops-")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert kept_in(HOME="/nowhere", XDG_CACHE_HOME=str(tmp_path)) == tmp_path / "talentcity" / folder.name


def test_without_a_home_they_are_kept_among_temporary_files(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    folder = kept_in(HOME=str(file), TMPDIR=str(tmp_path))
    assert (folder.parent.parent, folder.name[:6]) == (tmp_path, "loops-")


def test_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    folder = kept_in(HOME=str(tmp_path))
    folder.chmod(0o777)
    other = tmp_path / "other"
    other.mkdir()
    assert kept_in(HOME=str(tmp_path), TMPDIR=str(other)).is_relative_to(other)


def test_place_that_was_chosen_is_respected(tmp_path: Path) -> None:
    assert kept_in(HOME=str(tmp_path), NUMBA_CACHE_DIR=str(tmp_path / "mine")) == tmp_path / "mine"
    assert [folder.name for folder in tmp_path.iterdir() if folder.name != "mine"] == []


def test_after_they_were_compiled_no_plan_waits_for_them() -> None:
    compile_loops()
    kept = sorted(Path(config.CACHE_DIR).rglob("*.nbc"))
    assert loops_are_kept()
    compile_loops()
    assert sorted(Path(config.CACHE_DIR).rglob("*.nbc")) == kept
