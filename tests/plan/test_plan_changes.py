"""Planning again: offers that people have seen are kept unless the plan gains more, and every change has its reason."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity import cli
from talentcity.errors import InvalidOption, InvalidTable
from talentcity.plan import Changes, Options, Plan, Problem, Status, changes, solve, solve_problem
from talentcity.plan.allocation import Allocation
from talentcity.plan.certify import recount
from talentcity.plan.chains import MOVED, Chains, Compared, chains_of, compared, without_idle_moves, worth_of
from talentcity.plan.reference import UNIT, best_key, parts
from talentcity.plan.variants import Congestion
from talentcity.plan.warm import starting_prices

eighths = st.integers(0, 8).map(lambda n: n / 8)  # sums of them are exact
keeps = st.sampled_from([0.0, 0.125, 0.5, 8.0])


def pairs(*rows: tuple[Any, Any, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")


def both(*rows: tuple[Any, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"person_id": pl.String, "opportunity_id": pl.String}, orient="row")


def places(**capacity: int) -> pl.DataFrame:
    return pl.DataFrame({"opportunity_id": list(capacity), "capacity": list(capacity.values())})


def owed(**due: int) -> pl.DataFrame:
    return pl.DataFrame({"person_id": list(due), "owed": list(due.values())})


def told(found: Changes) -> list[tuple[str, str, str, str | None]]:
    return found.frame.select("person_id", "opportunity_id", "change", "reason").rows()


@st.composite
def small(draw: st.DrawFn, most: int = 5, variants: bool = False) -> Problem:
    """A problem whose keep and scores are eighths, with and without penalties, in which some pairs were seen.

    With variants also a bonus, minima and congestion.
    """
    people, posts, per_person = draw(st.integers(1, most)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    every = [(person, post) for person in range(people) for post in range(posts)]
    listed = np.array(draw(st.lists(st.sampled_from(every), unique=True)), dtype=np.int64).reshape(-1, 2)
    capacity = np.array([draw(st.integers(0, 3)) for _ in range(posts)], dtype=np.int64)
    problem = Problem.coded(
        person=listed[:, 0],
        opportunity=listed[:, 1],
        score=np.array([draw(eighths) for _ in listed], dtype=draw(st.sampled_from([np.float32, np.float64]))),
        owed=np.array([draw(st.integers(0, per_person)) for _ in range(people)], dtype=np.int64),
        capacity=capacity,
        per_person=per_person,
        penalties=draw(st.sampled_from([None, (6.0, 4.0, 2.0)[:per_person]])),
        bonus=np.array([draw(eighths) for _ in range(people)]) if variants else None,
        minimum=np.array([draw(st.integers(0, int(places))) for places in capacity]) if variants else None,
        congestion=draw(st.sampled_from([None, Congestion(0.5, 0.75)])) if variants else None,
    )
    seen = np.array(draw(st.lists(st.sampled_from(every), unique=True)), dtype=np.int64).reshape(-1, 2)
    return problem.having_seen(seen[:, 0], seen[:, 1], draw(keeps))


@settings(deadline=None, max_examples=60)
@given(problem=small(), solver=st.sampled_from(["exact", "auction"]))
def test_no_plan_is_worth_more_with_what_is_kept(problem: Problem, solver: str) -> None:
    plan = solve_problem(problem, Options(solver=solver, gap=1e-4))
    report: dict[str, Any] = dict(plan.report)
    best = best_key(problem)
    assert problem.seen is not None
    assert report["objective"] <= -best[-1] / UNIT <= report["upper_bound"] + 1e-12
    if solver == "exact":
        assert parts(report["objective"]) == -best[-1]
        assert plan.status == Status.OPTIMAL
    if problem.penalties is None:
        assert report["missing"] == best[0]
        assert (plan.fair, report["missing_is_minimum"]) == (True, True)
    kept = plan.plan.join(_frame(problem), on=["person_id", "opportunity_id"], how="semi").height
    assert (report["kept"], report["dropped"]) == (kept, problem.seen.every - kept)
    lost = 0.0 if problem.penalties is None else _lost(problem, plan)
    assert Fraction(report["objective"]) == Fraction(report["score"]) + Fraction(problem.seen.keep * kept - lost)


def _frame(problem: Problem) -> pl.DataFrame:
    """The offers seen that are still pairs."""
    assert problem.seen is not None
    return pl.DataFrame(
        {
            "person_id": problem.person_ids.gather(problem.person[problem.seen.pair]),
            "opportunity_id": problem.opportunity_ids.gather(problem.opportunity[problem.seen.pair]),
        }
    )


def _lost(problem: Problem, plan: Plan) -> float:
    assert problem.penalties is not None
    return sum(sum(problem.penalties[problem.per_person - m :]) for m in plan.allocation.missing.tolist() if m)


@settings(deadline=None, max_examples=40)
@given(problem=small())
def test_scores_and_ranks_are_those_of_the_pairs(problem: Problem) -> None:
    plan = solve_problem(problem)
    assert (plan.plan["score"] <= 1).all()
    assert plan.report["score"] == plan.plan["score"].sum()
    assert plan.plan.sort("person_id", "score", "opportunity_id", descending=[False, True, False]).equals(plan.plan)
    assert plan.plan.filter(pl.col("rank") != pl.int_range(1, pl.len() + 1).over("person_id")).height == 0


def unseen(problem: Problem) -> Problem:
    """The same problem, in which nothing was seen."""
    assert problem.seen is not None
    score = problem.score.copy()
    score[problem.seen.pair] = problem.seen.score
    return Problem.coded(
        person=problem.person, opportunity=problem.opportunity, score=score, owed=problem.owed,
        capacity=problem.capacity, per_person=problem.per_person, penalties=problem.penalties,
    )  # fmt: skip


def seen_again(problem: Problem, keep: float, *, scored: bool = True) -> Problem:
    """The same offers seen, with another `keep`; with scores of 0 only what is kept counts."""
    assert problem.seen is not None
    plain = unseen(problem)
    person, opportunity = problem.person[problem.seen.pair], problem.opportunity[problem.seen.pair]
    if not scored:
        plain = Problem.coded(
            person=plain.person, opportunity=plain.opportunity, score=np.zeros(plain.pairs), owed=plain.owed,
            capacity=plain.capacity, per_person=plain.per_person, penalties=plain.penalties,
        )  # fmt: skip
    return plain.having_seen(person, opportunity, keep)


@settings(deadline=None, max_examples=40)
@given(problem=small())
def test_with_keep_0_the_score_is_that_of_a_plan_that_knows_nothing(problem: Problem) -> None:
    plan, other = solve_problem(seen_again(problem, 0.0)), solve_problem(unseen(problem))
    assert (plan.report["score"], plan.report["objective"]) == (other.report["score"], other.report["objective"])
    assert (other.report["keep"], other.report["kept"], other.report["dropped"]) == (None, None, None)


@settings(deadline=None, max_examples=40)
@given(problem=small())
def test_with_a_large_keep_nothing_is_dropped_that_can_be_kept_with_the_same_missing(problem: Problem) -> None:
    if problem.penalties is None:
        kept = solve_problem(seen_again(problem, 100.0)).report["kept"]
        assert kept == -best_key(seen_again(problem, 1.0, scored=False))[-1] // UNIT


@settings(deadline=None, max_examples=60)
@given(problem=st.one_of(small(most=7), small(most=7, variants=True)), choice=st.randoms(use_true_random=False))
def test_any_chains_can_be_undone_and_every_reason_is_true(problem: Problem, choice: Any) -> None:
    assert problem.seen is not None
    plan = solve_problem(problem)
    moved = compared(plan.allocation, problem.seen.pair)
    chains = chains_of(plan.allocation, moved)
    every = [*np.flatnonzero(moved.fate == MOVED).tolist(), *range(moved.pair.size, moved.pair.size + moved.new.size)]
    assert sorted(chains.move.tolist()) == every
    some = [chain for chain in range(chains.lost.size) if choice.random() < 0.5]
    recount(without(plan, moved, chains, some))  # keeps every rule
    found = changes(_frame(problem), plan)
    dropped = found.frame.filter(pl.col("change") == "dropped")
    for chain, reason in dropped.select("chain", "reason").drop_nulls().rows():
        other = recount(without(plan, moved, chains, [chain]))
        here = recount(plan.allocation)
        gain = here.score - other.score + Fraction(problem.seen.keep) * (here.kept - other.kept)
        gain += here.bonus - other.bonus - here.congestion + other.congestion
        if reason == "fewer_missing":
            assert other.missing.sum() == here.missing.sum() + 1
        elif reason == "fairer":
            assert other.missing.sum() == here.missing.sum()
            assert other.persons_missing[::-1] > here.persons_missing[::-1]
        elif reason == "minimum":
            assert other.short == here.short + 1
        elif problem.penalties is None:
            assert reason == "worth_more"
            assert other.persons_missing == here.persons_missing
            assert other.short == here.short
            assert gain > 0  # dropped only because the plan gains more than that


def without(plan: Plan, moved: Compared, chains: Chains, which: list[int]) -> Allocation:
    """The plan in which these chains are undone, by way of which pairs are chosen."""
    chosen = plan.chosen.copy()
    for chain in which:
        for move in chains.move[chains.start[chain] : chains.start[chain + 1]].tolist():
            is_new = move >= moved.pair.size
            chosen[moved.new_pair[move - moved.pair.size] if is_new else moved.pair[move]] = not is_new
    return Allocation.of_chosen(plan.problem, chosen)


@settings(deadline=None, max_examples=40)
@given(problem=small(most=7))
def test_moves_that_gain_nothing_are_taken_back(problem: Problem) -> None:
    assert problem.seen is not None
    allocation = solve_problem(seen_again(problem, 0.0)).allocation  # found without keep, so it drops too much
    rough = Allocation.of_chosen(problem, _same_pairs(allocation, problem))
    better = without_idle_moves(rough)
    before, after = recount(rough), recount(better)
    assert after.persons_missing == before.persons_missing
    worth = [one.score + Fraction(problem.seen.keep) * one.kept for one in (before, after)]
    assert worth[1] >= worth[0]
    moved = compared(better, problem.seen.pair)
    chains = chains_of(better, moved)
    gains = chains.sums(*worth_of(problem, moved))
    assert (gains[(chains.lost < 0) & (chains.gained < 0)] > 0).all()


def _same_pairs(allocation: Allocation, problem: Problem) -> Any:
    wide, other = problem.opportunities, allocation.problem
    taken = (other.person.astype(np.int64) * wide + other.opportunity)[allocation.chosen]
    return np.isin(problem.person.astype(np.int64) * wide + problem.opportunity, taken)


@settings(deadline=None, max_examples=30)
@given(problem=small(), order=st.randoms(use_true_random=False))
def test_order_of_rows_and_threads_change_nothing(problem: Problem, order: Any) -> None:
    assert problem.seen is not None
    plain = unseen(problem)
    table = pl.DataFrame({"person_id": plain.person, "opportunity_id": plain.opportunity, "score": plain.score})
    table = table.cast({"person_id": pl.Int64, "opportunity_id": pl.Int64})
    capacity = pl.DataFrame({"opportunity_id": np.arange(plain.opportunities), "capacity": plain.capacity})
    seen, shuffled = _frame(problem), list(range(table.height))
    order.shuffle(shuffled)
    made = [
        solve(
            table[rows], capacity, owed=_owed(plain), per_person=plain.per_person, penalties=plain.penalties,
            seen=seen[::step], keep=problem.seen.keep, options=Options(solver=solver, threads=threads),
        )
        for solver in ("exact", "auction")
        for rows, step, threads in ((list(range(table.height)), 1, 1), (shuffled, -1, 2))
    ]  # fmt: skip
    for one, other in (made[:2], made[2:]):
        assert one.plan.equals(other.plan)
        assert changes(seen, one).frame.equals(changes(seen[::-1], other).frame)


def _owed(problem: Problem) -> pl.DataFrame:
    return pl.DataFrame({"person_id": problem.person_ids, "owed": problem.owed.astype(np.int64)})


def test_what_counts_more_is_never_rounded_down() -> None:
    random = np.random.default_rng(1)
    problem = Problem.coded(
        person=np.zeros(500, dtype=np.int64), opportunity=np.arange(500), score=random.random(500), owed=np.array([1]),
        capacity=np.ones(500, dtype=np.int64), per_person=1,
    ).having_seen(np.zeros(500, dtype=np.int64), np.arange(500), 0.1)  # fmt: skip
    assert problem.seen is not None
    worth = problem.score[problem.seen.pair].tolist()
    exact = [Fraction(score) + Fraction(0.1) for score in problem.seen.score.tolist()]
    assert all(sum_ >= true for sum_, true in zip(map(Fraction, worth), exact, strict=True))
    assert all(math.nextafter(sum_, 0) < true for sum_, true in zip(worth, exact, strict=True))
    assert (np.diff(problem.score) <= 0).all()


# What changes, and why, by hand. Two persons, owed one each unless said otherwise.

LISTED = pairs(("A", "V", 0.5), ("A", "W", 0.4), ("B", "V", 0.5), ("B", "W", 0.4))


def test_an_offer_is_kept_where_the_gain_is_just_keep_and_dropped_where_it_is_more() -> None:
    table, room, seen = pairs(("A", "V", 0.5), ("A", "W", 0.75)), places(V=1, W=1), both(("A", "V"))
    kept = solve(table, room, per_person=1, seen=seen, keep=0.25)
    assert kept.plan.rows() == [("A", "V", 1, 0.5)]
    assert told(changes(seen, kept)) == [("A", "V", "kept", None)]
    dropped = solve(table, room, per_person=1, seen=seen, keep=0.125)
    found = changes(seen, dropped)
    assert found.frame.rows() == [
        ("A", "V", "dropped", "worth_more",
         "this and 1 other move score 0.2500 more; the 1 offer seen that they drop counts 0.1250", 0, 0.25),
        ("A", "W", "new", "replaces", "instead of V; takes a place that no offer seen needs", 0, 0.25),
    ]  # fmt: skip
    assert str(found) == "kept 0 of 1 offer seen; 1 dropped: 1 because the plan gains more than they count; 1 new"


def test_what_is_gone_or_forbidden_is_dropped_for_that_reason() -> None:
    seen = both(("A", "V"), ("B", "X"), ("B", "W"), ("C", "V"), ("A", "U"))
    forbidden = both(("B", "W"))
    plan = solve(LISTED, places(V=2, W=2, U=1), per_person=2, seen=seen, forbidden=forbidden)
    found = changes(seen, plan, forbidden=forbidden)
    assert told(found) == [
        ("A", "U", "dropped", "not_listed"),
        ("A", "V", "kept", None),
        ("A", "W", "new", "replaces"),
        ("B", "V", "new", "replaces"),
        ("B", "W", "dropped", "forbidden"),
        ("B", "X", "dropped", "opportunity_gone"),
        ("C", "V", "dropped", "person_gone"),
    ]
    assert (found.kept, found.dropped, found.new) == (1, 4, 2)
    assert dict(found.reasons) == {"forbidden": 1, "not_listed": 1, "opportunity_gone": 1, "person_gone": 1}
    assert (plan.report["kept"], plan.report["dropped"]) == (1, 4)
    assert [reason for *_, reason in told(changes(seen, plan)) if reason == "forbidden"] == []


def test_who_is_owed_fewer_drops_the_worse_offer() -> None:
    seen = both(("A", "V"), ("A", "W"))
    found = changes(seen, solve(LISTED, places(V=2, W=2), owed=owed(A=1, B=0), per_person=2, seen=seen))
    assert told(found) == [("A", "V", "kept", None), ("A", "W", "dropped", "owed_fewer")]
    assert found.frame["because"][1] == "the person is owed 1 now, and 2 offers seen could be kept"


def test_a_place_that_is_gone_is_told() -> None:
    seen = both(("A", "V"), ("B", "V"))
    found = changes(seen, solve(LISTED.with_columns(score=pl.Series([0.6, 0.4, 0.5, 0.4])), places(V=1, W=2),
                                per_person=1, seen=seen))  # fmt: skip
    assert told(found) == [
        ("A", "V", "kept", None), ("B", "V", "dropped", "capacity_fell"), ("B", "W", "new", "replaces")
    ]  # fmt: skip
    assert found.frame["because"][1] == "the opportunity has 1 place now, and 2 persons had seen it"


def test_a_place_goes_to_who_would_have_none() -> None:
    table = pairs(("A", "V", 0.5), ("A", "W", 0.4), ("B", "V", 0.1))
    seen = both(("A", "V"))
    found = changes(seen, solve(table, places(V=1, W=1), per_person=1, seen=seen, keep=100))
    assert told(found) == [
        ("A", "V", "dropped", "fewer_missing"), ("A", "W", "new", "replaces"), ("B", "V", "new", "first")
    ]  # fmt: skip
    assert found.frame["because"].to_list() == [
        "this and 2 other moves give B one more; without them one more would be missing",
        "instead of V; takes a place that no offer seen needs",
        "the person had seen no offer; takes the place of A",
    ]


def test_a_place_goes_to_who_would_miss_more() -> None:
    table, seen = pairs(("A", "V", 0.5), ("A", "W", 0.4), ("B", "V", 0.1)), both(("A", "V"), ("A", "W"))
    found = changes(seen, solve(table, places(V=1, W=1), per_person=2, seen=seen, keep=100))
    assert told(found) == [("A", "V", "dropped", "fairer"), ("A", "W", "kept", None), ("B", "V", "new", "first")]
    assert found.frame["because"][0] == "this and 1 other move give B one more; else B would miss 2 and A 0"


def test_a_fixed_pair_is_kept_if_it_was_seen_and_new_if_not() -> None:
    seen, fixed = both(("A", "W"), ("A", "V")), both(("A", "W"), ("B", "W"))
    plan = solve(LISTED, places(V=2, W=2), per_person=2, seen=seen, fixed=fixed, keep=0.25)
    assert told(changes(seen, plan)) == [
        ("A", "V", "kept", None), ("A", "W", "kept", None), ("B", "V", "new", "first"), ("B", "W", "new", "fixed")
    ]  # fmt: skip
    assert (plan.report["kept"], plan.report["dropped"]) == (2, 0)
    assert plan.report["objective"] == plan.report["score"] + 0.5  # type: ignore[operator]


def test_a_plan_may_be_compared_with_an_earlier_one() -> None:
    plan = solve(LISTED, places(V=2, W=2), per_person=1)
    assert told(changes(plan, plan)) == [("A", "V", "kept", None), ("B", "V", "kept", None)]
    assert str(changes(plan, plan)) == "kept 2 of 2 offers seen; 0 new"


def test_a_minimum_and_the_price_of_a_crowd_are_reasons() -> None:
    table, seen = pairs(("A", "V", 0.5), ("A", "W", 0.1)), both(("A", "V"))
    wanted = pl.DataFrame({"opportunity_id": ["V", "W"], "capacity": [1, 1], "minimum": [0, 1]})
    found = changes(seen, solve(table, wanted, per_person=1, seen=seen))
    assert told(found) == [("A", "V", "dropped", "minimum"), ("A", "W", "new", "replaces")]
    assert found.frame["because"][0] == "this and 1 other move fill a place that the minimum of W asks for"
    crowd = Congestion(0.5, 0.75)  # the one place of V costs 0.75, the second of W, too
    found = changes(seen, solve(table, places(V=1, W=2), per_person=1, seen=seen, congestion=crowd))
    assert found.frame["because"][0] == (
        "this and 1 other move score 0.4000 less; places cost 0.7500 less; "
        "the 1 offer seen that they drop counts 0.1000"
    )


def test_one_who_is_owed_more_is_given_one_more() -> None:
    seen = both(("A", "V"))
    found = changes(seen, solve(LISTED, places(V=2, W=2), owed=owed(A=2, B=0), per_person=2, seen=seen))
    assert told(found) == [("A", "V", "kept", None), ("A", "W", "new", "more")]
    assert found.frame["because"][1] == "one more than the 1 offer seen; takes a place that no offer seen needs"


def test_nobody_and_nothing() -> None:
    empty = LISTED.head(0)
    plan = solve(empty, places(V=1), owed=owed(A=1), per_person=1, seen=both(("A", "V"), ("Z", "Y")))
    assert told(changes(both(("A", "V"), ("Z", "Y")), plan)) == [
        ("A", "V", "dropped", "not_listed"), ("Z", "Y", "dropped", "person_gone")
    ]  # fmt: skip
    assert str(changes(both(), plan)) == "kept 0 of 0 offers seen; 0 new"
    assert (plan.report["kept"], plan.report["dropped"]) == (0, 2)


def test_bad_tables_and_numbers_are_refused() -> None:
    room = places(V=2, W=2)
    with pytest.raises(InvalidTable, match="seen, row 2, column person_id and opportunity_id: A, V: stands already in"):
        solve(LISTED, room, seen=both(("A", "V"), ("A", "V")))
    with pytest.raises(InvalidTable, match="seen, column person_id: ids are numbers here and text in"):
        solve(LISTED, room, seen=pl.DataFrame({"person_id": [1], "opportunity_id": ["V"]}))
    with pytest.raises(InvalidTable, match="seen, column person_id: ids are numbers here and text in the plan"):
        changes(pl.DataFrame({"person_id": [1], "opportunity_id": ["V"]}), solve(LISTED, room))
    for keep in (-0.1, 100.5, math.nan, math.inf):
        with pytest.raises(InvalidOption, match=r"keep is .*; expected points of score, 0 to 100, such as 0\.1"):
            solve(LISTED, room, seen=both(), keep=keep)


# Warm starts.


def test_prices_come_by_id() -> None:
    table = pl.DataFrame({"opportunity_id": ["X", "W", "gone"], "price": [0.5, -0.25, 7.0], "load": [1, 2, 3]})
    assert starting_prices(table, pl.Series(["V", "W", "X"])).tolist() == [0.0, -0.25, 0.5]
    assert starting_prices(table.head(0), pl.Series(["V"])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"opportunity_id": ["V"], "price": [math.nan]}, "warm, row 1, column price"),
        ({"opportunity_id": ["V"], "price": [math.inf]}, "warm, row 1, column price"),
        (
            {"opportunity_id": ["V"], "price": [1e9]},
            "warm, row 1, column price: 1000000000: expected a",
        ),
        ({"opportunity_id": ["V", "V"], "price": [0.5, 0.5]}, "warm, row 2, column opportunity_id"),
        ({"opportunity_id": [1], "price": [0.5]}, "warm, column opportunity_id: ids are numbers here and text in cap"),
        ({"opportunity_id": ["V"]}, "warm, column price: the column is missing"),
    ],
)
def test_prices_that_cannot_be_are_refused(table: dict[str, list[Any]], says: str) -> None:
    with pytest.raises(InvalidTable) as caught:
        solve(LISTED, places(V=2, W=2), warm=pl.DataFrame(table))
    assert str(caught.value).startswith(says)


def test_prices_in_options_are_one_number_for_each_opportunity() -> None:
    problem = Problem.checked(LISTED, places(V=2, W=2))
    with pytest.raises(InvalidOption, match=r"prices are 1; expected 2, one per opportunity\."):
        solve_problem(problem, Options(prices=np.array([0.5])))
    with pytest.raises(InvalidOption, match=r"prices\[1\] is nan; expected points of score\."):
        solve_problem(problem, Options(prices=np.array([0.5, math.nan])))


def town(seed: int, persons: int = 300) -> Problem:
    random = np.random.default_rng(seed)
    person = np.repeat(np.arange(persons), 12)
    return Problem.coded(
        person=person,
        opportunity=np.concatenate([random.choice(100, 12, replace=False) for _ in range(persons)]),
        score=random.random(person.size).astype(np.float32),
        owed=np.full(persons, 3),
        capacity=random.integers(0, 16, 100),
        per_person=3,
    )


@pytest.mark.parametrize("times", [1.0, 0.0, 40.0, -1.0, 1e6])
def test_whatever_prices_it_begins_with_the_claims_are_the_same(times: float) -> None:
    problem = town(1)
    cold = solve_problem(problem, Options(solver="auction"))
    warm = [
        solve_problem(problem, Options(solver="auction", prices=cold.price * times, threads=threads))
        for threads in (1, 2)
    ]
    assert warm[0].plan.equals(warm[1].plan)
    assert (warm[0].report["missing"], warm[0].report["persons_by_count"]) == (
        cold.report["missing"], cold.report["persons_by_count"]
    )  # fmt: skip
    assert (warm[0].fair, warm[0].status) == (True, Status.WITHIN_GAP)
    assert warm[0].report["score"] <= cold.report["upper_bound"]  # type: ignore[operator]
    assert cold.report["score"] <= warm[0].report["upper_bound"]  # type: ignore[operator]


# The command.


@pytest.fixture
def _tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "COMMANDS", ("plan",))
    monkeypatch.chdir(tmp_path)
    LISTED.write_csv("pairs.csv")
    places(V=1, W=2).write_csv("capacity.csv")
    both(("A", "V"), ("B", "V")).write_csv("seen.csv")
    pl.DataFrame({"opportunity_id": ["V"], "price": [0.1]}).write_csv("prices.csv")


def plan(*words: str) -> int:
    try:
        return cli.main(["plan", "pairs.csv", "capacity.csv", "--per-person", "1", "--out", "plan.csv", *words])
    except SystemExit as leaving:  # argparse
        return int(leaving.code or 0)


@pytest.mark.usefixtures("_tables")
def test_command_writes_what_changed_and_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--seen", "seen.csv", "--keep", "0.25", "--changes", "changes.parquet", "--warm", "prices.csv"]
    assert plan(*words, "--report", "report.json") == 0
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert (report["keep"], report["kept"], report["dropped"], report["objective"]) == (0.25, 1, 1, 1.15)
    assert report["options"]["warm"] is True
    assert pl.read_parquet("changes.parquet").select("change", "reason").rows() == [
        ("kept", None), ("dropped", "capacity_fell"), ("new", "replaces")
    ]  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[4] == (
        "Kept 1 of 2 offers seen; 1 dropped: 1 because more had seen the opportunity than it holds now; 1 new"
    )
    assert lines[5].startswith("Score 0.9000 plus 0.25 for each offer kept is 1.1500, optimal: no plan with this")


@pytest.mark.usefixtures("_tables")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--keep", "0.2"), "--keep is about offers that people have seen; give them with --seen"),
        (("--changes", "c.csv"), "--changes is about offers that people have seen; give them with --seen"),
        (("--seen", "seen.csv", "--keep", "nan"), "'nan' is not a number of points from 0 to 100"),
        (("--seen", "seen.csv", "--keep", "101"), "'101' is not a number of points from 0 to 100"),
        (("--seen", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("--seen", "capacity.csv"), "capacity.csv, column person_id: the column is missing"),
        (("--seen", "plan.csv"), "--out plan.csv is the same file as --seen"),
        (("--seen", "seen.csv", "--changes", "plan.csv"), "--changes plan.csv is the same file as --out"),
        (("--seen", "seen.csv", "--changes", "c.txt"), "--changes c.txt: expected a name that ends in one of"),
        (("--warm", "nowhere.csv"), "nowhere.csv: there is no such file"),
        (("--warm", "capacity.csv"), "capacity.csv, column price: the column is missing"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_written(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in Path().iterdir())
    assert plan(*words) == 2
    assert says in capsys.readouterr().err
    assert sorted(path.name for path in Path().iterdir()) == before
