"""Priorities, minima, congestion and fixed pairs in both solvers, against the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan import Congestion, Options, Plan, Problem, Status, solve_problem
from talentcity.plan import auction as auctioneer
from talentcity.plan.certify import upper_bound
from talentcity.plan.reference import UNIT, best_key, key_of_person, key_of_places, parts
from talentcity.plan.variants import MINIMUM_PRICE

AUCTION, EXACT = Options(solver="auction", gap=0.0), Options(solver="exact")
quarters = st.integers(0, 8).map(lambda n: n / 4)


@dataclass(frozen=True)
class Case:
    """Tables of a small problem with any of the variants."""

    pairs: pl.DataFrame
    capacity: pl.DataFrame
    owed: pl.DataFrame
    fixed: pl.DataFrame
    per_person: int
    penalties: tuple[float, ...] | None
    congestion: Congestion | None

    def problem(self) -> Problem:
        return Problem.checked(
            self.pairs, self.capacity, owed=self.owed, per_person=self.per_person, penalties=self.penalties,
            fixed=self.fixed, congestion=self.congestion,
        )  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Scores and points are multiples of 1/8, so that sums of them are exact."""
    people, places, per_person = draw(st.integers(1, 5)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    every = [(person, place) for person in range(people) for place in range(places)]
    pairs = draw(st.lists(st.sampled_from(every), unique=True))
    capacity = [draw(st.integers(0, 4)) for _ in range(places)]
    owed = [draw(st.integers(0, per_person)) for _ in range(people)]
    minimum = [draw(st.integers(0, room)) for room in capacity] if draw(st.booleans()) else [0] * places
    fixed, due, room = [], owed.copy(), capacity.copy()
    for person, place in draw(st.lists(st.sampled_from(every), unique=True, max_size=draw(st.sampled_from([0, 3])))):
        if due[person] and room[place]:
            fixed.append((person, place))
            due[person] -= 1
            room[place] -= 1
    penalties = sorted((draw(quarters) for _ in range(per_person)), reverse=True) if draw(st.booleans()) else None
    soft = st.builds(Congestion, st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.sampled_from([0.125, 0.75, 3.0]))
    ids = {"person_id": pl.Int64, "opportunity_id": pl.Int64}
    return Case(
        pairs=pl.DataFrame(
            [(person, place, draw(st.integers(0, 8)) / 8) for person, place in pairs],
            schema=ids | {"score": pl.Float64},
            orient="row",
        ),
        capacity=pl.DataFrame({"opportunity_id": range(places), "capacity": capacity, "minimum": minimum}),
        owed=pl.DataFrame(
            {
                "person_id": range(people),
                "owed": owed,
                "priority": [draw(quarters) for _ in range(people)] if draw(st.booleans()) else [0.0] * people,
            }
        ),
        fixed=pl.DataFrame(fixed, schema=ids, orient="row"),
        per_person=per_person,
        penalties=None if penalties is None else tuple(penalties),
        congestion=draw(st.none() | soft),
    )


def key_of(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """The key of a plan, from its rows alone; the fixed ones are not in it."""
    columns = problem.person.tolist(), problem.opportunity.tolist(), problem.score.tolist()
    score = {(person, place): value for person, place, value in zip(*columns, strict=True)}
    rows = [(person, place) for person, place, _, _ in plan.plan.rows() if (person, place) in score]
    keys = [
        key_of_person(problem, i, tuple((place, parts(score[i, place])) for person, place in rows if person == i))
        for i in range(problem.persons)
    ]
    keys.append(key_of_places(problem, [[place for _, place in rows].count(j) for j in range(problem.opportunities)]))
    return tuple(map(sum, zip(*keys, strict=True)))


def assert_keeps_every_rule(case: Case, plan: Plan) -> None:
    taken = plan.plan.select("person_id", "opportunity_id").rows()
    fixed = case.fixed.rows()
    assert len(set(taken)) == len(taken)
    assert set(fixed) <= set(taken) <= {*fixed, *case.pairs.select("person_id", "opportunity_id").rows()}
    persons, places = [person for person, _ in taken], [place for _, place in taken]
    assert [i for i, owed, _ in case.owed.rows() if persons.count(i) > owed] == []
    assert [j for j, capacity, _ in case.capacity.rows() if places.count(j) > capacity] == []
    assert (
        plan.plan.group_by("person_id")
        .agg((pl.col("rank").sort() == pl.int_range(1, pl.len() + 1)).all())["rank"]
        .all()
    )


def of(plan: Plan, name: str) -> Fraction:
    figure = plan.report[name]
    assert isinstance(figure, float)
    return Fraction(figure)


def value(key: tuple[int, ...]) -> Fraction:
    """Points of score that a key stands for: score, bonus and costs, without what comes first."""
    return Fraction(-key[-1], UNIT)


def assert_reports_itself(case: Case, problem: Problem, plan: Plan) -> None:
    report: Mapping[str, Any] = plan.report
    minimum = dict(zip(case.capacity["opportunity_id"], case.capacity["minimum"], strict=True))
    places = plan.plan["opportunity_id"].to_list()
    assert report["short_of_minimum"] == sum(max(0, least - places.count(j)) for j, least in minimum.items())
    assert report["owed"] - report["missing"] == plan.plan.height
    assert report["fixed"] == case.fixed.height
    assert report["score"] == plan.plan["score"].sum()
    priority = dict(zip(case.owed["person_id"], case.owed["priority"], strict=True))
    assert report["bonus"] == sum(priority[i] for i in plan.plan["person_id"])
    fixed = sum(score or 0 for i, j, _, score in plan.plan.rows() if (i, j) in case.fixed.rows())
    fixed += sum(priority[i] for i in case.fixed["person_id"])
    assert report["objective"] == pytest.approx(float(value(key_of(problem, plan))) + fixed, abs=1e-12)
    assert report["upper_bound"] >= report["objective"]
    counts = [plan.plan["person_id"].to_list().count(i) for i in case.owed["person_id"]]
    assert report["persons_by_count"] == [counts.count(n) for n in range(case.per_person + 1)]


@settings(max_examples=150, deadline=None)
@given(cases())
def test_exact_plan_is_the_best_of_all_plans(case: Case) -> None:
    problem = case.problem()
    plan, best = solve_problem(problem, EXACT), best_key(problem)
    assert_keeps_every_rule(case, plan)
    assert_reports_itself(case, problem, plan)
    assert key_of(problem, plan)[:-1] == best[:-1]
    assert abs(value(key_of(problem, plan)) - value(best)) <= Fraction(int(problem.owed.sum()) + 1, 10**9)
    assert plan.status is Status.OPTIMAL


@settings(max_examples=150, deadline=None)
@given(cases())
def test_auction_is_feasible_first_things_first_and_within_its_bound(case: Case) -> None:
    problem = case.problem()
    plan, best = solve_problem(problem, AUCTION), best_key(problem)
    assert_keeps_every_rule(case, plan)
    assert_reports_itself(case, problem, plan)
    assert key_of(problem, plan)[:-1] == best[:-1]
    fixed = of(plan, "objective") - value(key_of(problem, plan))
    assert value(key_of(problem, plan)) <= value(best) + Fraction(1, 10**12)
    assert of(plan, "upper_bound") - fixed >= value(best) - Fraction(1, 10**12)


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_no_plan_is_above_the_bound_whatever_prices_and_costs_are(case: Case, data: st.DataObject) -> None:
    problem, points = case.problem(), st.floats(-3, 5)
    best = best_key(problem)
    price = np.array([data.draw(points) for _ in range(problem.opportunities)])
    if problem.penalties is not None:
        steps = list(problem.penalties[::-1])
        assert upper_bound(problem, price, steps, wanted=MINIMUM_PRICE) >= value(best)
        return
    steps = sorted(data.draw(st.floats(0, 5)) for _ in range(problem.per_person))
    wanted = data.draw(st.floats(0, 5))
    at_least = best[problem.per_person : 0 : -1]
    assert upper_bound(problem, price, steps, wanted=wanted, missing_at_least=at_least, short=best[-2]) >= value(best)


def test_bound_counts_what_each_place_brings_above_what_it_asks_for() -> None:
    # Two of six places are fixed. Of the four others the first is wanted, for the minimum is three; the last three
    # cost a third, two thirds and all of 0.75.
    problem = Problem.checked(
        pl.DataFrame({"person_id": [2, 3, 4, 5], "opportunity_id": 0, "score": 1.0}),
        pl.DataFrame({"opportunity_id": [0], "capacity": [6], "minimum": [3]}),
        owed=pl.DataFrame({"person_id": range(6), "owed": 1}),
        fixed=pl.DataFrame({"person_id": [0, 1], "opportunity_id": 0}),
        per_person=1, congestion=Congestion(0.5, 0.75),
    )  # fmt: skip
    persons = 4 * Fraction(1, 4)  # each has a pair that scores 1, at a price of 0.75
    places = Fraction(3, 4) + Fraction(2, 4) + Fraction(1, 4) + 0
    assert upper_bound(problem, np.array([0.75]), [1.0], wanted=1.0) == persons + places
    plan = solve_problem(problem, EXACT)
    assert (plan.report["congestion"], plan.report["short_of_minimum"]) == (0.25 + 0.5 + 0.75, 0)
    assert plan.plan["score"].to_list() == [None, None, 1.0, 1.0, 1.0, 1.0]


@st.composite
def larger(draw: st.DrawFn) -> Problem:
    """Up to 50 persons, with any of the variants."""
    people, places, per_person = draw(st.integers(1, 50)), draw(st.integers(1, 12)), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    person, place = np.nonzero(random.random((people, places)) < draw(st.floats(0.05, 1)))
    capacity = random.integers(0, draw(st.integers(1, 20)) + 1, places)
    penalties = sorted((draw(quarters) for _ in range(per_person)), reverse=True) if draw(st.booleans()) else None
    return Problem.coded(
        person=person,
        opportunity=place,
        score=np.round(random.random(person.size), draw(st.sampled_from([1, 2, 4]))),
        owed=random.integers(0, per_person + 1, people),
        capacity=capacity,
        per_person=per_person,
        penalties=penalties,
        bonus=np.round(random.random(people), 2) * draw(st.sampled_from([0, 1, 20])),
        minimum=random.integers(0, capacity + 1) * draw(st.integers(0, 1)),
        congestion=draw(st.none() | st.builds(Congestion, st.floats(0, 1), st.floats(0, 3))),
    )


@settings(max_examples=150, deadline=None)
@given(larger())
def test_auction_and_exact_plan_agree(problem: Problem) -> None:
    ours, exact = solve_problem(problem, Options(solver="auction")), solve_problem(problem, EXACT)
    same = ["missing_is_minimum", "fairest"]
    if problem.penalties is None:
        same += ["missing", "persons_full", "short_of_minimum", "short_of_minimum_is_fewest"]
        assert np.array_equal(np.sort(ours.short["missing"]), np.sort(exact.short["missing"]))
        assert [ours.report[name] for name in same] == [exact.report[name] for name in same]
    slack = Fraction(int(problem.owed.sum()) + 1, 10**9)  # the exact plan is exact to a step of 1e-9
    assert of(ours, "objective") <= of(exact, "objective") + slack
    assert of(exact, "objective") <= of(ours, "upper_bound") + slack
    assert of(exact, "upper_bound") - of(exact, "objective") <= 3 * slack  # tolls are rounded down to a step, too


def city(seed: int, *, shuffled: bool = False) -> Problem:
    """2,000 persons and 400 opportunities, with all variants at once."""
    random = np.random.default_rng(seed)
    place = np.concatenate([random.choice(400, 12, replace=False) for _ in range(2000)])
    person, score = np.repeat(np.arange(2000), 12), random.random(24_000)
    capacity = random.integers(1, 30, 400)
    order = random.permutation(24_000) if shuffled else np.arange(24_000)
    return Problem.coded(
        person=person[order], opportunity=place[order], score=score[order], owed=np.full(2000, 3),
        capacity=capacity, per_person=3, bonus=np.where(np.arange(2000) % 9 == 0, 0.5, 0.0),
        minimum=np.minimum(capacity, 6), congestion=Congestion(0.8, 0.25),
    )  # fmt: skip


def test_wished_gap_is_reached_with_all_variants() -> None:
    plan = solve_problem(city(1), Options(solver="auction"))
    assert (plan.status, plan.fair, plan.report["short_of_minimum_is_fewest"]) == (Status.WITHIN_GAP, True, True)


def test_plan_is_the_same_for_any_threads_and_any_order_of_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auctioneer, "PARALLEL", 50)  # so that threads share rounds as small as these
    one = solve_problem(city(2), Options(solver="auction"))
    for problem, threads in ((city(2), 2), (city(2), 3), (city(2, shuffled=True), 1)):
        other = solve_problem(problem, Options(solver="auction", threads=threads))
        assert np.array_equal(one.allocation.taken, other.allocation.taken)
        assert np.array_equal(one.price, other.price)
