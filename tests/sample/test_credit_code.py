"""Unified social credit codes: the check character against its definition, and codes of a whole city."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.sample import check_character, make_city
from talentcity.sample.credit_code import organisation_check

# The table of GB 32100-2015, written out: character and value.
VALUES = {
    "0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "A": 10, "B": 11, "C": 12, "D": 13,
    "E": 14, "F": 15, "G": 16, "H": 17, "J": 18, "K": 19, "L": 20, "M": 21, "N": 22, "P": 23, "Q": 24, "R": 25,
    "T": 26, "U": 27, "W": 28, "X": 29, "Y": 30,
}  # fmt: skip
WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]  # as printed in the standard


def is_valid(code: str) -> bool:
    """The definition: the weighted sum of all eighteen values, the last with weight 1, is a multiple of 31."""
    total = sum(VALUES[character] * weight for character, weight in zip(code[:17], WEIGHTS, strict=True))
    return len(code) == 18 and (total + VALUES[code[17]]) % 31 == 0


def test_example_of_the_standard():
    assert check_character("91350100M000100Y4") == "3"
    assert organisation_check("M000100Y") == "4"


@given(st.text(alphabet=sorted(VALUES), min_size=17, max_size=17))
def test_check_character_fulfils_its_definition(first):
    assert is_valid(first + check_character(first))


@given(st.text(alphabet=sorted(VALUES), min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(sorted(VALUES)))
def test_one_changed_character_is_noticed(first, place, other):
    changed = first[:place] + other + first[place + 1 :]
    assert (check_character(changed) == check_character(first)) is (changed == first)


def test_wrong_length_is_refused():
    with pytest.raises(ValueError, match="expected 17"):
        check_character("9135")


def test_codes_of_a_city_are_valid_different_and_of_no_place():
    employers = make_city(2000, seed=8).employers
    codes = employers["credit_code"].to_list()
    assert [code for code in codes if not is_valid(code)] == []
    assert [code for code in codes if organisation_check(code[8:16]) != code[16]] == []
    assert len(set(codes)) == len(codes) == employers["name"].n_unique()
    assert {code[2:8] for code in codes} == {"990100"}
