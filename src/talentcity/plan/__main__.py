"""Compile the solver's loops now, so that no plan has to wait for it: `python -m talentcity.plan`.

It plans for a small made-up town, with scores of 32 and of 64 bits, in every way that has loops of its own. Where the
loops cannot be kept for later (see `compiled`), nothing is gained and nothing breaks.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from talentcity.plan.compiled import loops_are_kept
from talentcity.plan.problem import Problem
from talentcity.plan.solving import Options, solve, solve_arrays, solve_problem

PERSONS, OPPORTUNITIES, EACH = 4000, 2000, 10  # enough for two threads


def compile_loops() -> None:
    """Plan in every way that has loops of its own; whatever is kept already is only read."""
    pairs, capacity = _town()
    few = pairs.head(9).drop("score")
    for dtype in (np.float32, np.float64):
        scored = pairs.with_columns(score=pairs["score"].to_numpy().astype(dtype))
        plan = solve(scored, capacity, options=Options(threads=2))
        plan.prices()
        problem = Problem.checked(scored, capacity, penalties=(2.0, 2.0, 2.0), forbidden=few)
        solve_problem(problem, Options(threads=2))
        backwards = problem.pairs - problem.start[::-1], problem.opportunity[::-1], problem.score[::-1]
        solve_arrays(*backwards, problem.capacity)
        solve(scored.head(200), capacity, seen=few, fixed=few)  # few enough for the exact solver


def _town() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs in any order; some opportunities have too few places, some too many."""
    random = np.random.default_rng(1)
    person = np.repeat(np.arange(PERSONS), EACH)
    opportunity = np.concatenate([random.choice(OPPORTUNITIES, EACH, replace=False) for _ in range(PERSONS)])
    order = random.permutation(person.size)
    pairs = pl.DataFrame({"person_id": person[order], "opportunity_id": opportunity[order]}).select(
        pl.format("P{}", "person_id").alias("person_id"), pl.format("V{}", "opportunity_id").alias("opportunity_id")
    )
    capacity = pl.DataFrame({"opportunity_id": [f"V{code}" for code in range(OPPORTUNITIES)]})
    return (
        pairs.with_columns(score=random.random(person.size)),
        capacity.with_columns(capacity=random.integers(1, 12, OPPORTUNITIES)),
    )


if __name__ == "__main__":
    if not loops_are_kept():
        print("Compiling the solver's loops (once; about a minute)", flush=True)  # noqa: T201  a command
    compile_loops()
