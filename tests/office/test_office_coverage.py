"""Coverage by district equals a slow twin that asks for every person's standing."""

from datetime import date, timedelta

import pytest
from factories import HERE, SERVICES, THERE, make_delivery, make_seeker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talentcity.office.promises.domain.coverage import ServiceCount, coverage
from talentcity.office.promises.domain.standing import standings_of
from talentcity.office.promises.models import Delivery
from talentcity.office.records.models import Seeker

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 15)


def slow_twin(today):
    """The definition: one person after another."""
    standings = standings_of(Seeker.objects.all(), today=today)
    counts = {}
    for district in sorted({standing.seeker.district for standing in standings.values()}):
        there = [standing for standing in standings.values() if standing.seeker.district == district]
        counts[district] = {
            service: ServiceCount(
                had_all=sum(standing.service(service).owed == 0 for standing in there),
                persons=sum(standing.service(service).had > 0 for standing in there),
                person_times=sum(standing.service(service).had for standing in there),
                of=len(there),
            )
            for service in SERVICES
        }
    return counts


people = st.lists(
    st.tuples(
        st.sampled_from([HERE, THERE, "渝中区"]),
        st.lists(st.tuples(st.sampled_from(SERVICES), st.integers(-2, 9), st.booleans()), max_size=6),
    ),
    max_size=6,
)


@given(people)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_coverage_equals_asking_everybody(everybody):
    Delivery.objects.all()._raw_delete("default")
    Seeker.objects.all().delete()
    for district, deliveries in everybody:
        seeker = make_seeker(district=district)
        for service, days_ago, corrected in deliveries:
            row = make_delivery(seeker, service, TODAY - timedelta(days=days_ago))
            if corrected:
                make_delivery(seeker, service, TODAY - timedelta(days=3), corrects=row)
    found = coverage(today=TODAY)
    assert {district.district: district.services for district in found} == slow_twin(TODAY)
    for service in SERVICES:
        counts = [district.services[service] for district in found]
        assert found.total.services[service] == ServiceCount(
            had_all=sum(count.had_all for count in counts),
            persons=sum(count.persons for count in counts),
            person_times=sum(count.person_times for count in counts),
            of=len(everybody),
        )


def test_two_recommendations_are_one_person_two_person_times_and_nobody_with_all_three():
    seeker = make_seeker(district=HERE)
    make_seeker(district=HERE)
    for day in ("2026-09-02", "2026-09-03"):
        make_delivery(seeker, "recommendation", day)
    (district,) = coverage(today=TODAY)
    assert district.services["recommendation"] == ServiceCount(had_all=0, persons=1, person_times=2, of=2)
    assert district.services["recommendation"].share == 0.0


def test_share_where_nobody_is_registered_is_not_zero_but_none():
    found = coverage(today=TODAY)
    assert (len(found), found.total.persons, found.total.services["briefing"].share) == (0, 0, None)


@pytest.mark.parametrize("number", [1, 3])
def test_coverage_takes_two_queries_however_many_people(number, django_assert_num_queries):
    for _ in range(number):
        make_delivery(make_seeker(), "briefing", "2026-09-02")
    with django_assert_num_queries(2):
        assert coverage(today=TODAY).total.services["briefing"].had_all == number


def had(**options):
    counted = coverage(**options)
    return counted.total.services["briefing"].persons, counted.kept_from is not None


def test_long_count_stands_for_its_day_alone_and_says_that_it_was_kept(every_count_is_long):
    assert had(today=TODAY) == (0, False)
    make_delivery(make_seeker(), "briefing", "2026-09-02")
    assert had(today=TODAY) == (0, True)
    assert had(today=date(2026, 9, 3)) == (1, False)
