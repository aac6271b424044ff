"""Accounts: planners make and close them, a one-time link sets the password, and everybody changes their own."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import HERE, make_user
from page_words import words

from talentcity.office.accounts.models import AccountNote, User
from talentcity.office.append_only import LedgerIsAppendOnly

WORD = "a long enough word"


@pytest.fixture
def desk(english, planner):
    english.force_login(planner)
    return english


def link(page):
    return re.search(r"<code>http://testserver(.*?)</code>", page.content.decode()).group(1)


def notes():
    return list(AccountNote.objects.values_list("account__username", "did", "by__username"))


def set_password(address, word=WORD):
    """What somebody does with a link, in a browser of their own; the last page."""
    client = Client()
    client.cookies["django_language"] = "en"
    form = client.get(address, follow=True)
    if not form.redirect_chain:
        return form
    facts = {"new_password1": word, "new_password2": word}
    return client.post(form.redirect_chain[-1][0], facts, follow=True)


def test_counsellor_gets_an_account_and_sets_the_password_by_a_link_once(desk, planner, seeker):
    page = desk.post("/accounts/new/", {"username": "chen", "role": "counsellor", "district": HERE})
    said = words(page)
    assert "This page is shown once. Print it, or hand the link over; it works one time, within 3 days." in said
    account = User.objects.get(username="chen")
    assert (account.role, account.district, account.has_usable_password()) == ("counsellor", HERE, False)
    address = link(page)
    assert "Your password is set. Sign in with it." in words(set_password(address))
    account.refresh_from_db()
    assert account.check_password(WORD)
    assert "This link is not valid, or was used already." in words(set_password(address, "another long word"))
    assert notes() == [
        ("chen", "made", planner.username), ("chen", "link", planner.username), ("chen", "password", "chen"),
    ]  # fmt: skip


def test_page_with_the_link_is_not_kept_by_the_browser(desk, seeker):
    page = desk.post("/accounts/new/", {"username": "chen", "role": "inspector"})
    assert "no-store" in page["Cache-Control"]


def test_seeker_gets_an_account_for_their_record(desk, seeker):
    desk.post("/accounts/new/", {"username": "s1", "role": "seeker", "seeker_id": "S-HERE", "district": HERE})
    account = User.objects.get(username="s1")
    assert (account.seeker, account.district) == (seeker, "")


@pytest.mark.parametrize(
    ("facts", "field", "why"),
    [
        ({"role": "counsellor"}, "district", "A counsellor needs a district."),
        ({"role": "seeker"}, "seeker_id", "There is no job seeker with this id."),
        ({"role": "seeker", "seeker_id": "S-NOBODY"}, "seeker_id", "There is no job seeker with this id."),
        ({"role": "seeker", "seeker_id": "S-HERE"}, "seeker_id", "This job seeker has an account already."),
        ({"role": "inspector", "seeker_id": "S-HERE\0"}, "seeker_id", "Null characters are not allowed."),
        ({"role": "planner"}, "role", "Select a valid choice. planner is not one of the available choices."),
        ({"role": "inspector", "username": "a b"}, "username", "Enter a valid username."),
        ({"role": "inspector", "username": "TAKEN"}, "username", "A user with that username already exists."),
    ],
)
def test_wrong_account_is_refused_with_a_reason_and_nothing_is_made(desk, seeker, seeker_user, facts, field, why):
    make_user("inspector")
    User.objects.create_user(username="TAKEN", role="inspector")
    before = User.objects.count()
    page = desk.post("/accounts/new/", {"username": "new", "district": "", "seeker_id": ""} | facts)
    assert [error.startswith(why) for error in page.context["form"].errors[field]] == [True]
    assert why in words(page)
    assert (User.objects.count(), AccountNote.objects.count()) == (before, 0)


def test_weak_password_is_refused(desk, counsellor):
    address = link(desk.post(f"/accounts/{counsellor.pk}/link/"))
    assert "This password is too short." in words(set_password(address, "short"))
    counsellor.refresh_from_db()
    assert not counsellor.has_usable_password()


def test_closed_account_is_signed_out_and_can_be_opened_again(desk, planner, counsellor):
    other = Client()
    other.force_login(counsellor)
    assert other.get("/people/").status_code == 200
    desk.post(f"/accounts/{counsellor.pk}/close/")
    assert other.get("/people/").status_code == 302
    assert f"{counsellor.username} Counsellor {HERE} closed" in words(desk.get("/accounts/"))
    assert "This account is closed; open it first." in words(desk.post(f"/accounts/{counsellor.pk}/link/", follow=True))
    desk.post(f"/accounts/{counsellor.pk}/close/")
    desk.post(f"/accounts/{counsellor.pk}/open/")
    other.force_login(User.objects.get(pk=counsellor.pk))
    assert other.get("/people/").status_code == 200
    assert [did for _, did, _ in notes()] == ["closed", "opened"]


def test_nobody_closes_their_own_account_or_makes_a_link_for_it(desk, planner):
    said = words(desk.post(f"/accounts/{planner.pk}/close/", follow=True))
    assert said.startswith("Nobody closes their own account; another planner can.")
    said = words(desk.post(f"/accounts/{planner.pk}/link/", follow=True))
    assert said.startswith("Change your own password with the old one.")
    planner.refresh_from_db()
    assert (planner.is_active, AccountNote.objects.count()) == (True, 0)


def test_account_by_which_everybody_looks_at_the_sample_city_stays_as_it_is(english, settings, counsellor):
    settings.DEMO_CITY = True
    for role in ("counsellor", "planner"):
        english.post("/demo/sign-in/", {"role": role})
    shared = User.objects.get(username="demo-counsellor")
    for verb in ("close", "link"):
        said = words(english.post(f"/accounts/{shared.pk}/{verb}/", follow=True))
        assert said.startswith("Everybody looks at the sample city by this account; it stays as it is.")
    shared.refresh_from_db()
    assert (shared.is_active, AccountNote.objects.count()) == (True, 0)
    page = english.get("/accounts/")
    assert re.findall(r"/accounts/(\d+)/close/", page.content.decode()) == [str(counsellor.pk)]
    assert "demo-counsellor Counsellor by one click" in words(page)
    settings.DEMO_CITY = False
    english.post(f"/accounts/{shared.pk}/close/")
    shared.refresh_from_db()
    assert not shared.is_active


def test_nobody_takes_the_name_of_an_account_of_the_sample_city(desk, settings):
    settings.DEMO_CITY = True
    page = desk.post("/accounts/new/", {"username": "demo-inspector", "role": "inspector"})
    assert "The sample city has an account of this name." in words(page)
    assert not User.objects.filter(username="demo-inspector").exists()


def test_own_password_is_changed_with_the_old_one(english, counsellor):
    counsellor.set_password(WORD)
    counsellor.save()
    english.force_login(counsellor)
    assert 'href="/password/"' in english.get("/people/").content.decode()
    facts = {"old_password": "wrong", "new_password1": "another long word", "new_password2": "another long word"}
    assert "Your old password was entered incorrectly." in words(english.post("/password/", facts))
    page = english.post("/password/", facts | {"old_password": WORD}, follow=True)
    assert words(page).startswith("Your password is changed.")
    counsellor.refresh_from_db()
    assert counsellor.check_password("another long word")
    assert [did for _, did, _ in notes()] == ["password"]


def test_list_is_searched_and_its_queries_do_not_grow(desk, planner, counsellor):
    assert "Counsellor" not in words(desk.get("/accounts/", {"q": "planner"}))
    counted = []
    for more in (0, 2):
        for _ in range(more):
            account = make_user("inspector")
            desk.post(f"/accounts/{account.pk}/link/")
            desk.post(f"/accounts/{account.pk}/close/")
        with CaptureQueriesContext(connection) as captured:
            page = desk.get("/accounts/")
        counted.append((len(page.context["rows"]), len(captured)))
    assert [rows for rows, _ in counted] == [2, 4]
    assert counted[0][1] == counted[1][1]


def test_notes_cannot_be_changed(desk, planner, counsellor):
    desk.post(f"/accounts/{counsellor.pk}/close/")
    with pytest.raises(LedgerIsAppendOnly):
        AccountNote.objects.all().delete()
