"""Write to the ledger: record what was delivered, and correct what was recorded wrongly."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from talentcity.errors import NoRuleInForce, TalentCityError
from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import current
from talentcity.office.records.models import Seeker
from talentcity.office.today import today


class DeliveryRefused(TalentCityError):
    """A delivery is not written, for a reason the reader can act on."""


def record_delivery(seeker: Seeker, *, service: str, on: date, evidence: str, by) -> Delivery:
    """Write one delivery to a person. More than the promise asks for may be delivered.

    Args:
        service: a code of the promise in force on the day.
        on: the day it happened, not in the future.
        evidence: what shows that it happened.
        by: the account that records it.

    Raises:
        DeliveryRefused: with a reason in the language of the page.
    """
    try:
        known = current(on).service(service)
    except NoRuleInForce as nothing:
        raise DeliveryRefused(str(nothing)) from None
    if known is None:
        raise DeliveryRefused(_("The promise names no service “%s”.") % service)
    return _write(seeker, service=service, on=on, evidence=evidence, by=by)


def correct_delivery(delivery: Delivery, *, on: date, evidence: str, by) -> Delivery:
    """Write a row that takes `delivery` back; it names the same person and service.

    What really happened, if anything did, is recorded with `record_delivery`.

    Args:
        on: the day of the correction.
        evidence: what shows that the row was wrong.

    Raises:
        DeliveryRefused: the row is taken back already or is itself a correction, the day lies ahead, or there is no
            evidence.
    """
    if delivery.corrects_id is not None:
        raise DeliveryRefused(_("This row is itself a correction; record the delivery anew."))
    if Delivery.objects.filter(corrects=delivery).exists():
        raise DeliveryRefused(_("This row is taken back already."))
    try:
        return _write(delivery.seeker, service=delivery.service, on=on, evidence=evidence, by=by, corrects=delivery)
    except IntegrityError:  # somebody else corrected it in this moment
        raise DeliveryRefused(_("This row is taken back already.")) from None


def _write(seeker, *, service, on, evidence, by, corrects=None) -> Delivery:
    if on > today():
        raise DeliveryRefused(_("A delivery is recorded after it happened; %s is still to come.") % on.isoformat())
    if not evidence.strip():
        raise DeliveryRefused(_("A delivery needs its evidence: what shows that it happened?"))
    with transaction.atomic():
        return Delivery.objects.create(
            delivery_id=uuid.uuid4().hex,
            seeker=seeker,
            service=service,
            on=on,
            evidence=evidence.strip(),
            by=by,
            corrects=corrects,
        )
