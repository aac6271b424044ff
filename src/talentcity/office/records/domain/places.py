"""How many places are open in the city."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from talentcity.office.records.models import Vacancy


@dataclass(frozen=True, slots=True)
class OpenPlaces:
    """Persons still looked for, and over how many vacancies."""

    vacancies: int
    places: int


def open_places() -> OpenPlaces:
    """Headcount less persons hired, over all vacancies on record; one query."""
    row = Vacancy.objects.aggregate(vacancies=Count("pk"), places=Coalesce(Sum(F("headcount") - F("hired")), 0))
    return OpenPlaces(**row)
