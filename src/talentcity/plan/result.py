"""What a plan gives back: the allocation, and what a reader needs in order to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import cast, overload

import numpy as np
import polars as pl

from talentcity.errors import InvalidTable, Violation
from talentcity.plan.allocation import MISSING, Allocation
from talentcity.plan.minimums import Unmet, UnmetGroups
from talentcity.plan.prices import Place, Prices, code_of, prices_of
from talentcity.plan.problem import Codes, Mask, Numbers, Problem, Whole, frozen
from talentcity.plan.shortage import Group, Groups, Proof, closed_set
from talentcity.plan.variants import Fixed
from talentcity.tables import PLAN, require_same_id_type


class Status(Enum):
    """How close the plan is to the best one, as proved by the bound in the report."""

    OPTIMAL = "optimal"  # no plan is better by more than 1e-9 points of score per recommendation owed
    WITHIN_GAP = "within_gap"  # at most the wished gap away from the bound
    GAP_NOT_REACHED = "gap_not_reached"  # a plan that keeps every rule, but further away than wished
    TIME_LIMIT = "time_limit"  # the same, because the time limit came first


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
        places: what these opportunities hold, beside fixed pairs.
        elsewhere: what these persons have at other opportunities, it is all there is for them; and their fixed pairs.
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
class Certificate:
    """The proof of a shortage, with ids.

    Attributes:
        persons_short: persons.
        missing: recommendations.
        proved: no plan whatsoever misses fewer than that; the sum over the groups.
        missing_is_minimum: no plan misses fewer than this one.
        fairest: and none spreads what is missing more fairly.
        avoidable: persons who could have one more without taking it from anybody. Only with penalties.
        zero_needlessly: persons who miss all of `per_person` though they could have one, without taking the last one
            from somebody else who is owed as much. Only with penalties; each alone, not always all together.
        groups: in codes.
        unmet: in codes: opportunities that want more people than there are for them; empty without minima.
    """

    persons_short: int
    missing: int
    proved: int
    missing_is_minimum: bool
    fairest: bool
    avoidable: pl.Series
    zero_needlessly: pl.Series
    groups: Groups = field(repr=False)
    unmet: UnmetGroups = field(repr=False)
    _proof: Proof = field(repr=False)

    @classmethod
    def of(cls, proof: Proof, unmet: UnmetGroups) -> Certificate:
        """Turn codes into ids."""
        ids, missing = proof.exchanges.allocation.problem.person_ids, proof.counted.missing
        return cls(
            persons_short=int((missing > 0).sum()),
            missing=int(missing.sum(dtype=np.int64)),
            proved=int(proof.groups.missing.sum()),
            missing_is_minimum=proof.missing_is_minimum,
            fairest=proof.fair,
            avoidable=ids.gather(np.flatnonzero(proof.could_have_more)),
            zero_needlessly=ids.gather(proof.zero_needlessly),
            groups=proof.groups,
            unmet=unmet,
            _proof=proof,
        )

    def to_dict(self) -> dict[str, object]:
        """All of it with ids, ready for JSON."""
        problem = self._proof.exchanges.allocation.problem
        return {
            "persons_short": self.persons_short,
            "missing": self.missing,
            "proved": self.proved,
            "missing_is_minimum": self.missing_is_minimum,
            "fairest": self.fairest,
            "avoidable": self.avoidable.to_list(),
            "zero_needlessly": self.zero_needlessly.to_list(),
            "groups": [_with_ids(group, problem) for group in self.groups],
            "unmet_minima": [_unmet_with_ids(group, problem) for group in self.unmet],
        }

    def by(self, persons: pl.DataFrame, opportunities: pl.DataFrame, *, group: int | None = None) -> pl.DataFrame:
        """Who is short, how much is missing, and which places are full: summed by labels such as district.

        Args:
            persons: person_id and labels, such as district and occupation; each person at most once.
            opportunities: opportunity_id and the same labels; each opportunity at most once.
            group: only what belongs to this group; None: everything.

        Returns:
            One row per combination of labels that occurs, most missing first: the labels (empty where the tables do
            not list somebody), persons, persons_short, owed, missing, opportunities, places, and full_places, the
            places of opportunities in the groups: nobody in their groups can have more.

        Raises:
            InvalidTable: an id stands twice or has another type than in the plan, or the labels are not the same.

        Example:
            >>> from talentcity.plan import solve
            >>> pairs = pl.DataFrame({"person_id": ["A", "B"], "opportunity_id": ["V", "V"], "score": [0.9, 0.5]})
            >>> plan = solve(pairs, pl.DataFrame({"opportunity_id": ["V"], "capacity": [1]}), per_person=1)
            >>> homes = pl.DataFrame({"person_id": ["A", "B"], "district": ["north", "south"]})
            >>> sites = pl.DataFrame({"opportunity_id": ["V"], "district": ["north"]})
            >>> plan.certificate().by(homes, sites).rows(named=True)[0]
            {'district': 'south', 'persons': 1, 'persons_short': 1, 'owed': 1, 'missing': 1,
             'opportunities': 0, 'places': 0, 'full_places': 0}
        """
        problem, missing = self._proof.exchanges.allocation.problem, self._proof.counted.missing
        labels = _same_labels(persons, opportunities)
        people = pl.DataFrame(
            {
                "person_id": problem.person_ids,
                "persons": 1,
                "persons_short": (missing > 0).astype(np.int64),
                "owed": (problem.owed + problem.fixed_given).astype(np.int64),
                "missing": missing.astype(np.int64),
            }
        )
        held = problem.capacity + problem.fixed_load
        places = pl.DataFrame(
            {
                "opportunity_id": problem.opportunity_ids,
                "opportunities": 1,
                "places": held,
                "full_places": np.where(self.groups.of_opportunity >= 0, held, 0),
            }
        )
        here = _labelled(people, persons, "persons", _of_group(self.groups.of_person, group))
        there = _labelled(places, opportunities, "opportunities", _of_group(self.groups.of_opportunity, group))
        sums = ["persons", "persons_short", "owed", "missing", "opportunities", "places", "full_places"]
        return (
            pl.concat([here, there], how="diagonal")
            .group_by(labels)
            .agg(pl.col(sums).sum().cast(pl.Int64))
            .sort(pl.col("missing"), *labels, descending=[True, *(False for _ in labels)])
        )


def _same_labels(persons: pl.DataFrame, opportunities: pl.DataFrame) -> list[str]:
    labels = [name for name in persons.columns if name != "person_id"]
    others = [name for name in opportunities.columns if name != "opportunity_id"]
    for name, table, key in (("persons", persons, "person_id"), ("opportunities", opportunities, "opportunity_id")):
        if key not in table.columns:
            raise InvalidTable([Violation(name, None, key, None, f"expected a column {key}")])
    if not labels or set(labels) != set(others):
        shown = f"persons have {', '.join(labels) or 'none'}, opportunities {', '.join(others) or 'none'}"
        expected = f"expected the same labels in both tables, at least one, such as district; {shown}"
        raise InvalidTable([Violation("opportunities", None, "", None, expected)])
    return labels


def _of_group(numbers: Codes, group: int | None) -> pl.Series:
    return pl.Series(np.ones(numbers.size, dtype=np.bool_) if group is None else numbers == group)


def _labelled(counts: pl.DataFrame, labels: pl.DataFrame, name: str, kept: pl.Series) -> pl.DataFrame:
    key = counts.columns[0]
    require_same_id_type(labels[key], counts[key], left_table=name, right_table="the plan")
    twice = labels[key].is_duplicated().arg_true()
    if twice.len():
        row = int(twice[1])
        raise InvalidTable([Violation(name, row + 1, key, str(labels[key][row]), "expected each id once")])
    return counts.filter(kept).join(labels, on=key, how="left").drop(key)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """An allocation with its proof. Arrays and dictionaries in it cannot be written to.

    Attributes:
        plan: PLAN frame: person_id, opportunity_id, rank (1 is the best of the person's), score; sorted by person
            and rank. Equal scores rank by opportunity id. A fixed pair that does not stand among the pairs has no
            score (null) and ranks behind those that have one.
        short: who misses something: person_id, owed, given, missing, pairs (how many opportunities the person could
            take at all; all four with what is fixed), unavoidable (nothing could be added without taking it from
            somebody; proved by the group), group (position in `groups`, empty when avoidable); sorted by person.
        report: figures by the names of the contract; `json.dumps(dict(plan.report))` works.
        status: how close the plan is to the best one.
        fair: proved that no plan misses fewer or spreads what is missing more fairly. May be false with penalties.
        groups: the proof of the shortage, in codes; `certificate()` gives it with ids.
        unmet: the proof that no plan has fewer places short of a minimum, in codes; the certificate has it, too.
        problem: what was solved.
        allocation: who gets what, in codes.
        price: (V,) points of score: the prices of places that give the upper bound.
    """

    plan: pl.DataFrame
    short: pl.DataFrame
    report: Mapping[str, object]
    status: Status
    fair: bool
    groups: Groups = field(repr=False)
    unmet: UnmetGroups = field(repr=False)
    problem: Problem = field(repr=False)
    allocation: Allocation = field(repr=False)
    price: Numbers = field(repr=False)
    _proof: Proof = field(repr=False)
    _prices: list[Prices] = field(default_factory=list, repr=False)

    @property
    def chosen(self) -> Mask:
        """(P,) pair p of the problem is part of the plan; made anew at every call."""
        return frozen(self.allocation.chosen)

    def out_of_reach(self) -> tuple[pl.Series, pl.Series]:
        """Persons whom no exchange can give one more, and the opportunities that could take one more by some exchange.

        A further pair can lower what is missing only if it joins the two, or if others that do are added. So where
        no person of the first may take any opportunity of the second, the shortage is one of places and not of the
        list of pairs.
        """
        lucky, reaches = self._proof.exchanges.leading_to_room()
        persons = self.problem.person_ids.filter(pl.Series(~lucky))
        opportunities = self.problem.opportunity_ids.filter(pl.Series(reaches))
        return persons.rename("person_id"), opportunities.rename("opportunity_id")

    def prices(self) -> Prices:
        """What one more place in each opportunity would be worth; counted when it is asked for first, then kept.

        Its `frame` has one row for each opportunity, `top(n)` those worth most, `by(labels)` sums by employer,
        occupation or district, and `explain(opportunity)` one of them in words.

        Raises:
            InvalidOption: the problem has minima or congestion.

        Example:
            >>> from talentcity.plan import solve
            >>> pairs = pl.DataFrame({"person_id": ["A", "B"], "opportunity_id": ["V", "V"], "score": [0.9, 0.5]})
            >>> plan = solve(pairs, pl.DataFrame({"opportunity_id": ["V"], "capacity": [1]}), per_person=1)
            >>> plan.prices().frame.drop("price").rows(named=True)[0]
            {'opportunity_id': 'V', 'capacity': 1, 'load': 1, 'recommendations': 1, 'missing': 1,
             'worth': 0.5, 'worth_low': 0.5, 'worth_high': 0.5, 'exact': 1}
        """
        if not self._prices:
            options = cast("Mapping[str, list[float]]", self.report["options"])
            self._prices.append(prices_of(self._proof.exchanges, self.price, options["steps"]))
        return self._prices[0]

    @overload
    def explain(self, person: object) -> Shortage: ...
    @overload
    def explain(self, *, opportunity: object) -> Place: ...
    def explain(self, person: object = None, *, opportunity: object = None) -> Shortage | Place:
        """Why this person is short, or what one more place of this opportunity would be worth. One of the two.

        Raises:
            UnknownName: nobody of that id, or no opportunity, was planned for.
            InvalidOption: an opportunity of a problem with minima or congestion.

        Example:
            >>> from talentcity.plan import solve
            >>> pairs = pl.DataFrame({"person_id": ["A", "B"], "opportunity_id": ["V", "V"], "score": [0.9, 0.5]})
            >>> plan = solve(pairs, pl.DataFrame({"opportunity_id": ["V"], "capacity": [1]}), per_person=1)
            >>> print(plan.explain("B"))
            Person B has 0 of 1 recommendation: 2 persons, owed 2 in all, have only 1 place at the 1 opportunity
            they share and 0 elsewhere; at least 1 must be missing among them.
            >>> print(plan.explain(opportunity="V"))
            Opportunity V is full: 1 of 1 place. One more would give one recommendation more, to somebody who lacks 1:
            1 person who is short could come here or to a place that is left for it. The score would change by +0.5000.
            One fewer would take one recommendation away and change it by -0.9000.
        """
        if opportunity is not None:
            return self.prices().explain(opportunity)
        code = code_of(self.problem.person_ids, person, "persons")
        exchanges, problem = self._proof.exchanges, self.problem
        fixed = int(problem.fixed_given[code])
        owed, missing = int(problem.owed[code]) + fixed, int(exchanges.missing[code])
        about = Shortage(
            person_id=person,
            owed=owed,
            given=owed - missing,
            missing=missing,
            pairs=int(problem.start[code + 1] - problem.start[code]) + fixed,
            unavoidable=None,
        )
        if missing == 0:
            return about
        group = closed_set(exchanges, code)
        return replace(about, unavoidable=False) if group is None else _with(about, group, problem)

    def certificate(self) -> Certificate:
        """The proof of the shortage with ids, and sums of it by district, occupation or any other label."""
        return Certificate.of(self._proof, self.unmet)


def _with(about: Shortage, group: Group, problem: Problem) -> Shortage:
    fixed = _fixed(group, problem)
    return replace(
        about,
        unavoidable=True,
        persons=tuple(problem.person_ids.gather(group.persons).to_list()),
        opportunities=tuple(problem.opportunity_ids.gather(group.opportunities).to_list()),
        places=group.places,
        elsewhere=group.elsewhere + fixed,
        group_owed=group.owed + fixed,
        group_missing=group.missing,
        checked=group.checked,
    )


def _fixed(group: Group, problem: Problem) -> int:
    """How many pairs are fixed for these persons: they were owed so many more, and have them."""
    return int(problem.fixed_given[group.persons].sum())


def _with_ids(group: Group, problem: Problem) -> dict[str, object]:
    fixed = _fixed(group, problem)
    return {
        "persons": problem.person_ids.gather(group.persons).to_list(),
        "opportunities": problem.opportunity_ids.gather(group.opportunities).to_list(),
        "owed": group.owed + fixed,
        "places": group.places,
        "elsewhere": group.elsewhere + fixed,
        "missing": group.missing,
        "checked": group.checked,
    }


def _unmet_with_ids(group: Unmet, problem: Problem) -> dict[str, object]:
    return {
        "opportunities": problem.opportunity_ids.gather(group.opportunities).to_list(),
        "persons": problem.person_ids.gather(group.persons).to_list(),
        "wanted": group.wanted,
        "possible": group.possible,
        "short": group.short,
        "checked": group.checked,
    }


def plan_frame(allocation: Allocation) -> pl.DataFrame:
    """The recommendations as a PLAN frame."""
    problem = allocation.problem
    units = np.flatnonzero(allocation.taken != MISSING)
    person = np.repeat(np.arange(problem.persons, dtype=np.int32), problem.owed)[units]
    opportunity, score = allocation.taken[units], allocation.scores[units]
    rank = units - problem.unit_start[person] + 1
    if problem.fixed is not None or problem.seen is not None:  # scores may stand in another order than units
        person, opportunity, score, rank = _ranked(problem.fixed, person, opportunity, score)
    frame = pl.DataFrame(
        {
            "person_id": problem.person_ids.gather(person),
            "opportunity_id": problem.opportunity_ids.gather(opportunity),
            "rank": rank,
            "score": score,
        }
    ).select(PLAN.names)
    return frame if problem.fixed is None else frame.with_columns(pl.col("score").fill_nan(None))


def _ranked(
    fixed: Fixed | None, person: Codes, opportunity: Codes, score: Numbers
) -> tuple[Codes, Codes, Numbers, Whole]:
    """Persons, opportunities, scores and ranks of what is planned and what is fixed; NaN, no score, ranks last."""
    if fixed is not None:
        person, opportunity = np.append(person, fixed.person), np.append(opportunity, fixed.opportunity)
        score = np.append(score, fixed.score)
    order = np.lexsort((opportunity, -score, person))  # NaN goes last
    person = person[order]
    rank = np.arange(1, person.size + 1) - np.searchsorted(person, person)
    return person, opportunity[order], score[order], rank


def short_frame(proof: Proof) -> pl.DataFrame:
    """Who misses something, and the group that proves it."""
    problem, missing = proof.exchanges.allocation.problem, proof.counted.missing
    short = np.flatnonzero(missing)
    fixed = problem.fixed_given[short]
    return pl.DataFrame(
        {
            "person_id": problem.person_ids.gather(short),
            "owed": problem.owed[short] + fixed,
            "given": problem.owed[short] + fixed - missing[short],
            "missing": missing[short],
            "pairs": problem.options[short] + fixed,
            "unavoidable": ~proof.could_have_more[short],
            "group": proof.groups.of_person[short].astype(np.int64),
        }
    ).with_columns(group=pl.when(pl.col("group") >= 0).then("group"))


def read_only(figures: dict[str, object]) -> Mapping[str, object]:
    """A view of the figures that cannot be written to."""
    return MappingProxyType(figures)
