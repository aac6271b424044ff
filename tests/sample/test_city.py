"""A synthetic city: the same bytes of the same seed, every table sound, every id known, the skews there."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import talentcity.sample
from talentcity import tables
from talentcity.errors import InvalidOption
from talentcity.sample import DEFAULT_ON, LEAST_PEOPLE, MOST_PEOPLE, TABLES, City, CityFile, make_city
from talentcity.sample.cityfile import built_in
from talentcity.text import lexicon

SENTENCES = ("F1", "F3", "F4", "W1", "D1", "D2", "D4", "D6", "P1", "S1", "S2")
"""Rules of which sentences are planted; I5 is planted by leaving facts out."""
FEMALE_OR_MALE = "|".join(
    (
        r"[男女]|小伙|姑娘|小哥",
        r"(?i:\b(men|man|women|woman|male|female|girls?|guys?|lad(y|ies)|gentlemen|he|she|sex|gender)\b)",
    )
)
MONEY_ASKED = r"押金|保证金|担保金|诚意金|定金|(?i:\bdeposit|\bbond\b)"
DOCUMENTS = r"身份证|毕业证|学位证|护照|(?i:passport|diploma|id card|licen[cs]e)"
CLICKS = r"刷|点赞|返佣|充值|好评|(?i:\blikes\b|fake|top.?up|five.star)"


@pytest.fixture(scope="module")
def town() -> City:
    return make_city(3000, seed=0)


@pytest.fixture(scope="module")
def village() -> City:
    return make_city(1000, seed=3)


def test_public_names():
    assert talentcity.sample.__all__ == [
        "DEFAULT_ON", "LEAST_PEOPLE", "MOST_PEOPLE", "TABLES", "City", "CityDistrict", "CityFile",
        "check_character", "disk_need", "make_city", "write_city",
    ]  # fmt: skip


def test_same_seed_gives_the_same_bytes(tmp_path):
    paths = [make_city(300, seed=0).write(tmp_path / name) for name in ("one", "two")]
    for name in TABLES:
        assert paths[0][name].read_bytes() == paths[1][name].read_bytes(), name


def test_another_seed_gives_another_city():
    one, two = make_city(300, seed=0), make_city(300, seed=1)
    assert [name for name in TABLES if one.tables()[name].equals(two.tables()[name])] == []


def test_written_files_read_back_as_their_schemas(tmp_path, village):
    for name, path in village.write(tmp_path).items():
        assert tables.read_table(path, TABLES[name]).equals(village.tables()[name]), name


def test_a_table_does_not_depend_on_what_another_draws(village):
    named = CityFile.parse(ONE_DISTRICT, source="one.toml")
    renamed = CityFile.parse(ONE_DISTRICT.replace("大街", "小巷"), source="two.toml")
    one, two = make_city(200, seed=5, city=named), make_city(200, seed=5, city=renamed)
    assert not one.postings["text"].equals(two.postings["text"])
    for name in ("seekers", "employers", "vacancies", "sessions", "truth", "deliveries"):
        assert one.tables()[name].equals(two.tables()[name]), name


ONE_DISTRICT = """
name = "试城"
[[district]]
name = "东区"
people = 2
openings = 1
streets = ["大街"]
[[district]]
name = "西区"
people = 1
openings = 1
streets = ["大街"]
"""


def test_city_of_another_file_names_its_districts():
    city = make_city(60, seed=1, city=CityFile.parse(ONE_DISTRICT, source="one.toml"))
    assert city.name == "试城"
    for frame in (city.seekers, city.postings.drop_nulls("district"), city.sessions):
        assert set(frame["district"]) <= {"东区", "西区"}


def test_smallest_city_is_sound():
    city = make_city(LEAST_PEOPLE, seed=2)
    assert city.seekers.height == LEAST_PEOPLE
    assert city.vacancies.height >= 1
    assert city.truth.height == 0  # too few postings to plant anything and stay honest about shares


@pytest.mark.parametrize("people", [-1, 0, LEAST_PEOPLE - 1, MOST_PEOPLE + 1])
def test_sizes_out_of_reach_are_refused(people):
    with pytest.raises(InvalidOption, match="expected 10 to 4,000,000"):
        make_city(people, seed=0)


def test_negative_seed_is_refused():
    with pytest.raises(InvalidOption, match="seed is -1"):
        make_city(20, seed=-1)


def test_every_id_is_known(town):
    ids = town.postings["posting_id"]
    tables.require_known(town.postings["employer_id"], town.employers["employer_id"], table="p", known_table="e")
    spoken_of = town.vacancies["posting_ids"].explode()
    assert sorted(spoken_of) == sorted(ids)  # each posting speaks of exactly one vacancy
    tables.require_known(town.truth["posting_id"], ids, table="t", known_table="p")
    tables.require_known(town.deliveries["person_id"], town.seekers["seeker_id"], table="d", known_table="s")
    tables.require_known(town.deliveries["corrects"], town.deliveries["delivery_id"], table="d", known_table="d")


def test_codes_are_the_lexicons(town):
    families = {family.code for family in lexicon.families()}
    skills = {skill.code for skill in lexicon.skills()}
    assert set(town.seekers["wanted_occupations"].explode()) <= families
    assert set(town.postings["occupation"].drop_nulls()) <= families
    assert set(town.seekers["skills"].explode().drop_nulls()) <= skills


def test_titles_are_read_as_the_occupation_they_were_made_from(town):
    known = town.postings.drop_nulls("occupation")
    read = [lexicon.family_of(title) for title in known["title"]]
    agrees = sum(a == b for a, b in zip(read, known["occupation"], strict=True))
    assert agrees / known.height > 0.97


def test_places_of_open_vacancies_are_about_four_tenths_per_person(town):
    over = town.postings.filter(pl.col("valid_through") < DEFAULT_ON)["posting_id"]
    live = town.vacancies.filter(~pl.col("posting_ids").list.first().is_in(over.implode()))
    per_person = (live["headcount"] - live["hired"]).sum() / 3000
    assert 0.40 <= per_person < 0.44


def test_headcounts_have_a_heavy_tail():
    headcount = make_city(20_000, seed=4).vacancies["headcount"]
    assert 0.5 < (headcount == 1).mean() < 0.75
    assert headcount.max() >= 100
    biggest_tenth = headcount.sort(descending=True).head(headcount.len() // 10).sum()
    assert biggest_tenth / headcount.sum() > 0.35


def test_fashionable_families_are_wished_for_beyond_their_places():
    town = make_city(20_000, seed=0)
    first = town.seekers.select(pl.col("wanted_occupations").list.first().alias("family"))["family"]
    wished = dict(first.value_counts().iter_rows())
    by_posting = dict(town.postings.select("posting_id", "title").iter_rows())
    places: dict[str | None, int] = {}
    for ids, headcount in town.vacancies.select("posting_ids", "headcount").iter_rows():
        family = lexicon.family_of(by_posting[ids[0]])
        places[family] = places.get(family, 0) + headcount
    for family in ("software", "finance", "public_service", "administration"):
        assert 10 * places.get(family, 0) < 3 * wished[family], family
    assert 10 * places["sales"] > 3 * wished["sales"]


def test_people_are_young_and_mostly_without_experience(town):
    seekers = town.seekers
    assert (seekers["experience_years"] == 0).mean() > 0.5
    assert seekers["experience_years"].max() <= 10
    assert (seekers["graduated_on"] >= date(2025, 6, 1)).mean() > 0.6
    later = seekers.filter(pl.col("graduated_on") > DEFAULT_ON)
    assert 0 < later.height < 0.06 * seekers.height
    assert later["may_work_from"].equals(later["graduated_on"].alias("may_work_from"))
    assert seekers["may_work_from"].drop_nulls().len() == later.height
    assert seekers["wanted_occupations"].list.len().unique().sort().to_list() == [1, 2, 3]
    assert seekers["wanted_occupations"].list.n_unique().equals(seekers["wanted_occupations"].list.len())


def test_higher_education_asks_for_more(town):
    middle = dict(town.seekers.group_by("education").agg(pl.col("wanted_wage").median()).iter_rows())
    assert middle["secondary"] < middle["college"] < middle["bachelor"] < middle["master"]


def test_texts_are_of_the_stated_length_and_languages(town):
    length = town.postings["text"].str.len_chars()
    assert (length.min() >= 150, length.max() <= 600) == (True, True)
    english = ~town.postings["text"].str.contains(r"[\u4e00-\u9fff]{6}")
    assert 0.08 < english.mean() < 0.22


def test_texts_agree_with_the_columns(town):
    postings = town.postings.with_columns(
        pl.col("text").str.extract(r"(?:招聘人数：|名额|计划招聘|招)(\d+)[人名个]|Openings: (\d+)", 1).alias("said"),
    )
    planted = town.truth["posting_id"].implode()  # a planted sentence may speak of numbers of its own
    said = postings.drop_nulls("said").filter(~pl.col("posting_id").is_in(planted))
    assert said.height > 0.4 * postings.height
    known = said.drop_nulls("headcount")
    assert known["said"].cast(pl.Int64).equals(known["headcount"].alias("said"))
    pay = postings["text"].str.extract(r"月薪(\d+)-\d+元").cast(pl.Float64)
    stated = pay.is_not_null() & postings["wage_min"].is_not_null()
    assert stated.sum() > 20
    assert pay.filter(stated).equals(postings["wage_min"].filter(stated).alias("text"))


PAY_IN_TEXT = r"\d元|\d[Kk]|\d yuan|CNY \d|(?i:rmb) ?\d"
PERSONS_IN_TEXT = r"招聘人数：\d|招\d+人|计划招聘\d|名额\d|Openings: \d|have \d+ places|Headcount: \d"
DAY_IN_TEXT = r"\d{4}年\d+月\d+日|\d{4}-\d\d-\d\d|\d+ [A-Z][a-z]+ \d{4}|[A-Z][a-z]+ \d+, \d{4}"
DUTIES = "职责|工作内容|主要工作|你将负责|What you will do|Responsibilities|Your work:|Duties:"
SCHOOLING = "学历|学位|文化程度|中专|本科|(?i:education|school|degree|college)"


def stated(postings: pl.DataFrame) -> pl.DataFrame:
    """For each posting and fact, whether a column or the text states it."""
    text = pl.col("text")
    return postings.select(
        "posting_id",
        employer=pl.col("employer_id").is_not_null(),
        headcount=pl.col("headcount").is_not_null() | text.str.contains(PERSONS_IN_TEXT),
        pay=pl.col("wage_min").is_not_null() | text.str.contains(PAY_IN_TEXT),
        place=pl.col("district").is_not_null(),
        validity=pl.col("valid_through").is_not_null() | text.str.contains(DAY_IN_TEXT),
        conditions=text.str.contains(SCHOOLING),
        duties=text.str.contains(DUTIES),
    )


def test_every_posting_states_all_facts_but_those_that_are_planted_to_lack_some():
    city = make_city(40_000, seed=6)
    facts = stated(city.postings)
    lacking = city.truth.filter(rule_id="I5")["posting_id"].implode()
    whole = facts.filter(~pl.col("posting_id").is_in(lacking)).drop("posting_id")
    assert {name: whole[name].all() for name in whole.columns} == dict.fromkeys(whole.columns, True)
    short = facts.filter(pl.col("posting_id").is_in(lacking)).drop("posting_id")
    assert short.height >= 15
    always = ("employer", "headcount", "pay", "place", "validity")
    assert short.select(~pl.all_horizontal(always)).to_series().all()
    assert {name: bool(short[name].all()) for name in short.columns} == dict.fromkeys(short.columns, False)


def test_a_posting_that_lacks_a_place_names_no_district():
    city = make_city(20_000, seed=6)
    names = "|".join(name for district in built_in().districts for name in (district.name, district.name_en))
    nowhere = city.postings.filter(pl.col("district").is_null())
    assert nowhere.height >= 5
    assert not pl.concat([nowhere["title"], nowhere["text"]]).str.contains(names).any()


def test_some_facts_are_left_to_the_reader(town):
    for column in ("occupation", "headcount", "wage_min", "education_min", "experience_min"):
        assert 0.03 < town.postings[column].is_null().mean() < 0.6, column


def test_some_vacancies_have_several_postings(town):
    many = town.vacancies["posting_ids"].list.len()
    assert many.unique().sort().to_list() == [1, 2, 3]
    assert 0.04 < (many > 1).mean() < 0.12
    texts = dict(town.postings.select("posting_id", "text").iter_rows())
    for ids in town.vacancies.filter(many > 1)["posting_ids"]:
        assert len({texts[name] for name in ids}) == len(ids)


def test_channels_are_mostly_the_market(town):
    shares = dict(town.postings["channel"].value_counts(normalize=True).iter_rows())
    assert shares["market"] > 0.8
    assert set(shares) == set(tables.CHANNELS)


def test_days_lie_where_they_should(town):
    assert town.postings["posted_on"].max() <= DEFAULT_ON
    over = (town.postings["valid_through"] < DEFAULT_ON).mean()
    assert 0.01 < over < 0.10
    assert town.deliveries["on"].max() < DEFAULT_ON
    assert town.seekers["registered_on"].max() < DEFAULT_ON
    agencies = town.employers.filter(kind="agency")
    assert agencies["licence_until"].min() > DEFAULT_ON
    assert town.employers.filter(kind="employer")["licence_until"].is_null().all()
    before = town.sessions.filter(pl.col("starts_at").dt.date() < DEFAULT_ON)
    assert set(before["kind"]) == {"briefing", "counselling", "course", "internship"}
    assert before.height < town.sessions.height


def test_another_day_moves_the_dates_and_nothing_else():
    week = timedelta(days=7)
    now, later = make_city(200, seed=9), make_city(200, seed=9, on=DEFAULT_ON + week)
    for name, column in (
        ("postings", "posted_on"), ("postings", "valid_through"), ("seekers", "registered_on"),
        ("sessions", "starts_at"), ("deliveries", "on"), ("employers", "checked_on"),
    ):  # fmt: skip
        moved = now.tables()[name][column] + week
        assert moved.equals(later.tables()[name][column]), (name, column)
    bare = [city.postings["text"].str.replace_all(DAY_IN_TEXT, "DAY") for city in (now, later)]
    assert bare[0].equals(bare[1])


def test_nobody_is_served_before_registering_nor_beyond_the_places_of_a_session(town):
    given = town.deliveries.filter(pl.col("corrects").is_null())
    seekers = town.seekers.select(person_id="seeker_id", registered_on="registered_on")
    assert (given.join(seekers, on="person_id")["on"] >= given.join(seekers, on="person_id")["registered_on"]).all()
    per_session = given.with_columns(pl.col("evidence").str.extract(r"^(S\d+) ").alias("session_id"))
    used = per_session.group_by("session_id", "on").len().join(town.sessions, on="session_id")
    assert used.height == per_session.select("session_id").n_unique()
    assert (used["len"] <= used["places"]).all()
    assert (used["on"] == used["starts_at"].dt.date()).all()


def test_ledger_has_no_recommendation_and_takes_some_rows_back(town):
    assert set(town.deliveries["service"]) == {"briefing", "counselling", "training"}
    corrections = town.deliveries.drop_nulls("corrects")
    assert 1 <= corrections.height <= 0.02 * town.deliveries.height
    both = corrections.join(town.deliveries, left_on="corrects", right_on="delivery_id", suffix="_first")
    assert both.height == corrections.height == corrections["corrects"].n_unique()
    assert (both["person_id"] == both["person_id_first"]).all()
    assert (both["on"] >= both["on_first"]).all()


def test_two_districts_are_behind_and_persons_differ(town):
    had = town.deliveries.group_by(seeker_id="person_id").agg(pl.col("service").n_unique().alias("had"))
    people = town.seekers.join(had, on="seeker_id", how="left").with_columns(pl.col("had").fill_null(0))
    by_district = people.group_by("district").agg(pl.col("had").mean()).sort("had")
    assert set(by_district["district"].head(2)) == {"松林县", "长坪县"}
    assert by_district["had"][1] < 0.8 * by_district["had"][2]
    assert set(people["had"]) == {0, 1, 2, 3}


def test_each_kind_is_planted_with_three_denials_for_each_violation(town, village):
    for city in (town, village):
        counts = {(rule, kind): many for rule, kind, many in city.truth.group_by("rule_id", "planted").len().rows()}
        assert {rule for rule, _ in counts} == {*SENTENCES, "I5"}
        assert counts["I5", "violation"] == counts["F1", "violation"]
        assert ("I5", "denial") not in counts  # a fact is there or it is not
        for rule in SENTENCES:
            assert counts[rule, "violation"] >= max(3, 0.004 * city.postings.height)
            assert counts[rule, "denial"] == 3 * counts[rule, "violation"]
        assert city.truth["posting_id"].is_unique().all()  # a denial never stands beside a violation
    for kind in ("violation", "denial"):  # a village has too few English adverts for every rule
        languages = town.truth.filter(planted=kind).group_by("rule_id").agg(pl.col("language").n_unique())
        assert set(languages["language"]) == {2}


@pytest.mark.parametrize(
    ("rule", "words"), [("D1", FEMALE_OR_MALE), ("F1", MONEY_ASKED), ("W1", DOCUMENTS), ("S1", CLICKS)]
)
def test_only_planted_postings_speak_of_a_rules_matter(rule, words):
    city = make_city(8000, seed=6)
    spoken = pl.concat_str("title", "text", separator="\n").str.contains(words)
    speaking = city.postings.filter(spoken)["posting_id"]
    planted = city.truth.filter(rule_id=rule)["posting_id"]
    assert set(speaking) <= set(city.truth["posting_id"])  # other rules' sentences may speak of it too
    assert len(set(speaking) & set(planted)) > 0.4 * planted.len()


def test_some_breaches_stand_in_the_title_and_most_in_the_text():
    city = make_city(8000, seed=6)
    breaches = city.postings.filter(
        pl.col("posting_id").is_in(city.truth.filter(rule_id="D1", planted="violation")["posting_id"].implode())
    )
    in_title = breaches["title"].str.contains(FEMALE_OR_MALE)
    in_text = breaches["text"].str.contains(FEMALE_OR_MALE)
    assert (in_title ^ in_text).all()
    assert 0 < in_title.sum() < in_text.sum()


def test_guard_and_its_tests_never_read_the_phrasings():
    root = Path(__file__).parents[2]
    sources = [path for folder in ("src/talentcity/guard", "tests/guard") for path in (root / folder).rglob("*.py")]
    assert sources
    reading = [path.name for path in sources if "talentcity.sample" in path.read_text(encoding="utf-8")]
    assert reading == []


def test_sample_knows_no_other_engine_and_no_web():
    code = (
        "import sys, talentcity.sample; "
        "print([m for m in sys.modules if m.startswith(('talentcity.guard', 'talentcity.match', 'django'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("day", [date(1949, 12, 31), date(2200, 1, 1)])
def test_days_beyond_the_calendar_of_the_sample_are_refused(day):
    with pytest.raises(InvalidOption, match=f"on is {day}; expected a day from 1950 to 2199"):
        make_city(20, seed=0, on=day)


@pytest.mark.parametrize("day", [date(1950, 1, 1), date(2199, 12, 31)])
def test_the_first_and_the_last_day_of_the_sample_make_a_city(day):
    assert make_city(20, seed=0, on=day).seekers.height == 20
