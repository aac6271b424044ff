"""What the articles behind a finding say may follow: information for a person who decides, never a decision."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from talentcity import law
from talentcity.errors import NoRuleInForce, UnknownName
from talentcity.office.records.amounts import amount, note


def penalties(rule: dict, legal_basis: str, on: date) -> tuple[str, ...]:
    """One line for each penalty that an article of the finding names, as in force on the day.

    Args:
        rule: what the run's report says of the rule; `penalties` maps an article to a parameter of `law`.
        legal_basis: the articles of the finding, joined by semicolons.
    """
    named = rule.get("penalties", {})
    wanted = [named[article] for article in legal_basis.split("; ") if article in named]
    lines = (_line(name, on) for name in dict.fromkeys(wanted))
    return tuple(line for line in lines if line)


def _line(name: str, on: date) -> str:
    try:
        said = law.load(name).on(on)
    except (NoRuleInForce, UnknownName):  # not in force on that day, or no longer among the parameters
        return ""
    return _("%(source)s: %(words)s") % {
        "source": said.source,
        "words": _("; ").join(part for part in (amount(said, said.unit), note(said), _checked(said)) if part),
    }


def _checked(said: law.InForce) -> str:
    """Whether somebody has read the figure in the official text, and lately."""
    if said.unverified:
        return _("unverified: nobody has checked it against the official text")
    return _("verified more than a year ago") if said.stale else _("verified")
