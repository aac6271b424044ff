"""A plan made again after small changes: with yesterday's prices, and with what people have seen, or without."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from instances import PER_PERSON, Instance, make
from measured import TINY, Case
from talentcity.plan import Options, Plan, Problem, solve_problem

CHANGED = 0.01  # of the persons get other scores, of the opportunities another capacity (by at most a fifth)
KEEP = 0.1


class Again(NamedTuple):
    """Processor seconds and what came of it, of today's plan made in three ways."""

    pairs: int
    cold: float
    warm: float
    steady: float  # warm, and offers seen are kept
    gaps: tuple[float, float, float]
    kept: float  # share of yesterday's offers in today's plan that knows of none
    kept_when_seen: float
    given_up: float  # share of the score


def planned_again(case: Case, threads: int, repeat: int) -> Again:
    """Plan yesterday and today, in this process, after a first call on a tiny instance."""
    first = problem_of(make(*TINY))
    solve_problem(seen(first, solve(first, 1)), Options(solver="auction"))
    instance = case.arrays()
    yesterday = solve(problem_of(instance), threads)
    today = problem_of(changed(instance, case.seed))
    again = seen(today, yesterday)
    cold_time, cold = timed(lambda: solve(today, threads), repeat)
    warm_time, warm = timed(lambda: solve(today, threads, yesterday.price), repeat)
    steady_time, steady = timed(lambda: solve(again, threads, yesterday.price), repeat)
    offers = yesterday.plan.height
    both = ["person_id", "opportunity_id"]
    return Again(
        instance.pairs, cold_time, warm_time, steady_time,
        tuple(float(plan.report["gap"]) for plan in (cold, warm, steady)),
        cold.plan.join(yesterday.plan, on=both, how="semi").height / offers,
        int(steady.report["kept"]) / offers,
        1 - float(steady.report["score"]) / float(cold.report["score"]),
    )  # fmt: skip


def problem_of(instance: Instance) -> Problem:
    """Everybody is owed three."""
    return Problem.of_rows(
        start=instance.start, opportunity=instance.opportunity, score=instance.score, capacity=instance.capacity,
        owed=np.full(instance.persons, PER_PERSON, dtype=np.int32), per_person=PER_PERSON,
    )  # fmt: skip


def seen(problem: Problem, plan: Plan) -> Problem:
    """The problem in which everybody has seen what this plan gives them."""
    held = np.repeat(np.arange(problem.persons), problem.owed), plan.allocation.taken
    given = held[1] >= 0
    return problem.having_seen(held[0][given], held[1][given], KEEP)


def changed(instance: Instance, seed: int) -> Instance:
    """The next day: some persons' scores stand in another order, some capacities are other ones."""
    random = np.random.default_rng([seed, 7])
    score, capacity = instance.score.copy(), instance.capacity.copy()
    others = np.repeat(random.random(instance.persons) < CHANGED, np.diff(instance.start))
    score[others] = random.permutation(score[others])
    moved = random.random(capacity.size) < CHANGED
    capacity[moved] = np.rint(capacity[moved] * random.uniform(0.8, 1.2, int(moved.sum())))
    return Instance(instance.start, instance.opportunity, score, capacity)


def solve(problem: Problem, threads: int, prices: np.ndarray | None = None) -> Plan:
    """By auction, whatever the size."""
    return solve_problem(problem, Options(solver="auction", threads=threads, prices=prices))


def timed(work: Callable[[], Plan], repeat: int) -> tuple[float, Plan]:
    """Least processor seconds of so many runs, and the plan."""
    times = []
    for _ in range(repeat):
        started = time.process_time()
        plan = work()
        times.append(time.process_time() - started)
    return min(times), plan
