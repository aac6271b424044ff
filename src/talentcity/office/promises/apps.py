"""The app `promises`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromisesConfig(AppConfig):
    """The service promise and the ledger of what was delivered."""

    name = "talentcity.office.promises"
    label = "promises"
    verbose_name = _("Promises")
    default_auto_field = "django.db.models.BigAutoField"
