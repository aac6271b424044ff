"""Erase what people wrote: refused rows, and files that wait for a mapping. The counts of the report stay."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from talentcity.office.uploads import storage
from talentcity.office.uploads.enums import State
from talentcity.office.uploads.models import RefusedRow, Upload

KEPT = timedelta(days=30)


def erase(upload: Upload) -> bool:
    """Erase the refused rows of a report and its file, if it waits; False while the import is under way."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state in (State.WAITING, State.RUNNING):
            return False
        stored = upload.stored
        RefusedRow.objects.filter(upload=upload).delete()
        Upload.objects.filter(pk=upload.pk).update(stored="", proposed="", erased_at=timezone.now())
    storage.remove(stored)
    return True


def erase_old() -> None:
    """Erase what has been kept for `KEPT`; called at each import and whenever the list of imports is opened."""
    for upload in Upload.objects.filter(ended_at__lt=timezone.now() - KEPT).exclude(stored=""):
        erase(upload)
