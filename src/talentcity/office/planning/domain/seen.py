"""A recommendation is delivered when it reached its person: shown to them on their page, or answered."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from talentcity.office.planning.domain.queries import published_run
from talentcity.office.planning.models import Recommendation, Seen
from talentcity.office.promises.domain.delivery import DeliveryRefused, record_delivery
from talentcity.office.promises.models import Delivery
from talentcity.office.records.models import Seeker

SERVICE = "recommendation"


def record_seen(seeker: Seeker, *, by, on: date) -> tuple[Delivery, ...]:
    """Write to the ledger, once each, the published recommendations that this person now has before them.

    A vacancy that reached the person by an earlier plan, while this one was being made, is not delivered again.

    Raises:
        DeliveryRefused: somebody else looks at the page; that delivers nothing to the person.
    """
    if by is None or by.seeker_id != seeker.pk:
        raise DeliveryRefused(_("A recommendation is delivered when its own person sees it."))
    run = published_run()
    if run is None:
        return ()
    with transaction.atomic():
        Seeker.objects.select_for_update().get(pk=seeker.pk)  # two open pages take turns
        unseen = (
            run.recommendations.filter(seeker=seeker)
            .exclude(vacancy__in=_had(seeker))
            .select_related("vacancy", "seeker")
        )
        return tuple(_deliver(row, by=by, on=on) for row in unseen.order_by("rank"))


def deliver_once(recommendation: Recommendation, *, by, on: date) -> Delivery | None:
    """Write one recommendation to the ledger unless its vacancy reached the person already; None in that case."""
    with transaction.atomic():
        Seeker.objects.select_for_update().get(pk=recommendation.seeker_id)
        if _had(recommendation.seeker_id).filter(vacancy=recommendation.vacancy_id).exists():
            return None
        return _deliver(recommendation, by=by, on=on)


def _had(seeker) -> QuerySet[Seen]:
    """Keys of the vacancies that reached this person, by whichever plan."""
    of_theirs = Seen.objects.filter(recommendation__seeker=seeker).order_by()
    return of_theirs.values(vacancy=F("recommendation__vacancy"))


def _deliver(recommendation: Recommendation, *, by, on: date) -> Delivery:
    evidence = f"run {recommendation.run_id}, vacancy {recommendation.vacancy.vacancy_id}"
    delivery = record_delivery(recommendation.seeker, service=SERVICE, on=on, evidence=evidence, by=by)
    Seen.objects.create(recommendation=recommendation, delivery=delivery)
    return delivery
