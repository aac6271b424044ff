"""How a list of people is narrowed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from talentcity.office import names


class PeopleForm(forms.Form):
    """Which people to list. Words that are not among the choices narrow nothing."""

    district = forms.ChoiceField(label=_("District"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("Everybody")), ("short", _("Only those short of recommendations in the plan"))],
    )

    def __init__(self, data, *, districts):
        super().__init__(data)
        named = [(one, names.place(one)) for one in districts]
        self.fields["district"].choices = [("", _("All districts")), *named]
        if len(named) < 2:
            del self.fields["district"]

    def chosen(self, seekers, run):
        """Those of the seekers whom the form asks for."""
        self.is_valid()
        district, show = self.cleaned_data.get("district"), self.cleaned_data.get("show")
        if district:
            seekers = seekers.filter(district=district)
        if show == "short":
            seekers = seekers.none() if run is None else seekers.filter(shorts__run=run)
        return seekers
