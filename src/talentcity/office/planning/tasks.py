"""What the worker calls."""

from __future__ import annotations

from talentcity.office.planning.claims import renewed
from talentcity.office.planning.models import PlanRun


def carry_out_run(pk: int) -> str:
    """Carry one requested run out; the outcome stands on its row."""
    from talentcity.office.planning.domain.runs import carry_out

    with renewed():
        return carry_out(PlanRun.objects.get(pk=pk)).status
