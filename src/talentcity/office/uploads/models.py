"""Files handed in for import: who handed in what, what became of its rows, and which were refused.

The file itself is removed as soon as it was read. Refused rows hold what people wrote, so they are kept for a time
only (`domain.erasing`); the counts and the account stay.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .enums import Kind, State


class Upload(models.Model):
    """One file that was handed in, and the report on it."""

    name = models.CharField(_("file"), max_length=255, help_text=_("as it was called where it came from"))
    kind = models.CharField(_("table"), max_length=20, choices=Kind.choices)
    size = models.PositiveBigIntegerField(_("size"), help_text=_("bytes"))
    stored = models.CharField(max_length=80, blank=True, help_text=_("where it lies until it was read; empty: removed"))
    sheet = models.CharField(_("sheet"), max_length=100, blank=True, help_text=_("of a workbook that has several"))
    mapping = models.TextField(_("mapping"), blank=True)
    skip_bad = models.BooleanField(_("put bad rows aside"), default=False)
    replace = models.BooleanField(_("replace what stands"), default=False)
    language = models.CharField(max_length=10, help_text=_("in which the refused rows are written for mending"))
    requested_at = models.DateTimeField(_("handed in at"), auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed in by")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    failure = models.TextField(_("why it failed"), blank=True)
    proposed = models.TextField(_("proposed mapping"), blank=True)
    read = models.PositiveIntegerField(_("rows read"), default=0)
    taken = models.PositiveIntegerField(_("rows taken in"), default=0)
    replaced = models.PositiveIntegerField(_("rows replaced"), default=0)
    unchanged = models.PositiveIntegerField(_("rows unchanged"), default=0)
    refused_rows = models.PositiveIntegerField(_("rows refused"), default=0)
    nothing_taken = models.BooleanField(_("nothing was taken in"), default=False)
    notes = models.JSONField(_("notes"), default=list, blank=True)
    mended = models.JSONField(_("mended"), default=list, blank=True)
    erased_at = models.DateTimeField(_("refused rows erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        constraints = (models.CheckConstraint(name="upload_kind_is_known", condition=models.Q(kind__in=Kind.values)),)

    def __str__(self):
        return self.name

    @property
    def state(self) -> State:
        """Where the import stands."""
        if self.ended_at is None:
            return State.WAITING if self.started_at is None else State.RUNNING
        if self.failure:
            return State.UNREAD if self.stored else State.FAILED
        return State.REFUSED if self.nothing_taken else State.DONE


class RefusedRow(models.Model):
    """One reason why one row of a file was refused."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="refused")
    row = models.PositiveIntegerField(_("row"), help_text=_("its number in the file"))
    column = models.TextField(_("column"), blank=True)
    value = models.TextField(_("value"), null=True, blank=True)
    reason = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        ordering = ("pk",)

    def __str__(self):
        return f"{self.upload_id}/{self.row}"
