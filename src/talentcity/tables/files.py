"""Read and write tables as files. What a file is, its ending says; output appears whole or not at all.

In CSV a cell is written as it is, so that whatever reads it gets the same value back. A text that begins with `=`, `+`,
`-` or `@` may be taken for a formula by a spreadsheet that opens the CSV; where people look at tables, write .xlsx, in
which text is text.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import polars as pl

from talentcity.errors import InvalidTable, UnreadableFile
from talentcity.tables.check import check
from talentcity.tables.csvtext import read_csv_parts
from talentcity.tables.jsonlines import MOMENT, read_json_lines_parts, write_json_lines
from talentcity.tables.parts import Part
from talentcity.tables.schema import LIST_SEPARATOR, Schema
from talentcity.tables.workbook import read_workbook_parts
from talentcity.tables.workbook_writer import require_fits, write_workbook

ENDINGS = (".parquet", ".csv", ".xlsx", ".jsonl")
_OF_SPREADSHEETS = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".numbers")


def read_parts(path: str | os.PathLike[str], *, rows: int = 100_000, sheet: str | None = None) -> Generator[Part]:
    """Read a file in parts of at most `rows` records, so that memory stays bounded whatever its size.

    A file without records gives one part without rows. What is wrong with the file may show only in a later part:
    use nothing before the last one has come.

    Args:
        path: a `.parquet`, `.csv`, `.xlsx` or `.jsonl` file. Behind the name of a workbook, `#` and the name of a sheet
            say which one is meant (`jobs.xlsx#March`).
        rows: the most records of a part.
        sheet: the sheet of a workbook, if the path does not say.

    Raises:
        UnreadableFile: no such file, no right to read it, or its content is not what its ending says.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     write_table(pl.DataFrame({"id": ["007", "008", "009"]}), f"{folder}/ids.csv")
        ...     [(part.frame["id"].to_list(), part.first_row) for part in read_parts(f"{folder}/ids.csv", rows=2)]
        [(['007', '008'], 2), (['009'], 4)]
    """
    path, named = split_sheet(Path(path))
    if path.suffix.lower() in _OF_SPREADSHEETS and path.is_file():
        raise UnreadableFile(f"{path}: {path.suffix} is not read. Open it in a spreadsheet and save it as .xlsx.")
    ending = _ending(path)
    _require_file(path, may_be_empty=ending == ".jsonl")
    match ending:
        case ".csv":
            yield from read_csv_parts(path, rows=rows)
        case ".xlsx":
            yield from read_workbook_parts(path, rows=rows, sheet=named or sheet)
        case ".jsonl":
            yield from read_json_lines_parts(path, rows=rows)
        case _:
            yield from _read_parquet_parts(path, rows=rows)


def split_sheet(path: Path) -> tuple[Path, str | None]:
    """The path of the file, and the sheet of a workbook that is named behind it."""
    name, sign, sheet = path.name.rpartition("#")
    if not sign or not name.lower().endswith(".xlsx") or path.exists():
        return path, None
    return path.with_name(name), sheet


def _read_parquet_parts(path: Path, *, rows: int) -> Iterator[Part]:
    first = 1
    try:
        scanned = pl.scan_parquet(path)
        empty = pl.DataFrame(schema=scanned.collect_schema())
        for batch in scanned.collect_batches(chunk_size=rows, maintain_order=True):
            for start in range(0, batch.height, rows):
                here = batch.slice(start, rows)
                yield Part(here, first)
                first += here.height
    except (pl.exceptions.PolarsError, OSError):
        raise UnreadableFile(
            f"{path} is not a whole Parquet file; it may be cut short or have the wrong ending. Export it again."
        ) from None
    if first == 1:
        yield Part(empty, first)


def read_table(path: str | os.PathLike[str], schema: Schema) -> pl.DataFrame:
    """Read a file as a table of the schema.

    Args:
        path: as in `read_parts`; lists are joined by `|`. A file of JSON lines without a line is a table without rows.
        schema: what is expected.

    Raises:
        UnreadableFile: as `read_parts`.
        InvalidTable: it can be read but breaks the schema; messages name the file, the row and the column.
    """
    path = Path(path)
    whole = read_whole(path)
    if not whole.frame.width and path.suffix.lower() == ".jsonl":
        return schema.empty()
    faults = [fault for fault in whole.faults if fault.column in schema.names]
    if faults:
        raise InvalidTable(faults)
    return check(whole.frame, schema, table=path.name, first_row=whole.first_row)


def first_row(path: str | os.PathLike[str]) -> int:
    """The number that a reader of the file gives to the first record; 2 where a header in row 1 comes before it.

    Raises:
        UnreadableFile: as `read_parts`.
    """
    with contextlib.closing(read_parts(path)) as parts:
        return next(parts).first_row


def read_frame(path: str | os.PathLike[str]) -> pl.DataFrame:
    """Read a file without a schema: Parquet keeps its dtypes, the others give text columns only."""
    return read_whole(path).frame


def read_whole(path: str | os.PathLike[str]) -> Part:
    """All parts of a file as one.

    Raises:
        UnreadableFile: as `read_parts`.
    """
    parts = tuple(read_parts(path))
    frame = parts[0].frame if len(parts) == 1 else pl.concat([part.frame for part in parts])
    return Part(frame, parts[0].first_row, parts[0].notes, tuple(fault for part in parts for fault in part.faults))


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
    plain = _plain(frame, path, ending)
    with replacing(path) as beside:
        _write(plain, beside, ending)
        yield


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A path beside `path` to write to; renamed over it when the block ends well, removed otherwise."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise UnreadableFile(f"{path} is a folder; expected the name of a file to write.")
            yield beside
            beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say what the disk refuses: UnreadableFile in the place of the errors of Python and of polars."""
    try:
        yield
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be written: {error.strerror or error}.") from None
    except pl.exceptions.ComputeError as error:  # so polars calls a full disk
        if "os error" not in str(error):
            raise
        raise UnreadableFile(f"{path} cannot be written: {str(error).rpartition('error: ')[2]}.") from None


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UnreadableFile(
            f"{path}: the ending {ending or '(none)'} is not known; expected one of {', '.join(ENDINGS)}."
        )
    return ending


def _require_file(path: Path, *, may_be_empty: bool) -> None:
    try:
        with path.open("rb") as stream:
            if not stream.read(1) and not may_be_empty:
                raise UnreadableFile(f"{path} is empty (0 bytes); expected a table with a header.")
    except IsADirectoryError:
        raise UnreadableFile(f"{path} is a folder; expected a file.") from None
    except FileNotFoundError:
        raise UnreadableFile(f"{path}: there is no such file.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None


def _plain(frame: pl.DataFrame, path: Path, ending: str) -> pl.DataFrame:
    """The frame as the ending can hold it."""
    if ending == ".parquet":
        return frame
    require_plain(frame.schema, path)
    joined = _lists_joined(frame, path)
    if ending == ".xlsx":
        require_fits(joined, path)
    return frame if ending == ".jsonl" else joined


def require_plain(schema: pl.Schema, path: Path) -> None:
    """Raise UnreadableFile if a column holds what only Parquet can: bytes, records, lists of anything but text."""
    for name, dtype in schema.items():
        inner = dtype.inner if isinstance(dtype, pl.List) else dtype
        if inner.is_nested() or dtype in (pl.Binary, pl.Object) or (dtype.is_nested() and inner != pl.String):
            raise UnreadableFile(
                f"{path} cannot be written: column {name} holds {dtype}, which Parquet alone can hold. Write a "
                ".parquet file instead."
            )


def _write(frame: pl.DataFrame, path: Path, ending: str) -> None:
    match ending:
        case ".csv":
            frame.write_csv(path, datetime_format=MOMENT)
        case ".xlsx":
            write_workbook(frame, path)
        case ".jsonl":
            write_json_lines(frame, path)
        case _:
            frame.write_parquet(path, compression="zstd")


def _lists_joined(frame: pl.DataFrame, path: Path) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    for name in lists:
        parts = frame[name].explode(empty_as_null=True)
        clash = parts.filter(parts.str.contains(LIST_SEPARATOR, literal=True))
        if clash.len():
            raise UnreadableFile(
                f"{path} cannot be written: column {name} holds {clash[0]!r}, and {LIST_SEPARATOR} separates the "
                "parts of a list outside Parquet. Write a .parquet file instead."
            )
    return frame.with_columns(pl.col(name).list.join(LIST_SEPARATOR) for name in lists)
