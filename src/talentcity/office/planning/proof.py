"""What a finished plan proves, as tables that the office keeps: shortages, sums of them, and what places are worth.

Like `chain`, which calls it, it knows neither Django nor the database. A place of a vacancy is one recommendation that
it can take. A *shortage* is a group of the certificate with more than one person; whoever is short and stands in none
is short alone: no exchange with anybody would help.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talentcity.text import lexicon

if TYPE_CHECKING:
    import polars as pl

SUMMED = 50  # shortages whose own sums are kept, those that miss most
LABELS = ("district", "occupation")


def proof_tables(
    solved: Any, seekers: pl.DataFrame, vacancies: pl.DataFrame, postings: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The tables `shortages`, `sums`, `prices`, and `short` with the number of each one's shortage.

    Args:
        solved: what `talentcity.plan.solve` gave back.
        seekers: SEEKERS.
        vacancies: VACANCIES.
        postings: those that may be shown; the first one of a vacancy says where it is and what it is.
    """
    people, places = _labels_of_people(seekers), _labels_of_vacancies(vacancies, postings)
    shortages = _shortages(solved)
    number = dict(shortages.select("group", "shortage").iter_rows())
    short = solved.short.with_columns(shortage=_number_of(solved.short["group"], number))
    return {
        "short": short.drop("group"),
        "shortages": shortages.drop("group"),
        "sums": _sums(solved, number, short, people, places),
        "prices": _prices(solved, number),
    }


def _number_of(group: pl.Series, number: dict[int, int]) -> pl.Series:
    import polars as pl

    return group.cast(pl.Int64).replace_strict(number, default=None, return_dtype=pl.Int64)


def _shortages(solved: Any) -> pl.DataFrame:
    """The groups of more than one person, numbered from 1; the first one misses most."""
    import polars as pl

    groups, missing = solved.groups, solved.allocation.missing
    members = pl.DataFrame({"group": groups.of_person, "short": missing > 0}).filter(pl.col("group") >= 0)
    persons = members.group_by("group").agg(persons=pl.len(), persons_short=pl.col("short").sum())
    taken = pl.Series("group", groups.of_opportunity).value_counts(name="vacancies")
    sums = pl.DataFrame({name: getattr(groups, name) for name in ("owed", "places", "elsewhere", "missing")})
    return (
        sums.with_row_index("group")
        .cast(pl.Int64)
        .join(persons.cast(pl.Int64), on="group")
        .join(taken.cast(pl.Int64), on="group", how="left")
        .filter(pl.col("persons") > 1)
        .sort("group")
        .with_columns(pl.col("vacancies").fill_null(0), shortage=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )


def _sums(
    solved: Any, number: dict[int, int], short: pl.DataFrame, people: pl.DataFrame, places: pl.DataFrame
) -> pl.DataFrame:
    """By district and occupation family: of the whole plan (`shortage` is empty) and of each large shortage."""
    import polars as pl

    certificate = solved.certificate()
    chosen: list[int | None] = [None, *list(number)[:SUMMED]]
    sums = pl.concat(
        certificate.by(people, places, group=group).with_columns(
            shortage=pl.lit(None if group is None else number[group], dtype=pl.Int64)
        )
        for group in chosen
    ).filter(pl.col("shortage").is_not_null() | (pl.col("missing") > 0))
    labelled = short.join(people, on="person_id", how="left")
    alone = labelled.group_by(LABELS).agg(alone=pl.col("shortage").is_null().sum().cast(pl.Int64))
    most = (
        labelled.filter(pl.col("shortage").is_not_null())
        .group_by(*LABELS, "shortage")
        .agg(pl.col("missing").sum())
        .sort("missing", "shortage", descending=[True, False])
        .unique(LABELS, keep="first", maintain_order=True)
        .select(*LABELS, most_in="shortage")
    )
    whole = pl.col("shortage").is_null()
    return (
        sums.join(alone, on=LABELS, how="left", maintain_order="left")
        .join(most, on=LABELS, how="left", maintain_order="left")
        .with_columns(
            alone=pl.when(whole).then("alone").otherwise(0),
            most_in=pl.when(whole).then("most_in"),
        )
        .rename({"opportunities": "vacancies"})
    )


def _prices(solved: Any, number: dict[int, int]) -> pl.DataFrame:
    """The full vacancies of which one place more would give something, or which belong to a shortage."""
    import polars as pl

    group = pl.Series("group", solved.groups.of_opportunity)
    prices = solved.prices().frame.with_columns(shortage=_number_of(group, number))
    full = (pl.col("load") == pl.col("capacity")) & (pl.col("capacity") > 0)
    useful = (pl.col("recommendations") > 0) | (pl.col("worth") > 0) | pl.col("shortage").is_not_null()
    return prices.filter(full & useful)


def _labels_of_people(seekers: pl.DataFrame) -> pl.DataFrame:
    """Where each person lives and the occupation family wished for first."""

    first = seekers["wanted_occupations"].list.first()
    return seekers.select(person_id="seeker_id", district="district", occupation=_family(first).fill_null(""))


def _labels_of_vacancies(vacancies: pl.DataFrame, postings: pl.DataFrame) -> pl.DataFrame:
    """Where each vacancy is and what it is: by its first posting that says what it is."""
    import polars as pl

    titled = postings.select(
        "posting_id", "district", occupation=pl.coalesce(_family(postings["occupation"]), _family(postings["title"]))
    )
    named = vacancies.select("vacancy_id", posting_id="posting_ids").explode("posting_id")
    first = (
        named.join(titled, on="posting_id", how="left")
        .sort(pl.col("occupation").is_null(), "posting_id")
        .unique("vacancy_id", keep="first", maintain_order=True)
    )
    return first.select(
        opportunity_id="vacancy_id",
        district=pl.col("district").fill_null(""),
        occupation=pl.col("occupation").fill_null(""),
    )


def _family(words: pl.Series) -> pl.Series:
    """The occupation family of each: itself, or as its words are read; null where they are not understood."""
    known = words.is_in([family.code for family in lexicon.families()]).fill_null(value=False)
    return words.zip_with(known, lexicon.families_of(words.set(known, None)))
