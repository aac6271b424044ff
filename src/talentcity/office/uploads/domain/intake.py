"""Hand a file in, and carry the import out: read the file, take its rows in, write the report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePath

import polars as pl
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django_q.tasks import async_task

from talentcity.errors import InvalidData, InvalidTable, TalentCityError
from talentcity.office.records.bulk import insert
from talentcity.office.records.domain.imports import Imported, RowsRefused, import_parts
from talentcity.office.uploads import storage
from talentcity.office.uploads.domain.erasing import erase_old
from talentcity.office.uploads.domain.mending import write_for_mending
from talentcity.office.uploads.enums import State
from talentcity.office.uploads.models import RefusedRow, Upload
from talentcity.tables import SCHEMAS
from talentcity.tables.mapping import Mapped, read_mapped_parts, read_plain_parts

ATTEMPTS = 3  # an import whose worker was killed this often is given up
LONGEST = 4 * 3600  # seconds; an import that takes longer is ended by the queue
REASONS_KEPT = 100_000  # in a report; beyond it the file as a whole is not what it should be
TASK = "talentcity.office.uploads.tasks.carry_out_import"
log = logging.getLogger("talentcity.uploads")


def hand_in(
    file, *, kind: str, by, sheet: str = "", mapping: str = "", skip_bad: bool = False, replace: bool = False
) -> Upload:
    """Store a file that was sent to the office, and ask the worker to import it.

    Args:
        file: a file as Django gives it, with `name`, `size` and `chunks()`.
        kind: one of `enums.Kind`.
        by: the account that hands it in.
        sheet: the sheet of a workbook that has several.
        mapping: TOML that says which heading becomes which column; empty: the headings are ours.
        skip_bad: put bad rows aside and take the others in.
        replace: let rows replace those of the same id.
    """
    stored = storage.keep(file.chunks(), PurePath(file.name).suffix.lower())
    facts = {"kind": kind, "sheet": sheet, "mapping": mapping, "skip_bad": skip_bad, "replace": replace}
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                name=file.name[-255:], size=file.size, stored=stored, requested_by=by, language=get_language(), **facts
            )
            _ask(upload)
    except Exception:  # whatever it is: no row names the file, so nobody would ever remove it
        storage.remove(stored)
        raise
    return upload


def hand_in_again(upload: Upload, *, mapping: str) -> bool:
    """Import a file whose headings were not understood with another mapping; False when it is under way already."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state != State.UNREAD:
            return False
        upload.mapping, upload.failure, upload.proposed = mapping, "", ""
        upload.attempts, upload.started_at, upload.ended_at = 0, None, None
        upload.save()
        _ask(upload)
    return True


def _ask(upload: Upload) -> None:
    async_task(TASK, upload.pk, task_name=f"import {upload.pk}", timeout=LONGEST)


def carry_out(upload: Upload) -> Upload:
    """Carry a requested import out; the report as it then stands.

    Called again for an import whose worker was killed, it starts afresh: what the killed one wrote was taken back.
    A defect of ours is written down and raised as well.
    """
    upload.refresh_from_db()
    path = storage.place(upload.stored)
    if upload.ended_at is not None:
        return upload if upload.state == State.UNREAD else _tidy(upload, path)
    if upload.attempts >= ATTEMPTS:
        return _fail(upload, f"Its worker was ended {upload.attempts} times while it ran; memory may have run out.")
    erase_old()
    Upload.objects.filter(pk=upload.pk).update(attempts=F("attempts") + 1, started_at=timezone.now())
    try:
        _import(upload, path)
    except RowsRefused as refusal:
        _record(upload, refusal.outcome, nothing_taken=True)
    except (InvalidData, InvalidTable) as error:
        return _fail(upload, _about(upload, str(error)), proposed=upload.mapping or _proposal(upload, path))
    except (TalentCityError, OSError) as error:
        return _fail(upload, _about(upload, str(error)))
    except Exception as error:  # whatever it is, the report says so; the planner would wait for ever
        _fail(upload, f"A defect of TalentCity, {type(error).__name__}: {error}")
        raise
    upload = _tidy(upload, path)
    log.info("import %s: %s %s by %s: %s", upload.pk, upload.kind, upload.state, upload.requested_by, _counts(upload))
    return upload


def _import(upload: Upload, path: Path) -> None:
    import_parts(
        upload.kind,
        _parts(upload, path),
        file=upload.name,
        skip_bad=upload.skip_bad,
        update=upload.replace,
        tell=partial(storage.tell_progress, upload.stored),
        record=partial(_record, upload),
    )


def _parts(upload: Upload, path: Path) -> Iterator[Mapped]:
    schema = SCHEMAS[upload.kind]
    if not upload.mapping:
        return read_plain_parts(_sheet(upload, path), schema)
    mapping = storage.beside(upload.stored, storage.MAPPING)
    storage.write(mapping, [upload.mapping.encode()])
    return read_mapped_parts(_sheet(upload, path), schema, mapping)


def _sheet(upload: Upload, path: Path) -> Path:
    """The file, and behind its name the sheet that is meant of several."""
    return path.with_name(f"{path.name}#{upload.sheet}") if upload.sheet else path


def _record(upload: Upload, done: Imported, *, nothing_taken: bool = False) -> None:
    """Write the report; all of it or nothing."""
    columns = ["upload_id", "row", "column", "value", "reason"]
    kept = done.refused.head(REASONS_KEPT).select(
        pl.lit(upload.pk), "row", pl.col("column").fill_null(""), "value", "reason"
    )
    counts = {"taken": done.rows, "replaced": done.updated, "unchanged": done.unchanged}
    with transaction.atomic():
        insert(RefusedRow, columns, kept.iter_rows())
        Upload.objects.filter(pk=upload.pk).update(
            ended_at=timezone.now(),
            read=done.read,
            refused_rows=done.refused_rows,
            nothing_taken=nothing_taken,
            notes=list(done.notes),
            mended=[list(row) for row in done.mended.iter_rows()],
            **(dict.fromkeys(counts, 0) if nothing_taken else counts),
        )


def _fail(upload: Upload, why: str, *, proposed: str = "") -> Upload:
    """Write down why nothing was taken in. With a proposed mapping the file waits for an answer, else it is removed."""
    if not proposed:
        storage.remove(upload.stored)
        upload.stored = ""
    Upload.objects.filter(pk=upload.pk).update(
        ended_at=timezone.now(), failure=why, proposed=proposed, stored=upload.stored
    )
    upload.refresh_from_db()
    log.warning("import %s by %s failed; its report says why", upload.pk, upload.requested_by)  # why may quote a row
    return upload


def _tidy(upload: Upload, path: Path) -> Upload:
    """Keep the refused rows as they stood in the file, and remove the file."""
    upload.refresh_from_db()
    if not upload.refused_rows:
        storage.remove(upload.stored)
        Upload.objects.filter(pk=upload.pk).update(stored="")
        upload.stored = ""
    elif path.exists():
        try:
            write_for_mending(upload, _sheet(upload, path))
        finally:
            path.unlink()
    return upload


def _about(upload: Upload, message: str) -> str:
    """A message that names the file as its owner calls it."""
    path = storage.place(upload.stored)
    return message.replace(f"{path.parent}/", "").replace(path.name, upload.name)


def _proposal(upload: Upload, path: Path) -> str:
    """A mapping for a file whose headings are not ours; empty when none can be proposed."""
    from talentcity.tables.suggest import suggest

    try:
        lines = _about(upload, suggest(_sheet(upload, path), kind=upload.kind)).splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("# Then: "))  # what to type at a terminal
    except TalentCityError:
        return ""


def _counts(upload: Upload) -> str:
    return (
        f"{upload.read} rows read, {upload.taken} taken in, {upload.replaced} replaced, "
        f"{upload.unchanged} unchanged, {upload.refused_rows} refused"
    )
