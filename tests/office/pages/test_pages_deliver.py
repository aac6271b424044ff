"""Recording a delivery and taking one back, by whoever looks after the person."""

from datetime import date

import pytest
from factories import make_delivery, make_seeker
from page_words import words

from talentcity.office.promises.domain.caseload import Queue, Show
from talentcity.office.promises.models import Delivery
from talentcity.office.records.models import Seeker

FACTS = {"service": "counselling", "on": "2026-09-14", "evidence": "谈话记录 7"}


@pytest.fixture
def desk(english, counsellor):
    english.force_login(counsellor)
    return english


def test_delivery_is_recorded_with_who_and_shown_in_the_ledger(desk, seeker, counsellor):
    answer = desk.post("/people/S-HERE/deliver/", FACTS)
    row = Delivery.objects.get()
    assert answer["Location"] == f"/people/S-HERE/#delivery-{row.pk}"
    assert (row.seeker, row.service, row.on, row.evidence, row.by) == (
        seeker, "counselling", date(2026, 9, 14), "谈话记录 7", counsellor,
    )  # fmt: skip
    said = words(desk.get("/people/S-HERE/"))
    assert said.startswith("The delivery is recorded.")
    assert "14 September 2026 Career counselling 谈话记录 7" in said
    assert f", Counsellor {counsellor.username}" in said


@pytest.mark.parametrize(
    ("facts", "field", "why"),
    [
        ({"on": "2026-09-16"}, None, "A delivery is recorded after it happened; 2026-09-16 is still to come."),
        ({"evidence": "  "}, "evidence", "This field is required."),
        ({"on": "yesterday"}, "on", "Enter a valid date."),
        ({"on": "2020-01-01"}, None, "promise.toml: no promise is in force on 2020-01-01; the first is in force on"),
        ({"service": "massage"}, "service", "Select a valid choice. massage is not one of the available choices."),
    ],
)
def test_wrong_delivery_is_refused_with_a_reason_and_nothing_is_written(desk, seeker, facts, field, why):
    page = desk.post("/people/S-HERE/deliver/", FACTS | facts)
    errors = page.context["form"].errors[field or "__all__"]
    assert [error.startswith(why) for error in errors] == [True]
    assert why in words(page)
    assert Delivery.objects.count() == 0


def test_link_of_the_caseload_fills_in_the_service_and_today(desk, seeker):
    html = desk.get("/people/S-HERE/deliver/?service=training").content.decode()
    assert '<option value="training" selected>' in html
    assert 'value="2026-09-15"' in html


def test_recorded_delivery_takes_the_person_from_the_queue_of_the_service(desk, seeker):
    queue = Queue(Seeker.objects.all(), show=Show.DUE, today=date(2026, 9, 15), service="counselling")
    assert queue[:5] == [seeker.pk]
    desk.post("/people/S-HERE/deliver/", FACTS)
    assert queue[:5] == []


def test_row_is_taken_back_with_a_reason(desk, seeker, counsellor):
    wrong = make_delivery(seeker, "briefing", "2026-09-02", evidence="签到表 7")
    asked = words(desk.get(f"/deliveries/{wrong.pk}/correct/"))
    assert "Day 2 September 2026 Service Policy briefing Evidence 签到表 7" in asked
    desk.post(f"/deliveries/{wrong.pk}/correct/", {"evidence": "登记错人"})
    row = Delivery.objects.get(corrects=wrong)
    assert (row.by, row.on, row.evidence) == (counsellor, date(2026, 9, 15), "登记错人")
    said = words(desk.get("/people/S-HERE/"))
    assert "Taken back by a later row" in said
    assert "登记错人 Takes back the row of 2 September 2026." in said
    assert "/correct/" not in desk.get("/people/S-HERE/").content.decode()


def test_row_that_is_taken_back_already_is_not_taken_back_again(desk, seeker):
    wrong = make_delivery(seeker, "briefing", "2026-09-02")
    for _ in range(2):
        page = desk.post(f"/deliveries/{wrong.pk}/correct/", {"evidence": "登记错人"})
    assert page.context["form"].non_field_errors() == ["This row is taken back already."]
    assert Delivery.objects.count() == 2


def test_reason_is_asked_for(desk, seeker):
    wrong = make_delivery(seeker, "briefing", "2026-09-02")
    page = desk.post(f"/deliveries/{wrong.pk}/correct/", {"evidence": " "})
    assert page.context["form"].errors["evidence"] == ["This field is required."]
    assert Delivery.objects.count() == 1


def test_seeker_sees_no_way_to_write(client, seeker, seeker_user):
    make_delivery(seeker, "briefing", "2026-09-02")
    client.force_login(seeker_user)
    html = client.get("/people/S-HERE/").content.decode()
    assert "/correct/" not in html
    assert "/deliver/" not in html


def test_counsellor_without_a_district_writes_to_nobody(client, django_user_model):
    make_seeker("S-NONE", district="")
    client.force_login(django_user_model.objects.create_user("c", role="counsellor"))
    assert client.post("/people/S-NONE/deliver/", FACTS).status_code == 404
    assert Delivery.objects.count() == 0
