"""How many people have had what the promise grants, by district; counted by the database, not per person.

*persons* are distinct people, *person-times* are services received; the two are never added. The denominator
is every registered person of the district, whether or not their day has come.

A count that takes long stands for a while and says when it was made (`office.kept`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count

from talentcity.office.kept import KeptCounts
from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import Promise, current
from talentcity.office.records.models import Seeker


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """One service in one district, up to a day.

    Attributes:
        had_all: persons who have had at least what the promise grants.
        persons: persons who have had it at least once.
        person_times: services received.
        of: the denominator, persons registered in the district.
    """

    had_all: int
    persons: int
    person_times: int
    of: int

    @property
    def share(self) -> float | None:
        """`had_all` among all registered persons, 0 to 1; None where nobody is registered."""
        return self.had_all / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class DistrictCoverage:
    """One district (or the whole city): persons registered, and per service of the promise what they have had."""

    district: str
    persons: int
    services: dict[str, ServiceCount]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All districts in the order of their names, the whole city, and what the figures are about.

    Attributes:
        kept_from: when it was counted, if that was before this visit; None: just now.
    """

    on: date
    promise: Promise
    districts: tuple[DistrictCoverage, ...]
    total: DistrictCoverage
    kept_from: datetime | None = None

    def __iter__(self) -> Iterator[DistrictCoverage]:
        return iter(self.districts)

    def __len__(self) -> int:
        return len(self.districts)


_PER_PERSON = """
    SELECT s.district, d.service, d.times, COUNT(*)
    FROM (
        SELECT l.seeker_id, l.service, COUNT(*) AS times
        FROM {delivery} l
        WHERE l."on" <= %s AND l.corrects_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM {delivery} c WHERE c.corrects_id = l.id)
        GROUP BY l.seeker_id, l.service
    ) d
    JOIN {seeker} s ON s.id = d.seeker_id
    GROUP BY s.district, d.service, d.times
"""


_kept: KeptCounts[Coverage] = KeptCounts()


def coverage(*, today: date) -> Coverage:
    """What has been delivered up to today, by district; two queries, however many people there are, or a kept count."""
    counted, since = _kept.ask(today, lambda: _counted(today))
    return dataclasses.replace(counted, kept_from=since)


def _counted(today: date) -> Coverage:
    promise = current(today)
    registered = dict(
        Seeker.objects.order_by("district").values_list("district").annotate(persons=Count("pk")).order_by("district")
    )
    had = _had(today)
    districts = tuple(_district(name, persons, had.get(name, {}), promise) for name, persons in registered.items())
    whole: dict[str, dict[int, int]] = {}
    for services in had.values():
        for service, times in services.items():
            for count, persons in times.items():
                city = whole.setdefault(service, {})
                city[count] = city.get(count, 0) + persons
    total = _district("", sum(registered.values()), whole, promise)
    return Coverage(on=today, promise=promise, districts=districts, total=total)


def _had(today: date) -> dict[str, dict[str, dict[int, int]]]:
    """District, then service, then how often: how many persons."""
    tables = {"delivery": Delivery._meta.db_table, "seeker": Seeker._meta.db_table}
    had: dict[str, dict[str, dict[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PER_PERSON.format(**tables), [today])
        for district, service, times, persons in cursor.fetchall():
            had.setdefault(district, {}).setdefault(service, {})[times] = persons
    return had


def _district(name: str, persons: int, had: dict[str, dict[int, int]], promise: Promise) -> DistrictCoverage:
    services = {}
    for service in promise.services:
        times = had.get(service.code, {})
        services[service.code] = ServiceCount(
            had_all=sum(people for count, people in times.items() if count >= service.least),
            persons=sum(times.values()),
            person_times=sum(count * people for count, people in times.items()),
            of=persons,
        )
    return DistrictCoverage(district=name, persons=persons, services=services)
