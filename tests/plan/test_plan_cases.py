"""Plans worked out by hand, the edges of every option, and what is refused."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import polars as pl
import pytest

import talentcity.plan
from talentcity.errors import InvalidOption, InvalidTable, UnknownName
from talentcity.plan import Options, Plan, Problem, Source, Status, solve, solve_problem

# The names that the file contract promises; none may go, and none may come without a record.
REPORT_KEYS = [
    "persons", "opportunities", "pairs", "per_person", "owed", "fixed", "objective", "score", "bonus", "congestion",
    "missing", "missing_is_minimum", "fairest", "zero_needlessly", "short_of_minimum", "short_of_minimum_is_fewest",
    "persons_full", "persons_by_count", "upper_bound", "gap", "penalties", "keep", "kept", "dropped", "status",
    "seconds", "version", "options",
]  # fmt: skip


def pairs_of(*rows: tuple[object, object, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")


def capacity_of(**places: int) -> pl.DataFrame:
    return pl.DataFrame({"opportunity_id": list(places), "capacity": list(places.values())})


def owed_of(**owed: int) -> pl.DataFrame:
    return pl.DataFrame({"person_id": list(owed), "owed": list(owed.values())})


def chosen(plan: Plan) -> list[tuple[object, object]]:
    return plan.plan.select("person_id", "opportunity_id").rows()


def test_public_names() -> None:
    assert talentcity.plan.__all__ == [
        "DEFAULT_GAP", "Certificate", "Changes", "Congestion", "Group", "Options", "Place", "Plan", "PlanDefect",
        "Prices", "Problem", "Shortage", "Source", "Status", "changes", "solve", "solve_arrays", "solve_problem",
    ]  # fmt: skip


def test_nobody_is_left_out_for_a_higher_score() -> None:
    # Greedy gives V to A for 0.9 and leaves B with nothing; 0.9 is given up for 0.1 + 0.2.
    pairs = pairs_of(("A", "V", 0.9), ("A", "W", 0.1), ("B", "V", 0.2))
    plan = solve(pairs, capacity_of(V=1, W=1), per_person=1)
    assert plan.plan.rows() == [("A", "W", 1, 0.1), ("B", "V", 1, 0.2)]
    assert plan.short.height == 0


def test_long_chain_of_exchanges_is_worth_one_recommendation() -> None:
    # Each of twenty would rather keep the place at the left; only if all move does the last one get a place.
    n = 20
    rows = [(f"P{i:02}", f"V{i:02}", 1.0) for i in range(n)] + [(f"P{i:02}", f"V{i + 1:02}", 0.0) for i in range(n)]
    capacity = capacity_of(**{f"V{i:02}": 1 for i in range(n + 1)})
    plan = solve(pairs_of(*rows, ("Q", "V00", 0.0)), capacity, per_person=1)
    assert (plan.report["missing"], plan.report["score"]) == (0, 0.0)
    assert solve(pairs_of(*rows, ("Q", "V00", 0.0)), capacity, per_person=1, penalties=[6]).report["missing"] == 1


def test_missing_is_spread_before_score_counts() -> None:
    # Three places for two persons who are owed three each: 2 and 1, although A would score more with all three.
    rows = [(p, o, s) for p, s in (("A", 1.0), ("B", 0.1)) for o in "UVW"]
    plan = solve(pairs_of(*rows), capacity_of(U=1, V=1, W=1))
    assert plan.report["persons_by_count"] == [0, 1, 1, 0]
    assert plan.report["score"] == 2.1
    assert (plan.fair, plan.report["missing_is_minimum"]) == (True, True)


def test_penalties_may_leave_one_with_nothing_and_say_so() -> None:
    rows = [(p, o, s) for p, s in (("A", 1.0), ("B", 0.1)) for o in "UVW"]
    plan = solve(pairs_of(*rows), capacity_of(U=1, V=1, W=1), penalties=(2, 2, 2))
    assert plan.report["persons_by_count"] == [1, 0, 0, 1]
    assert plan.report["objective"] == 3.0 - 3 * 2
    assert (plan.fair, plan.report["missing_is_minimum"]) == (False, True)


@pytest.mark.parametrize(
    ("places", "objective"),
    [(3, 3 * 0.5), (2, 2 * 0.5 - 2), (1, 0.5 - 2 - 4), (0, -2 - 4 - 6)],
)
def test_lacking_the_first_recommendation_costs_most(places: int, objective: float) -> None:
    capacity = pl.DataFrame({"opportunity_id": list("UVW"), "capacity": [1] * places + [0] * (3 - places)})
    plan = solve(pairs_of(*(("A", o, 0.5) for o in "UVW")), capacity, penalties=(6, 4, 2))
    assert plan.report["objective"] == plan.report["upper_bound"] == objective


def test_whoever_is_owed_one_of_three_lacks_the_third() -> None:
    plan = solve(pairs_of(("A", "V", 0.5)), capacity_of(V=0), owed=owed_of(A=1), penalties=(6, 4, 2))
    assert plan.report["objective"] == -2


def test_small_penalties_may_leave_missing_what_could_be_given() -> None:
    # Q's only place is worth 0.9 to A, who would have to take 0.1 elsewhere; a penalty of 0.5 is not worth it.
    pairs = pairs_of(("A", "V", 0.9), ("A", "W", 0.1), ("Q", "V", 0.0))
    plan = solve(pairs, capacity_of(V=1, W=1), per_person=1, penalties=[0.5])
    assert (plan.report["missing"], plan.report["missing_is_minimum"]) == (1, False)
    assert plan.short.rows() == [("Q", 1, 0, 1, 1, False, None)]
    assert plan.explain("Q").unavoidable is False
    assert str(plan.explain("Q")).startswith("Person Q has 0 of 1 recommendation; one more is possible")
    assert plan.certificate().avoidable.to_list() == ["Q"]


def test_person_without_pairs_is_short_and_needs_no_other_reason() -> None:
    plan = solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), owed=owed_of(A=1, B=2, C=0))
    assert plan.short.rows() == [("B", 2, 0, 2, 0, True, 0)]
    why = plan.explain("B")
    assert (why.persons, why.opportunities, why.places, why.elsewhere, why.checked) == (("B",), (), 0, 0, True)
    assert str(why) == "Person B has 0 of 2 recommendations: the pairs hold no opportunity for this person."
    assert str(plan.explain("A")) == "Person A has the 1 recommendation owed."
    assert str(plan.explain("C")) == "Person C is owed nothing."
    assert plan.report["persons_by_count"] == [2, 1, 0, 0]
    assert plan.report["persons_full"] == 2


def test_capacity_of_nought_takes_nobody() -> None:
    plan = solve(pairs_of(("A", "V", 0.5), ("A", "W", 0.4)), capacity_of(V=0, W=2))
    assert chosen(plan) == [("A", "W")]
    why = plan.explain("A")
    assert (why.persons, why.opportunities, why.places, why.elsewhere) == (("A",), ("V",), 0, 1)
    assert str(why) == (
        "Person A has 1 of 3 recommendations: the pairs hold only 2 opportunities for this person, "
        "1 of them with capacity 0."
    )


def test_two_who_share_one_place_are_one_group() -> None:
    plan = solve(pairs_of(("A", "V", 0.9), ("B", "V", 0.5), ("B", "W", 0.5)), capacity_of(V=1, W=1), per_person=2)
    (group,) = plan.certificate().to_dict()["groups"]
    # A and B are owed 4; V holds 1, and B's pair with W is the only way out.
    assert (group["persons"], group["opportunities"]) == (["A", "B"], ["V"])
    assert (group["owed"], group["places"], group["elsewhere"], group["missing"]) == (4, 1, 1, 2)


def test_rank_falls_with_score_and_ties_go_by_opportunity() -> None:
    pairs = pairs_of(("A", "W", 0.5), ("A", "U", 0.5), ("A", "V", 0.7))
    assert solve(pairs, capacity_of(U=1, V=1, W=1)).plan.rows() == [
        ("A", "V", 1, 0.7), ("A", "U", 2, 0.5), ("A", "W", 3, 0.5),
    ]  # fmt: skip


def test_ids_may_be_numbers_and_stay_numbers() -> None:
    big = 2**40
    capacity = pl.DataFrame({"opportunity_id": [7], "capacity": [1]})
    plan = solve(pairs_of((big, 7, 0.5)), capacity, per_person=1)
    assert plan.plan.rows() == [(big, 7, 1, 0.5)]
    assert plan.plan.schema["person_id"] == pl.Int64
    with pytest.raises(UnknownName, match="ids are numbers"):
        plan.explain(str(big))


def test_capacity_may_be_as_large_as_it_likes() -> None:
    plan = solve(pairs_of(("A", "V", 0.5), ("B", "V", 0.5)), capacity_of(V=2**31 - 1), per_person=1)
    assert plan.report["missing"] == 0


def test_nobody_and_nothing_is_an_empty_plan() -> None:
    empty = pl.DataFrame(schema={"person_id": pl.String, "opportunity_id": pl.String, "score": pl.Float64})
    plan = solve(empty, capacity_of(V=1))
    assert plan.plan.height == plan.short.height == 0
    report = plan.report
    assert (report["persons"], report["missing"], report["gap"], report["status"]) == (0, 0, None, "optimal")
    assert report["persons_by_count"] == [0, 0, 0, 0]
    nothing = capacity_of(V=1).clear()
    assert solve(empty, nothing).report["opportunities"] == 0
    assert solve(empty, nothing, owed=owed_of(A=3)).report["missing"] == 3


def test_report_has_exactly_the_names_of_the_contract() -> None:
    report = solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1)).report
    assert list(report) == REPORT_KEYS
    with pytest.raises(TypeError):
        report["missing"] = 0


def test_results_cannot_be_written_to() -> None:
    plan = solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1))
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.status = Status.WITHIN_GAP
    with pytest.raises(ValueError, match="read-only"):
        plan.chosen[0] = False
    with pytest.raises(ValueError, match="read-only"):
        plan.problem.score[0] = 1.0


def test_progress_is_told_until_the_end() -> None:
    told: list[tuple[int, int]] = []
    solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), progress=lambda done, all_: told.append((done, all_)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_scores_too_fine_for_whole_numbers_are_rounded_and_the_gap_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talentcity.plan.flow.FINEST", 1000)
    pairs = pairs_of(("A", "V", 0.1234), ("A", "W", 0.1233))
    problem = Problem.checked(pairs, capacity_of(V=1, W=1), per_person=1)
    plan = solve_problem(problem, Options(gap=0.01))
    assert plan.report["options"]["score_step"] == 0.001
    assert (plan.status, plan.report["upper_bound"] >= 0.1234) == (Status.WITHIN_GAP, True)
    assert solve_problem(problem, Options(gap=0.0)).status is Status.GAP_NOT_REACHED


def test_costs_that_do_not_fit_are_made_coarser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talentcity.plan.flow._LARGEST_COST", 10**9)
    plan = solve(pairs_of(("A", "V", 0.9), ("A", "W", 0.1), ("B", "V", 0.2)), capacity_of(V=1, W=1), per_person=1)
    assert chosen(plan) == [("A", "W"), ("B", "V")]
    assert plan.report["options"]["score_step"] == 1e-7
    monkeypatch.setattr("talentcity.plan.flow._LARGEST_COST", 1000)
    with pytest.raises(OverflowError, match="too many for the exact solver"):
        solve(pairs_of(("A", "V", 0.9)), capacity_of(V=1))


@pytest.mark.parametrize("score", [1.7, -0.1, float("nan"), float("inf"), None])
def test_score_that_cannot_be_is_refused(score: float) -> None:
    with pytest.raises(InvalidTable, match=r"pairs, row 2, column score: .*expected a number from 0 to 1"):
        solve(pairs_of(("A", "V", 0.5), ("A", "W", score)), capacity_of(V=1, W=1))


def test_duplicate_pair_is_refused() -> None:
    with pytest.raises(InvalidTable, match=r"row 3.*stands already in row 1"):
        solve(pairs_of(("A", "V", 0.5), ("B", "V", 0.5), ("A", "V", 0.4)), capacity_of(V=1))


def test_unknown_opportunity_is_refused_with_its_row() -> None:
    pairs = pairs_of(("A", "V", 0.5), ("A", "X", 0.5))
    with pytest.raises(InvalidTable, match=r"row 2, column opportunity_id: 'X': capacity does not list it"):
        solve(pairs, capacity_of(V=1))
    with pytest.raises(InvalidTable, match=r"p.csv, row 3, column opportunity_id: 'X': c.csv does not list it"):
        Problem.checked(pairs, capacity_of(V=1), pairs_source=Source("p.csv", 2), capacity_source=Source("c.csv", 2))


def test_person_with_pairs_whom_owed_does_not_list_is_refused() -> None:
    with pytest.raises(InvalidTable, match=r"row 2, column person_id: 'B': owed does not list it"):
        solve(pairs_of(("A", "V", 0.5), ("B", "V", 0.5)), capacity_of(V=1), owed=owed_of(A=3))


def test_owed_above_per_person_is_refused() -> None:
    with pytest.raises(InvalidTable, match=r"owed, row 2, column owed: 4: expected at most 3"):
        solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), owed=owed_of(A=3, B=4))


@pytest.mark.parametrize("capacity", [-1, 2**31, 1.5, None])
def test_capacity_that_cannot_be_is_refused(capacity: float) -> None:
    with pytest.raises(InvalidTable, match="row 1, column capacity"):
        solve(pairs_of(("A", "V", 0.5)), pl.DataFrame({"opportunity_id": ["V"], "capacity": [capacity]}))


def test_ids_of_different_type_are_refused() -> None:
    with pytest.raises(InvalidTable, match="ids are numbers here and text in capacity"):
        solve(pairs_of(("A", 1, 0.5)), capacity_of(V=1))
    with pytest.raises(InvalidTable, match="ids are text here and numbers in owed"):
        solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), owed=pl.DataFrame({"person_id": [1], "owed": [3]}))


@pytest.mark.parametrize(
    ("penalties", "says"),
    [
        ((2, 2), "are 2 numbers; expected 3"),
        ((1, 2, 3), "rise; expected them to stay or fall"),
        ((3, 2, -1), "expected numbers from 0"),
        ((3, 2, float("nan")), "expected numbers from 0"),
        ((2e6, 2, 1), "expected numbers from 0 to 1000000"),
    ],
)
def test_penalties_that_cannot_be_are_refused(penalties: tuple[float, ...], says: str) -> None:
    with pytest.raises(InvalidOption, match=says):
        solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), penalties=penalties)


@pytest.mark.parametrize("per_person", [0, -1, 1001])
def test_per_person_that_cannot_be_is_refused(per_person: int) -> None:
    with pytest.raises(InvalidOption, match="expected a whole number from 1 to 1000"):
        solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), per_person=per_person)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(gap=float(np.nan)), "gap is nan; expected a fraction of at least 0"),
        (Options(time_limit=0.0), "time-limit is 0.0; expected seconds above 0"),
        (Options(threads=0), "threads is 0; expected a whole number of at least 1"),
        (Options(solver="simplex"), "solver is 'simplex'; expected one of auto, exact, auction"),
    ],
)
def test_options_that_cannot_be_are_refused(options: Options, said: str) -> None:
    with pytest.raises(InvalidOption, match=re.escape(said)):
        solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1), options=options)


def test_unknown_person_is_not_explained() -> None:
    with pytest.raises(UnknownName, match="'Z' is not among the 1 persons"):
        solve(pairs_of(("A", "V", 0.5)), capacity_of(V=1)).explain("Z")
