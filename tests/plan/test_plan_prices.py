"""What one more place is worth, against solving again with one more place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidOption, InvalidTable, UnknownName
from talentcity.plan import Options, Plan, Problem, solve, solve_arrays, solve_problem
from talentcity.plan.allocation import Allocation
from talentcity.plan.prices import prices_of, require_like_places
from talentcity.plan.problem import frozen
from talentcity.plan.shortage import Exchanges
from talentcity.plan.variants import Congestion
from talentcity.tables import PRICES, check, read_table, write_table

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


def with_one_more(problem: Problem, at: int, more: int = 1) -> Problem:
    capacity = problem.capacity.copy()
    capacity[at] += more
    return replace(problem, capacity=frozen(capacity))


def gained(problem: Problem, best: Plan, at: int) -> tuple[float, int, list[int]]:
    """Solved again with one more place: points, recommendations, and how many more have 0, 1, … of them."""
    more = solve_problem(with_one_more(problem, at), EXACT)
    points = more.report["objective"] - best.report["objective"]
    counts = np.subtract(more.report["persons_by_count"], best.report["persons_by_count"])
    return points, best.report["missing"] - more.report["missing"], counts.tolist()


@settings(max_examples=40, deadline=None)
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


@settings(max_examples=40, deadline=None)
@given(problems(weighted=True))
def test_one_more_place_with_penalties_is_worth_what_solving_again_gives(problem: Problem) -> None:
    plan = solve_problem(problem, EXACT)
    for at, row in enumerate(plan.prices().frame.rows(named=True)):
        points, _, _ = gained(problem, plan, at)
        assert (row["exact"], row["worth"]) == (1, pytest.approx(points, abs=50 * ROUNDING))
        assert row["worth_low"] - ROUNDING <= points <= row["worth_high"] + ROUNDING
        assert row["worth_high"] - row["worth_low"] <= 50 * ROUNDING


@settings(max_examples=40, deadline=None)
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


def several() -> Plan:
    """V is full and wanted by two who have nothing, W by one who has one, X by nobody; Y would only add score."""
    pairs = table(
        ("A", "V", 0.5), ("B", "V", 0.25), ("C", "V", 1.0), ("D", "W", 0.5), ("D", "X", 0.25), ("E", "W", 0.75),
        ("F", "X", 0.5), ("F", "Y", 0.75), ("E", "X", 0.5),
    )  # fmt: skip
    owed = pl.DataFrame({"person_id": list("ABCDEF"), "owed": [1, 1, 1, 2, 2, 1]})
    return solve(pairs, places(V=1, W=1, X=3, Y=0), owed=owed, per_person=2)


def test_top_begins_with_recommendations_and_leaves_out_what_is_worth_nothing() -> None:
    plan = several()
    assert plan.prices().top(10).select("opportunity_id", "recommendations", "missing", "worth").rows() == [
        ("V", 1, 1, 0.5), ("W", 1, 1, 0.5), ("Y", 0, 0, 0.25),
    ]  # fmt: skip
    assert plan.prices().top(1)["opportunity_id"].to_list() == ["V"]
    assert plan.prices().top(0).height == 0
    assert plan.prices() is plan.prices()  # counted once


def test_top_with_penalties_is_by_worth_alone() -> None:
    pairs = table(("A", "V", 0.25), ("B", "W", 0.5), ("B", "X", 1.0))
    plan = solve(pairs, places(V=0, W=1, X=0), per_person=1, penalties=[0.125])
    assert plan.prices().top(5).select("opportunity_id", "recommendations", "missing", "worth").rows() == [
        ("X", 0, 0, 0.5), ("V", 1, 1, 0.375),
    ]  # fmt: skip
    assert str(plan.explain(opportunity="V")) == (
        "Opportunity V has no place. One more would give one recommendation more, to somebody who lacks 1: 1 person "
        "who is short could come here or to a place that is left for it. The score minus penalties would change by "
        "+0.3750."
    )
    assert str(plan.explain(opportunity="X")) == (
        "Opportunity X has no place. One more would give no recommendation more, because nobody who is short could use "
        "it. The score minus penalties would change by +0.5000."
    )


@settings(max_examples=40, deadline=None)
@given(problems(weighted=False) | problems(weighted=True))
def test_one_place_fewer_costs_what_solving_again_gives(problem: Problem) -> None:
    plan = solve_problem(problem, EXACT)
    for at in np.flatnonzero(problem.capacity).tolist():
        place = plan.explain(opportunity=at)
        less = solve_problem(with_one_more(problem, at, -1), EXACT)
        points = plan.report["objective"] - less.report["objective"]
        assert place.lost_worth == pytest.approx(points, abs=50 * ROUNDING)
        if problem.penalties is None:
            assert place.lost_recommendations == less.report["missing"] - plan.report["missing"]
        else:
            assert place.worth <= place.lost_worth + ROUNDING


def test_place_says_who_could_come() -> None:
    plan = several()
    why = plan.explain(opportunity="V")
    assert (why.capacity, why.load, why.recommendations, why.missing, why.worth, why.reach) == (1, 1, 1, 1, 0.5, 2)
    assert why.exact is True
    assert str(why) == (
        "Opportunity V is full: 1 of 1 place. One more would give one recommendation more, to somebody who lacks 1: "
        "2 persons who are short could come here or to a place that is left for it. The score would change by +0.5000. "
        "One fewer would take one recommendation away and change it by -1.0000."
    )
    with pytest.raises(UnknownName, match="'Z' is not among the 4 opportunities of this plan"):
        plan.explain(opportunity="Z")
    with pytest.raises(UnknownName, match="'V' is not among the 6 persons of this plan"):
        plan.explain("V")


def test_place_of_a_plan_that_may_be_below_the_best_says_both() -> None:
    random = np.random.default_rng(5)
    plan = solve_arrays(
        np.arange(41) * 5,
        np.concatenate([random.choice(12, 5, replace=False) for _ in range(40)]),
        random.random(200),
        np.full(12, 5),
        options=Options(solver="auction", gap=0.05),
    )
    row = plan.prices().frame.filter(pl.col("exact") == 0).row(0, named=True)
    assert row["worth_low"] < row["worth"] <= row["worth_high"]
    assert (
        f" The score would change by {row['worth']:+.4f} in this plan, and by {row['worth_low']:+,.4f} to "
        f"{row['worth_high']:+,.4f} in the best one. One fewer"
    ) in str(plan.explain(opportunity=row["opportunity_id"]))


def test_sums_by_label_add_up_and_keep_what_has_no_label() -> None:
    prices = several().prices()
    labels = pl.DataFrame(
        {"opportunity_id": ["V", "W", "Y"], "employer": ["one", "one", "two"], "district": ["north"] * 3}
    )
    sums = ["opportunities", "full", "capacity", "load", "recommendations", "worth", "worth_low", "worth_high"]
    assert prices.by(labels).rows() == [
        ("one", "north", 2, 2, 2, 2, 2, 1.0, 1.0, 1.0),
        ("two", "north", 1, 1, 0, 0, 0, 0.25, 0.25, 0.25),
        (None, None, 1, 1, 3, 3, 0, 0.0, 0.0, 0.0),
    ]
    assert prices.by(labels).columns == ["employer", "district", *sums]


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ({"opportunity_id": ["V"]}, "at least one label"),
        ({"district": ["north"]}, "expected a column opportunity_id"),
        ({"opportunity_id": [1], "district": ["north"]}, "labels"),
        (
            {"opportunity_id": ["V", "V"], "district": ["north", "south"]},
            "row 2, column opportunity_id: V: expected each",
        ),
        ({"opportunity_id": ["V"], "price": ["dear"]}, "expected a label that is no column of prices"),
    ],
)
def test_labels_that_cannot_be_joined_are_refused(labels: dict[str, list[object]], says: str) -> None:
    with pytest.raises(InvalidTable, match=says):
        several().prices().by(pl.DataFrame(labels))


def test_many_places_at_once_give_no_more_recommendations_than_their_sum() -> None:
    plan = several()
    more = plan.problem.capacity + 1
    both = solve_problem(replace(plan.problem, capacity=frozen(more)), EXACT)
    together = plan.report["missing"] - both.report["missing"]
    assert 1 <= together <= plan.prices().frame["recommendations"].sum()


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx", "jsonl"])
def test_file_says_the_same_as_the_frame(ending: str, tmp_path: Path) -> None:
    frame = several().prices().frame
    assert check(frame, PRICES, table="prices").equals(frame)
    write_table(frame, tmp_path / f"prices.{ending}")
    assert read_table(tmp_path / f"prices.{ending}", PRICES).equals(frame)


def test_fixed_pairs_count_as_taken() -> None:
    pairs = table(("A", "V", 0.5), ("B", "V", 0.25))
    fixed = pl.DataFrame({"person_id": ["A"], "opportunity_id": ["V"]})
    plan = solve(pairs, places(V=1), per_person=1, fixed=fixed)
    assert plan.prices().frame.select("capacity", "load", "recommendations", "worth").rows() == [(1, 1, 1, 0.25)]
    assert str(plan.explain(opportunity="V")) == (
        "Opportunity V is full: 1 of 1 place. One more would give one recommendation more, to somebody who lacks 1: "
        "1 person who is short could come here or to a place that is left for it. The score would change by +0.2500."
    )


@settings(max_examples=30, deadline=None)
@given(problems(weighted=False) | problems(weighted=True), st.data())
def test_offers_that_people_have_seen_count_more_in_the_worth_too(problem: Problem, data: st.DataObject) -> None:
    pairs = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=problem.pairs, max_size=problem.pairs)))
    problem = problem.having_seen(problem.person[pairs], problem.opportunity[pairs], keep=0.25)
    plan = solve_problem(problem, EXACT)
    assert plan.prices().counts.startswith("score plus offers kept")
    for at, row in enumerate(plan.prices().frame.rows(named=True)):
        assert row["worth"] == pytest.approx(gained(problem, plan, at)[0], abs=50 * ROUNDING)


@settings(max_examples=30, deadline=None)
@given(problems(weighted=False) | problems(weighted=True), st.data())
def test_priority_is_worth_as_much_as_score(problem: Problem, data: st.DataObject) -> None:
    eighths = st.lists(st.integers(0, 4).map(lambda n: n / 8), min_size=problem.persons, max_size=problem.persons)
    bonus = np.array(data.draw(eighths))
    low = problem.score.astype(np.float64) / 2
    in_score = replace(problem, score=frozen(low + bonus[problem.person]))
    plan = solve_problem(in_score, EXACT)
    aside = Allocation(replace(problem, score=frozen(low), bonus=frozen(bonus)), plan.allocation.taken)
    prices = prices_of(Exchanges.of(aside), plan.price, plan.report["options"]["steps"])
    columns = ["recommendations", "missing", "worth"]
    for one, other in zip(prices.frame.select(columns).rows(), plan.prices().frame.select(columns).rows(), strict=True):
        assert one == pytest.approx(other, abs=50 * ROUNDING)
    assert prices.counts.startswith("score plus priority")


def test_closed_place_has_the_lowest_price_at_which_nobody_would_come() -> None:
    plan = solve(table(("A", "V", 0.5), ("A", "W", 0.75)), places(V=1, W=0), per_person=1)
    assert plan.prices().frame["price"].to_list() == [0.0, 0.25]


def test_order_of_rows_and_threads_do_not_change_prices() -> None:
    random = np.random.default_rng(11)
    person, place = np.nonzero(random.random((60, 20)) < 0.3)
    pairs = pl.DataFrame({"person_id": person, "opportunity_id": place, "score": random.random(person.size)})
    capacity = pl.DataFrame({"opportunity_id": np.arange(20), "capacity": random.integers(0, 9, 20)})
    one = solve(pairs, capacity, options=Options(solver="auction", threads=1)).prices().frame
    two = solve(pairs.reverse(), capacity.reverse(), options=Options(solver="auction", threads=2)).prices().frame
    assert one.equals(two)


def test_minima_and_congestion_are_refused() -> None:
    problem = several().problem
    with pytest.raises(InvalidOption, match="not available for plans with a minimum"):
        require_like_places(replace(problem, minimum=np.ones(4, dtype=np.int64)))
    with pytest.raises(InvalidOption, match="not available for plans with congestion"):
        require_like_places(replace(problem, congestion=Congestion(0.5, 1.0)))
