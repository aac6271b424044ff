"""What people fill in to sign in."""

from django import forms

from .enums import Role


class DemoSignInForm(forms.Form):
    """The role in which somebody looks at the sample city."""

    role = forms.ChoiceField(choices=Role.choices)
