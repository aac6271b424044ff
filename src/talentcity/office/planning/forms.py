"""What people answer, and how a plan is to be found."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Reply


class AnswerForm(forms.Form):
    """One of the two answers."""

    answer = forms.ChoiceField(choices=Reply.choices)


class PlanForm(forms.Form):
    """How the next plan is to be found; what is left empty is as usual."""

    gap = forms.FloatField(
        label=_("Distance from the best plan that is good enough, in %"),
        help_text=_("Usually 0.03. The smaller, the longer it takes."),
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    time_limit = forms.IntegerField(
        label=_("Time limit for each search of a plan, in seconds"),
        help_text=_("Usually none. The best plan found by then is proved and published."),
        required=False,
        min_value=1,
        max_value=10_000,
    )

    @property
    def options(self):
        """What `request_run` takes."""
        gap = self.cleaned_data["gap"]
        return {"gap": None if gap is None else gap / 100, "time_limit": self.cleaned_data["time_limit"]}
