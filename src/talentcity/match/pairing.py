"""Pairs of persons and vacancies, with scores and reasons; and what was left out, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl

from talentcity.errors import InvalidOption, UnknownName
from talentcity.match import fit, words
from talentcity.match.candidates import LEVELS, Shortlist, shortlist
from talentcity.match.city import City, city_of
from talentcity.match.facts import EXPIRED, FULL, HELD, OPEN
from talentcity.match.weights import Weights, weights
from talentcity.match.wording import Facts, reasons
from talentcity.tables import CAPACITY, PAIRS, VACANCIES

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

SHORT = 2  # the short list holds this many times `top`; the text decides among them
DECIMALS = 6

WHY = MappingProxyType(
    {
        "may_not_work_yet": "the statute allows them this work only from a later day",
        "no_open_vacancy": "no vacancy is open",
        "education": "of all requirements education rules out the most open vacancies",
        "experience": "of all requirements experience rules out the most open vacancies",
        "excluded": "they have declined or already had every vacancy they could take",
        "not_reached": "what they could take is neither in a wished occupation nor in a wished city",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Figures of one matching: persons, vacancies and pairs.

    Attributes:
        seekers, vacancies: rows read. vacancies = open + held + full + expired.
        open: paired with whoever may take them; the other three are paired with nobody.
        unknown_headcount: open vacancies whose postings state no headcount; each counts as 1 place.
        unread_occupation: open vacancies whose occupation is neither given nor readable from the title.
        with_one, with_three: persons with at least that many pairs.
        pairs_by_level: how far the search had to be widened for each pair.
        unmatched_by_reason: persons without a pair, by a key of `WHY`.
    """

    on: date
    top: int
    seekers: int
    vacancies: int
    open: int
    held: int
    full: int
    expired: int
    unknown_headcount: int
    unread_occupation: int
    pairs: int
    with_one: int
    with_three: int
    pairs_by_level: Mapping[str, int]
    unmatched_by_reason: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matching:
    """Who may take what, how well the two fit, and why.

    Attributes:
        pairs: PAIRS, by rising person_id, then by falling score.
        unmatched: person_id, why (a key of `WHY`), for everybody without a pair; by rising person_id.
        counts: figures.
        weights_version: of the weights that made the scores.
    """

    pairs: pl.DataFrame
    unmatched: pl.DataFrame
    counts: Counts
    weights_version: str

    @staticmethod
    def explain(why: str) -> str:
        """The sentence for a key of `unmatched`.

        Raises:
            UnknownName: there is no such key.

        Example:
            >>> Matching.explain("no_open_vacancy")
            'no vacancy is open'
        """
        if why not in WHY:
            raise UnknownName(f"{why!r} is no reason for having no pair; expected one of {', '.join(WHY)}.")
        return WHY[why]


def pair(
    seekers: pl.DataFrame,
    postings: pl.DataFrame,
    vacancies: pl.DataFrame,
    *,
    verdicts: pl.DataFrame,
    on: date,
    top: int = 50,
    among: pl.Series | None = None,
    progress: Progress | None = None,
) -> Matching:
    """Score every person against the vacancies they may take, and keep the best of each.

    Eligibility is hard: education and experience asked for, the first day of lawful work, what the person excluded;
    and the vacancy must be open: a place left, not past its last day, no posting of it held. Place and wage only
    move the score. The pool of a person is widened from the wished district to elsewhere until it holds `top`
    (`LEVELS`). The same rows in any order give the same bytes.

    Args:
        seekers, postings, vacancies, verdicts: checked frames of those schemas (`talentcity.tables.check`). A fact of
            a vacancy comes from the first of its postings that states it; it has expired when the last day of all
            its postings has. An occupation that is missing is read from the title, skills from title and text.
        on: what "today" is.
        top: most pairs per person, at least 1.
        among: ids of the only vacancies to pair with; None: all. Scores are the same as without it.
        progress: called with (persons done, persons).

    Raises:
        InvalidTable: a vacancy names an unknown posting, a posting of a vacancy has no verdict, or ids differ in type.
        InvalidOption: `top` is below 1.

    Example:
        >>> from talentcity.tables import POSTINGS, SEEKERS, VERDICT_TABLE, check
        >>> seekers = check(pl.DataFrame({"seeker_id": ["P1"], "education": ["bachelor"], "district": ["North"],
        ...     "wanted_occupations": [["nursing"]]}), SEEKERS)
        >>> postings = check(pl.DataFrame({"posting_id": ["J1", "J2"], "title": ["护士", "Doctor"],
        ...     "district": ["North", "North"], "education_min": ["college", "doctor"]}), POSTINGS)
        >>> verdicts = check(pl.DataFrame({"posting_id": ["J1", "J2"], "verdict": ["cleared"] * 2}), VERDICT_TABLE)
        >>> matching = pair(seekers, postings, vacancies_of(postings), verdicts=verdicts, on=date(2026, 9, 1))
        >>> matching.pairs["opportunity_id"].to_list(), matching.pairs["reasons"][0][:2].to_list()
        (['J1'], ['+occupation same', '~skills unknown'])
    """
    if top < 1:
        raise InvalidOption(f"top is {top}; expected at least 1 pair per person.")
    use = weights()
    city = city_of(seekers, postings, vacancies, verdicts, on=on, weights=use)
    wanted = None if among is None else city.openings.frame["vacancy_id"].is_in(among.implode()).to_numpy()
    short = shortlist(city, use, enough=top, most=SHORT * top, among=wanted, progress=progress)
    chosen, facts, score = _chosen(city, short, use, top)
    pairs = _frame(city, chosen, score, reasons(facts))
    unmatched = _unmatched(city, chosen.person)
    return Matching(
        pairs=pairs,
        unmatched=unmatched,
        counts=_counts(city, chosen, unmatched, on, top),
        weights_version=use.version,
    )


def vacancies_of(postings: pl.DataFrame) -> pl.DataFrame:
    """Each posting as a vacancy of its own, with the posting's id. An unknown headcount counts as 1.

    Example:
        >>> vacancies_of(pl.DataFrame({"posting_id": [7], "headcount": [None]})).row(0)
        (7, ['7'], 1, 0)
    """
    return postings.select(
        pl.col("posting_id").alias("vacancy_id"),
        pl.concat_list(pl.col("posting_id").cast(pl.String)).alias("posting_ids"),
        pl.col("headcount").cast(pl.Int64).fill_null(1),
        pl.lit(0, dtype=pl.Int64).alias("hired"),
    ).select(VACANCIES.names)


def capacity_of(vacancies: pl.DataFrame, per_place: int = 10) -> pl.DataFrame:
    """CAPACITY of vacancies: recommendations that each can hold, its open places times `per_place`.

    Raises:
        InvalidOption: `per_place` is below 1.

    Example:
        >>> capacity_of(pl.DataFrame({"vacancy_id": ["V1"], "headcount": [3], "hired": [1]}))["capacity"].to_list()
        [20]
    """
    if per_place < 1:
        raise InvalidOption(f"per_place is {per_place}; expected at least 1 recommendation per open place.")
    most = int(CAPACITY.column("capacity").high or 0)
    places = (pl.col("headcount") - pl.col("hired")).clip(lower_bound=0)
    return vacancies.select(
        pl.col("vacancy_id").alias("opportunity_id"),
        (places * per_place).clip(upper_bound=most).alias("capacity"),
        pl.lit(None, dtype=pl.Int64).alias("minimum"),
    ).select(CAPACITY.names)


def _chosen(city: City, short: Shortlist, use: Weights, top: int) -> tuple[Shortlist, Facts, Floats]:
    """The best `top` of each short list once the text has joined the score."""
    text = words.closeness(city.people.frame["terms"], city.openings.frame["text"], short.person, short.opening)
    facts = _facts(city, short, text, use)
    score = _score(short, facts, use)
    order = np.lexsort((~(short.key & np.uint64(0xFFFFFFFF)), -score, short.person))
    person = short.person[order]
    order = order[np.arange(person.size) - np.searchsorted(person, person) < top]
    names = list(Facts.__dataclass_fields__)
    return short.at(order), Facts(*(getattr(facts, name)[order] for name in names)), score[order]


def _facts(city: City, short: Shortlist, text: Floats, use: Weights) -> Facts:
    """The criteria of each pair of the short list."""
    people, openings = city.people, city.openings
    person, opening = short.person, short.opening
    wanted, offer = people.wage[person], openings.offer[opening]
    district = (people.districts[person] == openings.district[opening][:, None]).any(axis=1)
    return Facts(
        occupation=short.occupation,
        had=_had(city, short),
        asked=openings.asked[opening],
        wanted=wanted,
        offer=offer,
        wage=fit.wage(wanted, offer, use),
        district=district,
        city=(people.cities[person] == openings.city[opening][:, None]).any(axis=1),
        place_known=openings.city[opening] != 0,
        experience=fit.experience(people.experience[person], openings.experience[opening], use),
        education=fit.education(people.education[person], openings.education[opening], use),
        text=text,
    )


def _had(city: City, short: Shortlist) -> Floats:
    """How many of the asked skills the person of each pair has; in stretches, to bound memory."""
    had = np.zeros(short.person.size)
    for first in range(0, had.size, 65_536):
        part = slice(first, first + 65_536)
        both = city.people.skills[short.person[part]] & city.openings.skills[short.opening[part]]
        had[part] = both.sum(axis=1, dtype=np.float64)
    return had


def _score(short: Shortlist, facts: Facts, use: Weights) -> Floats:
    """What the person wants times what the employer accepts, each a weighted mean from 0 to 1."""
    value = use.value
    known = np.where(facts.district, 1.0, np.where(facts.city, value["same_city"], value["elsewhere"]))
    place = np.where(facts.place_known, known, value["unknown_place"])
    wants = use.share("occupation") * short.value + use.share("place") * place + use.share("wage") * facts.wage
    accepts = (
        use.share("skills") * fit.skills(facts.had, facts.asked, use)
        + use.share("experience") * facts.experience
        + use.share("education") * facts.education
        + use.share("text") * facts.text
    )
    score: Floats = np.clip(np.round(wants * accepts, DECIMALS), 0.0, 1.0)
    return score


def _frame(city: City, chosen: Shortlist, score: Floats, why: pl.Series) -> pl.DataFrame:
    return pl.DataFrame(
        [
            city.people.frame["seeker_id"].gather(chosen.person).alias("person_id"),
            city.openings.frame["vacancy_id"].gather(chosen.opening).alias("opportunity_id"),
            pl.Series("score", score),
            why.alias("reasons"),
        ]
    ).select(PAIRS.names)


def _unmatched(city: City, matched: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Everybody without a pair, with the reason that weighs most."""
    people = city.people
    persons = np.setdiff1d(np.arange(people.education.size), matched)
    why = np.full(persons.size, "not_reached", dtype=object)
    education, experience, eligible = _ruled_out(city, persons)
    excluded = np.bincount(people.excluded["person"].to_numpy(), minlength=people.education.size)[persons]
    why[eligible == 0] = np.where(education >= experience, "education", "experience")[eligible == 0]
    why[(eligible > 0) & (eligible <= excluded)] = "excluded"
    if not city.openings.frame.height:
        why[:] = "no_open_vacancy"
    why[~people.may_work[persons]] = "may_not_work_yet"
    ids = people.frame["seeker_id"].gather(persons).alias("person_id")
    return pl.DataFrame([ids, pl.Series("why", why.tolist(), dtype=pl.String)])


def _ruled_out(city: City, persons: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """For each person: vacancies that education rules out, that experience rules out, and that neither does."""
    openings, people = city.openings, city.people
    least_level = np.nan_to_num(openings.education, nan=0.0)
    least_years = np.nan_to_num(openings.experience, nan=0.0)
    level, years = people.education[persons], people.experience[persons]
    by_level, by_years = np.sort(least_level), np.sort(least_years)
    education = by_level.size - np.searchsorted(by_level, level, side="right")
    experience = by_years.size - np.searchsorted(by_years, years, side="right")
    eligible = np.zeros(persons.size)
    for each in np.unique(level):
        reachable = np.sort(least_years[least_level <= each])
        here = level == each
        eligible[here] = np.searchsorted(reachable, years[here], side="right")
    return education.astype(float), experience.astype(float), eligible


def _counts(city: City, chosen: Shortlist, unmatched: pl.DataFrame, on: date, top: int) -> Counts:
    states = dict(city.states["state"].value_counts().iter_rows())
    open_ones = city.states.filter(pl.col("state") == OPEN)
    per_person = np.bincount(chosen.person, minlength=1)
    per_level = np.bincount(chosen.level, minlength=len(LEVELS))
    why = dict(unmatched["why"].value_counts().iter_rows())
    return Counts(
        on=on,
        top=top,
        seekers=city.people.education.size,
        vacancies=city.states.height,
        open=states.get(OPEN, 0),
        held=states.get(HELD, 0),
        full=states.get(FULL, 0),
        expired=states.get(EXPIRED, 0),
        unknown_headcount=int(open_ones["unknown_headcount"].sum()),
        unread_occupation=open_ones["family"].null_count(),
        pairs=chosen.person.size,
        with_one=int((per_person >= 1).sum()),
        with_three=int((per_person >= 3).sum()),
        pairs_by_level=MappingProxyType({name: int(per_level[at]) for at, name in enumerate(LEVELS)}),
        unmatched_by_reason=MappingProxyType({name: why[name] for name in WHY if name in why}),
    )
