"""Plan who is recommended where: fewest missing first, then the fairest spread, then the highest score.

PAIRS has person_id, opportunity_id and score (0 to 1); CAPACITY has opportunity_id and capacity. Both are .parquet,
.csv, .xlsx or .jsonl. Nobody gets more than they are owed and no opportunity takes more than its capacity. Every claim
about the plan is counted again by other code before anything is written.

Example:
  talentcity plan pairs.parquet capacity.parquet --per-person 3 --out plan.parquet --report report.json
"""

from __future__ import annotations

import argparse
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from talentcity.cli import plan_pictures
from talentcity.cli.common import DONE, LIMIT_MISSED, at_least, check_files, progress, remark, say
from talentcity.errors import InvalidOption

if TYPE_CHECKING:
    import polars as pl

    from talentcity.plan import Changes, Plan, Problem
    from talentcity.plan.problem import Numbers

HELP = "recommend opportunities to persons under capacities, with a proof"
GROUPS_SHOWN = 3
PLACES_SHOWN = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this command."""
    add = parser.add_argument
    add("pairs", metavar="PAIRS", help="table of person_id, opportunity_id, score; each pair once")
    add("capacity", metavar="CAPACITY", help="table of opportunity_id, capacity; every opportunity that PAIRS names")
    add("--per-person", type=at_least(1), default=3, metavar="K", help="most that one person is owed (default 3)")
    add("--out", required=True, metavar="PLAN", help="where to write person_id, opportunity_id, rank, score")
    add(
        "--owed",
        metavar="FILE",
        help="table of person_id, owed (0 to K): it defines the persons, also those without a pair; "
        "without it everybody in PAIRS is owed K",
    )
    add(
        "--forbidden",
        metavar="FILE",
        help="table of person_id, opportunity_id: pairs that are not recommended (again), such as those declined",
    )
    add(
        "--fixed",
        metavar="FILE",
        help="table of person_id, opportunity_id: pairs that are settled, whether or not they stand in PAIRS; the rest "
        "is planned around them",
    )
    add(
        "--congestion",
        type=_congestion,
        metavar="SHARE,POINTS",
        help="places beyond this share of a capacity cost more and more, the last one POINTS of score: 0.8,0.1",
    )
    add(
        "--penalties",
        type=_numbers,
        metavar="A,B,C",
        help="instead of the order above, the highest total score minus penalties: A for each person who lacks the "
        "1st recommendation, B for the 2nd, C for the 3rd; K numbers that stay or fall. With 6,4,2 a person who has "
        "none costs 12, one who has one 6, one who has two 2; 2,2,2 is 2 per missing recommendation",
    )
    add(
        "--gap",
        type=_fraction,
        default=0.0003,
        metavar="G",
        help="distance to the best plan that is good enough, as a fraction of the score (default 0.0003)",
    )
    add(
        "--solver",
        choices=("auto", "exact", "auction"),
        default="auto",
        help="exact: min-cost flow, in one thread, for small problems; auction: within --gap, for any size; "
        "auto (default): exact up to 5,000 pairs. The report names the one used",
    )
    add(
        "--threads",
        type=at_least(1),
        default=1,
        metavar="N",
        help="of the auction; the plan is the same for any number",
    )
    add(
        "--time-limit",
        type=_seconds,
        metavar="S",
        help="seconds after which the auction ends with the best plan so far, proved as any other",
    )
    add("--report", metavar="FILE", help="where to write the figures of the plan and its proof (JSON)")
    add(
        "--certificate",
        metavar="FILE",
        help="where to write the groups of persons and opportunities that prove what must be missing (JSON)",
    )
    add(
        "--prices",
        metavar="FILE",
        help="where to write what one more place of each opportunity would be worth, in recommendations and in points "
        "of score",
    )
    add(
        "--seen",
        metavar="FILE",
        help="table of person_id, opportunity_id: offers that people have seen, such as yesterday's plan; one is "
        "dropped only where the plan as a whole gains more than --keep",
    )
    add(
        "--keep",
        type=_points,
        metavar="POINTS",
        help="points of score that an offer of --seen counts more, 0 to 100 (default 0.1)",
    )
    add(
        "--changes",
        metavar="FILE",
        help="where to write what became of every offer of --seen, and why: kept, dropped or new",
    )
    add(
        "--warm",
        metavar="FILE",
        help="table of opportunity_id, price, such as --prices wrote yesterday: the auction begins with these prices; "
        "it is faster, and the proof is the same",
    )
    plan_pictures.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read the tables, solve, write the plan and say what came of it."""
    _refuse_what_needs_seen(args)
    check_files(
        [
            ("PAIRS", args.pairs),
            ("CAPACITY", args.capacity),
            ("--owed", args.owed),
            ("--forbidden", args.forbidden),
            ("--fixed", args.fixed),
            ("--seen", args.seen),
            ("--warm", args.warm),
            ("--person-labels", args.person_labels),
            ("--opportunity-labels", args.opportunity_labels),
        ],
        [("--out", args.out), ("--changes", args.changes), ("--prices", args.prices)],
        [("--report", args.report), ("--certificate", args.certificate), *plan_pictures.files(args)],
    )
    labels = plan_pictures.labels(args)
    from talentcity.plan import Options, Status, solve_problem
    from talentcity.plan.compiled import loops_are_kept
    from talentcity.plan.prices import require_like_places

    if not loops_are_kept():
        remark(args, "Compiling the solver's loops, once: about 30 s")
    started = time.perf_counter()
    problem = _read(args)
    if args.prices is not None:
        require_like_places(problem)
    seconds = time.perf_counter() - started
    options = Options(
        gap=args.gap,
        solver=args.solver,
        threads=args.threads,
        time_limit=args.time_limit,
        prices=_warm(args, problem),
    )
    with progress(args, "planning") as tell:
        plan = solve_problem(problem, options, progress=tell, seconds_checking=seconds)
    changed = _changes(args, plan)
    missing = plan_pictures.sums(plan, labels)
    _write(args, plan, changed, missing)
    _summarise(args, plan, changed, missing)
    return LIMIT_MISSED if plan.status in (Status.GAP_NOT_REACHED, Status.TIME_LIMIT) else DONE


def _numbers(words: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in words.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words!r} is not a list of numbers such as 6,4,2") from None


def _congestion(words: str) -> tuple[float, float]:
    numbers = _numbers(words)
    if len(numbers) != 2:
        raise argparse.ArgumentTypeError(f"{words!r} is not a share and a price such as 0.8,0.1")
    return numbers[0], numbers[1]


def _number(fits: Callable[[float], bool], expected: str) -> Callable[[str], float]:
    """A number for `type=` that fits; `expected` says in words which ones do."""

    def read(word: str) -> float:
        with contextlib.suppress(ValueError):
            if fits(float(word)):
                return float(word)
        raise argparse.ArgumentTypeError(f"{word!r} is not {expected}")

    return read


_fraction = _number(lambda number: 0 <= number <= 1, "a fraction from 0 to 1, such as 0.0003")
_seconds = _number(lambda number: 0 < number < float("inf"), "a number of seconds above 0")
_points = _number(lambda number: 0 <= number <= 100, "a number of points from 0 to 100, such as 0.1")


def _refuse_what_needs_seen(args: argparse.Namespace) -> None:
    if args.seen is None:
        for name in ("keep", "changes"):
            if getattr(args, name) is not None:
                raise InvalidOption(f"--{name} is about offers that people have seen; give them with --seen.")


def _read(args: argparse.Namespace) -> Problem:
    from talentcity.plan import Congestion, Problem
    from talentcity.plan.seen import KEEP

    return Problem.read(
        args.pairs,
        args.capacity,
        owed=args.owed,
        per_person=args.per_person,
        penalties=args.penalties,
        forbidden=args.forbidden,
        fixed=args.fixed,
        seen=args.seen,
        keep=KEEP if args.keep is None else args.keep,
        congestion=None if args.congestion is None else Congestion(*args.congestion),
    )


def _warm(args: argparse.Namespace, problem: Problem) -> Numbers | None:
    from talentcity.plan.warm import read_prices

    return None if args.warm is None else read_prices(args.warm, problem.opportunity_ids)


def _changes(args: argparse.Namespace, plan: Plan) -> Changes | None:
    from talentcity.plan import changes
    from talentcity.tables.files import read_whole

    if args.seen is None:
        return None
    forbidden = None if args.forbidden is None else read_whole(args.forbidden).frame
    return changes(read_whole(args.seen).frame, plan, forbidden=forbidden)


def _write(args: argparse.Namespace, plan: Plan, changed: Changes | None, missing: pl.DataFrame | None) -> None:
    """All files or none: the others are renamed only when the plan itself could be written."""
    from talentcity.tables import replacing, write_table
    from talentcity.tables.files import staged

    with contextlib.ExitStack() as stack:
        for word, content in ((args.report, _report), (args.certificate, _certificate)):
            if word is not None:
                beside = stack.enter_context(replacing(word))
                beside.write_text(_json(content(plan, missing)), encoding="utf-8")
        for path, picture in plan_pictures.drawn(args, plan, missing):
            stack.enter_context(replacing(path)).write_bytes(picture)
        if changed is not None and args.changes is not None:
            stack.enter_context(staged(changed.frame, args.changes))
        if args.prices is not None:
            stack.enter_context(staged(plan.prices().frame, args.prices))
        write_table(plan.plan, args.out)


def _report(plan: Plan, _missing: pl.DataFrame | None) -> dict[str, object]:
    return dict(plan.report)


def _certificate(plan: Plan, missing: pl.DataFrame | None) -> dict[str, object]:
    """With what is missing by label, where there are labels."""
    by_label = {} if missing is None else {"by_label": missing.to_dicts()}
    return {**plan.certificate().to_dict(), **by_label}


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _summarise(args: argparse.Namespace, plan: Plan, changed: Changes | None, missing: pl.DataFrame | None) -> None:
    report: Mapping[str, Any] = plan.report
    say(args, f"{report['persons']:,} persons, {report['opportunities']:,} opportunities, {report['pairs']:,} pairs")
    full, persons = report["persons_full"], report["persons"]
    share = f" ({full / persons:.1%})" if persons else ""
    say(args, f"With all that they are owed: {full:,} of {persons:,}{share}")
    counts = ", ".join(f"{count:,} have {number}" for number, count in enumerate(report["persons_by_count"]))
    say(args, f"By number of recommendations: {counts}")
    for line in (*_shortage(plan), *plan_pictures.lines(missing)):
        say(args, line)
    if report["short_of_minimum"]:
        say(args, _short_of_minimum(report))
    if changed is not None:
        words = str(changed)
        say(args, words[0].upper() + words[1:])
    say(args, _worth(plan))
    for line in [] if args.prices is None else _places(plan):
        say(args, line)
    say(args, f"{report['seconds']['total']:.2f} s -> {args.out}")


def _short_of_minimum(report: Mapping[str, Any]) -> str:
    count = report["short_of_minimum"]
    places = "1 place is" if count == 1 else f"{count:,} places are"
    fewest = "no plan has fewer" if report["short_of_minimum_is_fewest"] else "another plan would have fewer"
    return f"{places} short of a minimum: {fewest}"


def _worth(plan: Plan) -> str:
    report: Mapping[str, Any] = plan.report
    status, bound = plan.status.value.replace("_", " "), f"{report['upper_bound']:,.4f}"
    shortage = "" if report["penalties"] else " with this shortage"
    added = ["plus priorities"] if report["bonus"] else []
    added += [f"plus {report['keep']:g} for each offer kept"] if report["keep"] else []
    added += ["minus congestion"] if report["congestion"] else []
    added += ["minus penalties"] if report["penalties"] else []
    if not added:
        return f"Score {report['score']:,.4f}, {status}: no plan{shortage} scores more than {bound}"
    return (
        f"Score {report['score']:,.4f} {' '.join(added)} is {report['objective']:,.4f}, {status}: "
        f"no plan{shortage} is worth more than {bound}"
    )


def _places(plan: Plan) -> list[str]:
    prices = plan.prices()
    top, serving = prices.top(PLACES_SHOWN), int(prices.frame["recommendations"].sum())
    if top.height == 0:
        return ["One more place is worth nothing at any opportunity"]
    where = "1 opportunity" if serving == 1 else f"{serving:,} opportunities"
    lines = [f"One more place would give one recommendation more at {where}; it is worth most here:"]
    return lines + [f"  {_place(row, prices.counts)}" for row in top.iter_rows(named=True)]


def _place(row: Mapping[str, Any], counts: str) -> str:
    who = f"one recommendation for somebody who lacks {row['missing']:,}, " if row["recommendations"] else ""
    return f"{row['opportunity_id']}: {who}{row['worth']:+.4f} in {counts}"


def _shortage(plan: Plan) -> list[str]:
    report: Mapping[str, Any] = plan.report
    if report["missing"] == 0:
        return [f"Nothing is missing of the {report['owed']:,} recommendations owed"]
    least = "no plan of these pairs misses fewer" if report["missing_is_minimum"] else "another plan would miss fewer"
    fair = "no fairer spread exists" if plan.fair else "a fairer spread exists"
    lines = [f"{report['missing']:,} of {report['owed']:,} recommendations owed are missing: {least}, {fair}"]
    few = plan.short.filter(plan.short["pairs"] < plan.short["owed"]).height
    are = "1 person is" if plan.short.height == 1 else f"{plan.short.height:,} persons are"
    lines.append(f"{are} short, {few:,} of them with fewer pairs than they are owed:")
    lines += [f"  {plan.explain(person)}" for person in _examples(plan)]
    hidden = len(plan.groups) - GROUPS_SHOWN
    if hidden > 0:
        lines.append(f"  … and {hidden:,} more groups; --certificate writes them all")
    return lines


def _examples(plan: Plan) -> list[object]:
    """One short person of each of the largest groups."""
    proved = plan.short.drop_nulls("group").filter(plan.short["group"].drop_nulls() < GROUPS_SHOWN)
    first = proved.unique("group", keep="first", maintain_order=True).sort("group")
    return first["person_id"].to_list() or plan.short["person_id"].head(GROUPS_SHOWN).to_list()
