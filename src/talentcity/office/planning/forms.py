"""What people answer."""

from django import forms

from .models import Reply


class AnswerForm(forms.Form):
    """One of the two answers."""

    answer = forms.ChoiceField(choices=Reply.choices)
