"""What every page shows around its content."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from talentcity.office.today import today

from .access import Area, may_see
from .templatetags.showing import day

_PLACES = (
    (Area.OWN_HOME, "me", _("My page")),
    (Area.OVERVIEW, "overview", _("Overview")),
    (Area.PEOPLE, "people", _("Caseload")),
    (Area.POSTINGS, "postings", _("Adverts")),
    (Area.IMPORTS, "imports", _("Imports")),
    (Area.PARAMETERS, "parameters", _("Dated parameters")),
    (Area.ACCOUNTS, "accounts", _("Accounts")),
)
_LANGUAGES = {"zh-hans": ("zh-hans", "zh-Hans", "简体中文"), "en": ("en", "en", "English")}


def shell(request):
    """Where one may go, who one is, which day it is, and the other language."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    code, lang, name = _LANGUAGES["en" if get_language() == "zh-hans" else "zh-hans"]
    return {
        "demo_city": settings.DEMO_CITY,
        "today_words": day(today()),
        "places": _places(request, user) if signed_in else [],
        "who": _who(user) if signed_in else "",
        "other_language": {"code": code, "lang": lang, "name": name},
    }


def _places(request, user):
    urls = [(reverse(name), words) for area, name, words in _PLACES if may_see(user, area)]
    return [{"url": url, "words": words, "here": request.path == url} for url, words in urls]


def _who(user):
    about = user.seeker.seeker_id if user.seeker_id is not None else user.district
    role = user.get_role_display()
    return gettext("%(role)s · %(about)s") % {"role": role, "about": about} if about else role
