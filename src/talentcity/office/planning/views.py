"""The planner's overview, planning again, and what people answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from talentcity.office.accounts.access import Area, must_write, only_for, seen_by
from talentcity.office.promises.domain.coverage import coverage
from talentcity.office.records.domain.screened import screened
from talentcity.office.today import today

from .domain.answers import AnswerRefused
from .domain.answers import answer as write_answer
from .domain.queries import held_by_rule, latest_run, published_run, short_of
from .domain.runs import request_run
from .figures import plan_figures, short_tables
from .forms import AnswerForm
from .models import PlanRun, Recommendation, RunStatus

RUNS_SHOWN = 8
SHORT_SHOWN = 12
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
        "runs": PlanRun.objects.select_related("requested_by")[:RUNS_SHOWN],
        "latest": latest if latest and latest.status != RunStatus.PUBLISHED else None,
    }
    return render(request, "planning/overview.html", context)


@require_POST
@only_for(Area.OVERVIEW)
def plan_again(request):
    """Ask for a new plan; the one that stands stays readable until the new one is published."""
    must_write(request.user, Area.OVERVIEW)
    run = request_run(by=request.user)
    if request.htmx:
        return render(request, "planning/_progress.html", {"latest": run})
    messages.info(request, _("A new plan was asked for. This page shows it once it is published."))
    return redirect("overview")


@require_safe
@login_required
def plan_run(request, pk):
    """How one run goes: asked again and again while it runs; without content as long as nothing has changed."""
    run = get_object_or_404(seen_by(request.user, PlanRun.objects), pk=pk)
    if not request.htmx:
        return redirect("overview")
    if run.status == request.GET.get("was"):
        return HttpResponse(status=204)
    return render(request, "planning/_progress.html", {"latest": run})


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
