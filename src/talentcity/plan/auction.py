"""The solver for large problems: an auction with falling bid increments, in whole numbers. It proves nothing itself.

Every unit that a person is owed looks for an opportunity. In a *forward* phase persons bid: on the best opportunities
at today's prices, so high that the best one left out would be as good, and a small increment `eps` more. A full
opportunity keeps the highest bids; its price is the lowest of them. In the *reverse* step an opportunity that is left
with a free place and a price lowers the price until somebody is better off there. Afterwards

    nobody would gain more than eps by any other choice at these prices, and what has a free place costs nothing;

so the plan is at most eps per unit away from the best one (epsilon-complementary slackness). Both steps end: prices
rise by at least eps a bid and nobody pays more than a recommendation can be worth; in the reverse step what persons
get rises by at least eps a move and never falls.

When many prices are too high, opportunities that lower theirs one by one undercut each other in small steps for long.
So all prices fall together first, by the shortest distances to somebody who lacks something and to places that may as
well be free (`kernels.lower`). These are the lowest prices at which nobody would move for less than eps, so the second
condition still holds, and from each place that is still too dear a chain of persons can move at once.

The increment falls from phase to phase. A phase begins with nobody placed and the prices of the last one: lowered by
about its increment (the *allowance*), because they stand up to that much too high, or raised by half of it when they
were the lowest possible. What is between the plan and the bound is about in proportion to the increment; so once it has
been measured, the last increment is chosen to be just fine enough.

References: Bertsekas and Castañon (1989), The auction algorithm for the transportation problem; Bertsekas, Castañon and
Tsaknakis (1993), Reverse auction and the solution of inequality constrained assignment problems.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from talentcity.plan import kernels
from talentcity.plan.problem import Codes, Numbers, Problem, Whole, frozen

FINEST = 10**6  # parts to the point of score, so that scores of up to six digits are exact
FIRST_STEP, STEP_RATIO = 0.5, 8.0
FINER, LAST_STEP, SHORTEST_STEP = 1.25, 1.5, 1.5  # a last step aims at four fifths of the gap wished
COARSE = 40  # increments to the gap wished, a unit, from where a bound is not worth its time
ALLOWANCE = 1.0  # of the last phase's increment
RAISE = 0.5  # of it; prices that are the lowest possible are likely to rise
WARM_STEP, WARM_BIDS = 6.0, 6  # times the gap; per person, before earlier prices are given up
WARM_WIDER, WARM_ALLOWANCE = 9.0, 4.0  # the next increment to try; of it, that earlier prices are lowered by
FOR_EVER = 2**62
FEW = 0.003  # of the opportunities; that many prices too high are lowered one by one at first
PATIENCE = 16  # one look at so many pairs, before they are lowered together
BLOCKED = 2**30  # the price of what has no place at all
SMALLEST_ROUND, LARGEST_ROUND = 512, 16384
PARALLEL = 3000  # persons in a round, from where threads pay
CHUNK = 200_000  # persons between two looks at the clock

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Auctioned:
    """What an auction ended with.

    Attributes:
        taken: (D,) as in `Allocation`, in the order in which units were placed.
        price: (V,) points of score; with them the bound can be counted by anybody.
        eps: the last increment, in points; None if the first phase was cut short.
        unit: parts to the point of score.
        ended: False when the time limit came first.
    """

    taken: Codes
    price: Numbers
    eps: float | None
    unit: int
    ended: bool


def auction(
    problem: Problem,
    steps: Sequence[float],
    *,
    wanted: float = 0.0,
    gap: float,
    threads: int = 1,
    deadline: float | None = None,
    prices: Numbers | None = None,
    progress: Progress | None = None,
) -> Auctioned:
    """Place the units of a problem.

    Args:
        problem: what is allocated; in every row the scores fall.
        steps: points that a person's 1st, 2nd, … missing unit costs; never falling.
        wanted: points that a place short of the minimum of its opportunity costs.
        gap: (bound - objective) / score that is good enough.
        threads: the answer is the same for any number.
        deadline: a moment of `time.perf_counter`; the best plan so far is given back then.
        prices: (V,) of an earlier plan, to begin with.
        progress: called with (phases done, phases expected) between pieces of work; it may raise to cancel.

    Example:
        >>> problem = Problem.coded(
        ...     person=np.array([0, 0, 1]), opportunity=np.array([0, 1, 0]), score=np.array([0.9, 0.2, 0.8]),
        ...     owed=np.array([1, 1]), capacity=np.array([1, 1]), per_person=1,
        ... )
        >>> auction(problem, [2.0], gap=0.0003).taken.tolist()
        [1, 0]
    """
    return _Auction(problem, steps, wanted, threads, deadline, progress or (lambda done, total: None)).run(gap, prices)


class _TimeIsUp(Exception):
    """The deadline has passed."""


@dataclass(slots=True)
class _Best:
    """The best allocation and the lowest bound of all phases, in parts."""

    taken: Codes
    price: Codes
    eps: int
    worth: int
    bound: int


@dataclass(slots=True)
class _Auction:
    problem: Problem
    steps: Sequence[float]
    wanted: float
    threads: int
    deadline: float | None
    progress: Progress
    unit: int = 0
    rows: Any = None
    places: Any = None
    state: Any = None
    search: Any = None
    now: Any = None
    columns: Any = None
    owner: Any = None
    floor: Any = None
    lowest: int = 0
    width: int = 1
    size_of_round: int = LARGEST_ROUND
    as_low_as_can_be: bool = False  # whether the prices were lowered as far as possible
    best: _Best | None = None
    phases: tuple[int, int] = (0, 1)
    pool: ThreadPoolExecutor | None = field(default=None)

    def run(self, gap: float, prices: Numbers | None) -> Auctioned:
        self._prepare()
        ended = True
        with ThreadPoolExecutor(max(1, self.threads - 1)) as pool:
            self.pool = pool
            try:
                if prices is None:
                    self._phases(np.zeros(self.problem.opportunities, dtype=np.int64), FIRST_STEP, gap)
                else:
                    self._phases_from(prices, gap)
            except _TimeIsUp:
                ended = False
        best = self.best
        held = self.state.held if best is None else best.taken
        price = self.state.price if best is None else best.price
        nobody_pays = max(self.steps, default=0.0) + self.problem.most  # so what has no place tempts nobody in a bound
        points = np.where(price >= BLOCKED, nobody_pays, price / self.unit)
        return Auctioned(
            taken=frozen(held),
            price=frozen(points),
            eps=None if best is None else best.eps / self.unit,
            unit=self.unit,
            ended=ended,
        )

    def _prepare(self) -> None:
        problem = self.problem
        persons, opportunities = problem.persons, problem.opportunities
        ladder = problem.ladder
        tolls = 0.0 if ladder is None else self.wanted + ladder.rise
        self.unit = _unit(max(self.steps, default=0.0) + problem.most + tolls)
        capacity = problem.usable.astype(np.int32)
        units = problem.unit_start
        heap = np.concatenate([[0], np.cumsum(capacity, dtype=np.int64)])
        self.width = int(problem.owed.max(initial=1))
        self.rows = kernels.Rows(
            start=problem.start,
            opportunity=problem.opportunity,
            score=problem.score,
            unit_start=units,
            lack=-np.rint(np.array(self.steps, dtype=np.float64) * self.unit).astype(np.int64),
            bonus=np.rint((np.zeros(persons) if problem.bonus is None else problem.bonus) * self.unit).astype(np.int32),
            unit=float(self.unit),
        )
        none = np.zeros(opportunities, dtype=np.int32)
        self.places = _places(problem, capacity, heap, self.wanted, self.unit)
        self.floor = kernels.first_prices(self.places)
        self.lowest = min(0, int(self.floor.min(initial=0)))
        self.owner = np.repeat(np.arange(persons, dtype=np.int32), problem.owed)
        self.state = kernels.State(
            price=none.copy(),
            load=none.copy(),
            held=np.full(int(units[-1]), -1, dtype=np.int32),
            bid=np.empty(int(heap[-1]) + 1, dtype=np.int32),
            holder=np.empty(int(heap[-1]) + 1, dtype=np.int32),
            queue=np.empty(persons, dtype=np.int32),
            queued=np.empty(persons, dtype=np.bool_),
        )
        self.size_of_round = int(np.clip(persons // 48, SMALLEST_ROUND, LARGEST_ROUND))
        bids = self.size_of_round * self.width
        self.now = kernels.Round(*(np.empty(bids, dtype=np.int32) for _ in range(4)))

    def _phases(self, base: Whole, first: float, gap: float) -> None:
        last = max(gap, 1e-5) / 3
        expected = 1 + math.ceil(math.log(first / last, STEP_RATIO))
        eps = max(1, round(first * self.unit))
        before = round(eps * STEP_RATIO)
        for number in range(2 * expected):
            self.phases = (min(number, expected - 1), expected)
            self._phase(base, eps, before)
            base = self.state.price.astype(np.int64)
            times = self._times_too_far(eps, gap)
            if times <= 1 or eps == 1:
                break
            before, eps = eps, max(1, round(eps / _finer(times)))

    def _phases_from(self, prices: Numbers, gap: float) -> None:
        """Phases that begin with earlier prices.

        If these are near today's, one phase with a small increment finds the plan. They are not if bids go on and on:
        then it is tried again with larger increments, which forgive more, and at last from nothing.
        """
        highest = max(self.steps, default=0.0) + self.problem.most  # nobody pays more
        base = np.rint(np.clip(prices, self.lowest / self.unit, highest) * self.unit).astype(np.int64)
        first = WARM_STEP * max(gap, 1e-5)
        while first < FIRST_STEP / 3:
            eps = max(1, round(first * self.unit))
            self._begin(np.maximum(self.floor, base - round(WARM_ALLOWANCE * eps)))
            if self._forward(eps, WARM_BIDS * self.state.queue.size):
                self._settle_prices(eps)
                times = self._times_too_far(eps, gap)
                if times > 1:
                    self._phases(self.state.price.astype(np.int64), first / _finer(times), gap)
                return
            first *= WARM_WIDER
        self._phases(np.zeros_like(base), FIRST_STEP, gap)

    def _phase(self, base: Whole, eps: int, before: int) -> None:
        """One phase, after one with the increment `before`; afterwards no free place asks more than its reserve."""
        change = round((RAISE if self.as_low_as_can_be else -ALLOWANCE) * before)
        self._begin(np.where(base > self.floor, np.maximum(self.floor, base + change), self.floor))
        self._forward(eps)
        self._settle_prices(eps)

    def _begin(self, price: Whole) -> None:
        state = self.state
        state.price[:] = np.where(self.places.capacity > 0, price, BLOCKED)
        state.load[:] = 0
        state.held[:] = -1
        state.queue[:] = np.arange(state.queue.size, dtype=np.int32)
        state.queued[:] = True

    def _forward(self, eps: int, most: int = FOR_EVER) -> bool:
        """Bids until nobody wants to bid, or until about `most` persons have; whether nobody wants to any more."""
        head, count, done = 0, self.state.queue.size, 0
        shared = self.threads > 1 and self.size_of_round >= PARALLEL
        while count > 0 and done < most:
            self._look_at_the_clock()
            if shared and count >= PARALLEL:
                done += min(count, self.size_of_round)
                head, count = self._round_of_threads(head, count, eps)
            else:
                until = min(PARALLEL if shared else CHUNK, most - done)
                head, count, bade = kernels.rounds(
                    self.rows, self.places, self.state, self.owner, self.lowest, eps, head, count,
                    self.size_of_round, 0, until, self.width, self.now,
                )  # fmt: skip
                done += int(bade)
        return bool(count == 0)

    def _round_of_threads(self, head: int, count: int, eps: int) -> tuple[int, int]:
        persons = min(count, self.size_of_round)
        cuts = [persons * t // self.threads for t in range(self.threads + 1)]
        self._together(
            kernels.bid,
            [
                (self.rows, self.state, self.lowest, eps, head, low, high, self.width, self.now)
                for low, high in itertools.pairwise(cuts)
            ],
        )
        # Opportunities take the bids in one thread: shared out, they are slower, for all write to the same lines.
        head, count = kernels.end_round(self.places, self.state, self.owner, head, count, persons, self.width, self.now)
        return int(head), int(count)

    def _together(self, kernel: Callable[..., Any], calls: list[tuple[Any, ...]]) -> list[Any]:
        """Run all calls at once, the first one in this thread."""
        assert self.pool is not None
        others = [self.pool.submit(kernel, *call) for call in calls[1:]]
        return [kernel(*calls[0]), *(other.result() for other in others)]

    def _settle_prices(self, eps: int) -> None:
        """Lower the prices of free places until somebody is better off there, or to the reserve.

        One by one is quick for a few that are a little too high. For more, and where that takes long because each
        undercuts the next, all are lowered together first: then a short chain of moves fills each free place. It ends
        whatever the order: no fall of a price makes a person worse off, and each move gives somebody eps more.
        """
        state = self.state
        high = int(kernels.too_dear(self.places, state))
        self.as_low_as_can_be = False
        if high == 0:
            return
        if self.columns is None:
            self._prepare_search()
        looks = self.problem.pairs // PATIENCE if high <= FEW * state.price.size else 0
        head, count = 0, kernels.look_around(self.rows, self.places, state, self.search)
        while count:
            self._look_at_the_clock()
            head, count = kernels.reverse(
                self.rows, self.places, self.columns, state, self.search, self.owner, eps, head, count, looks
            )
            if count:
                self.as_low_as_can_be = True
                kernels.lower(self.rows, self.places, state, self.search, self.owner, eps)
                head, count = 0, kernels.look_again(self.rows, self.places, state, self.search)
            looks = self.problem.pairs

    def _prepare_search(self) -> None:
        persons, opportunities = self.problem.persons, self.problem.opportunities
        self.columns = kernels.Columns(*kernels.columns(self.rows, opportunities))
        self.search = kernels.Search(
            worst=np.empty(persons, dtype=np.int32),
            worth=np.empty(self.state.held.size, dtype=np.int32),
            ring=np.empty(opportunities, dtype=np.int32),
            waits=np.empty(opportunities, dtype=np.bool_),
            least=np.empty(opportunities, dtype=np.int32),
            spread=np.empty(persons, dtype=np.int32),
            risen=np.empty(opportunities, dtype=np.bool_),
        )

    def _times_too_far(self, eps: int, gap: float) -> float:
        """Keep the best allocation and the lowest bound; how often what is between them contains what is wished."""
        units = int(self.problem.owed.sum())
        served = bool((self.state.held >= 0).any())
        if served and eps > COARSE * gap * self.problem.most * self.unit:
            return math.inf  # nor can the score be so high that the next test is passed
        gains = int(kernels.worth(self.rows, self.state.held))
        worth = gains - int(kernels.paid(self.places, self.state.load))
        score = gains + self._lost() - self._bonus() - self._kept()
        if eps * units > COARSE * gap * max(1, score) and served:
            return math.inf  # a bound at such prices would be far off, and takes time
        bound = self._bound()
        if self.best is None or worth > self.best.worth:
            self.best = _Best(self.state.held.copy(), self.state.price.copy(), eps, worth, bound)
        if bound < self.best.bound:
            self.best.bound, self.best.price = bound, self.state.price.copy()
        between, wished = self.best.bound - self.best.worth, gap * score
        return between / wished if wished > 0 else math.inf if between > wished else 0.0

    def _lost(self) -> int:
        """What is lost by missing units, in parts."""
        missing = np.bincount(self.owner[self.state.held < 0], minlength=self.problem.persons)
        return -sum(int((missing > u).sum()) * int(lack) for u, lack in enumerate(self.rows.lack))

    def _kept(self) -> int:
        """What offers count above their scores because people have seen them, in parts."""
        problem, held = self.problem, self.state.held
        if problem.seen is None or problem.seen.keep == 0 or held.size == 0:
            return 0
        pairs = problem.seen.pair
        person = np.searchsorted(problem.start, pairs, side="right") - 1
        first, end = problem.unit_start[person], problem.unit_start[person + 1]
        kept = sum(
            int(((first + u < end) & (held[np.minimum(first + u, held.size - 1)] == problem.opportunity[pairs])).sum())
            for u in range(self.width)
        )
        return round(kept * problem.seen.keep * self.unit)

    def _bonus(self) -> int:
        """What recommendations count above their scores because of the person, in parts."""
        return int(self.rows.bonus[self.owner[self.state.held >= 0]].sum(dtype=np.int64))

    def _bound(self) -> int:
        persons = self.problem.persons
        cuts = [persons * t // self.threads for t in range(self.threads + 1)]
        parts = self._together(
            kernels.most,
            [
                (self.rows, self.state.price, self.lowest, low, high, self.width)
                for low, high in itertools.pairwise(cuts)
            ],
        )
        return sum(map(int, parts)) + int(kernels.brought(self.places, self.state.price))

    def _look_at_the_clock(self) -> None:
        self.progress(*self.phases)
        if self.deadline is not None and time.perf_counter() > self.deadline:
            raise _TimeIsUp


def _finer(times: float) -> float:
    """By how much the next increment is finer, when the bound is so many times as far away as wished."""
    enough = FINER * times  # what is between plan and bound is about in proportion to the increment
    return STEP_RATIO if enough > STEP_RATIO * LAST_STEP else max(SHORTEST_STEP, enough)


def _places(problem: Problem, capacity: Codes, heap: Whole, wanted: float, unit: int) -> kernels.Places:
    ladder = problem.ladder
    if ladder is None:
        return kernels.Places(capacity, np.zeros_like(capacity), capacity, heap, 0, 0, np.ones(capacity.size, np.int64))
    return kernels.Places(
        capacity=capacity,
        minimum=np.minimum(ladder.minimum, capacity).astype(np.int32),
        easy=np.minimum(ladder.easy, capacity).astype(np.int32),
        heap=heap,
        wanted=-round(wanted * unit),
        rise=round(ladder.rise * unit),
        span=np.asarray(ladder.span, dtype=np.int64),
    )


def _unit(highest: float) -> int:
    """As many parts to the point as prices of 32 bits allow."""
    unit = FINEST
    while unit > 1 and (highest + 3) * unit > BLOCKED / 2:
        unit //= 10
    return unit
