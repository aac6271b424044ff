"""People as counsellor and planner see them: the list, and one record with its ledger."""

import html
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

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
    make_session,
    make_short,
    make_user,
    make_vacancy,
)
from page_words import REPORT, words

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
    assert [tile["persons"] for tile in page.context["tiles"] if tile["show"] == "short"] == [1]


def test_without_a_plan_nobody_is_short(as_planner, seeker):
    assert ids(as_planner.get("/people/", {"show": "short"})) == []


def test_row_says_what_is_owed_by_when_what_stands_in_the_way_and_what_comes_next(as_counsellor, seeker):
    make_session(kind="briefing", places=12)
    page = as_counsellor.get("/people/")
    said = words(page)
    assert "S-HERE Software development Policy briefing , none had due in 16 days 1 October 2026" in said
    assert "Career counselling due in 46 days; Job recommendations due in 46 days; Training" in said
    assert f"Next session: 20 September 2026, 09:30 in {HERE}, 12 places. Invite to this session Record a" in said
    assert 'href="/people/S-HERE/deliver/?service=briefing"' in page.content.decode()


def test_session_after_the_day_due_is_flagged_as_too_late(as_counsellor, seeker, today_is):
    starts = datetime(2026, 10, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    session = make_session(kind="briefing", starts_at=starts, ends_at=starts + timedelta(hours=2))
    said = words(as_counsellor.get("/people/"))
    assert "30 places. too late Ask for an earlier session" in said
    assert f"Next in {HERE}: 2 October 2026, 09:30 too late" in words(as_counsellor.get("/people/S-HERE/"))
    session.starts_at -= timedelta(days=1)
    session.save()
    assert "too late" not in words(as_counsellor.get("/people/"))
    assert "too late" not in words(as_counsellor.get("/people/S-HERE/"))


def test_service_without_a_session_says_so(as_counsellor, seeker):
    assert f"No session is offered in {HERE}. Ask for a session" in words(as_counsellor.get("/people/"))


def of_recommendations(client):
    return words(client.get("/people/", {"service": "recommendation"}))


def test_without_a_plan_the_counsellor_asks_for_one_and_the_planner_makes_one(as_counsellor, planner, seeker):
    assert "No plan has been published yet. Ask the planner for a new plan" in of_recommendations(as_counsellor)
    as_counsellor.force_login(planner)
    assert "No plan has been published yet. Plan again" in of_recommendations(as_counsellor)


def test_what_waits_to_be_seen_is_looked_at_together_and_who_is_short_talks_about_wishes(as_counsellor, seeker):
    run = make_run(report=REPORT)
    make_recommendation(run, seeker)
    make_short(run, seeker, owed=3, given=1, why="few_pairs")
    said = of_recommendations(as_counsellor)
    assert "Job recommendations , none had due in 46 days" in said
    assert "1 recommendation waits on their page, not seen yet. 2 could not be recommended: Fewer vacancies fit" in said
    assert "Look at the recommendations together" in said


def test_who_is_short_of_all_talks_about_wishes(as_counsellor, seeker):
    make_delivery(seeker, "recommendation", "2026-09-02")
    make_delivery(seeker, "recommendation", "2026-09-03")
    make_short(make_run(report=REPORT), seeker, owed=1, given=0, why="no_places")
    said = of_recommendations(as_counsellor)
    assert "Job recommendations , 2 of 3 had due in 46 days" in said
    assert "1 could not be recommended: Others share the vacancies that fit, and their places are full. Talk" in said


def test_wish_that_cannot_be_read_is_named(as_counsellor, seeker):
    seeker.wanted_occupations = ["见龙卸甲", "software"]
    seeker.save()
    make_short(make_run(report=REPORT), seeker, owed=3, given=0, why="no_pair")
    assert "A wish could not be read: 见龙卸甲." in of_recommendations(as_counsellor)
    said = words(as_counsellor.get("/people/S-HERE/"))
    assert "This wish could not be read, and the plan passes over it: “见龙卸甲”." in said


def test_whoever_has_had_all_is_owed_nothing(as_counsellor, seeker):
    for service, times in (("briefing", 1), ("counselling", 1), ("recommendation", 3), ("training", 1)):
        for _ in range(times):
            make_delivery(seeker, service, "2026-09-02")
    assert ids(as_counsellor.get("/people/")) == []
    assert "S-HERE Software development Nothing is owed" in words(as_counsellor.get("/people/", {"show": "all"}))


def test_tiles_count_persons_and_lead_to_them(as_planner, seeker, seeker_elsewhere):
    make_seeker("S-OLD", registered_on=date(2026, 8, 1))
    make_short(make_run(report=REPORT), seeker)
    page = as_planner.get("/people/")
    assert [(tile["show"], tile["persons"]) for tile in page.context["tiles"]] == [
        ("week", 0), ("due", 3), ("broken", 1), ("short", 1), ("all", 3),
    ]  # fmt: skip
    assert ids(as_planner.get("/people/", {"show": "broken"})) == ["S-OLD"]
    assert "broken for 15 days" in words(as_planner.get("/people/", {"show": "broken"}))
    assert ids(page) == ["S-OLD", "S-HERE", "S-THERE"]


def test_whoever_looks_for_an_id_looks_among_everybody(as_planner, seeker, seeker_elsewhere):
    for service, times in (("briefing", 1), ("counselling", 1), ("recommendation", 3), ("training", 1)):
        for _ in range(times):
            make_delivery(seeker, service, "2026-09-02")
    assert ids(as_planner.get("/people/", {"q": "-here"})) == ["S-HERE"]
    assert ids(as_planner.get("/people/", {"q": "S-", "show": "due"})) == ["S-THERE"]
    assert ids(as_planner.get("/people/", {"q": "%"})) == []


def test_text_that_no_database_can_hold_narrows_nothing(as_planner, seeker, seeker_elsewhere):
    nul = dict.fromkeys(("q", "district", "service", "show"), "S-HERE\0")
    assert ids(as_planner.get("/people/", nul)) == ["S-HERE", "S-THERE"]


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


def test_record_shows_the_ledger_with_evidence(as_counsellor, seeker, counsellor):
    imported = make_delivery(seeker, "briefing", "2026-09-02", evidence="签到表 7")
    make_delivery(seeker, "counselling", "2026-09-03", evidence="谈话记录", by=counsellor)
    page = as_counsellor.get("/people/S-HERE/")
    said = words(page)
    assert "Day Service Evidence Recorded Take back 2 September 2026 Policy briefing 签到表 7" in said
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
