"""What the published plan says; what is not published is not seen."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from factories import (
    HERE,
    THERE,
    make_employer,
    make_finding,
    make_posting,
    make_recommendation,
    make_run,
    make_seeker,
    make_short,
    make_vacancy,
    make_verdict,
)  # fmt: skip

from talentcity.office.planning.domain.answers import answer
from talentcity.office.planning.domain.queries import (
    HeldByRule,
    ShortGroup,
    held_by_rule,
    judged_postings,
    latest_run,
    opportunity_of,
    published_run,
    recommendations_of,
    short_of,
)  # fmt: skip
from talentcity.office.planning.domain.seen import record_seen
from talentcity.office.planning.models import RunStatus
from talentcity.tables.reasons import Reason

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 15)


def test_status_of_a_run_follows_from_what_happened():
    run = make_run(published=False)
    assert run.status == RunStatus.REQUESTED
    run.started_at = timezone.now()
    assert run.status == RunStatus.RUNNING
    run.failed_at = timezone.now()
    assert run.status == RunStatus.FAILED
    assert make_run().status == RunStatus.PUBLISHED


def test_published_run_is_the_one_published_last_and_the_latest_the_one_asked_for_last():
    assert published_run() is None
    old, new = make_run(), make_run()
    old.published_at = timezone.now() + timedelta(hours=1)
    old.save()
    waiting = make_run(published=False)
    assert (published_run(), latest_run()) == (old, waiting)
    assert new.status == RunStatus.PUBLISHED


def test_recommendations_of_an_unpublished_run_are_not_seen(seeker):
    make_recommendation(make_run(published=False), seeker)
    assert recommendations_of(seeker) == ()


def test_recommendations_come_by_rank_with_reasons_verdict_and_the_safest_posting(seeker):
    run = make_run()
    held, cleared = make_posting("P1"), make_posting("P2")
    make_verdict(run, held, "hold", tier="T1", reasons=["F1"])
    verdict = make_verdict(run, cleared, "cleared")
    vacancy = make_vacancy(postings=[held, cleared])
    second = make_recommendation(run, seeker, rank=2)
    first = make_recommendation(run, seeker, vacancy, rank=1, reasons=["+occupation same", "-wage unknown"])
    one, two = recommendations_of(seeker)
    assert (one.recommendation, one.vacancy, one.posting, one.verdict) == (first, vacancy, cleared, verdict)
    assert one.reasons == (Reason("occupation", "met", "same"), Reason("wage", "unmet", "unknown"))
    assert (one.answer, one.seen, one.current) == (None, False, True)
    assert two.recommendation == second


def test_those_of_others_are_not_shown(seeker, seeker_elsewhere):
    make_recommendation(make_run(), seeker_elsewhere)
    assert recommendations_of(seeker) == ()


def test_delivered_ones_of_an_earlier_run_stay_unless_declined_held_or_recommended_again(seeker, seeker_user):
    old = make_run()
    vacancies = [make_vacancy(f"V{number}") for number in range(5)]
    rows = [make_recommendation(old, seeker, vacancy, rank=rank) for rank, vacancy in enumerate(vacancies, 1)]
    kept, declined, held, again, last = rows
    record_seen(seeker, by=seeker_user, on=TODAY)
    answer(declined, answer="not_for_me", by=seeker_user, on=TODAY)
    new = make_run()
    make_verdict(new, vacancies[2].postings.get(), "hold")
    unseen = make_recommendation(old, seeker, make_vacancy("V9"), rank=6)
    current = make_recommendation(new, seeker, again.vacancy)
    shown = recommendations_of(seeker)
    assert [(one.recommendation, one.current) for one in shown] == [
        (current, True), (kept, False), (last, False),
    ]  # fmt: skip
    assert {declined, held, unseen}.isdisjoint(one.recommendation for one in shown)


@pytest.mark.parametrize("rows", [1, 3])
def test_recommendations_take_the_same_number_of_queries_for_any_number_of_rows(
    seeker, rows, django_assert_num_queries
):
    run = make_run()
    for rank in range(1, rows + 1):
        vacancy = make_vacancy(postings=[make_posting(), make_posting()])
        for posting in vacancy.postings.all():
            make_finding(run, posting, guard="negated")
        make_recommendation(run, seeker, vacancy, rank=rank)
    with django_assert_num_queries(7):  # run, rows, postings, verdicts, findings, decisions, answers
        assert len(recommendations_of(seeker)) == rows


def test_seen_is_written_to_the_ledger_once(seeker, seeker_user):
    run = make_run()
    for rank in (1, 2, 3):
        make_recommendation(run, seeker, make_vacancy(f"V{rank}"), rank=rank)
    record_seen(seeker, by=seeker_user, on=TODAY)
    assert record_seen(seeker, by=seeker_user, on=TODAY) == ()
    assert list(seeker.deliveries.values_list("service", "on", "evidence", "by")) == [
        ("recommendation", TODAY, f"run {run.pk}, vacancy V{rank}", seeker_user.pk) for rank in (1, 2, 3)
    ]
    assert [one.seen for one in recommendations_of(seeker)] == [True, True, True]


def test_vacancy_that_reached_its_person_while_the_next_plan_was_made_is_delivered_once(seeker, seeker_user):
    old, vacancy, other = make_run(), make_vacancy(), make_vacancy()
    make_recommendation(old, seeker, vacancy)
    record_seen(seeker, by=seeker_user, on=TODAY)
    new = make_run()
    again = make_recommendation(new, seeker, vacancy)
    make_recommendation(new, seeker, other, rank=2)
    (delivered,) = record_seen(seeker, by=seeker_user, on=TODAY)
    assert delivered.evidence == f"run {new.pk}, vacancy {other.vacancy_id}"
    answer(again, answer="interested", by=seeker_user, on=TODAY)
    assert seeker.deliveries.count() == 2


def test_vacancy_that_was_declined_while_the_next_plan_was_made_is_not_shown(seeker, seeker_user):
    vacancy = make_vacancy()
    answer(make_recommendation(make_run(), seeker, vacancy), answer="not_for_me", by=seeker_user, on=TODAY)
    new = make_run()
    again, other = make_recommendation(new, seeker, vacancy), make_recommendation(new, seeker, rank=2)
    assert [one.recommendation for one in recommendations_of(seeker)] == [other]
    answer(again, answer="interested", by=seeker_user, on=TODAY)
    assert [one.recommendation for one in recommendations_of(seeker)] == [again, other]


def test_nobody_else_looking_delivers_anything(seeker, counsellor, seeker_elsewhere_user):
    from talentcity.office.promises.domain.delivery import DeliveryRefused

    make_recommendation(make_run(), seeker)
    for somebody in (counsellor, seeker_elsewhere_user, None):
        with pytest.raises(DeliveryRefused):
            record_seen(seeker, by=somebody, on=TODAY)
    assert seeker.deliveries.count() == 0


def test_answer_delivers_once_and_the_latest_counts(seeker, seeker_user):
    row = make_recommendation(make_run(), seeker)
    answer(row, answer="not_for_me", by=seeker_user, on=TODAY)
    answer(row, answer="interested", by=seeker_user, on=TODAY)
    (one,) = recommendations_of(seeker)
    assert (one.answer.answer, row.answers.count(), seeker.deliveries.count()) == ("interested", 2, 1)


@pytest.mark.parametrize("case", ["unknown answer", "somebody else", "not published"])
def test_answer_is_refused_and_nothing_is_written(seeker, seeker_user, counsellor, case):
    from talentcity.office.planning.domain.answers import AnswerRefused

    row = make_recommendation(make_run(published=case != "not published"), seeker)
    by = counsellor if case == "somebody else" else seeker_user
    with pytest.raises(AnswerRefused):
        answer(row, answer="maybe" if case == "unknown answer" else "interested", by=by, on=TODAY)
    assert (row.answers.count(), seeker.deliveries.count()) == (0, 0)


def test_held_by_rule_counts_held_postings_not_hits_and_not_what_was_let_pass():
    rules = [{"rule_id": "F1", "title_zh": "收取押金", "title_en": "Deposit", "legal_basis": "第九条"}]
    old, run = make_run(), make_run(report={"rules": rules})
    twice, both, warned, let_pass = (make_posting(f"P{number}") for number in range(4))
    for posting, verdict in ((twice, "hold"), (both, "hold"), (warned, "warn"), (let_pass, "cleared")):
        make_verdict(run, posting, verdict)
    make_finding(run, twice, start=0, end=4)
    make_finding(run, twice, start=8, end=12)
    make_finding(run, both, rule_id="F1")
    make_finding(run, both, rule_id="W1", tier="T2")
    make_finding(run, both, rule_id="D3", tier="T3")
    make_finding(run, warned, rule_id="D1")
    make_finding(run, let_pass, guard="negated")
    make_verdict(old, warned, "hold")
    make_finding(old, warned)
    assert held_by_rule() == (
        HeldByRule("F1", "T1", 2, "收取押金", "Deposit", "第九条"),
        HeldByRule("W1", "T2", 1, "W1", "W1", ""),
    )
    assert [verdict.posting for verdict in judged_postings()] == [twice, both]
    assert [verdict.posting for verdict in judged_postings(rule_id="W1")] == [both]
    assert [len(verdict.posting.hits) for verdict in judged_postings(rule_id="F1")] == [2, 3]


def test_nothing_is_held_before_a_run_is_published():
    run = make_run(published=False)
    posting = make_posting()
    make_verdict(run, posting, "hold")
    make_finding(run, posting)
    assert (held_by_rule(), list(judged_postings())) == ((), [])


@pytest.mark.parametrize("rows", [1, 3])
def test_held_postings_take_the_same_number_of_queries_for_any_number_of_rows(rows, django_assert_num_queries):
    run = make_run()
    for _ in range(rows):
        posting = make_posting(employer=make_employer())
        make_verdict(run, posting, "hold")
        make_finding(run, posting)
    with django_assert_num_queries(4):  # run, verdicts with postings, hits, decisions
        held = [(verdict.posting.employer, verdict.posting.hits, list(verdict.posting.decisions.all()))
                for verdict in judged_postings(rule_id="F1")]  # fmt: skip
    assert len(held) == rows


def test_short_people_are_counted_by_district_first_wish_and_why(django_assert_num_queries):
    run, other = make_run(), make_run()
    facts = [(HERE, ["nursing"], 0, "no_pair"), (HERE, ["software"], 2, "no_places"), (THERE, [], 1, "no_places")]
    people = [make_seeker(district=district, wanted_occupations=wishes) for district, wishes, _, _ in facts]
    for person, (_, _, given, why) in zip(people, facts, strict=True):
        make_short(run, person, given=given, why=why)
    make_short(other, people[0])
    with django_assert_num_queries(1):
        shortfall = short_of(run)
    assert (shortfall.persons, shortfall.missing) == (3, 6)
    assert shortfall.by_district == (ShortGroup(HERE, 2, 4), ShortGroup(THERE, 1, 2))
    assert shortfall.by_family == (
        ShortGroup("nursing", 1, 3), ShortGroup("", 1, 2), ShortGroup("software", 1, 1),
    )  # fmt: skip
    assert shortfall.by_why == (ShortGroup("no_pair", 1, 3), ShortGroup("no_places", 2, 3))
    assert [short.seeker for short in shortfall.rows] == [people[0], people[2], people[1]]


def test_opportunity_shows_every_posting_with_its_findings():
    run = make_run()
    held, cleared = make_posting("P1"), make_posting("P2")
    make_verdict(run, held, "hold")
    make_verdict(run, cleared, "cleared")
    hit, passed = make_finding(run, held), make_finding(run, cleared, guard="negated")
    vacancy = make_vacancy(postings=[held, cleared])
    for number in range(2):
        make_recommendation(run, make_seeker(f"S{number}"), vacancy)
    found = opportunity_of(vacancy)
    assert [(one.posting, one.findings, one.let_pass, one.held) for one in found.postings] == [
        (held, (hit,), (), True), (cleared, (), (passed,), False),
    ]  # fmt: skip
    assert (found.shown.posting, found.held, found.recommended) == (cleared, False, 2)


def test_opportunity_without_a_published_run_has_no_verdict_and_no_count():
    found = opportunity_of(make_vacancy())
    assert (found.shown.verdict, found.held, found.recommended) == (None, False, None)


@pytest.mark.parametrize("postings", [1, 3])
def test_opportunity_takes_the_same_number_of_queries_for_any_number_of_postings(postings, django_assert_num_queries):
    run = make_run()
    vacancy = make_vacancy(postings=[make_posting() for _ in range(postings)])
    for posting in vacancy.postings.all():
        make_verdict(run, posting)
    with django_assert_num_queries(7):  # run, vacancy, postings, verdicts, findings, decisions, count
        assert len(opportunity_of(vacancy).postings) == postings


def test_answers_and_seen_rows_cannot_be_changed(seeker, seeker_user):
    from talentcity.office.append_only import LedgerIsAppendOnly
    from talentcity.office.planning.models import Answer, Seen

    given = answer(make_recommendation(make_run(), seeker), answer="interested", by=seeker_user, on=TODAY)
    for attempt in (given.save, given.delete, Answer.objects.all().delete, Seen.objects.all().delete):
        with pytest.raises(LedgerIsAppendOnly):
            attempt()
    assert (Answer.objects.get().answer, Seen.objects.count()) == ("interested", 1)
