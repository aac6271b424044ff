"""The definition of eligibility, pool and structured score, written to be read: rows, no partitions, no arrays.

Tests hold the fast path against it; production never calls it. It reads the same facts (`facts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

import numpy as np
import polars as pl

from talentcity.match.candidates import LEVELS
from talentcity.match.facts import OPEN, fingerprints, seeker_facts, vacancy_facts
from talentcity.match.fit import STEPS, mixed
from talentcity.match.weights import Weights
from talentcity.text import lexicon
from talentcity.text.place import Nearness, Place

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pair of a short list."""

    person_id: object
    opportunity_id: object
    level: str
    steps: int  # of the structured score


def shortlist(
    seekers: pl.DataFrame,
    postings: pl.DataFrame,
    vacancies: pl.DataFrame,
    verdicts: pl.DataFrame,
    *,
    on: date,
    weights: Weights,
    enough: int,
    most: int,
) -> list[Candidate]:
    """Short lists of all persons: by rising person, then by falling score and tie-breaker."""
    facts = vacancy_facts(postings, vacancies, verdicts, on).filter(pl.col("state") == OPEN)
    openings = facts.with_columns(pl.Series("fingerprint", fingerprints(facts["vacancy_id"]))).to_dicts()
    people = seeker_facts(seekers, on)
    people = people.with_columns(pl.Series("fingerprint", fingerprints(people["seeker_id"])))
    wanted = {row["seeker_id"]: row["wanted_districts"] or [row["district"]] for row in seekers.to_dicts()}
    chosen = []
    for person in people.to_dicts():
        places = [Place.parse(text) for text in wanted[person["seeker_id"]]]
        chosen += _of_person(person, places, openings, weights, enough, most)
    return chosen


def _of_person(
    person: Row, places: list[Place], openings: list[Row], weights: Weights, enough: int, most: int
) -> list[Candidate]:
    takes = [opening for opening in openings if may_take(person, opening)]
    pool: list[tuple[str, Row]] = []
    for level in LEVELS:
        if len(pool) < enough:
            pool += [(level, opening) for opening in takes if level_of(person, places, opening) == level]
    ranked = [
        (steps_of(person, places, opening, weights), _tie(person, opening), level, opening["vacancy_id"])
        for level, opening in pool
    ]
    ranked.sort(key=lambda row: (-row[0], -row[1]))
    return [Candidate(person["seeker_id"], vacancy, level, steps) for steps, _, level, vacancy in ranked[:most]]


def may_take(person: Row, opening: Row) -> bool:
    """Eligibility; nothing else keeps anybody from a vacancy."""
    return (
        person["may_work"]
        and str(opening["vacancy_id"]) not in person["excluded"]
        and (opening["education_min"] is None or person["education"] >= opening["education_min"])
        and (opening["experience_min"] is None or person["experience"] >= opening["experience_min"])
    )


def level_of(person: Row, places: list[Place], opening: Row) -> str | None:
    """At which widening the vacancy enters the person's pool; None: never."""
    near, wish = nearness(places, opening), not person["families"] or opening["family"] in person["families"]
    if near is Nearness.ELSEWHERE:
        return "elsewhere" if wish else None
    if wish:
        return "wished districts" if near is Nearness.DISTRICT else "same city"
    return "near occupations" if is_near(person, opening) else "any occupation"


def nearness(places: list[Place], opening: Row) -> Nearness | None:
    """How near the vacancy is to the nearest wished place; None: it does not say where it is."""
    if opening["place"] is None:
        return None
    found = {place.nearness(Place.parse(opening["place"])) for place in places}
    return next(each for each in Nearness if each in found)  # from near to far


def is_near(person: Row, opening: Row) -> bool:
    """Whether the vacancy's family stands next to a wished one."""
    if opening["family"] is None:
        return False
    return any(opening["family"] in lexicon.family(wish).neighbours for wish in person["families"])


def steps_of(person: Row, places: list[Place], opening: Row, weights: Weights) -> int:
    """The structured score (without text) in steps."""

    def share(name: str) -> float:
        return weights.share(name, without_text=True)

    wants = (
        share("occupation") * occupation(person, opening, weights)
        + share("place") * place(places, opening, weights)
        + share("wage") * wage(person, opening, weights)
    )
    accepts = (
        share("skills") * skills(person, opening, weights)
        + share("experience") * experience(person, opening, weights)
        + share("education") * education(person, opening, weights)
    )
    return floor(wants * accepts * STEPS + 0.5)


def occupation(person: Row, opening: Row, weights: Weights) -> float:
    """First wish 1, later ones a little less; a neighbour half; unknown on either side a little."""
    if person["families"] and opening["family"] in person["families"]:
        rank: int = person["families"].index(opening["family"])
        return max(1.0 - rank * weights.value["later_wish"], weights.value["least_wish"])
    if not person["families"] or opening["family"] is None:
        return weights.value["unknown_occupation"]
    return weights.value["near_occupation"] if is_near(person, opening) else 0.0


def place(places: list[Place], opening: Row, weights: Weights) -> float:
    """Wished district, its city, or elsewhere."""
    values = {
        None: weights.value["unknown_place"],
        Nearness.DISTRICT: 1.0,
        Nearness.CITY: weights.value["same_city"],
        Nearness.ELSEWHERE: weights.value["elsewhere"],
    }
    return values[nearness(places, opening)]


def wage(person: Row, opening: Row, weights: Weights) -> float:
    """1 from the wish upwards, falling in a straight line below it."""
    if person["wage"] is None or opening["offer"] is None:
        return weights.value["unknown_wage"]
    slack = max(person["wage"] * weights.value["wage_slack"], 1e-9)
    short: float = (person["wage"] - opening["offer"]) / slack
    return min(max(1.0 - short, 0.0), 1.0)


def skills(person: Row, opening: Row, weights: Weights) -> float:
    """The share of the asked skills that the person has, with a little doubt: few asked say little."""
    asked, doubt = set(opening["skills"] or []), weights.value["skills_doubt"]
    had = len(asked & set(person["skills"]))
    return (had + weights.value["unknown_skills"] * doubt) / (len(asked) + doubt)


def experience(person: Row, opening: Row, weights: Weights) -> float:
    """1, a little less for far more than is asked."""
    if opening["experience_min"] is None:
        return 1.0
    over: float = max(person["experience"] - opening["experience_min"] - weights.value["experience_to_spare"], 0.0)
    return 1.0 - min(over * weights.value["per_year_over"], weights.value["most_over"])


def education(person: Row, opening: Row, weights: Weights) -> float:
    """1, a little less for a level far above the one asked."""
    if opening["education_min"] is None:
        return 1.0
    far = person["education"] - opening["education_min"] > weights.value["levels_to_spare"]
    return 1.0 - weights.value["education_over"] if far else 1.0


def _tie(person: Row, opening: Row) -> int:
    pair = (np.array([row["fingerprint"]], dtype=np.uint64) for row in (person, opening))
    return int(mixed(*pair)[0])
