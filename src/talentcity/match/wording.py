"""Reasons of pairs as short machine words, for many pairs at once. `tables.reasons` says what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from talentcity.match.candidates import NEAR, OTHER, SAME, UNREAD

Floats = npt.NDArray[np.float64]
MUCH, SOME = 0.6, 0.2  # of the criterion text: above, it is met; above, partly


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the reasons of P pairs are made from, (P,) each."""

    occupation: npt.NDArray[np.int8]
    had: Floats
    asked: Floats
    wanted: Floats  # CNY/month, NaN: no wish
    offer: Floats  # CNY/month, NaN: not stated
    wage: Floats  # value of the criterion
    district: npt.NDArray[np.bool_]
    city: npt.NDArray[np.bool_]
    place_known: npt.NDArray[np.bool_]
    experience: Floats
    education: Floats
    text: Floats


def reasons(facts: Facts) -> pl.Series:
    """List(String): one reason per criterion, in the order of `CRITERIA`."""
    columns = {
        "occupation": _chosen(
            {
                SAME: "+occupation same",
                NEAR: "~occupation near",
                OTHER: "-occupation other",
                UNREAD: "~occupation unknown",
            },
            facts.occupation,
        ),
        "skills": _skills(facts.had, facts.asked),
        "wage": _wage(facts),
        "place": _place(facts),
        "experience": _chosen({1: "+experience", 0: "~experience over"}, facts.experience >= 1.0),
        "education": _chosen({1: "+education", 0: "~education over"}, facts.education >= 1.0),
        "text": _text(facts.text),
    }
    return pl.DataFrame(columns).select(pl.concat_list(*columns).alias("reasons"))["reasons"]


def _chosen(words: dict[int, str], choice: npt.NDArray[np.int8] | npt.NDArray[np.bool_]) -> pl.Series:
    """The word of each choice."""
    table = pl.Series([words.get(at, "") for at in range(max(words) + 1)])
    return table.gather(choice.astype(np.uint32))


def _skills(had: Floats, asked: Floats) -> pl.Series:
    frame = pl.DataFrame({"had": had.astype(np.int64), "asked": asked.astype(np.int64)})
    sign = pl.when(pl.col("had") == pl.col("asked")).then(pl.lit("+")).when(pl.col("had") > 0).then(pl.lit("~"))
    counted = pl.format("{}skills {}/{}", sign.otherwise(pl.lit("-")), "had", "asked")
    return frame.select(
        pl.when(pl.col("asked") == 0).then(pl.lit("~skills unknown")).otherwise(counted).alias("skills")
    )["skills"]


def _wage(facts: Facts) -> pl.Series:
    known = np.where(facts.wage >= 1.0, 0, np.where(facts.wage > 0.0, 1, 2))
    choice = np.where(np.isnan(facts.offer), 3, np.where(np.isnan(facts.wanted), 4, known))
    words = {0: "+wage", 1: "~wage", 2: "-wage", 3: "~wage unknown", 4: "~wage no_wish"}
    return _chosen(words, choice.astype(np.int8))


def _place(facts: Facts) -> pl.Series:
    near = np.where(facts.district, 0, np.where(facts.city, 1, 2))
    choice = np.where(facts.place_known, near, 3)
    words = {0: "+place district", 1: "~place city", 2: "-place elsewhere", 3: "~place unknown"}
    return _chosen(words, choice.astype(np.int8))


def _text(value: Floats) -> pl.Series:
    """Rounded down to hundredths first, so that sign and figure never disagree."""
    hundredths = np.floor(value * 100 + 1e-9).astype(np.int64)
    words = {}
    for at in range(101):
        sign = "+" if at / 100 >= MUCH else "~" if at / 100 >= SOME else "-"
        words[at] = f"{sign}text {at / 100:.2f}"
    return _chosen(words, hundredths.astype(np.int8))
