"""Time, memory and shortage of `talentcity.plan` beside other ways to the same plan, on the same seeded instances.

Run: .venv/bin/python bench/plan.py [--sizes 1000x500x40,10000x5000x40,20000x10000x40] [--seed 1] [--highs 50000]

Every solver runs alone in a fresh process. Seconds are from data frames in memory to the answer; CPU seconds are of
all threads; memory is the peak of the whole process, with Python, its libraries and the instance. The instance:
persons and opportunities fall into districts x occupation families of very different size; 80 % of a person's pairs
are in their own; capacity is heavy-tailed; 5 % of the persons have one to five pairs only. Greedy takes the pairs from
the highest score down.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

PER_PERSON = 3
PENALTY = 2.0
CLUSTERS = 40


@dataclass(frozen=True)
class Instance:
    """Coded arrays, sorted by person; the frames hold the same with ids as text, shuffled."""

    persons: int
    opportunities: int
    person: np.ndarray
    opportunity: np.ndarray
    score: np.ndarray
    capacity: np.ndarray
    seed: int

    def pairs_frame(self) -> pl.DataFrame:
        frame = pl.DataFrame({"person_id": self.person, "opportunity_id": self.opportunity, "score": self.score})
        named = frame.with_columns(
            pl.format("P{}", pl.col("person_id").cast(pl.String).str.zfill(8)).alias("person_id"),
            pl.format("V{}", pl.col("opportunity_id").cast(pl.String).str.zfill(8)).alias("opportunity_id"),
        )
        return named.sample(fraction=1, shuffle=True, seed=self.seed)

    def capacity_frame(self) -> pl.DataFrame:
        names = [f"V{number:08}" for number in range(self.opportunities)]
        return pl.DataFrame({"opportunity_id": names, "capacity": self.capacity})

    def owed_frame(self) -> pl.DataFrame:
        names = [f"P{number:08}" for number in range(self.persons)]
        return pl.DataFrame({"person_id": names, "owed": [PER_PERSON] * self.persons})


def make(persons: int, opportunities: int, each: int, seed: int, ratio: float) -> Instance:
    """`ratio`: capacity of all opportunities over what is owed to all persons."""
    random = np.random.default_rng(seed)
    home = random.zipf(1.3, persons) % CLUSTERS
    field = random.zipf(1.3, opportunities) % CLUSTERS
    weight = np.minimum(random.pareto(1.2, opportunities) * 2 + 1, 200)
    capacity = np.maximum(1, np.floor(weight * (PER_PERSON * persons * ratio) / weight.sum())).astype(np.int64)
    count = np.where(random.random(persons) < 0.05, random.integers(1, 6, persons), each)
    person = np.repeat(np.arange(persons), count)
    order = np.argsort(field, kind="stable")
    start = np.searchsorted(field[order], np.arange(CLUSTERS + 1))
    size = (start[1:] - start[:-1])[home[person]]
    near = (start[home[person]] + (random.random(person.size) * size).astype(np.int64)).clip(max=opportunities - 1)
    own = (random.random(person.size) < 0.8) & (size > 0)
    opportunity = np.where(own, order[near], random.integers(0, opportunities, person.size))
    key = np.unique(person * opportunities + opportunity)
    person, opportunity = key // opportunities, key % opportunities
    liked = random.random(opportunities) ** 2  # popular posts score higher with everybody
    score = np.round(0.5 * liked[opportunity] + 0.5 * random.random(key.size), 4)
    return Instance(persons, opportunities, person, opportunity, score, capacity, seed)


@dataclass(frozen=True)
class Answer:
    """What a solver found; `given` is the number of recommendations of each person, in any order."""

    given: np.ndarray
    score: float
    gap: float | None = None


@dataclass(frozen=True)
class Outcome:
    wall: float
    cpu: float
    megabytes: float
    answer: Answer


class Watch:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


Solver = Callable[[Instance], Callable[[], Answer]]
"""Takes an instance, makes it ready outside the clock, and returns what is measured."""


def ours(penalties: tuple[float, ...] | None) -> Solver:
    def ready(instance: Instance) -> Callable[[], Answer]:
        from talentcity.plan import solve

        pairs, capacity, owed = instance.pairs_frame(), instance.capacity_frame(), instance.owed_frame()

        def run() -> Answer:
            report = solve(pairs, capacity, owed=owed, per_person=PER_PERSON, penalties=penalties).report
            return Answer(
                np.repeat(np.arange(PER_PERSON + 1), report["persons_by_count"]), report["score"], report["gap"]
            )

        return run

    return ready


def raw_ortools(instance: Instance) -> Callable[[], Answer]:
    """The bare solver on coded, sorted arrays: no ids, no checks, no proof."""
    from ortools.graph.python import min_cost_flow

    def run() -> Answer:
        s, v = instance.persons, instance.opportunities
        flow = min_cost_flow.SimpleMinCostFlow()
        add = flow.add_arcs_with_capacity_and_unit_cost
        cost = -np.rint(instance.score * 1e6).astype(np.int64)
        ones = np.ones(instance.person.size, dtype=np.int64)
        pairs = add(instance.person.astype(np.int32), (s + instance.opportunity).astype(np.int32), ones, cost)
        nodes, sink = np.arange(s + v, dtype=np.int32), np.full(s + v, s + v, dtype=np.int32)
        add(nodes[s:], sink[s:], instance.capacity, np.zeros(v, dtype=np.int64))
        add(nodes[:s], sink[:s], np.full(s, PER_PERSON), np.full(s, int(PENALTY * 1e6), dtype=np.int64))
        supply = np.concatenate([np.full(s, PER_PERSON), np.zeros(v, dtype=np.int64), [-PER_PERSON * s]])
        flow.set_nodes_supplies(np.arange(s + v + 1, dtype=np.int32), supply)
        if flow.solve() != flow.OPTIMAL:
            raise RuntimeError("OR-Tools did not find the optimum")
        return _counted(instance, flow.flows(pairs) > 0)

    return run


def highs(instance: Instance) -> Callable[[], Answer]:
    """The linear programme by HiGHS through scipy; its vertices are whole numbers."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    def run() -> Answer:
        size = instance.person.size
        column, ones = np.arange(size), np.ones(size)
        per_person = coo_array((ones, (instance.person, column)), shape=(instance.persons, size))
        per_place = coo_array((ones, (instance.opportunity, column)), shape=(instance.opportunities, size))
        limits = np.concatenate([np.full(instance.persons, PER_PERSON), instance.capacity])
        rows = vstack([per_person, per_place]).tocsr()
        answer = linprog(-(instance.score + PENALTY), A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs-ds")
        return _counted(instance, answer.x > 0.5)

    return run


def greedy(instance: Instance) -> Callable[[], Answer]:
    """Pairs from the highest score down, as long as person and opportunity have room."""

    def run() -> Answer:
        order = np.argsort(-instance.score, kind="stable")
        person, opportunity = instance.person.tolist(), instance.opportunity.tolist()
        owed, room = [PER_PERSON] * instance.persons, instance.capacity.tolist()
        chosen = np.zeros(len(person), dtype=np.bool_)
        for pair in order.tolist():
            i, j = person[pair], opportunity[pair]
            if owed[i] and room[j]:
                owed[i] -= 1
                room[j] -= 1
                chosen[pair] = True
        return _counted(instance, chosen)

    return run


def _counted(instance: Instance, chosen: np.ndarray) -> Answer:
    given = np.bincount(instance.person[chosen], minlength=instance.persons)
    return Answer(given, float(instance.score[chosen].sum()))


SOLVERS = {
    "plan (fair, default)": ours(None),
    "plan (--penalties 2,2,2)": ours((PENALTY,) * PER_PERSON),
    "OR-Tools alone, from arrays": raw_ortools,
    "HiGHS dual simplex (scipy)": highs,
    "greedy, from arrays": greedy,
}


def alone(name: str, shape: tuple[int, int, int], seed: int, ratio: float, queue: multiprocessing.Queue) -> None:
    """Run one solver in this process and send its outcome."""
    run = SOLVERS[name](make(*shape, seed, ratio))
    watch = Watch()
    answer = run()
    wall, cpu = watch.read()
    scale = 2**20 if sys.platform == "darwin" else 2**10
    queue.put(Outcome(wall, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, answer))


def measured(name: str, shape: tuple[int, int, int], seed: int, ratio: float) -> Outcome:
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue = context.Queue()
    process = context.Process(target=alone, args=(name, shape, seed, ratio, queue))
    process.start()
    outcome: Outcome = queue.get()
    process.join()
    return outcome


def line(name: str, shape: tuple[int, int, int], pairs: int, ratio: float, outcome: Outcome) -> str:
    size = f"{shape[0]:,} x {shape[1]:,}, {pairs:,} pairs"
    given = outcome.answer.given
    missing, full, none = (
        int(PER_PERSON * shape[0] - given.sum()),
        (given == PER_PERSON).mean(),
        int((given == 0).sum()),
    )
    gap = "" if outcome.answer.gap is None else f"{outcome.answer.gap:.0e}"
    return (
        f"| {size} | {ratio:g} | {name} | {outcome.wall:.2f} | {outcome.cpu:.2f} | {outcome.megabytes:,.0f} "
        f"| {missing:,} | {full:.1%} | {none:,} | {outcome.answer.score:,.1f} | {gap} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000x500x40,10000x5000x40,20000x10000x40,20000x10000x50")
    parser.add_argument("--ratios", default="1.15,0.8", help="capacity over what is owed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--highs", type=int, default=50_000, help="largest number of pairs given to HiGHS")
    parser.add_argument("--out", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    rows = [
        f"Seed {args.seed}; peak memory of the whole process in MB; persons x opportunities.",
        "",
        "| instance | capacity / owed | solver | wall s | CPU s | MB | missing | all 3 | none | score | gap |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    print("\n".join(rows), flush=True)
    for word in args.sizes.split(","):
        persons, opportunities, each = map(int, word.split("x"))
        for ratio in map(float, args.ratios.split(",")):
            shape = (persons, opportunities, each)
            pairs = make(*shape, args.seed, ratio).person.size
            for name in SOLVERS:
                if name.startswith("HiGHS") and pairs > args.highs:
                    continue
                rows.append(line(name, shape, pairs, ratio, measured(name, shape, args.seed, ratio)))
                print(rows[-1], flush=True)
    if args.out is not None:
        args.out.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
