"""What the certificate of a run proves: who shares too few places, and what one place more would give."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from talentcity.office.planning.domain.queries import ScreenedPosting, shown_of, with_postings
from talentcity.office.planning.models import PlanRun, Price, Recommendation, Short, Shortage, ShortageSum
from talentcity.office.records.models import Seeker, Vacancy

WORTH_MOST = 10


@dataclass(frozen=True, slots=True)
class Alone:
    """Those who are short whatever others get, by why: persons, and recommendations missing among them."""

    why: str
    persons: int
    missing: int


def persons_by_missing(run: PlanRun) -> dict[int, int]:
    """How many persons miss 1, 2, … recommendations under this run; one query."""
    counted = run.shorts.order_by().values_list("missing").annotate(persons=Count("pk"))
    return dict(counted)


def short_alone(run: PlanRun) -> tuple[Alone, ...]:
    """Those who are short and of no shortage, most missing first; one query."""
    counted = (
        run.shorts.filter(shortage=None)
        .order_by()
        .values_list("why")
        .annotate(persons=Count("pk"), lacking=Sum("missing"))
    )
    return tuple(Alone(*row) for row in sorted(counted, key=lambda row: (-row[2], row[0])))


def sums_of(run: PlanRun, shortage: Shortage | None = None) -> QuerySet[ShortageSum]:
    """Who is short by district and occupation family, most missing first: of the run, or of one of its shortages."""
    rows = run.sums.filter(shortage=shortage).select_related("most_in")
    return rows.order_by("-missing", "-persons", "-full_places", "district", "occupation")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a shortage; `short` is None for those who have all they are owed."""

    seeker: Seeker
    short: Short | None


def members_of(shortage: Shortage, seekers: QuerySet[Seeker]) -> QuerySet[Seeker]:
    """Those of the seekers who belong to the shortage, those who miss most first.

    They are whoever is short of it and whoever has one of its places; all its places are held by its own people.
    """
    missing = Short.objects.filter(shortage=shortage, seeker=OuterRef("pk")).values("missing")
    held = Recommendation.objects.filter(
        run=shortage.run_id, seeker=OuterRef("pk"), vacancy__in=shortage.prices.order_by().values("vacancy")
    )
    among = seekers.annotate(lacking=Coalesce(Subquery(missing), Value(0), output_field=IntegerField()))
    return among.filter(Q(lacking__gt=0) | Exists(held)).order_by("-lacking", "seeker_id")


def with_shorts(shortage: Shortage, seekers: list[Seeker]) -> list[Member]:
    """Each with what is missing; one query."""
    shorts = {short.seeker_id: short for short in shortage.shorts.filter(seeker__in=seekers)}
    return [Member(seeker, shorts.get(seeker.pk)) for seeker in seekers]


@dataclass(frozen=True, slots=True)
class Priced:
    """A full vacancy and what one place more would give; `shown` is the posting shown for it, None if it has none."""

    price: Price
    vacancy: Vacancy
    shown: ScreenedPosting | None


def worth_most(run: PlanRun, most: int = WORTH_MOST) -> tuple[Priced, ...]:
    """The vacancies where one place more would give most; a fixed number of queries."""
    useful = run.prices.filter(Q(recommendations__gt=0) | Q(worth__gt=0))
    return with_shown(useful.order_by(*BY_WORTH)[:most], run)


def with_shown(prices: QuerySet[Price], run: PlanRun) -> tuple[Priced, ...]:
    """Prices with the posting shown for each vacancy; a fixed number of queries."""
    rows = prices.select_related("vacancy").prefetch_related(*with_postings("vacancy__", run.screening))
    return tuple(Priced(row, row.vacancy, shown_of(row.vacancy)) for row in rows)


BY_WORTH = ("-recommendations", "-missing", "-worth", "vacancy__vacancy_id")
