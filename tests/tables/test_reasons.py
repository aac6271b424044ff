"""Reasons of a pair as strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.errors import InvalidData
from talentcity.tables.reasons import CRITERIA, Reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("+occupation same", Reason("occupation", "met", "same")),
        ("~skills 2/5", Reason("skills", "partly", "2/5")),
        ("-wage unknown", Reason("wage", "unmet", "unknown")),
        ("+education", Reason("education", "met")),
    ],
)
def test_a_string_and_its_reason(text, reason):
    assert Reason.parse(text) == reason
    assert str(reason) == text


@given(st.sampled_from(CRITERIA), st.sampled_from(("met", "partly", "unmet")), st.text(max_size=9).filter(str.strip))
def test_what_is_written_is_read_again(criterion, grade, detail):
    reason = Reason(criterion, grade, detail)
    assert Reason.parse(str(reason)) == reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is no reason; expected"),
        ("occupation same", "is no reason; expected"),
        ("+beauty", "'beauty' is no criterion; expected one of occupation, skills"),
        ("+", "'' is no criterion"),
    ],
)
def test_what_is_no_reason_is_refused(text, message):
    with pytest.raises(InvalidData, match=message):
        Reason.parse(text)


def test_a_grade_that_is_none_is_refused():
    with pytest.raises(InvalidData, match="'good' is no grade; expected one of met, partly, unmet"):
        Reason("wage", "good")
