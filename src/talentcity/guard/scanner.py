"""Find the rules' passages in one text: literals first, then patterns in the literal's sentence, then guards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from talentcity.guard.rule import Guard, Pattern, Rule
from talentcity.text.normal import Normal, normalise, sentences_at

_CLAUSE_ENDS = re.compile(r",| but | however | although |但|然而")
_AFTER = 40  # characters behind a match that its "after" guards see; they say themselves how near they must be
_NEAR = 100  # characters to each side that "near" guards see, across sentences
_LONGEST = 400  # a longer sentence is no sentence: it is cut, so that no text takes more than its share of time


@dataclass(frozen=True, slots=True)
class Match:
    """One passage that a pattern matched.

    Attributes:
        rule: the rule.
        pattern: the name of its pattern.
        tier: how grave it is.
        start, end: the passage in the original text, in code points.
        fact: the passage in normalised words.
        guard: the name of the guard that spoke against it; None: a hit.
    """

    rule: Rule
    pattern: str
    tier: str
    start: int
    end: int
    fact: str
    guard: str | None


class Scanner:
    """The patterns of some rules, ready to read many texts."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._wordings = [(rule, wording) for rule in rules for wording in rule.wordings]
        owners: dict[str, list[int]] = {}
        for at, (_, wording) in enumerate(self._wordings):
            for word in wording.triggers:
                owners.setdefault(normalise(word).text, []).append(at)
        self._literals = ahocorasick.Automaton()
        for word, whose in owners.items():
            self._literals.add_word(word, tuple(whose))
        if owners:
            self._literals.make_automaton()

    def scan(self, text: str, field: str) -> list[Match]:
        """All matches in one field of a posting, by rule, then by place; hits and guarded ones alike.

        Args:
            text: as published.
            field: `title` or `text`; some patterns read one of them only.
        """
        if not text or not len(self._literals):
            return []
        normal = normalise(text)
        places: dict[int, list[int]] = {}
        last = len(normal.text) - 1
        for end, whose in self._literals.iter(f"{normal.text} "):  # a word may end with the text
            for at in whose:
                places.setdefault(at, []).append(min(end, last))
        if not places:
            return []
        spans = _short(sentences_at(normal, sorted({place for each in places.values() for place in each})))
        found: list[Match] = []
        taken: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for at in sorted(places):
            rule, wording = self._wordings[at]
            patterns = [pattern for pattern in wording.patterns if field in pattern.fields]
            for span in _holding(spans, places[at]):
                found.extend(_matches(rule, patterns, normal, span, taken.setdefault((rule.id, span[0]), [])))
        return sorted(found, key=lambda match: (match.rule.id, match.start, match.end))


def _short(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    if all(end - start <= _LONGEST for start, end in spans):
        return spans
    return [(at, min(at + _LONGEST, end)) for start, end in spans for at in range(start, end, _LONGEST)]


def _holding(spans: list[tuple[int, int]], places: list[int]) -> Iterator[tuple[int, int]]:
    """The spans that hold at least one of the places; both rise."""
    at = 0
    for start, end in spans:
        while at < len(places) and places[at] < start:
            at += 1
        if at < len(places) and places[at] < end:
            yield start, end


def _holds_one(sentence: str, words: tuple[str, ...]) -> bool:
    """Whether it holds one of the words, or none is needed; a plain loop, since nothing is asked more often."""
    for word in words:
        if word in sentence:
            return True
    return not words


def _matches(
    rule: Rule, patterns: list[Pattern], normal: Normal, span: tuple[int, int], taken: list[tuple[int, int]]
) -> Iterator[Match]:
    """Matches in one sentence. A passage that an earlier pattern took is not reported again by a later one."""
    sentence = normal.text[span[0] : span[1]]
    for pattern in patterns:
        if not _holds_one(sentence, pattern.needs):
            continue
        for match in pattern.regex.finditer(sentence):
            start, end = span[0] + match.start(), span[0] + match.end()
            if start == end or any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            taken.append((start, end))
            guard = _guard_of(pattern.guards, normal.text, sentence, span[0], match)
            yield Match(rule, pattern.name, pattern.tier, *normal.span(start, end), match.group(), guard)


def _guard_of(guards: tuple[Guard, ...], text: str, sentence: str, offset: int, match: re.Match[str]) -> str | None:
    views: dict[str, str] = {"match": match.group(), "sentence": sentence}
    for guard in guards:
        if guard.scope not in views:
            views |= _views(guard.scope, text, sentence, offset, match.span())
        if guard.pattern.search(views[guard.scope]) is not None:
            return guard.name
    return None


def _views(scope: str, text: str, sentence: str, offset: int, span: tuple[int, int]) -> dict[str, str]:
    """What a guard of this scope looks at, and what comes with it for nothing."""
    start, end = span
    if scope == "after":
        return {"after": sentence[end : end + _AFTER]}
    if scope == "near":
        return {"near": text[max(0, offset + start - _NEAR) : offset + end + _NEAR]}
    earlier, begins = [0, 0, *(mark.end() for mark in _CLAUSE_ENDS.finditer(sentence, 0, start))][-2:]
    mark = _CLAUSE_ENDS.search(sentence, end)
    until = len(sentence) if mark is None else mark.start()
    return {"before": sentence[begins:start], "clause": sentence[begins:until], "pair": sentence[earlier:until]}
