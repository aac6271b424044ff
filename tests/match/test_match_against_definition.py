"""The fast path against the slow one, and laws that must hold in any town."""

from __future__ import annotations

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from match_towns import ON, Town, towns

from talentcity.match import LEVELS, reference, weights
from talentcity.match.candidates import shortlist
from talentcity.match.city import city_of

FEW = settings(max_examples=40, deadline=None)
FEWER = settings(max_examples=15, deadline=None)


def fast(town: Town, *, enough: int, most: int) -> list[reference.Candidate]:
    city = city_of(town.seekers, town.postings, town.vacancies, town.verdicts, on=ON, weights=weights())
    found = shortlist(city, weights(), enough=enough, most=most)
    persons = city.people.frame["seeker_id"].gather(found.person)
    vacancies = city.openings.frame["vacancy_id"].gather(found.opening)
    steps = (found.key >> 32).astype(int) - 1
    return [
        reference.Candidate(person, vacancy, LEVELS[level], step)
        for person, vacancy, level, step in zip(persons, vacancies, found.level, steps.tolist(), strict=True)
    ]


@FEW
@given(towns(), st.integers(1, 6), st.integers(1, 8))
def test_short_lists_equal_their_definition(town, enough, most):
    slow = reference.shortlist(
        town.seekers, town.postings, town.vacancies, town.verdicts,
        on=ON, weights=weights(), enough=enough, most=most,
    )  # fmt: skip
    assert fast(town, enough=enough, most=most) == slow


@FEWER
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(town, random):
    def mixed(frame: pl.DataFrame) -> pl.DataFrame:
        rows = list(range(frame.height))
        random.shuffle(rows)
        return frame[rows]

    other = Town(mixed(town.seekers), mixed(town.postings), mixed(town.vacancies), mixed(town.verdicts))
    assert other.matched(top=3).pairs.equals(town.matched(top=3).pairs)
    assert other.matched(top=3).unmatched.equals(town.matched(top=3).unmatched)


@FEWER
@given(towns())
def test_only_who_may_take_it_gets_what_is_open_and_not_excluded(town):
    matching = town.matched()
    held = set(town.verdicts.filter(pl.col("verdict") == "hold")["posting_id"])
    excluded = {row["seeker_id"]: row["excluded"] for row in town.seekers.to_dicts()}
    for person, vacancy, score, reasons in matching.pairs.iter_rows():
        assert vacancy not in held
        assert vacancy not in excluded[person]
        assert 0 <= score <= 1
        assert len(reasons) == 7
    known = set(matching.pairs["person_id"]) | set(matching.unmatched["person_id"])
    assert known == set(town.seekers["seeker_id"])


@FEWER
@given(towns(), st.sampled_from([500.0, 3000.0]))
def test_a_higher_wage_never_lowers_a_score(town, more):
    raised = town.but(postings=town.postings.with_columns(pl.col("wage_min") + more, pl.col("wage_max") + more))
    before, after = town.scores(), raised.scores()
    assert before.keys() == after.keys()
    assert all(after[pair] >= before[pair] for pair in before)


@FEWER
@given(towns(), st.sampled_from(["python", "急救", "sql"]))
def test_a_further_skill_never_lowers_a_score(town, skill):
    skilled = town.but(
        seekers=town.seekers.with_columns(pl.concat_list("skills", pl.lit(skill)).list.unique(maintain_order=True))
    )
    before, after = town.scores(), skilled.scores()
    assume(before)
    assert before.keys() == after.keys()
    assert all(after[pair] >= before[pair] for pair in before)
