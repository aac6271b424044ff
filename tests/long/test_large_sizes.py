"""A hundred thousand people and more through the engines: what holds in a small city holds in a large one."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity import guard, match, plan
from talentcity.sample import DEFAULT_ON, make_city

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def city():
    return make_city(100_000, seed=3)


@pytest.fixture(scope="module")
def screening(city):
    return guard.screen(city.postings, on=DEFAULT_ON)


@pytest.fixture(scope="module")
def larger_city():
    """Twelve rules share what is planted; in this one more than two hundred adverts break each."""
    return make_city(250_000, seed=3)


@pytest.fixture(scope="module")
def findings(larger_city):
    return guard.screen(larger_city.postings, on=DEFAULT_ON).findings


@pytest.mark.parametrize("rule", ["D1", "D2", "D4", "D6", "F1", "F3", "F4", "I5", "P1", "S1", "S2", "W1"])
def test_planted_violations_are_found_and_little_else(larger_city, findings, rule):
    """A self-check on a limited stock of sentences; it says little about adverts that people write."""
    planted = set(larger_city.truth.filter(rule_id=rule, planted="violation")["posting_id"])
    found = set(findings.filter(rule_id=rule)["posting_id"])
    assert len(planted) > 200
    assert len(planted & found) >= 0.95 * len(planted)
    assert len(planted & found) >= 0.95 * len(found)


def test_plan_of_a_hundred_thousand_is_proved_and_shows_no_held_advert(city, screening):
    matching = match.pair(
        city.seekers, city.postings, city.vacancies, verdicts=screening.verdicts, on=DEFAULT_ON, top=30
    )
    capacity = match.capacity_of(city.vacancies)
    solved = plan.solve(matching.pairs, capacity)
    assert (solved.report["missing_is_minimum"], solved.fair, solved.status.value) == (True, True, "within_gap")
    assert 0 <= solved.report["gap"] <= plan.DEFAULT_GAP
    load = solved.plan.group_by("opportunity_id").len().join(capacity, on="opportunity_id")
    assert (load["len"] <= load["capacity"]).all()
    held = screening.verdicts.filter(verdict="hold")["posting_id"]
    shown = city.vacancies.join(solved.plan, left_on="vacancy_id", right_on="opportunity_id", how="semi")
    assert not shown.select(pl.col("posting_ids").explode().is_in(held.implode()).any()).item()
