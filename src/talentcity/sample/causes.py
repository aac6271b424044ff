"""The known causes of the sample's history, as `data/causes.toml` states them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from talentcity import tables
from talentcity.sample.occupations import data
from talentcity.text.education import EDUCATION

MONTHS, MONTH = 12, 30  # months that somebody is looked at, and their days


@cache
def causes() -> dict[str, Any]:
    """The file."""
    return data("causes.toml")


SERVICES = tuple(name for name in tables.SERVICES if name in causes()["hire"]["services"])
"""The services of the promise whose causes the file states. Nobody in the sample is given any other."""


def by_level(chances: Mapping[str, float]) -> np.ndarray:
    """A number for each level of EDUCATION."""
    return np.array([chances[level] for level in EDUCATION])


def chance(log_odds: np.ndarray) -> np.ndarray:
    """The chance that log odds stand for."""
    chances: np.ndarray = 1 / (1 + np.exp(-log_odds))
    return chances


def month_of_year(days: np.ndarray) -> np.ndarray:
    """(n,) int: 0 is January."""
    months: np.ndarray = days.astype("datetime64[M]").astype(np.int64) % 12
    return months
