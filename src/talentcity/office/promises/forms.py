"""How the caseload is narrowed, and what is filled in to record or correct a delivery."""

from django import forms
from django.utils.translation import gettext_lazy as _

from talentcity.office import names
from talentcity.office.promises.domain.caseload import Show
from talentcity.office.records.models import ID_LENGTH

SHORT = "short"
"""A choice of the published plan, not of the ledger: those to whom it gives fewer recommendations than are owed."""


class CaseloadForm(forms.Form):
    """Which people to list. Words that are not among the choices narrow nothing."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            (Show.DUE.value, _("Can still be kept, next to break first")),
            (Show.WEEK.value, _("Due within 7 days")),
            (Show.BROKEN.value, _("Broken, latest first")),
            (SHORT, _("Only those short of recommendations in the plan")),
            (Show.ALL.value, _("Everybody")),
        ],
    )
    service = forms.ChoiceField(label=_("Service"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    q = forms.CharField(label=_("Id contains"), required=False, max_length=ID_LENGTH)

    def __init__(self, data, *, districts, services):
        super().__init__(data)
        named = [(one, names.place(one)) for one in districts]
        self.fields["district"].choices = [("", _("All districts")), *named]
        self.fields["service"].choices = [("", _("All services")), *((one.code, one.name) for one in services)]
        if len(named) < 2:
            del self.fields["district"]
        self.is_valid()

    @property
    def choice(self):
        """Which people; whoever looks for an id looks among everybody."""
        asked = self.cleaned_data
        return asked.get("show") or (Show.ALL.value if asked.get("q") else Show.DUE.value)

    def narrowed(self, seekers):
        """Those of the seekers in the district and with the id."""
        asked = self.cleaned_data
        if asked.get("district"):
            seekers = seekers.filter(district=asked["district"])
        return seekers.filter(seeker_id__icontains=asked["q"]) if asked.get("q") else seekers


class DeliveryForm(forms.Form):
    """One delivery: of what, when, and what shows it."""

    service = forms.ChoiceField(label=_("Service"))
    on = forms.DateField(
        label=_("Day"),
        help_text=_("The day it happened."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        help_text=_("What shows that it happened: a signature list, a record of the talk, a certificate."),
        widget=forms.Textarea(attrs={"rows": 3}),
        strip=True,
    )

    def __init__(self, *args, services, **options):
        super().__init__(*args, **options)
        self.fields["service"].choices = [(one.code, one.name) for one in services]


class CorrectionForm(forms.Form):
    """Why a row of the ledger is taken back."""

    evidence = forms.CharField(
        label=_("Reason"),
        help_text=_("What shows that the row is wrong. Record what really happened as a delivery of its own."),
        widget=forms.Textarea(attrs={"rows": 3}),
        strip=True,
    )
