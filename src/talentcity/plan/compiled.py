"""Where compiled loops are kept, so that only the first run compiles them. Whoever declares one takes `njit` from here.

The folder is named for the content of the modules that declare some: loops of another version are never read.
`NUMBA_CACHE_DIR` chooses another place.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numba import config as numba_config
from numba import njit as njit

config: Any = numba_config


def keep_loops() -> Path:
    """Choose the folder, make it, and tell numba; what is kept there is run, so it must be ours alone."""
    if config.CACHE_DIR:
        return Path(config.CACHE_DIR)
    folder = next(filter(_ours, _places()), None) or Path(tempfile.mkdtemp(prefix="talentcity-"))
    config.CACHE_DIR = str(folder)
    return folder


def _places() -> Iterator[Path]:
    content = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        text = module.read_bytes()
        if b"import njit" in text:
            content.update(text)
    name = Path("talentcity") / f"loops-{content.hexdigest()[:16]}"
    wished = os.environ.get("XDG_CACHE_HOME")
    if wished:
        yield Path(wished) / name
    home = os.path.expanduser("~")  # noqa: PTH111  Path.home() raises where there is none
    if home != "~":
        yield Path(home) / ".cache" / name
    yield Path(tempfile.gettempdir()) / f"talentcity-{os.getuid()}" / name.name


def _ours(folder: Path) -> bool:
    """Whether the folder is there now, can be written to, and belongs to us alone."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        about = folder.stat()
    except OSError:
        return False
    return os.access(folder, os.W_OK) and about.st_uid == os.getuid() and not about.st_mode & 0o022


keep_loops()
