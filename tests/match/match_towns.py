"""Small random cities for the tests of matching."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from hypothesis import strategies as st

from talentcity import match
from talentcity.tables import POSTINGS, SEEKERS, VACANCIES, VERDICT_TABLE, check
from talentcity.text.education import EDUCATION

ON = date(2026, 9, 1)


@dataclass(frozen=True)
class Town:
    """The four tables of a matching."""

    seekers: pl.DataFrame
    postings: pl.DataFrame
    vacancies: pl.DataFrame
    verdicts: pl.DataFrame

    def matched(self, top: int = 50) -> match.Matching:
        return match.pair(self.seekers, self.postings, self.vacancies, verdicts=self.verdicts, on=ON, top=top)

    def scores(self, top: int = 50) -> dict[tuple[object, object], float]:
        pairs = self.matched(top).pairs
        return {(person, vacancy): score for person, vacancy, score in pairs.drop("reasons").iter_rows()}

    def reasons(self, person: object, vacancy: object) -> list[str]:
        named = (pl.col("person_id") == person) & (pl.col("opportunity_id") == vacancy)
        return self.matched().pairs.filter(named)["reasons"].item().to_list()

    def but(self, **tables: pl.DataFrame) -> Town:
        return replace(self, **tables)


def town(seekers: list[dict], postings: list[dict], *, vacancies: list[dict] | None = None, held: tuple = ()) -> Town:
    """Checked tables; what a row leaves out is a plain default. Each posting is a vacancy unless they are given."""
    plain_seeker = {"education": "bachelor", "district": "North"}
    rows = [{"seeker_id": f"P{at}", **plain_seeker, **row} for at, row in enumerate(seekers, 1)]
    adverts = [
        {"posting_id": f"V{at}", "title": "nurse", "district": "North", **row} for at, row in enumerate(postings, 1)
    ]
    checked = check(pl.DataFrame(adverts, infer_schema_length=None), POSTINGS)
    stood = match.vacancies_of(checked) if vacancies is None else check(pl.DataFrame(vacancies), VACANCIES)
    verdicts = checked.select(
        "posting_id",
        pl.when(pl.col("posting_id").is_in(list(held)))
        .then(pl.lit("hold"))
        .otherwise(pl.lit("cleared"))
        .alias("verdict"),
    )
    return Town(
        check(pl.DataFrame(rows, infer_schema_length=None), SEEKERS), checked, stood, check(verdicts, VERDICT_TABLE)
    )


PLACES = ["North", "South", "南山区", "深圳/南山区", "深圳/福田区", "深圳/", "广州/天河区"]
FAMILIES = ["nursing", "care", "software", "data_ai", "retail_sales", "sales"]
TITLES = ["护士", "养老护理员", "Java工程师", "data analyst", "导购员", "nobody knows"]
SKILLS = ["python", "sql", "java", "first_aid", "nursing_care", "selling in the market"]
SENTENCES = ["需要 Python 和 SQL。", "Java and SQL wanted", "会急救者优先", "", "临床护理经验"]


def _maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


seeker_rows = st.fixed_dictionaries(
    {
        "education": st.sampled_from(EDUCATION),
        "major": _maybe(st.sampled_from(["护理", "computer science", "考古"])),
        "district": st.sampled_from(PLACES),
        "experience_years": st.sampled_from([0.0, 0.5, 1.0, 3.0, 9.0]),
        "wanted_occupations": st.lists(st.sampled_from(FAMILIES), max_size=3, unique=True),
        "wanted_districts": st.lists(st.sampled_from(PLACES), max_size=2, unique=True),
        "wanted_wage": _maybe(st.sampled_from([0.0, 4000.0, 6000.0, 9000.0])),
        "skills": st.lists(st.sampled_from(SKILLS), max_size=4, unique=True),
        "excluded": st.lists(st.sampled_from([f"V{at}" for at in range(1, 8)]), max_size=2, unique=True),
        "may_work_from": _maybe(st.sampled_from([ON, date(2026, 9, 2), date(2020, 1, 1)])),
    }
)
posting_rows = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "text": st.sampled_from(SENTENCES),
        "occupation": _maybe(st.sampled_from(FAMILIES)),
        "district": _maybe(st.sampled_from(PLACES)),
        "wage_min": _maybe(st.sampled_from([3000.0, 5000.0])),
        "wage_max": _maybe(st.sampled_from([5000.0, 8000.0])),
        "education_min": _maybe(st.sampled_from(EDUCATION)),
        "experience_min": _maybe(st.sampled_from([0.0, 1.0, 3.0])),
        "headcount": _maybe(st.sampled_from([1, 4])),
        "valid_through": _maybe(st.sampled_from([date(2026, 8, 31), ON, date(2026, 12, 1)])),
    }
)


@st.composite
def towns(draw) -> Town:
    """A town of up to 6 persons and 12 postings, some of them held."""
    seekers = draw(st.lists(seeker_rows, min_size=1, max_size=6))
    postings = draw(st.lists(posting_rows, min_size=1, max_size=12))
    held = draw(st.sets(st.sampled_from([f"V{at}" for at in range(1, len(postings) + 1)]), max_size=2))
    return town(seekers, postings, held=tuple(held))
