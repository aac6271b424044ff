"""Numbers and days as the reader's language writes them."""

from django.utils.formats import date_format
from django.utils.translation import ngettext, pgettext


def whole(number):
    """A whole number with separators: 12,345. Both languages group by three."""
    return f"{round(number):,}"


def decimal(number):
    """A number with at most one decimal: 2 or 2.5."""
    shown = round(number, 1)
    return whole(shown) if shown == int(shown) else f"{shown:,.1f}"


def percent(share):
    """A share as a percentage; a share of all that is not quite all is never shown as 100, nor one above 0 as 0.

    >>> percent(1.0), percent(0.9996), percent(0.0004), percent(0.25), percent(1 / 18)
    ('100%', '99.9%', '0.1%', '25.0%', '5.6%')
    """
    if share in (0, 1):
        return f"{share * 100:.0f}%"
    return f"{min(max(share * 100, 0.1), 99.9):.1f}%"


def day(when):
    """A day: 1 September 2026, 2026年9月1日."""
    return date_format(when, pgettext("format of a day", "j F Y"))


def moment(when):
    """A day with the time of day."""
    return date_format(when, pgettext("format of a moment", "j F Y, H:i"))


def years(number):
    """Years of work experience."""
    one_or_more = 1 if number == 1 else 2
    return ngettext("%(shown)s year of experience", "%(shown)s years of experience", one_or_more) % {
        "shown": decimal(number)
    }
