"""The figures of a published plan, each with what it is counted against, ready to be shown."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talentcity.office import names
from talentcity.office.planning.models import Why


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
        "share": full / persons if persons else None,
        "missing": report["missing"],
        "minimum": report["missing_is_minimum"],
        "seconds": sum(report.get("steps", {}).values()),
        "steps": _steps(report.get("steps", {})),
        "none": report["persons_by_count"][0] if report["persons_by_count"] else 0,
    }


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
    "load": lambda: _("store"),
}
