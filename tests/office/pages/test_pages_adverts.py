"""Held adverts, and one vacancy with the findings marked in its adverts."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import (
    make_employer,
    make_finding,
    make_posting,
    make_recommendation,
    make_run,
    make_vacancy,
    make_verdict,
)
from page_words import REPORT, words

TEXT = "双休。入职须交押金300元。不收取任何服装费。"


@pytest.fixture
def run(db):
    return make_run(report=REPORT)


@pytest.fixture
def judge(english, inspector):
    english.force_login(inspector)
    return english


def held(run, *, title="仓管员", rule="F1", **facts):
    posting = make_posting(title=title, text=TEXT, **{"employer": make_employer(), **facts})
    make_verdict(run, posting, "hold", tier="T1", reasons=[rule])
    basis = "劳动合同法 第九条; 劳动合同法 第八十四条"
    make_finding(run, posting, rule_id=rule, start=5, end=13, legal_basis=basis)
    make_finding(run, posting, rule_id=rule, start=14, end=22, guard="negation")
    return make_vacancy(postings=[posting])


def test_list_shows_rule_and_passage_of_what_is_held(judge, run):
    held(run)
    make_verdict(run, make_posting(title="收银员"), "cleared")
    said = words(judge.get("/postings/"))
    assert "1 of 2 adverts screened on 15 September 2026 is held: recommended to nobody until a person decides." in said
    assert "0 were released by a person." in said
    assert "F1 Deposit taken 须交押金300元" in said
    assert "收银员" not in said


def test_what_only_warns_in_a_held_advert_is_not_shown_as_what_holds_it(judge, run):
    posting = held(run).postings.get()
    make_finding(run, posting, rule_id="D3", tier="T3", start=0, end=2)
    html = judge.get("/postings/").content.decode()
    assert re.findall(r'<span class="chip (\w+)">(\w+)', html) == [("warn", "D3"), ("hold", "F1")]


def test_list_can_be_narrowed_to_one_rule(judge, run):
    held(run, title="一号")
    held(run, title="二号", rule="D3")
    page = judge.get("/postings/?rule=D3&verdict=hold")
    assert [row["posting"].title for row in page.context["rows"]] == ["二号"]
    assert len(judge.get("/postings/?rule=nonsense").context["rows"]) == 2


def test_list_comes_a_page_at_a_time_and_keeps_its_rule(judge, run):
    for _ in range(21):
        held(run)
    page = judge.get("/postings/?rule=F1&verdict=hold&page=2")
    assert len(page.context["rows"]) == 1
    assert 'href="?rule=F1&amp;verdict=hold&amp;page=1"' in page.content.decode()


def test_before_any_screening_the_list_says_so(db, judge):
    assert words(judge.get("/postings/")) == "Adverts held, warned of and released List Nothing has been screened yet."


def test_queries_do_not_grow_with_the_list(judge, run):
    counted = []
    for rows in (1, 2):
        for _ in range(rows):
            held(run)
        with CaptureQueriesContext(connection) as captured:
            page = judge.get("/postings/")
        counted.append((len(page.context["rows"]), len(captured)))
    assert [rows for rows, _ in counted] == [1, 3]
    assert counted[0][1] == counted[1][1]


def test_findings_are_marked_in_the_original_text_with_article_and_penalty(judge, run):
    vacancy = held(run)
    page = judge.get(f"/vacancies/{vacancy.vacancy_id}/")
    html, said = page.content.decode(), words(page)
    assert (
        '双休。入职<mark class="hold">须交押金300元&#8288;<a href="#finding-1" aria-label="finding 1">1</a></mark>'
        in html
    )
    assert '<mark class="calm">不收取任何服装费' in html
    assert "1. Deposit taken tier 1: held until a person releases it rule F1, version 1 Passage 须交押金300元" in said
    assert "须交押金300元 text 5–13 Fact 收取押金 Articles it may break" in said
    assert "Articles it may break 劳动合同法 第九条; 劳动合同法 第八十四条" in said
    assert "Penalty (information) 劳动合同法 第八十四条: 500 to 2,000 yuan per person; ordered to return it" in said
    assert "whether a law was broken a person decides" in said
    assert (
        "2. Deposit taken Let pass rule F1, version 1 Passage 不收取任何服装费 text 14–22 Fact 收取押金 Let pass"
        in said
    )
    assert "Every advert of this vacancy is held: it is recommended to nobody until a person decides." in said


def test_text_of_an_advert_is_shown_as_text_never_as_markup(judge, run):
    posting = make_posting(title="<b>x</b>", text="<script>alert(1)</script>")
    make_verdict(run, posting, "hold")
    make_finding(run, posting, start=0, end=8)
    vacancy = make_vacancy(postings=[posting])
    html = judge.get(f"/vacancies/{vacancy.vacancy_id}/").content.decode()
    assert '<mark class="hold">&lt;script&gt;&#8288;<a' in html
    assert "<b>x</b>" not in html
    assert "<script>" not in html


def test_judges_see_how_many_people_it_is_recommended_to(judge, run, seeker):
    posting = make_posting()
    make_verdict(run, posting)
    vacancy = make_vacancy(postings=[posting], headcount=5, hired=1)
    make_recommendation(run, seeker, vacancy)
    said = words(judge.get(f"/vacancies/{vacancy.vacancy_id}/"))
    assert "1 person sees this vacancy among their recommendations (plan of 15 September 2026)." in said
    assert "5 persons, 1 hired" in said
    assert "No rule found anything in this advert." in said


def test_seeker_reads_the_warning_but_not_the_text_of_a_held_advert(english, run, seeker, seeker_user):
    warned = make_posting(title="前台", text="30岁以下优先。")
    make_verdict(run, warned, "warn", tier="T3")
    make_finding(run, warned, rule_id="D3", tier="T3", start=0, end=7)
    make_finding(run, warned, rule_id="F1", start=0, end=3, guard="negation")
    secret = make_posting(title="前台", text="须交押金。")
    make_verdict(run, secret, "hold", tier="T1")
    make_finding(run, secret, start=0, end=4)
    vacancy = make_vacancy(postings=[secret, warned])
    make_recommendation(run, seeker, vacancy)
    english.force_login(seeker_user)
    page = english.get(f"/vacancies/{vacancy.vacancy_id}/")
    html, said = page.content.decode(), words(page)
    assert '<mark class="warn">30岁以下优先&#8288;<a' in html
    assert "This advert is held. Its text is not shown until a person has decided." in said
    assert "押金" not in html
    assert "Let pass" not in said
    assert "Who sees what" not in said


def test_seeker_does_not_read_the_title_of_what_is_held_by_now(english, seeker, seeker_user):
    posting = make_posting(title="前台（限女性）", text="须交押金。")
    vacancy = make_vacancy("V-1", postings=[posting])
    make_recommendation(make_run(report=REPORT), seeker, vacancy)
    make_verdict(make_run(report=REPORT), posting, "hold", tier="T2")
    english.force_login(seeker_user)
    page = english.get("/vacancies/V-1/")
    assert words(page).startswith("Vacancy V-1 V-1 Facts Places 2 persons, 0 hired Held. Every advert of this vacancy")
    assert "限女性" not in page.content.decode()


def test_vacancy_without_a_plan_shows_its_advert_unscreened(db, judge):
    vacancy = make_vacancy(postings=[make_posting(text="负责后端开发。")])
    said = words(judge.get(f"/vacancies/{vacancy.vacancy_id}/"))
    assert "Not screened" in said
    assert "负责后端开发。" in said
    assert "No plan has been published yet: no job seeker sees this vacancy." in said


def test_vacancy_without_an_advert_says_so(db, judge):
    vacancy = make_vacancy(postings=[])
    assert "No advert of this vacancy is on record." in words(judge.get(f"/vacancies/{vacancy.vacancy_id}/"))


def test_queries_do_not_grow_with_the_adverts_and_findings(judge, run):
    counted = []
    for adverts in (1, 3):
        postings = [make_posting(text=TEXT, employer=make_employer()) for _ in range(adverts)]
        for posting in postings:
            make_verdict(run, posting, "hold")
            for start in range(adverts):
                make_finding(run, posting, start=start, end=start + 2)
        vacancy = make_vacancy(postings=postings)
        with CaptureQueriesContext(connection) as captured:
            page = judge.get(f"/vacancies/{vacancy.vacancy_id}/")
        assert len(page.context["adverts"]) == adverts
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_list_can_be_narrowed_by_tier_employer_and_verdict(judge, run):
    held(run, title="一号")
    warned = make_posting(title="二号", employer=make_employer(name="江畔餐饮"))
    make_verdict(run, warned, "warn", tier="T3")
    make_finding(run, warned, rule_id="D3", tier="T3", start=0, end=2)

    def titles(**asked):
        return [row["posting"].title for row in judge.get("/postings/", asked).context["rows"]]

    assert titles() == titles(verdict="nonsense", tier="T9") == titles(tier="T1") == ["一号"]
    assert titles(tier="T2") == titles(employer="江畔") == []
    assert titles(verdict="warn") == titles(verdict="warn", employer="江畔", tier="T3", rule="D3") == ["二号"]
    assert titles(verdict="released") == []
    assert titles(verdict="open") == ["一号"]


def test_advert_page_shows_evidence_facts_employer_and_history(judge, run):
    posting = held(run, employer=make_employer(name="样例公司", credit_code="91500000X"), wage_min=5000).postings.get()
    page = judge.get(f"/postings/{posting.posting_id}/")
    html, said = page.content.decode(), words(page)
    assert '双休。入职<mark class="hold">须交押金300元' in html
    assert "Passage 须交押金300元 text 5–13 Fact 收取押金 Articles it may break 劳动合同法 第九条" in said
    assert "500 to 2,000 yuan per person; ordered to return it" in said
    assert "unverified: nobody has checked it against the official text" in said
    assert "Employer 样例公司" in said
    assert "Unified social credit code 91500000X" in said
    assert "Held F1 the rules Evidence card as of 15 September 2026." in said
    assert "Nobody has decided about this advert." in said


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("经验不限。", "en", "none is asked for"),
        ("3年以上工作经验。", "en", "at least 3 years"),
        ("3年以上工作经验。", "zh-hans", "不低于 3 年"),
        ("3-5年工作经验。", "zh-hans", "3 至 5 年"),
    ],
)
def test_experience_asked_for_is_written_out(judge, run, text, language, said):
    judge.cookies["django_language"] = language
    page = judge.get(f"/postings/{make_posting(text=text).posting_id}/")
    assert [str(fact["value"]) for fact in page.context["facts"]] == [said]


def test_facts_are_shown_with_their_passage_and_confidence(judge, run):
    posting = make_posting(text="招聘5人，月薪8000-12000元，本科及以上学历。")
    make_verdict(run, posting)
    page = judge.get(f"/postings/{posting.posting_id}/")
    facts = {str(fact["kind"]): fact for fact in page.context["facts"]}
    assert {kind: fact["value"] for kind, fact in facts.items() if kind != "Currency"} == {
        "Wage": "8,000 to 12,000 yuan a month",
        "Paid by": "month",
        "Education": "bachelor",
        "Headcount": "5 persons",
    }
    wage = facts["Wage"]
    assert wage["passage"] == posting.text[wage["start"] : wage["end"]]
    assert "8000-12000" in wage["passage"]
    said = words(page)
    assert f"Wage 8,000 to 12,000 yuan a month {wage['passage']} text {wage['start']}–{wage['end']}" in said


def test_inspector_releases_an_advert_and_the_list_says_so(judge, run, inspector):
    posting = held(run).postings.get()
    address = f"/postings/{posting.posting_id}/"
    answer = judge.post(f"{address}decide/", {"decision": "release", "reason": "已电话核实，押金可退"})
    assert answer["Location"] == address
    said = words(judge.get(address))
    assert said.startswith("Your decision is recorded.")
    assert "it is recommended again from the next plan on, unless the wording changes or another rule" in said
    assert f"Released 已电话核实，押金可退 Inspector {inspector.username}" in said
    assert "rules that spoke against it F1" in said
    assert "released by a person counts from the next plan on 已电话核实，押金可退" in words(judge.get("/postings/"))


@pytest.mark.parametrize(
    ("facts", "field", "why"),
    [
        ({"reason": " "}, "reason", "This field is required."),
        ({"decision": "delete"}, "decision", "Select a valid choice. delete is not one of the available choices."),
    ],
)
def test_wrong_decision_is_refused_on_the_page(judge, run, facts, field, why):
    posting = held(run).postings.get()
    page = judge.post(f"/postings/{posting.posting_id}/decide/", {"decision": "hold", "reason": "确认"} | facts)
    assert page.context["form"].errors[field] == [why]
    assert why in words(page)
    assert posting.decisions.count() == 0


def test_planner_reads_the_evidence_and_decides_nothing(english, planner, run):
    posting = held(run).postings.get()
    english.force_login(planner)
    html = english.get(f"/postings/{posting.posting_id}/").content.decode()
    assert "/decide/" not in html
    assert '<mark class="hold">' in html


def test_advert_that_a_person_holds_is_not_read_by_whoever_was_sent_there(english, run, seeker, seeker_user, inspector):
    from talentcity.office.records.domain.decisions import decide

    posting = make_posting(title="前台", text="请到办公室面谈。")
    make_verdict(run, posting, "warn", tier="T3")
    make_recommendation(run, seeker, make_vacancy("V-1", postings=[posting]))
    decide(posting, screening=run.screening, decision="hold", reason="举报", by=inspector)
    english.force_login(seeker_user)
    assert "Safety: this advert is held by now. Do not apply before a person has decided." in words(english.get("/me/"))
    assert "办公室面谈" not in english.get("/vacancies/V-1/").content.decode()


def test_missing_facts_are_told_without_a_passage_and_with_a_caution(english, run, seeker, seeker_user, inspector):
    posting = make_posting(title="前台", text="请到办公室面谈。")
    make_verdict(run, posting, "warn", tier="T3", reasons=["I5"])
    make_finding(run, posting, rule_id="I5", tier="T3", field="title", start=0, end=0, fact="缺少：薪酬、人数")
    make_recommendation(run, seeker, make_vacancy("V-1", postings=[posting]))
    english.force_login(seeker_user)
    caution = "Facts that an advert has to state are missing. Ask for them before you apply."
    assert caution in words(english.get("/me/"))
    assert f"What it means for you {caution}" in words(english.get("/vacancies/V-1/"))
    english.force_login(inspector)
    assert "Fact 缺少：薪酬、人数" in words(english.get(f"/postings/{posting.posting_id}/"))
    assert "I5 I5 缺少：薪酬、人数" in words(english.get("/postings/", {"verdict": "warn"}))


def test_queries_do_not_grow_with_the_decisions_and_findings(judge, run, inspector):
    from talentcity.office.records.domain.decisions import decide

    posting = held(run).postings.get()
    counted = []
    for rows in (1, 3):
        while posting.decisions.count() < rows:
            decide(posting, screening=run.screening, decision="hold", reason="确认", by=inspector)
            make_finding(run, posting, start=0, end=2)
        with CaptureQueriesContext(connection) as captured:
            page = judge.get(f"/postings/{posting.posting_id}/")
        assert len(page.context["decisions"]) == rows
        counted.append(len(captured))
    assert counted[0] == counted[1]
