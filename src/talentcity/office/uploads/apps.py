"""The app `uploads`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    """Files handed in for import, and what became of their rows."""

    name = "talentcity.office.uploads"
    label = "uploads"
    verbose_name = _("Imports")
    default_auto_field = "django.db.models.BigAutoField"
