"""The seeker's own page: services, recommendations with reasons and safety, and the answer."""

from datetime import date

import pytest
from django.urls import reverse
from factories import (
    HERE,
    make_delivery,
    make_employer,
    make_finding,
    make_posting,
    make_recommendation,
    make_run,
    make_session,
    make_short,
    make_vacancy,
    make_verdict,
)
from page_words import REPORT, words

from talentcity.office.planning.models import Answer, Seen


@pytest.fixture
def run(db):
    return make_run(report=REPORT)


@pytest.fixture
def me(english, seeker_user):
    english.force_login(seeker_user)
    return english


def offer(run, seeker, *, rank=1, reasons=("+occupation same",), verdict="cleared", places=2, **facts):
    posting = make_posting(**facts)
    make_verdict(run, posting, verdict)
    vacancy = make_vacancy(postings=[posting], headcount=places)
    return make_recommendation(run, seeker, vacancy, rank=rank, reasons=reasons)


def test_states_of_the_services_are_said_in_words(me, seeker, run):
    seeker.registered_on = date(2026, 7, 1)
    seeker.save()
    make_delivery(seeker, "briefing", "2026-07-10")
    make_delivery(seeker, "counselling", "2026-09-10")
    said = words(me.get("/me/"))
    assert "Policy briefing 1 had, of at least 1 Kept All had by the day it was due, 31 July 2026." in said
    assert "Career counselling 1 had, of at least 1 Broken Was due on 30 August 2026 and came late." in said
    assert "Job recommendations 0 had, of at least 3 Broken Was due on 30 August 2026; 3 still to come." in said
    assert "Training or internship 0 had, of at least 1 Still owed 1 still owed until 28 December 2026." in said


def test_next_session_is_named_for_what_is_owed_only(me, seeker, run):
    make_session(kind="briefing")
    make_session(kind="course")
    make_session(kind="counselling", district="别的区")
    make_delivery(seeker, "training", "2026-09-02")
    said = words(me.get("/me/"))
    assert said.count("Next in") == 1
    assert f"1 still owed until 1 October 2026. Next in {HERE}: 20 September 2026, 09:30" in said


def test_card_shows_title_employer_place_wage_and_places(me, seeker, run):
    employer = make_employer(name="样例公司")
    offer(run, seeker, title="后端工程师", employer=employer, district=HERE, wage_min=8000, wage_max=12000, headcount=2)
    said = words(me.get("/me/"))
    assert "后端工程师 样例公司 Cleared" in said
    assert f"Wage ¥8,000–12,000 a month Place {HERE} Places open 2 persons Channel market job" in said


@pytest.mark.parametrize(
    ("places", "said"),
    [(1, "1 person (not stated; counted as 1)"), (4, "4 persons (not stated in this advert)")],
)
def test_unknown_headcount_says_so(me, seeker, run, places, said):
    offer(run, seeker, headcount=None, places=places)
    assert f"Places open {said}" in words(me.get("/me/"))


def test_warning_names_the_rule_and_the_passage(me, seeker, run):
    recommendation = offer(run, seeker, verdict="warn", text="30岁以下优先。")
    posting = recommendation.vacancy.postings.get()
    make_finding(run, posting, rule_id="D3", tier="T3", start=0, end=7)
    make_finding(run, posting, rule_id="F1", tier="T1", start=0, end=2, guard="negation")
    said = words(me.get("/me/"))
    assert "Safety: shown with a warning. You may apply; know this first:" in said
    assert "Age limit: 30岁以下优先 A job may not depend on this." in said


def test_reasons_are_sentences_with_met_and_not_met(me, seeker, run):
    offer(run, seeker, reasons=("+occupation same", "~place city", "-skills 0/3"), district="渝中区")
    said = words(me.get("/me/"))
    assert "✓ Met. Occupation: Software development, as wished for." in said
    assert f"≈ Partly met. Place: 渝中区, in the same city; wished for: {HERE}." in said
    assert "– Not met. Skills: 0 of the 3 that the advert names are on record." in said


def test_three_recommendations_need_no_excuse(me, seeker, run):
    for rank in (1, 2, 3):
        offer(run, seeker, rank=rank)
    page = me.get("/me/")
    assert [card["recommended"].recommendation.rank for card in page.context["cards"]] == [1, 2, 3]
    assert "instead of" not in words(page)


def test_fewer_than_three_says_so_and_why_and_what_now(me, seeker, run):
    offer(run, seeker)
    make_short(run, seeker, owed=3, given=1, why="few_pairs", unavoidable=True)
    said = words(me.get("/me/"))
    assert "1 recommendation instead of 3. Why: Fewer vacancies fit than are owed. It was checked" in said
    assert "What now: a counsellor can look with you at wider wishes" in said


def test_shortage_is_told_in_what_was_still_owed(me, seeker, run):
    for day in ("2026-09-02", "2026-09-03"):
        make_delivery(seeker, "recommendation", day)
    make_short(run, seeker, owed=1, given=0, why="no_pair", unavoidable=True)
    assert "0 recommendations instead of 1. Why: No open vacancy is left" in words(me.get("/me/"))


def test_who_had_all_elsewhere_is_not_told_of_a_shortage(me, seeker, run):
    for day in ("2026-09-02", "2026-09-03"):
        make_delivery(seeker, "recommendation", day)
    offer(run, seeker)
    counted = "Fewer are shown than the promise grants: the others count as delivered."
    for _ in ("before it is seen", "after"):
        said = words(me.get("/me/"))
        assert counted in said
        assert "instead of" not in said
        assert "What now" not in said
        me.post("/me/seen/")


def test_who_is_owed_more_than_the_plan_knew_is_told_of_the_next_one(me, seeker, run):
    offer(run, seeker)
    said = words(me.get("/me/"))
    assert "More recommendations are owed by now than when the published plan was made." in said
    assert "instead of" not in said


def test_without_a_plan_the_page_says_so(me, seeker):
    said = words(me.get("/me/"))
    assert "There are no recommendations yet. No plan has been published." in said


def test_looking_delivers_once_and_answers_with_the_services(me, seeker, run):
    offer(run, seeker)
    for _ in range(2):
        answer = me.post("/me/seen/", headers={"HX-Request": "true"})
    assert "Job recommendations 1 had, of at least 3" in words(answer)
    assert [seen.delivery.service for seen in Seen.objects.all()] == ["recommendation"]


def test_answer_by_htmx_gives_the_part_back_and_keeps_the_answer(me, seeker, run):
    recommendation = offer(run, seeker)
    answer = me.post(
        reverse("answer", args=[recommendation.pk]), {"answer": "interested"}, headers={"HX-Request": "true"}
    )
    assert words(answer).startswith("You are interested. Your counsellor sees this answer in your record.")
    assert "Change to: not for me" in words(answer)
    assert list(Answer.objects.values_list("recommendation", "answer")) == [(recommendation.pk, "interested")]


def test_answer_without_a_script_leads_back_to_the_card_with_a_word(me, seeker, run):
    recommendation = offer(run, seeker)
    answer = me.post(reverse("answer", args=[recommendation.pk]), {"answer": "not_for_me"})
    assert answer["Location"] == f"/me/#recommendation-{recommendation.pk}"
    said = words(me.get("/me/"))
    assert said.startswith("Your answer is recorded.")
    assert "Not for you. What happens next: this vacancy is left out of your next plans." in said


def test_an_unknown_answer_is_refused_and_nothing_is_written(me, seeker, run):
    recommendation = offer(run, seeker)
    answer = me.post(reverse("answer", args=[recommendation.pk]), {"answer": "perhaps"})
    assert (answer.status_code, answer.content.decode()) == (
        400, "Expected the answer “interested” or “not_for_me”.",
    )  # fmt: skip
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_queries_do_not_grow_with_the_recommendations(
    client, seeker, seeker_user, run, django_assert_num_queries, language
):
    client.cookies["django_language"] = language
    client.force_login(seeker_user)
    offer(run, seeker)
    client.get("/me/")
    counted = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for rank in (2, 3):
        with CaptureQueriesContext(connection) as captured:
            client.get("/me/")
        counted.append(len(captured))
        offer(run, seeker, rank=rank)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/me/")
    assert len(page.context["cards"]) == 3
    assert counted == [len(captured)] * 2
