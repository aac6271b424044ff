"""A ledger of what was delivered before `on`: uneven by district and by person, and never a recommendation."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.streams import choose

_KINDS = {"briefing": ("briefing",), "counselling": ("counselling",), "training": ("course", "internship")}
_REACH = {"briefing": 0.66, "counselling": 0.42, "training": 0.24}  # share of persons reached where served is 1
_AGAIN = 0.05  # of those reached, who came a second time
_CORRECTED = 0.006
_EVIDENCE = {
    "briefing": ("{session} 签到表", "{session} 扫码签到", "{session} 会议签到册第{page}页"),
    "counselling": ("{session} 咨询记录表", "{session} 职业指导记录，双方签字", "{session} 电话回访记录"),
    "training": ("{session} 结业登记", "{session} 见习协议备案", "{session} 开班花名册第{page}页"),
}
_TAKEN_BACK = ("更正：{id} 登记错人，撤销", "更正：{id} 重复登记，撤销", "更正：{id} 本人未到场，撤销")


def make_deliveries(
    seekers: pl.DataFrame, sessions: pl.DataFrame, rng: np.random.Generator, *, on: date, city: CityFile
) -> pl.DataFrame:
    """Rows of the deliveries schema: each belongs to a session that began before `on` and has room for it.

    Args:
        seekers: with seeker_id, district and registered_on; nobody is served before being registered.
        sessions: with their places; those that begin on `on` or later are not looked at.
        rng: random numbers.
        on: every delivery is before this day.
        city: how far each district has come.
    """
    over = sessions.with_columns(pl.col("starts_at").dt.date().alias("on")).filter(pl.col("on") < on)
    keen = rng.random(seekers.height)
    parts = [
        _of_cell(seekers, over, keen, rng, service, place, _REACH[service] * district.served)
        for service in _KINDS
        for place, district in zip(city.places(), city.districts, strict=True)
    ]
    rows = pl.concat(parts).sort("on", "session_id", "row", maintain_order=True)
    given = _given(rows, seekers, rng)
    return pl.concat([given, _corrections(given, rng, on)])


def _of_cell(
    seekers: pl.DataFrame, over: pl.DataFrame, keen: np.ndarray, rng: np.random.Generator, service: str, place: str,
    reach: float,
) -> pl.DataFrame:  # fmt: skip
    """Who of one district had one service, and in which session: the keen ones come first."""
    persons = np.flatnonzero((seekers["district"] == place).to_numpy())
    held = over.filter((pl.col("district") == place) & pl.col("kind").is_in(_KINDS[service])).sort("on", "session_id")
    wish = keen[persons] + rng.random(len(persons))
    first = persons[np.argsort(-wish, kind="stable")][: round(min(1.0, reach) * len(persons))]
    again = first[rng.random(len(first)) < _AGAIN]
    rows = np.concatenate([first, again])
    days, registered = held["on"].to_numpy(), seekers["registered_on"].to_numpy()[rows]
    earliest = np.searchsorted(days, registered)
    session = earliest + np.floor(rng.random(len(rows)) * (len(days) - earliest)).astype(np.int64)
    fits = earliest < len(days)
    taken = pl.DataFrame({"row": rows[fits], "session": session[fits]})
    places = held["places"].gather(taken["session"])
    taken = taken.filter(pl.int_range(pl.len()).over("session") < places).unique(maintain_order=True)
    return taken.select(
        "row",
        pl.lit(service).alias("service"),
        held["session_id"].gather(taken["session"]).alias("session_id"),
        held["on"].gather(taken["session"]).alias("on"),
    )


def _given(rows: pl.DataFrame, seekers: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    pattern, page = rng.random(rows.height).tolist(), rng.integers(1, 40, rows.height).tolist()
    evidence = [
        _EVIDENCE[service][int(draw * len(_EVIDENCE[service]))].format(session=session, page=number)
        for service, session, draw, number in zip(rows["service"], rows["session_id"], pattern, page, strict=True)
    ]
    return pl.DataFrame(
        {
            "delivery_id": [f"D{number:07d}" for number in range(1, rows.height + 1)],
            "person_id": seekers["seeker_id"].gather(rows["row"]),
            "service": rows["service"],
            "on": rows["on"],
            "evidence": pl.Series(evidence, dtype=pl.String),
            "corrects": pl.Series([None] * rows.height, dtype=pl.String),
        }
    )


def _corrections(given: pl.DataFrame, rng: np.random.Generator, on: date) -> pl.DataFrame:
    """Rows that take back a few of the earlier ones, some days later but before `on`."""
    many = min(given.height, max(1, round(_CORRECTED * given.height))) if given.height else 0
    taken_back = given[np.sort(rng.permutation(given.height)[:many])]
    later, pattern = rng.integers(0, 9, many), choose(rng, np.ones(len(_TAKEN_BACK)), many).tolist()
    evidence = [_TAKEN_BACK[p].format(id=name) for p, name in zip(pattern, taken_back["delivery_id"], strict=True)]
    days = np.minimum(taken_back["on"].to_numpy() + later, np.datetime64(on - timedelta(days=1)))
    numbered = [f"D{number:07d}" for number in range(given.height + 1, given.height + 1 + many)]
    return (
        taken_back.select(
            pl.Series("delivery_id", numbered, dtype=pl.String),
            "person_id",
            "service",
            pl.Series("on", days, dtype=pl.Date),
            pl.Series("evidence", evidence, dtype=pl.String),
            pl.col("delivery_id").alias("corrects"),
        )
        .sort("on", maintain_order=True)
        .with_columns(pl.Series("delivery_id", numbered, dtype=pl.String))
    )
