"""Where files that were handed in lie: a folder of its own for each, readable by the office's account alone."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

REFUSED = "refused.xlsx"
MAPPING = "mapping.toml"
_PROGRESS = "progress"


def keep(chunks: Iterable[bytes], ending: str) -> str:
    """Store a file under a random name; that name, as `place` takes it."""
    token = secrets.token_hex(16)
    stored = f"{token}/{token}{ending}"
    folder = place(stored).parent
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    try:
        write(place(stored), chunks)
    except OSError:
        remove(stored)
        raise
    return stored


def place(stored: str) -> Path:
    """Where a stored file lies."""
    return settings.TALENTCITY_HOME / "uploads" / stored


def beside(stored: str, name: str) -> Path:
    """Another file in the folder of a stored one."""
    return place(stored).parent / name


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a new file that nobody else may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)


def remove(stored: str) -> None:
    """Remove a stored file and everything beside it."""
    if stored:
        shutil.rmtree(place(stored).parent, ignore_errors=True)


def tell_progress(stored: str, step: str, rows: int) -> None:
    """Note how far the import is. A file, because the database shows nothing before the import is complete."""
    write(beside(stored, _PROGRESS), [f"{step} {rows}".encode()])


def progress(stored: str) -> tuple[str, int] | None:
    """The step and the rows done, or None while nothing is known."""
    try:
        step, rows = beside(stored, _PROGRESS).read_text(encoding="ascii").split()
        return step, int(rows)
    except (OSError, ValueError):
        return None
