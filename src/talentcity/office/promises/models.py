"""The ledger: what was delivered against the promise. Facts are appended; the state is computed from them."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from talentcity.office.append_only import AppendOnly, AppendOnlyModel
from talentcity.office.records.models import ID_LENGTH, Seeker, one_of
from talentcity.tables import SERVICES


class Deliveries(AppendOnly):
    """The ledger, and the part of it that counts."""

    def in_force(self):
        """Acts that happened: rows that no correction takes back; a correction itself is not an act."""
        # `corrects__isnull` would lead SQLite to the index of `corrects`, where nearly every row of the ledger is NULL.
        acts = self.alias(no_correction=Coalesce("corrects", 0)).filter(no_correction=0)
        return acts.exclude(Exists(Delivery.objects.filter(corrects=OuterRef("pk"))))


class Delivery(AppendOnlyModel):
    """One act against the promise, with its evidence.

    A correction is a row that names the one it takes back; neither of the two counts from then on. What really
    happened, if anything did, is recorded as a delivery of its own. A row is taken back at most once, and a
    correction cannot be taken back.
    """

    delivery_id = models.CharField(_("id"), max_length=ID_LENGTH)
    seeker = models.ForeignKey(
        Seeker,
        on_delete=models.PROTECT,
        related_name="deliveries",
        verbose_name=_("seeker"),
        db_index=False,  # it leads the index by person
    )
    service = models.CharField(_("service"), max_length=20)
    on = models.DateField(_("on"), help_text=_("the day it happened"))
    evidence = models.TextField(_("evidence"))
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # nothing is looked up by it
        verbose_name=_("recorded by"),
        help_text=_("empty: imported"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = Deliveries.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("on", "pk")
        base_manager_name = "objects"
        constraints = (
            models.UniqueConstraint(fields=("delivery_id",), name="delivery_id_once"),
            one_of("delivery_service_is_known", "service", SERVICES),
            models.CheckConstraint(name="delivery_has_evidence", condition=~models.Q(evidence="")),
        )
        indexes = (models.Index(fields=("seeker", "service", "on", "corrects"), name="delivery_by_person_in_force"),)

    def __str__(self):
        return self.delivery_id
