"""What a planner says of a file that is handed in."""

from pathlib import PurePath

from django import forms
from django.utils.translation import gettext_lazy as _

from talentcity.office.uploads.enums import Kind
from talentcity.tables.files import ENDINGS

MOST_BYTES = 500 * 2**20  # longer files are imported by the command, on the machine
MOST_MAPPING_BYTES = 100_000
NO_SHEET = frozenset("/\\?*[]:")  # no workbook has a sheet with these in its name
_LISTED = " ".join(sorted(NO_SHEET))


def _ending(file):
    return PurePath(file.name).suffix.lower()


class UploadForm(forms.Form):
    """A file, which table it is, and what happens to rows that cannot be taken in as they are."""

    kind = forms.ChoiceField(label=_("Table"), choices=Kind.choices)
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=100,
        help_text=_("Only for a workbook with several sheets: the name of the one to import."),
    )
    bad = forms.ChoiceField(
        label=_("Rows that cannot be read"),
        choices=[
            ("stop", _("Take nothing in while there are any")),
            ("aside", _("Put them aside, take in the others")),
        ],
    )
    known = forms.ChoiceField(
        label=_("Rows whose id stands already with other values"),
        choices=[("refuse", _("Refuse them")), ("replace", _("Replace what stands"))],
        help_text=_("Rows that stand already with the same values are counted and left."),
    )
    mapping = forms.FileField(
        label=_("Mapping"),
        required=False,
        help_text=_("Only for a sheet with headings of its own; without one, a mapping is proposed."),
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        about = _("%(endings)s, at most 500 MB. It is removed as soon as it was read.")
        self.fields["file"].help_text = about % {"endings": ", ".join(ENDINGS)}

    def clean_sheet(self):
        """A name that a sheet can have."""
        sheet = self.cleaned_data["sheet"]
        if NO_SHEET.intersection(sheet):
            raise forms.ValidationError(_("No sheet can be called so; expected a name without any of %s.") % _LISTED)
        return sheet

    def clean_file(self):
        """A file of an ending that can be read, and not too long."""
        file = self.cleaned_data["file"]
        if _ending(file) not in ENDINGS:
            raise forms.ValidationError(
                _("%(name)s is no file that can be read here; expected one of %(endings)s."),
                params={"name": file.name, "endings": ", ".join(ENDINGS)},
            )
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is longer than 500 MB; split it, or let it be imported on the machine itself.")
            )
        return file

    def clean_mapping(self):
        """The text of the mapping."""
        file = self.cleaned_data["mapping"]
        if file is None:
            return ""
        if file.size > MOST_MAPPING_BYTES:
            raise forms.ValidationError(_("This is too long for a mapping; expected a small TOML file."))
        try:
            mapping = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            mapping = "\0"
        if "\0" in mapping:
            raise forms.ValidationError(_("This is no mapping; expected a small TOML file."))
        return mapping


class MappingForm(forms.Form):
    """Which heading becomes which column, to be read over and mended by hand."""

    mapping = forms.CharField(
        label=_("Mapping"),
        strip=False,
        max_length=MOST_MAPPING_BYTES,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false", "autocapitalize": "off", "class": "code"}),
    )
