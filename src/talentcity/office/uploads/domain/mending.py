"""The refused rows of a file as a workbook: as they stood, with what is wrong, to be mended and handed in again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from django.utils.translation import override

from talentcity.office.uploads import storage
from talentcity.office.uploads.models import RefusedRow, Upload
from talentcity.office.uploads.words import said
from talentcity.tables import SCHEMAS
from talentcity.tables.gathering import reasons_of, refused_rows, spool
from talentcity.tables.mapping import sheet_parts
from talentcity.tables.mapping_file import Mapping

MOST = 20_000  # rows; a longer list is not mended by hand


def write_for_mending(upload: Upload, path: Path) -> None:
    """Write the workbook beside the stored file; the first `MOST` refused rows are in it."""
    sheet = None
    if upload.mapping:
        sheet = Mapping.load(storage.beside(upload.stored, storage.MAPPING), SCHEMAS[upload.kind]).sheet
    reasons = _reasons(upload).head(MOST).lazy()
    book = storage.beside(upload.stored, storage.REFUSED)
    with spool(book) as rows:
        for found in refused_rows(sheet_parts(path, sheet=sheet), reasons):
            rows.add(found)
        with rows.staged(book):
            pass
    book.chmod(0o600)


def _reasons(upload: Upload) -> pl.DataFrame:
    """Each refused row with all that is wrong with it, in the language of whoever handed the file in."""
    found = RefusedRow.objects.filter(upload=upload).values_list("row", "column", "value", "reason")
    with override(upload.language):
        lines = [(row, column, value, said(reason)) for row, column, value, reason in found]
    schema = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
    return reasons_of(pl.DataFrame(lines, schema=schema, orient="row"))
