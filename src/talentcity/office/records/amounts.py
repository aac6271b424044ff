"""What a dated parameter says, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from talentcity import law
from talentcity.office import names

UNITS: dict[str, Callable[[], str]] = {
    "": lambda: "",
    "basis points": lambda: _("basis points"),
    "days a month": lambda: _("days a month"),
    "hours a day": lambda: _("hours a day"),
    "months": lambda: _("months"),
    "per person": lambda: _("per person"),
    "percent": lambda: _("percent"),
    "percent a year": lambda: _("percent a year"),
    "percent of the actual rate": lambda: _("percent of the actual rate"),
    "percent of the minimum wage, tier 1": lambda: _("percent of the minimum wage, tier 1"),
    "working days": lambda: _("working days"),
    "years": lambda: _("years"),
    "years of age": lambda: _("years of age"),
    "yuan": lambda: _("yuan"),
    "yuan a month": lambda: _("yuan a month"),
    "yuan an hour": lambda: _("yuan an hour"),
    "yuan per person": lambda: _("yuan per person"),
    "yuan per person and month": lambda: _("yuan per person and month"),
}
SOURCE_KINDS: dict[law.SourceKind, Callable[[], str]] = {
    law.SourceKind.OFFICIAL: lambda: _("page of a government body"),
    law.SourceKind.LAW: lambda: _("text in a collection of laws"),
    law.SourceKind.PRESS: lambda: _("press"),
    law.SourceKind.COMMENTARY: lambda: _("commentary or a copy"),
    law.SourceKind.NAMED: lambda: _("named only; the text was not at hand"),
}


def amount(said: law.Block, unit: str) -> str:
    """The numbers with their unit, such as "500 to 2,000 yuan per person"; empty where there are words only."""
    low, high = said.range
    return span(_number(low), _number(high), UNITS[unit]() if unit in UNITS else unit)


def span(low: str, high: str, unit: str) -> str:
    """From the one to the other, each written out already and empty where that side is open; empty where both are."""
    words = {"low": low, "high": high, "unit": unit}
    if not low and not high:
        return ""
    if not low:
        said = _("up to %(high)s %(unit)s") % words
    elif not high:
        said = _("at least %(low)s %(unit)s") % words
    elif low == high:
        said = _("%(low)s %(unit)s") % words
    else:
        said = _("%(low)s to %(high)s %(unit)s") % words
    return said.rstrip()


def note(said: law.Block) -> str:
    """What the source says beside the numbers."""
    return said.note if names.chinese() else said.note_en or said.note


def _number(number: float | None) -> str:
    """All digits that were written: 21.75 stays so, 2000 gets its comma."""
    return "" if number is None else f"{number:,.12g}"
