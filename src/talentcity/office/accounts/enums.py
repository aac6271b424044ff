"""The roles in which somebody signs in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody comes to the office for."""

    SEEKER = "seeker", _("Job seeker")
    COUNSELLOR = "counsellor", _("Counsellor")
    PLANNER = "planner", _("City planner")
    INSPECTOR = "inspector", _("Inspector")
