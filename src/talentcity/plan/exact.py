"""The exact solver and its proof, put together. Private: use `talentcity.plan.solve`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import numpy as np
import polars as pl

from talentcity import __version__
from talentcity.errors import InvalidOption
from talentcity.plan.allocation import Allocation
from talentcity.plan.certify import PlanDefect, Recount, recount
from talentcity.plan.flow import Costs, best_flow
from talentcity.plan.problem import Problem
from talentcity.plan.relaxation import Network, bound_of, objective_of, prices_of
from talentcity.plan.result import Plan, Status, plan_frame, read_only, short_frame
from talentcity.plan.shortage import Proof, proof_of

Progress = Callable[[int, int], None]

DEFAULT_GAP = 3e-4  # of the score; the exact solver is always far within it
_LAST_DIGIT = 1e-9  # points of score per recommendation owed; within it a gap is rounding, not a better plan
_STEPS = 4


def solve(
    pairs: pl.DataFrame,
    capacity: pl.DataFrame,
    *,
    owed: pl.DataFrame | None = None,
    per_person: int = 3,
    penalties: Sequence[float] | None = None,
    gap: float = DEFAULT_GAP,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Fewest missing recommendations first, then the fairest spread of them, then the highest total score.

    Exact, and every claim is counted again by other code before the plan is handed out.

    Args:
        pairs: P rows of person_id, opportunity_id, score (0 to 1), each pair once. Other columns are not read.
        capacity: V rows of opportunity_id, capacity (recommendations, 0 or more).
        owed: S rows of person_id, owed (0 to `per_person` recommendations). It defines the persons, also those
            without any pair. None: everybody in `pairs` is owed `per_person`.
        per_person: most recommendations that one person is owed.
        penalties: None for the order above. Otherwise `per_person` numbers that stay or fall: what it costs that
            a person lacks the 1st, the 2nd, … recommendation. Then the plan has the highest total score minus
            penalties: with (6, 4, 2) and 3 owed, having none costs 12, having one 6, having two 2. Somebody who is
            owed fewer than `per_person` counts as having had the first ones already.
        gap: largest (upper bound - objective) / score that is good enough; the status says whether it is reached.
        time_limit: must be None: the exact solver cannot be interrupted.
        progress: called with (steps done, steps in all).

    Raises:
        InvalidTable: a table breaks its schema, or the tables do not fit together.
        InvalidOption: an option has a value that cannot be.

    Reference: Ahuja, Magnanti and Orlin (1993), Network Flows; Frank and Murota (2022), Decreasing minimization on
    M-convex sets, for the fairest spread.

    Example:
        >>> pairs = pl.DataFrame(
        ...     [("A", "V", 0.9), ("A", "W", 0.2), ("B", "V", 0.8)],
        ...     schema=["person_id", "opportunity_id", "score"], orient="row",
        ... )
        >>> plan = solve(pairs, pl.DataFrame({"opportunity_id": ["V", "W"], "capacity": [1, 1]}), per_person=1)
        >>> plan.plan.rows()  # 0.9 is given up: nobody is left out
        [('A', 'W', 1, 0.2), ('B', 'V', 1, 0.8)]
        >>> plan.status.value, plan.report["missing"], plan.report["missing_is_minimum"]
        ('optimal', 0, True)
    """
    started = time.perf_counter()
    if time_limit is not None:
        raise InvalidOption("a time limit cannot be kept yet: the exact solver cannot be interrupted; leave it out.")
    problem = Problem.checked(pairs, capacity, owed=owed, per_person=per_person, penalties=penalties)
    return solve_problem(problem, gap=gap, progress=progress, seconds_checking=time.perf_counter() - started)


def solve_problem(
    problem: Problem,
    *,
    gap: float = DEFAULT_GAP,
    progress: Progress | None = None,
    seconds_checking: float = 0.0,
) -> Plan:
    """The same for a problem that is checked already; `seconds_checking` is what that took, for the report.

    Raises:
        InvalidOption: the gap is not a number of at least 0.
    """
    if not gap >= 0:
        raise InvalidOption(f"gap is {gap}; expected a fraction of at least 0, such as 0.0003.")
    tell = progress or (lambda done, total: None)
    clock = _Clock(check=seconds_checking)
    tell(0, _STEPS)
    flow = best_flow(problem)
    clock.lap("solve")
    tell(1, _STEPS)
    allocation = Allocation.of_chosen(problem, flow.chosen)
    counted = recount(allocation)
    tell(2, _STEPS)
    network = Network.of(problem, flow.chosen)
    worth, bound = objective_of(network, flow.costs), bound_of(network, flow.costs)
    if worth != bound:
        raise PlanDefect(f"the plan is worth {worth} parts and the bound is {bound}; an exact plan reaches its bound")
    tell(3, _STEPS)
    proof = proof_of(allocation, counted)
    if problem.penalties is None and not (proof.missing_is_minimum and proof.fair):
        raise PlanDefect("the plan misses more than it need, or spreads what is missing less fairly than it could")
    clock.lap("certify")
    figures = _figures(problem, counted, flow.costs, bound)
    status = _status(problem, figures, gap)
    plan, short = plan_frame(allocation), short_frame(proof)
    clock.lap("write_out")
    report = _report(problem, proof, figures, status, clock, _options(problem, flow.costs, gap))
    tell(_STEPS, _STEPS)
    return Plan(
        plan=plan,
        short=short,
        report=read_only(report),
        status=status,
        fair=proof.fair,
        groups=proof.groups,
        problem=problem,
        allocation=allocation,
        price=prices_of(network, flow.costs)[0] / flow.costs.unit,
        _proof=proof,
    )


class _Clock:
    """Seconds by step."""

    def __init__(self, *, check: float) -> None:
        self.seconds = {"check": round(check, 6)}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = round(now - self._last, 6)
        self._last = now

    def total(self) -> dict[str, float]:
        return {**self.seconds, "total": round(sum(self.seconds.values()), 6)}


@dataclass(frozen=True, slots=True)
class _Figures:
    """In points of score."""

    score: float
    objective: float
    upper_bound: float

    @property
    def gap(self) -> float | None:
        return (self.upper_bound - self.objective) / self.score if self.score > 0 else None


def _figures(problem: Problem, counted: Recount, costs: Costs, bound: int) -> _Figures:
    """Score, objective and bound; whole-number parts are turned back into points of score."""
    by_missing, score = counted.missing_at_least, float(counted.score)
    if problem.penalties is None:
        objective = score
        parts = bound + sum(count * step for count, step in zip(by_missing, costs.steps, strict=True))
    else:
        lacking = zip(by_missing, reversed(problem.penalties), strict=True)
        objective = score - math.fsum(count * penalty for count, penalty in lacking)
        parts = bound
    # Every unit that is owed is one pair or one step, and each stands for its number up to `slip` parts.
    upper = parts / costs.unit + int(problem.owed.sum()) * costs.slip / costs.unit
    return _Figures(score, objective, max(objective, upper))


def _status(problem: Problem, figures: _Figures, wished: float) -> Status:
    if figures.upper_bound - figures.objective <= _LAST_DIGIT * int(problem.owed.sum()):
        return Status.OPTIMAL
    return Status.WITHIN_GAP if figures.gap is not None and figures.gap <= wished else Status.GAP_NOT_REACHED


@cache
def _solver_name() -> str:
    return f"OR-Tools {version('ortools')} SimpleMinCostFlow"


def _options(problem: Problem, costs: Costs, gap: float) -> dict[str, object]:
    return {
        "per_person": problem.per_person,
        "penalties": problem.penalties,
        "gap": gap,
        "solver": _solver_name(),
        "threads": 1,
        "score_step": 1 / costs.unit,
    }


def _report(
    problem: Problem,
    proof: Proof,
    figures: _Figures,
    status: Status,
    clock: _Clock,
    options: dict[str, object],
) -> dict[str, object]:
    missing = proof.counted.missing
    given = problem.owed - missing
    return {
        "persons": problem.persons,
        "opportunities": problem.opportunities,
        "pairs": problem.pairs,
        "per_person": problem.per_person,
        "owed": int(problem.owed.sum()),
        "objective": figures.objective,
        "score": figures.score,
        "missing": int(missing.sum()),
        "missing_is_minimum": proof.missing_is_minimum,
        "persons_full": int((missing == 0).sum()),
        "persons_by_count": np.bincount(given, minlength=problem.per_person + 1).tolist(),
        "upper_bound": figures.upper_bound,
        "gap": figures.gap,
        "penalties": None if problem.penalties is None else list(problem.penalties),
        "status": status.value,
        "seconds": clock.total(),
        "version": __version__,
        "options": options,
    }
