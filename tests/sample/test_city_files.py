"""A city written part by part: the rows of the city in memory, the same bytes however it is made, whole or nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from talentcity import tables
from talentcity.errors import UnreadableFile
from talentcity.sample import TABLES, City, disk_need, make_city, parts, write_city
from talentcity.sample.city import DEFAULT_ON, outline_of

PEOPLE = parts.LARGEST_PART + 10  # two parts


@pytest.fixture(scope="module")
def two_parts() -> City:
    return make_city(PEOPLE, seed=4)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "city"
    write_city(folder, PEOPLE, seed=4, processes=1)
    return folder


def test_files_hold_the_rows_of_the_city_in_memory(two_parts, written):
    for name, frame in two_parts.tables().items():
        assert tables.read_table(written / f"{name}.parquet", TABLES[name]).equals(frame), name


def test_bytes_are_the_same_for_two_processes(written, tmp_path):
    rows = write_city(tmp_path, PEOPLE, seed=4, processes=2)
    for name in TABLES:
        assert (tmp_path / f"{name}.parquet").read_bytes() == (written / f"{name}.parquet").read_bytes(), name
        assert rows[name] == pl.scan_parquet(tmp_path / f"{name}.parquet").select(pl.len()).collect().item()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)


def test_ids_are_unique_over_parts_and_known(two_parts):
    for name, frame in two_parts.tables().items():
        checked = tables.check(frame, TABLES[name])  # ids and keys unique, every value as the schema says
        assert checked.schema == frame.schema, name
        assert checked.equals(frame), name
    city = two_parts
    tables.require_known(city.postings["employer_id"], city.employers["employer_id"], table="p", known_table="e")
    assert sorted(city.vacancies["posting_ids"].explode()) == sorted(city.postings["posting_id"])
    tables.require_known(city.truth["posting_id"], city.postings["posting_id"], table="t", known_table="p")
    tables.require_known(city.deliveries["person_id"], city.seekers["seeker_id"], table="d", known_table="s")
    tables.require_known(city.hires["person_id"], city.past_seekers["seeker_id"], table="h", known_table="s")
    tables.require_known(city.deliveries["corrects"], city.deliveries["delivery_id"], table="d", known_table="d")


def test_parts_differ(two_parts):
    half = two_parts.seekers.height // 2
    one, two = two_parts.seekers[:half].drop("seeker_id"), two_parts.seekers[half:].drop("seeker_id")
    assert not one.equals(two)
    assert one.join(two, on=one.columns, how="semi", nulls_equal=True).height < 0.01 * half


@pytest.mark.parametrize(
    ("people", "sizes"),
    [
        (10, [10]),
        (25_000, [25_000]),
        (25_001, [12_500, 12_501]),
        (100_000, [25_000] * 4),
        (4_000_000, [25_000] * 160),
    ],
)
def test_sizes_of_parts(people, sizes):
    assert outline_of(people, seed=0, on=DEFAULT_ON, city=None).parts() == sizes


def test_progress_tells_every_step(tmp_path):
    steps: list[tuple[int, int]] = []
    write_city(tmp_path, 20, seed=0, progress=lambda done, total: steps.append((done, total)))
    total = 1 + len(TABLES)
    assert steps == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("step", [1, 3, 1 + len(TABLES)])
def test_an_interrupted_city_leaves_nothing(tmp_path, step):
    def stop(done: int, _total: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    (tmp_path / "seekers.parquet").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_city(tmp_path, 20, seed=0, progress=stop)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("seekers.parquet", "old")]
    with pytest.raises(KeyboardInterrupt):
        write_city(tmp_path / "new", 20, seed=0, progress=stop)
    assert not (tmp_path / "new").exists()


def test_an_interrupted_city_of_several_processes_leaves_nothing(tmp_path):
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_city(tmp_path / "new", PEOPLE, seed=0, processes=2, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_with_too_little_room_is_said_before_the_work_begins(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=disk_need(4_000_000) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UnreadableFile, match=r"GB of room, and \d\.\d\d GB are needed while the city is made"):
        write_city(tmp_path / "new", 4_000_000, seed=0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kilobytes", [1, 30, 100])
def test_a_disk_that_fills_up_is_an_error_of_one_line(tmp_path, kilobytes):
    """A limit on the size of files stands for a full disk."""
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes * 1000}, {kilobytes * 1000}))\n"
        "import sys; from talentcity.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "sample", str(tmp_path / "new"), "--people", "5000"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
