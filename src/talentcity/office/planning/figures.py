"""The figures of a published plan, each with what it is counted against and what is proved of it, ready to be shown."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talentcity.office import names
from talentcity.office.planning.chain import PER_PLACE
from talentcity.office.planning.models import Why
from talentcity.office.showing import at_most, decimal, points, whole


def plan_figures(run):
    """What the report of a run says of its persons; None without a run.

    `share` is `full` (persons who get every recommendation that they are owed) among `persons`; None for no persons.
    """
    if run is None:
        return None
    report = run.report
    persons, full = report["persons"], report["persons_full"]
    return {
        "persons": persons,
        "full": full,
        "short": persons - full,
        "share": full / persons if persons else None,
        "missing": report["missing"],
        "minimum": report["missing_is_minimum"],
        "fairest": report.get("fairest"),
        "distance": distance(report),
        "per_place": report.get("per_place", PER_PLACE),
        "seconds": sum(report.get("steps", {}).values()),
        "steps": _steps(report.get("steps", {})),
        "none": report["persons_by_count"][0] if report["persons_by_count"] else 0,
    }


def distance(report):
    """How far the plan is from the best one, in figures and in words; `reached` is None where nothing was measured.

    No plan of the same pairs that misses the same numbers scores more than `upper_bound`; `gap` is what that leaves,
    as a share of the score.
    """
    gap, status = report.get("gap"), report.get("status")
    shown = None if gap is None else at_most(gap)
    words = {
        "optimal": _("No plan of these pairs is better."),
        "within_gap": _("No plan of these pairs that is as fair can score more than %(gap)s above this one."),
        "gap_not_reached": _(
            "The wished distance (%(wished)s) was not reached: a plan that is as fair may score up to %(gap)s more."
        ),
        "time_limit": _(
            "The time limit came first: a plan that is as fair may score up to %(gap)s more (wished: %(wished)s)."
        ),
    }
    wished = report.get("options", {}).get("gap")
    if status not in words or (shown is None and status != "optimal"):
        return {"shown": None, "words": _("How far it is from the best plan was not measured."), "reached": None}
    return {
        "shown": at_most(0) if status == "optimal" else shown,
        "words": words[status] % {"gap": shown, "wished": "–" if wished is None else at_most(wished)},
        "reached": status in ("optimal", "within_gap"),
    }


def persons_by_count(report, missing):
    """How many persons have all, one fewer, … and none of what is promised; what was delivered before counts.

    Args:
        report: of the run.
        missing: how many persons miss 1, 2, … recommendations.
    """
    persons, most = report["persons"], report.get("per_person", len(report["persons_by_count"]) - 1)
    counts = {most: persons - sum(missing.values()), **{most - lacking: many for lacking, many in missing.items()}}
    return [
        {"count": n, "persons": counts.get(n, 0), "share": counts.get(n, 0) / persons if persons else 0}
        for n in range(most, -1, -1)
    ]


def shared(shortage):
    """What is proved of one shortage, in a sentence."""
    figures = {name: whole(getattr(shortage, name)) for name in ("persons", "places", "elsewhere", "missing")}
    if shortage.elsewhere:
        return (
            _(
                "%(persons)s people share %(places)s places and have %(elsewhere)s elsewhere; "
                "at least %(missing)s are missing."
            )
            % figures
        )
    return _("%(persons)s people share %(places)s places; at least %(missing)s are missing.") % figures


def sum_rows(sums):
    """Who is short by district and occupation family, each with why."""
    return [
        {
            "sum": one,
            "district": names.place(one.district),
            "occupation": names.family(one.occupation),
            "shortage": one.most_in,
            "why": "" if one.most_in is None else _share(one.most_in),
            "alone": _alone(one),
        }
        for one in sums
    ]


def _share(shortage):
    figures = {name: whole(getattr(shortage, name)) for name in ("persons", "places", "missing")}
    return _("%(persons)s people share %(places)s places; %(missing)s missing") % figures


def _alone(one):
    """How many of them are short whatever others get."""
    if not one.alone:
        return ""
    words = ngettext(
        "%(persons)s person is short whatever others get.",
        "%(persons)s persons are short whatever others get.",
        one.alone,
    )
    return words % {"persons": whole(one.alone)}


def place_rows(priced):
    """Full vacancies with what one place more would give, in words."""
    return [
        {
            "vacancy": one.vacancy,
            "posting": None if one.shown is None else one.shown.posting,
            "capacity": one.price.capacity,
            "shortage": one.price.shortage_id,
            "gives": _gives(one.price),
            "points": _points(one.price),
        }
        for one in priced
    ]


def _gives(price):
    if price.recommendations == 0:
        return _("no recommendation more")
    return _("1 recommendation more, to somebody who lacks %(missing)s") % {"missing": whole(price.missing)}


def _points(price):
    """What one place more adds to the score of this plan, and between which figures it lies for the best plan."""
    low, high, worth = points(price.worth_low), points(price.worth_high), points(price.worth)
    if low == high:
        return _("score %(worth)s") % {"worth": worth}
    return _("score %(worth)s (in the best plan %(low)s to %(high)s)") % {"worth": worth, "low": low, "high": high}


DROPPED_BECAUSE = {
    "person_gone": lambda: _("the person is planned for no more"),
    "opportunity_gone": lambda: _("the vacancy is gone"),
    "forbidden": lambda: _("the person declined the vacancy or has had it"),
    "not_listed": lambda: _("the vacancy is open to the person no more, or others fit better"),
    "owed_fewer": lambda: _("the person is owed fewer by now"),
    "capacity_fell": lambda: _("the vacancy takes fewer by now"),
    "fewer_missing": lambda: _("fewer recommendations are missing so"),
    "fairer": lambda: _("what is missing is spread more fairly so"),
    "minimum": lambda: _("fewer places are short of a minimum so"),
    "worth_more": lambda: _("the plan as a whole gains more than the offer counts"),
    "not_best": lambda: _("the plan is not the best to the last digit"),
}
"""Why an offer of the plan before was dropped, by the code of the engine."""


def changed(report):
    """What became of the offers of the plan before; None where there were none."""
    changes = report.get("changes")
    if changes is None:
        return None
    reasons = [
        {"why": DROPPED_BECAUSE[code]() if code in DROPPED_BECAUSE else code, "offers": count}
        for code, count in changes["reasons"].items()
    ]
    kept, dropped = changes["kept"], changes["dropped"]
    return {"offers": kept + dropped, "kept": kept, "dropped": dropped, "new": changes["new"], "reasons": reasons}


def how_found(report):
    """How the plan was found, as pairs of words."""
    options, seconds = report.get("options", {}), report.get("seconds", {})
    limit, wished = options.get("time_limit"), options.get("gap")
    rows = [
        (_("Pairs looked at"), whole(report["pairs"]) if "pairs" in report else None),
        (_("Score of this plan"), _score(report.get("score"))),
        (_("No plan that is as fair scores more than"), _score(report.get("upper_bound"))),
        (_("Distance wished for"), None if wished is None else at_most(wished)),
        (_("Time limit"), _("none") if limit is None else _("%(seconds)s seconds") % {"seconds": decimal(limit)}),
        (_("Method"), options.get("solver")),
        (_("Threads"), options.get("threads")),
        (_("Seconds of the last search"), decimal(seconds["total"]) if "total" in seconds else None),
    ]
    return [{"name": name, "value": value} for name, value in rows if value is not None]


def _score(score):
    return None if score is None else f"{score:,.2f}"


def _steps(spent):
    """Seconds by step in the order of the work (a database may keep them in another); unknown steps come last."""
    names_of = [*(name for name in _STEPS if name in spent), *(name for name in spent if name not in _STEPS)]
    return [{"name": _STEPS[name]() if name in _STEPS else name, "seconds": spent[name]} for name in names_of]


GROUPS_SHOWN = 10


def short_tables(shortfall):
    """Who is short, grouped three ways: the largest groups, each with its bar's share of the largest, and the rest."""
    named = (
        (_("By district"), _("District"), shortfall.by_district, names.place),
        (_("By first wish"), _("Occupation"), shortfall.by_family, names.family),
        (_("By reason"), _("Reason"), shortfall.by_why, lambda code: Why(code).label),
    )
    return [
        {
            "title": title,
            "head": head,
            "rows": [_group(one, groups, name) for one in groups[:GROUPS_SHOWN]],
            "rest": _rest(groups[GROUPS_SHOWN:]),
        }
        for title, head, groups, name in named
    ]


def _group(group, groups, name):
    largest = max(one.missing for one in groups)
    return {
        "name": name(group.name),
        "persons": group.persons,
        "missing": group.missing,
        "share": group.missing / largest if largest else 0,
    }


def _rest(groups):
    """What the groups that are not shown come to, in one line; None when all are shown."""
    if not groups:
        return None
    name = ngettext("%(count)s other", "%(count)s others", len(groups)) % {"count": len(groups)}
    return {
        "name": name,
        "persons": sum(one.persons for one in groups),
        "missing": sum(one.missing for one in groups),
    }


_STEPS = {
    "export": lambda: _("read the records"),
    "screen": lambda: _("screen adverts"),
    "match": lambda: _("match"),
    "plan": lambda: _("plan"),
    "prove": lambda: _("sum up the proof"),
    "load": lambda: _("store"),
}
