"""A table of postings in, findings and verdicts out: offsets, ids, boundaries and time."""

import time
from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.errors import InvalidTable
from talentcity.guard import GUARDED, Screening, rules, screen
from talentcity.tables import FINDINGS, VERDICT_TABLE, check

ON = date(2026, 9, 1)


def screened(*texts: str | None, title: str = "员工") -> Screening:
    ids = [f"P{number}" for number in range(len(texts))]
    return screen(pl.DataFrame({"posting_id": ids, "title": [title] * len(texts), "text": list(texts)}), on=ON)


def passages(screening: Screening, text: str) -> list[str]:
    return [text[start:end] for start, end in screening.findings.select("start", "end").rows()]


def test_a_posting_by_hand() -> None:
    screening = screened("包吃住。入职须交押金300元。不押身份证。")
    assert screening.findings.rows() == [
        ("P0", "F1", "T1", 6, 14, "须交押金300元", "劳动合同法 第九条; 劳动合同法 第八十四条", "text", "2")
    ]
    assert screening.guarded.select("rule_id", "fact", "guard").rows() == [("W1", "押身份证", "negation")]
    assert screening.verdicts.rows() == [("P0", "hold", "T1", ["F1"])]


def test_counts_add_up() -> None:
    counts = screened("须交押金300元", "不收押金", "包吃住", "限女性。须交押金300元，另交保证金500元。").counts
    assert (counts.postings, counts.held, counts.warned, counts.cleared) == (4, 2, 0, 2)
    assert {rule: found for rule, found in counts.hits.items() if found} == {"D1": 1, "F1": 3}
    assert {rule: found for rule, found in counts.postings_hit.items() if found} == {"D1": 1, "F1": 2}
    assert {rule: found for rule, found in counts.guarded.items() if found} == {"F1": 1}
    assert set(counts.hits) == set(counts.guarded) == {rule.id for rule in rules(ON)}


def test_outputs_keep_their_schemas() -> None:
    screening = screened("须交押金300元", "不收押金")
    for frame, schema in (
        (screening.findings, FINDINGS),
        (screening.guarded, GUARDED),
        (screening.verdicts, VERDICT_TABLE),
    ):
        assert check(frame, schema).equals(frame)


@pytest.mark.parametrize("text", ["", None, "🎉🎊", " \n\t ", "。。。", "押", "\u200b"])
def test_a_text_that_says_nothing_is_cleared(text: str | None) -> None:
    assert screened(text).verdicts.rows() == [("P0", "cleared", None, [])]


def test_a_table_without_rows_gives_tables_without_rows() -> None:
    screening = screen(pl.DataFrame(schema={"posting_id": pl.Int64, "title": pl.String, "text": pl.String}), on=ON)
    assert (screening.findings.height, screening.verdicts.height, screening.counts.postings) == (0, 0, 0)


def test_a_table_without_texts_is_screened_by_title() -> None:
    screening = screen(pl.DataFrame({"posting_id": ["A"], "title": ["女文员"]}), on=ON)
    assert screening.findings.select("rule_id", "field", "start", "end").rows() == [("D1", "title", 0, 3)]


def test_title_and_text_are_told_apart() -> None:
    screening = screened("须交押金300元", title="前台（女）")
    assert screening.findings.select("rule_id", "field").rows() == [("D1", "title"), ("F1", "text")]
    assert screening.verdicts["reasons"].to_list() == [["D1", "F1"]]
    assert screening.verdicts["tier"].to_list() == ["T1"]


def test_passage_is_shown_in_the_words_of_the_original() -> None:
    text = "🎉加入我們…需繳納押\u200b金３００元喔"
    screening = screened(text)
    assert passages(screening, text) == ["需繳納押\u200b金３００元"]
    assert screening.findings["fact"].to_list() == ["需缴纳押金300元"]


def test_text_in_both_languages_is_read_in_both() -> None:
    text = "入职须交押金300元。Hand over your passport to the manager."
    assert screened(text).findings["rule_id"].to_list() == ["F1", "W1"]


def test_several_passages_of_one_rule_are_several_findings() -> None:
    text = "工服押金200元。宿舍押金100元。"
    assert passages(screened(text), text) == ["工服押金200元"[2:], "宿舍押金100元"[2:]]


def test_denial_in_one_clause_does_not_excuse_the_next() -> None:
    assert screened("不收中介费，须交押金300元。").verdicts["verdict"].to_list() == ["hold"]
    assert screened("须交押金300元，不收中介费。").verdicts["verdict"].to_list() == ["hold"]
    assert screened("不收押金和中介费。").verdicts["verdict"].to_list() == ["cleared"]


@pytest.mark.parametrize("ids", [[7, 3], ["007", "3"]])
def test_ids_keep_type_and_order(ids: list[object]) -> None:
    postings = pl.DataFrame({"posting_id": ids, "title": ["a", "b"], "text": ["须交押金300元", "须交押金300元"]})
    screening = screen(postings, on=ON)
    assert screening.findings["posting_id"].to_list() == ids
    assert screening.verdicts["posting_id"].to_list() == ids
    assert screening.findings.schema["posting_id"] == postings.schema["posting_id"]


@pytest.mark.parametrize(
    ("postings", "message"),
    [
        (pl.DataFrame({"posting_id": ["A"]}), "title"),
        (pl.DataFrame({"title": ["A"]}), "posting_id"),
        (pl.DataFrame({"posting_id": ["A", "A"], "title": ["x", "y"]}), "stands already in row 1"),
        (pl.DataFrame({"posting_id": ["A"], "title": [3]}), "title"),
    ],
)
def test_a_wrong_table_is_refused(postings: pl.DataFrame, message: str) -> None:
    with pytest.raises(InvalidTable, match=message):
        screen(postings, on=ON)


def test_progress_ends_with_all() -> None:
    seen: list[tuple[int, int]] = []
    postings = pl.DataFrame({"posting_id": [1, 2], "title": ["a", "b"]})
    screen(postings, on=ON, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2)


def test_same_table_same_bytes() -> None:
    text = "须交押金300元。不收押金。限女性。"
    assert screened(text, text).findings.equals(screened(text, text).findings)


@pytest.mark.parametrize(
    "piece",
    [
        "押金",
        "不收押金，",
        "交" * 30 + "押金",
        "女",
        "身份证由公司",
        "点赞",
        "a ",
        "deposit ",
        "he must ",
        "1、",
        "不",
        "pay ",
        "1,",
        "销量",
        "没吃过的写",
        "男工1名",
        "原件",
        "order a ",
        "no task is ",
        "accounts ",
        "original id ",
    ],
)
def test_very_long_text_takes_no_longer_than_its_share(piece: str) -> None:
    """200,000 characters without a full stop; a pattern that backtracks without bound would take hours."""
    began = time.process_time()
    screened((piece * 200_000)[:200_000])
    assert time.process_time() - began < 20


@given(st.text(alphabet="不收交押金女男限身份证扣公司保管，。、！ 1abdeposit\u200b證", max_size=60))
def test_every_finding_lies_in_its_text_and_none_overlaps_another_of_its_rule(text: str) -> None:
    screening = screened(text)
    both = pl.concat([screening.findings, screening.guarded.drop("guard")]).sort("rule_id", "start")
    for _, rows in both.group_by("rule_id"):
        spans = rows.select("start", "end").rows()
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert (screening.verdicts["verdict"][0] == "hold") == (screening.findings.height > 0)
