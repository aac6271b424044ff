"""A small sample city behind a live server, made by the real chain, and a Chromium to walk through it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import date

import pytest
from driving import CHROMIUM, chromium
from playwright.sync_api import Browser

PEOPLE, SEED, ON = 300, 1, date(2026, 9, 1)
TABLES = ("seekers", "employers", "postings", "vacancies", "sessions", "deliveries")


@pytest.fixture(scope="module")
def transactional_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The test database, kept for a whole module instead of one test, and emptied at its end."""
    from django.core.management import call_command

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop in this thread
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def city(transactional_db, tmp_path_factory) -> Iterator[str]:
    """The address of a city of `PEOPLE`: sampled, imported, screened, matched, planned and published."""
    from django.test import override_settings
    from pytest_django.live_server_helper import LiveServer

    home = tmp_path_factory.mktemp("city")
    with override_settings(TALENTCITY_HOME=home, TALENTCITY_ON=ON, DEMO_CITY=True, TALENTCITY_PROMISE=""):
        _fill()
        server = LiveServer("localhost")
        yield server.url
        for thread in threading.enumerate():  # connections that the browser kept alive and has closed by now
            if "process_request_thread" in thread.name:
                thread.join(5)
        server.stop()


@pytest.fixture(autouse=True)
def _connection_inside_the_loop(browser) -> Iterator[None]:
    """While playwright's loop runs, Django gives this thread another connection; left open, it outlives the loop."""
    from django.db import connections

    yield
    connections.close_all()


def _fill() -> None:
    from talentcity.office.planning.domain.runs import carry_out
    from talentcity.office.planning.models import PlanRun
    from talentcity.office.records.domain.imports import import_table
    from talentcity.sample import make_city

    made = make_city(PEOPLE, seed=SEED, on=ON)
    for name in TABLES:
        import_table(name, getattr(made, name), file=f"{name}.parquet")
    run = carry_out(PlanRun.objects.create(on=ON))
    assert run.failure == ""


@pytest.fixture(scope="module")
def _chromium_is_here() -> None:
    """Without a Chromium the walk is skipped, except in CI, where it has to be there."""
    if not CHROMIUM.is_file():
        message = f"the browser walk needs Chromium at {CHROMIUM}: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="module")
def browser(_chromium_is_here, city) -> Iterator[Browser]:
    """The system's Chromium, closed before the city's server stops."""
    with chromium() as opened:
        yield opened
