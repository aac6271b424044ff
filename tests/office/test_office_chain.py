"""The chain of engines in a process of its own: it answers once, and its end is never silent."""

import multiprocessing
import os
import signal
from datetime import date

import pytest
from django.db.models import Count, F, Sum

from talentcity.office.planning.chain import ChainBroke, ChainFailed, Order, run_apart
from talentcity.office.planning.domain.answers import answer
from talentcity.office.planning.domain.proved import members_of, worth_most
from talentcity.office.planning.domain.queries import published_run, recommendations_of
from talentcity.office.planning.domain.runs import carry_out
from talentcity.office.planning.domain.seen import record_seen
from talentcity.office.planning.models import PlanRun, Recommendation, RunStatus
from talentcity.office.records.domain.imports import import_table
from talentcity.office.records.kinds import KINDS
from talentcity.office.records.models import Posting, Seeker, Vacancy
from talentcity.tables import write_table

ON = date(2026, 9, 1)


def test_input_that_an_engine_refuses_is_said_in_its_words(tmp_path):
    with pytest.raises(ChainFailed) as failure:
        run_apart(Order(folder=tmp_path, on=ON, per_person=3))
    assert str(failure.value) == f"{tmp_path / 'seekers.parquet'}: there is no such file."
    assert list(tmp_path.iterdir()) == []


def test_defect_of_an_engine_is_called_one(tmp_path, capfd):
    with pytest.raises(ChainBroke) as failure:
        run_apart(Order(folder=None, on=ON, per_person=3))
    assert str(failure.value).startswith("A defect of TalentCity, TypeError: ")
    assert "Traceback" in capfd.readouterr().err


def test_engines_that_are_killed_fail_the_run_and_leave_no_process(tmp_path):
    from talentcity.sample import make_city

    city = make_city(50, seed=1, on=ON)
    for name in ("seekers", "postings", "vacancies"):
        write_table(getattr(city, name), tmp_path / f"{name}.parquet")
    owed = city.seekers.select(person_id="seeker_id", owed=3)
    write_table(owed, tmp_path / "owed.parquet")

    def kill(*_said):
        for process in multiprocessing.active_children():
            os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(ChainFailed) as failure:
        run_apart(Order(folder=tmp_path, on=ON, per_person=3), kill)
    assert str(failure.value) == (
        "The process of the engines was ended by SIGKILL; the system may have run out of memory."
    )
    assert multiprocessing.active_children() == []


@pytest.fixture
def sample_city(db, today_is):
    from talentcity.sample import make_city

    today_is(ON)
    city = make_city(300, seed=1, on=ON)
    for kind in KINDS:
        import_table(kind, getattr(city, kind), file=f"{kind}.parquet")
    return city


def test_sample_city_through_the_real_chain_twice(sample_city, django_user_model):
    run = carry_out(PlanRun.objects.create(on=ON))
    assert (run.failure, run.status, published_run()) == ("", RunStatus.PUBLISHED, run)
    report = run.report

    # nobody is sent to an opportunity all of whose postings are held, nor beyond its capacity
    held = run.screening.verdicts.filter(verdict="hold")
    assert held.count() == report["verdicts"]["hold"] > 0
    assert run.screening.verdicts.count() == Posting.objects.count()
    open_somewhere = Posting.objects.exclude(verdicts__in=held)
    assert not run.recommendations.exclude(vacancy__postings__in=open_somewhere).exists()
    taken = Vacancy.objects.filter(recommendations__run=run).annotate(taken=Count("recommendations"))
    assert not taken.filter(taken__gt=(F("headcount") - F("hired")) * 10).exists()

    # everybody has three recommendations or stands among the short ones with what is missing
    given = dict(
        Seeker.objects.filter(recommendations__run=run).annotate(n=Count("recommendations")).values_list("pk", "n")
    )
    missing = dict(run.shorts.values_list("seeker", "missing"))
    assert {person: 3 - given.get(person, 0) for person in Seeker.objects.values_list("pk", flat=True)} == {
        person: missing.get(person, 0) for person in Seeker.objects.values_list("pk", flat=True)
    }
    assert (report["missing"], report["missing_is_minimum"]) == (sum(missing.values()), True)
    assert report["persons"] - len(missing) == report["persons_full"]

    # what is proved adds up: the shortages and those short alone miss all that is missing
    assert (report["status"] in ("optimal", "within_gap"), report["fairest"], report["changes"]) == (True, True, None)
    shared = sum(run.shortages.values_list("missing", flat=True))
    assert shared + sum(run.shorts.filter(shortage=None).values_list("missing", flat=True)) == report["missing"]
    assert sum(run.sums.filter(shortage=None).values_list("missing", flat=True)) == report["missing"]
    for shortage in run.shortages.all():
        assert members_of(shortage, Seeker.objects).count() == shortage.persons
        assert sum(shortage.prices.values_list("capacity", flat=True)) == shortage.places
        assert shortage.sums.aggregate(n=Sum("missing"))["n"] == shortage.missing

    # findings name passages of the field as it was published
    for finding in run.screening.findings.select_related("posting"):
        assert 0 <= finding.start <= finding.end <= len(getattr(finding.posting, finding.field))

    # who has seen three is owed nothing by the next plan; who declined one never sees it again
    served, declining = Seeker.objects.filter(recommendations__run=run, recommendations__rank=3).order_by("pk")[:2]
    record_seen(served, by=django_user_model.objects.create_user("a", role="seeker", seeker=served), on=ON)
    account = django_user_model.objects.create_user("b", role="seeker", seeker=declining)
    refused = recommendations_of(declining)[0]
    answer(refused.recommendation, answer="not_for_me", by=account, on=ON)
    second = carry_out(PlanRun.objects.create(on=ON))
    assert (second.failure, published_run()) == ("", second)
    offers = run.recommendations.filter(seen=None).count()
    changes = second.report["changes"]
    assert (changes["kept"] + changes["dropped"], changes["kept"] > 0.9 * offers) == (offers, True)
    assert second.recommendations.filter(seeker=served).count() == 0
    anew = second.recommendations.filter(seeker=declining)
    assert anew.count() + (second.shorts.filter(seeker=declining).aggregate(n=Sum("missing"))["n"] or 0) == 2
    assert not anew.filter(vacancy=refused.vacancy).exists()
    assert [one.current for one in recommendations_of(served)] == [False, False, False]


def test_lists_are_lengthened_until_a_shortage_is_one_of_places(tmp_path, monkeypatch):
    """Lists cut to one vacancy each leave people short who need not be; the chain finds that out and looks further."""
    from talentcity.office.planning import chain
    from talentcity.sample import make_city

    city = make_city(60, seed=1, on=ON)
    for name in ("seekers", "postings", "vacancies"):
        write_table(getattr(city, name), tmp_path / f"{name}.parquet")
    write_table(city.seekers.select(person_id="seeker_id", owed=3), tmp_path / "owed.parquet")
    order = Order(folder=tmp_path, on=ON, per_person=3)

    def outcome(top: int, further: int, most_pairs: int) -> tuple[int, bool]:
        for name, value in (("TOP", top), ("FURTHER", further), ("MOST_PAIRS", most_pairs)):
            monkeypatch.setattr(chain, name, value)
        found = chain.run(order, lambda *_said: None)
        return found["missing"], found["every_pair_considered"]

    every_pair = outcome(10_000, 1, 1_000_000)
    assert every_pair[1] is True
    assert outcome(1, 1, 1_000_000) == every_pair
    assert outcome(2, 5, 1_000_000) == every_pair
    cut_short = outcome(1, 1, 0)
    assert cut_short[1] is False
    assert cut_short[0] > every_pair[0]


def test_people_who_share_too_few_places_are_proved_to_and_the_places_are_priced(sample_city):
    """The same city with a tenth of its places: nearly everybody shares one shortage."""
    Vacancy.objects.update(headcount=1, hired=0)
    run = carry_out(PlanRun.objects.create(on=ON, options={"gap": 0.0, "time_limit": 60}))
    assert run.failure == ""
    assert (run.report["options"]["gap"], run.report["options"]["time_limit"]) == (0.0, 60)
    shortage = run.shortages.get(number=1)
    assert shortage.missing == shortage.owed - shortage.places - shortage.elsewhere > 0
    assert members_of(shortage, Seeker.objects).count() == shortage.persons
    assert shortage.shorts.count() == shortage.persons_short
    prices = shortage.prices.all()
    assert (prices.count(), {one.recommendations for one in prices}) == (shortage.vacancies, {1})
    held = Recommendation.objects.filter(run=run, vacancy__prices__in=prices)
    assert held.count() == shortage.places == sum(one.capacity for one in prices)
    assert [one.price.recommendations for one in worth_most(run)] == [1] * min(10, run.prices.count())


def test_people_who_may_not_work_yet_are_told_so(tmp_path):
    import polars as pl

    from talentcity.office.planning import chain
    from talentcity.sample import make_city

    city = make_city(60, seed=1, on=ON)
    later = city.seekers.with_columns(may_work_from=pl.lit(date(2027, 7, 1)))
    write_table(later, tmp_path / "seekers.parquet")
    for name in ("postings", "vacancies"):
        write_table(getattr(city, name), tmp_path / f"{name}.parquet")
    write_table(city.seekers.select(person_id="seeker_id", owed=3), tmp_path / "owed.parquet")
    chain.run(Order(folder=tmp_path, on=ON, per_person=3), lambda *_said: None)
    assert pl.read_parquet(tmp_path / "short.parquet")["why"].unique().to_list() == ["not_yet"]
