"""A plan run: what the engines are given, and how its rows become visible all at once or not at all."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from factories import (
    make_delivery,
    make_posting,
    make_recommendation,
    make_run,
    make_seeker,
    make_short,
    make_shortage,
    make_vacancy,
    make_verdict,
)

from talentcity.office.planning.chain import ChainBroke, ChainFailed
from talentcity.office.planning.domain import runs
from talentcity.office.planning.domain.answers import answer
from talentcity.office.planning.domain.exports import export
from talentcity.office.planning.domain.queries import published_run, recommendations_of
from talentcity.office.planning.domain.runs import carry_out, request_run
from talentcity.office.planning.domain.seen import record_seen
from talentcity.office.planning.models import PlanRun, RunStatus
from talentcity.office.records.models import Finding, Screening, Verdict
from talentcity.tables import FINDINGS, OWED, POSTINGS, SEEKERS, VACANCIES, VERDICT_TABLE, read_table, write_table

pytestmark = pytest.mark.django_db
TODAY = date(2026, 9, 15)
OUTCOME = {"persons": 1, "persons_full": 0, "missing": 2, "steps": {"screen": 0.1, "match": 0.2, "plan": 0.3}}


def frame(rows, **columns):
    return pl.DataFrame(rows, schema=columns, orient="row")


def written_by(*, plan, short=(), verdicts=(), findings=(), shortages=(), sums=(), prices=()):
    """Stands in for the engines: writes this outcome into the folder, as the real chain does."""

    def run_apart(order, tell):
        tell("plan", 1, 1)
        text, whole = pl.String, pl.Int64
        names = {"person_id": text, "opportunity_id": text, "rank": whole, "score": pl.Float64}
        shorts = {
            "person_id": text, "owed": whole, "given": whole, "missing": whole, "unavoidable": pl.Boolean, "why": text,
            "detail": text, "shortage": whole,
        }  # fmt: skip
        counted = ("persons", "persons_short", "vacancies", "owed", "places", "elsewhere", "missing")
        summed = (
            "persons", "persons_short", "alone", "owed", "missing", "vacancies", "places", "full_places", "shortage",
            "most_in",
        )  # fmt: skip
        hits = frame([(*row, "1") for row in findings], **{
            "posting_id": text, "rule_id": text, "tier": text, "start": whole, "end": whole, "fact": text,
            "legal_basis": text, "field": text, "version": text,
        })  # fmt: skip
        tables = {
            "plan": frame(plan, **names, reasons=pl.List(text)),
            "short": frame(short, **shorts),
            "verdicts": frame(
                verdicts,
                **{name: VERDICT_TABLE.column(name).dtype for name in VERDICT_TABLE.names},
                decision_id=pl.Int64,
            ),
            "shortages": frame(shortages, shortage=whole, **dict.fromkeys(counted, whole)),
            "sums": frame(sums, district=text, occupation=text, **dict.fromkeys(summed, whole)),
            "prices": frame(
                prices,
                opportunity_id=text,
                shortage=whole,
                capacity=whole,
                recommendations=whole,
                missing=whole,
                worth=pl.Float64,
                worth_low=pl.Float64,
                worth_high=pl.Float64,
            ),
            "findings": hits,
            "let_pass": FINDINGS.empty().with_columns(pl.lit("negated").alias("guard")),
        }
        for name, table in tables.items():
            write_table(table, order.folder / f"{name}.parquet")
        return OUTCOME

    return run_apart


@pytest.fixture
def city(seeker):
    """One person, one vacancy with one posting, and a published run that recommends it."""
    vacancy = make_vacancy("V1", postings=[make_posting("P1")])
    old = make_run()
    make_recommendation(old, seeker, vacancy)
    make_verdict(old, vacancy.postings.get())
    make_vacancy("V2", postings=[make_posting("P2")])
    return old


def requested(**facts):
    return PlanRun.objects.create(on=TODAY, **facts)


NEW_PLAN = {
    "plan": [("S-HERE", "V2", 1, 0.7, ["+occupation same"])],
    "short": [("S-HERE", 3, 1, 2, True, "no_places", None, 1)],
    "shortages": [(1, 312, 150, 9, 450, 95, 138, 217)],
    "sums": [
        ("江北区", "software", 1, 1, 0, 3, 2, 1, 10, 10, None, 1),
        ("江北区", "software", 1, 1, 0, 3, 2, 1, 10, 10, 1, None),
    ],
    "prices": [("V2", 1, 10, 1, 2, 0.7, 0.6, 0.8)],
    "verdicts": [("P1", "hold", "T1", ["F1"], None), ("P2", "cleared", None, [], None)],
    "findings": [("P1", "F1", "T1", 2, 6, "押金", "第九条", "text")],
}


def test_run_is_published_with_everything_that_the_engines_said(city, seeker, monkeypatch):
    monkeypatch.setattr(runs, "run_apart", written_by(**NEW_PLAN))
    run = carry_out(requested())
    assert (run.status, published_run(), run.attempts) == (RunStatus.PUBLISHED, run, 1)
    assert list(run.recommendations.values_list("seeker__seeker_id", "vacancy__vacancy_id", "rank", "score")) == [
        ("S-HERE", "V2", 1, 0.7)
    ]
    assert list(run.shorts.values_list("owed", "given", "missing", "unavoidable", "why", "detail")) == [
        (3, 1, 2, True, "no_places", "")
    ]
    (shortage,) = run.shortages.all()
    assert (shortage.number, shortage.persons, shortage.places, shortage.missing) == (1, 312, 95, 217)
    assert run.shorts.get().shortage == shortage
    assert list(run.sums.order_by("pk").values_list("district", "missing", "shortage", "most_in")) == [
        ("江北区", 2, None, shortage.pk), ("江北区", 2, shortage.pk, None),
    ]  # fmt: skip
    assert list(
        run.prices.values_list("vacancy__vacancy_id", "shortage", "capacity", "recommendations", "worth_high")
    ) == [("V2", shortage.pk, 10, 1, 0.8)]
    assert list(run.screening.verdicts.order_by("pk").values_list("posting__posting_id", "verdict", "tier")) == [
        ("P1", "hold", "T1"),
        ("P2", "cleared", None),
    ]
    assert list(run.screening.findings.values_list("rule_id", "start", "end", "field", "guard")) == [
        ("F1", 2, 6, "text", "")
    ]
    assert (run.report["missing"], set(run.report["steps"])) == (2, {"export", "screen", "match", "plan", "load"})


def test_nothing_of_a_run_is_seen_until_one_update_publishes_it(city, seeker, monkeypatch):
    monkeypatch.setattr(runs, "run_apart", written_by(**NEW_PLAN))
    shown = []

    def look(step, done, total):
        shown.append((published_run(), [one.vacancy.vacancy_id for one in recommendations_of(seeker)]))

    with CaptureQueriesContext(connection) as queries:
        run = carry_out(requested(), look)
    assert {(at, *ids) for at, ids in shown} == {(city, "V1")}
    assert [one.vacancy.vacancy_id for one in recommendations_of(seeker)] == ["V2"]
    writes = [sql for sql in (query["sql"] for query in queries) if sql.startswith(("UPDATE", "INSERT", "DELETE"))]
    publishing = [sql for sql in writes if sql.startswith("UPDATE") and '"published_at" = ' in sql.split("WHERE")[0]]
    assert publishing == [writes[-1]]
    assert published_run() == run


def test_failed_run_says_why_and_leaves_the_old_one_published(city, seeker, monkeypatch, settings):
    def run_apart(order, tell):
        raise ChainFailed("The process of the engines was ended by SIGKILL.")

    monkeypatch.setattr(runs, "run_apart", run_apart)
    run = carry_out(requested())
    assert (run.status, run.failure) == (RunStatus.FAILED, "The process of the engines was ended by SIGKILL.")
    assert published_run() == city
    assert list((settings.TALENTCITY_HOME / "runs").iterdir()) == []


def test_defect_of_an_engine_is_written_down_and_raised(city, monkeypatch):
    def run_apart(order, tell):
        raise ChainBroke("A defect of TalentCity, TypeError: so")

    monkeypatch.setattr(runs, "run_apart", run_apart)
    run = requested()
    with pytest.raises(ChainBroke):
        carry_out(run)
    run.refresh_from_db()
    assert (run.status, run.failure) == (RunStatus.FAILED, "A defect of TalentCity, TypeError: so")
    assert published_run() == city


def test_run_that_breaks_while_it_is_loaded_leaves_nothing_behind(city, monkeypatch):
    broken = NEW_PLAN | {"plan": [("S-HERE", "V-UNKNOWN", 1, 0.7, [])]}
    monkeypatch.setattr(runs, "run_apart", written_by(**broken))
    run = requested()
    with pytest.raises(KeyError):
        carry_out(run)
    run.refresh_from_db()
    assert (run.status, run.failure) == (RunStatus.FAILED, "A defect of TalentCity, KeyError: 'V-UNKNOWN'")
    assert (run.recommendations.count(), run.shorts.count(), run.screening) == (0, 0, None)
    assert (published_run(), Screening.objects.get(), Verdict.objects.count()) == (city, city.screening, 1)


def test_run_whose_worker_was_killed_starts_afresh(city, seeker, seeker_elsewhere, monkeypatch):
    left = make_run(published=False, attempts=2)
    make_recommendation(left, seeker_elsewhere)
    make_short(left, seeker, shortage=make_shortage(left))
    make_verdict(left, make_posting())
    monkeypatch.setattr(runs, "run_apart", written_by(**NEW_PLAN))
    run = carry_out(left)
    assert (run.pk, run.status, run.attempts) == (left.pk, RunStatus.PUBLISHED, 3)
    assert list(run.recommendations.values_list("seeker", flat=True)) == [seeker.pk]
    assert (run.shorts.count(), run.shortages.count(), run.sums.count(), run.prices.count()) == (1, 1, 2, 1)
    assert (Screening.objects.count(), Finding.objects.count()) == (2, 1)


def test_run_whose_worker_was_killed_three_times_is_given_up(city):
    run = carry_out(requested(attempts=3))
    assert run.status == RunStatus.FAILED
    assert run.failure == "Its worker was ended 3 times while it ran; the system may have run out of memory."


@pytest.mark.parametrize("ended", ["published_at", "failed_at"])
def test_run_that_came_to_its_end_is_not_carried_out_again(city, ended, monkeypatch):
    monkeypatch.setattr(runs, "run_apart", None)
    run = make_run() if ended == "published_at" else requested(failed_at=city.published_at, failure="so")
    assert carry_out(run).attempts == 0


def test_whoever_asks_while_a_run_waits_gets_that_one(planner):
    run = request_run(planner)
    assert (run.status, run.on, run.requested_by) == (RunStatus.REQUESTED, TODAY, planner)
    assert request_run(planner) == run
    assert [row.func() for row in OrmQ.objects.all()] == ["talentcity.office.planning.tasks.carry_out_run"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite in memory does not let writers wait")
@pytest.mark.django_db(transaction=True)
def test_planners_who_ask_at_the_same_moment_get_one_run():
    together = threading.Barrier(4)

    def ask(_number):
        try:
            together.wait(30)
            return request_run(None).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as planners:
        assert len(set(planners.map(ask, range(4)))) == 1
    assert (PlanRun.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_run_keeps_how_its_plan_is_to_be_found(planner, monkeypatch, settings):
    settings.PLAN_THREADS = 3
    orders = []

    def run_apart(order, tell):
        orders.append(order)
        return written_by(plan=[])(order, tell)

    monkeypatch.setattr(runs, "run_apart", run_apart)
    carry_out(request_run(planner, gap=0.001, time_limit=90.0))
    carry_out(requested())
    assert [(order.gap, order.time_limit, order.threads) for order in orders] == [(0.001, 90.0, 3), (None, None, 3)]


def test_run_whose_task_is_lost_is_given_up_for_a_new_one(planner):
    lost = request_run(planner)
    OrmQ.objects.all().delete()
    new = request_run(planner)
    lost.refresh_from_db()
    assert (lost.failure, new.status, OrmQ.objects.count()) == (
        "Its task was lost from the queue.", RunStatus.REQUESTED, 1,
    )  # fmt: skip


def test_engines_are_given_tables_that_fit_their_schemas(seeker, seeker_elsewhere, tmp_path):
    first, second = make_posting("P1", wage_min=4000, wage_max=6000), make_posting("P2", headcount=None)
    make_vacancy("V1", postings=[second, first], headcount=5, hired=2)
    assert export(requested(), tmp_path) == 2
    seekers = read_table(tmp_path / "seekers.parquet", SEEKERS)
    assert seekers.select("seeker_id", "education", "wanted_occupations", "excluded").rows() == [
        ("S-HERE", "bachelor", ["software"], []), ("S-THERE", "bachelor", ["software"], []),
    ]  # fmt: skip
    assert read_table(tmp_path / "postings.parquet", POSTINGS)["posting_id"].to_list() == ["P1", "P2"]
    (vacancy,) = read_table(tmp_path / "vacancies.parquet", VACANCIES).iter_rows()
    assert (vacancy[0], set(vacancy[1]), vacancy[2:]) == ("V1", {"P1", "P2"}, (5, 2))
    owed = read_table(tmp_path / "owed.parquet", OWED).select("person_id", "owed")
    assert owed.rows() == [("S-HERE", 3), ("S-THERE", 3)]


def test_empty_office_gives_empty_tables(tmp_path):
    assert export(requested(), tmp_path) == 0
    assert read_table(tmp_path / "vacancies.parquet", VACANCIES).height == 0


def test_what_was_delivered_or_declined_is_excluded_and_no_longer_owed(seeker, seeker_user, tmp_path):
    run = make_run()
    vacancies = [make_vacancy(f"V{number}") for number in range(4)]
    rows = [make_recommendation(run, seeker, vacancy, rank=rank) for rank, vacancy in enumerate(vacancies[:2], 1)]
    record_seen(seeker, by=seeker_user, on=TODAY)
    answer(rows[1], answer="not_for_me", by=seeker_user, on=TODAY)
    make_recommendation(make_run(published=False), seeker, vacancies[3])
    seeker.excluded = ["V9", "V0"]
    seeker.save()
    export(requested(), tmp_path)
    (excluded,) = read_table(tmp_path / "seekers.parquet", SEEKERS)["excluded"].to_list()
    assert (excluded[:2], sorted(excluded)) == (["V9", "V0"], ["V0", "V1", "V9"])
    assert read_table(tmp_path / "owed.parquet", OWED).select("person_id", "owed").rows() == [("S-HERE", 1)]


def test_offers_that_nobody_has_delivered_yet_are_seen_and_kept_if_they_can_be(seeker, seeker_user, tmp_path):
    run = make_run()
    make_recommendation(run, seeker, make_vacancy("V1"))
    record_seen(seeker, by=seeker_user, on=TODAY)
    make_recommendation(run, seeker, make_vacancy("V2"), rank=2)
    make_recommendation(make_run(published=False), seeker, make_vacancy("V3"))
    export(requested(), tmp_path)
    assert pl.read_parquet(tmp_path / "seen.parquet").rows() == [("S-HERE", "V2")]


@pytest.mark.parametrize(("had", "owed"), [(0, 3), (2, 1), (3, 0), (4, 0)])
def test_what_is_owed_is_never_less_than_nothing(seeker, tmp_path, had, owed):
    for _ in range(had):
        make_delivery(seeker, "recommendation", "2026-09-10")
    taken_back = make_delivery(seeker, "recommendation", "2026-09-10")
    make_delivery(seeker, "recommendation", "2026-09-11", corrects=taken_back)
    make_delivery(seeker, "recommendation", "2026-09-16")
    make_delivery(seeker, "briefing", "2026-09-10")
    export(requested(), tmp_path)
    assert read_table(tmp_path / "owed.parquet", OWED).select("person_id", "owed").rows() == [("S-HERE", owed)]


@pytest.mark.parametrize("people", [1, 3])
def test_export_takes_the_same_number_of_queries_for_any_number_of_people(people, tmp_path, django_assert_num_queries):
    run = requested()
    for _ in range(people):
        seeker = make_seeker()
        make_delivery(seeker, "recommendation", "2026-09-02")
        make_recommendation(run, seeker)
    with django_assert_num_queries(10):
        assert export(run, tmp_path) == people
