"""A foreign sheet becomes one of our tables, row by row read or refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidData, InvalidTable, UnreadableFile
from talentcity.tables import EMPLOYERS, POSTINGS, SEEKERS, read_table, write_table
from talentcity.tables.mapping import Mapping, read_mapped, read_plain

HERE = Path(__file__).parents[2]

ADVERTS = """
kind = "postings"
[posting_id]
row = "ad-"
[title]
from = "职位"
[text]
from = ["描述", "标签"]
join = "\\n"
[district]
from = "地点"
read = "place"
[wage_min]
from = "薪资"
read = "wage"
[wage_max]
from = "薪资"
read = "wage"
[education_min]
from = ["学历", "要求"]
read = "education"
[experience_min]
from = "要求"
read = "experience"
[headcount]
from = "人数"
read = "headcount"
[posted_on]
from = "日期"
read = "date"
[channel]
from = "性质"
read = "words"
words = { "国企" = "state_owned", "事业单位" = "public_institution" }
otherwise = "market"
"""
ADVERT = {
    "职位": "会计", "描述": "记账", "标签": "财务", "地点": "云州-临江区", "薪资": "8千-1.1万", "学历": "大专",
    "要求": "1-3年", "人数": "2人", "日期": "2026-03-01", "性质": "民营",
}  # fmt: skip


def mapped(tmp_path: Path, mapping: str, *rows: dict[str, object], ending: str = ".csv", schema=POSTINGS):
    write_table(pl.DataFrame(rows, strict=False), tmp_path / f"sheet{ending}")
    (tmp_path / "sheet.toml").write_text(mapping, encoding="utf-8")
    return read_mapped(tmp_path / f"sheet{ending}", schema, tmp_path / "sheet.toml")


def advert(tmp_path: Path, **cells: object):
    return mapped(tmp_path, ADVERTS, ADVERT | cells)


def test_every_column_is_read_as_the_mapping_says(tmp_path):
    done = advert(tmp_path)
    assert done.table.columns == POSTINGS.names
    assert done.table.row(0, named=True).items() >= {
        "posting_id": "ad-2", "employer_id": None, "title": "会计", "text": "记账\n财务", "occupation": None,
        "district": "云州/临江区", "wage_min": 8000.0, "wage_max": 11000.0, "currency": "CNY",
        "education_min": "college",
        "experience_min": 1.0, "headcount": 2, "channel": "market", "posted_on": date(2026, 3, 1),
        "valid_through": None,
    }.items()  # fmt: skip
    assert (done.rows, done.refused_rows) == (1, 0)


def test_rows_are_numbered_as_messages_number_them(tmp_path):
    assert mapped(tmp_path, ADVERTS, ADVERT, ADVERT, ending=".parquet").table["posting_id"].to_list() == [
        "ad-1",
        "ad-2",
    ]
    assert mapped(tmp_path, ADVERTS, ADVERT, ADVERT).table["posting_id"].to_list() == ["ad-2", "ad-3"]


def test_of_several_headings_the_first_that_can_be_read_wins(tmp_path):
    assert advert(tmp_path, 学历=None, 要求="3-5年本科").table["education_min"].to_list() == ["bachelor"]
    assert advert(tmp_path, 学历="英语熟练", 要求="本科").table["education_min"].to_list() == ["bachelor"]
    assert advert(tmp_path, 学历="不限", 要求="本科").table["education_min"].to_list() == [None]


def test_words_are_looked_for_in_their_order(tmp_path):
    assert advert(tmp_path, 性质="某国企").table["channel"].to_list() == ["state_owned"]
    assert advert(tmp_path, 性质="事业单位").table["channel"].to_list() == ["public_institution"]
    assert advert(tmp_path, 性质="国企/事业单位").table["channel"].to_list() == ["state_owned"]
    assert advert(tmp_path, 性质=None).table["channel"].to_list() == ["market"]


def repairs(done) -> list[tuple[str, str, int, str]]:
    return [row for row in done.mended.rows() if row[1] != "period not stated: taken as a month's"]


def test_nothing_is_mended_where_all_is_said(tmp_path):
    assert repairs(advert(tmp_path)) == []


def test_what_cannot_be_read_is_left_empty_counted_and_shown_by_its_shape(tmp_path):
    rows = [
        ADVERT | {"薪资": "50元/次", "人数": "若干人"},
        ADVERT | {"薪资": "80元/次", "人数": ""},
        ADVERT | {"薪资": "面议"},
        ADVERT | {"薪资": "200元/天", "地点": "全国"},
    ]
    done = mapped(tmp_path, ADVERTS, *rows)
    assert done.table["wage_min"].to_list() == [None, None, None, 4350.0]
    assert repairs(done) == [
        ("district", "unread: left empty", 1, "全国"),
        ("wage_min", "unread: left empty", 2, "9元/次"),
        ("wage_min", "converted to a month: days x 21.75", 1, "9元/天"),
        ("wage_min", "negotiable: left empty", 1, "面议"),
        ("wage_max", "unread: left empty", 2, "9元/次"),
        ("wage_max", "converted to a month: days x 21.75", 1, "9元/天"),
        ("wage_max", "negotiable: left empty", 1, "面议"),
        ("headcount", "not stated: left empty", 1, ""),
        ("headcount", "number not given: left empty", 1, "若干人"),
    ]


def test_a_cell_that_another_column_reads_is_not_called_unread(tmp_path):
    assert repairs(advert(tmp_path, 学历="", 要求="1-3年")) == [("education_min", "not stated: left empty", 1, "")]
    assert repairs(advert(tmp_path, 要求="本科")) == [("experience_min", "not stated: left empty", 1, "")]
    assert repairs(advert(tmp_path, 要求="英语")) == [("experience_min", "unread: left empty", 1, "英语")]


def test_rows_that_lack_what_is_needed_or_contradict_themselves_are_refused(tmp_path):
    rows = [ADVERT | {"职位": " "}, ADVERT, ADVERT | {"薪资": "9-8K", "职位": None}]
    done = mapped(tmp_path, ADVERTS, *rows)
    assert done.table["posting_id"].to_list() == ["ad-3"]
    assert done.refused.rows() == [
        (2, "title", None, "empty; expected text"),
        (4, "title", None, "empty; expected text"),
        (4, "wage_min", "wage_min 9000, wage_max 8000",
         "expected wage_min at most wage_max; perhaps the two are swapped"),
    ]  # fmt: skip
    assert (done.rows, done.refused_rows) == (3, 2)


def test_repairs_are_counted_in_the_rows_that_are_kept(tmp_path):
    done = mapped(tmp_path, ADVERTS, ADVERT | {"职位": "", "薪资": "面议"}, ADVERT)
    assert repairs(done) == []


def test_heading_lines_among_the_records_are_refused(tmp_path):
    mapping = ADVERTS + '[refuse]\n"薪资" = ["薪资", "salary"]\n'
    done = mapped(tmp_path, mapping, ADVERT, ADVERT | {"薪资": " salary", "人数": "headcount"}, ADVERT)
    assert done.table["posting_id"].to_list() == ["ad-2", "ad-4"]
    assert done.refused.rows() == [(3, "薪资", "'salary'", "sheet.toml refuses rows with such a cell")]
    assert repairs(done) == []


cells = st.fixed_dictionaries({name: st.none() | st.text("8-1千万年月人本科 不限·", max_size=6) for name in ADVERT})


@settings(max_examples=40, deadline=None)
@given(st.lists(cells, min_size=1, max_size=5))
def test_every_row_is_either_read_or_refused(tmp_path_factory, rows):
    done = mapped(tmp_path_factory.mktemp("sheet"), ADVERTS, *rows, ending=".parquet")
    read = {int(each.removeprefix("ad-")) for each in done.table["posting_id"]}
    refused = set(done.refused["row"])
    assert read | refused == set(range(1, len(rows) + 1))
    assert read & refused == set()
    assert done.rows == len(rows)


def test_seekers_with_numbers_lists_constants_and_ids_of_the_sheet(tmp_path):
    mapping = """
    [seeker_id]
    from = "no"
    [education]
    value = "college"
    [district]
    from = "home"
    [wanted_wage]
    from = "wish"
    read = "number"
    [priority]
    value = 0.5
    [skills]
    from = "can"
    separator = ","
    [wanted_occupations]
    from = "jobs"
    read = "list"
    """
    done = mapped(
        tmp_path, mapping,
        {"no": "007", "home": "临江区", "wish": "5,000", "can": "python, 焊接,", "jobs": "retail|care"},
        {"no": "008", "home": "临江区", "wish": "lots", "can": None, "jobs": None},
        schema=SEEKERS,
    )  # fmt: skip
    columns = ["seeker_id", "education", "wanted_wage", "priority", "skills", "wanted_occupations"]
    assert done.table.select(columns).rows() == [
        ("007", "college", 5000.0, 0.5, ["python", "焊接"], ["retail", "care"]),
        ("008", "college", None, 0.5, [], []),
    ]
    assert done.mended.rows() == [
        ("wanted_occupations", "not stated: left empty", 1, ""),
        ("wanted_wage", "unread: left empty", 1, "lots"),
        ("wanted_wage", "written otherwise: converted", 1, "9,9"),
        ("skills", "not stated: left empty", 1, ""),
    ]


def test_typed_columns_of_a_parquet_sheet(tmp_path):
    mapping = """
    [seeker_id]
    from = "no"
    [education]
    from = "degree"
    read = "education"
    [district]
    from = "home"
    [graduated_on]
    from = "day"
    read = "date"
    [experience_years]
    from = "years"
    read = "number"
    [skills]
    from = "can"
    """
    row = {"no": 7, "degree": "本科", "home": "x", "day": date(2026, 7, 1), "years": 2.5, "can": ["a", "b"]}
    done = mapped(tmp_path, mapping, row, ending=".parquet", schema=SEEKERS)
    assert done.table.select("seeker_id", "graduated_on", "experience_years", "skills").row(0) == (
        "7", date(2026, 7, 1), 2.5, ["a", "b"],
    )  # fmt: skip


def test_a_sheet_without_rows(tmp_path):
    (tmp_path / "sheet.csv").write_text(",".join(ADVERT) + "\n", encoding="utf-8")
    (tmp_path / "sheet.toml").write_text(ADVERTS, encoding="utf-8")
    done = read_mapped(tmp_path / "sheet.csv", POSTINGS, tmp_path / "sheet.toml")
    assert (done.table.columns, done.rows, done.refused.height) == (POSTINGS.names, 0, 0)


NEEDED = '[posting_id]\nrow = ""\n[title]\nfrom = "t"\n'
COLUMNS = ", ".join(POSTINGS.names)
KEYS = "from, value, row, read, join, separator, words, otherwise, order, optional, home"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("kind = ", " is not TOML: Invalid value (at end of document)."),
        ('kind = "seekers"\n', ': kind = "seekers", and postings are imported; expected the same.'),
        ('[wage]\nfrom = "t"\n', f": [wage]: postings have no such column; expected one of {COLUMNS}."),
        ('wage_min = "t"\n', """: wage_min = 't'; expected a block, such as [wage_min] with from = "a heading"."""),
        ('[title]\nform = "t"\n', f": [title] has a key form; expected one of {KEYS}."),
        ('[title]\nfrom = "t"\nvalue = "x"\n',
         ": [title] has both from and value; expected exactly one of from, value, row."),
        ('[title]\nread = "text"\n', ": [title] has no source; expected exactly one of from, value, row."),
        ('[wage_min]\nfrom = "t"\nread = "wages"\n',
         ": [wage_min] read = 'wages': no such reader; expected one of text, number, date, moment, list, words, place, "
         "wage, education, experience, headcount."),
        ('[title]\nfrom = 3\n', ": [title] from = 3; expected a heading, or a list of headings."),
        ('[title]\nfrom = []\n', ": [title] from = []; expected a heading, or a list of headings."),
        ('[title]\nrow = 1\n', ": [title] row = 1; expected text."),
        ('[title]\nvalue = []\n', ": [title] value = []; expected one text or number."),
        ('[channel]\nfrom = "t"\nread = "words"\n',
         ': [channel]: read = "words" and words = { "word" = "value" } go together; one is missing.'),
        ('[channel]\nfrom = "t"\nread = "words"\nwords = {}\n',
         ': [channel]: read = "words" and words = { "word" = "value" } go together; one is missing.'),
        ('[channel]\nfrom = "t"\nread = "words"\nwords = { "a" = 1 }\n',
         """: [channel] words = {'a': 1}; expected a table of text, such as { "word" = "value" }."""),
        ('refuse = "x"\n',
         ": refuse = 'x'; expected headings with lists of text, such as pay = [\"pay\"]."),
        ('[refuse]\npay = "pay"\n',
         ": refuse = {'pay': 'pay'}; expected headings with lists of text, such as pay = [\"pay\"]."),
        ('[posting_id]\nrow = ""\n',
         ": nothing is said of title, without which no postings can be; expected a block [title] with one of "
         "from, value, row."),
    ],
)  # fmt: skip
def test_mistakes_of_a_mapping(tmp_path, mapping, said):
    path = tmp_path / "sheet.toml"
    path.write_text(mapping, encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        Mapping.load(path, POSTINGS)
    assert str(caught.value) == f"{path}{said}"


def test_heading_that_the_sheet_does_not_have(tmp_path):
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, NEEDED, {"title": "x", "pay": "y"})
    assert str(caught.value) == (
        "sheet.toml: [title] from = 't': sheet.csv has no such heading; expected one of title, pay."
    )


def test_heading_to_refuse_by_that_the_sheet_does_not_have(tmp_path):
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, NEEDED + '[refuse]\npay = ["pay"]\n', {"t": "x"})
    assert str(caught.value) == "sheet.toml: [refuse] = 'pay': sheet.csv has no such heading; expected one of t."


def test_bytes_are_not_read_as_text(tmp_path):
    with pytest.raises(InvalidData) as caught:
        mapped(tmp_path, NEEDED, {"t": b"\xff"}, ending=".parquet")
    assert str(caught.value) == (
        "sheet.toml: [title] from = 't': sheet.parquet holds bytes there; expected text, numbers or days."
    )


def test_value_that_the_column_does_not_allow_is_refused_row_by_row(tmp_path):
    done = mapped(tmp_path, NEEDED + '[channel]\nvalue = "shop"\n', {"t": "x"})
    assert done.refused.rows() == [
        (2, "channel", "'shop'", "expected one of market, government, public_institution, state_owned")
    ]


def test_no_such_mapping(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        Mapping.load(tmp_path / "absent.toml", POSTINGS)
    assert str(caught.value) == f"{tmp_path / 'absent.toml'}: there is no such file."


def test_without_a_mapping_bad_rows_are_put_aside_too(tmp_path):
    (tmp_path / "p.csv").write_text("posting_id,title,wage_min\nJ1,x,1\nJ2,,1\nJ3,x,-1\n", encoding="utf-8")
    done = read_plain(tmp_path / "p.csv", POSTINGS)
    assert done.table["posting_id"].to_list() == ["J1"]
    assert done.refused.rows() == [
        (3, "title", None, "empty; expected text"),
        (4, "wage_min", "-1", "expected a number from 0 to 10000000 CNY/month"),
    ]
    assert (done.rows, done.mended.height) == (3, 0)


def test_without_a_mapping_a_missing_column_stops(tmp_path):
    (tmp_path / "p.csv").write_text("posting_id\nJ1\n", encoding="utf-8")
    with pytest.raises(InvalidTable) as caught:
        read_plain(tmp_path / "p.csv", POSTINGS)
    assert str(caught.value) == "p.csv, column title: the column is missing; the table has: posting_id"


def test_the_mapping_in_the_documentation_is_one(tmp_path):
    mapping = Mapping.load(HERE / "docs" / "howto" / "zh_jobads.toml", POSTINGS)
    headings = {heading for source in mapping.sources for heading in source.headings}
    assert headings == {"title", "desc", "skills", "city", "salary", "edu", "exp", "headcount", "nature"}
    row = {"title": "会计", "desc": "记账", "skills": None, "city": "云州·临江·中街", "salary": "8-12K·13薪",
           "edu": None, "exp": "3-5年本科", "headcount": None, "nature": "事业单位"}  # fmt: skip
    done = mapped(tmp_path, (HERE / "docs" / "howto" / "zh_jobads.toml").read_text(encoding="utf-8"), row)
    columns = ["posting_id", "text", "district", "wage_min", "wage_max", "education_min", "experience_min", "channel"]
    assert done.table.select(columns).row(0) == (
        "ad-2", "记账", "云州/临江", 8000.0, 12000.0, "bachelor", 3.0, "public_institution",
    )  # fmt: skip
    write_table(done.table, tmp_path / "postings.csv")
    assert read_table(tmp_path / "postings.csv", POSTINGS).equals(done.table)


def test_a_table_and_a_column_of_one_name_are_told_apart(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('kind = "employers"\n[name]\nfrom = "x"\n[kind]\nvalue = "employer"\n', encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        Mapping.load(path, EMPLOYERS)
    assert str(caught.value) == (
        f"{path}: kind stands twice, in line 1 for the whole and in line 4 as the column [kind]; leave out line 1: the "
        "command says which table it is."
    )


def test_all_that_is_wrong_with_the_blocks_is_said_at_once(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('[titel]\nfrom = "x"\n[text]\nfrom = "y"\nread = "txt"\n', encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        Mapping.load(path, POSTINGS)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{path}: [titel]: postings have no such column; ")
    assert second.startswith(f"{path}: [text] read = 'txt': no such reader; ")


def test_messages_call_columns_by_their_headings(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(
        '[posting_id]\nrow = "x"\n[title]\nfrom = "岗位"\n[wage_min]\nfrom = "月薪"\n[wage_max]\nfrom = "月薪"\n',
        encoding="utf-8",
    )
    mapping = Mapping.load(path, POSTINGS)
    assert mapping.named("title") == "岗位 (title)"
    assert mapping.named("月薪") == mapping.named("wage_min", "wage_max") == "月薪 (wage_min, wage_max)"
    assert mapping.named("posting_id", "title", "性别") == "posting_id, 岗位 (title), 性别"
