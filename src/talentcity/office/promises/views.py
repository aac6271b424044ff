"""What the city promises; and one person's record, as they and as others see it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from talentcity.office import names
from talentcity.office.accounts.access import Area, only_for, seen_by
from talentcity.office.accounts.enums import Role
from talentcity.office.planning.cards import card, rules_of
from talentcity.office.planning.domain.lack import lack_of
from talentcity.office.planning.domain.queries import published_run, recommendations_of
from talentcity.office.planning.domain.seen import record_seen
from talentcity.office.planning.figures import plan_figures
from talentcity.office.planning.models import Short
from talentcity.office.promises.domain.coverage import coverage
from talentcity.office.promises.domain.standing import standing_of, standings_of
from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import current
from talentcity.office.records.domain.places import open_places
from talentcity.office.records.domain.screened import screened
from talentcity.office.records.domain.sessions import next_sessions
from talentcity.office.records.models import Seeker
from talentcity.office.today import today

from .forms import PeopleForm

PER_PAGE = 25
ROLES = (
    (Role.SEEKER, _("See what the city owes you, what fits you and why, and answer.")),
    (Role.COUNSELLOR, _("See the people of your district and what each has had.")),
    (Role.PLANNER, _("See where the promise stands, who is short and why, and plan again.")),
    (Role.INSPECTOR, _("See the adverts held, the passage and the article of law.")),
)
"""What each role comes for."""


@require_safe
def landing(request):
    """What the city promises and where it stands; open to everybody."""
    counted, run = coverage(today=today()), published_run()
    services = [{"service": one, "count": counted.total.services[one.code]} for one in counted.promise.services]
    context = {
        "promise": counted.promise,
        "coverage": counted,
        "services": services,
        "run": run,
        "plan": plan_figures(run),
        "screened": screened(run.screening) if run else None,
        "places_open": open_places(on=today(), screening=run.screening if run else None),
        "roles": [{"code": role.value, "name": role.label, "about": about} for role, about in ROLES],
    }
    return render(request, "promises/landing.html", context)


@require_safe
@only_for(Area.OWN_HOME)
def me(request):
    """The seeker's own page."""
    return render(request, "promises/me.html", _record(request.user.seeker))


@require_POST
@only_for(Area.OWN_HOME)
def seen(request):
    """The page is before its person: what it recommends is delivered. Answers with the services as they now stand."""
    seeker = request.user.seeker
    record_seen(seeker, by=request.user, on=today())
    if not request.htmx:
        return redirect("me")
    return render(request, "promises/_services.html", _services(seeker))


@require_safe
@login_required
def person(request, seeker_id):
    """One person's record for whoever looks after them; read only."""
    seeker = get_object_or_404(seen_by(request.user, Seeker.objects), seeker_id=seeker_id)
    return render(request, "promises/person.html", {**_record(seeker), "ledger": _ledger(seeker)})


@require_safe
@only_for(Area.PEOPLE)
def people(request):
    """The people one looks after, a page at a time."""
    run = published_run()
    everybody = seen_by(request.user, Seeker.objects)
    form = PeopleForm(
        request.GET, districts=everybody.order_by("district").values_list("district", flat=True).distinct()
    )
    page = Paginator(form.chosen(everybody, run), PER_PAGE).get_page(request.GET.get("page"))
    standings = standings_of(page.object_list, today=today())
    short = dict(run.shorts.filter(seeker__in=page.object_list).values_list("seeker", "missing")) if run else {}
    rows = [{"seeker": one, "standing": standings[one.pk], "missing": short.get(one.pk, 0)} for one in page.object_list]
    context = {"form": form, "page": page, "rows": rows, "on": today(), "services": current(today()).services}
    return render(request, "promises/people.html", context)


def _services(seeker):
    standing = standing_of(seeker, today=today())
    coming = next_sessions(seeker.district, after=today())
    rows = [{"standing": one, "next": coming.get(one.service.code) if one.owed else None} for one in standing.services]
    return {"seeker": seeker, "services": rows, "standing": standing, "on": standing.on}


def _ledger(seeker):
    """Every row, also those that a later row corrects; each with its service and whether it is corrected."""
    rows = Delivery.objects.filter(seeker=seeker).select_related("by", "corrects", "corrected_by")
    names_of = {one.code: one.name for one in current(today()).services}
    return [
        {
            "delivery": row,
            "service": names_of.get(row.service, row.service),
            "corrected": getattr(row, "corrected_by", None) is not None,
        }
        for row in rows
    ]


def _record(seeker):
    run = published_run()
    shown, services = recommendations_of(seeker), _services(seeker)
    short = Short.objects.filter(run=run, seeker=seeker).first() if run else None
    standing = services["standing"].service("recommendation")
    rules = rules_of(run)
    return {
        **services,
        "run": run,
        "cards": [card(one, seeker, rules) for one in shown],
        "lack": lack_of(shown, run=run, short=short, standing=standing),
        "short": short,
        "wishes": {
            "occupations": names.listed(names.family(code) for code in seeker.wanted_occupations),
            "places": names.listed(names.place(one) for one in seeker.wanted_districts or [seeker.district]),
            "skills": [names.skill(code) for code in seeker.skills],
        },
    }
