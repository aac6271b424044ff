"""Dated parameters of law and policy: what is in force on a day, from which source, how far to be trusted."""

from itertools import groupby

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from talentcity import law
from talentcity.errors import NoRuleInForce
from talentcity.office import names
from talentcity.office.accounts.access import Area, only_for
from talentcity.office.today import today

from .amounts import SOURCE_KINDS, amount, note


class DayForm(forms.Form):
    """As of which day."""

    on = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def wanted(self):
        """The day asked for; today if none, or none that can be read."""
        return (self.cleaned_data.get("on") if self.is_valid() else None) or today()


@require_safe
@only_for(Area.PARAMETERS)
def parameters(request):
    """All parameters as of a day, by place and topic, each with its other wordings."""
    form = DayForm(request.GET or {"on": today()})
    on = form.wanted()
    rows = [_row(parameter, on) for parameter in law.parameters()]
    context = {
        "form": form,
        "on": on,
        "by_place": _by_place(rows),
        "counts": {
            "all": len(rows),
            "in_force": sum(row["said"] is not None for row in rows),
            "unverified": sum(row["parameter"].checked_on is None for row in rows),
            "stale": sum(row["stale"] for row in rows),
        },
    }
    return render(request, "records/parameters.html", context)


def _by_place(rows):
    """Rows of one place together, and in it those of one topic."""
    return [
        {
            "name": names.in_language(place),
            "code": place.code,
            "topics": [
                {"name": names.in_language(topic), "code": topic.code, "rows": list(of_topic)}
                for topic, of_topic in groupby(of_place, key=lambda row: row["parameter"].topic)
            ],
        }
        for place, of_place in groupby(rows, key=lambda row: row["parameter"].place)
    ]


def _row(parameter, on):
    try:
        said = parameter.on(on)
    except NoRuleInForce:
        said = None
    return {
        "parameter": parameter,
        "title": parameter.title if names.chinese() else parameter.title_en,
        "said": _wording(parameter, said) if said else None,
        "begins_later": on < parameter.blocks[0].since,
        "stale": parameter.stale_on(on),
        "others": [_wording(parameter, block) for block in parameter.blocks if not said or block.since != said.since],
    }


def _wording(parameter, block):
    return {
        "since": block.since,
        "since_assumed": block.since_assumed,
        "until": block.until,
        "amount": amount(block, parameter.unit),
        "note": note(block),
        "source": block.source,
        "source_kind": SOURCE_KINDS[block.source_kind](),
    }
