"""Ids that join two tables."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity.errors import InvalidTable
from talentcity.tables import require_known, require_same_id_type


def test_known_ids_pass_and_empty_ones_are_not_looked_at():
    require_known(pl.Series("a", ["1", None, "2"]), pl.Series("b", ["2", "1"]), table="x", known_table="y")


def test_unknown_ids_are_named_with_their_rows():
    ids = pl.Series("opportunity_id", ["J1", "J9", None, "J8"])
    with pytest.raises(InvalidTable) as caught:
        require_known(
            ids, pl.Series("opportunity_id", ["J1"]), table="pairs.csv", known_table="capacity.csv", first_row=2,
            hint="every opportunity needs a capacity, 0 if it is full",
        )  # fmt: skip
    assert str(caught.value).splitlines() == [
        "pairs.csv, row 3, column opportunity_id: 'J9': capacity.csv does not list it; "
        "every opportunity needs a capacity, 0 if it is full",
        "pairs.csv, row 5, column opportunity_id: 'J8': capacity.csv does not list it; "
        "every opportunity needs a capacity, 0 if it is full",
    ]


def test_a_hundred_unknown_ids_are_shown_and_the_rest_counted():
    with pytest.raises(InvalidTable) as caught:
        require_known(pl.Series("a", range(250)), pl.Series("b", [0]), table="x", known_table="y")
    assert (len(caught.value.violations), caught.value.count) == (100, 249)


def unlike() -> tuple[pl.Series, pl.Series]:
    return pl.Series("person_id", ["7"]), pl.Series("seeker_id", [7])


@pytest.mark.parametrize(
    "join",
    [
        lambda left, right: require_same_id_type(left, right, left_table="pairs", right_table="seekers"),
        lambda left, right: require_known(left, right, table="pairs", known_table="seekers"),
    ],
)
def test_text_and_numbers_do_not_join(join):
    with pytest.raises(InvalidTable) as caught:
        join(*unlike())
    assert str(caught.value) == (
        "pairs, column person_id: ids are text here and numbers in seekers (column seeker_id); "
        "expected the same type in both"
    )
