"""Read and write tables as files. What a file is, its ending says; output appears whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from talentcity.errors import UnreadableFile, Violation
from talentcity.tables.check import check
from talentcity.tables.schema import LIST_SEPARATOR, Schema

ENDINGS = (".parquet", ".csv")
_DUPLICATED = re.compile(r"_duplicated_\d+$")  # how polars renames a column whose name stands twice


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of a file, in their order.

    Attributes:
        frame: the records; text columns only unless the file is Parquet. Every part of a file has the same columns.
        first_row: the number that a reader of the file gives to the part's first record; the others follow it.
        notes: what was done to the file, as sentences ("The header was found in row 3."); on the first part only.
        faults: cells whose content cannot be relied on (an error of a formula, a number that has lost digits), with
            row, heading and reason. Whoever uses such a column puts these rows aside.
    """

    frame: pl.DataFrame
    first_row: int
    notes: tuple[str, ...] = ()
    faults: tuple[Violation, ...] = ()


def read_parts(path: str | os.PathLike[str], *, rows: int = 100_000, sheet: str | None = None) -> Iterator[Part]:
    """Read a file in parts of at most `rows` records, so that memory stays bounded whatever its size.

    A file without records gives one part without rows. What is wrong with the file may show only in a later part:
    use nothing before the last one has come.

    Args:
        path: a `.parquet` or `.csv` file.
        rows: the most records of a part.
        sheet: the sheet of a workbook that has several.

    Raises:
        UnreadableFile: no such file, no right to read it, or its content is not what its ending says.
    """
    path = Path(path)
    frame = read_frame(path)
    for start in range(0, max(frame.height, 1), rows):
        yield Part(frame.slice(start, rows), first_row(path) + start)


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
    return check(read_frame(path), schema, table=path.name, first_row=first_row(path))


def first_row(path: str | os.PathLike[str]) -> int:
    """The number that a reader of the file gives to the first record: 2 where a header comes before it."""
    return 2 if Path(path).suffix.lower() == ".csv" else 1


def read_frame(path: str | os.PathLike[str]) -> pl.DataFrame:
    """Read a file without a schema: CSV gives text columns only, Parquet keeps its dtypes."""
    path = Path(path)
    ending = _ending(path)
    _require_file(path)
    try:
        if ending == ".csv":
            return _read_csv(path)
        return pl.read_parquet(path)
    except pl.exceptions.NoDataError:
        raise UnreadableFile(f"{path} holds no rows and no header; expected the names of the columns.") from None
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(_unreadable(path, ending, error)) from None


def write_table(frame: pl.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a frame by the ending of the path; the file appears whole or not at all.

    Raises:
        UnreadableFile: the ending is not known, the folder cannot be written, or the disk is full.
    """
    with staged(frame, path):
        pass


def write_tables(tables: Iterable[tuple[pl.DataFrame, str | os.PathLike[str]]]) -> None:
    """Write several frames; none of the files appears before all of them could be written.

    Raises:
        UnreadableFile: as `write_table`.
    """
    with contextlib.ExitStack() as stack:
        for frame, path in tables:
            stack.enter_context(staged(frame, path))


@contextlib.contextmanager
def staged(frame: pl.DataFrame, path: str | os.PathLike[str]) -> Iterator[None]:
    """Write a frame beside `path`; it appears there when the block ends well, and never when it does not.

    Raises:
        UnreadableFile: as `write_table`.
    """
    path = Path(path)
    ending = _ending(path)
    plain = _lists_joined(frame, path) if ending == ".csv" else frame
    with replacing(path) as beside:
        try:
            if ending == ".csv":
                plain.write_csv(beside, datetime_format="%Y-%m-%dT%H:%M:%S%.f")
            else:
                plain.write_parquet(beside, compression="zstd")
        except pl.exceptions.ComputeError as error:  # so polars calls a full disk
            if "os error" not in str(error):
                raise
            reason = str(error).rpartition("error: ")[2]
            raise UnreadableFile(f"{path} cannot be written: {reason}.") from None
        yield


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
        with contextlib.suppress(OSError):
            beside.unlink()


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UnreadableFile(
            f"{path}: the ending {ending or '(none)'} is not known; expected one of {', '.join(ENDINGS)}."
        )
    return ending


def _require_file(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            if not stream.read(1):
                raise UnreadableFile(f"{path} is empty (0 bytes); expected a table with a header.")
    except IsADirectoryError:
        raise UnreadableFile(f"{path} is a folder; expected a file.") from None
    except FileNotFoundError:
        raise UnreadableFile(f"{path}: there is no such file.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None


def _read_csv(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, infer_schema=False, encoding="utf8")
    _check_header(path, frame.columns)
    if frame.width > 1 and frame.to_series(-1).null_count():  # cells that a row lacks come as missing ones
        _check_width(path, frame.width)
    blank = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    return frame.head(frame.height - int(blank.reverse().cum_min().sum()))  # blank lines at the end say nothing


def _check_header(path: Path, names: list[str]) -> None:
    if any("\ufffd" in name for name in names):
        raise UnreadableFile(f"{path} is not UTF-8 text; save it as CSV UTF-8.")
    if len(names) == 1:
        for sign, word in ((";", "semicolons"), ("\t", "tabs")):
            if sign in names[0]:
                raise UnreadableFile(f"{path} is separated by {word}; expected commas.")
    twice = [
        name for name in (_DUPLICATED.sub("", name) for name in names if _DUPLICATED.search(name)) if name in names
    ]
    if twice:
        raise UnreadableFile(f"{path}: several columns are called {twice[0]!r}; expected each name once.")


def _check_width(path: Path, width: int) -> None:
    """Raise UnreadableFile for the first row that has other than `width` cells; blank lines have none."""
    with contextlib.suppress(csv.Error), path.open(newline="", encoding="utf-8-sig") as lines:
        for row, cells in enumerate(csv.reader(lines), start=1):
            if cells and len(cells) != width:
                raise UnreadableFile(
                    f"{path}: row {row} has {len(cells)} cells and the header has {width}; expected as many in each "
                    "row. A cell that holds a comma or a line break stands in quotation marks."
                )


def _unreadable(path: Path, ending: str, error: Exception) -> str:
    if ending == ".parquet":
        return f"{path} is not a whole Parquet file; it may be cut short or have the wrong ending. Export it again."
    if "utf" in str(error).lower():
        return f"{path} is not UTF-8 text; save it as CSV UTF-8."
    if "more fields" in str(error):
        with contextlib.suppress(csv.Error), path.open(newline="", encoding="utf-8-sig") as lines:
            _check_width(path, len(next(csv.reader(lines))))
    return f"{path} is not readable as CSV; a quotation mark may be opened and never closed."


def _lists_joined(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    for name in lists:
        parts = frame[name].explode(empty_as_null=True)
        clash = parts.filter(parts.str.contains(LIST_SEPARATOR, literal=True))
        if clash.len():
            raise UnreadableFile(
                f"{path} cannot be written: column {name} holds {clash[0]!r}, and in CSV {LIST_SEPARATOR} separates "
                "the parts of a list. Write a .parquet file instead."
            )
    return frame.with_columns(pl.col(name).list.join(LIST_SEPARATOR) for name in lists)
