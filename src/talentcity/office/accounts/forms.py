"""What people fill in to sign in, and planners to make an account."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from talentcity.office import names
from talentcity.office.records.models import ID_LENGTH, Seeker

from .domain.demo import is_demo
from .enums import Role
from .models import User


class DemoSignInForm(forms.Form):
    """The role in which somebody looks at the sample city."""

    role = forms.ChoiceField(choices=Role.choices)


class AccountForm(forms.ModelForm):
    """A new account: who it is for decides what else is asked."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[(role.value, role.label) for role in (Role.COUNSELLOR, Role.INSPECTOR, Role.SEEKER)],
    )
    district = forms.ChoiceField(
        label=gettext_lazy("District"),
        help_text=gettext_lazy("For counsellors: whose people are theirs."),
        required=False,
    )
    seeker_id = forms.CharField(
        label=gettext_lazy("Job seeker's id"),
        help_text=gettext_lazy("For job seekers: whose record it is."),
        max_length=ID_LENGTH,
        required=False,
    )

    class Meta:
        model = User
        fields = ("username", "role", "district")

    def __init__(self, *args, districts=(), **options):
        super().__init__(*args, **options)
        self.fields["username"].label = _("Name to sign in with")
        self.fields["username"].help_text = _("Letters, digits and @ . + - _ only.")
        named = [(one, names.place(one)) for one in districts]
        self.fields["district"].choices = [("", "–"), *named]

    def clean_username(self):
        """A name that the sample city does not need for itself."""
        username = self.cleaned_data["username"]
        if is_demo(username):
            raise forms.ValidationError(_("The sample city has an account of this name."))
        return username

    def clean(self):
        """Ask for what the role needs, and drop what it does not."""
        found = super().clean()
        role = found.get("role")
        if role != Role.COUNSELLOR:
            found["district"] = ""
        elif not found.get("district"):
            self.add_error("district", _("A counsellor needs a district."))
        self.instance.seeker = self._seeker(found.get("seeker_id", "")) if role == Role.SEEKER else None
        return found

    def _seeker(self, seeker_id):
        found = Seeker.objects.filter(seeker_id=seeker_id).first()
        if found is None:
            self.add_error("seeker_id", _("There is no job seeker with this id."))
        elif User.objects.filter(seeker=found).exists():
            self.add_error("seeker_id", _("This job seeker has an account already."))
        else:
            return found
        return None
