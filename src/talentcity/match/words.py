"""How much of a profile's words stands in an advert: character n-grams weighted by how rare they are.

A term (a skill, a wished occupation, the field of study; Chinese and English names are two wordings of one term) is
cut into n-grams of two and three characters. The share of their weight that the advert holds says how far the term
stands there; shares up to a half are chance. A profile counts by its best three terms, so that a further skill can
only help. Weights are inverse document frequencies over the open vacancies.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from talentcity.match.city import padded
from talentcity.text import lexicon

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
GRAMS = (2, 3)
BEST = 3
CHANCE = 0.5
_CELLS = 16_000_000  # adverts x wordings at a time: bounds memory


def simple(text: str) -> str:
    """Lower case, white space collapsed: how both sides are compared."""
    return " ".join(text.lower().split())


def wordings(term: str) -> tuple[str, ...]:
    """The ways in which a term may be written: names in both languages, or the plain word itself."""
    kind, colon, code = term.partition(":")
    if colon and kind == "skill":
        skill = lexicon.skill(code)
        return simple(skill.zh), simple(skill.en)
    if colon and kind == "family":
        family = lexicon.family(code)
        return simple(family.zh), simple(family.en)
    return (simple(term),)


def grams_of(texts: list[str]) -> tuple[Ints, Ints]:
    """All n-grams of each text: the line each stands in, and its code. Equal grams have equal codes.

    Example:
        >>> lines, codes = grams_of(["aba", "ab"])
        >>> lines.tolist(), len(set(codes.tolist()))   # ab, ba, ab and aba
        ([0, 0, 1, 0], 3)
    """
    joined = "\n".join(texts)
    points = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4").astype(np.int64)
    line = np.cumsum(points == ord("\n"))
    lines, codes = [], []
    for size in GRAMS:
        code = np.zeros(max(0, points.size - size + 1), dtype=np.int64)
        whole = np.ones(code.size, dtype=bool)
        for at in range(size):
            part = points[at : at + code.size]
            code = (code << 21) | part  # a character has at most 21 bits, so three of them fit
            whole &= part != ord("\n")
        lines.append(line[: code.size][whole])
        codes.append(code[whole])
    return np.concatenate(lines), np.concatenate(codes)


def _held(texts: list[str], vocabulary: Ints) -> tuple[Ints, Ints]:
    """Lines and places in the vocabulary of the known grams of each text, each once per text."""
    line, gram = grams_of(texts)
    at = np.minimum(np.searchsorted(vocabulary, gram), vocabulary.size - 1)
    known = vocabulary[at] == gram
    both = np.unique(line[known] * vocabulary.size + at[known])
    return both // vocabulary.size, both % vocabulary.size


def closeness(terms: pl.Series, texts: pl.Series, person: Ints, opening: Ints) -> Floats:
    """For each pair (row of `terms`, row of `texts`) a value from 0 to 1.

    Args:
        terms: List(String), one row per person.
        texts: String, one row per open vacancy.
        person, opening: (P,) rows.
    """
    named = sorted(set(terms.explode().drop_nulls()))
    written = [(wording, at) for at, term in enumerate(named) for wording in wordings(term)]
    if not written or not person.size:
        return np.zeros(person.size)
    phrases = [wording for wording, _ in written]
    vocabulary = np.unique(grams_of(phrases)[1])
    if not vocabulary.size:
        return np.zeros(person.size)
    holds = _incidence([simple(text) for text in texts], vocabulary)
    weight = np.log((1.0 + texts.len()) / (1.0 + np.asarray(holds.sum(axis=0)).ravel())) + 1.0
    shares = _shares(phrases, vocabulary, weight)
    wording_of = np.array([at for _, at in written], dtype=np.int64)
    own = padded(terms, {term: at for at, term in enumerate(named)}, filler=len(named))
    value = np.zeros(person.size)
    order = np.argsort(opening, kind="stable")
    for rows, first, last in _stretches(opening, order, len(written)):
        table = _table(holds[first:last], shares, wording_of, len(named))
        value[rows] = _best_three(table, own, person[rows], opening[rows] - first)
    return value


def _incidence(texts: list[str], vocabulary: Ints) -> sparse.csr_matrix:
    """(texts, vocabulary) 1 where the text holds the gram; built in stretches of texts."""
    parts = []
    for first in range(0, len(texts), 4096):
        some = texts[first : first + 4096]
        line, at = _held(some, vocabulary)
        parts.append(sparse.csr_matrix((np.ones(at.size), (line, at)), shape=(len(some), vocabulary.size)))
    return sparse.csr_matrix(sparse.vstack(parts))


def _shares(phrases: list[str], vocabulary: Ints, weight: Floats) -> sparse.csr_matrix:
    """(vocabulary, wordings) each gram's share of its wording's weight."""
    line, at = _held(phrases, vocabulary)
    total = np.bincount(line, weights=weight[at], minlength=len(phrases))
    return sparse.csr_matrix((weight[at] / total[line], (at, line)), shape=(vocabulary.size, len(phrases)))


def _stretches(opening: Ints, order: Ints, wordings: int) -> list[tuple[Ints, int, int]]:
    """Rows of pairs by stretches of vacancies, few enough for a dense table."""
    width = max(1, _CELLS // wordings)
    ordered = opening[order]
    found = []
    for first in range(0, int(ordered[-1]) + 1, width):
        low, high = np.searchsorted(ordered, (first, first + width))
        if high > low:
            found.append((order[low:high], first, first + width))
    return found


def _table(holds: sparse.csr_matrix, shares: sparse.csr_matrix, wording_of: Ints, terms: int) -> Floats:
    """(vacancies, terms + 1) how far each term stands in each advert; the last column is for "no term"."""
    held = (holds @ shares).toarray()
    table = np.zeros((held.shape[0], terms + 1))
    first_wording = np.flatnonzero(np.diff(wording_of, prepend=-1))
    table[:, :terms] = np.maximum.reduceat(held, first_wording, axis=1)
    return np.maximum((table - CHANCE) / (1.0 - CHANCE), 0.0)


def _best_three(table: Floats, own: Ints, person: Ints, row: Ints) -> Floats:
    """The mean of the best three terms of each pair; fewer terms count as 0."""
    best = np.zeros((BEST, person.size))
    for column in range(own.shape[1]):
        rising = table[row, own[person, column]]
        for place in range(BEST):
            rising, best[place] = np.minimum(rising, best[place]), np.maximum(rising, best[place])
    mean: Floats = np.minimum(best.sum(axis=0) / BEST, 1.0)
    return mean
