"""The exact plan as a flow of least cost, solved by OR-Tools. Private: it trusts its input and proves nothing.

Every person sends what they are owed, one unit per recommendation: through a pair (at most one unit, cost minus the
score) and the opportunity (at most its capacity) to the sink, or straight to the sink as missing. The u-th missing
unit of a person costs `steps[u - 1]`; the steps rise, so the cheaper ones are used first. Where places ask for
something by their number, each has its own arc to the sink; what they ask for rises, so the first ones are used first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from talentcity.plan.problem import Mask, Problem, Whole
from talentcity.plan.variants import MINIMUM_PRICE

FINEST, COARSEST = 10**9, 10**3  # parts into which one point of score is cut
# OR-Tools multiplies every cost by the number of nodes; a quarter of int64 is left for its potentials.
_LARGEST_COST = 2**61

Status = min_cost_flow.SimpleMinCostFlow.Status


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Costs:
    """The objective in whole numbers, so that the solver and the proof count exactly.

    Attributes:
        unit: how many parts one point of score has.
        gain: (P,) parts gained by each pair.
        steps: (k,) parts lost by a person's 1st, 2nd, … missing unit, never falling.
        slip: the largest difference, in parts, between a gain, a step or a toll and the number that it stands for.
        wanted: parts lost by each place short of a minimum.
    """

    unit: int
    gain: Whole
    steps: tuple[int, ...]
    slip: float
    wanted: int


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """(P,) which pairs the solver chose, and the whole-number objective it was given."""

    chosen: Mask
    costs: Costs


def step_size(problem: Problem, unit: int) -> int:
    """More than any rerouting costs: it passes each person and each opportunity at most once, and fills one place."""
    rise = 0.0 if problem.congestion is None else problem.congestion.price
    return math.ceil(((min(problem.persons, problem.opportunities) + 2) * problem.most + rise) * unit)


def costs_of(problem: Problem, unit: int) -> Costs:
    """The objective of the problem in parts of 1/unit."""
    exact = problem.score.astype(np.float64)
    if problem.bonus is not None:
        exact += problem.bonus[problem.person]
    exact *= unit
    gain = np.rint(exact).astype(np.int64)
    slip = float(np.abs(exact - gain).max(initial=0.0))
    if problem.congestion is not None:
        slip = max(slip, 1.0)  # tolls are rounded down
    if problem.penalties is None:
        # A rerouting also leaves at most one place short of a minimum, so missing one more must cost more than that.
        wanted, step = 0, step_size(problem, unit)
        if problem.minimum is not None:
            wanted, step = step, 2 * step
        steps = tuple(step * (u + 1) for u in range(problem.per_person))
        return Costs(unit=unit, gain=gain, steps=steps, slip=slip, wanted=wanted)
    # Who misses one lacks the last recommendation, whose penalty stands last.
    steps = tuple(round(penalty * unit) for penalty in reversed(problem.penalties))
    slips = (abs(penalty * unit - step) for penalty, step in zip(reversed(problem.penalties), steps, strict=True))
    wanted = 0 if problem.minimum is None else round(MINIMUM_PRICE * unit)
    return Costs(unit=unit, gain=gain, steps=steps, slip=max(slip, *slips), wanted=wanted)


def tolls(problem: Problem, costs: Costs, which: Whole, number: Whole) -> Whole:
    """(n,) parts that place `number` (1 is the first) of opportunity `which` asks for; below 0 where it is wanted."""
    ladder = problem.ladder
    if ladder is None:
        return np.zeros(which.size, dtype=np.int64)
    above = np.maximum(number - ladder.easy[which], 0)
    asks = np.floor(ladder.rise * costs.unit * above / ladder.span[which]).astype(np.int64)
    return np.where(number <= ladder.minimum[which], -costs.wanted, asks)


def best_flow(problem: Problem) -> Flow:
    """The flow of least cost, with scores as fine as whole numbers of 64 bits allow.

    Raises:
        OverflowError: not even the coarsest unit fits; that takes hundreds of millions of nodes or penalties.
        RuntimeError: the solver says that it failed for another reason.
    """
    unit = FINEST
    while unit >= COARSEST:
        costs = costs_of(problem, unit)
        if max(*costs.steps, costs.wanted, int(costs.gain.max(initial=unit))) * _nodes(problem) <= _LARGEST_COST:
            chosen = _solved(problem, costs)
            if chosen is not None:
                return Flow(chosen, costs)
        unit //= 10
    raise OverflowError(
        f"{problem.persons} persons and {problem.opportunities} opportunities are too many for the exact solver"
    )


def _nodes(problem: Problem) -> int:
    return problem.persons + problem.opportunities + 1


def _solved(problem: Problem, costs: Costs) -> Mask | None:
    """The chosen pairs, or None when the costs are too large for the solver after all."""
    if problem.person.size == 0:
        return np.zeros(0, dtype=np.bool_)
    sink = _nodes(problem) - 1
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost
    first = arcs(
        _node(problem.person), _node(problem.persons + problem.opportunity), _ones(problem.person), -costs.gain
    )
    open_ = np.flatnonzero(problem.usable)
    if problem.ladder is None:
        arcs(_node(problem.persons + open_), _sinks(open_, sink), problem.usable[open_], np.zeros_like(open_))
    else:
        which = np.repeat(open_, problem.usable[open_])
        number = np.arange(1, which.size + 1) - np.searchsorted(which, which)
        tail = _node(problem.persons + which)
        arcs(tail, _sinks(which, sink), _ones(which), tolls(problem, costs, which, number))
    for already_missing, step in enumerate(costs.steps):
        may = np.flatnonzero(problem.owed > already_missing)
        arcs(_node(may), _sinks(may, sink), _ones(may), np.full(may.size, step, dtype=np.int64))
    supply = np.zeros(_nodes(problem), dtype=np.int64)
    supply[: problem.persons] = problem.owed
    supply[sink] = -problem.owed.sum()
    flow.set_nodes_supplies(np.arange(_nodes(problem), dtype=np.int32), supply)
    status = flow.solve()
    if status == Status.BAD_COST_RANGE:
        return None
    if status != Status.OPTIMAL:
        raise RuntimeError(f"the min-cost flow solver ended with {status.name}")
    return np.asarray(flow.flows(first) > 0, dtype=np.bool_)


def _node(codes: Whole) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return codes.astype(np.int32)


def _sinks(codes: Whole, sink: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.full(codes.size, sink, dtype=np.int32)


def _ones(codes: Whole) -> Whole:
    return np.ones(codes.size, dtype=np.int64)
