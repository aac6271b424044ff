"""Every rule that the sample plants, on one city: planted breaches are found, and little else.

A self-check on a limited stock of sentences; it says little about adverts that people write.
"""

from __future__ import annotations

import pytest

from talentcity import guard
from talentcity.sample import DEFAULT_ON, make_city

RULES = ["D1", "D2", "D4", "D6", "F1", "F3", "F4", "I5", "P1", "S1", "S2", "W1"]


@pytest.fixture(scope="module")
def city():
    return make_city(20_000, seed=4)


@pytest.fixture(scope="module")
def screening(city):
    return guard.screen(city.postings, on=DEFAULT_ON)


@pytest.mark.parametrize("rule", RULES)
def test_planted_breaches_are_found_and_little_else(city, screening, rule):
    planted = set(city.truth.filter(rule_id=rule, planted="violation")["posting_id"])
    found = set(screening.findings.filter(rule_id=rule)["posting_id"])
    assert len(planted) >= 15
    assert len(planted & found) >= 0.95 * len(planted)
    assert len(planted & found) >= 0.95 * len(found)


def test_every_planted_rule_is_checked(city):
    assert sorted(set(city.truth["rule_id"])) == RULES
