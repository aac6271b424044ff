"""Yesterday's prices, by id, for a plan that begins with them. Private: `solve` and the command say where from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from talentcity.errors import InvalidTable
from talentcity.plan.gathering import Source
from talentcity.plan.ids import codes_of
from talentcity.plan.problem import Numbers, frozen
from talentcity.tables import Column, Kind, Schema, check, require_same_id_type
from talentcity.tables.files import read_whole

_WARM = Source("warm")
LOWEST_PRICE, LARGEST_PRICE = -100_000.0, 10_000_000.0  # nobody would pay so much, whatever the penalties

PRICED = Schema(
    "prices",
    "what one place of an opportunity costs in a plan",
    (
        Column(name="opportunity_id", kind=Kind.ID, unique=True, about="The opportunity."),
        Column(
            name="price",
            kind=Kind.NUMBER,
            unit="points of score",
            low=LOWEST_PRICE,
            high=LARGEST_PRICE,
            about="Price of a place.",
        ),
    ),
    key=("opportunity_id",),
)


def starting_prices(frame: pl.DataFrame, opportunity_ids: pl.Series, source: Source = _WARM) -> Numbers:
    """(V,) the price of each opportunity; 0 where the table lists none. Unknown ids are left out.

    Raises:
        InvalidTable: the table breaks its schema, or has ids of another type.

    >>> starting_prices(pl.DataFrame({"opportunity_id": ["W", "gone"], "price": [0.5, 0.25]}), pl.Series(["V", "W"]))
    array([0. , 0.5])
    """
    known = check(frame, PRICED, table=source.name, first_row=source.first_row)
    prices = np.zeros(opportunity_ids.len(), dtype=np.float64)
    if known.height and prices.size:
        ids = known["opportunity_id"]
        require_same_id_type(ids, opportunity_ids, left_table=source.name, right_table="capacity")
        codes = codes_of(ids, opportunity_ids)
        prices[codes[codes >= 0]] = known["price"].to_numpy()[codes >= 0]
    return frozen(prices)


def read_prices(path: str, opportunity_ids: pl.Series) -> Numbers:
    """The same from a file, such as `talentcity plan --prices` writes.

    Raises:
        UnreadableFile: the file is not there, or not what its ending says.
        InvalidTable: as `starting_prices`.
    """
    whole = read_whole(path)
    if whole.faults:
        raise InvalidTable(whole.faults)
    return starting_prices(whole.frame, opportunity_ids, Source(Path(path).name, whole.first_row))
