"""The page of a plan run and of one of its shortages: what is proved, who is short and why, what places are worth."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import (
    HERE,
    THERE,
    make_employer,
    make_posting,
    make_price,
    make_recommendation,
    make_run,
    make_seeker,
    make_short,
    make_shortage,
    make_vacancy,
)
from page_words import REPORT, words

from talentcity.office.planning import figures
from talentcity.office.planning.models import PlanRun
from talentcity.office.records.models import Seeker


@pytest.fixture
def page(english, planner):
    """Opens a page as the planner and reads what it says."""
    english.force_login(planner)
    return lambda address: words(english.get(address))


def of(run):
    return f"/overview/plans/{run.pk}/"


def full(title, *, employer="临江机械", district=HERE):
    posting = make_posting(title=title, district=district, employer=make_employer(name=employer))
    return make_vacancy(postings=[posting])


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": "optimal", "gap": 0.0}, "at most 0% No plan of these pairs is better."),
        ({"status": "within_gap", "gap": 0.0001939},
         "at most 0.02% No plan of these pairs that is as fair can score more than 0.02% above this one."),
        ({"status": "gap_not_reached", "gap": 0.00412},
         "at most 0.42% Not reached The wished distance (0.03%) was not reached: a plan that is as fair may score up "
         "to 0.42% more."),
        ({"status": "time_limit", "gap": 0.05}, "at most 5% Not reached The time limit came first:"),
        ({"status": "gap_not_reached", "gap": None}, "– How far it is from the best plan was not measured."),
    ],
)  # fmt: skip
def test_distance_is_told_in_words_and_says_when_it_was_not_reached(db, page, facts, said):
    assert f"Distance from the best plan {said}" in page(of(make_run(report=REPORT | facts)))


def test_what_is_missing_is_told_with_what_is_proved_of_it(page, seeker):
    run = make_run(report=REPORT)
    make_short(run, seeker, given=1)
    said = page(of(run))
    assert "This is the minimum: it was proved that no plan of these pairs can miss fewer." in said
    assert "What is missing is spread as fairly as any plan can:" in said
    run.report = REPORT | {"missing_is_minimum": None, "fairest": False}
    run.save()
    said = page(of(run))
    assert "Whether this is the minimum was not proven." in said
    assert "Whether what is missing could be spread more fairly was not proven." in said


def test_persons_are_counted_by_how_many_recommendations_they_have(page, seeker):
    run = make_run(report=REPORT)
    make_short(run, seeker, owed=2, given=1)  # one was delivered before
    said = page(of(run))
    assert "Recommendations Persons Share all 3 3 75.0% 2 1 25.0% 1 0 0% 0 0 0%" in said


def test_who_is_short_is_told_by_shortage_and_by_district_with_why(page, seeker, seeker_elsewhere):
    run = make_run(report=REPORT)
    make_short(run, seeker, shortage=make_shortage(run))
    make_short(run, seeker_elsewhere, owed=3, given=0, why="no_pair")
    said = page(of(run))
    assert "Shortages 312 people share 95 places; at least 217 are missing." in said
    assert "Short whatever others get Reason Persons Missing No open vacancy is left that they could take 1 3" in said
    assert f"{HERE} software1 150 of 312 217 95 of 95 Shortage 1 312 people share 95 places; 217 missing" in said


def test_places_worth_most_name_employer_vacancy_district_and_what_one_more_gives(db, page):
    run = make_run(report=REPORT)
    make_price(run, full("仓库管理员"), missing=1, worth=0.9)
    make_price(run, full("焊工", employer="两江重工", district=THERE), missing=2, worth=-0.25, within=0.125)
    make_price(run, full("会计"), recommendations=0, missing=0, worth=0.375)
    make_price(run, full("门卫"), recommendations=0, missing=0, worth=0.0)
    said = page(of(run))
    assert said.index("焊工") < said.index("仓库管理员") < said.index("会计")
    assert "门卫" not in said
    assert (
        f"焊工 两江重工 {THERE} 20 1 recommendation more, to somebody who lacks 2 "
        "score −0.250 (in the best plan −0.375 to −0.125)"
    ) in said
    assert f"会计 临江机械 {HERE} 20 no recommendation more score +0.375" in said
    assert "A vacancy takes 10 recommendations for each post that is open" in said


def test_only_ten_places_are_shown(db, page):
    run = make_run(report=REPORT)
    for number in range(12):
        make_price(run, full(f"第{number}号岗位"), worth=number / 16)
    said = page(of(run))
    assert said.count("号岗位") == 10
    assert ("第11号岗位" in said, "第1号岗位" in said) == (True, False)


def test_vacancy_without_a_posting_is_told_by_its_id(db, page):
    run = make_run(report=REPORT)
    make_price(run, make_vacancy("V-BARE", postings=[]))
    assert "V-BARE not named – 20 1 recommendation more" in page(of(run))


def test_run_without_a_shortage_says_so(db, page):
    said = page(of(make_run(report=REPORT | {"persons_full": 4, "missing": 0, "status": "optimal", "gap": 0.0})))
    assert "Nobody is short: everybody gets what they are owed." in said
    assert "No full vacancy holds anybody back: one place more would give nothing anywhere." in said
    assert "spread as fairly" not in said


def test_big_numbers_are_readable(page, seeker):
    run = make_run(
        report=REPORT | {"persons": 4_000_000, "persons_full": 3_999_999, "missing": 1, "upper_bound": 12_345_678.9}
    )
    make_short(run, seeker, owed=3, given=2)
    make_shortage(run, persons=1_234_567, persons_short=900_000, places=2_000_000_000, missing=1_000_000)
    said = page(of(run))
    assert "99.9% 3,999,999 of 4,000,000 persons get every recommendation" in said
    assert "all 3 3,999,999 99.9%" in said
    assert "1,234,567 people share 2,000,000,000 places; at least 1,000,000 are missing." in said
    assert "No plan that is as fair scores more than 12,345,678.90" in said


def test_what_became_of_the_plan_before_is_told_with_reasons(db, page):
    changes = {"kept": 4300, "dropped": 200, "new": 250, "reasons": {"worth_more": 150, "something_new": 50}}
    said = page(of(make_run(report=REPORT | {"changes": changes})))
    assert "Of 4,500 recommendations of the plan before that nobody had delivered yet, 4,300 were kept" in said
    assert "the plan as a whole gains more than the offer counts 150 something_new 50" in said
    assert "What changed for people" not in page(of(make_run(report=REPORT)))


def test_every_reason_of_the_engine_has_words():
    from talentcity.plan.changes import DROPPED_BECAUSE

    assert set(figures.DROPPED_BECAUSE) == set(DROPPED_BECAUSE)


def test_page_says_how_the_plan_was_found(db, page):
    said = page(of(make_run(report=REPORT)))
    assert "Pairs looked at 12,345 Score of this plan 8.25" in said
    assert "Distance wished for 0.03% Time limit none Method auction Threads 2" in said
    assert "0.8 seconds in all: screen adverts 0.5 · plan 0.2" in said
    limited = REPORT | {"options": {"gap": 0.0003, "time_limit": 90}, "every_pair_considered": False}
    said = page(of(make_run(report=limited)))
    assert "Time limit 90 seconds" in said
    assert "There were too many pairs to look at all" in said


def test_steps_stand_in_the_order_of_the_work(db, page):
    run = make_run(report=REPORT | {"steps": {"plan": 1.5, "new_step": 2, "export": 3}})
    assert "6.5 seconds in all: read the records 3 · plan 1.5 · new_step 2" in page(of(run))


def test_run_of_an_earlier_version_is_still_shown(db, page):
    old = {"persons": 2, "persons_full": 2, "missing": 0, "missing_is_minimum": True, "persons_by_count": [0, 0, 0, 2]}
    said = page(of(make_run(report=old)))
    assert "How far it is from the best plan was not measured." in said
    assert "all 3 2 100%" in said


def test_page_of_a_run_that_is_not_published_shows_how_it_goes(db, page):
    now = timezone.now()
    waiting = PlanRun.objects.create(on="2026-09-15")
    failed = PlanRun.objects.create(on="2026-09-15", started_at=now, failed_at=now, failure="Out of memory.")
    assert "A new plan waits for the worker." in page(of(waiting))
    assert "What the engine says: Out of memory." in page(of(failed))


def test_page_says_whether_the_run_is_the_one_in_force(db, page):
    old, new = make_run(report=REPORT), make_run(report=REPORT)
    assert "A later one has taken its place." in page(of(old))
    assert "It is the one that people see." in page(of(new))


def test_page_speaks_chinese(client, planner, seeker):
    run = make_run(report=REPORT)
    make_short(run, seeker, shortage=make_shortage(run, elsewhere=12))
    make_price(run, full("焊工"))
    client.force_login(planner)
    said = words(client.get(of(run)))
    assert "312 人共用 95 个名额，另在别处有 12 个；至少缺 217 条推荐。" in said
    assert "任何同样公平的方案，总匹配分最多只能比本方案高 0.02%。" in said
    assert "多 1 条推荐，给一位现缺 2 条的人 匹配分 +0.500" in said
    assert "2026年9月15日的分配方案" in said


def test_shortage_names_its_people_and_its_vacancies(page, seeker, seeker_elsewhere):
    run = make_run(report=REPORT)
    shortage = make_shortage(run, persons=2, persons_short=1, vacancies=1, places=1, elsewhere=2, missing=1)
    vacancy = full("焊工")
    make_price(run, vacancy, shortage=shortage, capacity=1)
    make_price(run, full("会计"))
    make_short(run, seeker, owed=2, given=1, shortage=shortage)
    make_recommendation(run, seeker_elsewhere, vacancy)  # holds the place, and has all that is owed
    make_recommendation(run, make_seeker("S-OTHER"))
    said = page(f"{of(run)}shortages/1/")
    assert "2 people share 1 places and have 2 elsewhere; at least 1 are missing." in said
    assert "Owed to these people 4 Places that they share − 1 What they have elsewhere − 2 Missing = 1" in said
    assert "1 of these 2 people are short. They share 1 vacancy, and" in said
    assert (
        f"S-HERE {HERE} Software development 1 of 2 owed S-THERE {THERE} Software development all that is owed" in said
    )
    assert ("焊工" in said, "会计" in said, "S-OTHER" in said) == (True, False, False)


def test_counsellor_sees_only_the_people_of_their_district(english, counsellor, seeker, seeker_elsewhere):
    run = make_run(report=REPORT)
    shortage = make_shortage(run)
    here, there = full("焊工"), full("会计")
    for person, vacancy in ((seeker, here), (seeker_elsewhere, there)):
        make_price(run, vacancy, shortage=shortage)
        make_recommendation(run, person, vacancy)
        make_short(run, person, shortage=shortage)
    english.force_login(counsellor)
    said = words(english.get(f"{of(run)}shortages/1/"))
    assert "312 people share 95 places; at least 217 are missing." in said
    assert ("S-HERE" in said, "S-THERE" in said) == (True, False)
    assert ("焊工" in said, "会计" in said) == (True, False)
    assert "the others are counted above and not named here" in said
    assert "By district and occupation" not in said
    assert "Who shares these vacancies" in words(english.get("/people/S-HERE/"))


def test_shortage_of_a_run_that_is_not_published_is_the_planners_alone(english, counsellor, planner, seeker):
    run = make_run(published=False)
    make_short(run, seeker, shortage=make_shortage(run))
    answers = []
    for user in (counsellor, planner):
        english.force_login(user)
        answers.append(english.get(f"{of(run)}shortages/1/").status_code)
    assert answers == [404, 200]


def test_own_person_is_not_led_to_the_others(english, seeker, seeker_user):
    run = make_run(report=REPORT)
    make_short(run, seeker, shortage=make_shortage(run))
    english.force_login(seeker_user)
    page = english.get("/me/").content.decode()
    assert "shortages" not in page


def test_lists_come_a_page_at_a_time(english, planner):
    run = make_run(report=REPORT)
    for number in range(1, 24):
        make_shortage(run, number=number)
    shortage = run.shortages.get(number=1)
    for _ in range(22):
        make_short(run, make_seeker(), shortage=shortage)
    english.force_login(planner)
    first, second = (english.get(f"{of(run)}?page={n}&shortages={n + 1}") for n in (1, 2))
    assert (len(first.context["sums"]), len(second.context["sums"])) == (20, 3)
    assert [len(page.context["shortages"]) for page in (first, second)] == [10, 3]
    assert "1 to 20 of 23" in words(first)
    members = [english.get(f"{of(run)}shortages/1/?page={n}").context["members"] for n in (1, 2)]
    assert [len(one) for one in members] == [20, 2]


def test_options_of_the_next_plan_are_kept_and_nonsense_is_refused(english, planner):
    english.force_login(planner)
    english.post("/overview/plans/", {"gap": "0.1", "time_limit": "60"})
    assert [run.options for run in PlanRun.objects.all()] == [{"gap": 0.001, "time_limit": 60}]
    PlanRun.objects.all().delete()
    for options in ({"gap": "-1"}, {"gap": "nan"}, {"time_limit": "0"}, {"time_limit": "soon"}):
        refused = english.post("/overview/plans/", options, follow=True)
        assert "No plan was asked for: its options are not as expected." in words(refused)
        part = english.post("/overview/plans/", options, headers={"HX-Request": "true"})
        assert "No plan was asked for: its options are not as expected." in words(part)
    assert PlanRun.objects.count() == 0


def test_queries_do_not_grow_with_the_rows(english, planner):
    english.force_login(planner)
    counted = []
    for rows in (1, 3):
        run = make_run(report=REPORT)
        for number in range(1, rows + 1):
            shortage = make_shortage(run, number=number)
            vacancy = full(f"{number}号岗位")
            make_price(run, vacancy, shortage=run.shortages.get(number=1))
            for _ in range(rows):
                make_short(run, make_seeker(), shortage=run.shortages.get(number=1))
            make_recommendation(run, Seeker.objects.order_by("pk").last(), vacancy)
        for address in (of(run), f"{of(run)}shortages/1/"):
            with CaptureQueriesContext(connection) as captured:
                assert english.get(address).status_code == 200
            counted.append(len(captured))
        assert shortage.number == rows
    assert counted[:2] == counted[2:]
