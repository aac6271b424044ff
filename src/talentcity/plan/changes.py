"""What a new plan changes for people who have seen offers already, and why.

A reason is a fact about the two, and each is checked by counting: an id or a pair that is not there, more offers seen
than are owed or held, or what would be lost if the chain of moves that an offer belongs to were undone (`chains` says
why it could be).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import polars as pl

from talentcity.plan.allocation import Allocation
from talentcity.plan.chains import KEPT, MOVED, OWED, Array, Chains, Compared, chains_of, compared, worth_of
from talentcity.plan.ids import codes_of
from talentcity.plan.problem import Problem
from talentcity.plan.result import Plan
from talentcity.plan.rows import Rows, counted, found
from talentcity.plan.variants import MINIMUM_PRICE, Ladder
from talentcity.tables import FORBIDDEN, SEEN, check, require_same_id_type

DROPPED_BECAUSE: Mapping[str, str] = MappingProxyType(
    {
        "person_gone": "the person is planned for no more",
        "opportunity_gone": "the opportunity is gone",
        "forbidden": "the pair is forbidden now",
        "not_listed": "the pair is listed no more",
        "owed_fewer": "more were seen than the person is owed now",
        "capacity_fell": "more had seen the opportunity than it holds now",
        "fewer_missing": "fewer are missing so",
        "fairer": "what is missing is spread more fairly so",
        "minimum": "fewer places are short of a minimum so",
        "worth_more": "the plan gains more than they count",
        "not_best": "the plan is not the best to the last digit",
    }
)
"""Why an offer that was seen is dropped: codes, and what they mean."""

NEW_BECAUSE: Mapping[str, str] = MappingProxyType(
    {
        "fixed": "settled by a counsellor",
        "replaces": "instead of an offer that is dropped",
        "first": "the person had seen none",
        "more": "the person is given more than were seen",
    }
)
"""Why a recommendation is new: codes, and what they mean."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changes:
    """What a plan changes for people who have seen offers.

    Attributes:
        frame: one row per offer seen or recommended now, by person and opportunity: person_id, opportunity_id, change
            (kept, dropped or new), reason (a code; empty when kept), because (the reason in words), chain (number of
            the chain of moves that it belongs to, if any), gain (points of score, with priority, that this chain gains
            as a whole).
        kept, dropped, new: how many.
        reasons: how many are dropped for each reason, the most frequent first.
    """

    frame: pl.DataFrame = field(repr=False)
    kept: int
    dropped: int
    new: int
    reasons: Mapping[str, int]

    def __str__(self) -> str:
        words = [f"kept {self.kept:,} of {_count(self.kept + self.dropped, 'offer')} seen"]
        if self.dropped:
            because = ", ".join(f"{count:,} because {DROPPED_BECAUSE[code]}" for code, count in self.reasons.items())
            words.append(f"{self.dropped:,} dropped: {because}")
        return "; ".join([*words, f"{self.new:,} new"])


def changes(before: pl.DataFrame | Plan, plan: Plan, *, forbidden: pl.DataFrame | None = None) -> Changes:
    """What became of offers that people have seen, and why.

    Args:
        before: person_id, opportunity_id of the offers seen, each once; or the earlier plan.
        plan: the new one, best solved with these offers as `seen`.
        forbidden: person_id, opportunity_id as in `solve`, to tell a forbidden pair from one that is not listed.

    Raises:
        InvalidTable: a table breaks its schema, or its ids are of another type than those of the plan.

    Example:
        >>> from talentcity.plan import solve
        >>> pairs = pl.DataFrame({"person_id": ["A", "A"], "opportunity_id": ["V", "W"], "score": [0.5, 0.9]})
        >>> seen = pl.DataFrame({"person_id": ["A"], "opportunity_id": ["V"]})
        >>> places = pl.DataFrame({"opportunity_id": ["V", "W"], "capacity": [1, 1]})
        >>> told = changes(seen, solve(pairs, places, per_person=1, seen=seen))
        >>> print(told)
        kept 0 of 1 offer seen; 1 dropped: 1 because the plan gains more than they count; 1 new
        >>> told.frame["because"][0]
        'this and 1 other move score 0.4000 more; the 1 offer seen that they drop counts 0.1000'
    """
    frame = check(before.plan if isinstance(before, Plan) else before, SEEN, table="seen")
    look = _Look.at(frame.select("person_id", "opportunity_id"), plan, forbidden)
    kept = look.kept_rows()
    moves = pl.DataFrame([*look.dropped_rows(), *look.new_rows()], schema=kept.schema, orient="row")
    told = pl.concat([kept, moves]).sort("person_id", "opportunity_id")
    counts = dict(told["change"].value_counts().iter_rows())
    dropped = told.filter(pl.col("change") == "dropped")["reason"].value_counts()
    dropped = dropped.sort("count", "reason", descending=[True, False])
    return Changes(
        frame=told,
        kept=counts.get("kept", 0),
        dropped=counts.get("dropped", 0),
        new=counts.get("new", 0),
        reasons=MappingProxyType(dict(dropped.iter_rows())),
    )


def _count(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"


class _Row(NamedTuple):
    """A row of the frame."""

    person: object
    opportunity: object
    change: str
    reason: str | None
    because: str | None
    chain: int | None
    gain: float | None


class _Reason(NamedTuple):
    """Why the moves of a chain are made."""

    code: str
    words: str
    gain: float


@dataclass(slots=True, eq=False)
class _Look:
    """n offers seen, in codes, beside a plan.

    Attributes:
        frame: their ids.
        person, opportunity: (n,) codes, -1 where the id is not known any more.
        fixed, forbidden: (n,) whether the pair is fixed, or forbidden.
        fate: (n,) as in `Compared`; -1 for what is no pair any more.
        row: (K,) which of them the pairs of `moved` are.
        problem, moved, chains: see there.
        chain: (K + N,) number of the chain of each move, or -1; place: (K + N,) where it stands.
        reasons: of each chain.
    """

    frame: pl.DataFrame
    person: Array
    opportunity: Array
    fixed: Array
    forbidden: Array
    fate: Array
    row: Array
    problem: Problem
    moved: Compared
    chains: Chains
    chain: Array
    place: Array
    reasons: list[_Reason]

    @classmethod
    def at(cls, frame: pl.DataFrame, plan: Plan, forbidden: pl.DataFrame | None) -> _Look:
        problem, allocation = plan.problem, plan.allocation
        person = _codes(frame["person_id"], problem.person_ids)
        opportunity = _codes(frame["opportunity_id"], problem.opportunity_ids)
        known = np.flatnonzero((person >= 0) & (opportunity >= 0))
        rows = Rows(problem.start, problem.opportunity, problem.score)
        pair = found(rows, person[known], opportunity[known])
        order = np.argsort(pair, kind="stable")[int((pair < 0).sum()) :]
        row, moved = known[order], compared(allocation, pair[order])
        chains = chains_of(allocation, moved)
        fate = np.full(frame.height, -1, np.int8)
        fate[row] = moved.fate
        chain = np.full(moved.pair.size + moved.new.size, -1, np.int64)
        place = chain.copy()
        chain[chains.move] = np.repeat(np.arange(chains.lost.size), np.diff(chains.start))
        place[chains.move] = np.arange(chains.move.size)
        return cls(
            frame=frame,
            person=person,
            opportunity=opportunity,
            fixed=_among_fixed(problem, person, opportunity),
            forbidden=_also_in(frame, forbidden),
            fate=fate,
            row=row,
            problem=problem,
            moved=moved,
            chains=chains,
            chain=chain,
            place=place,
            reasons=list(_reasons(allocation, moved, chains)),
        )

    def kept_rows(self) -> pl.DataFrame:
        """Offers that are recommended again."""
        kept = self.frame.filter(pl.Series((self.fate == KEPT) | self.fixed, dtype=pl.Boolean))
        empty = {name: pl.lit(None, dtype=dtype) for name, dtype in _MORE.items()}
        return kept.with_columns(**{**empty, "change": pl.lit("kept")})

    def dropped_rows(self) -> Iterator[_Row]:
        """Offers that are recommended no more."""
        move = np.full(self.frame.height, -1, np.int64)
        move[self.row] = np.arange(self.row.size)
        seen_by = counted(self.moved.person, self.problem.persons)
        seen_at = counted(self.moved.opportunity, self.problem.opportunities)
        for at in np.flatnonzero((self.fate != KEPT) & ~self.fixed).tolist():
            person, opportunity = self.frame.row(at)
            if self.fate[at] == MOVED:
                chain = int(self.chain[move[at]])
                reason = self.reasons[chain]
                yield _Row(person, opportunity, "dropped", reason.code, reason.words, chain, reason.gain)
            elif self.fate[at] == -1:
                yield _Row(person, opportunity, "dropped", *self._not_there(at), None, None)
            elif self.fate[at] == OWED:
                owed, seen = self.problem.owed[self.person[at]], seen_by[self.person[at]]
                words = f"the person is owed {owed:,} now, and {_count(seen, 'offer')} seen could be kept"
                yield _Row(person, opportunity, "dropped", "owed_fewer", words, None, None)
            else:
                places, seen = self.problem.capacity[self.opportunity[at]], seen_at[self.opportunity[at]]
                words = f"the opportunity has {_count(places, 'place')} now, and {_count(seen, 'person')} had seen it"
                yield _Row(person, opportunity, "dropped", "capacity_fell", words, None, None)

    def _not_there(self, at: int) -> tuple[str, str]:
        if self.person[at] < 0:
            return "person_gone", "nobody of this id is planned for now"
        if self.opportunity[at] < 0:
            return "opportunity_gone", "no opportunity of this id has a capacity now"
        if self.forbidden[at]:
            return "forbidden", "this pair is forbidden now"
        return "not_listed", "this pair is not among those that can be recommended now"

    def new_rows(self) -> Iterator[_Row]:
        """Recommendations that were not seen."""
        yield from self._newly_fixed()
        people, places = self.problem.person_ids, self.problem.opportunity_ids
        seen = counted(self.person[self.person >= 0], self.problem.persons)
        lost = self._lost_otherwise()
        for n, (person, pair) in enumerate(zip(self.moved.whose.tolist(), self.moved.new_pair.tolist(), strict=True)):
            move = self.moved.pair.size + n
            before, after = self._beside(move)
            instead = places[int(self.moved.opportunity[after])] if after >= 0 else next(lost[person], None)
            from_whom = f"takes the place of {people[int(self.moved.person[before])]}" if before >= 0 else _FREE
            if instead is not None:
                reason, words = "replaces", f"instead of {instead}"
            elif seen[person]:
                reason, words = "more", f"one more than the {_count(int(seen[person]), 'offer')} seen"
            else:
                reason, words = "first", "the person had seen no offer"
            chain = int(self.chain[move])
            ids = people[person], places[int(self.problem.opportunity[pair])]
            yield _Row(*ids, "new", reason, f"{words}; {from_whom}", chain, self.reasons[chain].gain)

    def _newly_fixed(self) -> Iterator[_Row]:
        fixed = self.problem.fixed
        if fixed is None:
            return
        known = set(zip(self.person[self.fixed].tolist(), self.opportunity[self.fixed].tolist(), strict=True))
        for person, opportunity in zip(fixed.person.tolist(), fixed.opportunity.tolist(), strict=True):
            if (person, opportunity) not in known:
                ids = self.problem.person_ids[person], self.problem.opportunity_ids[opportunity]
                yield _Row(*ids, "new", "fixed", NEW_BECAUSE["fixed"], None, None)

    def _lost_otherwise(self) -> defaultdict[int, Iterator[object]]:
        """What each person drops for another reason than a chain of moves."""
        gone = np.flatnonzero((self.fate != KEPT) & (self.fate != MOVED) & ~self.fixed & (self.person >= 0))
        lists: defaultdict[int, list[object]] = defaultdict(list)
        for at in gone.tolist():
            lists[int(self.person[at])].append(self.frame.item(at, "opportunity_id"))
        return defaultdict(lambda: iter(()), {person: iter(gone) for person, gone in lists.items()})

    def _beside(self, move: int) -> tuple[int, int]:
        """The offer dropped before a move in its chain, whose place is taken, and the one after; -1 for none."""
        chain, at = int(self.chain[move]), int(self.place[move])
        first, last = int(self.chains.start[chain]), int(self.chains.start[chain + 1]) - 1
        closed = self.chains.opens[chain] < 0 and self.chains.gained[chain] < 0 and self.chains.lost[chain] < 0
        before = at - 1 if at > first else last if closed else -1
        after = at + 1 if at < last else first if closed else -1
        moves = self.chains.move
        return int(moves[before]) if before >= 0 else -1, int(moves[after]) if after >= 0 else -1


_MORE = {
    "change": pl.String, "reason": pl.String, "because": pl.String, "chain": pl.Int64, "gain": pl.Float64,
}  # fmt: skip
_FREE = "takes a place that no offer seen needs"


def _codes(ids: pl.Series, known: pl.Series) -> Array:
    if not ids.len() or not known.len():
        return np.full(ids.len(), -1, np.int32)
    require_same_id_type(ids, known, left_table="seen", right_table="the plan")
    return codes_of(ids, known)


def _among_fixed(problem: Problem, person: Array, opportunity: Array) -> Array:
    if problem.fixed is None:
        return np.zeros(person.size, dtype=np.bool_)
    wide = np.int64(problem.opportunities + 1)
    return np.isin(person * wide + opportunity, problem.fixed.person * wide + problem.fixed.opportunity)


def _also_in(frame: pl.DataFrame, forbidden: pl.DataFrame | None) -> Array:
    ids = ["person_id", "opportunity_id"]
    banned = None if forbidden is None else check(forbidden, FORBIDDEN, table="forbidden")
    if banned is None or not banned.height or not frame.height:
        return np.zeros(frame.height, dtype=np.bool_)
    for name in ids:
        require_same_id_type(banned[name], frame[name], left_table="forbidden", right_table="seen")
    marked = frame.join(
        banned.select(ids).unique().with_columns(banned=True), on=ids, how="left", maintain_order="left"
    )
    return marked["banned"].fill_null(False).to_numpy()


def _reasons(allocation: Allocation, moved: Compared, chains: Chains) -> Iterator[_Reason]:
    """Why each chain of moves is made: what would be lost if it alone were undone."""
    problem, missing, load = allocation.problem, allocation.missing, allocation.load
    ladder = problem.ladder
    seen, new = worth_of(problem, moved)
    kept_for = np.where(_counts_more(problem, moved.pair), _keep(problem), 0.0)
    more = np.where(_counts_more(problem, moved.new_pair), _keep(problem), 0.0)
    worth, gain = chains.sums(seen, new), chains.sums(seen - kept_for, new - more)
    drops, counts = -chains.sums(np.ones(seen.size), np.zeros(new.size)), -chains.sums(kept_for, np.zeros(new.size))
    for chain, moves in enumerate(np.diff(chains.start).tolist()):
        lost, gained = int(chains.lost[chain]), int(chains.gained[chain])
        opens, leaves = int(chains.opens[chain]), int(chains.leaves[chain])
        first = _for_spread(problem, missing, lost, gained) or _for_minimum(problem, load, opens, leaves)
        if first is not None:
            code, words = first
        else:
            cheaper = _cheaper(ladder, load, opens, leaves)
            in_all = worth[chain] + cheaper + _penalties(problem, missing, load, chains, chain)
            code = "worth_more" if in_all > 0 else "not_best"
            words = ("score" if moves > 1 else "scores") + _points(gain[chain], "with priority", problem.bonus)
            if cheaper:
                words += f"; places cost{_points(-cheaper, '', None)}"
            if counts[chain] > 0:
                dropped = _count(round(drops[chain]), "offer")
                words += (
                    f"; the {dropped} seen that they drop count{'s' if drops[chain] == 1 else ''} {counts[chain]:.4f}"
                )
        them = f"this and {_count(moves - 1, 'other move')}" if moves > 1 else "this move"
        yield _Reason(code, f"{them} {words}", round(float(gain[chain]), 9))


def _for_spread(problem: Problem, missing: Array, lost: int, gained: int) -> tuple[str, str] | None:
    """The reason of a chain without which more would be missing, or less fairly; None for any other."""
    if gained < 0:
        return None
    one, less = problem.person_ids[gained], int(missing[gained]) + 1
    if lost < 0:
        return "fewer_missing", f"give {one} one more; without them one more would be missing"
    if less <= missing[lost]:
        return None
    other = problem.person_ids[lost]
    return "fairer", f"give {one} one more; else {one} would miss {less} and {other} {int(missing[lost]) - 1}"


def _points(number: float, about: str, bonus: Array | None) -> str:
    what = f" {about}" if bonus is not None else ""
    return f" {abs(number):.4f}{what} {'more' if number >= 0 else 'less'}"


def _for_minimum(problem: Problem, load: Array, opens: int, leaves: int) -> tuple[str, str] | None:
    """The reason of a chain without which one more place would be short of a minimum; None for any other."""
    if _wanted_places(problem, load, opens, leaves) <= 0:
        return None
    return "minimum", f"fill a place that the minimum of {problem.opportunity_ids[opens]} asks for"


def _wanted_places(problem: Problem, load: Array, opens: int, leaves: int) -> int:
    """How many places a chain keeps from being short of a minimum: 1, 0, or -1."""
    if problem.minimum is None:
        return 0
    filled = opens >= 0 and load[opens] <= problem.minimum[opens]
    left = leaves >= 0 and load[leaves] < problem.minimum[leaves]
    return int(filled) - int(left)


def _cheaper(ladder: Ladder | None, load: Array, opens: int, leaves: int) -> float:
    """Points of congestion that a chain saves: for the place that it leaves, minus the one that it opens."""
    if ladder is None:
        return 0.0
    saved = _place_costs(ladder, leaves, int(load[leaves]) + 1) if leaves >= 0 else 0.0
    return saved - (_place_costs(ladder, opens, int(load[opens])) if opens >= 0 else 0.0)


def _place_costs(ladder: Ladder, opportunity: int, number: int) -> float:
    """Points that this place of an opportunity costs under congestion."""
    if number <= max(ladder.minimum[opportunity], ladder.easy[opportunity]):
        return 0.0
    return float(ladder.rise * (number - ladder.easy[opportunity]) / ladder.span[opportunity])


def _penalties(problem: Problem, missing: Array, load: Array, chains: Chains, chain: int) -> float:
    """What a chain saves in penalties, also for places short of a minimum; 0 where there are none."""
    if problem.penalties is None:
        return 0.0
    lost, gained = int(chains.lost[chain]), int(chains.gained[chain])
    of_missing = problem.penalties[::-1]  # who misses one lacks the last recommendation
    saved = of_missing[int(missing[gained])] if gained >= 0 else 0.0
    saved -= of_missing[int(missing[lost]) - 1] if lost >= 0 else 0.0
    places = _wanted_places(problem, load, int(chains.opens[chain]), int(chains.leaves[chain]))
    return saved + MINIMUM_PRICE * places


def _counts_more(problem: Problem, pair: Array) -> Array:
    return np.zeros(pair.size, dtype=np.bool_) if problem.seen is None else np.isin(pair, problem.seen.pair)


def _keep(problem: Problem) -> float:
    return 0.0 if problem.seen is None else problem.seen.keep
