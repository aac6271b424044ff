"""The collections of real adverts, where the shared data are at hand: every row is read or refused."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from talentcity.tables import POSTINGS
from talentcity.tables.mapping import read_mapped
from talentcity.tables.suggest import suggest

HERE = Path(__file__).parents[2]
DATA = Path(os.environ.get("TALENTCITY_DATA") or HERE.parent / "shared" / "data")
ADVERTS = DATA / "match" / "zh_jobads" / "zh_jobads.parquet"
NEW_YORK = DATA / "match" / "nyc_jobs"


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


@pytest.mark.skipif(not NEW_YORK.is_dir(), reason="the shared data are not at hand")
@pytest.mark.parametrize(
    ("file", "rows", "internal", "read", "positions", "open_end"),
    [
        ("nyc_jobs_2019_headcount.parquet", 3_843, 2_129, 1_713, 4_288, 1_110),
        ("nyc_jobs_2019b.parquet", 3_973, 2_214, 1_758, 0, 1_758),
    ],
)
def test_every_vacancy_of_new_york_is_read_once_or_refused(file, rows, internal, read, positions, open_end):
    done = read_mapped(NEW_YORK / file, POSTINGS, HERE / "docs" / "howto" / "nyc_jobs.toml")
    assert (done.rows, done.table.height, done.refused_rows, done.repeated) == (rows, read, internal, 1)
    reasons = done.refused.group_by("column").len().sort("column").rows()
    assert reasons == [("posting_type", internal)]
    table = done.table
    assert (table["posting_id"].n_unique(), table["headcount"].sum()) == (read, positions)
    assert table.select("title", "wage_min", "wage_max", "posted_on").null_count().row(0) == (0, 0, 0, 0)
    assert table["valid_through"].null_count() == open_end
    assert (table["currency"].unique().to_list(), table["wage_max"].max() < 50_000) == (["USD"], True)


@pytest.mark.skipif(not ADVERTS.is_file() or not NEW_YORK.is_dir(), reason="the shared data are not at hand")
def test_what_is_proposed_for_the_real_sheets_is_what_their_mappings_say():
    for sheet, name, other in (
        (ADVERTS, "zh_jobads.toml", {"education_min", "experience_min"}),
        (
            NEW_YORK / "nyc_jobs_2019_headcount.parquet",
            "nyc_jobs.toml",
            {"posting_id", "channel", "currency", "district"},
        ),
    ):
        proposed = tomllib.loads(suggest(sheet))
        ours = tomllib.loads((HERE / "docs" / "howto" / name).read_text(encoding="utf-8"))
        assert proposed["kind"] == "postings"
        columns = (set(proposed) | set(ours)) - {"kind", "refuse"} - other
        assert {each: proposed[each].get("from") for each in columns} == {
            each: ours[each].get("from") for each in columns
        }
