"""CSV as people have it: what is read, what is said of it, and what is refused with its row."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talentcity.errors import UnreadableFile
from talentcity.tables import csvtext, read_frame, read_parts

SHEET = "编号,岗位,人数\n007,焊工,3\n008,会计,1\n"
ROWS = [("007", "焊工", "3"), ("008", "会计", "1")]


def written(folder: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "sheet.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def message(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_frame(path)
    return str(caught.value).removeprefix(str(path))


@pytest.fixture
def small_blocks(monkeypatch):
    """Every file takes many blocks."""
    monkeypatch.setattr(csvtext, "BLOCK", 1)


# encodings


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("gb18030", ("It was read as GB18030 text.",)),
        ("gbk", ("It was read as GB18030 text.",)),
        ("gb2312", ("It was read as GB18030 text.",)),
        ("utf-16", ("It was read as UTF-16 text.",)),
        ("utf-16-be", ("It was read as UTF-16 text.",)),
    ],
)
@pytest.mark.parametrize("block", [1, 3, 8 << 20])
def test_encodings(tmp_path, monkeypatch, encoding, notes, block):
    monkeypatch.setattr(csvtext, "BLOCK", block)
    text = "\ufeff" + SHEET if encoding == "utf-16-be" else SHEET
    (part, *_) = parts = list(read_parts(written(tmp_path, text, encoding)))
    assert [row for each in parts for row in each.frame.rows()] == ROWS
    assert (part.frame.columns, part.first_row, part.notes) == (["编号", "岗位", "人数"], 2, notes)


def test_characters_that_gb18030_alone_holds(tmp_path):
    names = ["朱镕基路", "㙍", "𠮷野家", "€"]
    path = written(
        tmp_path, "地址\n" + "\n".join([*names, "人民路一号中山大道解放碑步行街观音桥南坪"]) + "\n", "gb18030"
    )
    assert read_frame(path)["地址"].to_list()[:4] == names


@pytest.mark.parametrize(
    ("text", "encoding", "where"),
    [
        ("name,town\nAndrés,Málaga\n", "latin-1", "byte 14, row 2"),
        ("編號,職位\n7,會計\n", "big5", "byte 0, row 1"),
        (SHEET, "utf-16-le", "byte 2, row 1"),
    ],
)
def test_text_in_other_encodings_is_refused_and_not_read_as_nonsense(tmp_path, text, encoding, where):
    said = f" is neither UTF-8 nor GB18030 text ({where}); save it as CSV UTF-8."
    assert message(written(tmp_path, text, encoding)) == said


def test_damaged_utf8_is_not_taken_for_gb18030(tmp_path):
    whole = (SHEET + "009,电工,2\n" * 20).encode()
    path = written(tmp_path, whole[:-30] + b"\xff" + whole[-30:])
    assert message(path).startswith(": row 21 is damaged: byte ")
    assert "is no UTF-8 text, as the rest is." in message(path)
    assert "is damaged" in message(written(tmp_path, (SHEET + "009,电").encode()[:-1]))


def test_damaged_gb18030_names_row_and_byte(tmp_path):
    path = written(tmp_path, SHEET.encode("gbk") + b"009,\xff\xff,2\n")
    at = len(SHEET.encode("gbk")) + 4
    assert message(path).startswith(f": row 4 is damaged: byte {at} is no GB18030 text, as the rest is.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk"])
def test_a_nul_character_is_named_by_its_row(tmp_path, encoding, small_blocks):
    text = '编号,岗位\n1,"两\n行"\n2,焊\0工\n'
    at = len(text[: text.index("\0")].encode(encoding))
    assert message(written(tmp_path, text, encoding)).startswith(
        f": row 3 holds a NUL character (byte {at}), which no text"
    )


# separators and headers


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_other_separators_are_found_and_noted(tmp_path, sign, word):
    (part,) = read_parts(written(tmp_path, SHEET.replace(",", sign).replace("焊工", '"焊工, 钳工"')))
    assert part.frame.rows() == [("007", "焊工, 钳工", "3"), ROWS[1]]
    assert part.notes == (f"Its cells are separated by {word}.",)


def test_commas_stay_commas_whatever_the_cells_hold(tmp_path):
    path = written(tmp_path, "id,skills\n1,a;b\n2,c;d\n")
    assert read_frame(path).rows() == [("1", "a;b"), ("2", "c;d")]
    assert read_frame(written(tmp_path, "note\na;b\n")).rows() == [("a;b",)]


def test_two_separators_that_fit_alike_are_asked_about(tmp_path):
    assert message(written(tmp_path, "a;b,c;d\n1;2,3;4\n")) == (
        " may be separated by commas or by semicolons; put cells that hold either into quotation marks."
    )


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ("2026年3月岗位表,,\n", 2),
        ("2026年3月岗位表\n\n", 3),
        ("填报单位：甲,,\n,,日期：3月\n,,\n", 4),
        ("\n", 2),
    ],
)
def test_what_stands_above_the_header_is_passed_over_and_noted(tmp_path, above, row):
    (part,) = read_parts(written(tmp_path, above + SHEET))
    assert (part.frame.rows(), part.first_row) == (ROWS, row + 1)
    assert part.notes == (f"The header was found in row {row}; what stands above it was left out.",)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "a\n1\n2\n",
        "2024,2025\n1,2\n",
        "a,b\n,\n,x\n",
        "a,b,c\n1,,\n2,,\nx,y,z\n",
        "a,b\n",
    ],
)
def test_a_header_in_row_1_is_taken_as_it_is(tmp_path, text):
    (part,) = read_parts(written(tmp_path, text))
    rows = [tuple(cell or None for cell in row) for row in csv.reader(text.splitlines())]
    assert (part.first_row, part.notes) == (2, ())
    assert [tuple(part.frame.columns), *part.frame.rows()] == rows


def test_what_is_said_of_the_file_stands_on_its_first_part_alone(tmp_path):
    parts = read_parts(written(tmp_path, SHEET.replace(",", ";")), rows=1)
    assert [part.notes for part in parts] == [("Its cells are separated by semicolons.",), ()]


def test_a_title_that_may_be_a_heading_is_not_passed_over(tmp_path):
    assert message(written(tmp_path, "note\nhello, world\nwell, well\n")).startswith(
        ": row 2 has 2 cells and the header has 1"
    )


def test_columns_without_a_heading(tmp_path):
    (part,) = read_parts(written(tmp_path, ",名称,,人数,,\n1,焊工,x,3,,\n"))
    assert part.frame.rows(named=True) == [{"column 1": "1", "名称": "焊工", "column 3": "x", "人数": "3"}]
    assert part.notes == ("Without a heading, and called by their place: column 1, column 3.",)
    assert message(written(tmp_path, "a,b,,\n1,2,,\n3,4,,备注\n")) == (
        ": row 3, column 4 holds '备注', and row 1 has no heading there. Give the column a heading, or empty it."
    )


def test_headings_without_white_space_around_them_and_each_once(tmp_path):
    assert read_frame(written(tmp_path, " 编号 ,\t岗位\n1,2\n")).columns == ["编号", "岗位"]
    assert (
        message(written(tmp_path, "编号,岗位,编号 \n1,2,3\n"))
        == ": the columns A and C are all called '编号'; expected each name once."
    )


# rows


def test_a_row_with_line_breaks_is_one_row(tmp_path, small_blocks):
    text = 'id,text\n1,"two\nlines, and ""more"""\n\n3,x\n\n\n'
    parts = list(read_parts(written(tmp_path, text)))
    assert [row for part in parts for row in part.frame.rows()] == [
        ("1", 'two\nlines, and "more"'), (None, None), ("3", "x")
    ]  # fmt: skip
    assert [part.first_row for part in parts] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3\n", ": row 3 has 1 cells and the header has 2; expected as many in each row. A cell"),
        ('a,b\n"1\n1",2\n3,4,5\n', ": row 3 has 3 cells and the header has 2;"),
        ("a;b\n1;2\n3\n", ": row 3 has 1 cells and the header has 2; expected as many in each row. A cell"),
        ('a,b\n1,2\n"3,4\n5,6\n', ": row 3 opens a quotation mark that is never closed."),
        ('a,b\n1,2\n3,5" pipe\n5,6\n', ": row 3 has a quotation mark in the middle of a cell. A cell with quotation"),
        ('a,b\n1,2\n3,"5" pipe\n5,6\n', ": row 3 has a quotation mark in the middle of a cell."),
        ('a\n1\n5" pipe\n6" pipe\n', ": row 3 has a quotation mark in the middle of a cell."),
        ('"a,b\n1,2\n', ": row 1 opens a quotation mark that is never closed."),
        ("a,b\r1,2\r", ": its lines end as on an old Macintosh (CR); save it as CSV UTF-8."),
        ("a,b\n1,2\r3,4\n", ": row 2 has a line break of an old Macintosh (CR) outside quotation marks"),
        ("a,b\n" + "1,2\n" * 40 + "1,2\r3,4\n", ": row 42 has a line break of an old Macintosh (CR)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("block", [5, 8 << 20])
def test_a_record_that_cannot_be_read_is_named_by_its_row(tmp_path, monkeypatch, text, said, block):
    monkeypatch.setattr(csvtext, "BLOCK", block)
    assert message(written(tmp_path, text)).startswith(said)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "a ZIP archive, perhaps an Excel workbook (.xlsx),"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
        (b"PAR1", "a Parquet file (.parquet)"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\n <HTML><table>", "a web page (HTML or XML)"),
    ],
)
def test_other_files_called_csv(tmp_path, start, what):
    assert message(written(tmp_path, start + b"\0rest")).startswith(f" is {what} by its content, not CSV. Give it the")


# size


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_a_million_characters_is_read_and_one_more_refused(tmp_path, quote):
    def cell(length: int) -> Path:
        return written(tmp_path, f"编号,正文\n1,短\n2,{quote}{'字' * length}{quote}\n")

    assert read_frame(cell(1_000_000))["正文"].str.len_chars().to_list() == [1, 1_000_000]
    assert message(cell(1_000_001)) == (
        ": row 3, column 正文: the cell has more than 1,000,000 characters; expected at most so many. If it should be "
        "short, a quotation mark may be opened in it and never closed."
    )


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_200_megabytes_is_refused_by_row_and_column(tmp_path, quote):
    path = written(tmp_path, f"编号,正文\n1,{quote}")
    with path.open("ab") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(f"{quote}\n2,x\n".encode())
    assert message(path).startswith(": row 2, column 正文: the cell has more than 1,000,000 characters;")


def test_a_long_file_with_a_quotation_mark_too_many_names_the_row_and_not_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(csvtext, "LONGEST_RECORD", 5_000)
    monkeypatch.setattr(csvtext, "BLOCK", 1_000)
    rows = [f"{at},x" for at in range(2_000)]
    rows[7] = '7,5" pipe'
    assert message(written(tmp_path, "\n".join(["a,b", *rows]))).startswith(
        ": row 9 has a quotation mark in the middle"
    )


def test_memory_stays_bounded_whatever_the_size(tmp_path):
    """80 MB of text are read within 150 MB beyond what the reader of two lines takes."""
    path = written(tmp_path, "编号,正文,备注\n")
    block = "".join(f'{at},"负责日常接待，\n{at}",\n' for at in range(40_000)).encode()
    with path.open("ab") as file:
        while file.tell() < 80_000_000:
            file.write(block)
    program = """
import resource, sys
from talentcity.tables import read_parts
sum(part.frame.height for part in read_parts(sys.argv[2]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(part.frame.height for part in read_parts(sys.argv[1]))
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    idle = tmp_path / "idle.csv"
    idle.write_text("a,b\n1,2\n")
    done = subprocess.run([sys.executable, "-c", program, path, idle], capture_output=True, text=True, check=True)
    rows, grown = map(int, done.stdout.split())
    assert rows % 40_000 == 0
    assert grown < 150


# a slow twin

cells = st.text(st.sampled_from('ab中,;\t"\n'), max_size=6)


@given(
    st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12)),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    st.integers(1, 9),
    st.integers(1, 5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_parts_hold_what_the_csv_module_reads(tmp_path, rows, encoding, block, most):
    header = [f"列{at}" for at in range(len(rows[0]) if rows else 2)]
    path = tmp_path / "twin.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([header, *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvtext, "BLOCK", block)
        parts = list(read_parts(path, rows=most))
    assert [list(row) for part in parts for row in part.frame.rows()] == rows
    assert all(part.frame.height <= most for part in parts)
    counts = [part.frame.height for part in parts]
    assert [part.first_row for part in parts] == [2 + sum(counts[:at]) for at in range(len(parts))]
