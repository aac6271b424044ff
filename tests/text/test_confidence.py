"""How sure a reading is."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.confidence import UNCHECKED, confidence, wilson

COUNTS = tomllib.loads(files("talentcity.text").joinpath("data", "confidence.toml").read_text(encoding="utf-8"))
LINES = [(kind, notation) for kind, lines in COUNTS.items() for notation in lines]


def test_wilson_of_published_examples():
    """Newcombe (1998), Two-sided confidence intervals for the single proportion, table 1, method 3."""
    assert [tuple(round(end, 4) for end in wilson(*counts)) for counts in ((81, 263), (15, 148), (0, 20), (1, 29))] == [
        (0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718),
    ]  # fmt: skip


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share(checked, data):
    right = data.draw(st.integers(0, checked))
    low, high = wilson(right, checked)
    assert 0 <= low <= right / checked + 1e-12
    assert right / checked - 1e-12 <= high <= 1


@pytest.mark.parametrize(("kind", "notation"), LINES)
def test_every_line_gives_the_lower_end_or_what_the_unchecked_have(kind, notation):
    right, checked = COUNTS[kind][notation]
    assert 0 <= right <= checked
    expected = UNCHECKED if checked == 0 else max(round(wilson(right, checked)[0], 3), 0.001)
    assert confidence(kind, notation) == expected


def test_a_line_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        confidence("wage", "cowries")
