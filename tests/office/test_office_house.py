"""What holds for the whole office: migrations, templates, and what a web process may load."""

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.template import engines
from django.utils import timezone
from django_q.models import OrmQ

from talentcity.office.planning import claims
from talentcity.office.records.domain.sessions import KINDS
from talentcity.tables import SERVICES, SESSION_KINDS

ENGINES = ("talentcity.guard", "talentcity.match", "talentcity.plan", "talentcity.sample", "numba", "ortools", "scipy")
WEB = f"""
import sys
import django
django.setup()
from django.urls import get_resolver
import talentcity.office.wsgi
import talentcity.office.planning.domain.runs, talentcity.office.planning.tasks, talentcity.office.serving
get_resolver().url_patterns
print([name for name in sorted(sys.modules) if (name + ".").startswith({tuple(f"{name}." for name in ENGINES)!r})])
"""


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_kind_of_session_gives_one_service():
    given = [kind for kinds in KINDS.values() for kind in kinds]
    assert sorted(given) == sorted(SESSION_KINDS), "KINDS of records/domain/sessions.py, SESSION_KINDS of the tables"
    assert [service for service in KINDS if service not in SERVICES] == []


def test_unknown_template_variable_fails():
    template = engines["django"].from_string("{{ nobody_defined_this }}")
    with pytest.raises(AssertionError, match="undefined template variable: nobody_defined_this"):
        template.render({})


def test_web_process_loads_no_engine(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "talentcity.office.settings",
        "TALENTCITY_HOME": str(tmp_path),
    }
    ran = subprocess.run([sys.executable, "-c", WEB], env=environment, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []  # settings write nothing


def test_demo_city_is_off_unless_asked_for(tmp_path):
    words = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG, settings.DEMO_CITY)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TALENTCITY_")}
    environment |= {"DJANGO_SETTINGS_MODULE": "talentcity.office.settings", "TALENTCITY_HOME": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", words], env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout == "False False\n"


@pytest.mark.django_db(transaction=True)
def test_run_that_lives_keeps_its_task_and_gives_it_up_when_it_ends():
    row = OrmQ.objects.create(key="talentcity", payload="", lock=timezone.now())
    claims.remember(task={"ack_id": row.pk})
    moved = threading.Event()
    try:
        with claims.renewed(every=0.01):
            for _ in range(2_000):
                row.refresh_from_db()
                if row.lock > timezone.now() + timedelta(seconds=30):
                    moved.set()
                    break
    finally:
        claims.remember(task={})
    assert moved.is_set()
    assert [thread.name for thread in threading.enumerate() if thread.name == "talentcity-claim"] == []


def test_nothing_is_claimed_outside_a_worker():
    with claims.renewed(every=0.0):
        assert [thread.name for thread in threading.enumerate() if thread.name == "talentcity-claim"] == []
