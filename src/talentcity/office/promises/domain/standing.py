"""Where the promise to a person stands, computed from the ledger.

A service is due on the day of registration plus `within_days`; that day still counts. It is *kept* when the
least number was delivered on or before that day, *broken* when the day has passed and it was not; what comes
late is had, but does not mend the promise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import Promise, Service, current
from talentcity.office.records.models import Seeker


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """One service of the promise to one person.

    Attributes:
        had: deliveries in force up to today (person-times).
        least: how many the promise grants at least.
        owed: how many are still to come.
        due_on: the last day on which the promise can be kept.
        kept, broken: see the module; both false while there is still time.
        deliveries: those counted in `had`, in the order of their days.
    """

    service: Service
    had: int
    least: int
    owed: int
    due_on: date
    kept: bool
    broken: bool
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole promise to one person, on one day."""

    seeker: Seeker
    on: date
    services: tuple[ServiceStanding, ...]

    @property
    def had_all(self) -> bool:
        """Nothing is owed any more."""
        return all(service.owed == 0 for service in self.services)

    def service(self, code: str) -> ServiceStanding | None:
        """The standing of one service, or None when the promise does not name it."""
        return next((standing for standing in self.services if standing.service.code == code), None)


def standing_of(seeker: Seeker, *, today: date) -> Standing:
    """Where the promise to one person stands today; one query."""
    return standings_of([seeker], today=today)[seeker.pk]


def standings_of(seekers: Iterable[Seeker], *, today: date) -> dict[int, Standing]:
    """Where the promise stands for each of them, by primary key; one query for all."""
    promise, people = current(today), list(seekers)
    had: dict[tuple[int, str], list[Delivery]] = defaultdict(list)
    rows = Delivery.objects.in_force().filter(seeker__in=people, on__lte=today).order_by("on", "pk")
    for delivery in rows:
        had[delivery.seeker_id, delivery.service].append(delivery)
    return {person.pk: _standing(person, promise, had, today) for person in people}


def _standing(person: Seeker, promise: Promise, had, today: date) -> Standing:
    services = tuple(
        _service_standing(service, person.registered_on, tuple(had.get((person.pk, service.code), ())), today)
        for service in promise.services
    )
    return Standing(seeker=person, on=today, services=services)


def _service_standing(
    service: Service, registered_on: date, deliveries: tuple[Delivery, ...], today: date
) -> ServiceStanding:
    due_on = service.due_on(registered_on)
    kept = sum(delivery.on <= due_on for delivery in deliveries) >= service.least
    return ServiceStanding(
        service=service,
        had=len(deliveries),
        least=service.least,
        owed=max(0, service.least - len(deliveries)),
        due_on=due_on,
        kept=kept,
        broken=not kept and today > due_on,
        deliveries=deliveries,
    )
