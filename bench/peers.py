"""Every way to a plan that `bench/plan.py` compares: ours, OR-Tools, HiGHS, PDLP, greedy, and the floor.

A way takes what it is given (coded arrays, data frames) and returns the chosen pairs. Peers are written as a user who
knows the library would write them. Imports stand inside, so that a process pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import numpy as np
import polars as pl

from instances import PER_PERSON, Instance

PENALTY = 2  # points for each missing recommendation, whatever its number: `--penalties 2,2,2`
STEPS = (2, 4, 6)  # what the first, second and third missing cost when the spread shall be even
PARTS = 10_000  # OR-Tools counts in ten-thousandths of a point; with millionths it takes a tenth longer


@dataclass(frozen=True)
class Answer:
    """Chosen pairs, as positions in the instance or as a frame of ids; what the way says of itself."""

    chosen: np.ndarray | None = None
    frame: pl.DataFrame | None = None
    gap: float | None = None
    status: str = ""
    steps: Mapping[str, float] = field(default_factory=dict)  # seconds


@dataclass(frozen=True)
class Frames:
    """PAIRS and CAPACITY in memory."""

    pairs: pl.DataFrame
    capacity: pl.DataFrame


Run = Callable[[Any, int], Answer]
"""(Instance or Frames, threads) -> Answer"""


@dataclass(frozen=True)
class Way:
    """One way to a plan.

    Attributes:
        title: what the table calls it.
        source: what it is given.
        run: what is measured.
        ours: the memory bound is asserted, and the ratio to `peer` shown.
        peer: the way that it is compared with.
        most: the largest number of pairs that it is given.
        threads: whether it can use more than one.
        fair: it spreads what is missing evenly, instead of counting 2 for each missing one.
    """

    title: str
    source: Literal["arrays", "frames"]
    run: Run
    ours: bool = False
    peer: str | None = None
    most: int = 2**62
    threads: bool = False
    fair: bool = False


def plan_from_arrays(penalties: tuple[float, ...] | None) -> Run:
    """`talentcity.plan.solve_arrays`: checks, solver, proof and certificate."""

    def run(instance: Instance, threads: int) -> Answer:
        from talentcity.plan import Options, solve_arrays

        plan = solve_arrays(
            instance.start,
            instance.opportunity,
            instance.score,
            instance.capacity,
            owed=PER_PERSON,
            penalties=penalties,
            options=Options(threads=threads),
        )
        return _said(plan)

    return run


def plan_from_frames(penalties: tuple[float, ...] | None) -> Run:
    """`talentcity.plan.solve`: the same from ids in any order to a frame of ids."""

    def run(frames: Frames, threads: int) -> Answer:
        from talentcity.plan import Options, solve

        options = Options(threads=threads)
        return _said(solve(frames.pairs, frames.capacity, per_person=PER_PERSON, penalties=penalties, options=options))

    return run


def _said(plan: Any) -> Answer:
    report = plan.report
    return Answer(frame=plan.plan, gap=report["gap"], status=report["status"], steps=report["seconds"])


def _flow(
    person: np.ndarray,
    opportunity: np.ndarray,
    score: np.ndarray,
    capacity: np.ndarray,
    persons: int,
    steps: tuple[int, ...],
) -> np.ndarray:
    """(P,) which pairs SimpleMinCostFlow chooses; `steps`: what each missing recommendation of a person costs."""
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    add = flow.add_arcs_with_capacity_and_unit_cost
    places, sink = capacity.size, persons + capacity.size
    cost = np.rint(score * np.float32(-PARTS)).astype(np.int64)
    pairs = add(person, opportunity + np.int32(persons), np.ones(person.size, dtype=np.int64), cost)
    nodes, to_sink = np.arange(sink, dtype=np.int32), np.full(sink, sink, dtype=np.int32)
    add(nodes[persons:], to_sink[persons:], capacity, np.zeros(places, dtype=np.int64))
    different = sorted(set(steps))
    for step in different:
        width = np.full(persons, steps.count(step), dtype=np.int64)
        add(nodes[:persons], to_sink[:persons], width, np.full(persons, step * PARTS, dtype=np.int64))
    supply = np.zeros(sink + 1, dtype=np.int64)
    supply[:persons], supply[sink] = PER_PERSON, -PER_PERSON * persons
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("OR-Tools did not find the optimum")
    return flow.flows(pairs) > 0


def ortools_from_arrays(steps: tuple[int, ...]) -> Run:
    """The bare solver on coded, sorted arrays: no ids, no checks, no proof."""

    def run(instance: Instance, threads: int) -> Answer:  # noqa: ARG001
        arrays = (instance.person, instance.opportunity, instance.score, instance.capacity)
        return Answer(chosen=_flow(*arrays, instance.persons, steps))

    return run


def ortools_from_frames(frames: Frames, threads: int) -> Answer:  # noqa: ARG001
    """What a user would write: codes by joining, the solver, the chosen rows."""
    people = frames.pairs.select(pl.col("person_id").unique()).with_row_index("person")
    places = frames.capacity.with_row_index("opportunity")
    coded = (
        frames.pairs.lazy()
        .join(people.lazy(), on="person_id", how="left", maintain_order="left")
        .join(places.lazy(), on="opportunity_id", how="left", maintain_order="left")
        .select(pl.col("person", "opportunity").cast(pl.Int32), "score")
        .collect()
    )
    arrays = (coded["person"].to_numpy(), coded["opportunity"].to_numpy(), coded["score"].to_numpy())
    chosen = _flow(*arrays, places["capacity"].to_numpy(), people.height, (PENALTY,) * PER_PERSON)
    rank = pl.col("score").rank("ordinal", descending=True).over("person_id").alias("rank")
    return Answer(frame=frames.pairs.filter(pl.Series(chosen)).with_columns(rank).sort("person_id", "rank"))


def _programme(instance: Instance) -> tuple[Any, np.ndarray]:
    """The rows of the linear programme and their upper limits."""
    from scipy.sparse import coo_array, csr_array, vstack

    size, ones = instance.pairs, np.ones(instance.pairs)
    per_person = csr_array((ones, np.arange(size), instance.start), shape=(instance.persons, size))
    per_place = coo_array((ones, (instance.opportunity, np.arange(size))), shape=(instance.opportunities, size))
    limits = np.concatenate([np.full(instance.persons, float(PER_PERSON)), instance.capacity])
    return vstack([per_person, per_place.tocsr()]).tocsr(), limits


def highs(instance: Instance, threads: int) -> Answer:  # noqa: ARG001
    """The linear programme by HiGHS (dual simplex) through scipy; its vertices are whole numbers."""
    from scipy.optimize import linprog

    rows, limits = _programme(instance)
    worth = instance.score.astype(np.float64) + PENALTY
    answer = linprog(-worth, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs-ds")
    return Answer(chosen=answer.x > 0.5)


def pdlp(instance: Instance, threads: int) -> Answer:  # noqa: ARG001
    """The linear programme by OR-Tools PDLP to a relative gap of 1e-4; its fractions are rounded greedily."""
    from ortools.pdlp import solvers_pb2
    from ortools.pdlp.python import pdlp as solver

    rows, limits = _programme(instance)
    programme = solver.QuadraticProgram()
    programme.resize_and_initialize(instance.pairs, limits.size)
    programme.objective_vector = -(instance.score.astype(np.float64) + PENALTY)
    programme.constraint_matrix = rows.tocsc()
    programme.constraint_lower_bounds, programme.constraint_upper_bounds = np.full(limits.size, -np.inf), limits
    programme.variable_lower_bounds, programme.variable_upper_bounds = np.zeros(instance.pairs), np.ones(instance.pairs)
    options = solvers_pb2.PrimalDualHybridGradientParams()
    wished = options.termination_criteria.simple_optimality_criteria
    wished.eps_optimal_relative, wished.eps_optimal_absolute = 1e-4, 0
    share = solver.primal_dual_hybrid_gradient(programme, options).primal_solution
    return Answer(chosen=_taken(instance, np.argsort(-share, kind="stable")))


def greedy(instance: Instance, threads: int) -> Answer:  # noqa: ARG001
    """Pairs from the highest score down, as long as person and opportunity have room; compiled."""
    return Answer(chosen=_taken(instance, np.argsort(-instance.score, kind="stable")))


def _taken(instance: Instance, order: np.ndarray) -> np.ndarray:
    return _kernels()[0](order, instance.person, instance.opportunity, instance.persons, instance.capacity, PER_PERSON)


def floor(instance: Instance, threads: int) -> Answer:  # noqa: ARG001
    """One pass over the pairs at the speed of the memory: the best score of each person, the sum of the codes."""
    _kernels()[1](instance.start, instance.opportunity, instance.score, np.empty(instance.persons, dtype=np.float32))
    return Answer()


@cache
def _kernels() -> tuple[Any, Any]:
    from numba import njit

    @njit(cache=True)
    def take(order, person, opportunity, persons, capacity, owed):  # type: ignore[no-untyped-def]
        chosen = np.zeros(order.size, dtype=np.bool_)
        due, room = np.full(persons, owed), capacity.copy()
        for pair in order:
            i, j = person[pair], opportunity[pair]
            if due[i] > 0 and room[j] > 0:
                due[i] -= 1
                room[j] -= 1
                chosen[pair] = True
        return chosen

    @njit(cache=True)
    def read_once(start, opportunity, score, best):  # type: ignore[no-untyped-def]
        total = np.int64(0)
        for i in range(best.size):
            highest = np.float32(0)
            for pair in range(start[i], start[i + 1]):
                highest = max(highest, score[pair])
                total += opportunity[pair]
            best[i] = highest
        return total

    return take, read_once


WEIGHTED = (float(PENALTY),) * PER_PERSON

WAYS = {
    "floor": Way("one pass over the pairs", "arrays", floor),
    "ortools": Way("OR-Tools, arrays", "arrays", ortools_from_arrays((PENALTY,) * PER_PERSON)),
    "arrays": Way("plan, arrays", "arrays", plan_from_arrays(WEIGHTED), ours=True, peer="ortools", threads=True),
    "ortools-frames": Way("OR-Tools, frames", "frames", ortools_from_frames),
    "frames": Way("plan, frames", "frames", plan_from_frames(WEIGHTED), ours=True, peer="ortools-frames", threads=True),
    "ortools-fair": Way("OR-Tools, arrays, missing cost 2, 4, 6", "arrays", ortools_from_arrays(STEPS), fair=True),
    "fair": Way(
        "plan, arrays, fair", "arrays", plan_from_arrays(None), ours=True, peer="ortools-fair", threads=True, fair=True
    ),
    "greedy": Way("greedy, arrays", "arrays", greedy),
    "highs": Way("HiGHS dual simplex, arrays", "arrays", highs, most=100_000),
    "pdlp": Way("PDLP to 1e-4, rounded, arrays", "arrays", pdlp, most=1_000_000),
}
