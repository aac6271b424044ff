"""The auction against the exact solver: as good, as fair, and the same for any number of threads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan import Options, Plan, Problem, Status, solve_arrays, solve_problem
from talentcity.plan import auction as auctioneer

AUCTION, EXACT = Options(solver="auction"), Options(solver="exact")


@st.composite
def problems(draw: st.DrawFn, *, weighted: bool) -> Problem:
    """Up to 50 persons; scores of four digits, so that many are equal."""
    people, places, per_person = draw(st.integers(1, 50)), draw(st.integers(1, 12)), draw(st.integers(1, 3))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    person, place = np.nonzero(random.random((people, places)) < draw(st.floats(0.05, 1)))
    digits = draw(st.sampled_from([1, 2, 4]))
    penalties = sorted(draw(st.lists(st.integers(0, 16), min_size=per_person, max_size=per_person)), reverse=True)
    return Problem.coded(
        person=person,
        opportunity=place,
        score=np.round(random.random(person.size), digits),
        owed=random.integers(0, per_person + 1, people),
        capacity=random.integers(0, draw(st.integers(1, 12)) + 1, places),
        per_person=per_person,
        penalties=[penalty / 4 for penalty in penalties] if weighted else None,
    )


def city(seed: int, *, persons: int = 3000, opportunities: int = 800, each: int = 12, ratio: float = 0.95) -> Plan:
    """A plan by auction for clusters of very different size."""
    return solve_arrays(*arrays(seed, persons, opportunities, each, ratio), options=AUCTION)


def arrays(seed: int, persons: int, opportunities: int, each: int, ratio: float) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    home, field = random.zipf(1.5, persons) % 8, random.zipf(1.5, opportunities) % 8
    start, codes = [0], []
    for i in range(persons):
        near = np.flatnonzero(field == home[i])
        wide = random.integers(0, opportunities, each)
        codes.append(np.unique(np.concatenate([random.permutation(near)[:each], wide])))
        start.append(start[-1] + codes[-1].size)
    opportunity = np.concatenate(codes).astype(np.int32)
    weight = random.pareto(1.2, opportunities) + 1
    capacity = np.maximum(1, weight * 3 * persons * ratio / weight.sum()).astype(np.int64)
    return np.array(start), opportunity, random.random(opportunity.size).astype(np.float32), capacity


def figures(plan: Plan, *names: str) -> list[object]:
    return [plan.report[name] for name in names]


@settings(max_examples=150, deadline=None)
@given(problems(weighted=False))
def test_shortage_is_that_of_the_exact_plan_and_the_score_is_within_the_gap(problem: Problem) -> None:
    ours, exact = solve_problem(problem, AUCTION), solve_problem(problem, EXACT)
    same = ("missing", "persons_full", "missing_is_minimum", "fairest", "zero_needlessly")
    assert figures(ours, *same) == figures(exact, *same)
    assert np.array_equal(np.sort(ours.short["missing"]), np.sort(exact.short["missing"]))
    assert_between(ours, exact)


@settings(max_examples=150, deadline=None)
@given(problems(weighted=True))
def test_objective_with_penalties_is_within_the_gap(problem: Problem) -> None:
    assert_between(solve_problem(problem, AUCTION), solve_problem(problem, EXACT))


def assert_between(ours: Plan, exact: Plan) -> None:
    """objective <= best objective <= bound, as near as the status says."""
    objective, bound, best = ours.report["objective"], ours.report["upper_bound"], exact.report["objective"]
    assert objective <= best + 1e-9 * int(exact.report["owed"])  # the exact plan is exact to a step of 1e-9
    assert best <= bound
    if ours.status in (Status.OPTIMAL, Status.WITHIN_GAP) and ours.report["score"]:
        assert bound - objective <= max(3e-4 * ours.report["score"], 1e-9 * int(exact.report["owed"]))


@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.3])
def test_wished_gap_is_reached(ratio: float) -> None:
    plan = city(5, ratio=ratio)
    assert (plan.status, plan.fair) == (Status.WITHIN_GAP, True)
    assert 0 <= plan.report["gap"] <= 3e-4


def test_plan_is_the_same_for_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auctioneer, "PARALLEL", 50)  # so that threads share rounds as small as these
    of_one, *others = (
        solve_arrays(*arrays(7, 2000, 500, 10, 0.9), options=Options(solver="auction", threads=threads))
        for threads in (1, 2, 3)
    )
    for other in others:
        assert np.array_equal(of_one.allocation.taken, other.allocation.taken)
        assert np.array_equal(of_one.price, other.price)


def test_plan_is_the_same_for_any_order_of_the_pairs() -> None:
    start, opportunity, score, capacity = arrays(8, 1000, 300, 10, 0.9)
    person = np.repeat(np.arange(1000), np.diff(start))
    order = np.random.default_rng(1).permutation(person.size)
    kind = {"owed": np.full(1000, 3), "capacity": capacity, "per_person": 3}
    straight = Problem.coded(person=person, opportunity=opportunity, score=score, **kind)
    mixed = Problem.coded(person=person[order], opportunity=opportunity[order], score=score[order], **kind)
    plans = [solve_problem(problem, AUCTION) for problem in (straight, mixed)]
    assert np.array_equal(plans[0].allocation.taken, plans[1].allocation.taken)


def test_time_limit_gives_a_complete_plan_that_does_not_claim_the_gap() -> None:
    plan = solve_arrays(*arrays(9, 3000, 800, 12, 0.9), options=Options(solver="auction", time_limit=1e-9))
    assert (plan.status, plan.fair, plan.report["missing_is_minimum"]) == (Status.TIME_LIMIT, True, True)
    assert plan.report["missing"] == city(9, ratio=0.9).report["missing"]


def test_progress_is_told_and_can_cancel() -> None:
    class Cancelled(Exception):
        pass

    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        solve_arrays(*arrays(3, 1000, 300, 10, 1.0), options=AUCTION, progress=tell)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len({total for _, total in told}) == 1


def test_prices_of_an_earlier_plan_lead_to_a_plan_as_good() -> None:
    cold = city(4)
    warm = solve_arrays(*arrays(4, 3000, 800, 12, 0.95), options=Options(solver="auction", prices=cold.price))
    assert figures(warm, "missing", "persons_by_count", "status") == figures(
        cold, "missing", "persons_by_count", "status"
    )
    assert warm.report["options"]["warm"] is True


def test_prices_far_too_high_fall_together() -> None:
    start, opportunity, score, capacity = arrays(4, 3000, 800, 12, 0.95)
    dear = Options(solver="auction", prices=np.full(capacity.size, 1.5))
    plan = solve_arrays(start, opportunity, score, capacity, options=dear)
    assert figures(plan, "missing", "persons_by_count", "status") == figures(
        city(4), "missing", "persons_by_count", "status"
    )


# A chain of exchanges can cost more score than any fixed penalty; the plan serves the last person all the same.
@pytest.mark.parametrize("length", [3, 7, 12])
def test_person_at_the_end_of_a_dear_chain_is_served(length: int) -> None:
    pairs = [(0, 0, 0.0)]
    for link in range(1, length + 1):
        pairs += [(link, link - 1, 1.0), (link, link, 0.0)]
    plan = solve_problem(chain(pairs, length), AUCTION)
    assert figures(plan, "missing", "score", "missing_is_minimum", "fairest") == [0, 0.0, True, True]


def chain(pairs: Sequence[tuple[int, int, float]], length: int) -> Problem:
    person, opportunity, score = (np.array(column) for column in zip(*pairs, strict=True))
    return Problem.coded(
        person=person,
        opportunity=opportunity,
        score=score,
        owed=np.ones(length + 1, dtype=np.int64),
        capacity=np.ones(length + 1, dtype=np.int64),
        per_person=1,
    )
