"""Tables of pairs become codes: any ids, any order, any parts; what is wrong is named by row."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidTable, UnreadableFile
from talentcity.plan import Problem, gathering, ids
from talentcity.tables import write_table

PAIRS = [("b", "V", 0.5), ("a", "W", 0.25), ("b", "W", 1.0)]
PLACES = pl.DataFrame({"opportunity_id": ["W", "V"], "capacity": [1, 2]})


def frame_of(rows: list[tuple[Any, Any, float]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["person_id", "opportunity_id", "score"], orient="row")


def told(problem: Problem) -> list[tuple[Any, list[tuple[Any, float]]]]:
    """Each person and their pairs, in the order of the problem."""
    names = problem.opportunity_ids.gather(problem.opportunity).to_list()
    pairs = list(zip(names, problem.score.tolist(), strict=True))
    bounds = itertools.pairwise(problem.start.tolist())
    return [(person, pairs[low:high]) for person, (low, high) in zip(problem.person_ids, bounds, strict=True)]


def told_by_definition(rows: list[tuple[Any, Any, float]]) -> list[tuple[Any, list[tuple[Any, float]]]]:
    persons = sorted({person for person, _, _ in rows})
    return [
        (i, sorted(((o, s) for person, o, s in rows if person == i), key=lambda pair: (-pair[1], pair[0])))
        for i in persons
    ]


TEXT = st.text("abé人0", min_size=1, max_size=20)
WHOLE = st.integers(-(2**63), 2**63 - 1)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[Any, Any, float]], list[Any]]:
    person = draw(st.sampled_from([TEXT, WHOLE]))
    places = draw(st.lists(draw(st.sampled_from([TEXT, WHOLE])), unique=True, min_size=1, max_size=8))
    persons = draw(st.lists(person, unique=True, min_size=1, max_size=40))
    keys = draw(st.lists(st.tuples(st.sampled_from(persons), st.sampled_from(places)), unique=True, min_size=1))
    return [(*key, draw(st.sampled_from([0.0, 0.5, 1.0]))) for key in keys], places


@pytest.fixture(params=[1 << 18, 3], ids=["one slice", "slices of three"])
def _slice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_SLICE", request.param)


@pytest.mark.usefixtures("_slice")
@settings(deadline=None, max_examples=50)
@given(table=tables(), random=st.randoms(use_true_random=False))
def test_problem_is_that_of_the_definition_whatever_the_order(
    table: tuple[list[tuple[Any, Any, float]], list[Any]], random: Random
) -> None:
    rows, places = table
    random.shuffle(places)
    capacity = pl.DataFrame({"opportunity_id": places, "capacity": range(len(places))})
    problem = Problem.checked(frame_of(rows), capacity)
    assert told(problem) == told_by_definition(rows)
    assert problem.opportunity_ids.to_list() == sorted(places)
    assert problem.capacity.tolist() == [places.index(place) for place in sorted(places)]
    owed = pl.DataFrame({"person_id": sorted({row[0] for row in rows}, reverse=True)}).with_columns(owed=1)
    assert told(Problem.checked(frame_of(rows), capacity, owed=owed)) == told(problem)


@pytest.mark.usefixtures("_slice")
def test_ids_that_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def hashes_of(values: pl.Series, seed: int) -> Any:
        asked.append(seed)
        return np.zeros(values.len(), np.uint64) if seed < 2 else values.hash(seed=seed).to_numpy()

    monkeypatch.setattr(ids, "hashes_of", hashes_of)
    problem = Problem.checked(frame_of(PAIRS), PLACES)
    assert told(problem) == told_by_definition(PAIRS)
    assert set(asked) == {0, 1, 2}


def test_hashes_that_differ_only_in_their_low_half_share_places_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "hashes_of", lambda values, seed: values.hash(seed=seed).to_numpy() & np.uint64(2**32 - 1))
    rows = [(i, i % 2, 0.5) for i in range(1000)] + [(i, 2, 0.5) for i in range(1000)]
    capacity = pl.DataFrame({"opportunity_id": [0, 1, 2], "capacity": [1, 1, 1]})
    assert told(Problem.checked(frame_of(rows), capacity)) == told_by_definition(rows)


def test_scores_stay_of_32_bits_and_are_not_copied() -> None:
    pairs = frame_of(PAIRS).cast({"score": pl.Float32})
    assert Problem.checked(pairs, PLACES).score.dtype == np.float32
    untidy = pairs.with_columns(pl.col("person_id") + " ")
    assert Problem.checked(untidy, PLACES).score.dtype == np.float32


def test_blanks_around_ids_are_left_out_before_pairs_are_compared() -> None:
    problem = Problem.checked(frame_of([(" b", "V", 0.5), ("a", "\ufeffW", 0.25), ("b\u3000", "W", 1.0)]), PLACES)
    assert told(problem) == told_by_definition(PAIRS)
    with pytest.raises(
        InvalidTable, match=r"row 2, column person_id and opportunity_id: b, V: stands already in row 1"
    ):
        Problem.checked(frame_of([("b", "V", 0.5), ("b", " V", 0.5)]), PLACES)
    with pytest.raises(InvalidTable, match=r"row 2, column person_id: empty; expected an id"):
        Problem.checked(frame_of([("b", "V", 0.5), (" ", "V", 0.5)]), PLACES)


def test_blank_within_marks_that_no_eye_sees_is_kept_as_the_check_keeps_it() -> None:
    odd = " \u200b \u200bb"
    assert Problem.checked(frame_of([(odd, "V", 0.5)]), PLACES).person_ids.to_list() == ["\u200bb"]


def test_whole_numbers_of_other_types_are_ids_too() -> None:
    pairs = frame_of([(2, 7, 0.5), (1, 7, 0.5)]).cast({"person_id": pl.UInt8, "opportunity_id": pl.Int32})
    problem = Problem.checked(pairs, pl.DataFrame({"opportunity_id": [7], "capacity": [1]}))
    assert told(problem) == [(1, [(7, 0.5)]), (2, [(7, 0.5)])]


def test_every_repeated_pair_is_counted_and_the_first_hundred_are_named() -> None:
    rows = [(i % 3, 0, 0.5) for i in range(150)]
    with pytest.raises(InvalidTable) as caught:
        Problem.checked(frame_of(rows), pl.DataFrame({"opportunity_id": [0], "capacity": [1]}))
    assert (caught.value.count, len(caught.value.violations)) == (147, 100)
    assert [(each.row, each.value, each.expected) for each in caught.value.violations[:4]] == [
        (4, "0, 0", "stands already in row 1; expected each once"),
        (5, "1, 0", "stands already in row 2; expected each once"),
        (6, "2, 0", "stands already in row 3; expected each once"),
        (7, "0, 0", "stands already in row 1; expected each once"),
    ]


def test_unlisted_ids_are_counted_and_the_first_hundred_are_named() -> None:
    rows = [("a", f"X{i}", 0.5) for i in range(150)]
    with pytest.raises(InvalidTable) as caught:
        Problem.checked(frame_of([*PAIRS, *rows]), PLACES)
    assert (caught.value.count, len(caught.value.violations)) == (150, 100)
    assert str(caught.value.violations[99]) == (
        "pairs, row 103, column opportunity_id: 'X99': capacity does not list it; every opportunity that can be "
        "recommended needs a capacity, 0 if it is full"
    )


@pytest.mark.parametrize(
    ("capacity", "says"),
    [
        (PLACES.with_columns(minimun=1), "column minimun: no such column; did you mean minimum?"),
        (pl.concat([PLACES, PLACES]), "row 3, column opportunity_id: 'W': stands already in row 1; expected each once"),
        (PLACES.with_columns(capacity=pl.Series([1, -2])), "row 2, column capacity: -2: expected a whole number from"),
        (PLACES.with_columns(capacity=pl.Series([1, None])), "row 2, column capacity: empty; expected"),
        (PLACES.with_columns(minimum=pl.Series([1, 5])), "row 2, column minimum: minimum 5, capacity 2: expected at m"),
    ],
)
def test_capacity_that_cannot_be_is_refused(capacity: pl.DataFrame, says: str) -> None:
    with pytest.raises(InvalidTable) as caught:
        Problem.checked(frame_of(PAIRS), capacity)
    assert str(caught.value).startswith(f"capacity, {says}")


def test_capacity_is_mended_where_it_must_be() -> None:
    capacity = pl.DataFrame({"opportunity_id": ["W ", "V"], "capacity": [1.0, 2.0], "remarks": ["", "full"]})
    problem = Problem.checked(frame_of(PAIRS), capacity)
    assert (problem.opportunity_ids.to_list(), problem.capacity.tolist()) == (["V", "W"], [2, 1])


@pytest.fixture
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_folder")
@pytest.mark.parametrize("part", [1 << 20, 2])
@pytest.mark.parametrize("ending", ["parquet", "csv", "xlsx", "jsonl"])
def test_files_read_in_parts_give_the_problem_of_the_frames(
    ending: str, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_PART", part)
    rows = [(f"P{i:02}", f"V{(i * k) % 7}", k / 4) for i in range(20) for k in (1, 2, 3) if i % 7]
    pairs, capacity = frame_of(rows), pl.DataFrame({"opportunity_id": [f"V{j}" for j in range(7)], "capacity": 2})
    owed = pl.DataFrame({"person_id": [f"P{i:02}" for i in range(25)], "owed": [i % 3 for i in range(25)]})
    for frame, name in ((pairs, "p"), (capacity, "c"), (owed, "o")):
        write_table(frame, f"{name}.{ending}")
    names = f"p.{ending}", f"c.{ending}"
    assert told(Problem.read(*names)) == told(Problem.checked(pairs, capacity)) == told_by_definition(rows)
    problem = Problem.read(*names, owed=f"o.{ending}", per_person=2)
    assert problem.owed.tolist() == [i % 3 for i in range(25)]
    assert problem.options.tolist() == Problem.checked(pairs, capacity, owed=owed).options.tolist()


@pytest.mark.usefixtures("_folder")
@pytest.mark.parametrize("part", [1 << 20, 2])
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([*PAIRS, ("c", "V", 1.0), ("a", "W", 0.5)], ["row 6, column person_id and opportunity_id: a, W: "
                                                      "stands already in row 3; expected each once"]),
        ([*PAIRS, ("c", "X", 1.0)], ["row 5, column opportunity_id: 'X': c.csv does not list it; every"]),
        ([("c", "V", 1.5), *PAIRS, ("", "V", 1.0), ("d", "V", -1.0)], [
            "row 2, column score: 1.5", "row 6, column person_id: ", "row 7, column score: -1",
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_later_part_is_named_by_its_row(
    rows: list[tuple[Any, Any, float]], says: list[str], part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_PART", part)
    PLACES.write_csv("c.csv")
    for ending in ("csv", "parquet"):
        write_table(frame_of(rows), f"p.{ending}")
        with pytest.raises(InvalidTable) as caught:
            Problem.read(f"p.{ending}", "c.csv")
        shift = 1 if ending == "parquet" else 0  # no header
        expected = [f"p.{ending}, row {int(word.split()[1][:-1]) - shift},{word.split(',', 1)[1]}" for word in says]
        found = sorted(str(violation) for violation in caught.value.violations)
        if "stands already" in says[0] and shift:
            expected = [expected[0].replace("row 3;", "row 2;")]
        assert [message[: len(start)] for message, start in zip(found, expected, strict=True)] == expected


@pytest.mark.usefixtures("_folder")
@pytest.mark.parametrize("kind", [pl.String, pl.Int64])
def test_empty_parquet_is_a_table_without_pairs(kind: Any) -> None:
    PLACES.write_csv("c.csv")
    frame_of(PAIRS).clear().with_columns(pl.col("person_id").cast(kind)).write_parquet("p.parquet")
    problem = Problem.read("p.parquet", "c.csv")
    assert (problem.persons, problem.pairs, problem.opportunities) == (0, 0, 2)
    assert problem.person_ids.dtype == kind


@pytest.mark.usefixtures("_folder")
def test_only_the_columns_of_a_plan_are_read() -> None:
    PLACES.write_csv("c.csv")
    frame_of(PAIRS).with_columns(reasons=pl.Series([[1], [2], []])).write_parquet(
        "p.parquet"
    )  # not the type of reasons
    assert told(Problem.read("p.parquet", "c.csv")) == told_by_definition(PAIRS)


@pytest.mark.usefixtures("_folder")
def test_parquet_without_a_column_says_what_it_has() -> None:
    PLACES.write_csv("c.csv")
    frame_of(PAIRS).rename({"score": "points"}).write_parquet("p.parquet")
    with pytest.raises(InvalidTable, match="column score: the column is missing; the table has: person_id, opportun"):
        Problem.read("p.parquet", "c.csv")


@pytest.mark.usefixtures("_folder")
@pytest.mark.parametrize("make", [lambda whole: whole[: len(whole) // 2], lambda whole: b"PAR1"])
def test_parquet_that_is_cut_short_is_refused(make: Callable[[bytes], bytes]) -> None:
    PLACES.write_csv("c.csv")
    frame_of(PAIRS).write_parquet("whole.parquet")
    Path("p.parquet").write_bytes(make(Path("whole.parquet").read_bytes()))
    with pytest.raises(UnreadableFile, match=r"p\.parquet is not a whole Parquet file"):
        Problem.read("p.parquet", "c.csv")
