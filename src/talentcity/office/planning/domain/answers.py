"""What a person answers to a recommendation. "Not for me" keeps the vacancy out of their next plans."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from talentcity.errors import TalentCityError
from talentcity.office.planning.domain.seen import deliver_once
from talentcity.office.planning.models import Answer, Recommendation, Reply


class AnswerRefused(TalentCityError):
    """An answer is not written, for a reason the reader can act on."""


def answer(recommendation: Recommendation, *, answer: str, by, on: date) -> Answer:
    """Write the answer of the person to whom the vacancy was recommended; the latest answer counts.

    Whoever answers has seen it: the ledger gets its row if it has none yet.

    Raises:
        AnswerRefused: an unknown answer, a run that is not published, or somebody else's recommendation.
    """
    if answer not in Reply.values:
        raise AnswerRefused(_("“%s” is no answer; expected “interested” or “not_for_me”.") % answer)
    if by is None or by.seeker_id != recommendation.seeker_id:
        raise AnswerRefused(_("Only the person to whom it was recommended can answer."))
    if recommendation.run.published_at is None:
        raise AnswerRefused(_("This recommendation is not published."))
    with transaction.atomic():
        deliver_once(recommendation, by=by, on=on)
        return Answer.objects.create(recommendation=recommendation, answer=answer, by=by)
