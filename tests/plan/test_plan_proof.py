"""The proof must not believe a plan: plans that were tampered with are found out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan import PlanDefect, Problem, solve, solve_problem
from talentcity.plan.certify import Network, avoidable, bound_of, is_fairest, most_given, objective_of
from talentcity.plan.flow import Flow, best_flow, costs_of

PAIRS = pl.DataFrame(
    [("A", "V", 0.9), ("A", "W", 0.1), ("B", "V", 0.2)], schema=["person_id", "opportunity_id", "score"], orient="row"
)
PLACES = pl.DataFrame({"opportunity_id": ["V", "W"], "capacity": [1, 1]})


def mask(*bits: int) -> np.ndarray:
    return np.array(bits, dtype=np.bool_)


def test_too_much_for_a_person_or_a_place_is_found_out() -> None:
    problem = Problem.checked(PAIRS, PLACES, per_person=1)
    with pytest.raises(PlanDefect, match="more recommendations than they are owed"):
        Network.of(problem, mask(1, 1, 0))
    with pytest.raises(PlanDefect, match="more than its capacity"):
        Network.of(problem, mask(1, 0, 1))


def test_worse_plan_stays_below_the_bound() -> None:
    problem = Problem.checked(PAIRS, PLACES, per_person=1)
    costs = costs_of(problem, 1000)
    greedy, best = Network.of(problem, mask(1, 0, 0)), Network.of(problem, mask(0, 1, 1))
    assert objective_of(best, costs) == bound_of(best, costs) == 300
    assert objective_of(greedy, costs) < 300 <= bound_of(greedy, costs)
    assert avoidable(greedy).tolist() == [False, True]
    assert avoidable(best).tolist() == [False, False]


def test_unfair_spread_is_found_out_along_a_chain() -> None:
    # A holds U and V, B holds W, C nothing. C could take W if B moved to V: only through B does A give one up.
    rows = [("A", "U", 0.5), ("A", "V", 0.5), ("B", "V", 0.5), ("B", "W", 0.5), ("C", "W", 0.5)]
    pairs = pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")
    places = pl.DataFrame({"opportunity_id": ["U", "V", "W"], "capacity": [1, 1, 1]})
    problem = Problem.checked(pairs, places, per_person=2)
    assert is_fairest(Network.of(problem, mask(1, 1, 0, 1, 0))) is False
    assert is_fairest(Network.of(problem, mask(1, 0, 1, 0, 1))) is True


@pytest.mark.parametrize("wrong", [mask(1, 0, 0), mask(0, 1, 0)])
def test_solver_that_fails_is_a_defect_and_gives_no_plan(monkeypatch: pytest.MonkeyPatch, wrong: np.ndarray) -> None:
    problem = Problem.checked(PAIRS, PLACES, per_person=1)
    monkeypatch.setattr("talentcity.plan.exact.best_flow", lambda problem: Flow(wrong, costs_of(problem, 1000)))
    with pytest.raises(PlanDefect, match="an exact plan reaches its bound"):
        solve_problem(problem)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_bound_of_any_plan_is_at_least_the_best_plan(seed: int, data: st.DataObject) -> None:
    random = np.random.default_rng(seed)
    person, place = np.nonzero(random.random((6, 5)) < 0.5)
    pairs = pl.DataFrame({"person_id": person, "opportunity_id": place, "score": random.random(person.size)})
    problem = Problem.checked(pairs, pl.DataFrame({"opportunity_id": range(5), "capacity": random.integers(0, 3, 5)}))
    flow = best_flow(problem)
    some = flow.chosen & np.array(
        data.draw(st.lists(st.booleans(), min_size=person.size, max_size=person.size)), dtype=np.bool_
    )
    best, worse = Network.of(problem, flow.chosen), Network.of(problem, some)
    assert objective_of(worse, flow.costs) <= objective_of(best, flow.costs) == bound_of(best, flow.costs)
    assert bound_of(worse, flow.costs) >= objective_of(best, flow.costs)


def test_most_given_is_the_minimum_cut() -> None:
    # Ten persons owed three each, and one opportunity for all that holds four, and one own place each.
    rows = [(p, "common", 0.5) for p in range(10)] + [(p, f"own {p}", 0.5) for p in range(10)]
    pairs = pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")
    places = pl.DataFrame({"opportunity_id": ["common", *(f"own {p}" for p in range(10))], "capacity": [4] + [9] * 10})
    assert most_given(Problem.checked(pairs, places)) == 4 + 10
    assert solve(pairs, places).plan.height == 14


def test_only_a_pair_from_who_is_out_of_reach_to_who_has_room_could_help() -> None:
    """A and B share V; W has room and nobody may take it; C could take W, but is owed nothing that is missing."""
    pairs = pl.DataFrame(
        [("A", "V", 0.9), ("B", "V", 0.8), ("C", "X", 0.7)],
        schema=["person_id", "opportunity_id", "score"], orient="row",
    )  # fmt: skip
    places = pl.DataFrame({"opportunity_id": ["V", "W", "X"], "capacity": [1, 1, 2]})
    solved = solve(pairs, places, per_person=1)
    persons, opportunities = solved.out_of_reach()
    assert (solved.report["missing"], persons.to_list(), opportunities.to_list()) == (1, ["A", "B", "C"], ["W", "X"])
    further = pl.DataFrame([("A", "W", 0.1)], schema=pairs.schema, orient="row")
    assert solve(pl.concat([pairs, further]), places, per_person=1).report["missing"] == 0
