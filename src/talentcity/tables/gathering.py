"""Write tables that come in parts, with bounded memory; a file appears whole, beside others, or not at all."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl

from talentcity.tables.files import replacing, require_plain, staged, writing
from talentcity.tables.headings import REFUSED_BECAUSE, REFUSED_ROW
from talentcity.tables.jsonlines import MOMENT
from talentcity.tables.parts import Part
from talentcity.tables.schema import LIST_SEPARATOR

_REASONS = {"row": pl.Int64, "because": pl.String}


class Spool:
    """Frames of one schema, kept on the disk until they are written as one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[Path] = []
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Keep one more part; the first says what the columns are, even if it has no row."""
        if frame.is_empty() and self._files:
            return
        path = self._folder / f"{len(self._files):06}.parquet"
        with writing(self._folder):
            frame.write_parquet(path, compression="lz4")
        self._files.append(path)
        self.rows += frame.height

    def scan(self) -> pl.LazyFrame:
        """All parts as one."""
        return pl.scan_parquet(self._files)

    @contextlib.contextmanager
    def staged(self, path: Path) -> Iterator[None]:
        """Write what was added beside `path`; it appears there when the block ends well.

        Raises:
            UnreadableFile: the folder cannot be written, or the disk is full.
        """
        ending = path.suffix.lower()
        if ending != ".parquet":
            require_plain(self.scan().collect_schema(), path)
        if ending == ".parquet":
            with _sunk(path, lambda beside: self.scan().sink_parquet(beside, compression="zstd")):
                yield
        elif ending == ".csv" and not self._has_parts_that_hold_the_separator():
            joined = self.scan().with_columns(pl.col(name).list.join(LIST_SEPARATOR) for name in self._lists())
            with _sunk(path, lambda beside: joined.sink_csv(beside, datetime_format=MOMENT)):
                yield
        else:
            with staged(self.scan().collect(), path):
                yield

    def _lists(self) -> list[str]:
        return [name for name, dtype in self.scan().collect_schema().items() if isinstance(dtype, pl.List)]

    def _has_parts_that_hold_the_separator(self) -> bool:
        clash = [pl.col(name).list.eval(pl.element().str.contains(LIST_SEPARATOR, literal=True)).list.any().any()
                 for name in self._lists()]  # fmt: skip
        return bool(clash) and any(self.scan().select(clash).collect().row(0))


@contextlib.contextmanager
def _sunk(path: Path, sink: Callable[[Path], object]) -> Iterator[None]:
    """What `sink` writes beside a path; it appears there when the block ends well."""
    with replacing(path) as beside:
        sink(beside)
        yield


@contextlib.contextmanager
def spool(near: Path) -> Iterator[Spool]:
    """A spool in a folder of its own beside the file that will be written; the folder goes when the block ends."""
    with writing(near):
        near.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=f".{near.name}.", dir=near.parent)
    with folder as name:
        yield Spool(Path(name))


def reasons_of(refused: pl.DataFrame, named: Callable[[str], str] = str) -> pl.DataFrame:
    """Refused rows, each once: `row` and `because`, where several reasons are numbered.

    Args:
        refused: row, column, value, reason.
        named: what a reader of the sheet calls a column.

    Example:
        >>> refused = pl.DataFrame({"row": [4, 4], "column": ["title", "wage_min"], "value": [None, "'x'"],
        ...                         "reason": ["empty; expected text", "expected a number"]})
        >>> reasons_of(refused)["because"].to_list()
        ["(1) title: empty; expected text (2) wage_min: 'x': expected a number"]
    """
    because: dict[int, list[str]] = {}
    for row, column, value, reason in refused.select("row", "column", "value", "reason").iter_rows():
        words = [named(column)] if value is None else [named(column), value]
        because.setdefault(row, []).append(": ".join([*words, reason]))
    rows = [(row, _numbered(words)) for row, words in because.items()]
    return pl.DataFrame(rows, schema=_REASONS, orient="row")


def _numbered(words: list[str]) -> str:
    return words[0] if len(words) == 1 else " ".join(f"({at}) {each}" for at, each in enumerate(words, start=1))


def refused_rows(parts: Iterable[Part], reasons: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """The refused rows of a sheet as they stood in it, part by part, each with its number and why it was refused.

    Such a file can be mended and read by the mapping of its sheet. The rows of one that is refused again keep the
    number that they had in the first.

    Args:
        parts: the sheet.
        reasons: `row` and `because`.
    """
    for part in parts:
        last = part.first_row + part.frame.height
        here = reasons.filter(pl.col("row").is_between(part.first_row, last, closed="left")).collect()
        rows = pl.int_range(part.first_row, last, eager=True).alias("row")
        original = part.frame.drop(REFUSED_ROW, REFUSED_BECAUSE, strict=False)
        numbers = first_numbers(part.frame, rows)
        whole = original.with_columns(rows.alias("__row__"), numbers.alias("__number__"))
        found = here.join(whole, left_on="row", right_on="__row__", how="inner", maintain_order="right")
        yield found.select(
            pl.col("__number__").alias(REFUSED_ROW), pl.col("because").alias(REFUSED_BECAUSE), *original.columns
        )


def first_numbers(frame: pl.DataFrame, numbers: pl.Series) -> pl.Series:
    """The numbers of the rows in the file where they first stood: a file of refused rows says them."""
    if REFUSED_ROW not in frame.columns:
        return numbers
    return frame[REFUSED_ROW].cast(pl.Int64, strict=False).fill_null(numbers)
