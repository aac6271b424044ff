"""Which sessions come next, for whoever is still owed a service."""

from __future__ import annotations

from collections import defaultdict
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
    firsts = coming.order_by().values("district", "kind").annotate(first=Min("starts_at"))
    begins = {(one["district"], one["kind"]): one["first"] for one in firsts}
    at_those: dict[tuple[str, str], Session] = {}
    for one in coming.filter(starts_at__in=set(begins.values())):
        if begins[one.district, one.kind] == one.starts_at:
            at_those.setdefault((one.district, one.kind), one)
    found: dict[str, dict[str, Session]] = {district: {} for district in wanted}
    services = defaultdict(list)
    for (district, kind), one in at_those.items():
        services[district, _service_of(kind)].append(one)
    for (district, service), candidates in services.items():
        found[district][service] = min(candidates, key=lambda one: one.starts_at)
    return found


def _service_of(kind: str) -> str:
    return next(service for service, kinds in KINDS.items() if kind in kinds)
