"""Cells as people write them, and headings as people write them, in a mapped sheet."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from talentcity.errors import InvalidData, InvalidTable
from talentcity.tables import EMPLOYERS, POSTINGS, SEEKERS, SESSIONS, write_table
from talentcity.tables.mapping import read_mapped, read_plain

NEEDED = '[posting_id]\nrow = ""\n[title]\nfrom = "t"\n'


def mapped(tmp_path: Path, mapping: str, *rows: dict[str, object], schema=POSTINGS):
    write_table(pl.DataFrame(rows, strict=False), tmp_path / "sheet.csv")
    (tmp_path / "sheet.toml").write_text(mapping, encoding="utf-8")
    return read_mapped(tmp_path / "sheet.csv", schema, tmp_path / "sheet.toml")


def test_days_are_converted_and_counted(tmp_path):
    rows = [
        {"t": "x", "d": day} for day in ("2026-03-01", "2026/3/1", "2026年3月1日", "20260301", "2026-03-01 00:00:00")
    ]
    done = mapped(tmp_path, NEEDED + '[posted_on]\nfrom = "d"\n', *rows)
    assert done.table["posted_on"].to_list() == [date(2026, 3, 1)] * 5
    assert done.mended.rows() == [
        ("posted_on", "written otherwise: converted", 4, "9, 9-9-9 9:9:9, 9/9/9"),
    ]


def test_a_day_in_doubt_and_one_that_never_was_put_their_row_aside(tmp_path):
    rows = [{"t": "x", "d": day} for day in ("03/04/2026", "2026-02-30", "25/03/2026", "soon")]
    done = mapped(tmp_path, NEEDED + '[posted_on]\nfrom = "d"\n', *rows)
    assert done.refused.rows() == [
        (2, "posted_on", "'03/04/2026'",
         '2026-04-03 or 2026-03-04? The mapping says it by order = "dmy" or order = "mdy"'),
        (3, "posted_on", "'2026-02-30'", "no such day"),
    ]  # fmt: skip
    assert done.table["posted_on"].to_list() == [date(2026, 3, 25), None]
    assert ("posted_on", "unread: left empty", 1, "soon") in done.mended.rows()


def test_a_doubt_is_none_where_another_heading_says_it(tmp_path):
    mapping = NEEDED + '[posted_on]\nfrom = ["d", "e"]\n'
    done = mapped(tmp_path, mapping, {"t": "x", "d": "03/04/2026", "e": "2026-03-04"})
    assert (done.table["posted_on"].to_list(), done.refused_rows) == ([date(2026, 3, 4)], 0)


@pytest.mark.parametrize(
    ("order", "cell", "day"),
    [
        ("dmy", "03/04/2026", date(2026, 4, 3)),
        ("mdy", "03/04/2026", date(2026, 3, 4)),
        ("excel", "46082", date(2026, 3, 1)),
    ],
)
def test_the_mapping_names_the_order_of_days(tmp_path, order, cell, day):
    done = mapped(tmp_path, NEEDED + f'[posted_on]\nfrom = "d"\norder = "{order}"\n', {"t": "x", "d": cell})
    assert done.table["posted_on"].to_list() == [day]


def test_numbers_are_converted_and_counted(tmp_path):
    mapping = (
        '[seeker_id]\nrow = ""\n[education]\nvalue = "college"\n[district]\nvalue = "x"\n[wanted_wage]\nfrom = "w"\n'
    )
    rows = [{"w": cell} for cell in ("8000", "8,000", "８０００", "0.8万", "￥8000元", "about 8000")]
    done = mapped(tmp_path, mapping, *rows, schema=SEEKERS)
    assert done.table["wanted_wage"].to_list() == [8000.0] * 5 + [None]
    assert done.mended.rows() == [
        ("wanted_wage", "written otherwise: converted", 4, "9,9, 9.9万, ８０００"),
        ("wanted_wage", "unread: left empty", 1, "about 9"),
    ]


def test_ids_in_full_width_signs_are_those_in_plain_ones(tmp_path):
    mapping = '[posting_id]\nfrom = "n"\n[title]\nfrom = "t"\n'
    done = mapped(tmp_path, mapping, {"n": "Ｊ０７", "t": "Ｃ＋＋工程师"}, {"n": "J07", "t": "y"})
    assert done.table.select("posting_id", "title").rows() == [("J07", "Ｃ＋＋工程师")]  # a text stays as published
    assert done.mended.rows() == [("posting_id", "written otherwise: converted", 1, "Ｊ０７")]
    assert done.refused.rows() == [(3, "posting_id", "'J07'", "stands already in row 2; expected each once")]


def test_moments_of_sessions(tmp_path):
    mapping = """
    [session_id]
    row = "S"
    [kind]
    value = "briefing"
    [district]
    value = "x"
    [starts_at]
    from = "a"
    [ends_at]
    from = "b"
    [places]
    from = "n"
    read = "headcount"
    """
    rows = [
        {"a": "2026/3/1 9:30", "b": "2026年3月1日 下午2点", "n": "30人"},
        {"a": "2026-03-01", "b": "2026-03-01 10:00", "n": "若干"},
    ]
    done = mapped(tmp_path, mapping, *rows, schema=SESSIONS)
    day = date(2026, 3, 1)
    assert done.table.select("starts_at", "ends_at", "places").rows() == [
        (datetime.combine(day, time(9, 30)), datetime.combine(day, time(14)), 30)
    ]
    assert done.refused.rows() == [
        (3, "starts_at", "'2026-03-01'", "no time of day; expected one, such as 2026-03-01 09:30"),
        (3, "places", "'若干'", "expected a whole number from 1 to 1000000 persons"),
    ]


def test_lists_may_be_cut_at_several_signs(tmp_path):
    mapping = (
        '[seeker_id]\nrow = ""\n[education]\nvalue = "college"\n[district]\nvalue = "x"\n'
        '[skills]\nfrom = "s"\nseparator = ["、", ",", "，"]\n'
    )
    done = mapped(tmp_path, mapping, {"s": "Excel、财务, 会计，,"}, schema=SEEKERS)
    assert done.table["skills"].to_list() == [["Excel", "财务", "会计"]]


def test_places_of_the_home_city_are_bare_districts(tmp_path):
    mapping = NEEDED + '[district]\nfrom = "d"\nread = "place"\nhome = "云州市"\n'
    rows = [{"t": "x", "d": place} for place in ("云州市临江区", "临江区", "深圳-南山区", "云州")]
    assert mapped(tmp_path, mapping, *rows).table["district"].to_list()[:3] == ["临江区", "临江区", "深圳/南山区"]
    without = mapped(tmp_path, mapping.replace('home = "云州市"\n', ""), *rows).table["district"].to_list()
    assert without[:3] == ["云州/临江区", "临江区", "深圳/南山区"]


def test_what_is_needed_and_cannot_be_read_is_refused_with_the_cell(tmp_path):
    mapping = '[seeker_id]\nfrom = "n"\n[education]\nfrom = "e"\nread = "education"\n[district]\nvalue = "x"\n'
    rows = [{"n": "1", "e": "看情况"}, {"n": "2", "e": None}, {"n": None, "e": "本科"}]
    done = mapped(tmp_path, mapping, *rows, schema=SEEKERS)
    levels = (
        "one of 初中 (junior), 高中 or 中专 (secondary), 大专 (college), 本科 (bachelor), 硕士 (master), 博士 (doctor)"
    )
    assert done.refused.rows() == [
        (2, "education", "'看情况'", f"expected {levels}"),
        (3, "education", None, f"empty; expected {levels}"),
        (4, "seeker_id", None, "empty; expected an id"),
    ]


def test_headings_are_compared_without_full_width_signs_and_spaces(tmp_path):
    (tmp_path / "sheet.csv").write_text('" 月薪（元） ","岗位\n名称"\n8千-9千,会计\n', encoding="utf-8")
    (tmp_path / "sheet.toml").write_text(
        '[posting_id]\nrow = ""\n[title]\nfrom = "岗位 名称"\n[wage_min]\nfrom = "月薪(元)"\nread = "wage"\n',
        encoding="utf-8",
    )
    done = read_mapped(tmp_path / "sheet.csv", POSTINGS, tmp_path / "sheet.toml")
    assert done.table.select("title", "wage_min").rows() == [("会计", 8000.0)]
    assert done.notes == ()


def test_two_headings_that_read_the_same(tmp_path):
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, NEEDED + '[wage_min]\nfrom = "月薪(元)"\n', {"t": "x", "月薪（元）": "1", "月薪(元)": "2"})
    assert str(caught.value) == (
        "sheet.toml: [wage_min] from = '月薪(元)': sheet.csv has '月薪(元)' and '月薪（元）', which read the same; "
        "expected one of them, so rename the other."
    )


def test_a_heading_that_the_sheet_lacks_is_shown_beside_the_nearest(tmp_path):
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, NEEDED + '[district]\nfrom = "工作地"\n', {"t": "x", "工作地点": "临江区"})
    assert str(caught.value) == (
        "sheet.toml: [district] from = '工作地': sheet.csv has no such heading; did you mean '工作地点'? "
        "expected one of t, 工作地点."
    )


def test_headings_that_nothing_names_are_listed_once(tmp_path):
    done = mapped(tmp_path, NEEDED, {"t": "x", "性别": "女", "备注": ""})
    assert done.notes == ("Not taken, because sheet.toml does not name them: 性别, 备注.",)


def test_headings_that_are_no_columns_are_listed_once_without_a_mapping(tmp_path):
    (tmp_path / "e.csv").write_text("employer_id,name,kind,boss, Credit_Code \nE1,x,employer,y,\n", encoding="utf-8")
    done = read_plain(tmp_path / "e.csv", EMPLOYERS)
    assert done.notes == ("Not taken, because they are no columns of employers: boss, Credit_Code.",)


def test_our_own_headings_may_have_spaces_round_them(tmp_path):
    (tmp_path / "e.csv").write_text(" employer_id ,ｎａｍｅ,kind\nE1,x,employer\n", encoding="utf-8")
    done = read_plain(tmp_path / "e.csv", EMPLOYERS)
    assert done.table.select("employer_id", "name").rows() == [("E1", "x")]


def test_two_headings_that_read_as_one_of_ours(tmp_path):
    (tmp_path / "e.csv").write_text("employer_id,name,ｎａｍｅ,kind\nE1,x,y,employer\n", encoding="utf-8")
    with pytest.raises(InvalidTable) as caught:
        read_plain(tmp_path / "e.csv", EMPLOYERS)
    assert str(caught.value) == "e.csv, column name: 'name' and 'ｎａｍｅ': read the same; expected one of them"


def test_without_a_mapping_nothing_in_a_cell_is_guessed(tmp_path):
    (tmp_path / "p.csv").write_text(
        "posting_id,title,posted_on,headcount\nJ1,x,2026/3/1,\nJ2,x,2026-02-30,\nJ3,x,,３\n", encoding="utf-8"
    )
    iso = "a date (ISO 8601, such as 2026-03-01)"
    assert read_plain(tmp_path / "p.csv", POSTINGS).refused.rows() == [
        (2, "posted_on", "'2026/3/1'", f"expected {iso}"),
        (3, "posted_on", "'2026-02-30'", f"no such day; expected {iso}"),
        (4, "headcount", "'３'", "expected a whole number from 1 to 1000000 persons"),
    ]


def test_errors_of_a_spreadsheet_put_their_row_aside_where_the_cell_is_used(tmp_path):
    rows = [{"t": "x", "d": "#N/A", "z": "#REF!"}, {"t": "#N/A", "d": "", "z": ""}, {"t": "y", "d": "", "z": "#REF!"}]
    done = mapped(tmp_path, NEEDED + '[posted_on]\nfrom = "d"\n', *rows)
    said = "an error of the spreadsheet; mend the formula, or enter the value"
    assert done.refused.rows() == [(2, "d", "'#N/A'", said), (3, "t", "'#N/A'", said)]
    assert done.table["title"].to_list() == ["y"]
    (tmp_path / "p.csv").write_text("posting_id,title,z\nJ1,#N/A,\nJ2,x,#N/A\n", encoding="utf-8")
    assert read_plain(tmp_path / "p.csv", POSTINGS).refused.rows() == [(2, "title", "'#N/A'", said)]


def test_two_blocks_for_one_column(tmp_path):
    mapping = NEEDED + '[wage_min]\nfrom = "a"\n\n[wage_min]\nfrom = ["b", "c"]\n'
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, mapping, {"t": "x"})
    assert str(caught.value) == (
        f'{tmp_path / "sheet.toml"}: [wage_min] stands twice, in line 5 (from = "a") and in line 8 '
        '(from = ["b", "c"]); expected one block for each column. Several headings are named in one: '
        'from = ["first", "second"].'
    )


def test_an_optional_heading_may_be_lacking(tmp_path):
    mapping = (
        NEEDED + '[text]\nfrom = ["a", "b"]\njoin = "+"\noptional = true\n[headcount]\nfrom = "n"\noptional = true\n'
    )
    done = mapped(tmp_path, mapping, {"t": "x", "b": "body"})
    assert done.table.select("text", "headcount").rows() == [("body", None)]
    with pytest.raises(InvalidData, match="no such heading"):
        mapped(tmp_path, mapping.replace("optional = true\n", ""), {"t": "x", "b": "body"})


def test_a_wage_in_another_currency_is_never_taken_as_ours(tmp_path):
    mapping = NEEDED + '[wage_min]\nfrom = "w"\nread = "wage"\n[currency]\nfrom = "c"\n'
    rows = [
        {"t": "x", "w": "5000/月", "c": "USD"},
        {"t": "x", "w": "$5000/月", "c": None},
        {"t": "x", "w": "", "c": "usd"},
    ]
    done = mapped(tmp_path, mapping, *rows)
    assert done.table.select("wage_min", "currency").rows() == [(5000.0, "USD"), (None, "CNY")]
    assert done.refused.rows() == [
        (4, "currency", "currency usd", "expected three capital letters of ISO 4217, such as CNY or USD")
    ]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('[posted_on]\nfrom = "t"\norder = "x"\n', "[posted_on] order = 'x'; expected one of ymd, dmy, mdy, excel."),
        ('[posted_on]\nfrom = "t"\noptional = "yes"\n', "[posted_on] optional = 'yes'; expected true or false."),
        ('[text]\nfrom = "t"\nseparator = [""]\n', "[text] separator = ['']; expected text, or a list of texts."),
        ("sheet = 3\n", "sheet = 3; expected the name of a sheet."),
    ],
)  # fmt: skip
def test_mistakes_in_the_new_keys(tmp_path, block, said):
    text = block + NEEDED if block.startswith("sheet") else NEEDED + block
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, text, {"t": "x"})
    place = f"{tmp_path / 'sheet.toml'}: "
    assert str(caught.value) == place + said
