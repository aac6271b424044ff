"""The commands guard and plan take and give every kind of file."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity.cli import main
from talentcity.tables import POSTINGS, check, read_frame, write_table
from talentcity.tables.files import ENDINGS

ADVERTS = {"posting_id": ["007", "8"], "title": ["会计", "焊工"], "text": ["入职须交押金500元。", "包吃住，五险一金。"]}


@pytest.mark.parametrize("ending", ENDINGS)
def test_guard_reads_and_writes_every_kind_of_file_alike(tmp_path, ending):
    postings, findings = tmp_path / f"postings{ending}", tmp_path / f"findings{ending}"
    write_table(check(pl.DataFrame(ADVERTS), POSTINGS), postings)
    assert main(["guard", str(postings), "--out", str(findings), "--on", "2026-09-01", "--quiet"]) == 0
    found = read_frame(findings).filter(pl.col("rule_id") == "F1")
    assert found["posting_id"].to_list() == ["007"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_plan_reads_and_writes_every_kind_of_file_alike(tmp_path, ending):
    pairs, capacity, plan = (tmp_path / f"{name}{ending}" for name in ("pairs", "capacity", "plan"))
    write_table(pl.DataFrame({"person_id": ["007", "8"], "opportunity_id": ["J1", "J1"], "score": [0.5, 0.25]}), pairs)
    write_table(pl.DataFrame({"opportunity_id": ["J1"], "capacity": [2]}), capacity)
    words = ["plan", str(pairs), str(capacity), "--per-person", "1", "--out", str(plan), "--quiet"]
    assert main(words) == 0
    assert read_frame(plan).select("person_id", "opportunity_id").rows() == [("007", "J1"), ("8", "J1")]
