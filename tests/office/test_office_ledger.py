"""The ledger: rows are added, never changed; a correction is a new row that takes another back."""

from datetime import date

import pytest
from django.utils.translation import override
from factories import make_delivery, make_seeker

from talentcity.office.append_only import LedgerIsAppendOnly
from talentcity.office.promises.domain.delivery import DeliveryRefused, correct_delivery, record_delivery
from talentcity.office.promises.models import Delivery

pytestmark = pytest.mark.django_db


def test_delivery_keeps_who_recorded_what_and_when_it_happened(seeker, counsellor):
    delivery = record_delivery(
        seeker, service="counselling", on=date(2026, 9, 10), evidence=" 面谈记录 7 ", by=counsellor
    )
    row = Delivery.objects.get()
    assert (row.seeker, row.service, row.on, row.evidence, row.by, row.corrects) == (
        seeker, "counselling", date(2026, 9, 10), "面谈记录 7", counsellor, None,
    )  # fmt: skip
    assert row == delivery


def test_fourth_recommendation_is_recorded_because_three_is_the_least(seeker, counsellor):
    for number in range(4):
        record_delivery(
            seeker, service="recommendation", on=date(2026, 9, 10), evidence=f"通话 {number}", by=counsellor
        )
    assert seeker.deliveries.count() == 4


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"on": date(2026, 9, 16)}, "A delivery is recorded after it happened; 2026-09-16 is still to come."),
        ({"evidence": "  "}, "A delivery needs its evidence: what shows that it happened?"),
        ({"service": "massage"}, "The promise names no service “massage”."),
    ],
)
def test_delivery_is_refused_with_a_reason_and_nothing_is_written(seeker, counsellor, facts, why):
    plain = {"service": "briefing", "on": date(2026, 9, 15), "evidence": "签到表"}
    with override("en"), pytest.raises(DeliveryRefused) as refusal:
        record_delivery(seeker, by=counsellor, **(plain | facts))
    assert str(refusal.value) == why
    assert Delivery.objects.count() == 0


def test_delivery_of_today_is_recorded(seeker, counsellor):
    record_delivery(seeker, service="briefing", on=date(2026, 9, 15), evidence="签到表", by=counsellor)
    assert seeker.deliveries.count() == 1


def test_correction_takes_the_row_back_and_is_no_delivery_itself(seeker, counsellor):
    wrong, other = make_delivery(seeker, "briefing", "2026-09-02"), make_delivery(seeker, "briefing", "2026-09-04")
    row = correct_delivery(wrong, on=date(2026, 9, 5), evidence="登记错人", by=counsellor)
    assert (row.corrects, row.seeker, row.service, row.on) == (wrong, seeker, "briefing", date(2026, 9, 5))
    assert Delivery.objects.count() == 3
    assert list(Delivery.objects.in_force()) == [other]


@pytest.mark.parametrize(
    ("which", "why"),
    [(0, "This row is taken back already."), (1, "This row is itself a correction; record the delivery anew.")],
)
def test_neither_the_row_nor_its_correction_is_corrected_again(seeker, counsellor, which, why):
    wrong = make_delivery(seeker, "briefing", "2026-09-02")
    rows = (wrong, correct_delivery(wrong, on=date(2026, 9, 3), evidence="a", by=counsellor))
    with override("en"), pytest.raises(DeliveryRefused) as refusal:
        correct_delivery(rows[which], on=date(2026, 9, 4), evidence="b", by=counsellor)
    assert str(refusal.value) == why
    assert Delivery.objects.count() == 2


def test_row_that_is_corrected_at_the_same_moment_is_refused_by_the_database(seeker, counsellor, monkeypatch):
    wrong = make_delivery(seeker, "briefing", "2026-09-02")
    looked = Delivery.objects.none()
    monkeypatch.setattr(type(Delivery.objects), "filter", lambda self, **_: looked)  # the other one is not seen yet
    make_delivery(seeker, "briefing", "2026-09-03", corrects=wrong)
    with pytest.raises(DeliveryRefused):
        correct_delivery(wrong, on=date(2026, 9, 4), evidence="b", by=counsellor)


def _change(delivery):
    delivery.evidence = "改了"
    delivery.save()


@pytest.mark.parametrize(
    "attempt",
    [
        _change,
        lambda delivery: delivery.delete(),
        lambda delivery: Delivery.objects.update(evidence="改了"),
        lambda delivery: Delivery.objects.all().delete(),
        lambda delivery: Delivery.objects.bulk_update([delivery], ["evidence"]),
        lambda delivery: delivery.seeker.deliveries.update(evidence="改了"),
        lambda delivery: Delivery.objects.update_or_create(pk=delivery.pk, defaults={"evidence": "改了"}),
    ],
)
def test_ledger_cannot_be_changed_or_emptied(attempt):
    delivery = make_delivery(make_seeker(), "briefing", "2026-09-02", evidence="签到表")
    with pytest.raises(LedgerIsAppendOnly):
        attempt(delivery)
    assert Delivery.objects.get().evidence == "签到表"
