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

from llvmlite import ir
from numba import config as numba_config
from numba import njit as njit
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

config: Any = numba_config


def keep_loops() -> Path:
    """Choose the folder, make it, and tell numba; what is kept there is run, so it must be ours alone."""
    if config.CACHE_DIR:
        return Path(config.CACHE_DIR)
    folder = next(filter(_ours, _places()), None) or Path(tempfile.mkdtemp(prefix="talentcity-"))
    config.CACHE_DIR = str(folder)
    return folder


def loops_are_kept() -> bool:
    """Whether some were compiled and kept by an earlier run of this version, so that the next one need not wait.

    >>> isinstance(loops_are_kept(), bool)
    True
    """
    return any(Path(config.CACHE_DIR).glob("*/kernels.rounds-*.nbi"))


def _places() -> Iterator[Path]:
    content = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        text = module.read_bytes()
        if b"@njit(" in text or module.samefile(__file__):
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


@intrinsic
def fetch(_typing: Any, array: Any, _at: Any = None) -> Any:
    """Ask for the line of memory where array[at] stands, without waiting for it."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        find: Any = cgutils.get_or_insert_function
        fetch = find(builder.module, kind, "llvm.prefetch.p0i8")
        read, keep, is_data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(fetch, [builder.bitcast(builder.gep(data, [arguments[1]]), byte), read, keep, is_data])
        return context.get_dummy_value()

    return types.void(array, types.intp), code


keep_loops()
