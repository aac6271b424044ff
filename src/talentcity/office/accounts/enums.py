"""The roles in which somebody signs in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody comes to the office for."""

    SEEKER = "seeker", _("Job seeker")
    COUNSELLOR = "counsellor", _("Counsellor")
    PLANNER = "planner", _("City planner")
    INSPECTOR = "inspector", _("Inspector")


class Did(models.TextChoices):
    """What is noted of an account."""

    MADE = "made", _("Account made")
    LINK = "link", _("Link for a new password made")
    PASSWORD = "password", _("Password set")
    CLOSED = "closed", _("Account closed")
    OPENED = "opened", _("Account opened again")
