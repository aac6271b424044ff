"""Read job adverts and find what the law forbids in them: deposits, kept documents, limits by sex, click-farming.

POSTINGS is a table (.parquet, .csv, .xlsx or .jsonl) with at least the columns posting_id and title; text is the body.
Each finding names the rule, the passage (offsets in the original text) and the article it may break.
A posting with a grave finding is held: it is recommended to nobody before a person has looked at it.
A denial ("no deposit is taken") is no finding; --guarded writes such passages too, each with the reason.

Example:
  talentcity guard city/postings.parquet --out findings.parquet --verdicts verdicts.parquet --cards cards
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from talentcity.cli.common import DONE, add_on, check_files, progress, say, today

if TYPE_CHECKING:
    import polars as pl

    from talentcity.guard import Screening

HELP = "screen job adverts for illegal recruitment"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("postings", metavar="POSTINGS", type=Path, help="table of postings to read")
    parser.add_argument("--out", metavar="FINDINGS", type=Path, required=True, help="table of findings to write")
    parser.add_argument("--verdicts", metavar="FILE", type=Path, help="write one verdict per posting")
    parser.add_argument("--cards", metavar="DIR", type=Path, help="write one evidence card per held or warned posting")
    parser.add_argument("--guarded", metavar="FILE", type=Path, help="write passages that a guard let pass, for audit")
    add_on(parser)


def run(args: argparse.Namespace) -> int:
    """Screen the postings and write what was asked for."""
    tables = (("--out", args.out), ("--verdicts", args.verdicts), ("--guarded", args.guarded))
    check_files([("POSTINGS", args.postings)], tables)
    from talentcity.guard import screen
    from talentcity.tables import POSTINGS, read_table, write_tables

    postings = read_table(args.postings, POSTINGS)
    with progress(args, "reading adverts") as advance:
        screening = screen(postings, on=today(args), progress=advance)
    frames = (screening.findings, screening.verdicts, screening.guarded)
    written = [(frame, path) for frame, (_, path) in zip(frames, tables, strict=True) if path is not None]
    with contextlib.ExitStack() as stack:
        cards = 0 if args.cards is None else _write_cards(args.cards, postings, screening, stack)
        write_tables(written)
    _report(lambda line: say(args, line), screening, args, cards)
    return DONE


def _write_cards(folder: Path, postings: pl.DataFrame, screening: Screening, stack: contextlib.ExitStack) -> int:
    """One file for each posting that is held or warned about, there when the stack ends well; returns how many."""
    import polars as pl

    from talentcity.guard import card, card_name
    from talentcity.tables import replacing

    stopped = screening.verdicts.filter(pl.col("verdict") != "cleared")["posting_id"]
    rows = {row["posting_id"]: row for row in postings.filter(pl.col("posting_id").is_in(stopped.implode())).to_dicts()}
    for (posting_id,), findings in screening.findings.group_by("posting_id", maintain_order=True):
        if posting_id in rows:
            beside = stack.enter_context(replacing(folder / card_name(posting_id)))
            beside.write_text(card(rows[posting_id], findings, on=screening.on), encoding="utf-8")
    return len(rows)


def _report(line: Callable[[str], None], screening: Screening, args: argparse.Namespace, cards: int) -> None:
    counts = screening.counts
    line(f"{counts.postings:,} postings read on {screening.on}")
    if screening.rules:
        line(f"  {'rule':6}{'findings':>10}{'postings':>10}{'guarded':>10}")
    else:
        line("  no rule is in force on that day")
    for rule in screening.rules:
        hits, hit, guarded = counts.hits[rule.id], counts.postings_hit[rule.id], counts.guarded[rule.id]
        line(f"  {rule.id:6}{hits:>10,}{hit:>10,}{guarded:>10,}  {rule.title_en}")
    line(f"{counts.held:,} held, {counts.warned:,} warned, {counts.cleared:,} cleared; a person decides about each.")
    line(f"findings -> {args.out}" + (f"; {cards:,} cards -> {args.cards}" if args.cards is not None else ""))
    if args.cards is not None and screening.rules:
        line(_trust(screening))


def _trust(screening: Screening) -> str:
    """How far the penalties that the cards show may be trusted."""
    from talentcity import law

    named = {reference.penalty for rule in screening.rules for reference in rule.legal if reference.penalty is not None}
    parameters = [law.load(name) for name in sorted(named)]
    unread = sum(parameter.checked_on is None for parameter in parameters)
    stale = [parameter.name for parameter in parameters if parameter.stale_on(screening.on)]
    said = (
        f"penalties on cards come from {len(parameters)} parameters of law; nobody competent has read {unread} of them"
    )
    return f"{said}; out of date: {', '.join(stale) or 'none'}"
