"""The app `records`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """People, employers, postings, vacancies, sessions, and what guard said of the postings."""

    name = "talentcity.office.records"
    label = "records"
    verbose_name = _("Records")
    default_auto_field = "django.db.models.BigAutoField"
