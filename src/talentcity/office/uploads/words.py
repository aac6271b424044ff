"""What the readers of files say, in the reader's language. They speak English; sentences that are not known stay so."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

_SAID = (
    (r"empty; (expected .+)", _("empty; %(1)s")),
    (r"expected one of (.+)", _("expected one of %(1)s")),
    (r"expected a whole number from (\S+) to (\S+)(.*)", _("expected a whole number from %(1)s to %(2)s%(3)s")),
    (r"expected a number from (\S+) to (\S+)(.*)", _("expected a number from %(1)s to %(2)s%(3)s")),
    (r"expected a date and time .*", _("expected a day and time such as 2026-09-01T09:30")),
    (r"expected a date .*", _("expected a day such as 2026-09-01")),
    (r"expected text", _("expected text")),
    (r"expected an id", _("expected an id")),
    (r"expected list of text", _("expected a list of texts")),
    (r"expected at most (\d+) characters", _("expected at most %(1)s characters")),
    (r"holds a NUL character; (expected text)", _("holds a NUL character; %(1)s")),
    (r"expected a year from (\d+) to (\d+)", _("expected a year from %(1)s to %(2)s")),
    (
        r"expected a time that the city's clocks showed on that day",
        _("expected a time that the city's clocks showed on that day"),
    ),
    (r"stands already in row (\d+); expected each once", _("stands already in row %(1)s; expected each once")),
    (
        r"stands in the office already with other values of (.+); an update would replace them",
        _("stands in the office already with other values of %(1)s; choose “replace” to overwrite them"),
    ),
    (
        r"stands in the office already with other values of (.+); a changed advert is a new one.*",
        _(
            "stands in the office already with other values of %(1)s; a changed advert is a new one, "
            "with an id of its own"
        ),
    ),
    (
        r"stands in the office already with other values of (.+); the ledger is append-only.*",
        _("stands in the ledger already with other values of %(1)s; a correction is a new row"),
    ),
    (
        r"the office has no (\w+) of this id; import it first",
        _("the office has no such record (%(1)s); import it first"),
    ),
    (r"the office has no posting (.+); import it first", _("the office has no advert %(1)s; import it first")),
    (r"lies after today \((.+)\); expected a past day", _("lies after today (%(1)s); expected a past day")),
    (r"no such delivery, here or in the office", _("no such delivery, here or in the office")),
    (r"that delivery is taken back already", _("that delivery is taken back already")),
    (
        r"that row is itself a correction; record the delivery anew",
        _("that row is itself a correction; record the delivery anew"),
    ),
    (r"expected a delivery of the same person and service", _("expected a delivery of the same person and service")),
)


def said(reason: str) -> str:
    """A reason for refusing a row, in the reader's language where it is known."""
    for pattern, words in _SAID:
        found = re.fullmatch(pattern, reason)
        if found is not None:
            parts = {str(at): said(part or "") for at, part in enumerate(found.groups(), 1)}
            return str(words) % parts
    return reason
