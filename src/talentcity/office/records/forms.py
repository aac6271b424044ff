"""How the list of adverts is narrowed, and what is filled in to decide about one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from talentcity.office import names
from talentcity.office.planning.domain.queries import JudgedAs
from talentcity.office.records.models import Ruling


class AdvertsForm(forms.Form):
    """Which adverts to list. A word that is not among the choices narrows nothing."""

    verdict = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            (JudgedAs.HELD.value, _("Held")),
            (JudgedAs.OPEN.value, _("Held, and nobody has decided")),
            (JudgedAs.RELEASED.value, _("Released by a person")),
            (JudgedAs.WARNED.value, _("Shown with a warning")),
        ],
    )
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    employer = forms.CharField(label=_("Employer's name contains"), required=False, max_length=100)

    def __init__(self, data, *, rules):
        super().__init__(data)
        named = [(one["rule_id"], f"{one['rule_id']} · {names.titled(one)}") for one in rules]
        self.fields["rule"].choices = [("", _("All rules")), *named]
        self.fields["tier"].choices = [("", _("All tiers")), *names.TIERS.items()]
        self.is_valid()

    @property
    def what(self):
        """Which adverts, by what the rules and persons said of them."""
        return JudgedAs(self.cleaned_data.get("verdict") or JudgedAs.HELD.value)


class DecisionForm(forms.Form):
    """What a person decides about an advert, and why."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("In your own words; it is kept with your account and shown to planners and inspectors."),
        widget=forms.Textarea(attrs={"rows": 3}),
        strip=True,
    )

    def __init__(self, *args, held, **options):
        super().__init__(*args, **options)
        release = (Ruling.RELEASE.value, _("Release: it is recommended again from the next plan on"))
        keep = _("Confirm the hold: it stays held") if held else _("Hold: nobody is sent there from now on")
        self.fields["decision"].choices = [*([release] if held else []), (Ruling.HOLD.value, keep)]
