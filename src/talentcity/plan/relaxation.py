"""Prices of an exact plan, by relaxation over its residual network.

Reference: Ahuja, Magnanti and Orlin (1993), Network Flows, section 9.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talentcity.plan.flow import Costs, step_size, tolls
from talentcity.plan.problem import Mask, Problem, Whole


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A problem with the pairs of a plan, and the lists that searches walk along."""

    problem: Problem
    chosen: Mask
    missing: Whole
    load: Whole
    person_start: Whole
    by_opportunity: Whole
    opportunity_start: Whole

    @classmethod
    def of(cls, problem: Problem, chosen: Mask) -> Network:
        """List the pairs by person and by opportunity."""
        given = np.bincount(problem.person[chosen], minlength=problem.persons)
        load = np.bincount(problem.opportunity[chosen], minlength=problem.opportunities)
        return cls(
            problem=problem,
            chosen=chosen,
            missing=problem.owed - given,
            load=load,
            person_start=_starts(problem.person, problem.persons),
            by_opportunity=np.argsort(problem.opportunity, kind="stable"),
            opportunity_start=_starts(problem.opportunity, problem.opportunities),
        )

    @property
    def has_room(self) -> Mask:
        """(V,) opportunities that could take one more."""
        return np.asarray(self.load < self.problem.capacity)

    def pairs_of_persons(self, persons: Whole) -> Whole:
        """Numbers of all pairs of these persons."""
        return _ranges(self.person_start, persons)

    def pairs_of_opportunities(self, opportunities: Whole) -> Whole:
        """Numbers of all pairs of these opportunities."""
        return self.by_opportunity[_ranges(self.opportunity_start, opportunities)]


def _starts(codes: Whole, size: int) -> Whole:
    return np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=size))]).astype(np.int64)


def _ranges(start: Whole, which: Whole) -> Whole:
    """All numbers of start[i]..start[i + 1] - 1 for the i of `which`, one range after the other."""
    lengths = start[which + 1] - start[which]
    ends = np.cumsum(lengths)
    shift: Whole = np.repeat(start[which] - (ends - lengths), lengths)
    return np.arange(shift.size, dtype=np.int64) + shift


def prices_of(network: Network, costs: Costs) -> tuple[Whole, Whole]:
    """A price per opportunity, and what the last unit owed to each person is worth (negative: missing), in parts.

    They come from distances in the residual network by the rule of Bellman and Ford. In the best plan no cycle has a
    negative cost and the distances settle; otherwise they fall for ever and the search ends at a floor that no simple
    path can reach.
    """
    problem = network.problem
    search = _Distances.of(network, costs)
    floor = -(max(costs.steps) + 2 * costs.wanted + step_size(problem, costs.unit))
    persons, opportunities = np.arange(problem.persons), np.arange(problem.opportunities)
    while persons.size or opportunities.size:
        persons, opportunities = search.relaxed(persons, opportunities)
        if search.sink < floor or search.person.min(initial=0) < floor:
            break
    every = np.arange(problem.opportunities)
    first = tolls(problem, costs, every, np.ones_like(every))  # what nobody takes asks for no less
    return np.maximum(search.sink - search.opportunity, first), search.person - search.sink


@dataclass(slots=True, eq=False)
class _Distances:
    """Shortest distances so far, from anywhere, to each person, each opportunity and the sink."""

    network: Network
    costs: Costs
    chosen: Whole
    next_step: Whole  # cost of one more missing unit, per person who has a unit to lose
    last_step: Whole  # cost saved by one missing unit fewer, per person who misses one
    may_lose: Whole
    short: Whole
    room: Whole  # opportunities that could take one more,
    next_toll: Whole  # and what that place asks for
    taken: Whole  # opportunities that could give one up,
    last_toll: Whole  # and what that place asks for
    person: Whole
    opportunity: Whole
    sink: int = 0

    @classmethod
    def of(cls, network: Network, costs: Costs) -> _Distances:
        problem, missing = network.problem, network.missing
        steps = np.array(costs.steps, dtype=np.int64)
        may_lose, short = np.flatnonzero(missing < problem.owed), np.flatnonzero(missing > 0)
        room, taken = np.flatnonzero(network.has_room), np.flatnonzero(network.load)
        return cls(
            network=network,
            costs=costs,
            chosen=np.flatnonzero(network.chosen),
            next_step=steps[missing[may_lose]],
            last_step=steps[missing[short] - 1],
            may_lose=may_lose,
            short=short,
            room=room,
            next_toll=tolls(problem, costs, room, network.load[room] + 1),
            taken=taken,
            last_toll=tolls(problem, costs, taken, network.load[taken]),
            person=np.zeros(problem.persons, dtype=np.int64),
            opportunity=np.zeros(problem.opportunities, dtype=np.int64),
        )

    def relaxed(self, persons: Whole, opportunities: Whole) -> tuple[Whole, Whole]:
        """Pass on what changed in the last round; returns whose distance has fallen in this one."""
        person, opportunity = self.person.copy(), self.opportunity.copy()
        self._take(persons)
        self._through_sink()
        if opportunities.size or (self.opportunity < opportunity).any():
            self._give_up()
        return np.flatnonzero(self.person < person), np.flatnonzero(self.opportunity < opportunity)

    def _take(self, persons: Whole) -> None:
        """A person could take a pair that is not chosen, and gains its score."""
        pairs = self.network.pairs_of_persons(persons)
        pairs = pairs[~self.network.chosen[pairs]]
        problem = self.network.problem
        distance = self.person[problem.person[pairs]] - self.costs.gain[pairs]
        np.minimum.at(self.opportunity, problem.opportunity[pairs], distance)

    def _give_up(self) -> None:
        """An opportunity could give up a pair that is chosen, and loses its score."""
        problem = self.network.problem
        distance = self.opportunity[problem.opportunity[self.chosen]] + self.costs.gain[self.chosen]
        np.minimum.at(self.person, problem.person[self.chosen], distance)

    def _through_sink(self) -> None:
        """Room is left at an opportunity, or a person misses one more; then one taken or one missing fewer."""
        sink = min(self.sink, int((self.opportunity[self.room] + self.next_toll).min(initial=self.sink)))
        sink = min(sink, int((self.person[self.may_lose] + self.next_step).min(initial=sink)))
        self.sink = sink
        self.opportunity[self.taken] = np.minimum(self.opportunity[self.taken], sink - self.last_toll)
        self.person[self.short] = np.minimum(self.person[self.short], sink - self.last_step)
