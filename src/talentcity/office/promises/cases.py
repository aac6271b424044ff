"""What a row of the caseload says: what is open and by when, what stands in the way, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talentcity.office import names
from talentcity.office.accounts.access import Area, may_see
from talentcity.office.planning.domain.queries import waiting_for, why_short
from talentcity.office.planning.models import PlanRun, Short, Why
from talentcity.office.promises.domain.caseload import Show, pressing
from talentcity.office.promises.domain.standing import ServiceStanding, Standing, standings_of
from talentcity.office.records.domain.sessions import next_sessions
from talentcity.office.records.models import Session
from talentcity.office.showing import moment, whole

RECOMMENDATION = "recommendation"


@dataclass(frozen=True, slots=True)
class Around:
    """What a page of cases is read against: the run, who is short in it, what waits to be seen, what is offered."""

    run: PlanRun | None
    plans: bool  # the reader may plan again
    shorts: dict[int, Short] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    sessions: dict[str, dict[str, Session]] = field(default_factory=dict)


def cases(people, *, run, reader, today, show: Show, service: str | None):
    """The rows of one page, in the order of `people`; the number of queries does not depend on how many they are."""
    standings = standings_of(people, today=today)
    keys = [one.pk for one in people]
    around = Around(
        run=run,
        plans=may_see(reader, Area.OVERVIEW),
        shorts={short.seeker_id: short for short in run.shorts.filter(seeker__in=keys)} if run else {},
        waiting=waiting_for(keys, run),
        sessions=next_sessions({one.district for one in people}, after=today),
    )
    return [_case(standings[one.pk], around, show, service) for one in people]


def _case(standing: Standing, around: Around, show: Show, service: str | None):
    seeker, open_ = standing.seeker, pressing(standing, show=show, service=service)
    if open_ is None:
        return {"seeker": seeker, "open": None, "others": []}
    others = [one for one in standing.services if one.owed and one is not open_]
    tell = _recommendation if open_.service.code == RECOMMENDATION else _session
    return {
        "seeker": seeker,
        "open": open_,
        "late": open_.due_on < standing.on,
        "when": when(open_, standing.on),
        "had": _had(open_),
        "others": [{"standing": one, "when": when(one, standing.on)} for one in others],
        **tell(open_, standing, around),
    }


def when(open_: ServiceStanding, today) -> str:
    """How long there is still time, or since when there is none."""
    days = (open_.due_on - today).days
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("due in %(days)s day", "due in %(days)s days", days) % {"days": whole(days)}
    return ngettext("broken for %(days)s day", "broken for %(days)s days", -days) % {"days": whole(-days)}


def _had(open_: ServiceStanding) -> str:
    if open_.had == 0:
        return _("none had")
    return _("%(had)s of %(least)s had") % {"had": open_.had, "least": open_.least}


def _deliver(open_: ServiceStanding, standing: Standing):
    address = reverse("deliver", args=[standing.seeker.seeker_id])
    return {"words": _("Record a delivery"), "url": f"{address}?service={open_.service.code}"}


def _session(open_: ServiceStanding, standing: Standing, around: Around):
    """A service that sessions give: the next one where the person lives, and whether it comes in time."""
    district = standing.seeker.district
    coming = around.sessions[district].get(open_.service.code)
    if coming is None:
        why = _("No session is offered in %(place)s.") % {"place": names.place(district)}
        return {"why": why, "too_late": False, "next": _("Ask for a session"), "action": _deliver(open_, standing)}
    starts = timezone.localtime(coming.starts_at)
    words = {"place": names.place(district), "when": moment(starts), "places": whole(coming.places)}
    why = ngettext(
        "Next session: %(when)s in %(place)s, %(places)s place.",
        "Next session: %(when)s in %(place)s, %(places)s places.",
        coming.places,
    )
    late = standing.on <= open_.due_on < starts.date()
    return {
        "why": why % words,
        "too_late": late,
        "next": _("Ask for an earlier session") if late else _("Invite to this session"),
        "action": _deliver(open_, standing),
    }


def _recommendation(open_: ServiceStanding, standing: Standing, around: Around):
    """Recommendations: what waits to be seen, who is short and why, and whether a new plan is what is missing."""
    person = reverse("person", args=[standing.seeker.seeker_id])
    short, waiting = around.shorts.get(standing.seeker.pk), around.waiting.get(standing.seeker.pk, 0)
    said, steps = [], []
    if waiting:
        said.append(
            ngettext(
                "%(count)s recommendation waits on their page, not seen yet.",
                "%(count)s recommendations wait on their page, not seen yet.",
                waiting,
            )
            % {"count": waiting}
        )
        steps.append({"words": _("Look at the recommendations together"), "url": f"{person}#recommendations-title"})
    if short is not None and waiting < open_.owed:
        said.append(
            ngettext(
                "%(count)s could not be recommended: %(why)s.",
                "%(count)s could not be recommended: %(why)s.",
                short.missing,
            )
            % {"count": short.missing, "why": why_short(short)}
        )
        steps.append(_after(short, person))
    unread = names.unreadable_wishes(standing.seeker)
    if unread:
        said.append(_("A wish could not be read: %(wishes)s.") % {"wishes": names.listed(unread)})
        steps.append({"words": _("Talk about wishes"), "url": f"{person}#profile-title"})
    if not said or (short is None and waiting < open_.owed):
        said.append(_missing_from_plan(around.run))
        again = {"words": _("Plan again"), "url": reverse("overview")} if around.plans else None
        steps.append(again or {"words": _("Ask the planner for a new plan"), "url": ""})
    first = steps[0]
    return {
        "why": " ".join(said),
        "too_late": False,
        "next": "" if first["url"] else first["words"],
        "action": first if first["url"] else _deliver(open_, standing),
    }


def _after(short: Short, person: str):
    if short.why == Why.NOT_YET:
        return {"words": _("Wait for the day from which they may work"), "url": ""}
    return {"words": _("Talk about wishes"), "url": f"{person}#profile-title"}


def _missing_from_plan(run: PlanRun | None) -> str:
    if run is None:
        return _("No plan has been published yet.")
    return _("More is owed than the published plan knew of.")
