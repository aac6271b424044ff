"""Chooses the solver, and puts the plan and its proof together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from importlib.metadata import version

import numpy as np
import polars as pl

from talentcity import __version__
from talentcity.errors import InvalidOption
from talentcity.plan.allocation import Allocation
from talentcity.plan.auction import auction
from talentcity.plan.certify import PlanDefect, Recount, exact_sum, recount, rounded_up, upper_bound
from talentcity.plan.chains import without_idle_moves
from talentcity.plan.flow import best_flow
from talentcity.plan.minimums import MinimumProof, meet_minimums, prove_minimums
from talentcity.plan.prices import STEP
from talentcity.plan.problem import Numbers, Problem, Scores, Whole, frozen
from talentcity.plan.relaxation import Network, prices_of
from talentcity.plan.result import Plan, Status, plan_frame, read_only, short_frame
from talentcity.plan.seen import KEEP
from talentcity.plan.settle import settle
from talentcity.plan.shortage import Proof, proof_of
from talentcity.plan.variants import MINIMUM_PRICE, Congestion
from talentcity.plan.warm import starting_prices

Progress = Callable[[int, int], None]

DEFAULT_GAP = 3e-4  # of the score
SOLVERS = ("auto", "exact", "auction")
EXACT_UP_TO = 5_000  # pairs; the exact solver takes a few hundredths of a second for them
RAISES = 3  # times that this is raised when the bound stays too far away
_LAST_DIGIT = 1e-9  # points of score per recommendation owed; within it a gap is rounding, not a better plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to solve.

    Attributes:
        gap: largest (upper bound - objective) / score that is good enough; the status says whether it is reached.
        solver: `exact` (OR-Tools, in one thread), `auction`, or `auto`: exact up to `EXACT_UP_TO` pairs.
        threads: the plan is the same for any number.
        time_limit: seconds for the auction; then the best plan so far is completed, proved and given back.
        prices: (V,) points of score with which the auction begins, such as yesterday's.
    """

    gap: float = DEFAULT_GAP
    solver: str = "auto"
    threads: int = 1
    time_limit: float | None = None
    prices: Numbers | None = None

    def check(self) -> None:
        """Raise InvalidOption for a value that cannot be."""
        if not self.gap >= 0:
            raise InvalidOption(f"gap is {self.gap}; expected a fraction of at least 0, such as 0.0003.")
        if self.solver not in SOLVERS:
            raise InvalidOption(f"solver is {self.solver!r}; expected one of {', '.join(SOLVERS)}.")
        if self.threads < 1:
            raise InvalidOption(f"threads is {self.threads}; expected a whole number of at least 1.")
        if self.time_limit is not None and not self.time_limit > 0:
            raise InvalidOption(f"time-limit is {self.time_limit}; expected seconds above 0.")


def solve(
    pairs: pl.DataFrame,
    capacity: pl.DataFrame,
    *,
    owed: pl.DataFrame | None = None,
    per_person: int = 3,
    penalties: Sequence[float] | None = None,
    forbidden: pl.DataFrame | None = None,
    fixed: pl.DataFrame | None = None,
    seen: pl.DataFrame | None = None,
    keep: float = KEEP,
    warm: pl.DataFrame | None = None,
    congestion: Congestion | None = None,
    options: Options = Options(),
    progress: Progress | None = None,
) -> Plan:
    """Fewest missing recommendations first, then the fairest spread of them, then the highest total score.

    Every claim is counted again by other code before the plan is handed out.

    Args:
        pairs: P rows of person_id, opportunity_id, score (0 to 1), each pair once. Other columns are not read.
        capacity: V rows of opportunity_id, capacity (recommendations, 0 or more), and perhaps minimum: so many it
            should see, where that leaves nobody short; as few places as possible are short of it.
        owed: S rows of person_id, owed (0 to `per_person` recommendations), and perhaps priority: points of score that
            are added to what each recommendation of the person is worth. It defines the persons, also those without
            any pair. None: everybody in `pairs` is owed `per_person`.
        per_person: most recommendations that one person is owed.
        penalties: None for the order above. Otherwise `per_person` numbers that stay or fall: what it costs that
            a person lacks the 1st, the 2nd, … recommendation. Then the plan has the highest total score minus
            penalties: with (6, 4, 2) and 3 owed, having none costs 12, having one 6, having two 2. Somebody who is
            owed fewer than `per_person` counts as having had the first ones already. A place short of a minimum costs
            2 points.
        forbidden: person_id, opportunity_id: pairs that are not recommended (again).
        fixed: person_id, opportunity_id: pairs that are part of the plan, whether or not they stand in `pairs`.
        seen: person_id, opportunity_id of offers that people have seen, such as yesterday's plan.
        keep: points of score that each of them counts more, 0 to 100: it is dropped only where the plan as a whole
            gains more than that. `changes(seen, plan)` says what changed, and why.
        warm: opportunity_id, price: where the prices of the auction begin, such as yesterday's; it is only faster.
        congestion: what the last places of every opportunity cost.
        options: how to solve.
        progress: called with (steps done, steps in all); it may raise to cancel.

    Raises:
        InvalidTable: a table breaks its schema, or the tables do not fit together.
        InvalidOption: an option has a value that cannot be.

    Reference: Bertsekas and Castañon (1989), The auction algorithm for the transportation problem; Frank and Murota
    (2022), Decreasing minimization on M-convex sets, for the fairest spread.

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
    options.check()
    problem = Problem.checked(
        pairs, capacity, owed=owed, per_person=per_person, penalties=penalties, forbidden=forbidden, fixed=fixed,
        congestion=congestion, seen=seen, keep=keep,
    )  # fmt: skip
    if warm is not None:
        options = replace(options, prices=starting_prices(warm, problem.opportunity_ids))
    return solve_problem(problem, options, progress=progress, seconds_checking=time.perf_counter() - started)


def solve_arrays(
    start: Whole,
    opportunity: Whole,
    score: Scores,
    capacity: Whole,
    *,
    owed: Whole | int = 3,
    penalties: Sequence[float] | None = None,
    bonus: Numbers | None = None,
    minimum: Whole | None = None,
    congestion: Congestion | None = None,
    options: Options = Options(),
    progress: Progress | None = None,
) -> Plan:
    """The same from coded pairs that stand by person; the codes are the ids.

    Args:
        start: (S + 1,) the pairs of person i stand at start[i] to start[i + 1] - 1, in any order.
        opportunity: (P,) codes 0 to V - 1, none twice within a person.
        score: (P,) 0 to 1.
        capacity: (V,) recommendations.
        owed: (S,) recommendations, or one number for everybody.
        bonus: (S,) points of score added to what each recommendation of the person is worth, 0 to 100.
        minimum: (V,) recommendations that the opportunity should see, 0 to `capacity`.
        penalties, congestion, options, progress: as in `solve`; recommendations per person are the most that anybody
            is owed.

    Raises:
        InvalidOption: an array or an option is not as said here.

    Example:
        >>> plan = solve_arrays(
        ...     np.array([0, 2, 3]), np.array([0, 1, 0]), np.array([0.9, 0.2, 0.8]), np.array([1, 1]), owed=1
        ... )
        >>> plan.allocation.taken.tolist()  # person 0 goes to opportunity 1, person 1 to 0
        [1, 0]
    """
    started = time.perf_counter()
    options.check()
    due = np.full(start.size - 1, owed, dtype=np.int32) if isinstance(owed, int) else owed
    problem = Problem.of_rows(
        start=start,
        opportunity=opportunity,
        score=score,
        owed=due,
        capacity=capacity,
        per_person=max(1, int(due.max(initial=1))),
        penalties=penalties,
        bonus=bonus,
        minimum=minimum,
        congestion=congestion,
    )
    return solve_problem(problem, options, progress=progress, seconds_checking=time.perf_counter() - started)


def solve_problem(
    problem: Problem,
    options: Options = Options(),
    *,
    progress: Progress | None = None,
    seconds_checking: float = 0.0,
) -> Plan:
    """The same for a problem that is checked already; `seconds_checking` is what that took, for the report.

    Raises:
        InvalidOption: an option has a value that cannot be.
    """
    options.check()
    _refuse_prices(problem, options.prices)
    clock = _Clock(check=seconds_checking)
    tell = progress or (lambda done, total: None)
    if options.solver == "exact" or (options.solver == "auto" and problem.pairs <= EXACT_UP_TO):
        solved = _by_flow(problem, tell)
    else:
        solved = _by_auction(problem, options, tell, clock)
    solved = replace(solved, allocation=without_idle_moves(solved.allocation))
    clock.lap("solve")
    counted = recount(solved.allocation)
    proof = proof_of(solved.allocation, counted)
    minimums = prove_minimums(solved.allocation, counted)
    figures = _figures(problem, counted, solved)
    clock.lap("certify")
    _refuse_defects(problem, proof, minimums, figures, solved)
    status = _status(problem, figures, options.gap, solved.ended)
    plan, short = plan_frame(solved.allocation), short_frame(proof)
    clock.lap("write_out")
    return Plan(
        plan=plan,
        short=short,
        report=read_only(
            _report(problem, counted, proof, minimums, figures, status, clock, _said(problem, options, solved))
        ),
        status=status,
        fair=proof.fair,
        groups=proof.groups,
        unmet=minimums.groups,
        problem=problem,
        allocation=solved.allocation,
        price=solved.price,
        _proof=proof,
    )


def _refuse_prices(problem: Problem, prices: Numbers | None) -> None:
    """Raise InvalidOption for prices that are not one number for each opportunity."""
    if prices is None:
        return
    if prices.size != problem.opportunities:
        raise InvalidOption(f"prices are {prices.size:,}; expected {problem.opportunities:,}, one per opportunity.")
    bad = ~np.isfinite(prices)
    if bad.any():
        at = int(bad.argmax())
        raise InvalidOption(f"prices[{at}] is {prices[at]}; expected points of score.")


class _Clock:
    """Seconds by step."""

    def __init__(self, *, check: float) -> None:
        self.started = time.perf_counter()
        self.seconds = {"check": round(check, 6)}
        self._last = self.started

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = round(now - self._last, 6)
        self._last = now

    def total(self) -> dict[str, float]:
        return {**self.seconds, "total": round(sum(self.seconds.values()), 6)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solved:
    """A plan, not proved yet, and the prices and steps for its bound.

    Attributes:
        allocation: the plan.
        price: (V,) points of score.
        steps: points that a person's 1st, 2nd, … missing unit costs.
        wanted: points that a place short of a minimum costs.
        solver: its name and version, for the report.
        score_step: points; scores were rounded to multiples of it.
        exact_to: points per recommendation owed that the exact solver's plan may be off by rounding; None: not exact.
        eps: the last increment of the auction, in points.
        ended: False when the time limit came first.
    """

    allocation: Allocation
    price: Numbers
    steps: tuple[float, ...]
    wanted: float
    solver: str
    score_step: float
    exact_to: float | None = None
    eps: float | None = None
    ended: bool = True


def _by_flow(problem: Problem, tell: Progress) -> _Solved:
    tell(0, 2)
    flow = best_flow(problem)
    tell(1, 2)
    price, _ = prices_of(Network.of(problem, flow.chosen), flow.costs)
    tell(2, 2)
    unit = flow.costs.unit
    return _Solved(
        allocation=Allocation.of_chosen(problem, flow.chosen),
        price=frozen(price / unit),
        steps=tuple(step / unit for step in flow.costs.steps),
        wanted=flow.costs.wanted / unit,
        solver=_ortools(),
        score_step=1 / unit,
        exact_to=2 * flow.costs.slip / unit + _LAST_DIGIT,
    )


def _by_auction(problem: Problem, options: Options, tell: Progress, clock: _Clock) -> _Solved:
    """By auction; where the fewest and fairest come first, the steps are raised until the bound is near enough."""
    deadline = None if options.time_limit is None else clock.started + options.time_limit
    prices, step = options.prices, STEP
    for raised in range(RAISES + 1):
        steps, wanted = _steps(problem, step), _wanted(problem, step)
        sold = auction(
            problem,
            steps,
            wanted=wanted,
            gap=options.gap,
            threads=options.threads,
            deadline=deadline,
            prices=prices,
            progress=tell,
        )
        if problem.penalties is not None:
            allocation = Allocation.of_units(problem, sold.taken)
        else:
            fair = settle(problem, sold.taken, price=sold.price).allocation
            allocation = meet_minimums(problem, fair.taken, price=sold.price).allocation
        solved = _Solved(
            allocation=allocation,
            price=sold.price,
            steps=steps,
            wanted=wanted,
            solver="auction",
            score_step=1 / sold.unit,
            eps=sold.eps,
            ended=sold.ended,
        )
        if problem.penalties is not None or not sold.ended or raised == RAISES or _near(solved, options.gap):
            break
        prices, step = sold.price, step * 3
    return solved


def _steps(problem: Problem, step: float) -> tuple[float, ...]:
    """What a person's 1st, 2nd, … missing unit costs; who misses one lacks the last recommendation."""
    if problem.penalties is not None:
        return tuple(reversed(problem.penalties))
    return tuple(step * problem.most * (u + 1) for u in range(problem.per_person))


def _wanted(problem: Problem, step: float) -> float:
    """What a place short of a minimum costs."""
    if problem.minimum is None:
        return 0.0
    return MINIMUM_PRICE if problem.penalties is not None else step * problem.most


def _near(solved: _Solved, gap: float) -> bool:
    problem, counted = solved.allocation.problem, recount(solved.allocation)
    return _bound(problem, counted, solved) - _worth(problem, counted) <= Fraction(gap) * counted.score


def _bound(problem: Problem, counted: Recount, solved: _Solved) -> Fraction:
    """No plan is worth more; where there are no penalties: none that misses the same and is short of no more places."""
    if problem.penalties is not None:
        return upper_bound(problem, solved.price, solved.steps, wanted=solved.wanted)
    return upper_bound(
        problem, solved.price, solved.steps, wanted=solved.wanted, missing_at_least=counted.missing_at_least,
        short=counted.short,
    )  # fmt: skip


def _worth(problem: Problem, counted: Recount) -> Fraction:
    """Score, bonus and offers that are kept, minus congestion; without what is fixed."""
    return counted.score + counted.bonus + _worth_of_kept(problem, counted.kept) - counted.congestion


def _worth_of_kept(problem: Problem, kept: int) -> Fraction:
    """What offers count above their scores because people have seen them."""
    return Fraction(0) if problem.seen is None else Fraction(problem.seen.keep) * kept


@dataclass(frozen=True, slots=True)
class _Figures:
    """In points of score."""

    score: float
    bonus: float
    objective: float
    upper_bound: float

    @property
    def gap(self) -> float | None:
        return (self.upper_bound - self.objective) / self.score if self.score > 0 else None


def _figures(problem: Problem, counted: Recount, solved: _Solved) -> _Figures:
    """Score, objective and bound.

    Where the fewest and fairest come first, the score is bounded over all plans that spread what is missing as well.
    """
    score, bonus = _of_fixed(problem)
    settled = score + bonus + _worth_of_kept(problem, 0 if problem.seen is None else problem.seen.settled)
    objective = settled + _worth(problem, counted)  # what is fixed adds the same to every plan
    if problem.penalties is not None:
        lacking = zip(counted.missing_at_least, map(Fraction, solved.steps), strict=True)
        objective -= sum((count * step for count, step in lacking), Fraction(solved.wanted) * counted.short)
    bound = rounded_up(settled + _bound(problem, counted, solved))
    return _Figures(
        score=float(score + counted.score),
        bonus=float(bonus + counted.bonus),
        objective=float(objective),
        upper_bound=max(float(objective), bound),
    )


def _of_fixed(problem: Problem) -> tuple[Fraction, Fraction]:
    """Scores and bonus of what is fixed."""
    if problem.fixed is None:
        return Fraction(0), Fraction(0)
    bonus = np.zeros(0) if problem.bonus is None else problem.bonus[problem.fixed.person]
    return exact_sum(np.nan_to_num(problem.fixed.score)), exact_sum(bonus)


def _refuse_defects(problem: Problem, proof: Proof, minimums: MinimumProof, figures: _Figures, solved: _Solved) -> None:
    if problem.penalties is None and not (proof.missing_is_minimum and proof.fair):
        raise PlanDefect("the plan misses more than it need, or spreads what is missing less fairly than it could")
    if problem.penalties is None and not minimums.fewest:
        raise PlanDefect("the plan leaves more places short of a minimum than it need")
    off = figures.upper_bound - figures.objective
    if solved.exact_to is not None and off > solved.exact_to * max(1, int(problem.owed.sum())):
        raise PlanDefect(f"the plan is {off} points below its bound; an exact plan reaches its bound")


def _status(problem: Problem, figures: _Figures, wished: float, ended: bool) -> Status:
    if figures.upper_bound - figures.objective <= _LAST_DIGIT * int(problem.owed.sum()):
        return Status.OPTIMAL
    if figures.gap is not None and figures.gap <= wished:
        return Status.WITHIN_GAP
    return Status.GAP_NOT_REACHED if ended else Status.TIME_LIMIT


@cache
def _ortools() -> str:
    return f"OR-Tools {version('ortools')} SimpleMinCostFlow"


def _said(problem: Problem, options: Options, solved: _Solved) -> dict[str, object]:
    return {
        "per_person": problem.per_person,
        "penalties": None if problem.penalties is None else list(problem.penalties),
        "gap": options.gap,
        "solver": solved.solver,
        "threads": options.threads if solved.solver == "auction" else 1,
        "time_limit": options.time_limit,
        "warm": options.prices is not None,
        "score_step": solved.score_step,
        "increment": solved.eps,
        "steps": list(solved.steps),
        "wanted": solved.wanted,
    }


def _seen(problem: Problem, counted: Recount) -> dict[str, object]:
    """What became of the offers that people have seen; nothing where that was not asked."""
    if problem.seen is None:
        return {"keep": None, "kept": None, "dropped": None}
    kept = counted.kept + problem.seen.settled
    return {"keep": problem.seen.keep, "kept": kept, "dropped": problem.seen.every - kept}


def _report(
    problem: Problem,
    counted: Recount,
    proof: Proof,
    minimums: MinimumProof,
    figures: _Figures,
    status: Status,
    clock: _Clock,
    options: dict[str, object],
) -> dict[str, object]:
    given = problem.owed - counted.missing + problem.fixed_given
    fixed = 0 if problem.fixed is None else problem.fixed.person.size
    return {
        "persons": problem.persons,
        "opportunities": problem.opportunities,
        "pairs": problem.pairs,
        "per_person": problem.per_person,
        "owed": int(problem.owed.sum()) + fixed,
        "fixed": fixed,
        "objective": figures.objective,
        "score": figures.score,
        "bonus": figures.bonus,
        "congestion": float(counted.congestion),
        "missing": int(counted.missing.sum()),
        "missing_is_minimum": proof.missing_is_minimum,
        "fairest": proof.fair,
        "zero_needlessly": int(proof.zero_needlessly.size),
        "short_of_minimum": counted.short,
        "short_of_minimum_is_fewest": minimums.fewest,
        "persons_full": int((counted.missing == 0).sum()),
        "persons_by_count": np.bincount(given, minlength=problem.per_person + 1).tolist(),
        "upper_bound": figures.upper_bound,
        "gap": figures.gap,
        "penalties": None if problem.penalties is None else list(problem.penalties),
        **_seen(problem, counted),
        "status": status.value,
        "seconds": clock.total(),
        "version": __version__,
        "options": options,
    }
