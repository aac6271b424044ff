"""Find the postings that leave out facts an advert has to state: columns first, then words, then what `text` reads."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from talentcity.guard.rule import NeededFact, Rule
from talentcity.guard.scanner import Match
from talentcity.text.facts import facts_of
from talentcity.text.normal import normalise


def asks(rule: Rule, columns: Sequence[str]) -> bool:
    """Whether a rule of facts is asked of a table: it needs every column in which a fact could stand.

    A table of titles and texts alone was cut from something larger; what it leaves out nobody failed to state.
    """
    return bool(rule.facts) and {column for fact in rule.facts for column in fact.columns} <= set(columns)


def missing(rule: Rule, postings: pl.DataFrame) -> list[Match | None]:
    """For each posting, one match that names the facts it does not state; None: it states them all.

    Args:
        rule: a rule of facts.
        postings: POSTINGS; `text` and empty cells may be missing.
    """
    stated = postings.select(_stated(fact, postings).alias(str(at)) for at, fact in enumerate(rule.facts))
    texts = postings["text"] if "text" in postings.columns else pl.repeat("", postings.height, eager=True)
    found: list[Match | None] = []
    for title, text, row in zip(postings["title"], texts, stated.iter_rows(), strict=True):
        left = [fact for fact, is_stated in zip(rule.facts, row, strict=True) if not is_stated]
        left = _unsaid(left, title or "", text or "") if left else left
        found.append(_match(rule, left) if left else None)
    return found


def _stated(fact: NeededFact, postings: pl.DataFrame) -> pl.Expr:
    """Whether one of the fact's columns holds something that is not blank."""
    filled = [
        pl.col(column).str.strip_chars().fill_null("") != ""
        if postings.schema[column] == pl.String
        else pl.col(column).is_not_null()
        for column in fact.columns
    ]
    return pl.any_horizontal(filled) if filled else pl.repeat(False, pl.len())


def _unsaid(left: list[NeededFact], title: str, text: str) -> list[NeededFact]:
    """The facts that neither the words nor the readers of `text` find in the advert."""
    simple = normalise(f"{title}\n{text}").text
    left = [fact for fact in left if fact.words.search(simple) is None]
    if not any(fact.kinds for fact in left):
        return left
    read = {fact.kind for fact in facts_of(title, text)}
    return [fact for fact in left if not fact.kinds & read]


def _match(rule: Rule, left: list[NeededFact]) -> Match:
    """What is missing stands nowhere: the passage is empty."""
    named = ", ".join(f"{fact.name_zh} {fact.name_en}" for fact in left)
    return Match(rule, "missing", rule.tier, 0, 0, f"未写明 not stated: {named}", None)
