"""Whatever plan with the fewest missing comes in, it comes out with the fewest places short of a minimum, proved."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import min_cost_flow

from talentcity.plan import solve
from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.certify import recount
from talentcity.plan.minimums import MinimumProof, meet_minimums, prove_minimums
from talentcity.plan.problem import Problem
from talentcity.plan.settle import settle


def made(
    pairs: list[tuple[int, int, float]],
    owed: list[int],
    capacity: list[int],
    minimum: list[int],
) -> Problem:
    return Problem.coded(
        person=np.array([person for person, _, _ in pairs], dtype=np.int64),
        opportunity=np.array([place for _, place, _ in pairs], dtype=np.int64),
        score=np.array([score for _, _, score in pairs], dtype=np.float64),
        owed=np.array(owed, dtype=np.int64), capacity=np.array(capacity, dtype=np.int64),
        minimum=np.array(minimum, dtype=np.int64), per_person=max([1, *owed]),
    )  # fmt: skip


@st.composite
def problems(draw: st.DrawFn, people: int = 6, places: int = 5) -> Problem:
    people, places, per_person = draw(st.integers(0, people)), draw(st.integers(0, places)), draw(st.integers(1, 3))
    every = [(person, place) for person in range(people) for place in range(places)]
    pairs = sorted(draw(st.lists(st.sampled_from(every), unique=True))) if every else []
    limits = [draw(st.integers(0, 4)) for _ in range(places)]
    return made(
        [(person, place, draw(st.integers(0, 8)) / 8) for person, place in pairs],
        [draw(st.integers(0, per_person)) for _ in range(people)],
        limits,
        [draw(st.integers(0, limit)) for limit in limits],
    )


def random_problem(seed: int, people: int = 40, places: int = 25, most: int = 8) -> Problem:
    random = np.random.default_rng(seed)
    people, places, per_person = random.integers(1, [people + 1, places + 1, 5])
    person, opportunity = np.nonzero(random.random((people, places)) < random.choice([0.05, 0.1, 0.2, 0.5]))
    capacity = random.integers(0, random.integers(2, most), places)
    return made(
        list(
            zip(person.tolist(), opportunity.tolist(), (random.integers(0, 9, person.size) / 8).tolist(), strict=True)
        ),
        random.integers(0, per_person + 1, people).tolist(),
        capacity.tolist(),
        random.integers(0, capacity + 1).tolist() if random.random() < 0.7 else capacity.tolist(),
    )


def some_plan(problem: Problem, seed: int, share: float = 0.7) -> np.ndarray:
    """Pairs in any order, each taken with this probability where it keeps the rules, then settled; (D,) units."""
    random = np.random.default_rng(seed)
    chosen, left, due = np.zeros(problem.pairs, np.bool_), problem.capacity.copy(), problem.owed.copy()
    person = problem.person
    for pair in random.permutation(problem.pairs).tolist():
        place = problem.opportunity[pair]
        if random.random() < share and left[place] > 0 and due[person[pair]] > 0:
            chosen[pair], left[place], due[person[pair]] = True, left[place] - 1, due[person[pair]] - 1
    return settle(problem, Allocation.of_chosen(problem, chosen).taken).allocation.taken


def least(problem: Problem) -> np.ndarray:
    return np.zeros(problem.opportunities, dtype=np.int64) if problem.minimum is None else problem.minimum


def short_of(problem: Problem, load: np.ndarray) -> int:
    return int(np.maximum(least(problem) - load, 0).sum())


def best(problem: Problem) -> tuple[tuple[int, ...], int]:
    """How many persons miss 0, 1, … and how many places are short, in the best plan: as one flow of least cost.

    A person's n-th missing unit costs more than all that is missing on lower levels, and any more than all places.
    """
    minimum, sink = least(problem), problem.persons + problem.opportunities
    place, missing, lacks = int(minimum.sum()) + 1, [], np.zeros(problem.persons, dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    for person, owed in enumerate(problem.owed.tolist()):
        flow.set_node_supply(person, owed)
        for level in range(owed):
            cost = place * (problem.persons + 1) ** level
            missing.append((flow.add_arc_with_capacity_and_unit_cost(person, sink, 1, cost), person, cost))
    for person, opportunity in zip(problem.person.tolist(), problem.opportunity.tolist(), strict=True):
        flow.add_arc_with_capacity_and_unit_cost(person, problem.persons + opportunity, 1, 0)
    for opportunity, (low, high) in enumerate(zip(minimum.tolist(), problem.capacity.tolist(), strict=True)):
        flow.add_arc_with_capacity_and_unit_cost(problem.persons + opportunity, sink, low, -1)
        flow.add_arc_with_capacity_and_unit_cost(problem.persons + opportunity, sink, high - low, 0)
    flow.set_node_supply(sink, -int(problem.owed.sum()))
    assert flow.solve() == flow.OPTIMAL
    short = flow.optimal_cost() + int(minimum.sum())
    for arc, person, cost in missing:
        lacks[person] += flow.flow(arc)
        short -= flow.flow(arc) * cost
    return tuple(np.bincount(lacks, minlength=problem.per_person + 1).tolist()), int(short)


def check(problem: Problem, before: np.ndarray, price: np.ndarray | None = None) -> MinimumProof:
    """Fewest places short, the same missing for everybody, and a proof that says so; gives the proof."""
    met = meet_minimums(problem, before, price=price)
    came, counted = recount(Allocation.of_units(problem, before)), recount(met.allocation)
    short = short_of(problem, counted.load)
    assert counted.missing.tolist() == came.missing.tolist()
    assert (counted.persons_missing, short) == best(problem)
    assert (met.short, met.moved) == (short, short_of(problem, came.load) - short)
    proof = prove_minimums(met.allocation, counted)
    assert proof.short.tolist() == np.maximum(least(problem) - counted.load, 0).tolist()
    assert (proof.fewest, proof.bound, sum(group.short for group in proof.groups)) == (True, short, short)
    assert all(group.checked and group.short > 0 for group in proof.groups)
    assert prove_minimums(Allocation.of_units(problem, before), came).fewest == (met.moved == 0)
    return proof


@settings(max_examples=300, deadline=None)
@given(problems(), st.integers(0, 2**32 - 1), st.booleans())
def test_fewest_places_short_as_the_flow_of_the_definition_says(problem: Problem, seed: int, priced: bool) -> None:
    price = np.random.default_rng(seed).uniform(-6, 6, problem.opportunities) if priced else None
    check(problem, some_plan(problem, seed), price)


@pytest.mark.parametrize("block", range(4))
def test_larger_ones_from_any_settled_plan(block: int) -> None:
    for seed in range(block * 40, block * 40 + 40):
        problem = random_problem(seed)
        for share in (0.2, 1.0):
            check(problem, some_plan(problem, seed, share))


def in_tables(problem: Problem, opportunities: set[int]) -> int:
    """What the inequality proves for this set, person by person."""
    pairs: dict[int, int] = {}
    for person, opportunity in zip(problem.person.tolist(), problem.opportunity.tolist(), strict=True):
        pairs[person] = pairs.get(person, 0) + (opportunity in opportunities)
    wanted = sum(least(problem)[list(opportunities)].tolist())
    return int(wanted) - sum(min(int(problem.owed[person]), here) for person, here in pairs.items())


@settings(max_examples=200, deadline=None)
@given(problems(people=7, places=6), st.integers(0, 2**32 - 1))
def test_groups_are_proved_by_the_tables_and_share_no_opportunity(problem: Problem, seed: int) -> None:
    proof = check(problem, some_plan(problem, seed))
    seen: set[int] = set()
    for number, group in enumerate(proof.groups):
        inside = set(group.opportunities.tolist())
        assert not seen & inside
        seen |= inside
        assert in_tables(problem, inside) == group.short == int(proof.short[group.opportunities].sum())
        assert group.wanted == int(least(problem)[group.opportunities].sum())
        can = {
            person
            for person, place in zip(problem.person.tolist(), problem.opportunity.tolist(), strict=True)
            if place in inside and problem.owed[person] > 0
        }
        assert group.persons.tolist() == sorted(can)
        assert np.flatnonzero(proof.groups.of_opportunity == number).tolist() == sorted(inside)
    assert set(np.flatnonzero(proof.short).tolist()) <= seen
    assert [group.short for group in proof.groups] == sorted((group.short for group in proof.groups), reverse=True)


def test_posts_that_want_more_people_than_there_are() -> None:
    """Posts 0 and 1 want two each; persons 0 and 1 are owed one each, person 2 is owed two and could go to 1 and 2."""
    pairs = [(0, 0, 0.5), (0, 1, 0.5), (1, 0, 0.5), (1, 1, 0.5), (2, 1, 0.1), (2, 2, 0.9)]
    problem = made(pairs, [1, 1, 2], [5, 5, 5], [2, 2, 0])
    proof = check(problem, np.array([0, 1, 2, 1]))
    [group] = proof.groups
    assert (group.opportunities.tolist(), group.persons.tolist()) == ([0, 1], [0, 1, 2])
    assert (group.wanted, group.possible, group.short) == (4, 3, 1)


def test_two_posts_that_share_only_somebody_who_can_go_to_both_are_told_apart() -> None:
    problem = made([(0, 0, 0.5), (0, 1, 0.5), (1, 2, 0.5)], [2, 1], [9, 9, 9], [2, 3, 1])
    proof = check(problem, np.array([0, 1, 2]))
    assert [(group.opportunities.tolist(), group.wanted, group.possible) for group in proof.groups] == [
        ([1], 3, 1),
        ([0], 2, 1),
    ]
    assert [group.short for group in proof.groups[:1]] == [2]
    assert proof.groups.of_opportunity.tolist() == [1, 0, -1]


def chain(length: int) -> tuple[Problem, np.ndarray]:
    """Person n stands at place n + 1 and could go to place n; place 0 is short, the last place has one to spare."""
    pairs = [(n, n + 1, 1.0) for n in range(length)] + [(n, n, 0.0) for n in range(length)]
    problem = made(pairs, [1] * length, [1] * (length + 1), [1] * length + [0])
    return problem, np.arange(1, length + 1)


def test_long_chain_is_found() -> None:
    problem, before = chain(3000)
    met = meet_minimums(problem, before)
    assert (met.allocation.taken.tolist(), met.moved, met.short) == (list(range(3000)), 1, 0)


def test_cheapest_of_three_who_could_come_comes_and_prices_count() -> None:
    """Place 0 wants one; person 1 loses least. If a place at 2 is worth 0.4 to others, person 2 loses less."""
    pairs = [(n, 0, 0.5) for n in range(3)] + [(0, 1, 0.9), (1, 2, 0.7), (2, 3, 0.8)]
    problem = made(pairs, [1, 1, 1], [3, 1, 1, 1], [1, 0, 0, 0])
    met = meet_minimums(problem, np.array([1, 2, 3]))
    assert met.allocation.taken.tolist() == [1, 0, 3]


@pytest.mark.parametrize("owed", [0, 1])
def test_nobody_nothing_and_no_minimum(owed: int) -> None:
    nobody = made([], [], [2, 0], [2, 0])
    assert [group.short for group in check(nobody, np.empty(0, dtype=np.int32)).groups] == [2]
    nowhere = made([], [owed], [], [])
    assert len(check(nowhere, np.full(owed, MISSING)).groups) == 0
    none = made([(0, 0, 1.0)], [owed], [1], [0])
    assert none.minimum is None
    assert check(none, np.zeros(owed, dtype=np.int32)).bound == 0


def test_minimum_above_what_is_owed_or_paired() -> None:
    problem = made([(0, 0, 0.5), (1, 0, 0.5), (2, 0, 0.5)], [1, 1, 0], [9], [9])
    [group] = check(problem, np.array([0, 0])).groups
    assert (group.persons.tolist(), group.wanted, group.possible, group.short) == ([0, 1], 9, 2, 7)


def test_order_of_the_rows_and_a_second_run_change_nothing() -> None:
    for seed in range(30):
        problem = random_problem(seed)
        order = np.random.default_rng(seed).permutation(problem.pairs)
        again = Problem.coded(
            person=problem.person[order], opportunity=problem.opportunity[order], score=problem.score[order],
            owed=problem.owed, capacity=problem.capacity, minimum=least(problem), per_person=problem.per_person,
        )  # fmt: skip
        before = some_plan(problem, seed)
        once, other = meet_minimums(problem, before), meet_minimums(again, before)
        assert once.allocation.taken.tolist() == other.allocation.taken.tolist()
        twice = meet_minimums(problem, once.allocation.taken)
        assert (twice.moved, twice.allocation.taken.tolist()) == (0, once.allocation.taken.tolist())


def test_a_larger_city_is_proved() -> None:
    """20,000 people, 5,000 posts; most want half of what they hold, in some districts more than there are people."""
    random = np.random.default_rng(7)
    district = random.integers(0, 20, 20_000)
    person = np.repeat(np.arange(20_000), 12)
    near = np.repeat(district, 12) * 250 + (250 * random.random(person.size) ** 2).astype(np.int64)
    keys = np.unique(person * 5000 + near)
    capacity = random.integers(1, 30, 5_000)
    minimum = np.minimum(capacity, np.where(np.arange(5_000) < 500, capacity, capacity // 2))
    problem = Problem.coded(
        person=keys // 5000, opportunity=keys % 5000, score=random.random(keys.size),
        owed=np.full(20_000, 3), capacity=capacity, minimum=minimum, per_person=3,
    )  # fmt: skip
    settled = settle(problem, np.full(60_000, MISSING, dtype=np.int32)).allocation
    met = meet_minimums(problem, settled.taken)
    counted = recount(met.allocation)
    proof = prove_minimums(met.allocation, counted)
    assert counted.missing.tolist() == settled.missing.tolist()
    assert met.moved == short_of(problem, settled.load) - met.short > 500
    assert (proof.fewest, proof.bound) == (True, met.short)
    assert sum(in_tables(problem, set(group.opportunities.tolist())) for group in proof.groups[:3]) == sum(
        group.short for group in proof.groups[:3]
    )


def test_the_certificate_says_who_could_come_where_too_few_do() -> None:
    pairs = pl.DataFrame(
        {"person_id": ["A", "A", "B"], "opportunity_id": ["cook", "nurse", "nurse"], "score": [0.9, 0.5, 0.7]}
    )
    capacity = pl.DataFrame({"opportunity_id": ["cook", "nurse"], "capacity": [5, 5], "minimum": [2, 1]})
    plan = solve(pairs, capacity, per_person=2)
    assert plan.certificate().to_dict()["unmet_minima"] == [
        {"opportunities": ["cook"], "persons": ["A"], "wanted": 2, "possible": 1, "short": 1, "checked": True}
    ]
    assert (plan.report["short_of_minimum"], len(plan.unmet), plan.unmet[0].opportunities.tolist()) == (1, 1, [0])
    without = solve(pairs, capacity.drop("minimum"), per_person=2)
    assert (list(without.unmet), without.certificate().to_dict()["unmet_minima"]) == ([], [])
