"""Make a whole sample city and serve it: sample, import, screen, match, plan, and then the pages.

The same number of people and the same seed give the same city. The folder is made anew each time; a folder that
this command did not make is never touched. Everything in it is invented: people, employers and adverts.

To serve the same city again as you left it:
  TALENTCITY_HOME=demo TALENTCITY_DEMO_CITY=1 TALENTCITY_ON=2026-09-01 talentcity serve
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from talentcity.cli.common import DONE, SAMPLE_DAY, add_on, at_least, say
from talentcity.errors import InvalidOption, TalentCityError, UnreadableFile

HELP = "make a sample city of any size and serve it"
MARKER = ".talentcity-demo"
ORDER = ("seekers", "employers", "postings", "vacancies", "sessions", "deliveries")
PLACES_SHOWN = 3
_PROOF = {
    True: "proved: no plan misses fewer",
    False: "a plan could miss fewer",
    None: "nobody checked whether a plan could miss fewer",
}
STEPS = {
    "export": "tables written for the engines",
    "start": "engines started in a process of their own",
    "screen": "adverts screened",
    "match": "people matched with vacancies",
    "plan": "recommendations planned",
    "load": "plan loaded and published",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `talentcity demo`."""
    parser.add_argument("--people", type=at_least(1), default=5000, help="how many job seekers (default: 5000)")
    parser.add_argument("--seed", type=at_least(0), default=2, help="same seed, same city (default: 2)")
    parser.add_argument("--dir", type=Path, default=Path("demo"), help="folder to make anew (default: demo)")
    parser.add_argument("--port", type=at_least(1), default=8000, help="the next free one if taken (default: 8000)")
    parser.add_argument("--no-serve", action="store_true", help="stop after the summary")
    add_on(parser, default=SAMPLE_DAY)


def run(args: argparse.Namespace) -> int:
    """Make the city, print the summary, and become `talentcity serve`."""
    folder = args.dir.resolve()
    begin = time.perf_counter()
    say(args, f"A sample city of {args.people:,} people in {folder} (seed {args.seed}; today is {args.on})")
    _require_ours(folder)
    city = _sampled(args)  # options that cannot be are refused before anything is removed
    _make_anew(folder)
    _set_up(folder, args.on)
    _imported(args, city, folder)
    truth = city.truth
    del city
    plan_run = _planned(args)
    _summary(args, plan_run, truth)
    say(args, f"Done in {time.perf_counter() - begin:.1f} s.")
    if args.no_serve:
        return DONE
    return _become_the_server(args)


def _require_ours(folder: Path) -> None:
    """Refuse a folder that holds something this command did not make."""
    try:
        foreign = folder.exists() and not (folder / MARKER).is_file()
        if foreign and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidOption(
                f"--dir {folder} was not made by `talentcity demo`, and its content would be lost; "
                "name another folder, or empty it."
            )
    except OSError as error:
        raise UnreadableFile(f"{folder} cannot be read: {error.strerror or error}.") from None


def _make_anew(folder: Path) -> None:
    """An empty folder with a marker; an earlier one of this command is removed."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        words = "Made by `talentcity demo`, which removes this folder when it runs again.\n"
        (folder / MARKER).write_text(words, encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(f"{folder} cannot be written: {error.strerror or error}.") from None


def _set_up(folder: Path, on: date) -> None:
    """The office of this folder: its own SQLite database, whatever the environment says otherwise."""
    from talentcity.office import boot

    os.environ.pop("DATABASE_URL", None)  # the sample city never enters a real office
    os.environ.pop("TALENTCITY_PROMISE", None)
    os.environ |= {"TALENTCITY_HOME": str(folder), "TALENTCITY_DEMO_CITY": "1", "TALENTCITY_ON": on.isoformat()}
    boot.start()
    boot.migrate()


def _sampled(args: argparse.Namespace) -> Any:
    from talentcity.sample import make_city

    begin = time.perf_counter()
    city = make_city(args.people, seed=args.seed, on=args.on)
    rows = ", ".join(f"{getattr(city, name).height:,} {name}" for name in ORDER)
    _step(args, time.perf_counter() - begin, f"sampled: {rows}")
    return city


def _imported(args: argparse.Namespace, city: Any, folder: Path) -> None:
    from talentcity.office.records.domain.imports import import_table

    begin = time.perf_counter()
    city.write(folder / "tables")  # to be looked at, and for the other commands
    rows = sum(import_table(name, getattr(city, name), file=f"{name}.parquet").rows for name in ORDER)
    _step(args, time.perf_counter() - begin, f"written as tables and imported into the office: {rows:,} records")


def _planned(args: argparse.Namespace) -> Any:
    from talentcity.office.planning.domain.runs import carry_out
    from talentcity.office.planning.models import PlanRun

    voice = _Voice(args)
    plan_run = carry_out(PlanRun.objects.create(on=args.on), voice)
    if plan_run.failure:
        raise TalentCityError(f"the plan run failed: {plan_run.failure}")
    voice.end()
    return plan_run


class _Voice:
    """Says each step with its seconds as soon as the next one begins."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._step: str | None = None
        self._begin = 0.0
        self._times: Counter[str] = Counter()

    def __call__(self, step: str, _done: int, _total: int) -> None:
        if step != self._step:
            self.end()
            self._step, self._begin = step, time.perf_counter()

    def end(self) -> None:
        if self._step is not None:
            again = " again: somebody was short, so further pairs were sought" if self._times[self._step] else ""
            self._times[self._step] += 1
            _step(self._args, time.perf_counter() - self._begin, STEPS.get(self._step, self._step) + again)
        self._step = None


def _step(args: argparse.Namespace, seconds: float, words: str) -> None:
    say(args, f"{seconds:7.1f} s  {words}")


def _summary(args: argparse.Namespace, plan_run: Any, truth: Any) -> None:
    from talentcity.office.planning.domain.queries import held_by_rule, short_of

    report = plan_run.report
    counts, persons = report["counts"], report["persons"]
    full = report["persons_full"]
    verdicts = report["verdicts"]
    lines = [
        f"People: {persons:,}. Adverts: {counts['postings']:,}, of which held: {verdicts.get('hold', 0):,}.",
        *(f"  held by {row.rule_id} ({row.title_en}): {row.postings:,} adverts" for row in held_by_rule()),
        f"With all three recommendations: {full:,} of {persons:,} people ({full / persons:.1%}).",
        f"Recommendations missing: {report['missing']:,}; {_PROOF[report['missing_is_minimum']]}.",
        *(f"  {_why(group)}" for group in short_of(plan_run).by_why),
        f"Distance from the best plan that is as fair: at most {report['gap'] or 0:.2%} of the score (proved).",
        *_worth_most(plan_run),
        "Self-check of the guard against the violations planted in this sample (not a measure on real adverts):",
        *(f"  {line}" for line in _self_check(plan_run, truth)),
    ]
    for line in lines:
        say(args, line)


def _why(group: Any) -> str:
    from django.utils.translation import override

    from talentcity.office.planning.models import Why

    with override("en"):
        return f"short: {group.persons:,} people, {group.missing:,} missing. {Why(group.name).label}."


def _worth_most(plan_run: Any) -> list[str]:
    """The places of which one more would serve somebody who is short."""
    from talentcity.office.planning.domain.proved import worth_most

    useful = [one for one in worth_most(plan_run, PLACES_SHOWN) if one.price.recommendations]
    names = ", ".join(str(one.vacancy.vacancy_id) for one in useful)
    return [f"One place more would serve somebody who is short, most of all at: {names}."] if useful else []


def _self_check(plan_run: Any, truth: Any) -> list[str]:
    """Recall and precision of each rule on postings with a planted violation."""
    from talentcity.office.records.models import Finding

    planted: dict[str, set[str]] = {}
    for posting, rule, kind in truth.select("posting_id", "rule_id", "planted").iter_rows():
        if kind == "violation":
            planted.setdefault(rule, set()).add(str(posting))
    found: dict[str, set[str]] = {}
    hits = Finding.objects.filter(screening=plan_run.screening_id, guard="").order_by()
    for posting, rule in hits.values_list("posting__posting_id", "rule_id").iterator():
        found.setdefault(rule, set()).add(posting)
    return [_agreement(rule, planted.get(rule, set()), found.get(rule, set())) for rule in sorted(planted | found)]


def _agreement(rule: str, planted: set[str], found: set[str]) -> str:
    both = len(planted & found)
    recall = f"{both / len(planted):.3f}" if planted else "none planted"
    precision = f"{both / len(found):.3f}" if found else "none found"
    return (
        f"{rule}: planted {len(planted):,}, found {len(found):,}, both {both:,}; recall {recall}, precision {precision}"
    )


def _become_the_server(args: argparse.Namespace) -> int:
    """Replace this process by `talentcity serve`, so that the web process has never loaded an engine."""
    from django.db import connections

    connections.close_all()
    words = ["serve", "--port", str(args.port)]
    say(args, "Sign in as anybody by one click; Ctrl-C ends everything.")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "talentcity", *words])  # noqa: S606  the interpreter we run in
