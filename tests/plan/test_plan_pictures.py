"""Pictures show the numbers of a plan, in both languages, and the same ones give the same bytes."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.errors import InvalidOption, InvalidTable
from talentcity.plan import Plan, solve_arrays
from talentcity.plan.greedy import greedy
from talentcity.plan.pictures import SHOWN, Style, picture, prices, recommendations, shortage
from talentcity.plan.problem import Problem


def sums(rows: list[tuple[str, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(district, family, 10, missing) for district, family, missing in rows],
        schema=["district", "family", "persons", "missing"],
        orient="row",
    )


def plan_of_two() -> Plan:
    """Two persons and one place."""
    return solve_arrays(np.array([0, 1, 2]), np.array([0, 0]), np.array([0.9, 0.5]), np.array([1]), owed=1)


def words(svg: bytes) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]+)</text>", svg.decode())


def test_counts_stand_side_by_side_in_the_words_of_the_language():
    shown = words(picture(recommendations([1200, 3], [0, 1203], Style(language="zh", note="合成数据")), "svg"))
    assert {"每人获得的推荐数", "按分数先到先得", "本计划", "1,200", "1,203", "合成数据"} <= set(shown)
    assert {"Recommendations per person", "1,200"} <= set(words(picture(recommendations([1200], [0]), "svg")))


def test_two_labels_are_a_field_with_the_most_missing_first():
    figure = shortage(sums([("north", "nurse", 4), ("south", "nurse", 0), ("south", "cook", 9)]))
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["south", "north"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["cook", "nurse"]
    assert sorted(text.get_text() for text in axes.texts) == ["4", "9"]


def test_what_misses_least_is_summed_up_and_nothing_is_lost():
    rows = sums([(f"d{number:02}", "nurse", number) for number in range(1, 41)])
    axes = shortage(rows.drop("family")).axes[0]
    numbers = {tick.get_text(): text.get_text() for tick, text in zip(axes.get_yticklabels(), axes.texts, strict=True)}
    assert len(numbers) == SHOWN
    assert numbers["d40"] == "40"
    assert numbers["all others"] == str(sum(range(1, 27)))


def test_a_label_that_is_not_given_is_said_to_be_so():
    axes = shortage(pl.DataFrame({"district": [None, "north"], "persons": [1, 1], "missing": [2, 1]})).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["north", "not given"]


def test_nothing_missing_and_nothing_full_are_said_in_words():
    assert "Nothing is missing" in words(picture(shortage(sums([("north", "nurse", 0)])), "svg"))
    empty = plan_of_two().prices().frame.clear()
    assert "没有已满的岗位" in words(picture(prices(empty, Style(language="zh")), "svg"))


def test_places_that_give_a_recommendation_come_first_whatever_their_score():
    worth = pl.DataFrame(
        [
            ("V", 0, 0, 0.9, 0.9, 0.9),
            ("W", 1, 1, 0.1, 0.0, 0.2),
            ("X", 1, 2, 0.1, 0.1, 0.1),
            ("Y", 0, 0, 0.0, 0.0, 0.0),
        ],
        schema=["opportunity_id", "recommendations", "missing", "worth", "worth_low", "worth_high"],
        orient="row",
    )
    assert dearest(worth) == ["X (+1)", "W (+1)", "V"]
    assert dearest(worth.with_columns(name=pl.col("opportunity_id").str.to_lowercase())) == ["x (+1)", "w (+1)", "v"]


def dearest(worth: pl.DataFrame) -> list[str]:
    return [label.get_text() for label in prices(worth).axes[1].get_yticklabels()]


def test_the_prices_of_a_plan_can_be_drawn():
    assert dearest(plan_of_two().prices().frame) == ["0 (+1)"]


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_same_picture_gives_the_same_bytes(ending):
    one, other = (picture(recommendations([1, 2], [0, 3]), ending) for _ in range(2))
    assert one == other
    assert one.startswith({"svg": b"<?xml", "png": b"\x89PNG"}[ending])


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: picture(recommendations([1], [1]), "gif"), InvalidOption, "'gif'; expected one of svg, png"),
        (lambda: Style(language="fr"), InvalidOption, "'fr'; expected one of en, zh"),
        (lambda: shortage(pl.DataFrame({"persons": [1], "missing": [1]})), InvalidTable, "one or two labels"),
        (lambda: shortage(pl.DataFrame({"district": ["n"], "persons": [1]})), InvalidTable, "persons and missing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, error, says):
    with pytest.raises(error, match=re.escape(says)):
        call()


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    persons, opportunities = draw(st.integers(0, 6)), draw(st.integers(1, 5))
    pairs = sorted(
        draw(st.sets(st.tuples(st.integers(0, persons - 1), st.integers(0, opportunities - 1)))) if persons else []
    )
    return Problem.coded(
        person=np.array([i for i, _ in pairs], dtype=np.int32),
        opportunity=np.array([j for _, j in pairs], dtype=np.int32),
        score=np.array([draw(st.integers(0, 4)) / 4 for _ in pairs], dtype=np.float64),
        owed=np.array(draw(st.lists(st.integers(0, 3), min_size=persons, max_size=persons)), dtype=np.int32),
        capacity=np.array(draw(st.lists(st.integers(0, 3), min_size=opportunities, max_size=opportunities))),
        per_person=3,
    )


@given(problems())
def test_greedy_takes_the_best_pair_that_is_left_until_none_is(problem):
    room, owed, taken = problem.capacity.tolist(), problem.owed.tolist(), set()
    rows = zip(problem.person.tolist(), problem.opportunity.tolist(), problem.score.tolist(), strict=True)
    for person, opportunity, _ in sorted(rows, key=lambda row: (-row[2], row[0], row[1])):
        if room[opportunity] and owed[person]:
            room[opportunity] -= 1
            owed[person] -= 1
            taken.add((person, opportunity))
    allocation = greedy(problem)
    units = zip(np.repeat(np.arange(problem.persons), problem.owed).tolist(), allocation.taken.tolist(), strict=True)
    assert {(person, opportunity) for person, opportunity in units if opportunity >= 0} == taken


def test_a_plan_leaves_fewer_short_than_greedy():
    plan = solve_arrays(np.array([0, 2, 3]), np.array([0, 1, 0]), np.array([0.9, 0.2, 0.8]), np.array([1, 1]), owed=1)
    before = np.bincount(greedy(plan.problem).given, minlength=2).tolist()
    assert (before, plan.report["persons_by_count"]) == ([1, 1], [0, 2])
