"""Which sessions come next, for whoever is still owed a service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Min
from django.utils import timezone

from talentcity.office.records.models import Session

KINDS = {"briefing": ("briefing",), "counselling": ("counselling",), "training": ("course", "internship")}
"""Which kinds of session give which service of the promise."""


def next_sessions(districts: Iterable[str], *, after: date) -> dict[str, dict[str, Session]]:
    """The next session of each service in each of the districts, from the day after; two queries.

    A district has an entry, a service without a session to come has none in it.
    """
    wanted = set(districts)
    since = timezone.make_aware(datetime.combine(after, time.max))
    coming = Session.objects.filter(district__in=wanted, starts_at__gt=since)
    firsts = coming.order_by().values("district", "kind").annotate(first=Min("starts_at")).values_list("first")
    found: dict[str, dict[str, Session]] = {district: {} for district in wanted}
    for one in coming.filter(starts_at__in={first for (first,) in firsts}).order_by("starts_at", "session_id"):
        found[one.district].setdefault(_service_of(one.kind), one)
    return found


def _service_of(kind: str) -> str:
    return next(service for service, kinds in KINDS.items() if kind in kinds)
