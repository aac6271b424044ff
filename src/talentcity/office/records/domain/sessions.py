"""Which sessions come next, for whoever is still owed a service."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Min
from django.utils import timezone

from talentcity.office.records.models import Session

KINDS = {"briefing": ("briefing",), "counselling": ("counselling",), "training": ("course", "internship")}
"""Which kinds of session give which service of the promise."""


def next_sessions(district: str, *, after: date) -> dict[str, Session]:
    """The next session of each service in a district, from the day after; two queries.

    A service without a session to come has no entry.
    """
    since = timezone.make_aware(datetime.combine(after, time.max))
    coming = Session.objects.filter(district=district, starts_at__gt=since)
    firsts = coming.order_by().values("kind").annotate(first=Min("starts_at")).values_list("kind", "first")
    begins = dict(firsts)
    at_those = {(one.kind, one.starts_at): one for one in coming.filter(starts_at__in=set(begins.values()))}
    found = {}
    for service, kinds in KINDS.items():
        candidates = [at_those[kind, begins[kind]] for kind in kinds if kind in begins]
        if candidates:
            found[service] = min(candidates, key=lambda one: one.starts_at)
    return found
