"""Why somebody has fewer recommendations before them than the promise grants."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from talentcity.office.planning.domain.queries import Recommended
from talentcity.office.planning.models import PlanRun, Short
from talentcity.office.promises.domain.standing import ServiceStanding


class Lack(StrEnum):
    """Why fewer are shown; nothing is said where nothing lacks."""

    NOTHING = ""
    NO_PLAN = "no_plan"  # none has been published
    SHORT = "short"  # the published plan could not give all that were owed; its row says why
    LATER = "later"  # more is owed by now than when the plan was made: a new person, a delivery taken back
    COUNTED = "counted"  # what is not shown counts as delivered: declined, held by now, or made elsewhere


def lack_of(
    shown: Iterable[Recommended], *, run: PlanRun | None, short: Short | None, standing: ServiceStanding | None
) -> Lack:
    """Why fewer recommendations are shown than the promise grants.

    Args:
        shown: what the person has before them.
        run: the published run.
        short: what that run says of the person, if they are short.
        standing: where the recommendations of the promise stand; None when it names none.
    """
    if standing is None:
        return Lack.NOTHING
    before = tuple(shown)
    if run is None:
        return Lack.NO_PLAN
    if short is not None:
        return Lack.SHORT
    if sum(one.current and not one.seen for one in before) < standing.owed:
        return Lack.LATER
    return Lack.COUNTED if len(before) < standing.least else Lack.NOTHING
