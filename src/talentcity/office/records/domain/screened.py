"""How many postings one screening cleared, warned of and held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from talentcity.office.records.models import Ruling, Screening


@dataclass(frozen=True, slots=True)
class Screened:
    """Postings by verdict, and the day for which the rules were asked; `released`: those that a person released."""

    on: date
    cleared: int
    warned: int
    held: int
    released: int

    @property
    def postings(self) -> int:
        """The denominator: postings screened."""
        return self.cleared + self.warned + self.held


def screened(screening: Screening) -> Screened:
    """Postings of one screening by verdict; one query."""
    released = Count("pk", filter=Q(decision__decision=Ruling.RELEASE))
    rows = screening.verdicts.order_by().values_list("verdict").annotate(postings=Count("pk"), released=released)
    counts = {verdict: count for verdict, count, _ in rows}
    return Screened(
        on=screening.on,
        cleared=counts.get("cleared", 0),
        warned=counts.get("warn", 0),
        held=counts.get("hold", 0),
        released=sum(row[2] for row in rows),
    )
