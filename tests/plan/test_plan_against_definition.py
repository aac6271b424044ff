"""The plan against its definition on small problems of every kind, and laws that hold whatever the tables are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.plan import Plan, Problem, Status, solve
from talentcity.plan.reference import best_key, key_of_person


@dataclass(frozen=True)
class Tables:
    pairs: pl.DataFrame
    capacity: pl.DataFrame
    owed: pl.DataFrame
    per_person: int
    penalties: tuple[float, ...] | None

    def solved(self) -> Plan:
        return solve(self.pairs, self.capacity, owed=self.owed, per_person=self.per_person, penalties=self.penalties)

    def checked(self) -> Problem:
        return Problem.checked(
            self.pairs, self.capacity, owed=self.owed, per_person=self.per_person, penalties=self.penalties
        )


eighths = st.integers(0, 8).map(lambda n: n / 8)  # sums of them are exact
decimals = st.integers(0, 10_000).map(lambda n: n / 10_000)
falling = st.lists(st.integers(0, 12).map(lambda n: n / 4), min_size=3, max_size=3).map(
    lambda x: sorted(x, reverse=True)
)


@st.composite
def small(draw: st.DrawFn, scores: st.SearchStrategy[float] = eighths, weighted: bool = False) -> Tables:
    people, places, per_person = draw(st.integers(0, 5)), draw(st.integers(0, 4)), draw(st.integers(1, 3))
    all_pairs = [(p, o) for p in range(people) for o in range(places)]
    few = st.lists(st.sampled_from(all_pairs), unique=True) if all_pairs else st.just([])
    chosen = draw(few)
    rows = [(f"P{p}", f"V{o}", draw(scores)) for p, o in chosen]
    return Tables(
        pairs=pl.DataFrame(
            rows, schema={"person_id": pl.String, "opportunity_id": pl.String, "score": pl.Float64}, orient="row"
        ),
        capacity=pl.DataFrame(
            {
                "opportunity_id": [f"V{o}" for o in range(places)],
                "capacity": [draw(st.integers(0, 3)) for _ in range(places)],
            },
            schema={"opportunity_id": pl.String, "capacity": pl.Int64},
        ),
        owed=pl.DataFrame(
            {
                "person_id": [f"P{p}" for p in range(people)],
                "owed": [draw(st.integers(0, per_person)) for _ in range(people)],
            },
            schema={"person_id": pl.String, "owed": pl.Int64},
        ),
        per_person=per_person,
        penalties=tuple(draw(falling)[:per_person]) if weighted else None,
    )


def key_of(tables: Tables, plan: pl.DataFrame) -> tuple[Fraction, ...]:
    """The key of a plan, from its rows alone."""
    problem = tables.checked()
    code = {word: number for number, word in enumerate(problem.opportunity_ids.to_list())}
    keys = []
    for number, person in enumerate(problem.person_ids.to_list()):
        rows = plan.filter(pl.col("person_id") == person)
        choice = tuple((code[o], Fraction(s)) for o, s in rows.select("opportunity_id", "score").iter_rows())
        keys.append(key_of_person(problem, number, choice))
    return tuple(map(sum, zip(*keys, strict=True)))


def assert_keeps_every_rule(tables: Tables, plan: Plan) -> None:
    rows = plan.plan
    known = set(tables.pairs.rows())
    assert [row for row in rows.drop("rank").rows() if row not in known] == []
    assert rows.select("person_id", "opportunity_id").is_unique().all()
    owed = dict(tables.owed.rows())
    given_ = dict(rows["person_id"].value_counts().rows())
    assert [person for person, count in given_.items() if count > owed[person]] == []
    room = dict(tables.capacity.rows())
    load = dict(rows["opportunity_id"].value_counts().rows())
    assert [place for place, count in load.items() if count > room[place]] == []


@settings(max_examples=250, deadline=None)
@given(small())
def test_plan_is_the_best_of_all_plans(tables: Tables) -> None:
    plan = tables.solved()
    assert_keeps_every_rule(tables, plan)
    if tables.owed.height:
        assert key_of(tables, plan.plan) == best_key(tables.checked())
    assert (plan.status, plan.fair, plan.report["missing_is_minimum"]) == (Status.OPTIMAL, True, True)
    assert plan.report["upper_bound"] == plan.report["objective"] == plan.report["score"]


@settings(max_examples=150, deadline=None)
@given(small(weighted=True))
def test_plan_with_penalties_is_the_best_of_all_plans(tables: Tables) -> None:
    plan = tables.solved()
    assert_keeps_every_rule(tables, plan)
    best = best_key(tables.checked())[0]
    assert plan.report["objective"] == plan.report["upper_bound"] == -best
    if tables.owed.height:
        assert key_of(tables, plan.plan) == (best,)


@settings(max_examples=100, deadline=None)
@given(small(scores=decimals), st.booleans())
def test_decimal_scores_are_best_to_the_last_digits(tables: Tables, as_float32: bool) -> None:
    if as_float32:
        tables = Tables(
            tables.pairs.with_columns(pl.col("score").cast(pl.Float32)),
            tables.capacity, tables.owed, tables.per_person, tables.penalties,
        )  # fmt: skip
    plan = tables.solved()
    *counts, negative_score = best_key(tables.checked())
    assert plan.report["missing"] == counts[0]
    # A step of score is 1e-9 and at most 12 pairs are chosen.
    assert abs(plan.report["score"] + float(negative_score)) < 2e-8
    assert -negative_score <= Fraction(plan.report["upper_bound"]) + Fraction(1, 10**12)
    assert plan.status is Status.OPTIMAL


@settings(max_examples=60, deadline=None)
@given(small(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_change_the_plan(tables: Tables, random) -> None:
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(frame.height))
        random.shuffle(order)
        return frame[order]

    other = Tables(
        shuffled(tables.pairs), shuffled(tables.capacity), shuffled(tables.owed), tables.per_person, tables.penalties
    )
    assert other.solved().plan.equals(tables.solved().plan)


@settings(max_examples=150, deadline=None)
@given(small(weighted=True))
def test_shortage_is_explained_exactly(tables: Tables) -> None:
    plan = tables.solved()
    taken = set(plan.plan.select("person_id", "opportunity_id").rows())
    for person, missing, unavoidable in plan.short.select("person_id", "missing", "unavoidable").iter_rows():
        why = plan.explain(person)
        assert (why.missing, why.unavoidable) == (missing, unavoidable)
        if not unavoidable:
            assert more_is_possible(tables, plan, person)
            continue
        assert person in why.persons
        assert_proves(tables, why.persons, why.opportunities, why.group_missing, taken)
    certificate = plan.certificate()
    for group in certificate["groups"]:
        assert_proves(tables, group["persons"], group["opportunities"], group["missing"], taken)
    if not certificate["avoidable"]:
        assert certificate["proved"] == certificate["missing"] == plan.report["missing"]


def assert_proves(tables: Tables, persons, opportunities, missing: int, taken: set[tuple[str, str]]) -> None:
    """Owed, minus the places of the group, minus every pair that leads out of it: from the tables alone."""
    owed = tables.owed.filter(pl.col("person_id").is_in(list(persons)))["owed"].sum()
    places = tables.capacity.filter(pl.col("opportunity_id").is_in(list(opportunities)))["capacity"].sum()
    out = [(p, o) for p, o, _ in tables.pairs.rows() if p in persons and o not in opportunities]
    assert owed - places - len(out) == missing
    assert missing > 0
    given_ = len([row for row in taken if row[0] in persons])
    assert owed - given_ == missing


def more_is_possible(tables: Tables, plan: Plan, person: str) -> bool:
    """By force: some plan gives this person one more and everybody else as many as now."""
    now = {p: plan.plan.filter(pl.col("person_id") == p).height for p in tables.owed["person_id"]}
    wanted = {**now, person: now[person] + 1}
    rows = tables.pairs.rows()
    for subset in combinations(rows, sum(wanted.values())):
        counts = dict.fromkeys(wanted, 0)
        room = dict(tables.capacity.rows())
        for p, o, _ in subset:
            counts[p] += 1
            room[o] -= 1
        if counts == wanted and min(room.values()) >= 0:
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
