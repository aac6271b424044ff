"""Numbers and days as the reader's language writes them."""

from decimal import ROUND_CEILING, Decimal

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


def at_most(share):
    """A share that something does not exceed, as a percentage of two figures rounded up, so that it stays true.

    >>> at_most(0.0), at_most(0.0002), at_most(0.00002894), at_most(0.0123), at_most(0.25), at_most(3.7)
    ('0%', '0.02%', '0.0029%', '1.3%', '25%', '370%')
    """
    if share <= 0:
        return "0%"
    exact = Decimal(repr(share)) * 100
    digits = max(0, 1 - exact.adjusted())
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_CEILING).normalize()
    return f"{rounded:f}%"


def points(score):
    """A change of score with its sign, to three decimals: +0.410, −0.002, 0."""
    rounded = round(score, 3)
    return "0" if rounded == 0 else f"{rounded:+,.3f}".replace("-", "−")


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
