"""The plan against its definition on small problems of every kind, and laws that hold whatever the tables are."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import combinations
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan import Plan, Problem, Status, solve, solve_problem
from talentcity.plan.reference import UNIT, best_key, key_of_person, parts

IDS = "ABCDEFGH"
eighths = st.integers(0, 8).map(lambda n: n / 8)  # sums of them are exact
decimals = st.integers(0, 10_000).map(lambda n: n / 10_000)
singles = decimals.map(lambda score: float(np.float32(score)))
falling = st.lists(st.integers(0, 12).map(lambda n: n / 4), min_size=3, max_size=3).map(
    lambda penalties: sorted(penalties, reverse=True)
)


@st.composite
def small(draw: st.DrawFn, scores: st.SearchStrategy[float] = eighths, weighted: bool = False) -> Problem:
    """A checked problem without the tables, because reading tables is tested elsewhere and takes its time."""
    people, places, per_person = draw(st.integers(1, 5)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    every = [(person, place) for person in range(people) for place in range(places)]
    pairs = sorted(draw(st.lists(st.sampled_from(every), unique=True)))
    return Problem.coded(
        person_ids=pl.Series("person_id", list(IDS[:people])),
        opportunity_ids=pl.Series("opportunity_id", list(IDS[:places].lower())),
        person=np.array([person for person, _ in pairs], dtype=np.int64),
        opportunity=np.array([place for _, place in pairs], dtype=np.int64),
        score=np.array([draw(scores) for _ in pairs], dtype=np.float64),
        owed=np.array([draw(st.integers(0, per_person)) for _ in range(people)], dtype=np.int64),
        capacity=np.array([draw(st.integers(0, 3)) for _ in range(places)], dtype=np.int64),
        per_person=per_person,
        penalties=tuple(draw(falling)[:per_person]) if weighted else None,
    )


def rows_of(problem: Problem) -> list[tuple[str, str, float]]:
    return [
        (IDS[person], IDS[place].lower(), score)
        for person, place, score in zip(
            problem.person.tolist(), problem.opportunity.tolist(), problem.score.tolist(), strict=True
        )
    ]


def owed_of(problem: Problem) -> dict[str, int]:
    return dict(zip(problem.person_ids.to_list(), problem.owed.tolist(), strict=True))


def room_of(problem: Problem) -> dict[str, int]:
    return dict(zip(problem.opportunity_ids.to_list(), problem.capacity.tolist(), strict=True))


def key_of(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """The key of a plan, from its rows alone."""
    keys = []
    for number, person in enumerate(owed_of(problem)):
        choice = tuple((IDS.lower().index(o), parts(score)) for p, o, _, score in plan.plan.rows() if p == person)
        keys.append(key_of_person(problem, number, choice))
    return tuple(map(sum, zip(*keys, strict=True)))


def assert_keeps_every_rule(problem: Problem, plan: Plan) -> None:
    taken = [(p, o, score) for p, o, _, score in plan.plan.rows()]
    assert len(set(taken)) == len(taken)
    assert set(taken) - set(rows_of(problem)) == set()
    given_, load = Counter(p for p, _, _ in taken), Counter(o for _, o, _ in taken)
    assert [p for p, owed in owed_of(problem).items() if given_[p] > owed] == []
    assert [o for o, room in room_of(problem).items() if load[o] > room] == []


@settings(max_examples=200, deadline=None)
@given(small())
def test_plan_is_the_best_of_all_plans(problem: Problem) -> None:
    plan = solve_problem(problem)
    assert_keeps_every_rule(problem, plan)
    assert key_of(problem, plan) == best_key(problem)
    assert (plan.status, plan.fair, plan.report["missing_is_minimum"]) == (Status.OPTIMAL, True, True)
    assert plan.report["upper_bound"] == plan.report["objective"] == plan.report["score"]


@settings(max_examples=150, deadline=None)
@given(small(weighted=True))
def test_plan_with_penalties_is_the_best_of_all_plans(problem: Problem) -> None:
    plan = solve_problem(problem)
    assert_keeps_every_rule(problem, plan)
    assert key_of(problem, plan) == best_key(problem)
    assert parts(plan.report["objective"]) == parts(plan.report["upper_bound"]) == -best_key(problem)[0]


@settings(max_examples=100, deadline=None)
@given(small(scores=decimals) | small(scores=singles))
def test_any_scores_are_best_to_the_last_digit(problem: Problem) -> None:
    plan = solve_problem(problem)
    *counts, worth = best_key(problem)
    *found, worth_found = key_of(problem, plan)
    assert found == counts
    within = Fraction(int(problem.owed.sum()), 10**9)  # a step of score is 1e-9
    assert 0 <= Fraction(worth_found - worth, UNIT) <= within
    # The bound is a float64 sum of at most 15 numbers: 1e-14 is far above its rounding.
    assert Fraction(-worth, UNIT) <= Fraction(plan.report["upper_bound"]) + Fraction(1, 10**14)
    assert plan.status is Status.OPTIMAL


@settings(max_examples=25, deadline=None)
@given(small(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_change_the_plan(problem: Problem, random: Random) -> None:
    def shuffled(rows: list[tuple[object, ...]], names: list[str]) -> pl.DataFrame:
        types = {name: pl.Float64 if name == "score" else pl.Int64 if name in ("owed", "capacity") else pl.String
                 for name in names}  # fmt: skip
        return pl.DataFrame(random.sample(rows, len(rows)), schema=types, orient="row")

    plan = solve(
        shuffled(rows_of(problem), ["person_id", "opportunity_id", "score"]),
        shuffled(list(room_of(problem).items()), ["opportunity_id", "capacity"]),
        owed=shuffled(list(owed_of(problem).items()), ["person_id", "owed"]),
        per_person=problem.per_person,
    )
    assert plan.plan.rows() == solve_problem(problem).plan.rows()


@settings(max_examples=80, deadline=None)
@given(small() | small(weighted=True))
def test_shortage_is_explained_exactly(problem: Problem) -> None:
    plan = solve_problem(problem)
    for person, missing, unavoidable in plan.short.select("person_id", "missing", "unavoidable").iter_rows():
        why = plan.explain(person)
        assert (why.missing, why.unavoidable) == (missing, unavoidable)
        if unavoidable:
            assert person in why.persons
            assert why.checked is True
            assert_proves(problem, plan, why.persons, why.opportunities, why.group_missing)
        else:
            assert more_is_possible(problem, plan, person)
    certificate = plan.certificate().to_dict()
    for group in certificate["groups"]:
        assert_proves(problem, plan, group["persons"], group["opportunities"], group["missing"])
    if not certificate["avoidable"]:
        assert certificate["proved"] == certificate["missing"] == plan.report["missing"]


def assert_proves(problem: Problem, plan: Plan, persons, opportunities, missing: int) -> None:
    """Owed, minus the places of the group, minus every pair that leads out of it: from the tables alone."""
    owed = sum(owed_of(problem)[person] for person in persons)
    places = sum(room_of(problem)[opportunity] for opportunity in opportunities)
    out = [p for p, o, _ in rows_of(problem) if p in persons and o not in opportunities]
    assert owed - places - len(out) == missing > 0
    assert owed - len([p for p in plan.plan["person_id"] if p in persons]) == missing


def more_is_possible(problem: Problem, plan: Plan, person: str) -> bool:
    """By force: some plan gives this person one more and everybody else as many as now."""
    now = Counter(plan.plan["person_id"].to_list())
    wanted = now + Counter([person])
    for subset in combinations(rows_of(problem), wanted.total()):
        load = Counter(o for _, o, _ in subset)
        fits = all(load[o] <= room for o, room in room_of(problem).items())
        if fits and Counter(p for p, _, _ in subset) == wanted:
            return True
    return False


def test_counts_of_the_report_add_up_on_a_larger_problem() -> None:
    random = np.random.default_rng(7)
    person, place = np.nonzero(random.random((300, 120)) < 0.08)
    pairs = pl.DataFrame({"person_id": person, "opportunity_id": place, "score": random.random(person.size)})
    capacity = pl.DataFrame({"opportunity_id": np.arange(120), "capacity": random.integers(0, 12, 120)})
    owed = pl.DataFrame({"person_id": np.arange(310), "owed": random.integers(0, 4, 310)})  # ten without any pair
    plan = solve(pairs, capacity, owed=owed)
    report = plan.report
    assert report["owed"] - report["missing"] == plan.plan.height
    assert sum(report["persons_by_count"]) == report["persons"] == 310
    assert sum(n * count for n, count in enumerate(report["persons_by_count"])) == plan.plan.height
    assert report["persons_full"] == 310 - plan.short.height
    assert plan.short["missing"].sum() == report["missing"]
    assert 0 <= report["gap"] < 1e-8
    assert json.loads(json.dumps(dict(report))) == dict(report)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_default_order_never_misses_more_nor_spreads_worse_than_penalties(seed: int) -> None:
    random = np.random.default_rng(seed)
    person, place = np.nonzero(random.random((80, 30)) < 0.15)
    pairs = pl.DataFrame({"person_id": person, "opportunity_id": place, "score": random.random(person.size)})
    capacity = pl.DataFrame({"opportunity_id": np.arange(30), "capacity": random.integers(0, 10, 30)})
    fair, weighted = solve(pairs, capacity), solve(pairs, capacity, penalties=(2, 2, 2))
    assert fair.report["missing"] <= weighted.report["missing"]
    assert fair.report["persons_by_count"][0] <= weighted.report["persons_by_count"][0]
    assert fair.report["score"] <= weighted.report["score"] + 1e-9  # float sums in another order
