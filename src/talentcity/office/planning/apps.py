"""The app `planning`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """Plan runs, recommendations and the answers to them."""

    name = "talentcity.office.planning"
    label = "planning"
    verbose_name = _("Planning")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Let a run that lives keep its task."""
        from talentcity.office.planning import claims

        claims.connect()
