"""A published text cut into passages, so that a page can mark what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from talentcity.office.records.penalties import penalties

GRAVE = ("T1", "T2")
"""Tiers that hold an advert."""


@dataclass(frozen=True, slots=True)
class Note:
    """One finding as a page shows it: its number on the page, the passage and the rule (a dict of the report)."""

    number: int
    finding: object
    rule: dict
    passage: str
    kind: str
    penalties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the text: `kind` is empty, hold, warn or calm; `notes` are those whose finding ends here."""

    text: str
    kind: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class MarkedPosting:
    """A posting with its title and text in passages, and the notes in the order of the page."""

    screened: object
    title: tuple[Passage, ...]
    text: tuple[Passage, ...]
    notes: tuple[Note, ...]


def mark(screened, *, rules: dict[str, dict], on: date | None, first: int = 1, with_let_pass: bool) -> MarkedPosting:
    """Cut the title and the text of a screened posting at its findings.

    Args:
        rules: what is known of each rule, by its id.
        on: the day for which penalties are told; None: none are.
        first: the number of the first note.
        with_let_pass: mark what looked like a hit and was let pass, too.
    """
    posting = screened.posting
    found = list(screened.findings) + (list(screened.let_pass) if with_let_pass else [])
    found.sort(key=lambda finding: (finding.field != "title", finding.start, finding.end, finding.rule_id))
    notes = tuple(_note(number, finding, posting, rules, on) for number, finding in enumerate(found, first))
    return MarkedPosting(
        screened=screened,
        title=cut(posting.title, [note for note in notes if note.finding.field == "title"]),
        text=cut(posting.text, [note for note in notes if note.finding.field == "text"]),
        notes=notes,
    )


def cut(text: str, notes: Sequence[Note]) -> tuple[Passage, ...]:
    """The text in passages that join to the text again; where findings overlap, the gravest gives the kind."""
    edges = {0, len(text)}
    for note in notes:
        edges |= {min(note.finding.start, len(text)), min(note.finding.end, len(text))}
    cuts = sorted(edges)
    return tuple(_passage(text, start, end, notes) for start, end in pairwise(cuts))


def _passage(text: str, start: int, end: int, notes: Sequence[Note]) -> Passage:
    over = [note for note in notes if note.finding.start <= start and end <= note.finding.end]
    kinds = {note.kind for note in over}
    kind = next((kind for kind in ("hold", "warn", "calm") if kind in kinds), "")
    return Passage(text[start:end], kind, tuple(note for note in over if min(note.finding.end, len(text)) == end))


def _note(number, finding, posting, rules, on) -> Note:
    return Note(
        number=number,
        finding=finding,
        rule=rules.get(finding.rule_id, {}),
        passage=words_of(posting, finding),
        kind=kind_of(finding),
        penalties=penalties(rules.get(finding.rule_id, {}), finding.legal_basis, on) if on else (),
    )


def words_of(posting, found) -> str:
    """The words of the title or the text in which something, a finding or a fact, was found."""
    return (posting.title if found.field == "title" else posting.text)[found.start : found.end]


def kind_of(finding) -> str:
    """How a finding is shown: `hold` where its tier holds an advert, `warn`, or `calm` for what is evidence alone."""
    if finding.guard or finding.tier == "T4":
        return "calm"
    return "hold" if finding.tier in GRAVE else "warn"
