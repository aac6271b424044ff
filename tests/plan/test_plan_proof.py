"""The proof must not believe a plan: plans that were tampered with are found out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidTable
from talentcity.plan import PlanDefect, Problem, solve, solve_problem
from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.certify import prove_spread, recount, rounded_up, upper_bound
from talentcity.plan.flow import Flow, best_flow, costs_of
from talentcity.plan.reference import UNIT, best_key
from talentcity.plan.shortage import Exchanges, groups_of, proof_of

PAIRS = pl.DataFrame(
    [("A", "V", 0.9), ("A", "W", 0.1), ("B", "V", 0.2)], schema=["person_id", "opportunity_id", "score"], orient="row"
)
PLACES = pl.DataFrame({"opportunity_id": ["V", "W"], "capacity": [1, 1]})


def small() -> Problem:
    return Problem.checked(PAIRS, PLACES, per_person=1)


def units(*taken: int) -> np.ndarray:
    return np.array(taken, dtype=np.int32)


def random_problem(seed: int, weighted: bool = False) -> Problem:
    random = np.random.default_rng(seed)
    person, place = np.nonzero(random.random((6, 5)) < 0.5)
    return Problem.coded(
        person=person, opportunity=place, score=random.integers(0, 9, person.size) / 8,
        owed=random.integers(0, 3, 6), capacity=random.integers(0, 3, 5), per_person=2,
        penalties=(2.0, 0.5) if weighted else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("taken", "message"),
    [
        (units(0), "has 1 units, and 2 are owed"),
        (units(0, 2), "an opportunity that does not exist"),
        (units(0, -2), "an opportunity that does not exist"),
        (units(0, 0), "more than its capacity"),
        (units(0, 1), "person B has a recommendation that is none of their pairs"),
    ],
)
def test_plan_that_breaks_a_rule_is_found_out(taken: np.ndarray, message: str) -> None:
    with pytest.raises(PlanDefect, match=message):
        recount(Allocation(small(), taken))


def test_pair_used_twice_and_units_out_of_order_are_found_out() -> None:
    problem = Problem.checked(PAIRS, PLACES.with_columns(capacity=2), per_person=2)
    assert recount(Allocation(problem, units(0, 1, 0, -1))).missing.tolist() == [0, 1]
    for wrong in (units(0, 0, -1, -1), units(1, 0, -1, -1), units(-1, 0, -1, -1)):
        with pytest.raises(PlanDefect, match=r"person A has .* one twice, or not in the order of the row"):
            recount(Allocation(problem, wrong))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_any_flipped_unit_is_found_out(seed: int, data: st.DataObject) -> None:
    """Whatever one unit is changed to, a rule is broken or the plan is no longer the fairest with that score."""
    problem = random_problem(seed)
    allocation = Allocation.of_chosen(problem, best_flow(problem).chosen)
    if not allocation.taken.size:
        return
    honest = recount(allocation)
    assert proof_of(allocation, honest).fair is True
    flipped = allocation.taken.copy()
    unit = data.draw(st.integers(0, flipped.size - 1))
    flipped[unit] = data.draw(st.integers(MISSING, problem.opportunities).filter(lambda to: to != flipped[unit]))
    tampered = Allocation(problem, flipped)
    try:
        counted = recount(tampered)
    except PlanDefect:
        return
    proof = proof_of(tampered, counted)
    # The best plan stays the best: what is left is another plan of the same problem, and counted as what it is.
    assert proof.fair == (counted.persons_missing == honest.persons_missing)
    assert counted.score == sum(map(Fraction, problem.score[tampered.chosen].tolist()))
    if proof.fair:
        assert counted.score <= honest.score


def test_exact_score_is_the_sum_of_fractions() -> None:
    random = np.random.default_rng(3)
    for kind in (np.float32, np.float64):
        score = np.concatenate([random.random(500), [0.0, 1.0, 1e-30, 0.1]]).astype(kind)
        size = score.size
        problem = Problem.coded(
            person=np.arange(size), opportunity=np.zeros(size, dtype=np.int64), score=score,
            owed=np.ones(size, dtype=np.int64), capacity=np.array([size]), per_person=1,
        )  # fmt: skip
        counted = recount(Allocation(problem, np.zeros(size, dtype=np.int32)))
        exact = sum(map(Fraction, score.tolist()))
        assert 0 <= exact - counted.score <= Fraction(size, 2**150)
        assert float(counted.score) == float(exact)


def test_number_is_rounded_up_and_never_down() -> None:
    assert rounded_up(Fraction(3, 4)) == 0.75
    for number in (Fraction(1, 10), Fraction(1, 3), Fraction(2, 3)):
        assert 0 <= Fraction(rounded_up(number)) - number < Fraction(1, 2**52)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10_000),
    st.booleans(),
    st.lists(st.floats(-3, 3), min_size=5, max_size=5),
    st.lists(st.floats(0, 9), min_size=2, max_size=2),
)
def test_bound_is_true_for_any_prices_and_steps(
    seed: int, weighted: bool, prices: list[float], steps: list[float]
) -> None:
    problem = random_problem(seed, weighted)
    *counts, worth = best_key(problem)
    if weighted:
        bound = upper_bound(problem, np.array(prices), (0.5, 2.0))
    else:
        at_least = [counts[2], counts[1]]  # the key counts the worst off first
        bound = upper_bound(problem, np.array(prices), sorted(steps), missing_at_least=at_least)
    assert bound >= Fraction(-worth, UNIT)


def test_bonus_counts_for_every_recommendation_of_a_person() -> None:
    problem = small()
    plain = upper_bound(problem, np.zeros(2), [2.0])
    assert upper_bound(replace(problem, bonus=np.array([0.0, 0.25])), np.zeros(2), [2.0]) == plain + Fraction(1, 4)


@pytest.mark.parametrize("price", [np.nan, np.inf, 1e10])
def test_bound_refuses_what_it_cannot_count(price: float) -> None:
    with pytest.raises(ValueError, match="is not a number from"):
        upper_bound(small(), np.array([price, 0.0]), [2.0])
    with pytest.raises(ValueError, match="do not fall"):
        upper_bound(Problem.checked(PAIRS, PLACES, per_person=2), np.zeros(2), [2.0, 1.0])


def test_worse_plan_stays_below_the_bound() -> None:
    problem = small()
    best, greedy = Allocation(problem, units(1, 0)), Allocation(problem, units(0, -1))
    price = np.array([0.8, 0.0])
    assert upper_bound(problem, price, [2.0]) == pytest.approx(recount(best).score, abs=1e-8)
    worse = recount(greedy)
    assert worse.score - 2 < recount(best).score <= upper_bound(problem, price, [2.0])
    assert proof_of(greedy, worse).could_have_more.tolist() == [False, True]
    assert proof_of(best, recount(best)).could_have_more.tolist() == [False, False]


def test_unfair_spread_is_found_out_along_a_chain() -> None:
    # A holds U and V, B holds W, C nothing. C could take W if B moved to V: only through B does A give one up.
    rows = [("A", "U", 0.5), ("A", "V", 0.5), ("B", "V", 0.5), ("B", "W", 0.5), ("C", "W", 0.5)]
    pairs = pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")
    places = pl.DataFrame({"opportunity_id": ["U", "V", "W"], "capacity": [1, 1, 1]})
    problem = Problem.checked(pairs, places, per_person=2)
    unfair, fair = (Allocation(problem, units(*taken)) for taken in ((0, 1, 2, -1, -1, -1), (0, -1, 1, -1, 2, -1)))
    assert [proof_of(plan, recount(plan)).fair for plan in (unfair, fair)] == [False, True]
    assert [proof_of(plan, recount(plan)).missing_is_minimum for plan in (unfair, fair)] == [True, True]
    assert proof_of(unfair, recount(unfair)).zero_needlessly.tolist() == [2]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 1000), st.data())
def test_marks_are_counted_and_not_believed(seed: int, other: int, data: st.DataObject) -> None:
    """Whatever persons and opportunities are marked, nothing is proved of a plan that is not true of it."""
    problem = random_problem(seed)
    best = Allocation.of_chosen(problem, best_flow(problem).chosen)
    some = np.random.default_rng(other).random(problem.pairs) < 0.8
    worse = Allocation.of_chosen(problem, best.chosen & some)
    marks = [
        np.array(data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size)), dtype=np.int32)
        for size in (problem.persons, problem.opportunities)
    ]
    fewest, fairest = recount(best), recount(worse)
    for persons, opportunities in (marks, Exchanges.of(worse).levels()):
        least, fair = prove_spread(problem, fairest, persons, opportunities)
        assert least <= (fairest.missing.sum() == fewest.missing.sum())
        assert (least and fair) <= (fairest.persons_missing == fewest.persons_missing)


def test_group_that_does_not_explain_what_is_missing_is_a_defect() -> None:
    problem = small()
    greedy = Allocation(problem, units(0, -1))
    exchanges = Exchanges.of(greedy)
    with pytest.raises(PlanDefect, match="does not explain what is missing"):
        groups_of(exchanges, np.array([False, True]), np.array([False, False]))


@pytest.mark.parametrize("wrong", [[True, False, False], [False, True, False]])
def test_solver_that_fails_is_a_defect_and_gives_no_plan(monkeypatch: pytest.MonkeyPatch, wrong: list[bool]) -> None:
    monkeypatch.setattr(
        "talentcity.plan.solving.best_flow", lambda problem: Flow(np.array(wrong), costs_of(problem, 1000))
    )
    with pytest.raises(PlanDefect):
        solve_problem(small())


def test_most_given_is_the_minimum_cut() -> None:
    # Ten persons owed three each, and one opportunity for all that holds four, and one own place each.
    rows = [(p, "common", 0.5) for p in range(10)] + [(p, f"own {p}", 0.5) for p in range(10)]
    rows = [(str(person), place, score) for person, place, score in rows]
    pairs = pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")
    places = pl.DataFrame({"opportunity_id": ["common", *(f"own {p}" for p in range(10))], "capacity": [4] + [9] * 10})
    plan = solve(pairs, places)
    assert plan.plan.height == 14
    (group,) = plan.groups
    assert (group.owed, group.places, group.elsewhere, group.missing) == (30, 4, 10, 16)
    assert plan.groups.owed.tolist() == [30]


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


def in_two_districts():
    """North: A, B and C share V, which holds one. South: D has W. E is in no table of labels and has no pair."""
    pairs = pl.DataFrame(
        [("A", "V", 0.9), ("B", "V", 0.8), ("C", "V", 0.7), ("D", "W", 0.7)],
        schema=["person_id", "opportunity_id", "score"], orient="row",
    )  # fmt: skip
    places = pl.DataFrame({"opportunity_id": ["V", "W"], "capacity": [1, 5]})
    owed = pl.DataFrame({"person_id": list("ABCDE"), "owed": [1, 1, 1, 1, 1]})
    persons = pl.DataFrame({"person_id": list("ABCD"), "district": ["north", "north", "east", "south"], "field": "IT"})
    sites = pl.DataFrame({"opportunity_id": ["V", "W"], "field": "IT", "district": ["north", "south"]})
    return solve(pairs, places, owed=owed, per_person=1), persons, sites


def test_shortage_is_summed_by_district_and_field() -> None:
    plan, persons, sites = in_two_districts()
    certificate = plan.certificate()
    table = certificate.by(persons, sites)
    assert table.columns == [
        "district", "field", "persons", "persons_short", "owed", "missing", "opportunities", "places", "full_places"
    ]  # fmt: skip
    assert sorted(table.rows(), key=str) == [
        ("east", "IT", 1, 1, 1, 1, 0, 0, 0),
        ("north", "IT", 2, 1, 2, 1, 1, 1, 1),
        ("south", "IT", 1, 0, 1, 0, 1, 5, 0),
        (None, None, 1, 1, 1, 1, 0, 0, 0),
    ]
    assert [table[name].sum() for name in ("persons", "owed", "missing")] == [5, 5, certificate.missing]
    largest = certificate.by(persons, sites, group=0)
    assert sorted(largest.rows()) == [("east", "IT", 1, 1, 1, 1, 0, 0, 0), ("north", "IT", 2, 1, 2, 1, 1, 1, 1)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda persons, sites: (pl.concat([persons, persons[:1]]), sites), "each id once"),
        (lambda persons, sites: (persons.drop("district"), sites), "the same labels in both tables"),
        (lambda persons, sites: (persons.drop("person_id"), sites), "a column person_id"),
        (lambda persons, sites: (persons, sites.with_columns(opportunity_id=pl.lit(1))), "the same type in both"),
    ],
)
def test_labels_that_do_not_fit_are_refused(change, message: str) -> None:
    plan, persons, sites = in_two_districts()
    with pytest.raises(InvalidTable, match=message):
        plan.certificate().by(*change(persons, sites))
