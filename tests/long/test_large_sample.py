"""A million people written part by part: every id once, and as many rows of each kind as a small city would have."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity.sample import TABLES, make_city, write_city

pytestmark = pytest.mark.long

PEOPLE = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "city"
    write_city(folder, PEOPLE, seed=1, processes=2)
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_every_key_stands_once(folder, name):
    key = list(TABLES[name].key)
    found = pl.scan_parquet(folder / f"{name}.parquet").select(pl.struct(key).n_unique(), pl.len().alias("rows"))
    unique, rows = found.collect().row(0)
    assert unique == rows > 0


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_as_many_for_each_person_as_in_a_small_city(folder, name):
    small = make_city(20_000, seed=1).tables()[name].height / 20_000
    large = pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item() / PEOPLE
    assert large == pytest.approx(small, rel=0.15)


def test_nothing_else_stands_in_the_folder(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)
