"""Read and write tables as files. What a file is, its ending says; output appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from talentcity.errors import UnreadableFile
from talentcity.tables.check import check
from talentcity.tables.schema import Schema

ENDINGS = (".parquet", ".csv")
LIST_SEPARATOR = "|"


def read_table(path: str | os.PathLike[str], schema: Schema) -> pl.DataFrame:
    """Read a file as a table of the schema.

    Args:
        path: a `.parquet` or `.csv` file (UTF-8, header in the first row, lists joined by `|`).
        schema: what is expected.

    Raises:
        UnreadableFile: no such file, no right to read it, or its content is not what its ending says.
        InvalidTable: it can be read but breaks the schema; messages name the file, the row and the column.
    """
    path = Path(path)
    frame = read_frame(path)
    first_row = 2 if path.suffix.lower() == ".csv" else 1
    return check(frame, schema, table=path.name, first_row=first_row)


def read_frame(path: str | os.PathLike[str]) -> pl.DataFrame:
    """Read a file without a schema: CSV gives text columns only, Parquet keeps its dtypes."""
    path = Path(path)
    ending = _ending(path)
    _require_file(path)
    try:
        if ending == ".csv":
            return pl.read_csv(path, infer_schema=False, encoding="utf8")
        return pl.read_parquet(path)
    except pl.exceptions.NoDataError:
        raise UnreadableFile(f"{path} is empty; expected a header row with the names of the columns.") from None
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(_unreadable(path, ending, error)) from None


def write_table(frame: pl.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a frame by the ending of the path; the file appears whole or not at all.

    Raises:
        UnreadableFile: the ending is not known, or the folder cannot be written.
    """
    path = Path(path)
    ending = _ending(path)
    with replacing(path) as beside:
        if ending == ".csv":
            _lists_joined(frame).write_csv(beside, datetime_format="%Y-%m-%dT%H:%M:%S")
        else:
            frame.write_parquet(beside, compression="zstd")


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A path beside `path` to write to; renamed over it when the block ends well, removed otherwise."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise UnreadableFile(f"{path} is a folder; expected the name of a file to write.")
        yield beside
        beside.replace(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be written: {error.strerror or error}.") from None
    finally:
        beside.unlink(missing_ok=True) if beside.parent.is_dir() else None


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UnreadableFile(
            f"{path}: the ending {ending or '(none)'} is not known; expected one of {', '.join(ENDINGS)}."
        )
    return ending


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFile(f"{path} is a folder; expected a file.")
    try:
        with path.open("rb") as stream:
            if not stream.read(1):
                raise UnreadableFile(f"{path} is empty (0 bytes); expected a table with a header.")
    except FileNotFoundError:
        raise UnreadableFile(f"{path}: there is no such file.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None


def _unreadable(path: Path, ending: str, error: Exception) -> str:
    if ending == ".parquet":
        return f"{path} is not a whole Parquet file; it may be cut short or have the wrong ending. Export it again."
    if "utf" in str(error).lower():
        return f"{path} is not UTF-8 text; save it as CSV UTF-8."
    first = str(error).splitlines()[0]
    return f"{path} is not readable as CSV: {first}. Expected commas and as many cells in each row as in the header."


def _lists_joined(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return frame.with_columns(pl.col(name).list.join(LIST_SEPARATOR) for name in lists)
