"""Imports: hand a file in, see how far it is, read the report, mend what was refused."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from talentcity.office.accounts.access import Area, must_write, only_for, seen_by
from talentcity.tables import SCHEMAS

from . import storage
from .domain.erasing import KEPT, erase, erase_old
from .domain.intake import REASONS_KEPT, hand_in, hand_in_again
from .domain.mending import MOST
from .enums import Kind, State
from .forms import MappingForm, UploadForm
from .models import Upload
from .words import said

PER_PAGE = 20
ROWS_PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNDER_WAY = (State.WAITING, State.RUNNING)


@require_safe
@only_for(Area.IMPORTS)
def imports(request):
    """Every import, latest first, and the form for a new one."""
    erase_old()
    return _list(request, UploadForm())


@require_POST
@only_for(Area.IMPORTS)
def hand_in_file(request):
    """Store the file and ask the worker to import it."""
    must_write(request.user, Area.IMPORTS)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form)
    asked = form.cleaned_data
    upload = hand_in(
        asked["file"],
        kind=asked["kind"],
        by=request.user,
        sheet=asked["sheet"],
        mapping=asked["mapping"],
        skip_bad=asked["bad"] == "aside",
        replace=asked["known"] == "replace",
    )
    return redirect("import", upload.pk)


def _list(request, form):
    records = seen_by(request.user, Upload.objects).select_related("requested_by")
    page = Paginator(records, PER_PAGE).get_page(request.GET.get("page"))
    columns = [{"name": kind.label, "columns": SCHEMAS[kind.value].columns} for kind in Kind]
    return render(request, "uploads/imports.html", {"form": form, "page": page, "tables": columns})


@require_safe
@login_required
def report(request, pk):
    """What became of one file."""
    return _report(request, _seen(request, pk))


def _seen(request, pk):
    records = seen_by(request.user, Upload.objects).select_related("requested_by")
    return get_object_or_404(records, pk=pk)


def _report(request, upload, form=None):
    page = Paginator(upload.refused.all(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    if form is None and upload.state == State.UNREAD:
        form = MappingForm({"mapping": upload.proposed})
    context = {
        "upload": upload,
        "progress": storage.progress(upload.stored) if upload.state in UNDER_WAY else None,
        "under_way": upload.state in UNDER_WAY,
        "page": page,
        "rows": [{"refused": one, "reason": _in_words(one.reason)} for one in page.object_list],
        "mended": [dict(zip(("column", "kind", "rows", "examples"), row, strict=True)) for row in upload.mended],
        "form": form,
        "kept_until": upload.ended_at + KEPT if upload.ended_at and upload.stored else None,
        "in_list": REASONS_KEPT if page.paginator.count >= REASONS_KEPT else None,
        "in_book": MOST if upload.refused_rows > MOST else None,
        "book": upload.refused_rows and upload.stored and storage.beside(upload.stored, storage.REFUSED).exists(),
    }
    return render(request, "uploads/import.html", context)


def _in_words(reason):
    words = said(reason)
    return {"words": words, "english": words == reason}


@require_safe
@login_required
def progress(request, pk):
    """How one import goes: asked again and again while it runs; then the whole page is loaded anew."""
    upload = _seen(request, pk)
    if not request.htmx:
        return redirect("import", pk)
    if upload.state not in UNDER_WAY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    shown = {"upload": upload, "progress": storage.progress(upload.stored)}
    return render(request, "uploads/_progress.html", shown)


@require_POST
@login_required
def map_again(request, pk):
    """Import a file whose headings were not understood by the mapping that the planner read over."""
    upload = _seen(request, pk)
    must_write(request.user, upload)
    form = MappingForm(request.POST)
    if not form.is_valid():
        return _report(request, upload, form)
    hand_in_again(upload, mapping=form.cleaned_data["mapping"])
    return redirect("import", pk)


@require_safe
@login_required
def refused_rows(request, pk):
    """The refused rows as a workbook, to be mended."""
    upload = _seen(request, pk)
    book = storage.beside(upload.stored, storage.REFUSED)
    if not upload.stored or upload.state in UNDER_WAY or not book.exists():
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="refused-{pk}.xlsx"', "Cache-Control": "no-store"}
    return HttpResponse(book.read_bytes(), content_type=XLSX, headers=headers)


@require_POST
@login_required
def erase_rows(request, pk):
    """Erase the refused rows, or the file that waits for a mapping."""
    upload = _seen(request, pk)
    must_write(request.user, upload)
    if erase(upload):
        messages.success(request, _("The refused rows and the file are erased; the counts stay."))
    return redirect("import", pk)
