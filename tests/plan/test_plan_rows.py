"""Pairs in any order become rows; what arrays must hold; the slow twin sorts tuples."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidOption
from talentcity.plan import Problem, rows

Pairs = list[tuple[int, int, float]]
OPPORTUNITIES = 9
# Few different scores, so that ties are common; all are exact in 32 bits.
SCORES = st.sampled_from([0.0, -0.0, 0.25, 0.5, 0.75, 1.0])


@st.composite
def pairs_of_some(draw: st.DrawFn) -> tuple[int, Pairs]:
    persons = draw(st.integers(0, 50))
    keys = st.tuples(st.integers(0, max(0, persons - 1)), st.integers(0, OPPORTUNITIES - 1))
    chosen = draw(st.lists(keys, unique=True, max_size=120 if persons else 0))
    return persons, [(person, opportunity, draw(SCORES)) for person, opportunity in chosen]


@pytest.fixture(params=[1 << 17, 4], ids=["one block", "blocks of four pairs"], autouse=True)
def _block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_BLOCK", request.param)
    monkeypatch.setattr(rows, "_BLOCKS", request.param)


def coded(persons: int, pairs: Pairs, dtype: type = np.float64, opportunities: int = OPPORTUNITIES) -> Problem:
    return Problem.coded(
        person=np.array([person for person, _, _ in pairs], dtype=np.int32),
        opportunity=np.array([opportunity for _, opportunity, _ in pairs], dtype=np.int32),
        score=np.array([score for _, _, score in pairs], dtype=dtype),
        owed=np.full(persons, 2),
        capacity=np.ones(opportunities, dtype=np.int64),
        per_person=3,
    )


def rows_of(problem: Problem) -> list[list[tuple[int, float]]]:
    both = list(zip(problem.opportunity.tolist(), problem.score.tolist(), strict=True))
    return [both[low:high] for low, high in itertools.pairwise(problem.start.tolist())]


def rows_by_definition(persons: int, pairs: Pairs) -> list[list[tuple[int, float]]]:
    return [
        sorted(((o, s) for person, o, s in pairs if person == i), key=lambda pair: (-pair[1], pair[0]))
        for i in range(persons)
    ]


@settings(deadline=None)
@given(problem=pairs_of_some(), dtype=st.sampled_from([np.float32, np.float64]))
def test_rows_are_those_of_the_definition(problem: tuple[int, Pairs], dtype: type) -> None:
    made = coded(*problem, dtype)
    assert rows_of(made) == rows_by_definition(*problem)
    assert (made.score.dtype, made.opportunity.dtype, made.start.dtype) == (dtype, np.int32, np.int64)


@settings(deadline=None)
@given(problem=pairs_of_some(), dtype=st.sampled_from([np.float32, np.float64]))
def test_rows_that_stand_by_person_give_the_same(problem: tuple[int, Pairs], dtype: type) -> None:
    persons, pairs = problem
    together = sorted(pairs, key=lambda pair: pair[0])  # stable: any order within a person
    made, again = coded(*problem, dtype), of_rows(persons, together, dtype)
    assert rows_of(again) == rows_of(made)
    assert rows_of(of_rows(persons, [(i, *pair) for i, row in enumerate(rows_of(made)) for pair in row], dtype)) == (
        rows_of(made)
    )


@pytest.mark.parametrize("size", [255, 256, 257, 258, 1000])
@pytest.mark.parametrize("ties", [3, 2**20])
def test_long_rows_are_in_order(size: int, ties: int) -> None:
    # Up to 256 pairs are put in order by counting, more by a heap.
    random = np.random.default_rng(size)
    scores = random.integers(0, ties, size) / 2**20
    pairs = [
        (i, int(code), float(score))
        for i in (0, 2)
        for code, score in zip(random.permutation(size), scores, strict=True)
    ]
    order = random.permutation(len(pairs))
    shuffled = [pairs[at] for at in order]
    assert rows_of(coded(3, shuffled, opportunities=size)) == rows_by_definition(3, pairs)


def test_one_person_with_most_pairs_needs_no_room_beside_the_rows() -> None:
    # 3 * 2^18 pairs of person 0 and one of everybody else; parted so that the long row is a block of its own.
    many = 3 << 18
    person = np.concatenate([np.zeros(many, np.int32), np.arange(1, 1001, dtype=np.int32)])
    opportunity = np.concatenate([np.arange(many, dtype=np.int32)[::-1], np.zeros(1000, np.int32)])
    made = rows.grouped(person, opportunity, np.full(person.size, 0.5, np.float32), persons=1001)
    assert made.opportunity[:many].tolist() == list(range(many))
    assert made.start[-3:].tolist() == [many + 998, many + 999, many + 1000]


def of_rows(persons: int, pairs: Pairs, dtype: type = np.float64, **changes: Any) -> Problem:
    person = np.array([person for person, _, _ in pairs], dtype=np.int64)
    arguments = {
        "start": np.searchsorted(person, np.arange(persons + 1)),
        "opportunity": np.array([opportunity for _, opportunity, _ in pairs], dtype=np.int32),
        "score": np.array([score for _, _, score in pairs], dtype=dtype),
        "owed": np.full(persons, 2),
        "capacity": np.ones(OPPORTUNITIES, dtype=np.int64),
        "per_person": 3,
    }
    return Problem.of_rows(**(arguments | changes))


TWO = [(0, 1, 0.5), (0, 3, 0.25), (1, 1, 1.0)]


def test_rows_in_order_are_not_copied_and_stay_the_callers() -> None:
    score = np.array([0.5, 0.25, 1.0], dtype=np.float32)
    problem = of_rows(2, TWO, score=score)
    assert np.shares_memory(problem.score, score)
    assert (problem.score.flags.writeable, score.flags.writeable) == (False, True)
    other = np.array([0.25, 0.5, 1.0], dtype=np.float32)
    assert of_rows(2, TWO, score=other).score.tolist() == [0.5, 0.25, 1.0]
    assert other.tolist() == [0.25, 0.5, 1.0]


def test_codes_and_offsets_may_be_of_any_whole_type() -> None:
    expected = rows_of(of_rows(2, TWO))
    for dtype in (np.int64, np.uint8, np.uint64):
        start, opportunity = np.array([0, 2, 3], dtype=dtype), np.array([1, 3, 1], dtype=dtype)
        problem = of_rows(2, TWO, start=start, opportunity=opportunity)
        assert (rows_of(problem), problem.opportunity.dtype) == (expected, np.int32)
    pairs = {"person": np.array([0, 0, 1], dtype=np.uint16), "opportunity": np.array([1, 3, 1], dtype=np.int64)}
    limits = {"owed": np.array([1, 1], dtype=np.uint8), "capacity": np.array([0] * 9), "per_person": 1}
    assert rows_of(Problem.coded(**pairs, score=np.array([0.5, 0.25, 1.0]), **limits)) == expected


def test_scores_may_be_whole_numbers() -> None:
    assert of_rows(2, TWO, score=np.array([0, 1, 1])).score.tolist() == [1.0, 0.0, 1.0]


def test_capacity_may_be_larger_than_anything() -> None:
    huge = np.full(OPPORTUNITIES, 2**64 - 1, dtype=np.uint64)
    problem = of_rows(2, TWO, capacity=huge)
    assert problem.usable.tolist() == [0, 2, 0, 1, 0, 0, 0, 0, 0]
    assert problem.capacity.dtype == np.int64


def test_owed_may_be_more_than_there_are_pairs() -> None:
    assert of_rows(2, TWO, owed=np.array([3, 3])).unit_start.tolist() == [0, 3, 6]


def test_offsets_beyond_32_bits() -> None:
    counts = np.full(4, 2**31 - 1, dtype=np.int32)
    assert rows.offsets(counts).tolist() == [i * (2**31 - 1) for i in range(5)]
    with pytest.raises(InvalidOption, match="start goes from 0 to 6442450941; expected 0 to 3, the number of pairs"):
        of_rows(2, TWO, start=np.array([0, 2**31, 3 * (2**31 - 1)]))


def test_nobody_and_nothing() -> None:
    nothing = of_rows(0, [], capacity=np.array([], dtype=np.int64))
    assert (nothing.persons, nothing.opportunities, nothing.pairs) == (0, 0, 0)
    assert coded(0, []).start.tolist() == [0]
    assert coded(3, []).start.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"score": np.array([0.5, np.nan, 1.0])}, r"score\[1\] is nan; expected numbers from 0 to 1"),
        ({"score": np.array([0.5, 1.5, 1.0])}, r"score\[1\] is 1.5; expected"),
        ({"score": np.array([0.5, 0.5, -0.25], dtype=np.float32)}, r"score\[2\] is -0.25; expected"),
        ({"score": np.array([0.5, np.inf, 1.0])}, r"score\[1\] is inf; expected"),
        ({"score": np.array(["a", "b", "c"])}, "score holds <U1; expected numbers"),
        ({"score": np.array([0.5, 0.5])}, "opportunity has 3, score has 2; expected as many of each"),
        ({"score": np.array([[0.5, 0.5, 0.5]])}, "score has 2 axes; expected one"),
        ({"opportunity": np.array([1, 9, 1])}, r"opportunity\[1\] is 9; expected whole numbers, 0 to 8"),
        ({"opportunity": np.array([1, 3, -1])}, r"opportunity\[2\] is -1; expected"),
        ({"opportunity": np.array([1, 3, 2**32])}, r"opportunity\[2\] is 4294967296; expected"),
        ({"opportunity": np.array([1.0, 3.0, 1.0])}, "opportunity holds float64; expected whole numbers"),
        (
            {"opportunity": np.array([3, 3, 1])},
            "person 0 and opportunity 3 are a pair 2 times; expected each pair once. 1 of the 3 pairs stand already",
        ),
        ({"start": np.array([0, 3])}, "start has 2 numbers; expected 3, one more than owed"),
        ({"start": np.array([0, 2, 2])}, "start goes from 0 to 2; expected 0 to 3"),
        ({"start": np.array([1, 2, 3])}, "start goes from 1 to 3; expected 0 to 3"),
        ({"start": np.array([0, -2, 3])}, r"start\[1\] is -2; expected whole numbers, at least 0"),
        ({"start": np.array([0, 4, 3])}, r"start\[1\] is 4 and start\[2\] is 3; expected no fall"),
        ({"start": np.array([0.0, 2.0, 3.0])}, "start holds float64; expected whole numbers"),
        ({"owed": np.array([2, 4])}, r"owed\[1\] is 4; expected whole numbers, 0 to 3"),
        ({"owed": np.array([2, -1])}, r"owed\[1\] is -1; expected whole numbers, 0 to 3"),
        ({"capacity": np.array([1] * 8 + [-1])}, r"capacity\[8\] is -1; expected whole numbers, at least 0"),
        ({"capacity": np.array([0.5] * 9)}, "capacity holds float64; expected whole numbers"),
        ({"capacity": np.array([], dtype=np.int64)}, "opportunity has 3 codes; expected none"),
        ({"per_person": 0}, "per-person is 0"),
        ({"penalties": (1.0, 2.0, 3.0)}, "penalties 1,2,3 rise"),
    ],
)
def test_arrays_that_cannot_be_are_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidOption, match=says):
        of_rows(2, TWO, **changes)


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ([0, 0, 2], r"person\[2\] is 2; expected whole numbers, 0 to 1"),
        ([0, -1, 1], r"person\[1\] is -1; expected"),
        ([0, 0], "person has 2, opportunity has 3, score has 3; expected as many of each"),
    ],
)
def test_codes_of_persons_that_cannot_be_are_refused(person: list[int], says: str) -> None:
    with pytest.raises(InvalidOption, match=says):
        Problem.coded(
            person=np.array(person), opportunity=np.array([0, 1, 0]), score=np.array([0.5, 0.5, 0.5]),
            owed=np.array([1, 1]), capacity=np.array([1, 1]), per_person=1,
        )  # fmt: skip


@pytest.mark.parametrize("make", [coded, of_rows])
def test_repeated_pairs_are_found_whatever_their_scores(make: Callable[[int, Pairs], Problem]) -> None:
    pairs = [(1, 2, 0.5), (1, 4, 0.25), (2, 2, 0.5), (2, 5, 1.0), (2, 2, 0.0), (2, 2, 0.5)]
    with pytest.raises(InvalidOption, match=r"person 2 and opportunity 2 are a pair 3 times.* 2 of the 6 pairs"):
        make(3, pairs)
