"""Which tables can be handed in, and where an import stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The tables that the office takes, in the order in which they build on each other."""

    SEEKERS = "seekers", _("Job seekers")
    EMPLOYERS = "employers", _("Employers")
    POSTINGS = "postings", _("Job adverts")
    VACANCIES = "vacancies", _("Vacancies")
    SESSIONS = "sessions", _("Sessions")
    DELIVERIES = "deliveries", _("Deliveries")


class State(models.TextChoices):
    """Where an import stands; computed from what happened to it."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Taken in")
    REFUSED = "refused", _("Refused")
    UNREAD = "unread", _("Headings not understood")
    FAILED = "failed", _("Failed")
