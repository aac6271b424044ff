"""The chain of engines over a folder of tables: guard, match, plan. Runs in a process of its own.

It knows neither Django nor the database: it reads `seekers`, `postings`, `vacancies`, `owed`, `seen` (offers of the
plan before that nobody has delivered yet) and `decisions` (what persons decided about adverts) from the folder, of
which the last two may be missing, and writes `findings`, `let_pass`, `verdicts`, `plan`, the tables of `proof` (all
Parquet) and `outcome.json`. The engines are imported inside the functions, so that a web process that imports this
module loads none of them.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talentcity.errors import TalentCityError
from talentcity.office.planning.proof import proof_tables

if TYPE_CHECKING:
    import polars as pl

STEPS = ("screen", "match", "plan", "prove")
TOP = 50  # vacancies on each person's list at first
FURTHER = 20  # vacancies added to the list of each person whom no exchange can serve, until none can be
PER_PLACE = 10  # persons to whom a vacancy may be recommended for each of its open places
MOST_PAIRS = 20_000_000  # beyond it nothing is added, and the outcome says so
Tell = Callable[[str, int, int], None]
"""Called with (step, done, all)."""


class ChainFailed(TalentCityError):
    """The engines did not come to an end; the message says why."""


class ChainBroke(Exception):
    """An engine raised what it should not: a defect of ours. The message is that of the engine's exception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be worked out.

    Attributes:
        folder: where the tables are read and written.
        on: what "today" is.
        per_person: recommendations per person.
        gap: the largest distance from the best plan that is good enough, as a share of the score; None: the usual one.
        time_limit: seconds for each search of a plan; None: as long as it takes.
        threads: of the search; the plan is the same for any number.
    """

    folder: Path
    on: date
    per_person: int
    gap: float | None = None
    time_limit: float | None = None
    threads: int = 1


def run_apart(order: Order, tell: Tell | None = None) -> dict[str, Any]:
    """Run the chain in a spawned process and return its outcome (also in the folder, as `outcome.json`).

    Raises:
        ChainFailed: an engine refused its input, or its process was killed.
        ChainBroke: a defect of an engine; its process has printed where.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_apart, args=(order, theirs), name="talentcity-chain")
    process.start()
    theirs.close()
    try:
        outcome = _listen(ours, tell)
        process.join()
    finally:
        if process.is_alive():
            process.kill()
            process.join()
        ours.close()
    if outcome is None:
        raise ChainFailed(_death(process.exitcode))
    return outcome


def _listen(pipe: Connection, tell: Tell | None) -> dict[str, Any] | None:
    """Pass progress on until the outcome comes; None when the other side died without a word."""
    while True:
        try:
            kind, said = pipe.recv()
        except EOFError:
            return None
        if kind == "failed":
            raise ChainFailed(said)
        if kind == "broke":
            raise ChainBroke(said)
        if kind == "done":
            return said
        if tell is not None:
            tell(*said)


def _death(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        hint = "; the system may have run out of memory" if name == "SIGKILL" else ""
        return f"The process of the engines was ended by {name}{hint}."
    return f"The process of the engines ended with status {exitcode} and without an outcome."


def _apart(order: Order, pipe: Connection) -> None:
    """The spawned process: answer exactly once, and end with whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        pipe.send(("done", run(order, lambda *said: pipe.send(("at", said)))))
    except TalentCityError as error:
        pipe.send(("failed", str(error)))
    except Exception as error:  # noqa: BLE001  the last door of the process: whatever it is, the run says so
        traceback.print_exc()
        pipe.send(("broke", f"A defect of TalentCity, {type(error).__name__}: {error}"))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@dataclass(slots=True)
class _Watch:
    """Seconds of each step."""

    tell: Tell
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, name: str, work: Callable[[Callable[[int, int], None]], Any]) -> Any:
        self.tell(name, 0, 0)
        begin = time.perf_counter()
        result = work(lambda done, total: self.tell(name, done, total))
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - begin, 2)
        return result


def run(order: Order, tell: Tell) -> dict[str, Any]:
    """Run guard, match and plan over the folder; see the module for what is read and written."""
    import polars as pl

    from talentcity import guard, match, plan
    from talentcity.tables import OWED, POSTINGS, SEEKERS, VACANCIES, read_table

    folder, watch = order.folder, _Watch(tell)
    seekers = read_table(folder / "seekers.parquet", SEEKERS)
    postings = read_table(folder / "postings.parquet", POSTINGS)
    vacancies = read_table(folder / "vacancies.parquet", VACANCIES)
    owed = read_table(folder / "owed.parquet", OWED)
    screening = watch.step("screen", lambda progress: guard.screen(postings, on=order.on, progress=progress))
    verdicts = _decided(screening.verdicts, screening.findings, _may_be_missing(folder / "decisions.parquet"))
    capacity = match.capacity_of(vacancies, PER_PLACE)
    further = FURTHER + order.per_person  # what the person has already may stand among them
    told = {"verdicts": verdicts.drop("decision_id"), "on": order.on}
    matching = watch.step(
        "match", lambda progress: match.pair(seekers, postings, vacancies, top=TOP, progress=progress, **told)
    )
    pairs = matching.pairs
    seen = _may_be_missing(folder / "seen.parquet")
    gap = plan.DEFAULT_GAP if order.gap is None else order.gap
    options = plan.Options(gap=gap, time_limit=order.time_limit, threads=order.threads)
    while True:
        solved = watch.step(
            "plan",
            lambda progress, pairs=pairs: plan.solve(
                pairs, capacity, owed=owed, per_person=order.per_person, seen=seen, options=options, progress=progress
            ),
        )
        if not solved.report["missing"] or pairs.height > MOST_PAIRS:
            break
        short, open_ = solved.out_of_reach()
        left = seekers.filter(pl.col("seeker_id").is_in(short.implode()))
        found = watch.step(
            "match",
            lambda progress, left=left, open_=open_: match.pair(
                left, postings, vacancies, top=further, among=open_, progress=progress, **told
            ),
        )
        new = found.pairs.join(pairs, on=["person_id", "opportunity_id"], how="anti", maintain_order="left")
        if new.is_empty():
            break
        pairs = pl.concat([pairs, new])
    shown = postings.join(verdicts.filter(pl.col("verdict") != "hold"), on="posting_id", how="semi")
    proof = watch.step("prove", lambda _progress: proof_tables(solved, seekers, vacancies, shown))
    tables = {
        "findings": screening.findings,
        "let_pass": screening.guarded,
        "verdicts": verdicts,
        "plan": solved.plan.join(pairs.drop("score"), on=["person_id", "opportunity_id"], how="left"),
        **proof,
        "short": _why(proof["short"], matching.unmatched),
    }
    outcome = {
        **solved.report,
        "changes": _changes(seen, solved),
        "every_pair_considered": not solved.report["missing"] or pairs.height <= MOST_PAIRS,
        "per_place": PER_PLACE,
        "counts": _counts(seekers, postings, vacancies, pairs),
        "verdicts": dict(verdicts["verdict"].value_counts().iter_rows()),
        "rules": [_rule(rule) for rule in guard.rules(order.on)],
        "steps": watch.seconds,
    }
    _write(folder, tables, outcome)
    return outcome


def _may_be_missing(path: Path) -> pl.DataFrame | None:
    """The table, or None where there is none or nothing in it."""
    import polars as pl

    found = pl.read_parquet(path) if path.exists() else None
    return None if found is None or found.is_empty() else found


def _decided(verdicts: pl.DataFrame, findings: pl.DataFrame, decisions: pl.DataFrame | None) -> pl.DataFrame:
    """The verdicts with what persons decided applied; `decision_id` names the decision that made one, else null.

    A release turns `hold` into `warn` where a milder finding is left, else into `cleared`, unless a rule whose
    findings hold adverts hit that the person did not have before them. A hold turns everything into `hold`.
    """
    import polars as pl

    if decisions is None:
        return verdicts.with_columns(decision_id=pl.lit(None, pl.Int64))
    grave = pl.col("tier").is_in(["T1", "T2"])
    hits = findings.group_by("posting_id").agg(
        grave=pl.col("rule_id").filter(grave).unique(), milder=(pl.col("tier") == "T3").any()
    )
    joined = verdicts.join(decisions, on="posting_id", how="left", maintain_order="left").join(
        hits, on="posting_id", how="left", maintain_order="left"
    )
    unread = pl.col("grave").fill_null([]).list.set_difference(pl.col("rules").fill_null([])).list.len() > 0
    held, released = pl.col("decision") == "hold", (pl.col("decision") == "release") & ~unread
    freed = released & (pl.col("verdict") == "hold")
    milder = pl.when(pl.col("milder").fill_null(False)).then(pl.lit("warn")).otherwise(pl.lit("cleared"))
    return joined.select(
        "posting_id",
        verdict=pl.when(held).then(pl.lit("hold")).when(freed).then(milder).otherwise(pl.col("verdict")),
        tier="tier",
        reasons="reasons",
        decision_id=pl.when(held | freed).then(pl.col("decision_id")),
    )


def _changes(seen: pl.DataFrame | None, solved: Any) -> dict[str, Any] | None:
    """What became of the offers of the plan before, and how many were dropped for each reason."""
    from talentcity import plan

    if seen is None:
        return None
    told = plan.changes(seen, solved)
    return {"kept": told.kept, "dropped": told.dropped, "new": told.new, "reasons": dict(told.reasons)}


def _counts(seekers: pl.DataFrame, postings: pl.DataFrame, vacancies: pl.DataFrame, pairs: pl.DataFrame):
    return {
        "seekers": seekers.height,
        "postings": postings.height,
        "vacancies": vacancies.height,
        "pairs": pairs.height,
    }


def _why(short: pl.DataFrame, unmatched: pl.DataFrame) -> pl.DataFrame:
    """Who is short, with why: not yet allowed to work, no pair at all, too few pairs, or places that others have."""
    import polars as pl

    details = unmatched.select("person_id", pl.col("why").alias("detail"))
    why = (
        pl.when(pl.col("detail") == "may_not_work_yet")
        .then(pl.lit("not_yet"))
        .when(pl.col("detail").is_in(["education", "experience"]))
        .then(pl.col("detail"))
        .when(pl.col("pairs") == 0)
        .then(pl.lit("no_pair"))
        .when(pl.col("pairs") < pl.col("owed"))
        .then(pl.lit("few_pairs"))
        .when(pl.col("unavoidable"))
        .then(pl.lit("no_places"))
        .otherwise(pl.lit("not_proven"))
    )
    named = short.join(details, on="person_id", how="left", maintain_order="left")
    return named.with_columns(why.alias("why")).drop("pairs")


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "rule_id": rule.id,
        "tier": rule.tier,
        "version": rule.version,
        "title_zh": rule.title_zh,
        "title_en": rule.title_en,
        "legal_basis": rule.legal_basis,
        "penalties": {one.article: one.penalty for one in rule.legal if one.penalty is not None},  # names for `law`
    }


def _write(folder: Path, tables: dict[str, pl.DataFrame], outcome: dict[str, Any]) -> None:
    from talentcity.tables import replacing, write_table

    for name, frame in tables.items():
        write_table(frame, folder / f"{name}.parquet")
    with replacing(folder / "outcome.json") as beside:
        beside.write_text(json.dumps(outcome, ensure_ascii=False, indent=1), encoding="utf-8")
