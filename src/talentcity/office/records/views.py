"""Adverts by what was found in them, one advert with its evidence and decisions, and one vacancy."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from talentcity.office.accounts.access import Area, may_see, may_write, must_write, only_for, seen_by
from talentcity.office.planning.cards import rules_of
from talentcity.office.planning.domain.queries import (
    judged,
    judged_postings,
    opportunity_of,
    published_run,
    verdicts_of,
)
from talentcity.office.planning.sentences import wage
from talentcity.office.records.domain.decisions import DecisionRefused, decide, decision_in_force
from talentcity.office.records.domain.screened import screened
from talentcity.office.records.models import Posting, Vacancy
from talentcity.office.today import today

from .facts import facts_read
from .forms import AdvertsForm, DecisionForm
from .passages import kind_of, mark, words_of

PER_PAGE = 20


@require_safe
@only_for(Area.POSTINGS)
def postings(request):
    """Adverts held, released or shown with a warning, a page at a time."""
    run = published_run()
    rules = rules_of(run)
    form = AdvertsForm(request.GET, rules=rules.values())
    asked = form.cleaned_data  # without what is no choice, or no text
    found = judged_postings(
        form.what, rule_id=asked.get("rule", ""), tier=asked.get("tier", ""), employer=asked.get("employer", "")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(verdict, rules) for verdict in page.object_list],
        "run": run,
        "screened": screened(run.screening) if run else None,
    }
    return render(request, "records/postings.html", context)


def _row(verdict, rules):
    posting = verdict.posting
    hits = [
        {
            "finding": hit,
            "rule": rules.get(hit.rule_id, {}),
            "passage": words_of(posting, hit),
            "kind": kind_of(hit),
        }
        for hit in posting.hits
    ]
    decision = decision_in_force(posting)
    return {
        "posting": posting,
        "tier": verdict.tier,
        "hits": hits,
        "decision": decision,
        "coming": decision is not None and decision.pk != verdict.decision_id,
    }


@require_safe
@login_required
def posting(request, posting_id):
    """One advert with its evidence, for planners and inspectors."""
    record = get_object_or_404(seen_by(request.user, Posting.objects), posting_id=posting_id)
    return _posting(request, record)


@require_POST
@login_required
def decide_posting(request, posting_id):
    """An inspector releases an advert, or holds it."""
    record = get_object_or_404(seen_by(request.user, Posting.objects), posting_id=posting_id)
    must_write(request.user, record)
    run = published_run()
    form = DecisionForm(request.POST, held=True)
    if form.is_valid():
        try:
            decide(record, screening=run.screening if run else None, by=request.user, **form.cleaned_data)
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your decision is recorded."))
            return redirect("posting", posting_id)
    return _posting(request, record, form)


def _posting(request, record, form=None):
    run = published_run()
    shown = judged(record, run)
    writes = may_write(request.user, record) and shown.verdict is not None
    context = {
        "posting": shown.posting,
        "shown": shown,
        "advert": _advert(shown, run, first=1, judges=True),
        "wage": wage(shown.posting),
        "facts": facts_read(shown.posting),
        "run": run,
        "history": verdicts_of(record),
        "decisions": sorted(shown.posting.decisions.all(), key=lambda one: -one.pk),
        "coming": _coming(shown),
        "form": (form or DecisionForm(held=shown.held)) if writes else None,
        "vacancies": record.vacancies.all(),
        "on": today(),
    }
    return render(request, "records/posting.html", context)


def _coming(shown):
    """A decision that the published plan did not know of yet."""
    if shown.decision is None or shown.verdict is None or shown.verdict.decision_id == shown.decision.pk:
        return None
    return shown.decision


@require_safe
@login_required
def vacancy(request, vacancy_id):
    """One vacancy with its adverts; whoever is sent there is not shown the text of a held one."""
    record = get_object_or_404(seen_by(request.user, Vacancy.objects), vacancy_id=vacancy_id)
    opportunity, run = opportunity_of(record), published_run()
    judges = may_see(request.user, Area.POSTINGS)
    shown = opportunity.shown if judges or not opportunity.held else None  # a title can be what an advert is held for
    context = {
        "vacancy": opportunity.vacancy,
        "opportunity": opportunity,
        "shown": shown,
        "wage": wage(shown.posting) if shown else "",
        "adverts": list(_adverts(opportunity, run, judges=judges)),
        "judges": judges,
        "run": run,
    }
    return render(request, "records/vacancy.html", context)


def _adverts(opportunity, run, *, judges):
    first = 1
    for screened_posting in opportunity.postings:
        advert = _advert(screened_posting, run, first=first, judges=judges)
        first += len(advert["marked"].notes)
        yield advert


def _advert(screened_posting, run, *, first, judges):
    on = run.on if run else None
    return {
        "posting": screened_posting.posting,
        "verdict": screened_posting.says,
        "marked": mark(screened_posting, rules=rules_of(run), on=on, first=first, with_let_pass=judges),
        "readable": judges or not screened_posting.held,
    }
