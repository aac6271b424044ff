"""What one more place is worth, against solving again with one more place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan import Options, Plan, Problem, solve, solve_problem
from talentcity.plan.problem import frozen

EXACT = Options(solver="exact")
ROUNDING = 1e-9  # points; scores are counted in parts of this size


@st.composite
def problems(draw: st.DrawFn, weighted: bool) -> Problem:
    people, places, per_person = draw(st.integers(1, 6)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    every = [(person, place) for person in range(people) for place in range(places)]
    pairs = sorted(draw(st.lists(st.sampled_from(every), unique=True)))
    scores = st.integers(0, 8).map(lambda n: n / 8) | st.integers(0, 10_000).map(lambda n: n / 10_000)
    falling = sorted(draw(st.lists(st.integers(0, 12), min_size=3, max_size=3)), reverse=True)
    return Problem.coded(
        person=np.array([person for person, _ in pairs], dtype=np.int64),
        opportunity=np.array([place for _, place in pairs], dtype=np.int64),
        score=np.array([draw(scores) for _ in pairs], dtype=draw(st.sampled_from([np.float32, np.float64]))),
        owed=np.array([draw(st.integers(0, per_person)) for _ in range(people)]),
        capacity=np.array([draw(st.integers(0, 3)) for _ in range(places)]),
        per_person=per_person,
        penalties=[cost / 4 for cost in falling[:per_person]] if weighted else None,
    )


def with_one_more(problem: Problem, at: int) -> Problem:
    capacity = problem.capacity.copy()
    capacity[at] += 1
    return replace(problem, capacity=frozen(capacity))


def gained(problem: Problem, best: Plan, at: int) -> tuple[float, int, list[int]]:
    """Solved again with one more place: points, recommendations, and how many more have 0, 1, … of them."""
    more = solve_problem(with_one_more(problem, at), EXACT)
    points = more.report["objective"] - best.report["objective"]
    counts = np.subtract(more.report["persons_by_count"], best.report["persons_by_count"])
    return points, best.report["missing"] - more.report["missing"], counts.tolist()


@settings(max_examples=60, deadline=None)
@given(problems(weighted=False))
def test_one_more_place_is_worth_what_solving_again_gives(problem: Problem) -> None:
    plan = solve_problem(problem, EXACT)
    for at, row in enumerate(plan.prices().frame.rows(named=True)):
        points, recommendations, counts = gained(problem, plan, at)
        assert row["recommendations"] == recommendations
        assert (row["exact"], row["worth"]) == (1, pytest.approx(points, abs=50 * ROUNDING))
        assert row["worth_low"] - ROUNDING <= points <= row["worth_high"] + ROUNDING
        assert row["worth_high"] - row["worth_low"] <= 50 * ROUNDING
        served = row["missing"]
        if (problem.owed == problem.per_person).all() and served:  # then what is had says what is missing
            assert [number for number, more in enumerate(counts) if more == -1] == [problem.per_person - served]


@settings(max_examples=60, deadline=None)
@given(problems(weighted=True))
def test_one_more_place_with_penalties_is_worth_what_solving_again_gives(problem: Problem) -> None:
    plan = solve_problem(problem, EXACT)
    for at, row in enumerate(plan.prices().frame.rows(named=True)):
        points, _, _ = gained(problem, plan, at)
        assert (row["exact"], row["worth"]) == (1, pytest.approx(points, abs=50 * ROUNDING))
        assert row["worth_low"] - ROUNDING <= points <= row["worth_high"] + ROUNDING
        assert row["worth_high"] - row["worth_low"] <= 50 * ROUNDING


@settings(max_examples=60, deadline=None)
@given(problems(weighted=False) | problems(weighted=True), st.sampled_from([0.0, 3e-4, 0.05, 1.0]))
def test_interval_of_an_auction_is_true_of_the_best_plan(problem: Problem, gap: float) -> None:
    plan, best = solve_problem(problem, Options(solver="auction", gap=gap)), solve_problem(problem, EXACT)
    for at, row in enumerate(plan.prices().frame.rows(named=True)):
        points, recommendations, _ = gained(problem, best, at)
        assert row["worth_low"] - ROUNDING <= points <= row["worth_high"] + ROUNDING
        assert row["worth_low"] <= row["worth"] <= row["worth_high"]
        if problem.penalties is None:
            assert row["recommendations"] == recommendations


def table(*rows: tuple[object, object, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")


def places(**capacity: int) -> pl.DataFrame:
    return pl.DataFrame({"opportunity_id": list(capacity), "capacity": list(capacity.values())})


def rows_of(plan: Plan) -> dict[str, tuple[object, ...]]:
    names = ["opportunity_id", "recommendations", "missing", "worth", "worth_low", "worth_high", "exact"]
    return {row[0]: row[1:] for row in plan.prices().frame.select(names).rows()}


def test_a_place_may_cost_score_when_it_serves_somebody() -> None:
    # With one more at W, A leaves V for W (0.9 becomes 0.1), and B, who has nothing, takes V for 0.2.
    plan = solve(table(("A", "V", 0.9), ("A", "W", 0.1), ("B", "V", 0.2)), places(V=1, W=0, X=2), per_person=1)
    assert rows_of(plan) == {
        "V": (1, 1, 0.2, 0.2, 0.2, 1), "W": (1, 1, -0.6, -0.6, -0.6, 1), "X": (0, 0, 0.0, 0.0, 0.0, 1)
    }  # fmt: skip
    with_w = solve(table(("A", "V", 0.9), ("A", "W", 0.1), ("B", "V", 0.2)), places(V=1, W=1, X=2), per_person=1)
    assert (with_w.report["missing"], with_w.report["score"] - plan.report["score"]) == (0, pytest.approx(-0.6))


def test_a_place_that_serves_nobody_may_add_score() -> None:
    plan = solve(table(("A", "V", 0.5), ("A", "W", 0.75)), places(V=1, W=0), per_person=1)
    assert rows_of(plan) == {"V": (0, 0, 0.0, 0.0, 0.0, 1), "W": (0, 0, 0.25, 0.25, 0.25, 1)}
    assert str(plan.explain(opportunity="W")) == (
        "Opportunity W has no place. One more would give no recommendation more, because nobody who is short could use "
        "it. The score would change by +0.2500."
    )


def test_the_one_who_lacks_most_is_served_first() -> None:
    # B lacks two and A lacks one; both would take V, and A would score more.
    pairs = table(("A", "V", 1.0), ("A", "W", 1.0), ("B", "V", 0.1), ("B", "X", 0.1))
    plan = solve(pairs, places(V=0, W=1, X=0), per_person=2)
    assert rows_of(plan) == {
        "V": (1, 2, 0.1, 0.1, 0.1, 1), "W": (0, 0, 0.0, 0.0, 0.0, 1), "X": (1, 2, 0.1, 0.1, 0.1, 1)
    }  # fmt: skip


def test_nobody_nothing_and_nowhere() -> None:
    empty = table().cast({"person_id": pl.String, "opportunity_id": pl.String, "score": pl.Float64})
    plan = solve(empty, places(V=0, W=3))
    assert rows_of(plan) == {"V": (0, 0, 0.0, 0.0, 0.0, 1), "W": (0, 0, 0.0, 0.0, 0.0, 1)}
    assert plan.prices().top(10).height == 0
    assert str(plan.explain(opportunity="W")) == (
        "Opportunity W has 3 of 3 places free: one more is worth nothing in this plan."
    )
