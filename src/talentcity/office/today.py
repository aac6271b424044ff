"""What "today" is."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The fixed day of a sample city (`TALENTCITY_ON`), else the day of the city's clock."""
    return settings.TALENTCITY_ON or timezone.localdate()
