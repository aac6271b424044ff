"""The weights of a score, read from `weights.toml`: data with a sentence each, in one place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from talentcity.errors import InvalidData
from talentcity.tables.reasons import CRITERIA

SIDES = {
    "occupation": "wants",
    "place": "wants",
    "wage": "wants",
    "skills": "accepts",
    "experience": "accepts",
    "education": "accepts",
    "text": "accepts",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """What a score is made of.

    Attributes:
        version: of the file.
        weight: of each criterion within its side, above 0.
        value: what stands for each named situation, such as `same_city`.
        about: one sentence for each criterion and value.
    """

    version: str
    weight: Mapping[str, float]
    value: Mapping[str, float]
    about: Mapping[str, str]

    def share(self, criterion: str, *, without_text: bool = False) -> float:
        """The weight of a criterion as a share of its side; `without_text` as if there were no text criterion."""
        side = [name for name in CRITERIA if SIDES[name] == SIDES[criterion] and not (without_text and name == "text")]
        return self.weight[criterion] / sum(self.weight[name] for name in side)


@cache
def weights() -> Weights:
    """The weights that ship with the project.

    Example:
        >>> weights().share("occupation"), weights().value["same_city"]
        (0.5, 0.6)
    """
    path = resources.files("talentcity.match") / "weights.toml"
    return checked(tomllib.loads(path.read_text(encoding="utf-8")))


def checked(content: Mapping[str, object]) -> Weights:
    """Weights from the content of a TOML file.

    Raises:
        InvalidData: a criterion is missing, stands on the wrong side, or weighs nothing.
    """
    criteria, values = _rows(content, "criterion"), _rows(content, "value")
    if sorted(criteria) != sorted(CRITERIA):
        raise InvalidData(f"weights: expected one [[criterion]] each for {', '.join(CRITERIA)}.")
    for name, row in criteria.items():
        if row.get("side") != SIDES[name]:
            raise InvalidData(f"weights: the criterion {name} belongs to the side {SIDES[name]}.")
        if not _number(row, "weight") > 0:
            raise InvalidData(f"weights: the weight of {name} must be above 0.")
    about = {name: str(row["about"]) for name, row in (*criteria.items(), *values.items())}
    return Weights(
        str(content["version"]),
        MappingProxyType({name: _number(row, "weight") for name, row in criteria.items()}),
        MappingProxyType({name: _number(row, "value") for name, row in values.items()}),
        MappingProxyType(about),
    )


def _rows(content: Mapping[str, object], kind: str) -> dict[str, dict[str, object]]:
    rows = content.get(kind)
    if not isinstance(rows, list):
        raise InvalidData(f"weights: expected [[{kind}]] rows.")
    return {str(row["name"]): row for row in rows}


def _number(row: Mapping[str, object], key: str) -> float:
    found = row.get(key)
    if not isinstance(found, int | float):
        raise InvalidData(f"weights: {row.get('name')}: {key} must be a number.")
    return float(found)
