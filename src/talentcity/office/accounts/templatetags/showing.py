"""Filters and tags that show: names in the reader's language, numbers, days, bars, marked passages."""

from django import template
from django.utils import timezone

from talentcity.office import names, showing

register = template.Library()

register.filter("family", names.family)
register.filter("occupation", names.occupation)
register.filter("skill", names.skill)
register.filter("place", names.place)
register.filter("caution", names.caution)
register.filter("in_language", names.in_language)
register.filter("whole", showing.whole)
register.filter("decimal", showing.decimal)
register.filter("percent", showing.percent)
register.filter("years", showing.years)
register.filter("day", showing.day)
day = showing.day


@register.filter
def cells(district, services):
    """The counts of one district in the order of the services."""
    return [{"service": service, "count": district.services[service.code]} for service in services]


@register.filter
def titled(rule):
    """What a rule is called, in the reader's language; `rule` carries title_zh and title_en."""
    return names.titled(rule)


@register.filter
def let_pass(guard):
    """Why a passage that looked like a breach was let pass."""
    return names.let_pass(guard)


@register.filter
def moment(when):
    """The day and time in the city's time zone."""
    return showing.moment(timezone.localtime(when))


@register.filter
def education(code):
    """A level of education."""
    return names.EDUCATION[code]


@register.filter
def channel(code):
    """Market job or which public role."""
    return names.CHANNELS[code]


@register.filter
def verdict(code):
    """Cleared, Warning or Held."""
    return names.VERDICTS[code]


@register.filter
def tier(code):
    """How grave a finding is, in words."""
    return names.TIERS[code]


@register.inclusion_tag("office/_bar.html")
def bar(share):
    """A bar of a share from 0 to 1; the figure itself stands beside it."""
    return {"width": f"{min(max(share, 0), 1) * 100:.1f}"}


@register.inclusion_tag("office/_dots.html")
def dots(had, least):
    """One field for each delivery that is owed, filled for those made."""
    step = 100 / max(least, 1)
    fields = [{"x": f"{n * step:.2f}", "width": f"{step - 3:.2f}", "full": n < had} for n in range(least)]
    return {"fields": fields}
