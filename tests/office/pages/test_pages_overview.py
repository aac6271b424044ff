"""The planner's overview: coverage, the plan, who is short, adverts held, and planning again."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import (
    HERE,
    THERE,
    make_delivery,
    make_finding,
    make_posting,
    make_run,
    make_seeker,
    make_short,
    make_vacancy,
    make_verdict,
)
from page_words import REPORT, words

from talentcity.office.planning.models import PlanRun

HTMX = {"HX-Request": "true"}


@pytest.fixture
def overview(english, planner):
    english.force_login(planner)
    return english


def hold(run, *rules):
    posting = make_posting()
    make_vacancy(postings=[posting])
    make_verdict(run, posting, "hold", tier="T1", reasons=rules)
    for rule in rules:
        make_finding(run, posting, rule_id=rule)
    return posting


def test_share_stands_with_its_numerator_and_denominator_by_district(overview, seeker, seeker_elsewhere):
    make_seeker(district=HERE)
    make_delivery(seeker, "briefing", "2026-09-02")
    said = words(overview.get("/overview/"))
    assert f"{HERE} 2 persons 50.0% 1 / 2 0% 0 / 2 0% 0 / 2 0% 0 / 2" in said
    assert f"{THERE} 1 person 0% 0 / 1" in said
    assert "Whole city 3 persons 33.3% 1 / 3" in said
    assert "3 persons registered; counted from the ledger as of 15 September 2026." in said


def test_plan_figures_say_whether_the_shortage_is_the_minimum(overview, seeker):
    make_short(make_run(report=REPORT), seeker, given=1)
    said = words(overview.get("/overview/"))
    assert "75.0% 3 of 4 persons get every recommendation that they are still owed." in said
    assert "Recommendations missing 2 recommendations This is the minimum: it was proved that no plan" in said
    assert "Persons short 1 persons Persons of 4" in said
    assert "Distance from the best plan at most 0.02% No plan of these pairs that is as fair can score more" in said


@pytest.mark.parametrize(
    ("minimum", "said"),
    [(None, "Whether this is the minimum was not proven."), (False, "This is not the minimum")],
)
def test_what_was_not_proven_is_not_claimed(db, overview, minimum, said):
    make_run(report={**REPORT, "missing_is_minimum": minimum})
    assert said in words(overview.get("/overview/"))


def test_who_is_short_is_grouped_by_district_family_and_reason(overview, seeker, seeker_elsewhere):
    run = make_run(report=REPORT)
    make_short(run, seeker, owed=3, given=0, why="no_pair")
    make_short(run, seeker_elsewhere, owed=3, given=2, why="few_pairs")
    said = words(overview.get("/overview/"))
    assert f"By district District Persons Missing {HERE} 1 3 {THERE} 1 1" in said
    assert "By first wish Occupation Persons Missing Software development 2 4" in said
    assert "No open vacancy is left that they could take 1 3 Fewer vacancies fit than are owed 1 1" in said
    assert f"S-HERE {HERE} Software development 0 / 3 No open vacancy is left" in said


def test_nobody_short_is_said(db, overview):
    make_run(report=REPORT)
    assert "Nobody is short: everybody gets what they are owed." in words(overview.get("/overview/"))


def test_held_adverts_are_counted_by_rule_and_lead_to_their_list(db, overview):
    run = make_run(report=REPORT)
    hold(run, "F1")
    hold(run, "F1", "W1")
    make_verdict(run, make_posting(), "warn")
    page = overview.get("/overview/")
    said = words(page)
    assert "2 of 3 adverts screened on 15 September 2026 are held. 1 is shown with a warning." in said
    assert "F1 · Deposit taken tier 1: held until a person releases it 劳动合同法 第九条 2" in said
    assert "W1 · W1" in said
    assert 'href="/postings/?rule=F1&amp;verdict=hold"' in page.content.decode()


def test_without_a_plan_the_page_offers_to_make_the_first(db, overview):
    said = words(overview.get("/overview/"))
    assert "No plan has been published yet. “Plan again” makes the first one." in said


def test_plan_again_asks_for_a_run_and_shows_that_it_waits(db, overview):
    answer = overview.post("/overview/plans/", headers=HTMX)
    run = PlanRun.objects.get()
    assert (run.status, run.on) == ("requested", date(2026, 9, 15))
    assert "A new plan waits for the worker. The plan below stays in force until then." in words(answer)
    assert f'hx-get="/overview/plans/{run.pk}/?was=requested"' in answer.content.decode()


def test_plan_again_without_a_script_comes_back_with_a_word(db, overview):
    answer = overview.post("/overview/plans/", follow=True)
    assert answer.redirect_chain == [("/overview/", 302)]
    said = words(answer)
    assert "A new plan was asked for." in said
    assert "A new plan waits for the worker." in said


def test_progress_answers_only_when_something_changed(db, overview):
    run = PlanRun.objects.create(on=date(2026, 9, 15))
    address = f"/overview/plans/{run.pk}/?was="
    assert overview.get(address + "requested", headers=HTMX).status_code == 204
    PlanRun.objects.update(started_at=datetime(2026, 9, 15, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert "being worked out since 15 September 2026, 10:05" in words(overview.get(address + "requested", headers=HTMX))
    assert overview.get(address + "running", headers=HTMX).status_code == 204


def test_progress_ends_with_the_new_plan(db, overview):
    run = make_run(report=REPORT)
    answer = overview.get(f"/overview/plans/{run.pk}/?was=running", headers=HTMX)
    assert "The new plan is published. Show the new plan" in words(answer)
    assert "hx-get" not in answer.content.decode()


def test_failed_run_says_why_and_the_plan_before_stays(db, overview):
    published = make_run(report=REPORT)
    now = timezone.now()
    failed = PlanRun.objects.create(on=date(2026, 9, 15), started_at=now, failed_at=now, failure="Out of memory.")
    page = overview.get("/overview/")
    assert page.context["run"] == published
    assert "failed; nothing was changed. What the engine says: Out of memory." in words(page)
    part = overview.get(f"/overview/plans/{failed.pk}/?was=running", headers=HTMX)
    assert "What the engine says: Out of memory." in words(part)


def test_queries_do_not_grow_with_runs_rules_and_people(overview):
    counted = []
    for round_ in (1, 3):
        while PlanRun.objects.count() < round_:
            run = make_run(report=REPORT)
        for number in range(round_):
            seeker = make_seeker(district=f"{number}区")
            make_delivery(seeker, "briefing", "2026-09-02")
            make_short(run, seeker)
            hold(run, "F1", "W1")
        with CaptureQueriesContext(connection) as captured:
            page = overview.get("/overview/")
        assert len(page.context["runs"]) == round_
        assert len(page.context["short_rows"]) == round_
        counted.append(len(captured))
    assert counted[0] == counted[1]
