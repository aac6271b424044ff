"""Ask for a plan run, and carry one out: export, engines in a process of their own, load, publish.

The rows of a run are loaded in batches, each its own short transaction, and become visible by one update that
publishes the run. Whatever happens before leaves the run published last as it was.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from talentcity.errors import TalentCityError
from talentcity.office.planning.chain import ChainBroke, Order, run_apart
from talentcity.office.planning.models import PlanRun, Price, Recommendation, Short, Shortage, ShortageSum
from talentcity.office.promises.promise import current
from talentcity.office.records.bulk import insert
from talentcity.office.records.models import Finding, Posting, Screening, Seeker, Vacancy, Verdict
from talentcity.office.today import today

BATCH = 5_000
ATTEMPTS = 3  # a run whose worker was killed this often is given up
TASK = "talentcity.office.planning.tasks.carry_out_run"
LONGEST = 4 * 3600  # seconds; a run that takes longer is ended by the queue
STEPS = ("export", "screen", "match", "plan", "prove", "load")
Progress = Callable[[str, int, int], None]
"""Called with (step, done, all); `STEPS` names the steps, and `start` is the start of the engines' process."""

log = logging.getLogger("talentcity.planning")


def request_run(by, *, gap: float | None = None, time_limit: float | None = None) -> PlanRun:
    """Ask the worker for a new plan. Whoever asks while one is waiting or running gets that one.

    Args:
        by: who asks.
        gap: the largest distance from the best plan that is good enough, a share of the score; None: the usual one.
        time_limit: seconds for each search of a plan; None: as long as it takes.
    """
    with transaction.atomic():
        _take_turns()
        waiting = PlanRun.objects.filter(published_at=None, failed_at=None).first()
        if waiting is not None and OrmQ.objects.exists():
            return waiting
        if waiting is not None:
            _fail(waiting, "Its task was lost from the queue.")
        options = {"gap": gap, "time_limit": time_limit}
        run = PlanRun.objects.create(requested_by=by, on=today(), options=options)
        async_task(TASK, run.pk, task_name=f"plan run {run.pk}", timeout=LONGEST)
    return run


def _take_turns() -> None:
    """Whoever asks at the same moment waits here; a row that is not there yet cannot be locked, so another one is."""
    list(ContentType.objects.select_for_update().filter(app_label="planning", model="planrun"))


def carry_out(run: PlanRun, progress: Progress | None = None) -> PlanRun:
    """Carry a requested run out and publish it, or write down why it failed; the run as it then stands.

    Called again for a run whose worker was killed, it starts afresh. Called for a run that came to its end, it
    does nothing. A defect of ours is written down and raised as well.
    """
    tell = progress or (lambda _step, _done, _all: None)
    run.refresh_from_db()
    if run.published_at is not None or run.failed_at is not None:
        return run
    _forget(run)
    if run.attempts >= ATTEMPTS:
        return _fail(
            run, f"Its worker was ended {run.attempts} times while it ran; the system may have run out of memory."
        )
    PlanRun.objects.filter(pk=run.pk).update(attempts=F("attempts") + 1, started_at=timezone.now())
    folder = settings.TALENTCITY_HOME / "runs" / str(run.pk)
    try:
        _emptied(folder)
        _work_out(run, folder, tell)
    except (TalentCityError, OSError) as error:
        log.warning("plan run %s failed: %s", run.pk, error)
        _forget(run)
        return _fail(run, str(error))
    except ChainBroke as error:
        _forget(run)
        _fail(run, str(error))
        raise
    except Exception as error:
        _forget(run)
        _fail(run, f"A defect of TalentCity, {type(error).__name__}: {error}")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    run.refresh_from_db()
    return run


def _work_out(run: PlanRun, folder: Path, tell: Progress) -> None:
    service = current(run.on).service("recommendation")
    begin = time.perf_counter()
    tell("export", 0, 0)
    _export(run, folder)
    exported = time.perf_counter()
    tell("start", 0, 0)
    order = Order(
        folder=folder, on=run.on, per_person=service.least if service is not None else 1,
        gap=run.options.get("gap"), time_limit=run.options.get("time_limit"), threads=settings.PLAN_THREADS,
    )  # fmt: skip
    outcome = run_apart(order, tell)
    chained = time.perf_counter()
    screening = _load(run, folder, tell)
    steps = {
        "export": round(exported - begin, 2),
        **outcome["steps"],
        "load": round(time.perf_counter() - chained, 2),
    }
    published = PlanRun.objects.filter(pk=run.pk, published_at=None, failed_at=None)
    published.update(published_at=timezone.now(), screening=screening, report={**outcome, "steps": steps})


def _export(run: PlanRun, folder: Path) -> None:
    from talentcity.office.planning.domain.exports import export

    export(run, folder)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _fail(run: PlanRun, why: str) -> PlanRun:
    PlanRun.objects.filter(pk=run.pk, published_at=None).update(failed_at=timezone.now(), failure=why)
    run.refresh_from_db()
    return run


def _forget(run: PlanRun) -> None:
    """Remove what an earlier attempt at this unpublished run left behind."""
    run.recommendations.all().delete()
    run.shorts.all().delete()
    run.prices.all().delete()
    run.sums.all().delete()
    run.shortages.all().delete()
    if run.screening is not None:
        left, run.screening = run.screening, None
        PlanRun.objects.filter(pk=run.pk).update(screening=None)
        left.findings.all().delete()
        left.verdicts.all().delete()
        left.delete()


def _load(run: PlanRun, folder: Path, tell: Progress) -> Screening:
    """Load the outcome under the unpublished run, in batches."""
    screening = Screening.objects.create(on=run.on)
    run.screening = screening
    PlanRun.objects.filter(pk=run.pk).update(screening=screening)  # so that a next attempt finds what this one left
    frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in _LOADED}
    done, total = 0, sum(frame.height for frame in frames.values())
    postings = dict(Posting.objects.values_list("posting_id", "pk"))
    vacancies = dict(Vacancy.objects.values_list("vacancy_id", "pk"))
    people = dict(Seeker.objects.values_list("seeker_id", "pk"))
    keys = {"posting_id": postings, "opportunity_id": vacancies, "person_id": people, "shortage": {None: None}}
    for name, (model, columns, row_of) in _LOADED.items():
        for batch in frames[name].iter_slices(BATCH):
            insert(model, columns, (row_of(row, run, keys) for row in batch.iter_rows(named=True)))
            done += batch.height
            tell("load", done, total)
        if model is Shortage:
            keys["shortage"] |= dict(run.shortages.values_list("number", "pk"))
    return screening


def _verdict(row, run, keys):
    posting = keys["posting_id"][row["posting_id"]]
    return run.screening_id, posting, row["verdict"], row["tier"], row["reasons"], row["decision_id"]


def _finding(row, run, keys):
    posting = keys["posting_id"][row["posting_id"]]
    facts = (row[name] for name in ("rule_id", "tier", "field", "start", "end", "fact", "legal_basis"))
    return run.screening_id, posting, *facts, row["version"] or "", row.get("guard") or ""


def _recommendation(row, run, keys):
    person, vacancy = keys["person_id"][row["person_id"]], keys["opportunity_id"][row["opportunity_id"]]
    return run.pk, person, vacancy, row["rank"], row["score"], row["reasons"]


def _short(row, run, keys):
    facts = (row[name] for name in ("owed", "given", "missing", "unavoidable", "why"))
    return run.pk, keys["person_id"][row["person_id"]], *facts, keys["shortage"][row["shortage"]], row["detail"] or ""


def _shortage(row, run, _keys):
    return run.pk, row["shortage"], *(row[name] for name in _COUNTED)


def _sum(row, run, keys):
    within = (keys["shortage"][row[name]] for name in ("shortage", "most_in"))
    return run.pk, *within, *(row[name] for name in _SUMMED)


_HIT = ("rule_id", "tier", "field", "start", "end", "fact", "legal_basis", "version", "guard")


def _price(row, run, keys):
    within, vacancy = keys["shortage"][row["shortage"]], keys["opportunity_id"][row["opportunity_id"]]
    return run.pk, vacancy, within, *(row[name] for name in _PRICED)


_PRICED = ("capacity", "recommendations", "missing", "worth", "worth_low", "worth_high")
_COUNTED = ("persons", "persons_short", "vacancies", "owed", "places", "elsewhere", "missing")
_SUMMED = (
    "district", "occupation", "persons", "persons_short", "alone", "owed", "missing", "vacancies", "places",
    "full_places",
)  # fmt: skip
_LOADED: dict[str, tuple[type[models.Model], tuple[str, ...], Callable[..., tuple[object, ...]]]] = {
    "verdicts": (Verdict, ("screening_id", "posting_id", "verdict", "tier", "reasons", "decision_id"), _verdict),
    "findings": (Finding, ("screening_id", "posting_id", *_HIT), _finding),
    "let_pass": (Finding, ("screening_id", "posting_id", *_HIT), _finding),
    "plan": (Recommendation, ("run_id", "seeker_id", "vacancy_id", "rank", "score", "reasons"), _recommendation),
    "shortages": (Shortage, ("run_id", "number", *_COUNTED), _shortage),
    "sums": (ShortageSum, ("run_id", "shortage_id", "most_in_id", *_SUMMED), _sum),
    "prices": (Price, ("run_id", "vacancy_id", "shortage_id", *_PRICED), _price),
    "short": (
        Short,
        ("run_id", "seeker_id", "owed", "given", "missing", "unavoidable", "why", "shortage_id", "detail"),
        _short,
    ),
}
"""What is loaded from which table of the outcome, and in which order."""
