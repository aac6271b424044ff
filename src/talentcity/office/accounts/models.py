"""The account: who signs in, in which role, and whose record or district that role is about."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from talentcity.office.append_only import AppendOnly, AppendOnlyModel

from .enums import Did, Role


class User(AbstractUser):
    """Somebody who signs in."""

    REQUIRED_FIELDS: ClassVar = ["email", "role"]  # what `createsuperuser` asks for

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.SEEKER)
    seeker = models.OneToOneField(
        "records.Seeker",
        verbose_name=_("seeker"),
        help_text=_("Whose record it is; for job seekers only."),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="user",
    )
    district = models.CharField(
        _("district"), max_length=100, blank=True, help_text=_("Whose people are theirs; for counsellors only.")
    )

    class Meta(AbstractUser.Meta):
        constraints = (
            models.CheckConstraint(
                name="only_a_seeker_has_a_record",
                condition=models.Q(seeker__isnull=True) | models.Q(role=Role.SEEKER),
            ),
            models.CheckConstraint(
                name="only_a_counsellor_has_a_district",
                condition=models.Q(district="") | models.Q(role=Role.COUNSELLOR),
            ),
            models.CheckConstraint(name="role_is_known", condition=models.Q(role__in=Role.values)),
        )


class AccountNote(AppendOnlyModel):
    """What somebody did to an account, and when."""

    account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notes", verbose_name=_("account"))
    did = models.CharField(_("did"), max_length=20, choices=Did.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("note on an account")
        verbose_name_plural = _("notes on accounts")
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="account_note_is_known", condition=models.Q(did__in=Did.values)),)

    def __str__(self):
        return f"{self.account_id} {self.did}"
