"""Whose promise breaks next: the order that the database walks is the order of the standings, read one by one."""

from datetime import date, timedelta

import pytest
from factories import HERE, SERVICES, THERE, TODAY, make_delivery, make_seeker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talentcity.office.promises.domain.caseload import WEEK, Counts, Queue, Show, counts, pressing
from talentcity.office.promises.domain.standing import standings_of
from talentcity.office.promises.models import Delivery
from talentcity.office.records.models import Seeker

pytestmark = pytest.mark.django_db


def twin(people, *, show, service):
    """The definition, person by person."""
    rows = []
    for standing in standings_of(people, today=TODAY).values():
        open_ = [one for one in standing.services if one.owed and service in (None, one.service.code)]
        if show is Show.ALL:
            rows += [((0, standing.seeker.seeker_id), standing.seeker.pk)] if open_ or service is None else []
            continue
        if show is Show.BROKEN:
            days = [-one.due_on.toordinal() for one in open_ if one.due_on < TODAY]
        else:
            last = TODAY + timedelta(days=WEEK) if show is Show.WEEK else date.max
            days = [one.due_on.toordinal() for one in open_ if TODAY <= one.due_on <= last]
        rows += [((min(days), standing.seeker.seeker_id), standing.seeker.pk)] if days else []
    return [pk for _, pk in sorted(rows)]


person = st.tuples(
    st.sampled_from((0, 1, 22, 23, 29, 30, 31, 52, 53, 60, 61, 173, 180, 181, 400)),  # days since registration
    st.lists(st.tuples(st.sampled_from(SERVICES), st.sampled_from((-1, 0, 5)), st.booleans()), max_size=7),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(person, max_size=6))
def test_order_and_counts_are_those_of_the_standings(django_user_model, drawn):
    from django.db import transaction

    with transaction.atomic():
        people = [_make(f"S-{number}", *facts) for number, facts in enumerate(drawn)]
        everybody = Seeker.objects.all()
        for service in (None, "briefing", "recommendation"):
            found = {}
            for show in Show:
                expected = twin(people, show=show, service=service)
                queue = Queue(everybody, show=show, today=TODAY, service=service)
                assert (queue[0:100], len(queue)) == (expected, len(expected))
                assert queue[1:3] == expected[1:3]
                found[show.value] = len(expected)
            assert counts(everybody, today=TODAY, service=service) == Counts(**found)
        transaction.set_rollback(True)


def _make(seeker_id, days, deliveries):
    seeker = make_seeker(seeker_id, registered_on=TODAY - timedelta(days=days))
    for service, ago, taken_back in deliveries:
        row = make_delivery(seeker, service, TODAY - timedelta(days=ago))
        if taken_back:
            make_delivery(seeker, service, TODAY, corrects=row)
    return seeker


def test_promise_can_be_kept_on_the_day_it_is_due_and_is_broken_the_day_after():
    seeker = make_seeker(registered_on=TODAY - timedelta(days=30))
    people = Seeker.objects.all()
    assert Queue(people, show=Show.DUE, today=TODAY, service="briefing")[:5] == [seeker.pk]
    assert Queue(people, show=Show.BROKEN, today=TODAY, service="briefing")[:5] == []
    tomorrow = TODAY + timedelta(days=1)
    assert Queue(people, show=Show.DUE, today=tomorrow, service="briefing")[:5] == []
    assert Queue(people, show=Show.BROKEN, today=tomorrow, service="briefing")[:5] == [seeker.pk]


@pytest.mark.parametrize(("days", "due"), [(22, 0), (23, 1)])
def test_week_reaches_to_the_seventh_day_from_today(days, due):
    make_seeker(registered_on=TODAY - timedelta(days=days))
    assert counts(Seeker.objects.all(), today=TODAY, service="briefing").week == due


def test_what_came_late_is_not_open_any_more():
    seeker = make_seeker(registered_on=TODAY - timedelta(days=50))
    make_delivery(seeker, "briefing", TODAY)
    assert Queue(Seeker.objects.all(), show=Show.BROKEN, today=TODAY)[:5] == []


def test_people_are_those_asked_for():
    make_seeker(district=HERE)
    there = make_seeker(district=THERE)
    chosen = Seeker.objects.filter(district=THERE)
    assert Queue(chosen, show=Show.DUE, today=TODAY)[:5] == [there.pk]
    assert counts(chosen, today=TODAY).all == 1
    assert counts(Seeker.objects.none(), today=TODAY) == Counts(due=0, week=0, broken=0, all=0)


def test_what_presses_is_what_breaks_next_and_else_what_broke_last():
    seeker = make_seeker(registered_on=TODAY - timedelta(days=61))
    standing = standings_of([seeker], today=TODAY)[seeker.pk]
    assert pressing(standing, show=Show.DUE).service.code == "training"
    assert pressing(standing, show=Show.BROKEN).service.code == "counselling"
    assert pressing(standing, show=Show.ALL, service="briefing").due_on == TODAY - timedelta(days=31)
    make_delivery(seeker, "training", TODAY)
    standing = standings_of([seeker], today=TODAY)[seeker.pk]
    assert pressing(standing, show=Show.DUE).service.code == "counselling"


def test_page_of_any_length_takes_one_query_for_each_service(django_assert_num_queries):
    for _ in range(3):
        make_delivery(make_seeker(), "briefing", TODAY)
    queue = Queue(Seeker.objects.all(), show=Show.DUE, today=TODAY)
    for stop in (1, 3):
        with django_assert_num_queries(4):
            assert len(queue[:stop]) == stop
    assert Delivery.objects.count() == 3


def test_long_count_stands_for_the_same_people_alone_and_says_that_it_was_kept(every_count_is_long):
    def counted(district, service):
        found = counts(Seeker.objects.filter(district=district), today=TODAY, service=service)
        return found.due, found.kept_from is not None

    assert counted(HERE, None) == (0, False)
    make_seeker(district=HERE)
    assert counted(HERE, None) == (0, True)
    assert counted(HERE, "briefing") == (1, False)
    assert counted(THERE, None) == (0, False)
