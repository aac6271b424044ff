"""What one more place would be worth: in recommendations, and in points of score.

One more place at opportunity j lets one *exchange* end there: a short person takes a place and one fewer is missing, or
somebody moves there from another place; whoever they put out moves on, and the last one takes the new place. The best
plan with the new place is the best plan of today and the best such exchange (the shortest path of a flow of least cost:
Ahuja, Magnanti and Orlin 1993, Network Flows, section 9.7). So one search over all exchanges (Dijkstra) prices all
opportunities at once.

**The search.** Let p_j be the prices of the plan. A person values a pair at s_ij - p_j, and the m-th missing
recommendation at -M_m. Let y_i be the lowest value among what the person could give up. Giving it up for another pair
then *costs* y_i - (s_ij - p_j), which is nowhere negative at prices that prove a plan best. An exchange that ends in j
adds p_j minus all that it costs on the way. Where the fewest and fairest come first, it serves who misses most:
opportunities to which exchanges lead from somebody who misses m, and from nobody who misses more, are of *level* m (0:
from nobody short). Such an exchange stays in its level, since whatever a level reaches is of this level or higher; its
gain in score is p_j - M_m minus the costs.

**What is proved.** Let x be the plan, g the score that the exchange found adds to it, and W what one more place adds to
the best plan.

- *recommendations* under the default order: 1 where the level is above 0, else 0. The levels are those by which the
  plan is proved to miss the fewest, most fairly.
- *worth_high:* a best plan with the place differs from x by cycles of exchanges and one exchange that ends in j. The
  cycles alone turn x into a plan without the place. So W is at most what some single exchange in x, passing nobody
  twice, adds; and that is at most p_j - M_m minus the cheapest way, where negative costs count as 0, plus what negative
  costs all persons could have, once each.
- *worth_low:* x and the exchange found are a plan with the place. So W is at least g minus how far x can be below the
  best plan. That distance is counted from the prices (weak duality, as in `certify`), apart for each *piece*: persons
  and opportunities of one level that hang together by pairs. Pairs between levels are the same in all best plans: that
  is how the fewest and fairest are proved.

For a plan of the exact solver both distances are 0, up to the rounding of scores, and the interval is one number. For a
plan of the auction the interval is as wide as the gap of the piece, which says little in a large city; there `worth`, g
itself, is what this plan would gain. All is counted in whole parts of a point; rounding is added to the interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

import numpy as np
import polars as pl

from talentcity.errors import InvalidOption, InvalidTable, UnknownName, Violation
from talentcity.plan.compiled import njit
from talentcity.plan.problem import Codes, Numbers, Problem
from talentcity.plan.shortage import Exchanges, hang_together
from talentcity.tables import PRICES, require_same_id_type

Array = np.ndarray[Any, Any]

STEP = 2.0  # points that a person's missing units cost more and more, where the fewest and fairest come first
FINEST = 10**9  # parts of a point of score
LARGEST = 2**58  # parts; sums of a few such numbers are still whole numbers of 64 bits
NOWHERE = 2**61  # the distance of what no exchange reaches
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What one more place of one opportunity would be worth.

    Attributes:
        opportunity_id: which opportunity.
        capacity, load: recommendations it can take, and takes.
        price, recommendations, worth, worth_low, worth_high, exact: as in `Prices`.
        missing: recommendations that the person lacks today whom it would serve; 0 if nobody short.
        reach: how many persons who are short could come here, by themselves or because others move.
        lost_recommendations, lost_worth: what the plan loses with one place fewer, by the best exchange that was found;
            nothing where a place is free. It is never less than what one more place adds: with penalties every price
            between `worth` and `lost_worth` proves an exact plan best.
        fixed: recommendations there that are settled; nobody can leave those.
        counts: as in `Prices`.
    """

    opportunity_id: object
    capacity: int
    load: int
    price: float
    recommendations: int
    missing: int
    worth: float
    worth_low: float
    worth_high: float
    exact: bool
    reach: int
    lost_recommendations: int
    lost_worth: float
    fixed: int
    counts: str

    def __str__(self) -> str:
        places = "1 place" if self.capacity == 1 else f"{self.capacity:,} places"
        if self.load < self.capacity:
            return (
                f"Opportunity {self.opportunity_id} has {self.capacity - self.load:,} of {places} free: one more is "
                "worth nothing in this plan."
            )
        full = f"is full: {self.load:,} of {places}" if self.capacity else "has no place"
        return f"Opportunity {self.opportunity_id} {full}. {self._who_gains()} {self._points()}{self._fewer()}"

    def _who_gains(self) -> str:
        if self.recommendations == 0:
            why = "at these penalties" if self.reach else "because nobody who is short could use it"
            return f"One more would give no recommendation more, {why}."
        persons = "1 person who is short" if self.reach == 1 else f"{self.reach:,} persons who are short"
        return (
            f"One more would give one recommendation more, to somebody who lacks {self.missing:,}: {persons} could "
            "come here or to a place that is left for it."
        )

    def _fewer(self) -> str:
        if self.load == self.fixed:
            return ""
        taken = "one recommendation" if self.lost_recommendations else "no recommendation"
        return f" One fewer would take {taken} away and change it by {-self.lost_worth:+.4f}."

    def _points(self) -> str:
        change = f"would change by {self.worth:+.4f}" if self.worth else "would not change"
        change = f"The {self.counts} {change}"
        if self.exact:
            return f"{change}."
        return f"{change} in this plan, and by {self.worth_low:+,.4f} to {self.worth_high:+,.4f} in the best one."


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What one more place in each opportunity would be worth, each on its own.

    Attributes:
        frame: PRICES frame, by opportunity, with the columns

            - opportunity_id, capacity, load;
            - price: points; what nobody would pay more for, when lacking one recommendation counts 2 points, a second
              one 4, … or as the penalties say; a later plan can begin with it;
            - recommendations: how many more one more place would give, 0 or 1. Under the default order that is proved;
              with penalties it is what the exchange found gives, and 1 where one that gives none is as good;
            - missing: how many the person lacks whom it would serve, 0 if nobody short;
            - worth: points; what one more place and the best exchange that was found add to this plan;
            - worth_low, worth_high: points; what one more place adds to the best plan lies between them, proved;
            - exact: 1 where these two differ by no more than rounding, else 0.

            Where a place is free, one more is worth nothing in this plan.
        counts: of what the worth is: "score", or what else counts in the problem, such as "score minus penalties".
    """

    frame: pl.DataFrame
    counts: str
    _exchanges: Exchanges = field(repr=False)
    _price: Numbers = field(repr=False)
    _steps: tuple[float, ...] = field(repr=False)

    def top(self, n: int = 10) -> pl.DataFrame:
        """The n opportunities where one more place is worth most, with the columns of `frame`; fewer if there are few.

        Under the default order: those that give a recommendation, the one first whose person lacks most, then by
        worth. With penalties by worth. What is worth nothing is left out.

        Example:
            >>> from talentcity.plan import solve
            >>> pairs = pl.DataFrame(
            ...     {"person_id": ["A", "B", "B"], "opportunity_id": ["V", "V", "W"], "score": [0.9, 0.5, 0.7]}
            ... )
            >>> places = pl.DataFrame({"opportunity_id": ["V", "W", "X"], "capacity": [1, 1, 1]})
            >>> plan = solve(pairs, places, per_person=2)
            >>> plan.prices().top(3).select("opportunity_id", "recommendations", "missing", "worth").rows()
            [('V', 1, 1, 0.5)]
        """
        weighted = self._exchanges.allocation.problem.penalties is not None
        order = ["worth"] if weighted else ["recommendations", "missing", "worth"]
        of_worth = self.frame.filter((pl.col("recommendations") > 0) | (pl.col("worth") > 0))
        falling = [*(True for _ in order), False]
        return of_worth.sort(*order, "opportunity_id", descending=falling, maintain_order=True).head(n)

    def by(self, labels: pl.DataFrame) -> pl.DataFrame:
        """Sums by labels such as employer, occupation or district.

        Each place is counted on its own, as if no other were opened: all of them together give at most the sum of the
        recommendations.

        Args:
            labels: opportunity_id and labels; each opportunity at most once.

        Returns:
            One row per combination of labels that occurs, most recommendations first: the labels (empty where the
            table does not list an opportunity), opportunities, full (how many of them), capacity, load,
            recommendations, worth, worth_low, worth_high.

        Raises:
            InvalidTable: there is no opportunity_id or no label, an id stands twice or has another type than in the
                plan.

        Example:
            >>> from talentcity.plan import solve
            >>> pairs = pl.DataFrame({"person_id": ["A", "B"], "opportunity_id": ["V", "V"], "score": [0.9, 0.5]})
            >>> plan = solve(pairs, pl.DataFrame({"opportunity_id": ["V"], "capacity": [1]}), per_person=1)
            >>> sites = pl.DataFrame({"opportunity_id": ["V"], "district": ["north"]})
            >>> plan.prices().by(sites).rows(named=True)[0]
            {'district': 'north', 'opportunities': 1, 'full': 1, 'capacity': 1, 'load': 1, 'recommendations': 1,
             'worth': 0.5, 'worth_low': 0.5, 'worth_high': 0.5}
        """
        names = _labels_of(labels, self.frame)
        counts = self.frame.with_columns(
            opportunities=pl.lit(1, pl.Int64), full=(pl.col("load") >= pl.col("capacity")).cast(pl.Int64)
        )
        sums = ["opportunities", "full", "capacity", "load", "recommendations", "worth", "worth_low", "worth_high"]
        return (
            counts.join(labels, on="opportunity_id", how="left", maintain_order="left")
            .group_by(names, maintain_order=True)
            .agg(pl.col(sums).sum())
            .sort("recommendations", "worth", *names, descending=[True, True, *(False for _ in names)])
        )

    def explain(self, opportunity: object) -> Place:
        """What one more place of this opportunity would be worth, and who could come.

        Raises:
            UnknownName: no opportunity of that id was planned for.
        """
        problem = self._exchanges.allocation.problem
        at = code_of(problem.opportunity_ids, opportunity, "opportunities")
        short, _ = self._exchanges.leading_to(at)
        row = self.frame.row(at, named=True)
        row["exact"] = bool(row["exact"])
        reach = int((short & (self._exchanges.missing > 0)).sum())
        taken, points = _lost(self._exchanges, self._price, self._steps, at)
        return Place(
            **row,
            reach=reach,
            lost_recommendations=taken,
            lost_worth=points,
            fixed=int(problem.fixed_load[at]),
            counts=self.counts,
        )


def code_of(ids: pl.Series, wanted: object, what: str) -> int:
    """Where an id stands.

    Raises:
        UnknownName: it is not among them.
    """
    fits = isinstance(wanted, str) if ids.dtype == pl.String else isinstance(wanted, int)
    at = ids.index_of(cast("str | int", wanted)) if fits else None
    if at is None:
        kind = "text" if ids.dtype == pl.String else "numbers"
        raise UnknownName(f"{wanted!r} is not among the {ids.len():,} {what} of this plan (ids are {kind}).")
    return at


def prices_of(exchanges: Exchanges, price: Numbers, steps: Sequence[float]) -> Prices:
    """Price one more place in each opportunity.

    Args:
        exchanges: the plan. By default it misses the fewest, most fairly; with penalties any plan will do.
        price: (V,) points of score that bound its score.
        steps: points that a person's first, second, … missing recommendation costs in that bound.

    Raises:
        InvalidOption: the problem has minima or congestion, whose places are not alike.
    """
    problem = exchanges.allocation.problem
    require_like_places(problem)
    standing, slip = _measured(exchanges, price, steps)
    frame = _frame(
        exchanges, standing, slip, Found(*(reached[: problem.opportunities] for reached in _search(standing)))
    )
    return Prices(frame, _counts(problem), exchanges, price, tuple(steps))


def _counts(problem: Problem) -> str:
    """What the objective adds up."""
    kept = problem.seen is not None and problem.seen.keep > 0
    plus = [name for name, counted in (("priority", problem.bonus is not None), ("offers kept", kept)) if counted]
    minus = "" if problem.penalties is None else " minus penalties"
    return " plus ".join(["score", *plus]) + minus


def require_like_places(problem: Problem) -> None:
    """Raise InvalidOption where places of one opportunity are not alike, because the first or the last ones differ."""
    for name, asked in (("a minimum", problem.minimum), ("congestion", problem.congestion)):
        if asked is not None:
            raise InvalidOption(
                f"prices of places are not available for plans with {name}: places of one opportunity differ there. "
                "Plan without it, or without prices."
            )


def _parts(price: Array, steps: Sequence[float]) -> int:
    """Into how many parts a point is cut, so that no number overflows."""
    highest = max(float(np.abs(price).max(initial=0.0)), max(steps, default=0.0)) + 4
    parts = FINEST
    while parts > 1 and highest * parts > LARGEST:
        parts //= 10
    return parts


class Standing(NamedTuple):
    """A plan at its prices, in parts: S persons, V opportunities, P pairs, D units owed, N pieces."""

    start: Array  # (S + 1,)
    opportunity: Array  # (P,)
    score: Array  # (P,)
    unit_start: Array  # (S + 1,)
    taken: Array  # (D,)
    holder_start: Array  # (V + 1,)
    holder: Array  # persons who hold a place
    person_level: Array  # (S,) int32; all 0 with penalties
    level: Array  # (V,) int32
    price: Array  # (V,) int64
    bonus: Array  # (S,) int64
    costs: Array  # (k + 1,) int64: 0, then what a person's first, second, … missing recommendation costs
    missing: Array  # (S,) int32
    source: Array  # (S,) bool: an exchange may begin with this short person
    entrance: Array  # (V,) bool: an exchange may begin with somebody who leaves this place
    least: Array  # (S,) int64: the lowest value that the person could give up, NOWHERE if there is none
    piece: Array  # (S + V,) int32
    away: Array  # (N,) int64: how far the plan can be below the best one
    negative: Array  # (N,) int64: the negative costs of all persons, once each
    due: Array  # (N,) int64: recommendations that can go one way or another
    parts: float


class Found(NamedTuple):
    """The cheapest exchange that ends in each opportunity."""

    cost: Array  # (V,) int64: parts, where negative costs count as 0; NOWHERE if no exchange ends here
    true: Array  # (V,) int64: the same exchange, as it is
    origin: Array  # (V,) int32: the short person with whom it begins, or NOBODY


def _standing(
    exchanges: Exchanges, price: Numbers, steps: Sequence[float], person_level: Codes, level: Codes
) -> Standing:
    """The plan at its prices, with these levels; exchanges between levels are not looked at."""
    problem, missing, parts = exchanges.allocation.problem, exchanges.missing, _parts(price, steps)
    piece, size = _pieces(problem, person_level, level)
    standing = Standing(
        start=problem.start,
        opportunity=problem.opportunity,
        score=problem.score,
        unit_start=problem.unit_start,
        taken=exchanges.allocation.taken,
        holder_start=exchanges.holder_start,
        holder=exchanges.holder,
        person_level=person_level,
        level=level,
        price=np.rint(np.maximum(price, 0.0) * parts).astype(np.int64),
        bonus=np.rint((np.zeros(problem.persons) if problem.bonus is None else problem.bonus) * parts).astype(np.int64),
        costs=np.rint(np.array([0.0, *steps]) * parts).astype(np.int64),
        missing=missing,
        source=(missing > 0) & ((missing == person_level) | (problem.penalties is not None)),
        entrance=(level == 0) & (np.diff(exchanges.holder_start) > 0),
        least=np.full(problem.persons, NOWHERE, np.int64),
        piece=piece,
        away=np.zeros(size, np.int64),
        negative=np.zeros(size, np.int64),
        due=np.zeros(size, np.int64),
        parts=float(parts),
    )
    standing.price[problem.usable == 0] = 0  # to be found: what has no place is sold at any price
    _value_least(standing, problem.capacity)
    return standing


def _measured(exchanges: Exchanges, price: Numbers, steps: Sequence[float]) -> tuple[Standing, float]:
    """The plan at its prices and levels, how far it can be from the best one, and the rounding of a score in parts."""
    problem = exchanges.allocation.problem
    levels = exchanges.levels() if problem.penalties is None else _none(problem)
    standing = _standing(exchanges, price, steps, *levels)
    slip = _measure(standing)
    free = problem.usable - exchanges.allocation.load
    np.add.at(standing.away, standing.piece[problem.persons :], standing.price * free)
    if problem.bonus is not None:
        slip += float(np.abs(problem.bonus * standing.parts - standing.bonus).max(initial=0.0))
    if problem.penalties is not None:
        slip = max(slip, float(np.abs(np.array([0.0, *steps]) * standing.parts - standing.costs).max()))
    return standing, slip


def _none(problem: Problem) -> tuple[Codes, Codes]:
    """No levels."""
    return np.zeros(problem.persons, np.int32), np.zeros(problem.opportunities, np.int32)


def _lost(exchanges: Exchanges, price: Numbers, steps: Sequence[float], place: int) -> tuple[int, float]:
    """Recommendations and points that the plan loses with one place of an opportunity, by the best exchange from there.

    Somebody who has a place there leaves it for another, or goes without; whoever they put out does the same.
    """
    problem, load = exchanges.allocation.problem, exchanges.allocation.load
    if load[place] < problem.capacity[place] or load[place] == 0:
        return 0, 0.0
    standing = _standing(exchanges, price, steps, *_none(problem))
    standing.source[:], standing.entrance[:] = False, False
    standing.entrance[place] = True
    cost, true, _ = _search(standing)
    size, ends = problem.opportunities, np.flatnonzero(cost[problem.opportunities :] < NOWHERE)
    rooms = np.flatnonzero((load < problem.capacity) & (cost[:size] < NOWHERE))
    goes = standing.missing[ends] + 1  # what who goes without lacks then
    last = standing.least[ends] + standing.costs[goes]
    lacks = np.concatenate([np.zeros(rooms.size, np.int64), goes])
    cost = np.concatenate([cost[rooms] - standing.price[rooms], cost[size + ends] + last])
    true = np.concatenate([true[rooms] - standing.price[rooms], true[size + ends] + last])
    if problem.penalties is None:  # first of all as few as can be go without, who lack as little as can be
        kept = lacks == lacks.min()
        cost, true, lacks = cost[kept], true[kept] - standing.costs[lacks[kept]], lacks[kept]
    best = int(cost.argmin())
    return int(lacks[best] > 0), int(true[best]) / standing.parts


def _pieces(problem: Problem, person_level: Codes, level: Codes) -> tuple[Codes, int]:
    """(S + V,) the number of the piece of each person and each opportunity, and how many pieces there are."""
    label = np.arange(problem.persons + problem.opportunities, dtype=np.int32)
    for one in range(int(person_level.max(initial=0)) + 1):
        hang_together(problem.start, problem.opportunity, person_level == one, level == one, label)
    number = np.cumsum(label == np.arange(label.size), dtype=np.int32) - 1
    return number[label], int(number.max(initial=-1)) + 1


def _frame(exchanges: Exchanges, standing: Standing, slip: float, found: Found) -> pl.DataFrame:
    problem, load = exchanges.allocation.problem, exchanges.allocation.load
    piece = standing.piece[problem.persons :]
    due, away, negative = standing.due[piece], standing.away[piece], standing.negative[piece]
    full, reached, must = load >= problem.capacity, found.cost < NOWHERE, standing.level > 0
    least = np.where(must, -NOWHERE, 0)  # what lowers nothing that is missing can stay empty
    before = standing.price - standing.costs[standing.level]
    gain = np.where(full & reached, before - found.true, 0)
    low = np.where(full, np.maximum(gain - away - 2 * due * slip, least), 0)
    high = np.where(reached, np.maximum(before - found.cost + negative + 2 * due * slip, least), 0)
    served = full & (found.origin != NOBODY) & (gain >= least)
    columns = {
        "opportunity_id": problem.opportunity_ids,
        "capacity": problem.capacity + problem.fixed_load,
        "load": load + problem.fixed_load,
        "price": np.maximum(before / standing.parts + STEP * standing.level, 0),
        "recommendations": served.astype(np.int64),
        "missing": np.where(served, np.append(exchanges.missing, 0)[found.origin], 0).astype(np.int64),
        "worth": np.maximum(gain, least) / standing.parts,
        "worth_low": low / standing.parts,
        "worth_high": high / standing.parts,
        "exact": (away + negative <= due).astype(np.int64),
    }
    return pl.DataFrame(columns).select(PRICES.names)


def _labels_of(labels: pl.DataFrame, frame: pl.DataFrame) -> list[str]:
    key = "opportunity_id"
    names = [name for name in labels.columns if name != key]
    if key not in labels.columns or not names:
        expected = f"expected a column {key} and at least one label, such as district"
        raise InvalidTable([Violation("labels", None, key, None, expected)])
    taken = [name for name in names if name in (*frame.columns, "opportunities", "full")]
    if taken:
        raise InvalidTable([Violation("labels", None, taken[0], None, "expected a label that is no column of prices")])
    require_same_id_type(labels[key], frame[key], left_table="labels", right_table="the plan")
    twice = labels[key].is_duplicated().arg_true()
    if twice.len():
        row = int(twice[1])
        raise InvalidTable([Violation("labels", row + 1, key, str(labels[key][row]), "expected each id once")])
    return names


@njit(cache=True, nogil=True)
def _gain(standing: Standing, person: int, pair: int) -> int:
    whole: int = np.int64(np.rint(np.float64(standing.score[pair]) * standing.parts)) + standing.bonus[person]
    return whole


@njit(cache=True, nogil=True)
def _value_least(standing: Standing, capacity: Array) -> None:
    """Fill `least`; and price what has no place at all so high that nobody would gain there."""
    opportunity, price, least = standing.opportunity, standing.price, standing.least
    for person in range(least.size):
        unit, end = standing.unit_start[person], standing.unit_start[person + 1]
        first, last = standing.start[person], standing.start[person + 1]
        lowest = np.int64(NOWHERE)
        for pair in range(first, last):
            if unit < end and standing.taken[unit] == opportunity[pair]:
                unit += 1
                if standing.level[opportunity[pair]] == standing.person_level[person]:
                    lowest = min(lowest, _gain(standing, person, pair) - price[opportunity[pair]])
        lacks = -standing.costs[standing.missing[person]] if standing.missing[person] > 0 else np.int64(NOWHERE)
        least[person] = min(lowest, lacks) if standing.source[person] else lowest
        lowest = min(lowest, lacks)
        if lowest < NOWHERE:
            for pair in range(first, last):
                place = opportunity[pair]
                if capacity[place] == 0:
                    price[place] = max(price[place], _gain(standing, person, pair) - lowest)


@njit(cache=True, nogil=True)
def _keep_best(best: Array, last: int, value: int) -> None:
    """Into best[0..last], which falls, if it is better than the last one."""
    if last >= 0 and value > best[last]:
        u = last
        while u > 0 and best[u - 1] < value:
            best[u] = best[u - 1]
            u -= 1
        best[u] = value


@njit(cache=True, nogil=True)
def _measure(standing: Standing) -> float:
    """Fill `away`, `negative` and `due`; returns the largest rounding of a score."""
    best = np.empty(standing.costs.size, np.int64)
    slip = 0.0
    for person in range(standing.least.size):
        due = standing.unit_start[person + 1] - standing.unit_start[person]
        for u in range(due):
            best[u] = -standing.costs[u + 1]
        has = -standing.costs[1 : standing.missing[person] + 1].sum()
        negative, level = np.int64(0), standing.person_level[person]
        unit, end = standing.unit_start[person], standing.unit_start[person + 1]
        for pair in range(standing.start[person], standing.start[person + 1]):
            exact = np.float64(standing.score[pair]) * standing.parts
            slip = max(slip, abs(exact - np.rint(exact)))
            place = standing.opportunity[pair]
            chosen = unit < end and standing.taken[unit] == place
            unit += chosen
            if standing.level[place] != level:
                due -= chosen  # settled: in all best plans
                continue
            value = _gain(standing, person, pair) - standing.price[place]
            _keep_best(best, end - standing.unit_start[person] - 1, value)
            if chosen:
                has += value
            else:
                negative = max(negative, value - standing.least[person])
        piece = standing.piece[person]
        standing.away[piece] += best[:due].sum() - has
        standing.negative[piece] += negative
        standing.due[piece] += due
    return slip


@njit(cache=True, nogil=True)
def _sift_up(heap: Array, where: Array, key: Array, at: int) -> None:
    node = heap[at]
    while at > 0:
        parent = (at - 1) >> 1
        if key[heap[parent]] <= key[node]:
            break
        heap[at] = heap[parent]
        where[heap[at]] = at
        at = parent
    heap[at] = node
    where[node] = at


@njit(cache=True, nogil=True)
def _sift_down(heap: Array, where: Array, key: Array, size: int, at: int) -> None:
    node = heap[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and key[heap[child + 1]] < key[heap[child]]:
            child += 1
        if key[heap[child]] >= key[node]:
            break
        heap[at] = heap[child]
        where[heap[at]] = at
        at = child
    heap[at] = node
    where[node] = at


@njit(cache=True, nogil=True)
def _search(standing: Standing) -> tuple[Array, Array, Array]:
    """`Found`, by one search from all beginnings at once; opportunities are nodes 0 to V - 1, persons follow them.

    A key is twice the cost, and 1 more where the exchange begins with nobody short: so among equal ones that which
    gives a recommendation comes first.
    """
    places, persons = standing.price.size, standing.least.size
    key = np.full(places + persons, 2 * np.int64(NOWHERE), np.int64)
    true = np.full(places + persons, np.int64(NOWHERE), np.int64)
    origin = np.full(places + persons, np.int32(NOBODY), np.int32)
    heap, where = np.empty(places + persons, np.int32), np.full(places + persons, np.int32(-1), np.int32)
    size = 0
    for node in range(places + persons):
        person = node - places
        if person < 0 and standing.entrance[node]:
            true[node] = standing.price[node]
            key[node] = 2 * true[node] + 1
        elif person >= 0 and standing.source[person]:
            true[node] = -standing.costs[standing.missing[person]] - standing.least[person]
            key[node], origin[node] = 2 * true[node], person
        else:
            continue
        heap[size] = node
        _sift_up(heap, where, key, size)
        size += 1
    while size > 0:
        node = heap[0]
        size -= 1
        if size > 0:
            heap[0] = heap[size]
            _sift_down(heap, where, key, size, 0)
        where[node] = -2  # done
        if node < places:
            size = _let_go(standing, node, key, true, origin, heap, where, size)
        else:
            size = _take(standing, node - places, key, true, origin, heap, where, size)
    return key >> 1, true, origin


@njit(cache=True, nogil=True)
def _let_go(
    standing: Standing, place: int, key: Array, true: Array, origin: Array, heap: Array, where: Array, size: int
) -> int:
    """Exchanges that end here go on with everybody who holds a place and could leave it."""
    places, level = standing.price.size, standing.level[place]
    for at in range(standing.holder_start[place], standing.holder_start[place + 1]):
        person = standing.holder[at]
        node = places + person
        if where[node] != -2 and standing.person_level[person] == level:
            pair = standing.start[person]
            while standing.opportunity[pair] != place:
                pair += 1
            cost = _gain(standing, person, pair) - standing.price[place] - standing.least[person]
            size = _reach(node, place, cost, key, true, origin, heap, where, size)
    return size


@njit(cache=True, nogil=True)
def _take(
    standing: Standing, person: int, key: Array, true: Array, origin: Array, heap: Array, where: Array, size: int
) -> int:
    """Exchanges that end with this person go on to all that they do not hold."""
    places, level, least = standing.price.size, standing.person_level[person], standing.least[person]
    unit, end = standing.unit_start[person], standing.unit_start[person + 1]
    for pair in range(standing.start[person], standing.start[person + 1]):
        place = standing.opportunity[pair]
        if unit < end and standing.taken[unit] == place:  # units stand in the order of the row
            unit += 1
        elif where[place] != -2 and standing.level[place] == level:
            cost = least - _gain(standing, person, pair) + standing.price[place]
            size = _reach(place, places + person, cost, key, true, origin, heap, where, size)
    return size


@njit(cache=True, nogil=True)
def _reach(
    node: int, before: int, cost: int, key: Array, true: Array, origin: Array, heap: Array, where: Array, size: int
) -> int:
    """An exchange leads to this node from the one before; returns the size of the heap."""
    distance = key[before] + 2 * cost if cost > 0 else key[before]
    if distance < key[node]:
        key[node], true[node], origin[node] = distance, true[before] + cost, origin[before]
        if where[node] == -1:
            heap[size] = node
            where[node] = size
            size += 1
        _sift_up(heap, where, key, where[node])
    return size
