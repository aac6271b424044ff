"""A person decides about an advert: release one that is held, or hold one.

A decision is about the wording that the person read and the rules that spoke against it on that day. The latest one is
in force as long as the wording is the same. A release is passed over when a rule that holds adverts hits which was not
among those rules: somebody has to look again. A hold is in force until it is released or the wording changes. What is
in force is applied by the next plan run (`planning.chain`); a hold takes effect at once as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from talentcity.errors import TalentCityError
from talentcity.office.records.models import Decision, Finding, Posting, Ruling, Screening


class DecisionRefused(TalentCityError):
    """A decision is not written, for a reason the reader can act on."""


def decide(posting: Posting, *, screening: Screening | None, decision: str, reason: str, by) -> Decision:
    """Write what a person decided about an advert; a later decision supersedes it.

    Args:
        screening: the one whose findings the person read.
        decision: one of `Ruling`.
        reason: in the person's own words.

    Raises:
        DecisionRefused: nothing was screened yet, nothing is there to be released, or the reason is missing.
    """
    verdict = posting.verdicts.filter(screening=screening).first() if screening else None
    if verdict is None:
        raise DecisionRefused(_("This advert has not been screened yet; there is nothing to decide."))
    if decision not in Ruling.values:
        raise DecisionRefused(_("“%s” is no decision; expected “release” or “hold”.") % decision)
    if not reason.strip():
        raise DecisionRefused(_("A decision needs its reason."))
    with transaction.atomic():
        Posting.objects.select_for_update().get(pk=posting.pk)  # two who decide at the same moment take turns
        latest = decision_in_force(posting)
        held = verdict.verdict == "hold" or (latest is not None and latest.decision == Ruling.HOLD)
        if decision == Ruling.RELEASE and not held:
            raise DecisionRefused(_("This advert is not held; there is nothing to release."))
        hits = Finding.objects.filter(screening=screening, posting=posting, guard="").order_by()
        return Decision.objects.create(
            posting=posting,
            screening=screening,
            decision=decision,
            reason=reason.strip(),
            rules=sorted(set(hits.values_list("rule_id", flat=True))),
            digest=posting.digest,
            by=by,
        )


def decision_in_force(posting: Posting) -> Decision | None:
    """The latest decision about an advert, unless its wording has changed since; reads `posting.decisions`."""
    latest = max(posting.decisions.all(), key=lambda one: one.pk, default=None)
    return latest if latest is not None and latest.digest == posting.digest else None


def decisions_in_force() -> Iterator[Decision]:
    """The decisions in force, one of a posting at most, in the order in which they were made; one query."""
    later = Decision.objects.filter(posting=OuterRef("posting"), pk__gt=OuterRef("pk"))
    latest = Decision.objects.filter(~Exists(later)).select_related("posting").order_by("pk")
    return (one for one in latest.iterator(chunk_size=1_000) if one.digest == one.posting.digest)
