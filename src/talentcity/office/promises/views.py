"""What the city promises; and one person's record, as they and as others see it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from talentcity.office import names
from talentcity.office.accounts.access import Area, may_write, must_write, only_for, seen_by
from talentcity.office.accounts.enums import Role
from talentcity.office.planning.cards import card, rules_of
from talentcity.office.planning.domain.lack import lack_of
from talentcity.office.planning.domain.queries import published_run, recommendations_of
from talentcity.office.planning.domain.seen import record_seen
from talentcity.office.planning.figures import plan_figures
from talentcity.office.planning.models import Short
from talentcity.office.promises.cases import cases
from talentcity.office.promises.domain.caseload import Queue, Show, counts
from talentcity.office.promises.domain.coverage import coverage
from talentcity.office.promises.domain.delivery import DeliveryRefused, correct_delivery, record_delivery
from talentcity.office.promises.domain.standing import standing_of
from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import current
from talentcity.office.records.domain.places import open_places
from talentcity.office.records.domain.screened import screened
from talentcity.office.records.domain.sessions import next_sessions
from talentcity.office.records.models import Seeker
from talentcity.office.today import today

from .forms import SHORT, CaseloadForm, CorrectionForm, DeliveryForm

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
    """One person's record for whoever looks after them."""
    seeker = get_object_or_404(seen_by(request.user, Seeker.objects), seeker_id=seeker_id)
    context = {**_record(seeker), "ledger": _ledger(seeker), "writes": may_write(request.user, seeker)}
    return render(request, "promises/person.html", context)


@login_required
def deliver(request, seeker_id):
    """Record one delivery to a person."""
    seeker = get_object_or_404(seen_by(request.user, Seeker.objects), seeker_id=seeker_id)
    must_write(request.user, seeker)
    asked = {"service": request.GET.get("service"), "on": today()}
    form = DeliveryForm(request.POST or None, services=current(today()).services, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            delivery = record_delivery(seeker, by=request.user, **form.cleaned_data)
        except DeliveryRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The delivery is recorded."))
            return redirect(_row(delivery))
    return render(request, "promises/deliver.html", {"seeker": seeker, "form": form})


@login_required
def correct(request, pk):
    """Take a row of the ledger back by a new one."""
    delivery = get_object_or_404(seen_by(request.user, Delivery.objects).select_related("seeker", "by"), pk=pk)
    must_write(request.user, delivery.seeker)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = correct_delivery(delivery, on=today(), by=request.user, **form.cleaned_data)
        except DeliveryRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The row is taken back; neither of the two counts from now on."))
            return redirect(_row(row))
    service = {one.code: one.name for one in current(today()).services}.get(delivery.service, delivery.service)
    context = {"seeker": delivery.seeker, "delivery": delivery, "service": service, "form": form}
    return render(request, "promises/correct.html", context)


def _row(delivery):
    """The address of a row of the ledger on its person's page."""
    return f"{reverse('person', args=[delivery.seeker.seeker_id])}#delivery-{delivery.pk}"


@require_safe
@only_for(Area.PEOPLE)
def people(request):
    """The caseload: whose promise breaks next, why, and what to do; a page at a time."""
    run, on = published_run(), today()
    everybody = seen_by(request.user, Seeker.objects)
    promise = current(on)
    districts = everybody.order_by("district").values_list("district", flat=True).distinct()
    form = CaseloadForm(request.GET, districts=districts, services=promise.services)
    chosen, service = form.narrowed(everybody), form.cleaned_data.get("service") or None
    short = chosen.filter(shorts__run=run) if run else chosen.none()
    counted = counts(chosen, today=on, service=service)
    if form.choice == SHORT:
        show, queue = Show.ALL, Queue(short, show=Show.ALL, today=on, service=service)
    else:
        show = Show(form.choice)
        queue = Queue(chosen, show=show, today=on, service=service, counted=counted)
    page = Paginator(queue, PER_PAGE).get_page(request.GET.get("page"))
    found = Seeker.objects.in_bulk(page.object_list)
    context = {
        "form": form,
        "page": page,
        "rows": cases(
            [found[pk] for pk in page.object_list],
            run=run, reader=request.user, today=on, show=show, service=service,
        ),
        "tiles": _tiles(counted, short.count(), form.choice),
        "one_district": "district" not in form.fields,
        "on": on,
        "kept_from": counted.kept_from,
    }  # fmt: skip
    return render(request, "promises/caseload.html", context)


def _tiles(counted, short, shown):
    tiles = (
        (Show.WEEK.value, _("Due within 7 days"), counted.week),
        (Show.DUE.value, _("Can still be kept"), counted.due),
        (Show.BROKEN.value, _("Broken and still owed"), counted.broken),
        (SHORT, _("Short in the plan"), short),
        (Show.ALL.value, _("Everybody"), counted.all),
    )
    return [{"show": code, "words": words, "persons": persons, "here": code == shown} for code, words, persons in tiles]


def _services(seeker):
    standing = standing_of(seeker, today=today())
    coming = next_sessions([seeker.district], after=today())[seeker.district]
    rows = [_service(one, coming.get(one.service.code)) for one in standing.services]
    return {"seeker": seeker, "services": rows, "standing": standing, "on": standing.on}


def _service(standing, coming):
    """One service with the session that comes next, where one is needed, and whether that comes after the day due."""
    session = coming if standing.owed else None
    late = session is not None and not standing.broken and localtime(session.starts_at).date() > standing.due_on
    return {"standing": standing, "next": session, "late": late}


def _ledger(seeker):
    """Every row, also those that a later row corrects; each with its service and whether it is corrected."""
    rows = Delivery.objects.filter(seeker=seeker).select_related("by", "corrects", "corrected_by")
    names_of = {one.code: one.name for one in current(today()).services}
    return [
        {
            "delivery": row,
            "service": names_of.get(row.service, row.service),
            "corrected": getattr(row, "corrected_by", None) is not None,
            "correctable": row.corrects_id is None and getattr(row, "corrected_by", None) is None,
        }
        for row in rows
    ]


def _record(seeker):
    run = published_run()
    shown, services = recommendations_of(seeker), _services(seeker)
    short = Short.objects.filter(run=run, seeker=seeker).select_related("shortage").first() if run else None
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
            "unread": names.unreadable_wishes(seeker),
            "skills": [names.skill(code) for code in seeker.skills],
        },
    }
