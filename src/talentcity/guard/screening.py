"""Screen a table of postings: every finding, every guarded match, and one verdict per posting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from talentcity.guard.missing import asks, missing
from talentcity.guard.rule import Rule, rules
from talentcity.guard.scanner import Match, Scanner
from talentcity.tables import FINDINGS, VERDICT_TABLE, Column, Kind, Schema, check

GUARDED = Schema(
    "guarded",
    "one match of a rule that a guard spoke against; kept for audit",
    (*FINDINGS.columns, Column(name="guard", kind=Kind.TEXT, about="The guard, by name.")),
    rules=FINDINGS.rules,
)
_NEEDED = Schema(
    "postings",
    "what a screening reads of a posting",
    (
        Column(name="posting_id", kind=Kind.ID, unique=True, about="Which text it is."),
        Column(name="title", kind=Kind.TEXT, nullable=True, about="Title as published."),
        Column(name="text", kind=Kind.TEXT, required=False, nullable=True, about="Body as published."),
    ),
    key=("posting_id",),
)
_EVERY = 256  # postings between two calls of progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a screening found.

    Attributes:
        postings: postings read.
        hits, guarded: findings and guarded matches by rule id, with 0 for a rule that found nothing.
        postings_hit: postings with at least one finding, by rule id.
        held, warned, cleared: postings by verdict; together they are all postings.
    """

    postings: int
    hits: Mapping[str, int]
    guarded: Mapping[str, int]
    postings_hit: Mapping[str, int]
    held: int
    warned: int
    cleared: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Screening:
    """What the guard says of a table of postings.

    Attributes:
        findings: FINDINGS, in the order of the postings, then what is missing, title before text, rule, place.
        guarded: the same columns and `guard`: matches that are no findings, and why.
        verdicts: VERDICT_TABLE, one row per posting, in their order.
        counts: how many of each.
        rules: the rules that were asked.
        on: the day that was taken for today.
    """

    findings: pl.DataFrame
    guarded: pl.DataFrame
    verdicts: pl.DataFrame
    counts: Counts
    rules: tuple[Rule, ...]
    on: date


def screen(postings: pl.DataFrame, *, on: date, progress: Callable[[int, int], None] | None = None) -> Screening:
    """Screen postings for illegal recruitment practice.

    A finding is evidence for a person to judge, never a decision: `hold` means that the posting waits
    for a person before it is recommended to anybody.

    Args:
        postings: columns posting_id (text or whole numbers; the type is kept), title, text; rules of facts are
            asked only of a table with all columns that they name.
        on: today; rules and articles that are not in force on that day are not asked.
        progress: called with (postings done, postings in all).

    Raises:
        InvalidTable: a column is missing or of the wrong kind, or a posting_id stands twice.

    Example:
        >>> from datetime import date
        >>> postings = pl.DataFrame({"posting_id": ["P1"], "title": ["仓管员"], "text": ["入职须交押金300元。"]})
        >>> screening = screen(postings, on=date(2026, 9, 1))
        >>> screening.findings.select("rule_id", "start", "end", "fact").rows()
        [('F1', 2, 10, '须交押金300元')]
        >>> screening.verdicts.rows()
        [('P1', 'hold', 'T1', ['F1'])]
    """
    asked = rules(on)
    scanner = Scanner(asked)
    read = check(postings, _NEEDED)
    absent = [missing(rule, postings) for rule in asked if asks(rule, postings.columns)]
    found: list[tuple[object, str, Match]] = []
    verdicts: list[tuple[object, str, str | None, list[str]]] = []
    for at, (posting_id, title, text) in enumerate(read.select("posting_id", "title", "text").iter_rows()):
        matches = [("title", match) for each in absent if (match := each[at]) is not None]
        matches += [("title", match) for match in scanner.scan(title or "", "title")]
        matches += [("text", match) for match in scanner.scan(text or "", "text")]
        found += [(posting_id, field, match) for field, match in matches]
        verdicts.append((posting_id, *_verdict([match for _, match in matches], on)))
        if progress is not None and at % _EVERY == 0:
            progress(at, read.height)
    if progress is not None:
        progress(read.height, read.height)
    id_dtype = read.schema["posting_id"]
    guarded = _frame(found, on, id_dtype, guarded=True)
    findings = _frame(found, on, id_dtype, guarded=False)
    table = pl.DataFrame(verdicts, schema={**VERDICT_TABLE.empty().schema, "posting_id": id_dtype}, orient="row")
    return Screening(
        findings=findings,
        guarded=guarded,
        verdicts=table,
        counts=_counts(asked, findings, guarded, table),
        rules=asked,
        on=on,
    )


def _verdict(matches: list[Match], on: date) -> tuple[str, str | None, list[str]]:
    """The gravest verdict that any hit asks for, the gravest tier, and the rules hit."""
    hits = [match for match in matches if match.guard is None]
    asked = {match.rule.verdict(match.fact, on, tier=match.tier) for match in hits}
    verdict = "hold" if "hold" in asked else "warn" if "warn" in asked else "cleared"
    tier = min((match.tier for match in hits), default=None)
    return verdict, tier, sorted({match.rule.id for match in hits})


def _frame(found: list[tuple[object, str, Match]], on: date, id_dtype: pl.DataType, *, guarded: bool) -> pl.DataFrame:
    schema = GUARDED if guarded else FINDINGS
    rows = [
        {
            "posting_id": posting_id,
            "rule_id": match.rule.id,
            "tier": match.tier,
            "start": match.start,
            "end": match.end,
            "fact": match.fact,
            "legal_basis": match.rule.basis_of(match.fact, on),
            "field": field,
            "version": match.rule.version,
            "guard": match.guard,
        }
        for posting_id, field, match in found
        if (match.guard is not None) is guarded
    ]
    return pl.DataFrame(rows, schema={**schema.empty().schema, "posting_id": id_dtype}, orient="row")


def _counts(asked: tuple[Rule, ...], findings: pl.DataFrame, guarded: pl.DataFrame, verdicts: pl.DataFrame) -> Counts:
    none = {rule.id: 0 for rule in asked}
    by_verdict = Counter(verdicts["verdict"].to_list())
    return Counts(
        postings=verdicts.height,
        hits=MappingProxyType(none | Counter(findings["rule_id"].to_list())),
        guarded=MappingProxyType(none | Counter(guarded["rule_id"].to_list())),
        postings_hit=MappingProxyType(
            none | Counter(findings.select("posting_id", "rule_id").unique()["rule_id"].to_list())
        ),
        held=by_verdict["hold"],
        warned=by_verdict["warn"],
        cleared=by_verdict["cleared"],
    )
