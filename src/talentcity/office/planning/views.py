"""The planner's overview, planning again, and what people answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from talentcity.office.accounts.access import Area, may_see, must_write, only_for, seen_by
from talentcity.office.promises.domain.coverage import coverage
from talentcity.office.records.domain.screened import screened
from talentcity.office.records.models import Seeker, Vacancy
from talentcity.office.today import today

from .domain.answers import AnswerRefused
from .domain.answers import answer as write_answer
from .domain.proved import (
    BY_WORTH,
    WORTH_MOST,
    members_of,
    persons_by_missing,
    short_alone,
    sums_of,
    with_shorts,
    with_shown,
    worth_most,
)
from .domain.queries import held_by_rule, latest_run, published_run, short_of
from .domain.runs import request_run
from .figures import changed, how_found, persons_by_count, place_rows, plan_figures, shared, short_tables, sum_rows
from .forms import AnswerForm, PlanForm
from .models import PlanRun, Recommendation, RunStatus, Shortage, Why

RUNS_SHOWN = 8
SHORT_SHOWN = 12
SHORTAGES_SHOWN = 10
SUMS_SHOWN = 20
PEOPLE_SHOWN = 20
ENDED = (RunStatus.PUBLISHED, RunStatus.FAILED)


@require_safe
@only_for(Area.OVERVIEW)
def overview(request):
    """Where the promise stands, what the plan gives, what is held and who is short."""
    run, latest = published_run(), latest_run()
    counted = coverage(today=today())
    shortfall = short_of(run) if run else None
    context = {
        "coverage": counted,
        "services": counted.promise.services,
        "run": run,
        "plan": plan_figures(run),
        "screened": screened(run.screening) if run else None,
        "held": held_by_rule(),
        "shortfall": shortfall,
        "short_tables": short_tables(shortfall) if shortfall else [],
        "short_rows": shortfall.rows[:SHORT_SHOWN] if shortfall else [],
        "full": place_rows(worth_most(run)) if run else [],
        "most": WORTH_MOST,
        "form": PlanForm(),
        "runs": PlanRun.objects.select_related("requested_by")[:RUNS_SHOWN],
        "latest": latest if latest and latest.status != RunStatus.PUBLISHED else None,
    }
    return render(request, "planning/overview.html", context)


@require_POST
@only_for(Area.OVERVIEW)
def plan_again(request):
    """Ask for a new plan; the one that stands stays readable until the new one is published."""
    must_write(request.user, Area.OVERVIEW)
    form = PlanForm(request.POST)
    if not form.is_valid():
        if request.htmx:
            return render(request, "planning/_refused.html", {"form": form})
        messages.error(request, _("No plan was asked for: its options are not as expected."))
        return redirect("overview")
    run = request_run(by=request.user, **form.options)
    if request.htmx:
        return render(request, "planning/_progress.html", {"latest": run})
    messages.info(request, _("A new plan was asked for. This page shows it once it is published."))
    return redirect("overview")


@require_safe
@login_required
def plan_run(request, pk):
    """One run: what is proved of its plan, who is short and why, what places are worth; or how it goes.

    A page that shows how a run goes asks for that alone, again and again; it gets nothing as long as nothing changed.
    """
    run = get_object_or_404(seen_by(request.user, PlanRun.objects.select_related("screening")), pk=pk)
    if not request.htmx:
        return render(request, "planning/run.html", _run(request, run))
    if run.status == request.GET.get("was"):
        return HttpResponse(status=204)
    return render(request, "planning/_progress.html", {"latest": run})


def _run(request, run):
    if run.status != RunStatus.PUBLISHED:
        return {"run": run, "plan": None}
    shortages, sums = Paginator(run.shortages.all(), SHORTAGES_SHOWN), Paginator(sums_of(run), SUMS_SHOWN)
    page = sums.get_page(request.GET.get("page"))
    shown = shortages.get_page(request.GET.get("shortages"))
    return {
        "run": run,
        "plan": plan_figures(run),
        "in_force": run == published_run(),
        "counts": persons_by_count(run.report, persons_by_missing(run)),
        "shortages": [{"shortage": one, "words": shared(one)} for one in shown],
        "shortages_page": shown,
        "alone": [{"why": Why(one.why).label, "group": one} for one in short_alone(run)],
        "sums": sum_rows(page),
        "page": page,
        "full": place_rows(worth_most(run)),
        "most": WORTH_MOST,
        "changed": changed(run.report),
        "found": how_found(run.report),
    }


@require_safe
@login_required
def shortage(request, pk, number):
    """People who share too few places: why that is so, who they are, and where these places are."""
    seen = seen_by(request.user, Shortage.objects.select_related("run__screening"))
    shortage = get_object_or_404(seen, run=pk, number=number)
    people = members_of(shortage, seen_by(request.user, Seeker.objects))
    vacancies = shortage.prices.filter(vacancy__in=seen_by(request.user, Vacancy.objects)).order_by(*BY_WORTH)
    page = Paginator(people, PEOPLE_SHOWN).get_page(request.GET.get("page"))
    places = Paginator(vacancies, WORTH_MOST).get_page(request.GET.get("vacancies"))
    context = {
        "shortage": shortage,
        "run": shortage.run,
        "words": shared(shortage),
        "whole": may_see(request.user, Area.OVERVIEW),
        "sums": sum_rows(sums_of(shortage.run, shortage)[:WORTH_MOST]),
        "page": page,
        "members": with_shorts(shortage, list(page.object_list)),
        "places_page": places,
        "full": place_rows(with_shown(places.object_list, shortage.run)),
    }
    return render(request, "planning/shortage.html", context)


@require_POST
@login_required
def answer(request, pk):
    """What the person says to one recommendation."""
    recommendation = get_object_or_404(
        seen_by(request.user, Recommendation.objects).select_related("run", "vacancy", "seeker"), pk=pk
    )
    must_write(request.user, recommendation)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Expected the answer “interested” or “not_for_me”."))
    try:
        given = write_answer(recommendation, answer=form.cleaned_data["answer"], by=request.user, on=today())
    except AnswerRefused as refusal:
        return HttpResponseBadRequest(str(refusal))
    if request.htmx:
        return render(request, "planning/_answer.html", {"card": {"pk": pk, "answer": given}})
    messages.success(request, _("Your answer is recorded."))
    return redirect(f"{reverse('me')}#recommendation-{pk}")
