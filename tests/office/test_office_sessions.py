"""Which session comes next, in a district and for a service."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from factories import HERE, THERE, make_session

from talentcity.office.records.domain.sessions import next_sessions

ON = date(2026, 9, 15)


def session(kind, day, *, district=HERE):
    starts = datetime(2026, 9, day, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    return make_session(kind=kind, district=district, starts_at=starts, ends_at=starts + timedelta(hours=2))


def test_next_is_the_first_from_the_day_after_of_any_kind_that_gives_the_service(db):
    session("briefing", 15)
    briefing = session("briefing", 16)
    session("course", 20)
    internship = session("internship", 18)
    session("internship", 20)
    there = session("course", 20, district=THERE)
    assert next_sessions([HERE, THERE, "nowhere"], after=ON) == {
        HERE: {"briefing": briefing, "training": internship}, THERE: {"training": there}, "nowhere": {},
    }  # fmt: skip


@pytest.mark.parametrize("districts", [1, 3])
def test_any_number_of_districts_takes_two_queries(db, districts, django_assert_num_queries):
    names = [f"D{number}" for number in range(districts)]
    for name in names:
        for kind in ("briefing", "course", "internship"):
            session(kind, 20, district=name)
    with django_assert_num_queries(2):
        assert [sorted(found) for found in next_sessions(names, after=ON).values()] == [
            ["briefing", "training"]
        ] * districts
