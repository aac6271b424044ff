"""The public page, signing in, the language, and the pages that say no."""

import pytest
from django.test import Client
from factories import HERE, make_delivery, make_posting, make_recommendation, make_run, make_seeker, make_vacancy
from factories import make_verdict as verdict
from page_words import REPORT, words

from talentcity.office.accounts.models import User


@pytest.fixture
def demo(settings):
    settings.DEMO_CITY = True


def test_public_page_names_the_four_services_with_counts_deadlines_and_source(db, english):
    said = words(english.get("/"))
    assert "1 Policy briefing at least 1 within 30 days of registering" in said
    assert "3 Job recommendations at least 3 within 60 days of registering" in said
    assert "1 Training or internship at least 1 within 180 days of registering" in said
    assert "In force since 1 January 2024. Source: “1131”服务" in said


def test_public_page_speaks_chinese_to_who_has_not_chosen(db, client):
    page = client.get("/")
    assert page["Content-Language"] == "zh-hans"
    assert '<html lang="zh-Hans">' in page.content.decode()
    assert "3 岗位推荐 至少 3 次 登记后 60 天内" in words(page)


def test_figures_carry_unit_denominator_and_day(english, seeker, seeker_elsewhere):
    run = make_run(report=REPORT)
    for number, said in enumerate(("hold", "cleared", "warn")):
        posting = make_posting(f"P-{number}")
        verdict(run, posting, said)
        make_vacancy(postings=[posting], headcount=5, hired=2)
    make_delivery(seeker, "briefing", "2026-09-02")
    said = words(english.get("/"))
    assert "Young people registered 2 persons" in said
    assert "Recommendations ready 75.0% 3 of 4 persons have every recommendation that they are owed in the plan" in said
    assert "Adverts held 1 advert Of 3 adverts screened on 15 September 2026" in said
    assert "Open places 6 places Headcount less persons hired, over 2 vacancies whose time is not over" in said
    assert "Policy briefing 50.0% 1 person; 1 service received (person-times)." in said


def test_without_people_and_plan_there_is_no_percentage(db, english):
    said = words(english.get("/"))
    assert "%" not in said
    assert "No plan has been published yet" in said


def test_sample_city_is_marked_and_offers_a_door_for_each_role(db, english, demo):
    html = english.get("/").content.decode()
    assert "Every person, employer and advert here is synthetic. Today is 15 September 2026." in html
    assert [role for role in ("seeker", "counsellor", "planner", "inspector") if f'value="{role}"' in html] == [
        "seeker", "counsellor", "planner", "inspector",
    ]  # fmt: skip


def test_real_city_has_neither_mark_nor_door(db, english):
    html = english.get("/").content.decode()
    assert "synthetic" not in html
    assert "/demo/sign-in/" not in html


@pytest.mark.parametrize(
    ("role", "page"),
    [("seeker", "/me/"), ("counsellor", "/people/"), ("planner", "/overview/"), ("inspector", "/postings/")],
)
def test_one_click_signs_in_and_leads_to_the_page_of_the_role(english, demo, seeker, role, page):
    answer = english.post("/demo/sign-in/", {"role": role}, follow=True)
    assert answer.redirect_chain == [("/home/", 302), (page, 302)]
    assert answer.wsgi_request.user.username == f"demo-{role}"
    assert not answer.wsgi_request.user.has_usable_password()


def test_one_click_twice_is_the_same_account(english, demo, seeker):
    for _ in range(2):
        english.post("/demo/sign-in/", {"role": "seeker"})
    assert list(User.objects.values_list("username", "seeker__seeker_id")) == [("demo-seeker", "S-HERE")]


def test_sample_seeker_is_somebody_with_most_recommendations_and_a_warning_among_them(db, english, demo):
    run = make_run(report=REPORT)
    for name, verdicts in (("S-1", ["cleared"]), ("S-2", ["cleared", "cleared"]), ("S-3", ["cleared", "warn"])):
        seeker = make_seeker(name, district=HERE)
        for rank, said in enumerate(verdicts, 1):
            posting = make_posting()
            verdict(run, posting, said)
            make_recommendation(run, seeker, make_vacancy(postings=[posting]), rank=rank)
    english.post("/demo/sign-in/", {"role": "seeker"})
    assert User.objects.get().seeker.seeker_id == "S-3"


def test_one_click_without_our_token_is_refused(db, demo):
    answer = Client(enforce_csrf_checks=True).post("/demo/sign-in/", {"role": "planner"})
    assert answer.status_code == 403
    assert "表单已过期" in words(answer)
    assert User.objects.count() == 0


def test_unknown_role_has_no_door(db, english, demo):
    assert english.post("/demo/sign-in/", {"role": "admin"}).status_code == 404


def test_sign_in_by_name_and_password(english, planner):
    planner.set_password("a long enough word")
    planner.save()
    wrong = english.post("/sign-in/", {"username": planner.username, "password": "wrong"})
    assert "Please enter a correct username and password." in words(wrong)
    right = english.post("/sign-in/?next=/postings/", {
        "username": planner.username, "password": "a long enough word", "next": "/postings/",
    })  # fmt: skip
    assert right["Location"] == "/postings/"


def test_language_switch_stays_on_the_page_and_is_remembered(db, client):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/sign-in/"})
    assert answer["Location"] == "/sign-in/"
    assert client.get("/")["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "There is nothing here for you"), ("zh-hans", "这里没有您可以看到的内容")]
)
def test_not_found_speaks_both_languages(db, client, language, said):
    client.cookies["django_language"] = language
    assert said in words(client.get("/nowhere/"))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This is not yours to change"), ("zh-hans", "您不能更改这里的内容")]
)
def test_not_allowed_speaks_both_languages(client, seeker, counsellor, language, said):
    recommendation = make_recommendation(make_run(report=REPORT), seeker)
    client.cookies["django_language"] = language
    client.force_login(counsellor)
    answer = client.post(f"/recommendations/{recommendation.pk}/answer/", {"answer": "interested"})
    assert answer.status_code == 403
    assert said in words(answer)


@pytest.mark.parametrize(("language", "said"), [("en", "Something broke on our side"), ("zh-hans", "我们这边出了问题")])
def test_a_fault_of_ours_speaks_both_languages(db, client, monkeypatch, language, said):
    def fail(**_):
        raise RuntimeError

    monkeypatch.setattr("talentcity.office.promises.views.coverage", fail)
    client.raise_request_exception = False
    client.cookies["django_language"] = language
    answer = client.get("/")
    assert answer.status_code == 500
    assert said in words(answer)


def test_pages_allow_nothing_from_elsewhere_and_nothing_inline(db, client):
    page = client.get("/")
    policy = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "unsafe" not in page["Content-Security-Policy"]
    html = page.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert html.count("<script") == html.count('<script src="/static/') == 1
