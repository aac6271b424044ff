"""Where the promise to a person stands: computed from the ledger, with the day itself still in time."""

from datetime import date

import pytest
from factories import make_delivery, make_seeker

from talentcity.errors import InvalidData, NoRuleInForce
from talentcity.office.promises.domain.standing import standing_of, standings_of
from talentcity.office.promises.promise import current

pytestmark = pytest.mark.django_db
REGISTERED = date(2026, 7, 1)
DUE = date(2026, 7, 31)  # a briefing within 30 days


def briefing(seeker, today):
    return standing_of(seeker, today=today).service("briefing")


def test_promise_is_one_one_three_one(settings):
    settings.TALENTCITY_PROMISE = ""  # the real one; whoever changes its services changes these lines
    assert [(service.code, service.least) for service in current(date(2026, 9, 1)).services] == [
        ("briefing", 1), ("counselling", 1), ("recommendation", 3), ("training", 1),
    ]  # fmt: skip


def test_nothing_delivered_is_owed_and_still_has_time_on_its_last_day():
    standing = briefing(make_seeker(registered_on=REGISTERED), DUE)
    assert (standing.had, standing.least, standing.owed, standing.due_on) == (0, 1, 1, DUE)
    assert (standing.kept, standing.broken) == (False, False)


def test_promise_is_broken_on_the_day_after():
    standing = briefing(make_seeker(registered_on=REGISTERED), date(2026, 8, 1))
    assert (standing.owed, standing.kept, standing.broken) == (1, False, True)


@pytest.mark.parametrize(("on", "kept", "broken"), [("2026-07-31", True, False), ("2026-08-01", False, True)])
def test_delivery_on_the_last_day_keeps_it_and_a_day_late_does_not(on, kept, broken):
    seeker = make_seeker(registered_on=REGISTERED)
    make_delivery(seeker, "briefing", on)
    standing = briefing(seeker, date(2026, 8, 2))
    assert (standing.had, standing.owed, standing.kept, standing.broken) == (1, 0, kept, broken)


def test_two_of_three_recommendations_leave_one_owed():
    seeker = make_seeker(registered_on=date(2026, 9, 1))
    rows = [make_delivery(seeker, "recommendation", f"2026-09-0{day}") for day in (5, 3)]
    standing = standing_of(seeker, today=date(2026, 9, 10)).service("recommendation")
    assert (standing.had, standing.least, standing.owed, standing.kept) == (2, 3, 1, False)
    assert standing.deliveries == (rows[1], rows[0])


def test_what_happens_later_is_not_counted_yet():
    seeker = make_seeker(registered_on=REGISTERED)
    make_delivery(seeker, "briefing", "2026-07-20")
    assert briefing(seeker, date(2026, 7, 19)).had == 0
    assert briefing(seeker, date(2026, 7, 20)).had == 1


def test_row_that_was_taken_back_does_not_count_and_neither_does_its_correction():
    seeker = make_seeker(registered_on=REGISTERED)
    wrong = make_delivery(seeker, "briefing", "2026-07-20")
    make_delivery(seeker, "briefing", "2026-07-22", corrects=wrong)
    standing = briefing(seeker, date(2026, 7, 31))
    assert (standing.had, standing.owed, standing.kept, standing.deliveries) == (0, 1, False, ())


def test_everything_is_had_when_nothing_is_owed():
    seeker = make_seeker(registered_on=date(2026, 9, 1))
    for service, times in (("briefing", 1), ("counselling", 1), ("recommendation", 3), ("training", 1)):
        assert not standing_of(seeker, today=date(2026, 9, 9)).had_all
        for _ in range(times):
            make_delivery(seeker, service, "2026-09-02")
    assert standing_of(seeker, today=date(2026, 9, 9)).had_all


@pytest.mark.parametrize("people", [1, 3])
def test_standings_of_many_take_one_query(people, django_assert_num_queries):
    seekers = [make_seeker() for _ in range(people)]
    for seeker in seekers:
        make_delivery(seeker, "briefing", "2026-09-02")
    with django_assert_num_queries(1):
        standings = standings_of(seekers, today=date(2026, 9, 9))
    assert [standings[seeker.pk].service("briefing").had for seeker in seekers] == [1] * people


PROMISE = """
[[in_force]]
from = 2026-01-01
source = "first"
covers_zh = "青年"
covers_en = "the young"
services = [{ code = "briefing", zh = "宣介", en = "Briefing", least = 1, within_days = 10 }]
[[in_force]]
from = 2026-06-01
source = "second"
covers_zh = "青年"
covers_en = "the young"
services = [{ code = "briefing", zh = "宣介", en = "Briefing", least = 2, within_days = 10 }]
"""


@pytest.mark.parametrize(("day", "least"), [("2026-01-01", 1), ("2026-05-31", 1), ("2026-06-01", 2)])
def test_promise_changes_on_its_day(settings, tmp_path, day, least):
    settings.TALENTCITY_PROMISE = str(tmp_path / "own.toml")
    (tmp_path / "own.toml").write_text(PROMISE, encoding="utf-8")
    assert current(date.fromisoformat(day)).service("briefing").least == least


def test_no_promise_before_the_first_day(settings, tmp_path):
    settings.TALENTCITY_PROMISE = str(tmp_path / "own.toml")
    (tmp_path / "own.toml").write_text(PROMISE, encoding="utf-8")
    with pytest.raises(NoRuleInForce) as refusal:
        current(date(2025, 12, 31))
    assert str(refusal.value) == (
        "own.toml: no promise is in force on 2025-12-31; the first is in force on 2026-01-01."
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("least = 2", "least = 0"), "block 2, service 1: least is 0; expected a whole number of at least 1."),
        (("least = 2", 'least = "2"'), "block 2, service 1: least is '2'; expected a whole number."),
        (('covers_en = "the young"\n', ""), "block 1: covers_en is missing; expected a text."),
        (('"briefing"', '"brief"'), "block 1, service 1: code 'brief' is not known; expected one of briefing, "),
        (("2026-06-01", "2025-06-01"), "expected the blocks in rising order of `from`, each day once."),
    ],
)
def test_wrong_promise_says_where_it_is_wrong(settings, tmp_path, wrong, message):
    path = tmp_path / "wrong.toml"
    path.write_text(PROMISE.replace(*wrong), encoding="utf-8")
    settings.TALENTCITY_PROMISE = str(path)
    with pytest.raises(InvalidData) as refusal:
        current(date(2026, 7, 1))
    assert message in str(refusal.value)
