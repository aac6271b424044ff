"""What a plan gives back: the allocation, and what a reader needs in order to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import cast

import numpy as np
import polars as pl

from talentcity.errors import UnknownName
from talentcity.plan.certify import Group, Network, group_of, leading_to_room, reached_from
from talentcity.plan.problem import Mask, Problem
from talentcity.tables import PLAN


class Status(Enum):
    """How close the plan is to the best one, as proved by the bound in the report."""

    OPTIMAL = "optimal"  # no plan is better by more than 1e-9 points of score per recommendation owed
    WITHIN_GAP = "within_gap"  # at most the wished gap away from the bound
    GAP_NOT_REACHED = "gap_not_reached"  # a plan that keeps every rule, but further away than wished


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Why one person is short, or that nobody need be.

    Attributes:
        person_id: whom it is about.
        owed, given, missing: recommendations.
        pairs: how many opportunities the person could take at all.
        unavoidable: nothing could be given to this person without taking it from somebody; the sets below prove it.
            False when something could; None when nothing is missing. The sets are empty in both cases.
        persons: the person and everybody whose recommendations would have to move for one more.
        opportunities: the only ones that these persons could move to; all are full.
        places: what these opportunities hold.
        elsewhere: what these persons have at other opportunities; it is all there is for them.
        group_owed, group_missing: sums over `persons`.
        checked: group_missing == group_owed - places - elsewhere, counted from the tables.
    """

    person_id: object
    owed: int
    given: int
    missing: int
    pairs: int
    unavoidable: bool | None
    persons: tuple[object, ...] = ()
    opportunities: tuple[object, ...] = ()
    places: int = 0
    elsewhere: int = 0
    group_owed: int = 0
    group_missing: int = 0
    checked: bool = False

    def __str__(self) -> str:
        if self.owed == 0:
            return f"Person {self.person_id} is owed nothing."
        if self.missing == 0:
            return f"Person {self.person_id} has the {_count(self.owed, 'recommendation')} owed."
        start = f"Person {self.person_id} has {self.given} of {_count(self.owed, 'recommendation')}"
        if not self.unavoidable:
            return (
                f"{start}; one more is possible without taking it from anybody, but the penalties did not ask for it."
            )
        return f"{start}: {self._why_alone() if len(self.persons) == 1 else self._why_together()}"

    def _why_alone(self) -> str:
        if self.pairs == 0:
            return "the pairs hold no opportunity for this person."
        full = f", {len(self.opportunities)} of them with capacity 0" if self.opportunities else ""
        return f"the pairs hold only {_count(self.pairs, 'opportunity')} for this person{full}."

    def _why_together(self) -> str:
        here = f"{_count(self.places, 'place')} at the {_count(len(self.opportunities), 'opportunity')} they share"
        return (
            f"{len(self.persons):,} persons, owed {self.group_owed:,} in all, have only {here} "
            f"and {self.elsewhere:,} elsewhere; at least {self.group_missing:,} must be missing among them."
        )


def _count(number: int, one: str) -> str:
    many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return f"{number:,} {one if number == 1 else many}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """An allocation with its proof. Arrays and dictionaries in it cannot be written to.

    Attributes:
        plan: PLAN frame: person_id, opportunity_id, rank (1 is the best of the person's), score; sorted by person
            and rank. Equal scores rank by opportunity id.
        short: who misses something: person_id, owed, given, missing, pairs (how many opportunities the person could
            take at all), unavoidable (nothing could be added without taking it from somebody; proved by the group),
            group (position in `groups`, empty when avoidable); sorted by person.
        report: figures by the names of the contract; `json.dumps(dict(plan.report))` works.
        status: OPTIMAL, WITHIN_GAP or GAP_NOT_REACHED.
        fair: proved that nobody misses m while somebody missing at most m - 2 could give them one up, by any
            chain of exchanges. May be false with penalties.
        groups: the proof of the shortage, in codes; `certificate()` gives it with ids.
        problem: what was solved.
        chosen: (P,) pair p of the problem is part of the plan.
    """

    plan: pl.DataFrame
    short: pl.DataFrame
    report: Mapping[str, object]
    status: Status
    fair: bool
    groups: tuple[Group, ...] = field(repr=False)
    problem: Problem = field(repr=False)
    chosen: Mask = field(repr=False)
    _network: Network = field(repr=False)

    def out_of_reach(self) -> tuple[pl.Series, pl.Series]:
        """Persons whom no exchange can give one more, and the opportunities that could take one more by some exchange.

        A further pair can lower what is missing only if it joins the two, or if others that do are added. So where
        no person of the first may take any opportunity of the second, the shortage is one of places and not of the
        list of pairs.
        """
        lucky, reaches = leading_to_room(self._network)
        persons = self.problem.person_ids.filter(pl.Series(~lucky))
        opportunities = self.problem.opportunity_ids.filter(pl.Series(reaches))
        return persons.rename("person_id"), opportunities.rename("opportunity_id")

    def explain(self, person: object) -> Shortage:
        """Why this person is short.

        Raises:
            UnknownName: nobody of that id was planned for.

        Example:
            >>> from talentcity.plan import solve
            >>> pairs = pl.DataFrame({"person_id": ["A", "B"], "opportunity_id": ["V", "V"], "score": [0.9, 0.5]})
            >>> plan = solve(pairs, pl.DataFrame({"opportunity_id": ["V"], "capacity": [1]}), per_person=1)
            >>> print(plan.explain("B"))
            Person B has 0 of 1 recommendation: 2 persons, owed 2 in all, have only 1 place at the 1 opportunity
            they share and 0 elsewhere; at least 1 must be missing among them.
        """
        code = self._code(person)
        network, problem = self._network, self.problem
        owed, missing = int(problem.owed[code]), int(network.missing[code])
        about = Shortage(
            person_id=person,
            owed=owed,
            given=owed - missing,
            missing=missing,
            pairs=int(network.person_start[code + 1] - network.person_start[code]),
            unavoidable=None,
        )
        if missing == 0:
            return about
        seen, full = reached_from(network, np.array([code], dtype=np.int64))
        if (full & network.has_room).any():
            return replace(about, unavoidable=False)
        return _with(about, group_of(network, seen, full), problem)

    def certificate(self) -> dict[str, object]:
        """The proof of the shortage with ids, ready for JSON.

        `proved` is the sum over the groups: no plan whatsoever misses less than that.
        """
        groups = [_with_ids(group, self.problem) for group in self.groups]
        could = self.short.filter(~pl.col("unavoidable"))["person_id"].to_list()
        return {
            "persons_short": self.short.height,
            "missing": int(self._network.missing.sum()),
            "proved": sum(group.missing for group in self.groups),
            "missing_is_minimum": self.report["missing_is_minimum"],
            "fairest": self.fair,
            "avoidable": could,
            "groups": groups,
        }

    def _code(self, person: object) -> int:
        ids = self.problem.person_ids
        fits = isinstance(person, str) if ids.dtype == pl.String else isinstance(person, int)
        at = ids.index_of(cast("str | int", person)) if fits else None
        if at is None:
            kind = "text" if ids.dtype == pl.String else "numbers"
            raise UnknownName(f"{person!r} is not among the {ids.len():,} persons of this plan (ids are {kind}).")
        return at


def _with(about: Shortage, group: Group, problem: Problem) -> Shortage:
    return replace(
        about,
        unavoidable=True,
        persons=tuple(problem.person_ids.gather(group.persons).to_list()),
        opportunities=tuple(problem.opportunity_ids.gather(group.opportunities).to_list()),
        places=group.places,
        elsewhere=group.elsewhere,
        group_owed=group.owed,
        group_missing=group.missing,
        checked=group.checked,
    )


def _with_ids(group: Group, problem: Problem) -> dict[str, object]:
    return {
        "persons": problem.person_ids.gather(group.persons).to_list(),
        "opportunities": problem.opportunity_ids.gather(group.opportunities).to_list(),
        "owed": group.owed,
        "places": group.places,
        "elsewhere": group.elsewhere,
        "missing": group.missing,
        "checked": group.checked,
    }


def plan_frame(problem: Problem, chosen: Mask) -> pl.DataFrame:
    """The chosen pairs as a PLAN frame."""
    pairs = np.flatnonzero(chosen)
    order = pairs[np.lexsort((problem.opportunity[pairs], -problem.score[pairs], problem.person[pairs]))]
    person = problem.person[order]
    first = np.searchsorted(person, person, side="left")
    return pl.DataFrame(
        {
            "person_id": problem.person_ids.gather(person),
            "opportunity_id": problem.opportunity_ids.gather(problem.opportunity[order]),
            "rank": np.arange(order.size, dtype=np.int64) - first + 1,
            "score": problem.score[order],
        }
    ).select(PLAN.names)


def short_frame(network: Network, could_have_more: Mask, groups: tuple[Group, ...]) -> pl.DataFrame:
    """Who misses something, and the group that proves it."""
    problem = network.problem
    short = np.flatnonzero(network.missing)
    group = np.full(problem.persons, -1, dtype=np.int64)
    for number, members in enumerate(groups):
        group[members.persons] = number
    # Somebody who could have more may stand in a group only as one who holds a place of it.
    group[could_have_more] = -1
    return pl.DataFrame(
        {
            "person_id": problem.person_ids.gather(short),
            "owed": problem.owed[short],
            "given": problem.owed[short] - network.missing[short],
            "missing": network.missing[short],
            "pairs": problem.options[short],
            "unavoidable": ~could_have_more[short],
            "group": group[short],
        }
    ).with_columns(group=pl.when(pl.col("group") >= 0).then("group"))


def read_only(figures: dict[str, object]) -> Mapping[str, object]:
    """A view of the figures that cannot be written to."""
    return MappingProxyType(figures)
