"""The tables that the engines read, written from the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl
from django.db.models import Count, Exists, F, OuterRef, Subquery

from talentcity.office.planning.domain.queries import published_run
from talentcity.office.planning.models import Answer, PlanRun, Recommendation, Reply, Seen
from talentcity.office.promises.models import Delivery
from talentcity.office.promises.promise import current
from talentcity.office.records.domain.decisions import decisions_in_force
from talentcity.office.records.models import Posting, Seeker, Vacancy
from talentcity.tables import OWED, POSTINGS, SEEKERS, VACANCIES, Schema, write_table

SERVICE = "recommendation"


def export(run: PlanRun, folder: Path) -> int:
    """Write the tables that `chain` reads into the folder; the number of people."""
    seekers, owed = _seekers(), _owed(run.on)
    write_table(seekers, folder / "seekers.parquet")
    write_table(_postings(), folder / "postings.parquet")
    write_table(_vacancies(), folder / "vacancies.parquet")
    write_table(owed, folder / "owed.parquet")
    write_table(_seen(), folder / "seen.parquet")
    write_table(_decisions(), folder / "decisions.parquet")
    return seekers.height


def _frame(rows: Iterable[tuple], schema: Schema, names: list[str]) -> pl.DataFrame:
    dtypes = {name: schema.column(name).dtype for name in names}
    return pl.DataFrame(list(rows), schema=dtypes, orient="row")


def _seekers() -> pl.DataFrame:
    names = [name for name in SEEKERS.names if name != "registered_on"]  # a day of the promise, not of the match
    rows = Seeker.objects.order_by("seeker_id").values_list(*names).iterator(chunk_size=5_000)
    frame = _frame(rows, SEEKERS, names)
    had = pl.DataFrame(list(_had_or_declined()), schema={"seeker_id": pl.String, "had": pl.String}, orient="row")
    gathered = had.unique().sort("seeker_id", "had").group_by("seeker_id", maintain_order=True).agg("had")
    joined = frame.join(gathered, on="seeker_id", how="left", maintain_order="left")
    excluded = pl.col("excluded").list.concat(pl.col("had").fill_null([])).list.unique(maintain_order=True)
    return joined.with_columns(excluded).drop("had")


def _had_or_declined() -> Iterable[tuple[str, str]]:
    """Seeker and vacancy: what reached them already, and what they last answered "not for me" to."""
    yield from Seen.objects.order_by().values_list(
        "recommendation__seeker__seeker_id", "recommendation__vacancy__vacancy_id"
    )
    latest = Answer.objects.filter(recommendation=OuterRef("pk")).order_by("-pk").values("answer")[:1]
    declined = Recommendation.objects.annotate(last=Subquery(latest)).filter(last=Reply.NOT_FOR_ME).order_by()
    yield from declined.values_list("seeker__seeker_id", "vacancy__vacancy_id")


def _postings() -> pl.DataFrame:
    rows = Posting.objects.order_by("posting_id").values_list(
        *(F("employer__employer_id") if name == "employer_id" else F(name) for name in POSTINGS.names)
    )
    return _frame(rows.iterator(chunk_size=5_000), POSTINGS, POSTINGS.names)


def _vacancies() -> pl.DataFrame:
    rows = Vacancy.objects.order_by("vacancy_id").values_list("vacancy_id", "headcount", "hired")
    vacancies = pl.DataFrame(
        list(rows.iterator(chunk_size=5_000)),
        schema={"vacancy_id": pl.String, "headcount": pl.Int64, "hired": pl.Int64},
        orient="row",
    )
    named = Vacancy.postings.through.objects.order_by("pk").values_list("vacancy__vacancy_id", "posting__posting_id")
    links = pl.DataFrame(
        list(named.iterator(chunk_size=5_000)),
        schema={"vacancy_id": pl.String, "posting_ids": pl.String},
        orient="row",
    )
    gathered = links.group_by("vacancy_id", maintain_order=True).agg("posting_ids")
    joined = vacancies.join(gathered, on="vacancy_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("posting_ids").fill_null([])).select(VACANCIES.names)


def _decisions() -> pl.DataFrame:
    """The decisions of persons about adverts that are in force."""
    schema = {"decision_id": pl.Int64, "posting_id": pl.String, "decision": pl.String, "rules": pl.List(pl.String)}
    rows = [(one.pk, one.posting.posting_id, one.decision, one.rules) for one in decisions_in_force()]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _seen() -> pl.DataFrame:
    """What the published plan offers and nobody has delivered yet: counsellors have it before them, and speak of it.

    What reached its person is in the ledger: it is owed no more, and no plan takes it back.
    """
    run = published_run()
    schema = {"person_id": pl.String, "opportunity_id": pl.String}
    if run is None:
        return pl.DataFrame(schema=schema)
    before = Seen.objects.filter(recommendation__seeker=OuterRef("seeker"), recommendation__vacancy=OuterRef("vacancy"))
    rows = run.recommendations.filter(~Exists(before)).order_by("seeker__seeker_id", "vacancy__vacancy_id")
    named = rows.values_list("seeker__seeker_id", "vacancy__vacancy_id").iterator(chunk_size=5_000)
    return pl.DataFrame(list(named), schema=schema, orient="row")


def _owed(on: date) -> pl.DataFrame:
    """Recommendations still owed to each person: the least of the promise less what the ledger holds."""
    service = current(on).service(SERVICE)
    least = service.least if service is not None else 0
    had = dict(
        Delivery.objects.in_force()
        .filter(service=SERVICE, on__lte=on)
        .order_by()
        .values_list("seeker__seeker_id")
        .annotate(times=Count("pk"))
    )
    people = Seeker.objects.order_by("seeker_id").values_list("seeker_id", flat=True).iterator(chunk_size=5_000)
    return _frame(((person, max(0, least - had.get(person, 0))) for person in people), OWED, ["person_id", "owed"])
