"""A ledger of what was delivered before `on`: uneven by district and by person, and never a recommendation."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.seekers import People
from talentcity.sample.streams import choose, ids, words_of

SERVED = ("briefing", "counselling", "training")
_KINDS = {"briefing": ("briefing",), "counselling": ("counselling",), "training": ("course", "internship")}
_REACH = {"briefing": 0.66, "counselling": 0.42, "training": 0.24}  # share of persons reached where served is 1
_AGAIN = 0.05  # of those reached, who came a second time
_CORRECTED = 0.006
_PAGES = 40
_EVIDENCE = {
    "briefing": (" 签到表", " 扫码签到", " 会议签到册第{page}页"),
    "counselling": (" 咨询记录表", " 职业指导记录，双方签字", " 电话回访记录"),
    "training": (" 结业登记", " 见习协议备案", " 开班花名册第{page}页"),
}
_TAKEN_BACK = (" 登记错人，撤销", " 重复登记，撤销", " 本人未到场，撤销")


def make_deliveries(
    people: People, sessions: pl.DataFrame, rng: np.random.Generator, *, on: date, city: CityFile, part: int
) -> pl.DataFrame:
    """Rows of the deliveries schema: each belongs to a session that began before `on` and has room for it.

    Args:
        people: nobody is served before being registered.
        sessions: with their places; those that begin on `on` or later are not looked at.
        rng: random numbers.
        on: every delivery is before this day.
        city: how far each district has come.
        part: whose ids the deliveries have.
    """
    over = sessions.with_columns(on=pl.col("starts_at").dt.date()).filter(pl.col("on") < on)
    keen = rng.random(len(people))
    cells = [
        _of_cell(people, over, keen, rng, service, place, _REACH[name] * district.served, city)
        for service, name in enumerate(SERVED)
        for place, district in enumerate(city.districts)
    ]
    row, session, service = (np.concatenate(column) for column in zip(*cells, strict=True))
    order = np.lexsort((row, session))  # sessions stand in the order of their days
    row, session, service = row[order], session[order], service[order]
    given = _given(row, session, service, people, over, rng, part)
    return pl.concat([given, _corrections(given, rng, on, part)])


def _of_cell(
    people: People, over: pl.DataFrame, keen: np.ndarray, rng: np.random.Generator, service: int, place: int,
    reach: float, city: CityFile,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Who of one district had one service, and in which session (a row of `over`): the keen ones come first."""
    persons = np.flatnonzero(people.district == place)
    here = (over["district"] == city.places()[place]) & over["kind"].is_in(_KINDS[SERVED[service]])
    held = np.flatnonzero(here.to_numpy())
    wish = keen[persons] + rng.random(len(persons))
    first = persons[np.argsort(-wish, kind="stable")][: round(min(1.0, reach) * len(persons))]
    again = first[rng.random(len(first)) < _AGAIN]
    rows = np.concatenate([first, again])
    days = over["on"].to_numpy()[held]
    earliest = np.searchsorted(days, people.registered[rows])
    session = earliest + np.floor(rng.random(len(rows)) * (len(days) - earliest)).astype(np.int64)
    fits = earliest < len(days)
    rows, session = rows[fits], session[fits]
    fits = _first_come(session) < over["places"].to_numpy()[held][session]
    once = np.unique(rows[fits] * len(over) + held[session[fits]])
    return once // len(over), once % len(over), np.full(len(once), service)


def _first_come(session: np.ndarray) -> np.ndarray:
    """(n,) how many earlier rows name the same session."""
    order = np.argsort(session, kind="stable")
    ranked = session[order]
    before = np.empty(len(session), dtype=np.int64)
    before[order] = np.arange(len(session)) - np.searchsorted(ranked, ranked)
    return before


def _given(
    row: np.ndarray, session: np.ndarray, service: np.ndarray, people: People, over: pl.DataFrame,
    rng: np.random.Generator, part: int,
) -> pl.DataFrame:  # fmt: skip
    words = [word.format(page=page) for name in SERVED for word in _EVIDENCE[name] for page in range(1, _PAGES)]
    wording = (service * 3 + rng.integers(0, 3, len(row))) * (_PAGES - 1) + rng.integers(0, _PAGES - 1, len(row))
    return pl.DataFrame(
        {
            "delivery_id": ids("D", part, len(row)),
            "person_id": people.table["seeker_id"].gather(row),
            "service": words_of(list(SERVED), service),
            "on": over["on"].gather(session),
            "evidence": over["session_id"].gather(session) + words_of(words, wording),
            "corrects": pl.Series([None], dtype=pl.String).new_from_index(0, len(row)),
        }
    )


def _corrections(given: pl.DataFrame, rng: np.random.Generator, on: date, part: int) -> pl.DataFrame:
    """Rows that take back a few of the earlier ones, some days later but before `on`."""
    many = min(given.height, max(1, round(_CORRECTED * given.height)))
    taken_back = given[np.sort(rng.permutation(given.height)[:many])]
    later = rng.integers(0, 9, many)
    days = np.minimum(taken_back["on"].to_numpy() + later, np.datetime64(on - timedelta(days=1)))
    reasons = words_of(list(_TAKEN_BACK), choose(rng, np.ones(len(_TAKEN_BACK)), many))
    rows = taken_back.select(
        "person_id",
        "service",
        pl.Series("on", days, dtype=pl.Date),
        ("更正：" + taken_back["delivery_id"] + reasons).alias("evidence"),
        pl.col("delivery_id").alias("corrects"),
    ).sort("on", maintain_order=True)
    numbered = ids("D", part, given.height + many)[given.height :]
    return rows.select(numbered.alias("delivery_id"), pl.all())
