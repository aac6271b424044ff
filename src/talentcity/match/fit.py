"""How well one side suits the other, criterion by criterion: plain formulas over arrays of any one shape.

Each takes what is known of persons and of vacancies, broadcast against each other, and gives values from 0 to 1.
`reference.py` says the same in words for one pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from talentcity.match.weights import Weights

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

STEPS = 2**30  # a structured score is a whole number of these steps, so that ties are ties on every machine


def wage(wanted: Floats, offer: Floats, weights: Weights) -> Floats:
    """CNY/month against CNY/month; NaN is unknown."""
    slack = np.maximum(wanted * weights.value["wage_slack"], 1e-9)
    value: Floats = np.clip(1.0 - (wanted - offer) / slack, 0.0, 1.0)
    value[np.isnan(value)] = weights.value["unknown_wage"]
    return value


def skills(had: Floats, asked: Floats, weights: Weights) -> Floats:
    """Counts of skills; few asked say little, so the share is drawn towards what stands for nothing asked."""
    doubt = weights.value["skills_doubt"]
    share: Floats = (had + weights.value["unknown_skills"] * doubt) / (asked + doubt)
    return share


def experience(years: Floats, least: Floats, weights: Weights) -> Floats:
    """Years against years asked; NaN where none are asked."""
    over = np.maximum(years - least - weights.value["experience_to_spare"], 0.0)
    value: Floats = 1.0 - np.minimum(over * weights.value["per_year_over"], weights.value["most_over"])
    value[np.isnan(value)] = 1.0
    return value


def education(level: Floats, least: Floats, weights: Weights) -> Floats:
    """Levels against the level asked; NaN where none is asked."""
    far = (level - least) > weights.value["levels_to_spare"]
    return np.where(far, 1.0 - weights.value["education_over"], 1.0)


def may_take(level: Floats, years: Floats, least_level: Floats, least_years: Floats) -> Bools:
    """Enough education and experience; NaN asks for nothing."""
    return ~((level < least_level) | (years < least_years))


@dataclass(frozen=True, slots=True)
class Sides:
    """The two means of a structured score: text is left out and joins for the short list only."""

    occupation: float
    place: float
    wage: float
    skills: float
    experience: float
    education: float

    @classmethod
    def of(cls, weights: Weights) -> Sides:
        """Shares of the criteria other than text."""
        names = ("occupation", "place", "wage", "skills", "experience", "education")
        return cls(*(weights.share(name, without_text=True) for name in names))

    def wants(self, occupation: Floats, place: Floats, wage: Floats) -> Floats:
        """What the person wants."""
        return self.occupation * occupation + self.place * place + self.wage * wage

    def accepts(self, skills: Floats, experience: Floats, education: Floats) -> Floats:
        """What the employer accepts, without the text."""
        return self.skills * skills + self.experience * experience + self.education * education


def steps(score: Floats) -> npt.NDArray[np.int64]:
    """A score as a whole number of `STEPS`."""
    return np.floor(score * STEPS + 0.5).astype(np.int64)


def mixed(person: npt.NDArray[np.uint64], vacancy: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A stable number of 32 bits for each pair, which breaks ties differently for every person.

    Reference: the finalising steps of SplitMix64 (Steele, Lea and Flood 2014).
    """
    value = person * np.uint64(0x9E3779B97F4A7C15) + vacancy
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value >> np.uint64(32)
