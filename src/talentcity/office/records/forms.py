"""How the list of held adverts is narrowed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from talentcity.office import names


class HeldForm(forms.Form):
    """Which held adverts to list. A rule that held nothing narrows nothing."""

    rule = forms.ChoiceField(label=_("Rule"), required=False)
    verdict = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, rules):
        super().__init__(data)
        named = [(one.rule_id, f"{one.rule_id} · {one.title_zh if names.chinese() else one.title_en}") for one in rules]
        self.fields["rule"].choices = [("", _("All rules")), *named]

    def wanted(self):
        """The rule asked for, or None for all."""
        self.is_valid()
        return self.cleaned_data.get("rule") or None
