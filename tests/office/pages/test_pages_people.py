"""People as counsellor and planner see them: the list, and one record with its ledger."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import (
    HERE,
    THERE,
    make_delivery,
    make_recommendation,
    make_run,
    make_seeker,
    make_short,
    make_user,
    make_vacancy,
)
from reading import REPORT, words

from talentcity.office.promises.models import Delivery


@pytest.fixture
def as_counsellor(english, counsellor):
    english.force_login(counsellor)
    return english


@pytest.fixture
def as_planner(english, planner):
    english.force_login(planner)
    return english


def ids(page):
    return [row["seeker"].seeker_id for row in page.context["rows"]]


def test_counsellor_lists_the_people_of_the_district_alone(as_counsellor, seeker, seeker_elsewhere):
    page = as_counsellor.get("/people/")
    assert ids(page) == ["S-HERE"]
    assert "District" not in page.context["form"].as_p()


def test_planner_lists_everybody_and_may_choose_a_district(as_planner, seeker, seeker_elsewhere):
    assert ids(as_planner.get("/people/")) == ["S-HERE", "S-THERE"]
    assert ids(as_planner.get("/people/", {"district": THERE})) == ["S-THERE"]
    assert ids(as_planner.get("/people/", {"district": "nowhere"})) == ["S-HERE", "S-THERE"]


def test_those_short_in_the_published_plan_can_be_chosen(as_planner, seeker, seeker_elsewhere):
    make_short(make_run(report=REPORT), seeker)
    make_short(make_run(report=REPORT), seeker_elsewhere, owed=3, given=2)
    page = as_planner.get("/people/", {"show": "short"})
    assert ids(page) == ["S-THERE"]
    assert "1 missing" in words(page)


def test_without_a_plan_nobody_is_short(as_planner, seeker):
    assert ids(as_planner.get("/people/", {"show": "short"})) == []


def test_row_says_how_each_service_stands(as_counsellor, seeker):
    make_delivery(seeker, "briefing", "2026-09-02")
    said = words(as_counsellor.get("/people/"))
    assert f"S-HERE {HERE} Software development 1 / 1 Kept 0 / 1 Still owed 0 / 3 Still owed 0 / 1 Still owed –" in said


@pytest.mark.parametrize("seeker_id", ["2026/007", "A/", "A?b#c", "A%2Fb", "A\nB", "甲 7"])
def test_every_id_that_the_tables_allow_has_an_address(as_planner, seeker_id):
    make_seeker(seeker_id)
    vacancy = make_vacancy(seeker_id)
    (address,) = re.findall(r'<th scope="row"><a href="([^"]+)"', as_planner.get("/people/").content.decode())
    record = as_planner.get(html.unescape(address))
    assert (record.status_code, record.context["seeker"].seeker_id) == (200, seeker_id)
    assert as_planner.get(reverse("vacancy", args=[seeker_id])).context["vacancy"] == vacancy


@pytest.mark.parametrize("address", ["/people/A%00B/", "/vacancies/A%00B/", "/overview/plans/99999999999999999999/"])
def test_id_that_nobody_can_have_is_not_found(as_planner, address):
    assert as_planner.get(address).status_code == 404


def test_list_comes_a_page_at_a_time(as_planner):
    for number in range(27):
        make_seeker(f"S-{number:02}")
    assert ids(as_planner.get("/people/", {"page": "2"})) == ["S-25", "S-26"]
    assert 'href="?page=2"' in as_planner.get("/people/").content.decode()


def test_queries_do_not_grow_with_the_list(as_planner, planner):
    run = make_run(report=REPORT)
    counted = []
    for people in (1, 3):
        while Delivery.objects.count() < people:
            seeker = make_seeker()
            make_delivery(seeker, "briefing", "2026-09-02")
            make_short(run, seeker)
        with CaptureQueriesContext(connection) as captured:
            page = as_planner.get("/people/")
        assert len(page.context["rows"]) == people
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_record_is_read_only_and_shows_the_ledger_with_evidence(as_counsellor, seeker, counsellor):
    imported = make_delivery(seeker, "briefing", "2026-09-02", evidence="签到表 7")
    make_delivery(seeker, "counselling", "2026-09-03", evidence="谈话记录", by=counsellor)
    page = as_counsellor.get("/people/S-HERE/")
    said = words(page)
    assert "Day Service Evidence Recorded 2 September 2026 Policy briefing 签到表 7" in said
    assert "3 September 2026 Career counselling 谈话记录" in said
    assert said.count("imported") == 1
    assert "/answer/" not in page.content.decode()
    assert imported.evidence in said


def test_record_shows_what_was_recommended_and_what_was_answered(as_counsellor, seeker, seeker_user):
    from talentcity.office.planning.domain.answers import answer

    recommendation = make_recommendation(make_run(report=REPORT), seeker)
    assert "Not answered yet." in words(as_counsellor.get("/people/S-HERE/"))
    answer(recommendation, answer="not_for_me", by=seeker_user, on=date(2026, 9, 15))
    assert "Answered “Not for me” on" in words(as_counsellor.get("/people/S-HERE/"))


def test_looking_at_somebody_elses_record_delivers_nothing(as_counsellor, seeker):
    make_recommendation(make_run(report=REPORT), seeker)
    assert "/me/seen/" not in as_counsellor.get("/people/S-HERE/").content.decode()
    assert Delivery.objects.count() == 0


def test_queries_do_not_grow_with_the_ledger(as_counsellor, seeker, counsellor):
    counted = []
    for rows in (1, 3):
        while Delivery.objects.count() < rows:
            by = make_user("counsellor", district=HERE)
            make_delivery(seeker, "briefing", "2026-09-02", by=by)
        with CaptureQueriesContext(connection) as captured:
            page = as_counsellor.get("/people/S-HERE/")
        assert len(page.context["ledger"]) == rows
        counted.append(len(captured))
    assert counted[0] == counted[1]
