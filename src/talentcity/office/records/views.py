"""Adverts that are held, and one vacancy with what was found in its adverts."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from talentcity.office.accounts.access import Area, may_see, only_for, seen_by
from talentcity.office.planning.cards import rules_of
from talentcity.office.planning.domain.queries import held_by_rule, held_postings, opportunity_of, published_run
from talentcity.office.planning.sentences import wage
from talentcity.office.records.domain.screened import screened
from talentcity.office.records.models import Vacancy

from .forms import HeldForm
from .passages import kind_of, mark

PER_PAGE = 20


@require_safe
@only_for(Area.POSTINGS)
def postings(request):
    """Adverts held, a page at a time; of all rules or of one."""
    run, rules = published_run(), held_by_rule()
    form = HeldForm(request.GET, rules=rules)
    page = Paginator(held_postings(form.wanted()), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(verdict, rules_of(run)) for verdict in page.object_list],
        "run": run,
        "screened": screened(run.screening) if run else None,
    }
    return render(request, "records/postings.html", context)


def _row(verdict, rules):
    posting = verdict.posting
    vacancies = posting.vacancies.all()
    hits = [
        {
            "finding": hit,
            "rule": rules.get(hit.rule_id, {}),
            "passage": _passage(posting, hit),
            "kind": kind_of(hit),
        }
        for hit in posting.hits
    ]
    return {"posting": posting, "tier": verdict.tier, "vacancy": vacancies[0] if vacancies else None, "hits": hits}


def _passage(posting, finding):
    return (posting.title if finding.field == "title" else posting.text)[finding.start : finding.end]


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
    rules, on, first = rules_of(run), run.on if run else None, 1
    for screened_posting in opportunity.postings:
        marked = mark(screened_posting, rules=rules, on=on, first=first, with_let_pass=judges)
        first += len(marked.notes)
        posting, verdict = screened_posting.posting, screened_posting.verdict
        yield {
            "posting": posting,
            "verdict": verdict.verdict if verdict else "",
            "marked": marked,
            "readable": judges or not screened_posting.held,
        }
