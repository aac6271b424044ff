"""How many places are open in the city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from talentcity.office.records.models import Posting, Screening, Vacancy, Verdict


@dataclass(frozen=True, slots=True)
class OpenPlaces:
    """Persons still looked for, and over how many vacancies."""

    vacancies: int
    places: int


def open_places(*, on: date, screening: Screening | None) -> OpenPlaces:
    """Headcount less persons hired, over the vacancies that may be recommended; one query.

    Args:
        on: a vacancy counts while one of its postings is valid on this day.
        screening: a vacancy counts unless this screening holds one of its postings; None holds nothing.
    """
    valid = Posting.objects.filter(Q(valid_through=None) | Q(valid_through__gte=on), vacancies=OuterRef("pk"))
    held = Verdict.objects.filter(screening=screening, verdict="hold", posting__vacancies=OuterRef("pk"))
    row = Vacancy.objects.filter(Exists(valid), ~Exists(held)).aggregate(
        vacancies=Count("pk"), places=Coalesce(Sum(F("headcount") - F("hired")), 0)
    )
    return OpenPlaces(**row)
