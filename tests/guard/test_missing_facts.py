"""I5: facts that an advert has to state, in a column or in its words, and what it leaves out."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.guard import Screening, screen
from talentcity.tables import FINDINGS, POSTINGS, check

ON = date(2026, 9, 1)
NAMES = ("employer", "headcount", "conditions", "duties", "place", "pay", "validity")
COLUMNS: dict[str, object] = {
    "employer_id": "E1",
    "headcount": 3,
    "education_min": "bachelor",
    "district": "南岸区",
    "wage_min": 5000.0,
    "valid_through": date(2026, 12, 1),
}
FACT_OF = dict(zip(COLUMNS, ("employer", "headcount", "conditions", "place", "pay", "validity"), strict=True))
WORDS = {
    "employer": ("单位名称：云岭机械有限公司", "Company profile: Yunling Machinery Ltd"),
    "headcount": ("招聘3人", "Number of openings: 3"),
    "conditions": ("任职要求：会用电脑", "Requirements: you can use a computer"),
    "duties": ("岗位职责：接待来访", "Duties: receive visitors"),
    "place": ("工作地点：重庆市南岸区", "Location: Chongqing"),
    "pay": ("月薪5000-6000元", "Salary 5000-6000 yuan a month"),
    "validity": ("报名截止日期：12月1日", "Closing date: 1 December"),
}


def postings(*rows: dict[str, object]) -> pl.DataFrame:
    empty = dict.fromkeys(POSTINGS.names) | {
        "title": "文员",
        "text": "",
        "currency": "CNY",
        "channel": "market",
    }
    listed = [empty | {"posting_id": f"P{at}"} | row for at, row in enumerate(rows)]
    schema = POSTINGS.empty().schema
    return pl.DataFrame(listed, schema=schema, orient="row")


def missing(screening: Screening) -> list[set[str]]:
    """The facts named as missing, per posting."""
    facts = dict(screening.findings.filter(pl.col("rule_id") == "I5").select("posting_id", "fact").rows())
    return [{name for name in NAMES if name in facts.get(one, "")} for one in screening.verdicts["posting_id"]]


def test_an_empty_advert_misses_everything_in_one_finding_that_warns() -> None:
    screening = screen(postings({}), on=ON)
    named = "用人单位 employer, 招聘人数 headcount, 招聘条件 conditions, 工作内容 duties, "
    named += "工作地点 place, 劳动报酬 pay, 有效期限 validity"
    assert screening.findings.select("rule_id", "tier", "start", "end", "fact", "legal_basis", "field").rows() == [
        ("I5", "T3", 0, 0, f"未写明 not stated: {named}", "人力资源市场暂行条例 第二十四条; 劳动合同法 第八条", "title")
    ]
    assert screening.verdicts.rows() == [("P0", "warn", "T3", ["I5"])]
    assert check(screening.findings, FINDINGS).equals(screening.findings)


@pytest.mark.parametrize("language", [0, 1])
def test_words_alone_can_state_everything(language: int) -> None:
    text = "\n".join(words[language] for words in WORDS.values())
    screening = screen(postings({"text": text}), on=ON)
    assert screening.verdicts.rows() == [("P0", "cleared", None, [])]


@pytest.mark.parametrize("left_out", NAMES)
@pytest.mark.parametrize("language", [0, 1])
def test_a_fact_left_out_of_words_and_columns_is_named_alone(left_out: str, language: int) -> None:
    text = "\n".join(words[language] for name, words in WORDS.items() if name != left_out)
    assert missing(screen(postings({"text": text}), on=ON)) == [{left_out}]


@given(st.sets(st.sampled_from(sorted(COLUMNS))), st.sets(st.sampled_from(NAMES)), st.sampled_from([0, 1]))
def test_a_fact_is_missing_unless_a_column_or_the_words_state_it(
    columns: set[str], said: set[str], language: int
) -> None:
    text = "\n".join(WORDS[name][language] for name in NAMES if name in said)
    found = missing(screen(postings({"text": text} | {name: COLUMNS[name] for name in columns}), on=ON))
    assert found == [set(NAMES) - said - {FACT_OF[column] for column in columns}]


@pytest.mark.parametrize(
    ("text", "states_pay"),
    [
        ("薪资面议", False),
        ("待遇优厚，面议。", False),
        ("月薪4000元起", True),
        ("计件工资，每月到手6000左右", True),
        ("Pay negotiable", False),
        ("Wages: 25 yuan an hour", True),
    ],
)
def test_pay_to_be_agreed_is_no_pay_stated(text: str, states_pay: bool) -> None:
    assert ("pay" not in missing(screen(postings({"text": text}), on=ON))[0]) is states_pay


@pytest.mark.parametrize(
    "text", ["本职位为保密招聘。", "受某制造企业委托招聘。", "Confidential search on behalf of a client."]
)
def test_a_confidential_search_that_says_so_hides_no_employer(text: str) -> None:
    assert "employer" not in missing(screen(postings({"text": text}), on=ON))[0]


@pytest.mark.parametrize(
    "text",
    [
        "No schooling is asked for: any education.",
        "No formal education needed.",
        "Beginners welcome.",
        "School leavers can apply.",
        "We look for patience and a steady hand.",
        "Driving licence required.",
        "应届生亦可。",
        "须持焊工证。",
    ],
)
def test_conditions_without_a_heading_are_stated(text: str) -> None:
    assert "conditions" not in missing(screen(postings({"text": text}), on=ON))[0]


@pytest.mark.parametrize("text", ["We offer free meals.", "工资高，福利好。", "Education fund for your children."])
def test_what_is_offered_is_no_condition(text: str) -> None:
    assert "conditions" in missing(screen(postings({"text": text}), on=ON))[0]


def test_blank_cells_state_nothing() -> None:
    assert "place" in missing(screen(postings({"district": "  "}), on=ON))[0]


def test_a_graver_finding_still_holds_the_advert() -> None:
    screening = screen(postings({"text": "入职须交押金300元。"}), on=ON)
    assert screening.verdicts.rows() == [("P0", "hold", "T1", ["F1", "I5"])]


def test_a_table_without_the_columns_is_not_asked() -> None:
    frame = postings({}).drop("valid_through")
    assert screen(frame, on=ON).verdicts["verdict"].to_list() == ["cleared"]


def test_before_its_first_day_nothing_is_asked() -> None:
    assert screen(postings({}), on=date(2018, 9, 30)).verdicts["verdict"].to_list() == ["cleared"]
