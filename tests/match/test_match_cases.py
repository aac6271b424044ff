"""Cases done by hand: facts, filters, score, reasons, types of ids, messages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from match_towns import ON, town

from talentcity import match, sample
from talentcity.errors import InvalidData, InvalidOption, InvalidTable, UnknownName
from talentcity.match.weights import SIDES, checked
from talentcity.tables import CAPACITY, PAIRS, VERDICT_TABLE, check


def test_a_perfect_pair_leaves_only_the_doubt_about_skills():
    here = town(
        [{"wanted_occupations": ["nursing"], "wanted_wage": 6000.0, "skills": ["nursing_care", "first_aid", "sql"]}],
        [
            {
                "occupation": "nursing",
                "text": "临床护理、急救、SQL查询",
                "wage_min": 6000.0,
                "wage_max": 6000.0,
                "education_min": "college",
            }
        ],
    )
    assert here.scores() == {("P1", "V1"): 0.95}  # 0.4 of (3 + 0.5) / (3 + 1), and 0.6
    assert here.reasons("P1", "V1") == [
        "+occupation same", "+skills 3/3", "+wage", "+place district", "+experience", "+education", "+text 1.00",
    ]  # fmt: skip


def test_a_middling_pair_scores_as_worked_out_by_hand():
    here = town(
        [{"wanted_occupations": ["nursing"], "wanted_wage": 6000.0}],
        [{"occupation": "care", "title": "zzz", "district": "South", "wage_min": 4000.0, "wage_max": 5000.0}],
    )
    wants = 0.5 * 0.5 + 0.25 * 0.6 + 0.25 * 0.5  # near family; same city; 1500 short of 6000, half of the slack
    accepts = 0.4 * 0.5 + 0.2 + 0.2 + 0.0  # no skill asked; nothing else asked; no word in common
    assert here.scores() == {("P1", "V1"): pytest.approx(wants * accepts, abs=1e-6)}
    assert here.reasons("P1", "V1") == [
        "~occupation near", "~skills unknown", "~wage", "~place city", "+experience", "+education", "-text 0.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("posting", "reason"),
    [
        ({"wage_min": 6000.0}, "+wage"),
        ({"wage_max": 3001.0}, "~wage"),
        ({"wage_max": 3000.0}, "-wage"),
        ({}, "~wage unknown"),
        ({"wage_min": 6000.0, "currency": "CNY"}, "+wage"),
        ({"wage_min": 6000.0, "wage_max": 9000.0, "currency": "USD"}, "~wage unknown"),
        ({"district": "深圳/南山区"}, "-place elsewhere"),
        ({"district": None}, "~place unknown"),
        ({"experience_min": 0.0}, "~experience over"),
        ({"experience_min": 5.0}, "+experience"),
        ({"education_min": "junior"}, "~education over"),
        ({"education_min": "secondary"}, "+education"),
        ({"text": "会 Python 和 Java"}, "~skills 1/2"),
        ({"text": "会 Java"}, "-skills 0/1"),
        ({"title": "完全不知道"}, "~occupation unknown"),
    ],
)
def test_reasons_at_their_edges(posting, reason):
    person = {"wanted_occupations": ["nursing"], "wanted_wage": 6000.0, "experience_years": 10.0, "skills": ["python"]}
    assert reason in town([person], [posting]).reasons("P1", "V1")


def test_a_later_wish_counts_a_little_less():
    here = town(
        [{"wanted_occupations": ["nursing", "care"]}],
        [{"occupation": "care", "title": "zzz"}, {"occupation": "nursing", "title": "zzz"}],
    )
    scores = here.scores()
    assert scores["P1", "V2"] - scores["P1", "V1"] == pytest.approx(0.5 * 0.05 * 0.6)


@pytest.mark.parametrize(
    ("person", "posting", "takes"),
    [
        ({"education": "college"}, {"education_min": "college"}, True),
        ({"education": "secondary"}, {"education_min": "college"}, False),
        ({"experience_years": 2.0}, {"experience_min": 2.0}, True),
        ({"experience_years": 1.9}, {"experience_min": 2.0}, False),
        ({"may_work_from": ON}, {}, True),
        ({"may_work_from": date(2026, 9, 2)}, {}, False),
        ({"excluded": ["V1"]}, {}, False),
        ({"excluded": ["V9"]}, {}, True),
        ({}, {"valid_through": ON}, True),
        ({}, {"valid_through": date(2026, 8, 31)}, False),
        ({"wanted_wage": 90000.0}, {"wage_min": 10.0}, True),
    ],
)
def test_hard_filters_at_their_edges(person, posting, takes):
    assert ((("P1", "V1")) in town([person], [posting]).scores()) is takes


@pytest.mark.parametrize(
    ("last_days", "takes"),
    [
        ((date(2026, 8, 30), date(2026, 8, 31)), False),
        ((date(2026, 8, 30), ON), True),
        ((date(2026, 8, 30), None), True),  # a posting without a last day does not expire
    ],
)
def test_a_vacancy_expires_with_the_last_of_its_postings(last_days, takes):
    vacancies = [{"vacancy_id": "A", "posting_ids": ["V1", "V2"], "headcount": 1}]
    here = town([{}], [{"valid_through": day} for day in last_days], vacancies=vacancies)
    assert (("P1", "A") in here.scores()) is takes


@pytest.mark.parametrize(
    ("person", "posting", "why"),
    [
        ({"education": "secondary"}, {"education_min": "college"}, "education"),
        ({}, {"experience_min": 2.0}, "experience"),
        ({"may_work_from": date(2026, 9, 2)}, {}, "may_not_work_yet"),
        ({"excluded": ["V1"]}, {}, "excluded"),
        ({}, {"valid_through": date(2026, 8, 31)}, "no_open_vacancy"),
        ({"wanted_occupations": ["software"]}, {"district": "深圳/南山区"}, "not_reached"),
    ],
)
def test_whoever_has_no_pair_is_told_why(person, posting, why):
    matching = town([person], [posting]).matched()
    assert matching.unmatched.rows() == [("P1", why)]
    assert dict(matching.counts.unmatched_by_reason) == {why: 1}
    assert matching.explain(why) == match.WHY[why]


def test_an_unknown_reason_has_no_sentence():
    with pytest.raises(UnknownName, match="expected one of may_not_work_yet"):
        match.Matching.explain("bad_luck")


def test_a_vacancy_is_held_by_any_of_its_postings_and_full_by_its_places():
    here = town(
        [{}],
        [{}, {}, {}, {}],
        vacancies=[
            {"vacancy_id": "A", "posting_ids": ["V1", "V2"], "headcount": 1, "hired": 0},
            {"vacancy_id": "B", "posting_ids": ["V3"], "headcount": 2, "hired": 2},
            {"vacancy_id": "C", "posting_ids": ["V4"], "headcount": 2, "hired": 1},
        ],
        held=("V2",),
    )
    matching = here.matched()
    assert matching.pairs["opportunity_id"].to_list() == ["C"]
    counts = matching.counts
    assert (counts.vacancies, counts.open, counts.held, counts.full, counts.expired) == (3, 1, 1, 1, 0)


def test_a_fact_comes_from_the_first_posting_that_states_it_and_the_last_day_is_the_latest():
    here = town(
        [{"wanted_occupations": ["nursing"], "wanted_wage": 5000.0, "education": "college"}],
        [
            {"wage_min": 9000.0, "valid_through": date(2026, 8, 1)},
            {"district": None, "education_min": "college", "valid_through": date(2026, 12, 1)},
            {"wage_min": 1.0, "education_min": "doctor"},
        ],
        vacancies=[{"vacancy_id": "A", "posting_ids": ["V2", "V3", "V1"], "headcount": 1, "hired": 0}],
    )
    assert here.reasons("P1", "A")[2:4] == ["-wage", "+place district"]


def test_unknown_headcount_counts_as_one_and_is_counted():
    here = town([{}], [{"headcount": None}, {"headcount": 1}, {"headcount": 5}])
    assert here.matched().counts.unknown_headcount == 1
    assert match.capacity_of(here.vacancies)["capacity"].to_list() == [10, 10, 50]


def test_occupation_is_read_from_the_title_when_the_column_is_empty():
    here = town([{"wanted_occupations": ["software"]}], [{"title": "急招 Java开发工程师（双休）"}, {"title": "？？"}])
    assert here.reasons("P1", "V1")[0] == "+occupation same"
    assert here.matched().counts.unread_occupation == 1


def test_without_a_wish_the_field_of_study_speaks_and_without_it_everything_is_open():
    here = town([{"major": "软件工程"}, {"major": None}], [{"title": "程序员"}, {"title": "护士"}])
    assert here.reasons("P1", "V1")[0] == "+occupation same"
    assert here.reasons("P1", "V2")[0] == "-occupation other"
    assert [here.reasons("P2", vacancy)[0] for vacancy in ("V1", "V2")] == ["~occupation unknown"] * 2


def test_the_pool_is_widened_only_until_it_holds_enough():
    person = {"wanted_occupations": ["nursing"], "wanted_districts": ["North"]}
    postings = [
        {"title": "zzz", "occupation": "nursing"},
        {"title": "zzz", "occupation": "nursing", "district": "South"},
        {"title": "zzz", "occupation": "care", "district": "South"},
        {"title": "zzz", "occupation": "software", "district": "South"},
        {"title": "zzz", "occupation": "nursing", "district": "深圳/南山区"},
        {"title": "zzz", "occupation": "software", "district": "深圳/南山区"},
    ]
    here = town([person], postings)
    assert [set(here.matched(top=top).pairs["opportunity_id"]) for top in (1, 2, 3)] == [
        {"V1"}, {"V1", "V2"}, {"V1", "V2", "V3"},
    ]  # fmt: skip
    assert set(here.matched(top=6).pairs["opportunity_id"]) == {"V1", "V2", "V3", "V4", "V5"}
    assert list(here.matched(top=6).counts.pairs_by_level.values()) == [1, 1, 1, 1, 1]


def test_ties_are_broken_differently_for_every_person():
    here = town([{"wanted_occupations": ["nursing"]}] * 30, [{"occupation": "nursing"}] * 30)
    firsts = here.matched(top=1).pairs
    assert firsts["score"].n_unique() == 1
    assert firsts["opportunity_id"].n_unique() > 10


def test_ids_keep_their_type_and_the_result_is_a_table_of_pairs():
    here = town([{"seeker_id": 70}, {"seeker_id": 8}], [{"posting_id": 5}, {"posting_id": 40}], held=())
    pairs = here.matched().pairs
    assert (pairs["person_id"].dtype, pairs["opportunity_id"].dtype) == (pl.Int64, pl.Int64)
    assert pairs["person_id"].to_list() == [8, 8, 70, 70]
    assert check(pairs, PAIRS).equals(pairs)


def test_a_number_as_id_is_excluded_by_its_text():
    here = town([{"excluded": ["5"]}], [{"posting_id": 5}, {"posting_id": 40}])
    assert here.matched().pairs["opportunity_id"].to_list() == [40]


def test_empty_tables_give_empty_tables():
    here = town([{}], [{}])
    nobody = here.but(seekers=here.seekers.clear()).matched()
    nothing = here.but(postings=here.postings.clear(), vacancies=here.vacancies.clear()).matched()
    assert (nobody.pairs.height, nobody.counts.open, nothing.pairs.height) == (0, 1, 0)
    assert nothing.unmatched.rows() == [("P1", "no_open_vacancy")]
    assert nothing.pairs.columns == PAIRS.names


def test_a_vacancy_that_names_an_unknown_posting_is_refused():
    here = town([{}], [{}])
    strange = here.vacancies.with_columns(posting_ids=pl.Series([["V1", "V7"]]))
    with pytest.raises(InvalidTable, match="vacancies, row 1, column posting_ids: 'V7': postings does not list it"):
        here.but(vacancies=strange).matched()


def test_a_posting_without_verdict_is_refused():
    here = town([{}], [{}, {}])
    with pytest.raises(InvalidTable, match=r"'V2': verdicts does not list it; every posting of a vacancy is screened"):
        here.but(verdicts=here.verdicts.head(1)).matched()


def test_ids_of_verdicts_must_be_of_the_same_type():
    here = town([{}], [{}])
    other = here.verdicts.with_columns(pl.Series("posting_id", [1]))
    with pytest.raises(InvalidTable, match=r"ids are text here and numbers in verdicts \(column posting_id\)"):
        here.but(verdicts=other).matched()


def test_options_that_cannot_be_are_refused():
    with pytest.raises(InvalidOption, match="top is 0; expected at least 1"):
        town([{}], [{}]).matched(top=0)
    with pytest.raises(InvalidOption, match="per_place is 0"):
        match.capacity_of(town([{}], [{}]).vacancies, per_place=0)


def test_capacity_is_open_places_times_per_place():
    vacancies = pl.DataFrame({"vacancy_id": ["A", "B"], "headcount": [3, 2], "hired": [1, 2]})
    capacity = match.capacity_of(vacancies, per_place=4)
    assert capacity["capacity"].to_list() == [8, 0]
    assert check(capacity, CAPACITY).equals(capacity)


def test_every_weight_and_value_has_its_sentence():
    use = match.weights()
    assert set(use.about) == {*use.weight, *use.value}
    assert all(sentence.endswith(".") for sentence in use.about.values())


def test_weights_that_cannot_be_are_refused():
    row = {"name": "occupation", "side": "accepts", "weight": 1.0, "about": "."}
    with pytest.raises(InvalidData, match="expected one"):
        checked({"version": "1", "criterion": [row], "value": []})


def test_public_names():
    assert match.__all__ == [
        "LEVELS", "WHY", "Counts", "Matching", "Weights", "capacity_of", "pair", "vacancies_of", "weights",
    ]  # fmt: skip


def test_the_page_about_matching_states_the_weights_in_use():
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "match.md").read_text(encoding="utf-8")
    for name, weight in match.weights().weight.items():
        assert f"| {SIDES[name]} | {name} | {weight:.2f} |" in page


def test_a_search_among_some_vacancies_gives_the_pairs_and_scores_of_the_search_among_all():
    city = sample.make_city(120, seed=4, on=ON)
    verdicts = check(city.postings.select("posting_id", verdict=pl.lit("cleared")), VERDICT_TABLE)
    few = city.vacancies["vacancy_id"].gather_every(3)
    found, every = (
        match.pair(city.seekers, city.postings, city.vacancies, verdicts=verdicts, on=ON, top=1000, among=among).pairs
        for among in (few, None)
    )
    assert 0 < found.height < every.height
    assert found.equals(every.filter(pl.col("opportunity_id").is_in(few.implode())))
