"""The refused rows of a file as a workbook: as they stood, with what is wrong, to be mended and handed in again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import override

from talentcity.office.uploads import storage
from talentcity.office.uploads.models import RefusedRow, Upload
from talentcity.office.uploads.words import said
from talentcity.tables import SCHEMAS, read_parts
from talentcity.tables.mapping import Mapping
from talentcity.tables.schema import LIST_SEPARATOR

MOST = 20_000  # rows; a longer list is not mended by hand
_NUMBER, _WHY = "__number__", "__why__"


def write_for_mending(upload: Upload, path: Path) -> None:
    """Write the workbook beside the stored file; the first `MOST` refused rows are in it."""
    with override(upload.language):
        reasons = _reasons(upload)
        rows = pl.concat([*_rows(upload, path, reasons["row"])], how="vertical")
        names = {_NUMBER: _("row in the file"), _WHY: _("why it was refused")}
        named = rows.join(reasons, left_on=_NUMBER, right_on="row", how="left", maintain_order="left")
    book = storage.beside(upload.stored, storage.REFUSED)
    storage.write(book, [])
    order = [_NUMBER, _WHY, *(name for name in rows.columns if name != _NUMBER)]
    named.select(order).rename(names).write_excel(book, autofilter=False)


def _reasons(upload: Upload) -> pl.DataFrame:
    """Each refused row with all that is wrong with it, in the reader's language."""
    found = RefusedRow.objects.filter(upload=upload).values_list("row", "column", "value", "reason")
    lines = [(row, " ".join(filter(None, (f"{column}:", value, said(reason))))) for row, column, value, reason in found]
    frame = pl.DataFrame(lines, schema={"row": pl.Int64, _WHY: pl.String}, orient="row")
    return frame.group_by("row", maintain_order=True).agg(pl.col(_WHY).str.join("\n")).sort("row").head(MOST)


def _rows(upload: Upload, path: Path, wanted: pl.Series) -> Iterator[pl.DataFrame]:
    """The rows with these numbers as the file has them, as text."""
    sheet = None
    if upload.mapping:
        sheet = Mapping.load(storage.beside(upload.stored, "mapping.toml"), SCHEMAS[upload.kind]).sheet
    for part in read_parts(path, sheet=sheet):
        numbers = pl.int_range(part.first_row, part.first_row + part.frame.height, eager=True).alias(_NUMBER)
        chosen = part.frame.with_columns(numbers).filter(pl.col(_NUMBER).is_in(wanted.implode()))
        lists = [name for name, dtype in chosen.schema.items() if isinstance(dtype, pl.List)]
        texts = [name for name in chosen.columns if name not in lists and name != _NUMBER]
        joined = [pl.col(name).cast(pl.List(pl.String)).list.join(LIST_SEPARATOR) for name in lists]
        yield chosen.with_columns(pl.col(texts).cast(pl.String), *joined)
