"""The standing cast of the office's tests.

Everybody's today is 2026-09-15 (`TODAY`), and the promise is that of `promise.toml` beside this file. `seeker` lives
in `HERE`, `seeker_elsewhere` in `THERE`; `counsellor` serves `HERE`. A template variable that nobody defined fails the
test.
"""

from __future__ import annotations

import math
from datetime import date

import pytest
from django.utils import translation
from factories import HERE, PROMISE, THERE, TODAY, make_seeker, make_user

from talentcity.office import kept


class UndefinedVariable(str):
    """Raises where a template shows a variable that nobody defined."""

    __slots__ = ()

    def __contains__(self, key):
        return key == "%s"

    def __mod__(self, missing):
        raise AssertionError(f"undefined template variable: {missing}")


@pytest.fixture(autouse=True)
def _office_settings(settings, tmp_path):
    settings.TALENTCITY_ON = TODAY
    settings.TALENTCITY_HOME = tmp_path
    settings.TALENTCITY_PROMISE = str(PROMISE)
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("undefined: %s")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
    translation.deactivate()  # the language of the last request of the test before


@pytest.fixture(autouse=True)
def _no_count_is_long(monkeypatch):
    """However busy the machine, no test sees what another one counted."""
    monkeypatch.setattr(kept, "LONG", math.inf)


@pytest.fixture
def every_count_is_long(monkeypatch):
    """Every figure that may be kept is kept from its first count on; none is kept from before."""
    from talentcity.office.promises.domain import caseload, coverage

    for module in (caseload, coverage):
        monkeypatch.setattr(module, "_kept", kept.KeptCounts())
    monkeypatch.setattr(kept, "LONG", -1.0)
    monkeypatch.setattr(kept, "KEPT", 1e12)


@pytest.fixture
def today_is(settings):
    """Call it with a day to make it today."""

    def set_today(day):
        settings.TALENTCITY_ON = date.fromisoformat(day) if isinstance(day, str) else day

    return set_today


@pytest.fixture
def seeker(db):
    """A person of `HERE` without an account; `seeker_user` is theirs."""
    return make_seeker("S-HERE", district=HERE)


@pytest.fixture
def seeker_elsewhere(db):
    """A person of `THERE`."""
    return make_seeker("S-THERE", district=THERE)


@pytest.fixture
def seeker_user(seeker):
    """The account of `seeker`."""
    return make_user("seeker", seeker=seeker)


@pytest.fixture
def seeker_elsewhere_user(seeker_elsewhere):
    """The account of `seeker_elsewhere`."""
    return make_user("seeker", seeker=seeker_elsewhere)


@pytest.fixture
def counsellor(db):
    """Serves the people of `HERE`."""
    return make_user("counsellor", district=HERE)


@pytest.fixture
def planner(db):
    """Sees the whole city's figures."""
    return make_user("planner")


@pytest.fixture
def inspector(db):
    """Decides about held postings."""
    return make_user("inspector")
