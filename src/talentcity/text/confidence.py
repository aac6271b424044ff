"""How sure a reading is: the share of readings of its notation that were right when a person checked them.

The counts stand in `data/confidence.toml`, one line a notation. What is given is the lower end of Wilson's 95 %
interval of right / checked, so that a notation of which few were checked counts for less; one that was never checked
has `UNCHECKED`.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib.resources import files

UNCHECKED = 0.5
_Z = 1.959963984540054  # of the normal distribution, for 95 %


def wilson(right: int, checked: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    Args:
        right, checked: 0 <= right <= checked; checked > 0.

    Reference: Wilson (1927), Probable inference, the law of succession, and statistical inference.

    Example:
        >>> low, high = wilson(95, 100)
        >>> round(low, 3), round(high, 3)
        (0.888, 0.978)
    """
    share = right / checked
    spread = _Z * math.sqrt(share * (1 - share) / checked + _Z**2 / (4 * checked**2))
    scale = 1 + _Z**2 / checked
    middle = share + _Z**2 / (2 * checked)
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


@cache
def confidence(kind: str, notation: str) -> float:
    """How sure a reading of this kind in this notation is, in (0, 1], to three places.

    Raises:
        KeyError: the data file has no such line.
    """
    right, checked = _counts()[kind][notation]
    if checked == 0:
        return UNCHECKED
    return max(round(wilson(right, checked)[0], 3), 0.001)


@cache
def _counts() -> dict[str, dict[str, tuple[int, int]]]:
    text = files("talentcity.text").joinpath("data", "confidence.toml").read_text(encoding="utf-8")
    return {
        kind: {notation: (right, checked) for notation, (right, checked) in lines.items()}
        for kind, lines in tomllib.loads(text).items()
    }
