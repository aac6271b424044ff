"""The facts that an advert states in its own words, ready to be shown: what, in which words, and how sure."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from talentcity.office import names
from talentcity.office.records.amounts import span
from talentcity.office.records.models import Posting
from talentcity.office.records.passages import words_of
from talentcity.office.showing import decimal, whole
from talentcity.text.facts import Fact, facts_of

KINDS = {
    "wage": gettext_lazy("Wage"),
    "pay_period": gettext_lazy("Paid by"),
    "months_paid": gettext_lazy("Months paid a year"),
    "currency": gettext_lazy("Currency"),
    "education": gettext_lazy("Education"),
    "experience": gettext_lazy("Experience"),
    "headcount": gettext_lazy("Headcount"),
    "place": gettext_lazy("Place"),
    "working_mode": gettext_lazy("Working mode"),
}
PERIODS = {
    "hour": gettext_lazy("hour"),
    "day": gettext_lazy("day"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "year": gettext_lazy("year"),
}
MODES = {
    "on_site": gettext_lazy("on site"),
    "hybrid": gettext_lazy("partly at home"),
    "remote": gettext_lazy("remote"),
}


def facts_read(posting: Posting):
    """What is read from the title and the text of an advert; nothing of it decides here."""
    return [
        {
            "kind": KINDS.get(fact.kind, fact.kind),
            "value": _value(fact),
            "passage": words_of(posting, fact),
            "field": fact.field,
            "start": fact.start,
            "end": fact.end,
            "confidence": fact.confidence,
        }
        for fact in facts_of(posting.title, posting.text)
    ]


def _value(fact: Fact) -> str:
    if fact.kind in _WORDS:
        return str(_WORDS[fact.kind](fact))
    if isinstance(fact.value, tuple):
        return _range(fact)
    if fact.value is None:
        return _("several")
    return " ".join(part for part in (str(fact.value), _unit(fact.unit)) if part)


def _range(fact: Fact) -> str:
    if fact.kind == "experience" and fact.value == (0, None):
        return _("none is asked for")
    write = whole if fact.kind == "wage" else decimal
    low, high = ("" if side is None else write(side) for side in fact.value)
    return span(low, high, _unit(fact.unit))


def _unit(unit: str) -> str:
    known = {
        "CNY/month": _("yuan a month"),
        "years": _("years"),
        "persons": _("persons"),
        "months": _("months"),
    }
    return known.get(unit, unit)


_WORDS = {
    "education": lambda fact: names.EDUCATION.get(fact.value, _("none is asked for")),
    "pay_period": lambda fact: PERIODS.get(fact.value, fact.value),
    "working_mode": lambda fact: MODES.get(fact.value, fact.value),
    "place": lambda fact: names.place(fact.value),
}
