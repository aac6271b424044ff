"""Whatever plan comes in, it comes out with the fewest missing and the fairest spread, and the proof says so."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.certify import recount
from talentcity.plan.problem import Problem
from talentcity.plan.reference import best_key
from talentcity.plan.settle import settle
from talentcity.plan.shortage import Exchanges, closed_set, proof_of


@st.composite
def problems(draw: st.DrawFn, people: int = 5, places: int = 4) -> Problem:
    people, places, per_person = draw(st.integers(0, people)), draw(st.integers(0, places)), draw(st.integers(1, 3))
    every = [(person, place) for person in range(people) for place in range(places)]
    pairs = sorted(draw(st.lists(st.sampled_from(every), unique=True))) if every else []
    return Problem.coded(
        person=np.array([person for person, _ in pairs], dtype=np.int64),
        opportunity=np.array([place for _, place in pairs], dtype=np.int64),
        score=np.array([draw(st.integers(0, 8)) / 8 for _ in pairs], dtype=np.float64),
        owed=np.array([draw(st.integers(0, per_person)) for _ in range(people)], dtype=np.int64),
        capacity=np.array([draw(st.integers(0, 3)) for _ in range(places)], dtype=np.int64),
        per_person=per_person,
    )


def random_problem(seed: int, people: int = 40, places: int = 25, most: int = 6) -> Problem:
    random = np.random.default_rng(seed)
    people, places, per_person = random.integers(1, [people, places, 6])
    person, opportunity = np.nonzero(random.random((people, places)) < random.choice([0.05, 0.1, 0.2, 0.5]))
    return Problem.coded(
        person=person, opportunity=opportunity, score=random.integers(0, 9, person.size).astype(np.float32) / 8,
        owed=random.integers(0, per_person + 1, people), capacity=random.integers(0, random.integers(1, most), places),
        per_person=int(per_person),
    )  # fmt: skip


def some_plan(problem: Problem, seed: int, share: float) -> np.ndarray:
    """Pairs in any order, each taken with this probability where it keeps the rules; as (D,) units."""
    random = np.random.default_rng(seed)
    chosen, left, due = np.zeros(problem.pairs, np.bool_), problem.capacity.copy(), problem.owed.copy()
    person = problem.person
    for pair in random.permutation(problem.pairs).tolist():
        place = problem.opportunity[pair]
        if random.random() < share and left[place] > 0 and due[person[pair]] > 0:
            chosen[pair], left[place], due[person[pair]] = True, left[place] - 1, due[person[pair]] - 1
    return Allocation.of_chosen(problem, chosen).taken


def spread(problem: Problem, missing: np.ndarray) -> tuple[int, ...]:
    """The key of `reference`, but for minima and score."""
    return (int(missing.sum()), *(int((missing >= level).sum()) for level in range(problem.per_person, 0, -1)))


@settings(max_examples=400, deadline=None)
@given(problems(), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5, 1.0]), st.booleans())
def test_any_plan_gets_the_fewest_missing_and_the_fairest_spread(
    problem: Problem, seed: int, share: float, priced: bool
) -> None:
    before = some_plan(problem, seed, share)
    price = np.random.default_rng(seed).random(problem.opportunities) if priced else None
    settled = settle(problem, before, price=price)
    counted = recount(settled.allocation)
    assert spread(problem, counted.missing) == best_key(problem)[:-2]
    assert settled.augmented == (before == MISSING).sum() - counted.missing.sum()
    proof = proof_of(settled.allocation, counted)
    assert (proof.missing_is_minimum, proof.fair, proof.could_have_more.any()) == (True, True, False)
    assert proof.zero_needlessly.size == 0


@pytest.mark.parametrize("block", range(8))
def test_spread_is_the_same_wherever_the_search_begins(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        problem = random_problem(seed)
        plans = [settle(problem, some_plan(problem, seed + 1, share)).allocation for share in (0.0, 0.4, 1.0)]
        keys = {spread(problem, recount(plan).missing) for plan in plans}
        assert len(keys) == 1
        assert [proof_of(plan, recount(plan)).fair for plan in plans] == [True, True, True]


def test_settled_plan_stays_as_it_is_and_the_same_plan_gives_the_same() -> None:
    for seed in range(40):
        problem = random_problem(seed)
        before = some_plan(problem, seed, 0.5)
        once, again = settle(problem, before), settle(problem, before)
        assert once.allocation.taken.tolist() == again.allocation.taken.tolist()
        twice = settle(problem, once.allocation.taken)
        assert (twice.augmented, twice.exchanged) == (0, 0)
        assert twice.allocation.taken.tolist() == once.allocation.taken.tolist()


def chain(length: int) -> tuple[Problem, np.ndarray]:
    """Person n has place n and could take place n + 1; the last person has nothing and could take place 0 only."""
    person = np.concatenate([np.arange(length), np.arange(length), [length]])
    place = np.concatenate([np.arange(length), np.arange(length) + 1, [0]])
    problem = Problem.coded(
        person=person, opportunity=place, score=np.where(person == place, 1.0, 0.0),
        owed=np.ones(length + 1, dtype=np.int64), capacity=np.ones(length + 1, dtype=np.int64), per_person=1,
    )  # fmt: skip
    return problem, np.append(np.arange(length), MISSING).astype(np.int32)


def test_long_chain_of_exchanges_is_found() -> None:
    problem, before = chain(3000)
    settled = settle(problem, before)
    assert settled.allocation.taken.tolist() == [*range(1, 3001), 0]
    assert (settled.augmented, settled.exchanged) == (1, 0)


def test_one_of_many_moves_so_that_two_who_miss_two_do_not() -> None:
    """A holds both places of U and V; B and C have none; each could take one."""
    problem = Problem.coded(
        person=np.array([0, 0, 1, 2]), opportunity=np.array([0, 1, 0, 1]), score=np.array([1.0, 1.0, 0.0, 0.0]),
        owed=np.array([2, 2, 2]), capacity=np.array([1, 1]), per_person=2,
    )  # fmt: skip
    settled = settle(problem, np.array([0, 1, -1, -1, -1, -1]))
    assert sorted(recount(settled.allocation).missing.tolist()) == [1, 1, 2]
    assert (settled.augmented, settled.exchanged) == (0, 1)


def test_prices_and_scores_choose_the_cheaper_of_two_exchanges() -> None:
    """C wants U or V. A can leave U for W at a loss of 1/8, B can leave V for X at a loss of 7/8."""
    problem = Problem.coded(
        person=np.array([0, 0, 1, 1, 2, 2]), opportunity=np.array([0, 2, 1, 3, 0, 1]),
        score=np.array([1.0, 0.875, 1.0, 0.125, 0.5, 0.5]),
        owed=np.array([1, 1, 1]), capacity=np.array([1, 1, 1, 1]), per_person=1,
    )  # fmt: skip
    before = np.array([0, 1, -1])
    assert settle(problem, before).allocation.taken.tolist() == [2, 1, 0]
    dear = np.array([0.0, 0.0, 0.875, 0.0])
    assert settle(problem, before, price=dear).allocation.taken.tolist() == [0, 3, 1]


def tables_prove(problem: Problem, persons: set[int], opportunities: set[int], owed: np.ndarray) -> int:
    """Owed, minus places, minus pairs that lead out: at least so many are missing among the persons."""
    pairs = zip(problem.person.tolist(), problem.opportunity.tolist(), strict=True)
    outside = sum(person in persons and place not in opportunities for person, place in pairs)
    places = sum(int(problem.capacity[place]) for place in opportunities)
    return sum(int(owed[person]) for person in persons) - places - outside


def subsets(codes: list[int]) -> list[set[int]]:
    return [set(some) for size in range(len(codes) + 1) for some in combinations(codes, size)]


@settings(max_examples=150, deadline=None)
@given(problems(), st.integers(0, 1000))
def test_no_smaller_set_proves_as_much_as_a_group(problem: Problem, seed: int) -> None:
    allocation = settle(problem, some_plan(problem, seed, 0.5)).allocation
    proof = proof_of(allocation, recount(allocation))
    assert sum(group.missing for group in proof.groups) == allocation.missing.sum()
    for group in proof.groups:
        persons, opportunities = set(group.persons.tolist()), set(group.opportunities.tolist())
        assert tables_prove(problem, persons, opportunities, problem.owed) == group.missing > 0
        for some in subsets(sorted(persons)):
            for full in subsets(sorted(opportunities)):
                if (some, full) != (persons, opportunities):
                    assert tables_prove(problem, some, full, problem.owed) < group.missing


@settings(max_examples=150, deadline=None)
@given(problems(), st.integers(0, 1000))
def test_groups_share_nothing_and_do_not_fall_apart(problem: Problem, seed: int) -> None:
    allocation = settle(problem, some_plan(problem, seed, 0.5)).allocation
    groups = proof_of(allocation, recount(allocation)).groups
    for kind in ("persons", "opportunities"):
        members = [code for group in groups for code in getattr(group, kind).tolist()]
        assert len(members) == len(set(members))
    for group in groups:
        persons, opportunities = group.persons.tolist(), group.opportunities.tolist()
        for some in subsets(persons)[1:-1]:
            for full in subsets(opportunities):
                parts = [(some, full), (set(persons) - some, set(opportunities) - full)]
                assert sum(max(0, tables_prove(problem, *part, problem.owed)) for part in parts) < group.missing


@settings(max_examples=150, deadline=None)
@given(problems(), st.integers(0, 1000), st.booleans())
def test_set_of_one_person_is_the_smallest_that_proves_it(problem: Problem, seed: int, best: bool) -> None:
    """That the person cannot have one more, while the others of the set keep what they have: in any plan."""
    taken = some_plan(problem, seed, 0.5)
    allocation = settle(problem, taken).allocation if best else Allocation(problem, taken)
    exchanges = Exchanges.of(allocation)
    lucky = exchanges.leading_to_room()[0]
    for person in np.flatnonzero(allocation.missing).tolist():
        group = closed_set(exchanges, person)
        assert (group is None) == lucky[person]
        if group is not None:
            assert group.checked
            claim = allocation.given + (np.arange(problem.persons) == person)
            persons, opportunities = set(group.persons.tolist()), set(group.opportunities.tolist())
            for some in subsets(sorted(persons)):
                for full in subsets(sorted(opportunities)):
                    proves = tables_prove(problem, some, full, claim)
                    assert proves == 1 if (some, full) == (persons, opportunities) else proves < 1


@settings(max_examples=150, deadline=None)
@given(problems(people=4, places=3), st.integers(0, 1000), st.sampled_from([0.3, 0.7, 1.0]))
def test_who_could_have_more_and_who_is_at_zero_needlessly(problem: Problem, seed: int, share: float) -> None:
    """Against all plans: one more for that person and as many as now for all others, but for one who keeps one."""
    allocation = Allocation(problem, some_plan(problem, seed, share))
    proof = proof_of(allocation, recount(allocation))
    now, most = tuple(allocation.given.tolist()), problem.per_person
    possible = counts_of_all_plans(problem)
    expected = [person for person in np.flatnonzero(allocation.missing).tolist() if raised(now, person) in possible]
    assert np.flatnonzero(proof.could_have_more).tolist() == expected
    zero = [
        person
        for person in np.flatnonzero(allocation.missing == most).tolist()
        if raised(now, person) in possible
        or any(
            lowered(raised(now, person), other) in possible
            for other in np.flatnonzero(allocation.missing <= most - 2).tolist()
            if now[other] > 0
        )
    ]
    assert proof.zero_needlessly.tolist() == zero
    assert proof.missing_is_minimum == (sum(problem.owed.tolist()) - sum(now) == best_key(problem)[0])
    assert proof.fair == (spread(problem, allocation.missing) == best_key(problem)[:-2])


def raised(counts: tuple[int, ...], person: int) -> tuple[int, ...]:
    return tuple(count + (number == person) for number, count in enumerate(counts))


def lowered(counts: tuple[int, ...], person: int) -> tuple[int, ...]:
    return tuple(count - (number == person) for number, count in enumerate(counts))


def counts_of_all_plans(problem: Problem) -> set[tuple[int, ...]]:
    """What each person has, for every plan that keeps the rules."""
    plans = {((), tuple(problem.capacity.tolist()))}
    for person in range(problem.persons):
        row = problem.opportunity[problem.start[person] : problem.start[person + 1]].tolist()
        choices = [some for size in range(int(problem.owed[person]) + 1) for some in combinations(row, size)]
        plans = {
            ((*counts, len(some)), tuple(room - (place in some) for place, room in enumerate(left)))
            for counts, left in plans
            for some in choices
            if all(left[place] > 0 for place in some)
        }
    return {counts for counts, _ in plans}
