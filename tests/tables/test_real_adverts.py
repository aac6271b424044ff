"""The collection of real adverts, where the shared data are at hand: every row is read or refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from talentcity.tables import POSTINGS
from talentcity.tables.mapping import read_mapped

HERE = Path(__file__).parents[2]
DATA = Path(os.environ.get("TALENTCITY_DATA") or HERE.parent / "shared" / "data")
ADVERTS = DATA / "match" / "zh_jobads" / "zh_jobads.parquet"


@pytest.mark.skipif(not ADVERTS.is_file(), reason="the shared data are not at hand")
def test_every_real_advert_is_read_or_refused_with_its_reason():
    done = read_mapped(ADVERTS, POSTINGS, HERE / "docs" / "howto" / "zh_jobads.toml")
    assert (done.rows, done.table.height, done.refused_rows) == (40_022, 39_425, 597)
    assert sorted(done.refused["reason"].value_counts().rows()) == [
        ("empty; expected text", 595),
        ("zh_jobads.toml refuses rows with such a cell", 2),
    ]
    empty = done.table.select("district", "wage_min", "wage_max", "headcount").null_count().row(0)
    assert empty == (79, 1_538, 1_537, 35_477)
    unread = {column: rows for column, kind, rows, _ in done.mended.iter_rows() if kind == "unread: left empty"}
    assert unread == {"district": 78, "wage_min": 28, "wage_max": 28, "education_min": 195, "experience_min": 3_014}
