"""What is known of each vacancy and each person: one row each, read once at the border.

The facts of a vacancy come from the postings that speak of it: each from the first posting that states it,
in the vacancy's own order. Occupation and skills that no column gives are read from the title and the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from talentcity.errors import InvalidTable, Violation
from talentcity.tables import require_known
from talentcity.tables.catalogue import CNY
from talentcity.text import lexicon
from talentcity.text.education import EDUCATION
from talentcity.text.place import keys

OPEN, HELD, FULL, EXPIRED = "open", "held", "full", "expired"


def vacancy_facts(postings: pl.DataFrame, vacancies: pl.DataFrame, verdicts: pl.DataFrame, on: date) -> pl.DataFrame:
    """One row per vacancy, in rising order of ids.

    Columns: vacancy_id, state (open, held, full, expired), family (null: cannot be read), place
    (null: not stated), education_min (0 to 5, null: none asked), experience_min, offer (CNY/month: the middle
    of the wage; null where that is in another currency), skills (codes), text (title and body of the first posting),
    unknown_headcount.

    Raises:
        InvalidTable: a vacancy names a posting that is not there, or a posting of a vacancy has no verdict.
    """
    links = _links(postings, vacancies, verdicts)
    joined = links.join(_posting_facts(postings, verdicts), on="posting", how="left", maintain_order="left")
    firsts = [
        _first(name) for name in ("family", "place", "education_min", "experience_min", "offer", "skills", "text")
    ]
    known = joined.group_by("vacancy", maintain_order=True).agg(
        *firsts,
        pl.col("held").any().alias("held"),
        # One posting without a last day keeps the vacancy open.
        pl.when(pl.col("valid_through").is_not_null().all()).then(pl.col("valid_through").max()),
        pl.col("stated").any().alias("stated"),
    )
    rows = vacancies.select(
        "vacancy_id",
        pl.col("vacancy_id").cast(pl.String).alias("vacancy"),
        pl.col("headcount"),
        (pl.col("headcount") - pl.col("hired")).alias("places"),
    ).join(known, on="vacancy", how="left", maintain_order="left")
    state = (
        pl.when(pl.col("held"))
        .then(pl.lit(HELD))
        .when(pl.col("places") <= 0)
        .then(pl.lit(FULL))
        .when(pl.col("valid_through") < on)
        .then(pl.lit(EXPIRED))
        .otherwise(pl.lit(OPEN))
    )
    unknown = ~pl.col("stated") & (pl.col("headcount") == 1)
    return (
        rows.with_columns(state.alias("state"), unknown.alias("unknown_headcount"))
        .drop("held", "valid_through", "stated", "places", "headcount", "vacancy")
        .sort("vacancy_id")
    )


def _links(postings: pl.DataFrame, vacancies: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Which posting speaks of which vacancy, by ids as text, in the order of each vacancy."""
    links = vacancies.select(
        pl.col("vacancy_id").cast(pl.String).alias("vacancy"), pl.col("posting_ids").alias("posting")
    ).explode("posting", empty_as_null=False)
    _require_postings(vacancies, postings)
    named = pl.col("posting_id").cast(pl.String).is_in(links["posting"].implode())
    require_known(
        postings.select(pl.when(named).then("posting_id"))["posting_id"], verdicts["posting_id"],
        table="postings", known_table="verdicts", hint="every posting of a vacancy is screened before it is matched",
    )  # fmt: skip
    return links


def _require_postings(vacancies: pl.DataFrame, postings: pl.DataFrame) -> None:
    numbered = vacancies.select("posting_ids").with_row_index("row", offset=1)
    named = numbered.explode("posting_ids", empty_as_null=False).drop_nulls("posting_ids")
    known = postings["posting_id"].cast(pl.String)
    unknown = named.filter(~pl.col("posting_ids").is_in(known.implode()))
    if unknown.height:
        shown = [
            Violation("vacancies", row, "posting_ids", repr(posting), "postings does not list it")
            for row, posting in unknown.head(InvalidTable.SHOWN).iter_rows()
        ]
        raise InvalidTable(shown, unknown.height)


def _posting_facts(postings: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    held = verdicts.filter(pl.col("verdict") == "hold")["posting_id"].cast(pl.String)
    texts = postings.select((pl.col("title") + "\n" + pl.col("text").fill_null("")).alias("text"))["text"]
    ours = pl.col("currency") == CNY  # a wage in another currency is not comparable with a wish in CNY
    low, high = (pl.when(ours).then(pl.col(side)) for side in ("wage_min", "wage_max"))
    posting = pl.col("posting_id").cast(pl.String)
    skills = lexicon.skills_of(texts)
    return postings.select(
        posting.alias("posting"),
        pl.Series("family", families_wanted(postings["occupation"])).fill_null(lexicon.families_of(postings["title"])),
        pl.col("district").alias("place"),
        levels(pl.col("education_min")).alias("education_min"),
        pl.col("experience_min"),
        ((low.fill_null(high) + high.fill_null(low)) / 2).alias("offer"),
        pl.when(skills.list.len() > 0).then(skills).alias("skills"),
        texts.alias("text"),
        posting.is_in(held.implode()).alias("held"),
        pl.col("valid_through"),
        pl.col("headcount").is_not_null().alias("stated"),
    )


def _first(name: str) -> pl.Expr:
    return pl.col(name).drop_nulls().first().alias(name)


def families_wanted(words: pl.Series) -> pl.Series:
    """Occupation families of words that may be codes or titles; null where neither."""
    codes = pl.Series(sorted(_codes()))
    return pl.select(
        pl.when(words.is_in(codes.implode())).then(words).otherwise(lexicon.families_of(words))
    ).to_series()


def levels(education: pl.Expr) -> pl.Expr:
    """Education as a number that rises with the level."""
    return education.replace_strict(EDUCATION, list(range(len(EDUCATION))), default=None, return_dtype=pl.Int8)


def seeker_facts(seekers: pl.DataFrame, on: date) -> pl.DataFrame:
    """One row per person, in rising order of ids.

    Columns: seeker_id, education (0 to 5), experience, wage (null: no wish), may_work, families (wished for, by
    falling rank; where none is, those the field of study leads to; empty: unknown), places (keys of districts),
    cities, skills (codes), terms (words of the profile: `skill:` and `family:` codes, or plain words), excluded (ids
    as text).
    """
    wishes = [_wishes(words) for words in seekers["wanted_occupations"]]
    majors = seekers["major"].fill_null("")
    families = [wish or list(lexicon.families_of_major(major)) for wish, major in zip(wishes, majors, strict=True)]
    skills = [[(lexicon.skill_code(word), word) for word in words] for words in seekers["skills"]]
    terms = [_terms(*each) for each in zip(wishes, majors, skills, strict=True)]
    codes = [list(dict.fromkeys(code for code, _ in words if code)) for words in skills]
    texts = pl.List(pl.String)
    return (
        seekers.select(
            "seeker_id",
            levels(pl.col("education")).alias("education"),
            pl.col("experience_years").alias("experience"),
            pl.col("wanted_wage").alias("wage"),
            (pl.col("may_work_from") <= on).fill_null(True).alias("may_work"),
            pl.Series("families", families, dtype=texts),
            pl.Series("skills", codes, dtype=texts),
            pl.Series("terms", terms, dtype=texts),
            "excluded",
        )
        .with_columns(_places(seekers))
        .sort("seeker_id")
    )


def _wishes(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(families_of_word(word) for word in words if families_of_word(word)))


def families_of_word(word: str) -> str:
    """The family that one wish means: a code, or a title; empty text where neither."""
    return word if word in _codes() else lexicon.family_of(word) or ""


@cache
def _codes() -> frozenset[str]:
    return frozenset(family.code for family in lexicon.families())


def _terms(wishes: list[str], major: str, skills: list[tuple[str | None, str]]) -> list[str]:
    words = [f"skill:{code}" if code else word for code, word in skills]
    words += [f"family:{code}" for code in wishes]
    return list(dict.fromkeys((*words, major) if major else words))


def _places(seekers: pl.DataFrame) -> list[pl.Series]:
    """Keys of the wished districts (own district where none is wished for), and their cities."""
    wanted = (
        seekers.select(
            pl.when(pl.col("wanted_districts").list.len() > 0)
            .then(pl.col("wanted_districts"))
            .otherwise(pl.concat_list("district"))
            .alias("place")
        )
        .with_row_index("row")
        .explode("place")
    )
    read = pl.concat([wanted, keys(wanted["place"])], how="horizontal")
    gathered = read.group_by("row", maintain_order=True).agg(
        pl.col("key").filter(pl.col("district_known")).unique(maintain_order=True).alias("places"),
        pl.col("city").unique(maintain_order=True).alias("cities"),
    )
    return [gathered["places"], gathered["cities"]]


def fingerprints(ids: pl.Series) -> np.ndarray:
    """A stable 64-bit number per id, the same on every machine and for any order of rows."""
    digests = b"".join(hashlib.blake2b(str(each).encode(), digest_size=8).digest() for each in ids)
    return np.frombuffer(digests, dtype="<u8")
