"""Forbidden and fixed pairs, priorities, minima and congestion: what a problem carries, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidOption, InvalidTable
from talentcity.plan import Problem, rows
from talentcity.plan.variants import Congestion, Fixed

PAIRS = pl.DataFrame(
    [("A", "V", 0.9), ("A", "W", 0.5), ("B", "V", 0.8), ("B", "X", 0.1)],
    schema=["person_id", "opportunity_id", "score"],
    orient="row",
)
CAPACITY = pl.DataFrame({"opportunity_id": ["V", "W", "X"], "capacity": [2, 1, 1]})
OWED = pl.DataFrame({"person_id": ["A", "B", "C"], "owed": [2, 1, 3]})


def both(*pairs: tuple[Any, Any]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema=["person_id", "opportunity_id"], orient="row")


def told(problem: Problem) -> list[tuple[str, str, float]]:
    persons = problem.person_ids.gather(problem.person)
    opportunities = problem.opportunity_ids.gather(problem.opportunity)
    return list(zip(persons, opportunities, problem.score.tolist(), strict=True))


def fixed_of(problem: Problem) -> list[tuple[str, str, float | None]]:
    assert isinstance(problem.fixed, Fixed)
    persons = problem.person_ids.gather(problem.fixed.person)
    opportunities = problem.opportunity_ids.gather(problem.fixed.opportunity)
    scores = [None if math.isnan(score) else score for score in problem.fixed.score.tolist()]
    return list(zip(persons, opportunities, scores, strict=True))


def test_forbidden_pairs_are_left_out_and_the_person_stays() -> None:
    problem = Problem.checked(PAIRS, CAPACITY, forbidden=both(("B", "V"), ("A", "W"), ("B", "X")))
    assert told(problem) == [("A", "V", 0.9)]
    assert problem.person_ids.to_list() == ["A", "B"]
    assert problem.owed.tolist() == [3, 3]


def test_forbidden_may_name_what_is_not_there_and_say_it_twice() -> None:
    forbidden = both(("A", "V"), ("A", "V"), ("Z", "V"), ("A", "Z"), ("B", "W"))
    assert told(Problem.checked(PAIRS, CAPACITY, forbidden=forbidden)) == told(Problem.checked(PAIRS, CAPACITY))[1:]
    assert told(Problem.checked(PAIRS, CAPACITY, forbidden=both())) == told(Problem.checked(PAIRS, CAPACITY))


def test_forbidden_ids_must_be_of_the_type_of_the_others() -> None:
    with pytest.raises(InvalidTable, match="forbidden, column opportunity_id: ids are numbers here and text in capac"):
        Problem.checked(PAIRS, CAPACITY, forbidden=both(("A", 1)))
    with pytest.raises(InvalidTable, match="forbidden, row 2, column person_id: empty; expected an id"):
        Problem.checked(PAIRS, CAPACITY, forbidden=both(("A", "V"), (None, "V")))


@settings(deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), unique=True, max_size=60),
    cut=st.lists(st.tuples(st.integers(-1, 9), st.integers(-1, 9)), max_size=60),
)
def test_pairs_that_are_cut_are_gone_and_no_others(pairs: list[tuple[int, int]], cut: list[tuple[int, int]]) -> None:
    codes = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    away = np.array(cut, dtype=np.int32).reshape(-1, 2)
    made = rows.grouped(codes[:, 0], codes[:, 1], np.linspace(0, 1, len(pairs)), persons=10)
    before = [(int(i), int(o), s) for i, o, s in zip(np.repeat(range(10), np.diff(made.start)), *made[1:], strict=True)]
    kept = rows.without(made, away[:, 0], away[:, 1], 10)
    after = [(int(i), int(o), s) for i, o, s in zip(np.repeat(range(10), np.diff(kept.start)), *kept[1:], strict=True)]
    assert after == [pair for pair in before if pair[:2] not in cut]


def test_fixed_pairs_are_taken_out_and_lower_what_is_left() -> None:
    problem = Problem.checked(
        PAIRS, CAPACITY.with_columns(minimum=pl.Series([2, 1, 0])), owed=OWED, fixed=both(("C", "V"), ("A", "W"))
    )
    assert fixed_of(problem) == [("A", "W", 0.5), ("C", "V", None)]
    assert told(problem) == [("A", "V", 0.9), ("B", "V", 0.8), ("B", "X", 0.1)]
    assert problem.owed.tolist() == [1, 1, 2]
    assert problem.capacity.tolist() == [1, 0, 1]
    assert problem.minimum is not None
    assert problem.minimum.tolist() == [1, 0, 0]
    assert Problem.checked(PAIRS, CAPACITY, fixed=both()).fixed is None


@pytest.mark.parametrize(
    ("fixed", "says"),
    [
        (
            both(("A", "V"), ("B", "V"), ("A", "V")),
            "fixed, row 3, column person_id and opportunity_id: A, V: stands already in row 1; expected each once",
        ),
        (both(("Z", "V")), "fixed, row 1, column person_id: 'Z': owed does not list it; every person with a pair"),
        (both(("A", "Z")), "fixed, row 1, column opportunity_id: 'Z': capacity does not list it; every opportunity"),
        (
            both(("B", "W"), ("A", "V"), ("B", "V")),
            "fixed, row 3, column person_id: 'B': 2 pairs are fixed and what is owed to this person is 1; "
            "expected no more pairs than that",
        ),
        (
            both(("A", "W"), ("B", "W")),
            "fixed, row 2, column opportunity_id: 'W': 2 pairs are fixed and the capacity of this opportunity is 1; "
            "expected no more pairs than that",
        ),
        (
            both(("A", "V"), ("B", "X")),
            "fixed, row 2, column person_id and opportunity_id: B, X: stands in row 1 of forbidden, too; "
            "expected a pair to be fixed or forbidden, not both",
        ),
        (both((1, "V")), "fixed, column person_id: ids are numbers here and text in owed"),
    ],
)
def test_fixed_pairs_that_cannot_be_are_refused(fixed: pl.DataFrame, says: str) -> None:
    with pytest.raises(InvalidTable) as caught:
        Problem.checked(PAIRS, CAPACITY, owed=OWED, fixed=fixed, forbidden=both(("B", "X")))
    assert str(caught.value).startswith(says)


def test_without_owed_a_fixed_pair_must_be_of_a_person_with_pairs() -> None:
    assert fixed_of(Problem.checked(PAIRS, CAPACITY, fixed=both(("A", "X")))) == [("A", "X", None)]
    with pytest.raises(InvalidTable) as caught:
        Problem.checked(PAIRS, CAPACITY, fixed=both(("C", "X")))
    assert str(caught.value) == (
        "fixed, row 1, column person_id: 'C': pairs does not list it; a table of what is owed names persons without "
        "pairs, too"
    )


def test_all_contradictions_are_told_at_once() -> None:
    fixed = both(("B", "W"), ("A", "W"), ("B", "X"))
    with pytest.raises(InvalidTable) as caught:
        Problem.checked(PAIRS, CAPACITY, owed=OWED, fixed=fixed, forbidden=both(("A", "W")))
    assert [(each.row, each.column, each.value) for each in caught.value.violations] == [
        (2, "person_id and opportunity_id", "A, W"), (3, "person_id", "'B'"), (2, "opportunity_id", "'W'"),
    ]  # fmt: skip


def test_files_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tables = {
        "p": PAIRS, "c": CAPACITY.with_columns(minimum=1), "o": OWED.with_columns(priority=pl.Series([0.5, None, 1])),
        "forbidden": both(("B", "X")), "fixed": both(("A", "V")),
    }  # fmt: skip
    for name, frame in tables.items():
        frame.write_csv(f"{name}.csv")
    named = {"owed": "o.csv", "forbidden": "forbidden.csv", "fixed": "fixed.csv"}
    problem = Problem.read("p.csv", "c.csv", **named, congestion=Congestion(0.5, 0.1))
    assert told(problem) == [("A", "W", 0.5), ("B", "V", 0.8)]
    assert fixed_of(problem) == [("A", "V", 0.9)]
    assert problem.bonus is not None
    assert problem.bonus.tolist() == [0.5, 0.0, 1.0]
    assert problem.minimum is not None
    assert problem.minimum.tolist() == [0, 1, 1]
    assert problem.congestion == Congestion(share=0.5, price=0.1)
    both(("A", "V"), ("A", "V")).write_csv("fixed.csv")
    with pytest.raises(InvalidTable, match=r"fixed\.csv, row 3, .*: A, V: stands already in row 2"):
        Problem.read("p.csv", "c.csv", **named)


def test_nothing_wished_is_nothing_carried() -> None:
    owed, capacity = OWED.with_columns(priority=0.0), CAPACITY.with_columns(minimum=pl.lit(None, dtype=pl.Int64))
    problem = Problem.checked(PAIRS, capacity, owed=owed)
    assert (problem.bonus, problem.minimum, problem.congestion, problem.fixed) == (None, None, None, None)


@pytest.mark.parametrize("priority", [-0.1, 100.5, math.nan])
def test_priority_that_cannot_be_is_refused(priority: float) -> None:
    owed = OWED.with_columns(priority=pl.Series([0.0, priority, 1.0]))
    with pytest.raises(InvalidTable, match=r"owed, row 2, column priority: .*expected a number from 0 to 100 points"):
        Problem.checked(PAIRS, CAPACITY, owed=owed)


@pytest.mark.parametrize("minimum", [-1, 3])
def test_minimum_that_cannot_be_is_refused(minimum: int) -> None:
    capacity = CAPACITY.with_columns(minimum=pl.Series([minimum, None, 1]))
    with pytest.raises(InvalidTable, match=r"capacity, row 1, column minimum: .*expected"):
        Problem.checked(PAIRS, capacity)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"bonus": np.array([0.5])}, "bonus has 1 numbers; expected 2, one per person"),
        ({"bonus": np.array([0.5, np.nan])}, r"bonus\[1\] is nan; expected numbers from 0 to 100"),
        ({"bonus": np.array([-1, 0])}, r"bonus\[0\] is -1; expected"),
        ({"bonus": np.array(["1", "2"])}, "bonus holds <U1; expected numbers"),
        ({"minimum": np.array([1])}, "minimum has 1 numbers; expected 2, one per opportunity"),
        ({"minimum": np.array([0, 2])}, r"minimum\[1\] is 2 and capacity\[1\] is 1; expected no more"),
        ({"minimum": np.array([0, -1])}, r"minimum\[1\] is -1; expected whole numbers, at least 0"),
        ({"minimum": np.array([0.5, 0])}, "minimum holds float64; expected whole numbers"),
    ],
)
@pytest.mark.parametrize("make", ["coded", "of_rows"])
def test_arrays_of_variants_are_checked(make: str, changes: dict[str, Any], says: str) -> None:
    arguments = {
        "opportunity": np.array([0, 1]), "score": np.array([0.5, 0.5]), "owed": np.array([1, 1]),
        "capacity": np.array([1, 1]), "per_person": 1,
    } | ({"person": np.array([0, 1])} if make == "coded" else {"start": np.array([0, 1, 2])})  # fmt: skip
    good = getattr(Problem, make)(**arguments, bonus=np.array([1, 0]), minimum=np.array([0, 1]))
    assert (good.bonus.tolist(), good.minimum.tolist()) == ([1.0, 0.0], [0, 1])
    with pytest.raises(InvalidOption, match=says):
        getattr(Problem, make)(**arguments | changes)


@pytest.mark.parametrize(
    ("share", "price", "says"),
    [
        (-0.1, 1.0, "share of congestion is -0.1; expected a number from 0 to 1"),
        (1.1, 1.0, "share of congestion is 1.1"),
        (math.nan, 1.0, "share of congestion is nan"),
        (0.5, -1.0, "price of congestion is -1.0; expected points of score, 0 to 100"),
        (0.5, math.inf, "price of congestion is inf"),
    ],
)
def test_congestion_that_cannot_be_is_refused(share: float, price: float, says: str) -> None:
    with pytest.raises(InvalidOption, match=says):
        Congestion(share, price)
    assert Congestion(0, 0) == Congestion(share=0.0, price=0.0)
    assert Congestion(1, 100).share == 1
