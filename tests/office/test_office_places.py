"""Open places: what the public page counts is what may be recommended."""

from __future__ import annotations

from datetime import date

import pytest
from factories import make_posting, make_run, make_vacancy, make_verdict

from talentcity.office.records.domain.places import OpenPlaces, open_places

LAST = date(2026, 9, 15)


@pytest.mark.parametrize(("on", "counted"), [(LAST, OpenPlaces(1, 3)), (date(2026, 9, 16), OpenPlaces(0, 0))])
def test_a_vacancy_counts_up_to_the_last_day_of_its_postings(db, on, counted):
    earlier, later = make_posting(valid_through=date(2026, 9, 1)), make_posting(valid_through=LAST)
    make_vacancy(postings=[earlier, later], headcount=5, hired=2)
    assert open_places(on=on, screening=None) == counted


def test_a_posting_without_a_last_day_stays_open(db):
    make_vacancy(postings=[make_posting(valid_through=date(2026, 9, 1)), make_posting()], headcount=2)
    assert open_places(on=date(2030, 1, 1), screening=None) == OpenPlaces(1, 2)


def test_a_vacancy_with_a_held_posting_does_not_count(db):
    held, cleared = make_posting(), make_posting()
    make_vacancy(postings=[held, cleared], headcount=7)
    make_vacancy(postings=[cleared], headcount=4, hired=1)
    run = make_run()
    make_verdict(run, held, "hold")
    make_verdict(run, cleared, "cleared")
    assert open_places(on=LAST, screening=run.screening) == OpenPlaces(1, 3)
    assert open_places(on=LAST, screening=None) == OpenPlaces(2, 10)
