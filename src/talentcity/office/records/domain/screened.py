"""How many postings one screening cleared, warned of and held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from talentcity.office.records.models import Screening


@dataclass(frozen=True, slots=True)
class Screened:
    """Postings by verdict, and the day for which the rules were asked."""

    on: date
    cleared: int
    warned: int
    held: int

    @property
    def postings(self) -> int:
        """The denominator: postings screened."""
        return self.cleared + self.warned + self.held


def screened(screening: Screening) -> Screened:
    """Postings of one screening by verdict; one query."""
    counts = dict(screening.verdicts.order_by().values_list("verdict").annotate(Count("pk")))
    return Screened(
        on=screening.on,
        cleared=counts.get("cleared", 0),
        warned=counts.get("warn", 0),
        held=counts.get("hold", 0),
    )
