"""Who gets which answer from which address; an address without a row fails."""

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from factories import (
    HERE,
    make_delivery,
    make_recommendation,
    make_run,
    make_seeker,
    make_short,
    make_shortage,
    make_upload,
    make_user,
    make_vacancy,
)
from page_words import REPORT

from talentcity.office.uploads.domain.intake import carry_out

ROLES = ("nobody", "seeker", "other_seeker", "counsellor", "counsellor_elsewhere", "planner", "inspector")
# 200 seen, 302 sent on (nobody: to the sign-in page), 403 seen but not written, 404 not for this person.
TABLE = {
    # GET                  nobody seeker other couns. elsewh. planner inspector
    ("GET", "landing"): (200, 200, 200, 200, 200, 200, 200),
    ("GET", "home"): (302, 302, 302, 302, 302, 302, 302),
    ("GET", "sign-in"): (200, 200, 200, 200, 200, 200, 200),
    ("GET", "password"): (302, 200, 200, 200, 200, 200, 200),
    ("GET", "set-password"): (200, 200, 200, 200, 200, 200, 200),
    ("GET", "accounts"): (302, 404, 404, 404, 404, 200, 404),
    ("GET", "account-new"): (302, 404, 404, 404, 404, 200, 404),
    ("GET", "me"): (302, 200, 200, 404, 404, 404, 404),
    ("GET", "people"): (302, 404, 404, 200, 200, 200, 404),
    ("GET", "person"): (302, 200, 404, 200, 404, 200, 404),
    ("GET", "deliver"): (302, 403, 404, 200, 404, 200, 404),
    ("GET", "correct"): (302, 403, 404, 200, 404, 200, 404),
    ("GET", "overview"): (302, 404, 404, 404, 404, 200, 404),
    ("GET", "plan-run"): (302, 404, 404, 404, 404, 200, 404),
    ("GET", "plan-shortage"): (302, 404, 404, 200, 404, 200, 404),
    ("GET", "postings"): (302, 404, 404, 404, 404, 200, 200),
    ("GET", "parameters"): (302, 404, 404, 404, 404, 200, 200),
    ("GET", "posting"): (302, 404, 404, 404, 404, 200, 200),
    ("GET", "vacancy"): (302, 200, 404, 200, 404, 200, 200),
    ("GET", "imports"): (302, 404, 404, 404, 404, 200, 404),
    ("GET", "import"): (302, 404, 404, 404, 404, 200, 404),
    ("GET", "import-progress"): (302, 404, 404, 404, 404, 302, 404),
    ("GET", "import-refused"): (302, 404, 404, 404, 404, 200, 404),
    # POST
    ("POST", "demo-sign-in"): (404, 404, 404, 404, 404, 404, 404),
    ("POST", "sign-out"): (302, 302, 302, 302, 302, 302, 302),
    ("POST", "set_language"): (302, 302, 302, 302, 302, 302, 302),
    ("POST", "seen"): (302, 302, 302, 404, 404, 404, 404),
    ("POST", "answer"): (302, 302, 404, 403, 404, 403, 404),
    ("POST", "deliver"): (302, 403, 404, 200, 404, 200, 404),
    ("POST", "correct"): (302, 403, 404, 200, 404, 200, 404),
    ("POST", "decide"): (302, 404, 404, 404, 404, 403, 200),
    ("POST", "password"): (302, 200, 200, 200, 200, 200, 200),
    ("POST", "account-new"): (302, 404, 404, 404, 404, 200, 404),
    ("POST", "account-link"): (302, 404, 404, 404, 404, 200, 404),
    ("POST", "account-close"): (302, 404, 404, 404, 404, 302, 404),
    ("POST", "account-open"): (302, 404, 404, 404, 404, 302, 404),
    ("POST", "plan-again"): (302, 404, 404, 404, 404, 302, 404),
    ("POST", "import-new"): (302, 404, 404, 404, 404, 200, 404),
    ("POST", "import-mapping"): (302, 404, 404, 404, 404, 200, 404),
    ("POST", "import-erase"): (302, 404, 404, 404, 404, 302, 404),
}


@pytest.fixture
def cast(seeker, seeker_user, seeker_elsewhere_user, counsellor, planner, inspector):
    return {
        "nobody": None,
        "seeker": seeker_user,
        "other_seeker": seeker_elsewhere_user,
        "counsellor": counsellor,
        "counsellor_elsewhere": make_user("counsellor", district="万州区"),
        "planner": planner,
        "inspector": inspector,
    }


@pytest.fixture
def addresses(seeker, seeker_user, planner):
    run = make_run(report=REPORT)
    upload = carry_out(make_upload(planner, "seeker_id,education,district\n1,none,江北区\n".encode()))
    recommendation = make_recommendation(run, seeker)
    make_short(run, seeker, shortage=make_shortage(run))
    words = {
        "person": [seeker.seeker_id],
        "deliver": [seeker.seeker_id],
        "correct": [make_delivery(seeker, "briefing", "2026-09-02").pk],
        **{name: [seeker_user.pk] for name in ("account-link", "account-close", "account-open")},
        "set-password": ["MQ", "set-password"],
        "posting": [recommendation.vacancy.postings.get().posting_id],
        "decide": [recommendation.vacancy.postings.get().posting_id],
        "vacancy": [recommendation.vacancy.vacancy_id],
        "plan-run": [run.pk],
        "plan-shortage": [run.pk, 1],
        "answer": [recommendation.pk],
    }
    about_one = ("import", "import-progress", "import-mapping", "import-refused", "import-erase")
    words |= {name: [upload.pk] for name in about_one}
    return {name: reverse(name, args=words.get(name)) for _, name in TABLE}


def _names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            yield pattern.name


def test_every_address_has_a_row():
    assert set(_names(get_resolver().url_patterns)) == {name for _, name in TABLE}


@pytest.mark.parametrize(("method", "name"), TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_address_answers_the_role_as_the_table_says(client, cast, addresses, method, name, role):
    if cast[role] is not None:
        client.force_login(cast[role])
    answer = client.generic(method, addresses[name], "answer=interested", "application/x-www-form-urlencoded")
    assert answer.status_code == TABLE[method, name][ROLES.index(role)]


@pytest.mark.parametrize("name", [
    name for method, name in TABLE if method == "GET" and name not in ("landing", "home", "sign-in", "set-password")
])  # fmt: skip
def test_nobody_is_sent_to_sign_in_and_back(client, cast, addresses, name):
    answer = client.get(addresses[name])
    assert answer["Location"] == f"/sign-in/?next={addresses[name]}"


@pytest.mark.parametrize(
    ("page", "back"), [({"HX-Current-URL": "http://testserver/overview/"}, "/overview/"), ({}, "/")]
)
def test_part_of_a_page_asked_for_without_signing_in_leads_the_whole_page_there(client, addresses, page, back):
    answer = client.get(addresses["plan-run"], headers={"HX-Request": "true", **page})
    assert (answer.status_code, answer["HX-Redirect"], answer.content) == (200, f"/sign-in/?next={back}", b"")


@pytest.mark.parametrize("name", [
    name for method, name in TABLE if method == "POST" and name != "set_language" and ("GET", name) not in TABLE
])  # fmt: skip
def test_what_changes_something_refuses_to_be_fetched(client, cast, addresses, name):
    client.force_login(cast["seeker"])
    assert client.get(addresses[name]).status_code == 405


@pytest.mark.parametrize("name", [name for method, name in TABLE if method == "POST"])
@pytest.mark.parametrize("role", ["seeker", "counsellor", "planner", "inspector"])
def test_nothing_is_sent_without_our_token(cast, addresses, name, role):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast[role])
    assert client.post(addresses[name]).status_code in (403, 404)


def test_an_answer_without_our_token_is_refused_and_nothing_is_written(cast, addresses):
    from talentcity.office.planning.models import Answer

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["seeker"])
    assert client.post(addresses["answer"], {"answer": "interested"}).status_code == 403
    assert Answer.objects.count() == 0


def test_recommendation_of_an_unpublished_run_is_nobodys(client, seeker, seeker_user):
    run = make_run(published=False)
    recommendation = make_recommendation(run, seeker)
    client.force_login(seeker_user)
    assert client.get(reverse("vacancy", args=[recommendation.vacancy.vacancy_id])).status_code == 404
    assert client.post(reverse("answer", args=[recommendation.pk]), {"answer": "interested"}).status_code == 404


def test_vacancy_that_is_recommended_to_nobody_is_for_planner_and_inspector_alone(client, cast):
    address = reverse("vacancy", args=[make_vacancy().vacancy_id])
    seen = []
    for role, user in cast.items():
        if user is not None:
            client.force_login(user)
            seen += [role] if client.get(address).status_code == 200 else []
    assert seen == ["planner", "inspector"]


def test_counsellor_without_a_district_sees_nobody(client, db):
    make_seeker(district=HERE)
    client.force_login(make_user("counsellor"))
    assert client.get("/people/").context["rows"] == []
