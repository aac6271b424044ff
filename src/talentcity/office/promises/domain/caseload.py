"""Whose promise breaks next: people in the order in which something that is still owed to them falls due.

Nothing of it is stored. A service is *open* for a person while the ledger holds less of it than the promise grants
at least; it can still be kept up to the day it is due, and is broken from the day after. For one service the days
on which it falls due come in the order of registration, so the database walks along an index of that day and stops
as soon as a page is full; the walks of the services are merged here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from talentcity.office.kept import KeptCounts
from talentcity.office.promises.domain.standing import ServiceStanding, Standing
from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import Promise, Service, current
from talentcity.office.records.models import Seeker

WEEK = 7  # days


class Show(StrEnum):
    """Which people; the same person may stand in several of these."""

    DUE = "due"  # something open can still be kept; what falls due first comes first
    WEEK = "week"  # of these, what falls due within `WEEK` days
    BROKEN = "broken"  # something open can no longer be kept; what broke last comes first
    ALL = "all"  # everybody, by id


@dataclass(frozen=True, slots=True)
class Counts:
    """How many persons each choice shows.

    Attributes:
        kept_from: when it was counted, if that was before this visit; None: just now.
    """

    due: int
    week: int
    broken: int
    all: int
    kept_from: datetime | None = None


_kept: KeptCounts[Counts] = KeptCounts()


def counts(people: QuerySet[Seeker], *, today: date, service: str | None = None) -> Counts:
    """How many of these people each choice shows; one query, a row for each day of registration, or a kept count.

    Args:
        people: whom to count.
        service: count what is open of this service alone; None: of every service of the promise.
    """
    try:
        sql, params = people.order_by().values("id", "registered_on").query.sql_with_params()
    except EmptyResultSet:  # nobody can be among them
        return Counts(due=0, week=0, broken=0, all=0)
    asked = (sql, params, today, service)
    counted, since = _kept.ask(asked, lambda: _counted(*asked))
    return dataclasses.replace(counted, kept_from=since)


def _counted(people: str, params: tuple, today: date, service: str | None) -> Counts:
    promise = current(today)
    wanted = _services(promise, service)
    due = week = broken = every = 0
    for registered_on, persons, *enough in _by_day(people, params, promise, today):
        open_ = [one for one, had in zip(promise.services, enough, strict=True) if not had and one in wanted]
        days = [one.due_on(registered_on) for one in open_]
        every += persons if open_ or service is None else 0
        due += persons if any(day >= today for day in days) else 0
        week += persons if any(today <= day <= today + timedelta(days=WEEK) for day in days) else 0
        broken += persons if any(day < today for day in days) else 0
    return Counts(due=due, week=week, broken=broken, all=every)


_BY_DAY = """
    SELECT registered_on, COUNT(*), {enough}
    FROM (
        SELECT p.id, p.registered_on, {sums}
        FROM ({people}) p
        LEFT JOIN {delivery} l ON l.seeker_id = p.id AND l."on" <= %s AND COALESCE(l.corrects_id, 0) = 0
            AND l.id NOT IN (SELECT corrects_id FROM {delivery} WHERE corrects_id IS NOT NULL)
        GROUP BY p.id, p.registered_on
    ) had
    GROUP BY registered_on, {enough}
"""


def _by_day(people: str, params: tuple, promise: Promise, today: date) -> Iterator[tuple]:
    """Day of registration, persons, and for each service of the promise whether they had enough of it.

    Args:
        people: a query that gives `id` and `registered_on`, with its parameters.
    """
    columns = [f"enough_{number}" for number in range(len(promise.services))]
    case = "CASE WHEN SUM(CASE WHEN l.service = %s THEN 1 ELSE 0 END) >= %s THEN 1 ELSE 0 END AS {}"
    sums = ", ".join(case.format(column) for column in columns)
    sql = _BY_DAY.format(
        enough=", ".join(columns), sums=sums, people=people, delivery=connection.ops.quote_name(Delivery._meta.db_table)
    )
    wanted = [value for one in promise.services for value in (one.code, one.least)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*wanted, *params, today])
        for registered_on, *rest in cursor.fetchall():
            yield (date.fromisoformat(registered_on) if isinstance(registered_on, str) else registered_on, *rest)


class Queue:
    """The people of one choice in their order; `queue[start:stop]` gives their primary keys."""

    def __init__(
        self,
        people: QuerySet[Seeker],
        *,
        show: Show,
        today: date,
        service: str | None = None,
        counted: Counts | None = None,
    ) -> None:
        """See `counts` for the arguments; `counted` is its answer, when it is known."""
        self.show = show
        self._people, self._today, self._service = people, today, service
        self._wanted = _services(current(today), service)
        self._counted = counted

    def __len__(self) -> int:
        if self._counted is None:
            self._counted = counts(self._people, today=self._today, service=self._service)
        return getattr(self._counted, self.show.value)

    def __getitem__(self, part: slice) -> list[int]:
        if self.show is Show.ALL:
            return list(self._everybody().values_list("pk", flat=True)[part])
        firsts: dict[int, tuple[int, str]] = {}
        for service in self._wanted:
            sign = 1 if self.show is not Show.BROKEN else -1
            for pk, seeker_id, registered_on in self._walk(service)[: part.stop]:
                at = (sign * service.due_on(registered_on).toordinal(), seeker_id)
                firsts[pk] = min(at, firsts.get(pk, at))
        # a person among the first `stop` of all is among the first `stop` of the service that places them there
        return sorted(firsts, key=firsts.__getitem__)[part]

    def _everybody(self) -> QuerySet[Seeker]:
        if self._service is None:
            return self._people.order_by("seeker_id")
        return _with_open(self._people, self._wanted[0], self._today).order_by("seeker_id")

    def _walk(self, service: Service) -> QuerySet[Seeker]:
        """Those for whom the service is open and falls due in the right stretch of time, in that order."""
        edge = self._today - timedelta(days=service.within_days)  # who registered then has until today
        if self.show is Show.BROKEN:
            chosen, order = self._people.filter(registered_on__lt=edge), "-registered_on"
        else:
            chosen, order = self._people.filter(registered_on__gte=edge), "registered_on"
        if self.show is Show.WEEK:
            chosen = chosen.filter(registered_on__lte=edge + timedelta(days=WEEK))
        open_ = _with_open(chosen, service, self._today)
        return open_.order_by(order, "seeker_id").values_list("pk", "seeker_id", "registered_on")


def _services(promise: Promise, code: str | None) -> tuple[Service, ...]:
    return tuple(one for one in promise.services if code in (None, one.code))


def _with_open(people: QuerySet[Seeker], service: Service, today: date) -> QuerySet[Seeker]:
    acts = Delivery.objects.in_force().filter(seeker=OuterRef("pk"), service=service.code, on__lte=today)
    times = acts.order_by().values("seeker").annotate(times=Count(F("pk"))).values("times")
    had = Coalesce(Subquery(times, output_field=IntegerField()), 0)
    return people.alias(had=had).filter(had__lt=service.least)


def pressing(standing: Standing, *, show: Show, service: str | None = None) -> ServiceStanding | None:
    """What places a person where they stand in a queue; None where nothing is open.

    The service that falls due first of those that can still be kept; where none can (and always for `Show.BROKEN`)
    the one that broke last.
    """
    open_ = [one for one in standing.services if one.owed and service in (None, one.service.code)]
    ahead = [one for one in open_ if one.due_on >= standing.on and show is not Show.BROKEN]
    past = [one for one in open_ if one.due_on < standing.on]
    if ahead:
        return min(ahead, key=lambda one: one.due_on)
    return max(past, key=lambda one: one.due_on, default=None)
