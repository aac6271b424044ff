"""What the worker calls."""

from __future__ import annotations

from talentcity.office.planning.claims import renewed
from talentcity.office.uploads.models import Upload


def carry_out_import(pk: int) -> str:
    """Carry one requested import out; what became of it stands on its row."""
    from talentcity.office.uploads.domain.intake import carry_out

    with renewed():
        return carry_out(Upload.objects.get(pk=pk)).state
