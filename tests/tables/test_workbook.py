"""Excel workbooks as people have them: what is read, what is said of it, and what is refused."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from talentcity.errors import InvalidTable, UnreadableFile
from talentcity.tables import CAPACITY, Part, read_frame, read_parts, read_table, workbook, worksheet, write_table
from talentcity.tables.mapping import read_plain

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def packed(
    path: Path, *sheets: tuple[str, str], styles: str = "", texts: str = "", book: str = "", **more: str
) -> Path:
    """A workbook of sheets (name, XML between the tags of the sheet), part by part."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELATED}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        + "".join(
            f'<Relationship Id="s{at}" Type="{RELATED}/worksheet" Target="worksheets/{at}.xml"/>'
            for at in range(len(sheets))
        )
        + f'<Relationship Id="a" Type="{RELATED}/styles" Target="styles.xml"/>'
        f'<Relationship Id="b" Type="{RELATED}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{book}<sheets>'
        + "".join(
            f'<sheet name="{name.removesuffix("~")}" sheetId="{at + 1}" r:id="s{at}"'
            + (' state="hidden"/>' if name.endswith("~") else "/>")
            for at, (name, _) in enumerate(sheets)
        )
        + "</sheets></workbook>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        **{
            f"xl/worksheets/{at}.xml": f'<worksheet xmlns="{MAIN}">{xml}</worksheet>'
            for at, (_, xml) in enumerate(sheets)
        },
        **more,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, xml)
    return path


def text(reference: str, value: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def data(*rows: str) -> str:
    return (
        "<sheetData>"
        + "".join(f'<row r="{at}">{cells}</row>' for at, cells in enumerate(rows, start=1))
        + "</sheetData>"
    )


HEAD = text("A1", "id") + text("B1", "value")


def cells(path: Path, cell: str, **parts: str) -> Part:
    """What is read of a sheet with an id and this cell."""
    (part,) = read_parts(packed(path / "one.xlsx", ("S", data(HEAD, text("A2", "007") + cell)), **parts))
    return part


def drawn(path: Path, draw) -> Path:
    """A workbook that the library writes: `draw` gets its first sheet and the workbook."""
    with xlsxwriter.Workbook(str(path)) as book:
        draw(book.add_worksheet("岗位"), book)
    return path


def message(read, *arguments) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(*arguments)
    return str(caught.value)


# cells


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ('<c r="B2"><v>7</v></c>', "7"),
        ('<c r="B2"><v>7.0</v></c>', "7"),
        ('<c r="B2"><v>007</v></c>', "7"),
        ('<c r="B2"><v>-7</v></c>', "-7"),
        ('<c r="B2"><v>4500.5</v></c>', "4500.5"),
        ('<c r="B2"><v>1.5E-3</v></c>', "0.0015"),
        ('<c r="B2"><v>999999999999999</v></c>', "999999999999999"),
        ('<c r="B2" t="n"><v>0</v></c>', "0"),
        ('<c r="B2" t="b"><v>1</v></c>', "TRUE"),
        ('<c r="B2" t="b"><v>0</v></c>', "FALSE"),
        ('<c r="B2" t="d"><v>2026-03-01</v></c>', "2026-03-01"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B2" t="str"><f>A1&amp;"x"</f><v>idx</v></c>', "idx"),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', None),
        ('<c r="B2" t="inlineStr"><is><r><t>a</t></r><rPh><t>X</t></rPh><r><t> b</t></r></is></c>', "a b"),
        (text("B2", "a_x000D_\nb_x005F_c"), "a\r\nb_c"),
        (text("B2", "<![CDATA[a<b]]>&amp;&#20013;"), "a<b&中"),
        (text("B2", ""), None),
        ('<c r="B2" s="3"/>', None),
        ("<c><v>5</v></c>", "5"),
    ],
)  # fmt: skip
def test_a_cell_is_the_text_that_a_person_sees(tmp_path, cell, seen):
    part = cells(tmp_path, cell)
    assert (part.frame.rows(), part.faults) == ([("007", seen)], ())


STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="0000"/>'
    '<numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '<numFmt numFmtId="166" formatCode="[$-804]aaaa;@"/>'
    '<numFmt numFmtId="167" formatCode="[Red]0.00&quot; days&quot;"/>'
    '<numFmt numFmtId="168" formatCode="[h]:mm"/><numFmt numFmtId="169" formatCode="m/d/yyyy h:mm"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
    '<xf numFmtId="21"/><xf numFmtId="57"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/>'
    '<xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="169"/></cellXfs><cellStyles/>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("style", "number", "seen"),
    [
        (0, "46082", "46082"),
        (1, "46082", "2026-03-01"),
        (1, "46082.7", "2026-03-01"),
        (1, "1", "1900-01-01"),
        (1, "59", "1900-02-28"),
        (1, "61", "1900-03-01"),
        (2, "46082.5", "2026-03-01T12:00:00"),
        (2, "46082.000005787", "2026-03-01T00:00:00.500"),
        (3, "0.75", "18:00:00"),
        (4, "46082", "2026-03-01"),
        (5, "7", "0007"),
        (5, "12345", "12345"),
        (6, "46082", "2026-03-01"),
        (8, "1.5", "1.5"),
        (10, "46082.5", "2026-03-01T12:00:00"),
        (1, "1e12", "1000000000000"),
        (99, "5", "5"),
    ],
)
def test_a_number_is_shown_by_its_format(tmp_path, style, number, seen):
    part = cells(tmp_path, f'<c r="B2" s="{style}"><v>{number}</v></c>', styles=STYLES)
    assert (part.frame["value"].to_list(), part.faults) == ([seen], ())


def test_days_may_be_counted_from_1904(tmp_path):
    part = cells(tmp_path, '<c r="B2" s="1"><v>0</v></c>', styles=STYLES, book='<workbookPr date1904="1"/>')
    assert part.frame["value"].to_list() == ["1904-01-01"]


def test_shared_texts_without_what_tells_their_pronunciation(tmp_path):
    texts = '<si><t>id</t></si><si><r><t>东</t></r><rPh sb="0" eb="1"><t>ひがし</t></rPh><r><t>京</t></r></si>'
    assert cells(tmp_path, '<c r="B2" t="s"><v>1</v></c>', texts=texts).frame["value"].to_list() == ["东京"]


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        (
            '<c r="B2" t="e"><v>#N/A</v></c>',
            "#N/A",
            "an error of the spreadsheet; mend the formula, or enter the value",
        ),
        ('<c r="B2" t="e"><f>A9</f><v>#REF!</v></c>', "#REF!", "an error of the spreadsheet"),
        ('<c r="B2"><f>SUM(1,1)</f></c>', None, "a formula whose value was never computed; open the workbook in a"),
        ('<c r="B2"><f>SUM(1,1)</f><v></v></c>', None, "a formula whose value was never computed"),
        ('<c r="B2"><v>911101087178099000</v></c>', "911101087178099000", "a number of more than 15 digits, and Excel"),
        ('<c r="B2"><v>9.111E+17</v></c>', "911100000000000000", "a number of more than 15 digits"),
    ],
)
def test_a_cell_that_cannot_be_relied_on_is_named_by_row_and_heading(tmp_path, cell, value, reason):
    part = cells(tmp_path, cell)
    (fault,) = part.faults
    assert (fault.row, fault.column, fault.value, fault.expected[: len(reason)]) == (2, "value", value, reason)
    assert part.frame["value"].to_list() == [value]


def test_a_fault_stops_a_table_only_in_a_column_of_its_schema(tmp_path):
    head = text("A1", "opportunity_id") + text("B1", "capacity") + text("C1", "remark")
    row = text("A2", "J1") + '<c r="B2"><v>3</v></c><c r="C2" t="e"><v>#N/A</v></c>'
    path = packed(tmp_path / "c.xlsx", ("S", data(head, row)))
    assert read_table(path, CAPACITY).rows() == [("J1", 3, None)]
    path = packed(
        tmp_path / "c.xlsx", ("S", data(head, row.replace("C2", "D2").replace("B2", "C2").replace("D2", "B2")))
    )
    with pytest.raises(InvalidTable) as caught:
        read_table(path, CAPACITY)
    assert str(caught.value) == (
        "c.xlsx, row 2, column capacity: #N/A: an error of the spreadsheet; mend the formula, or enter the value"
    )


def test_a_fault_is_said_once_where_the_cell_shows_it_too(tmp_path):
    head = text("A1", "opportunity_id") + text("B1", "capacity")
    path = packed(tmp_path / "c.xlsx", ("S", data(head, text("A2", "J1") + '<c r="B2" t="e"><v>#N/A</v></c>')))
    said = "an error of the spreadsheet; mend the formula, or enter the value"
    assert read_plain(path, CAPACITY).refused.rows() == [(2, "capacity", "#N/A", said)]


def test_types_may_be_mixed_in_a_column(tmp_path):
    path = drawn(
        tmp_path / "mixed.xlsx",
        lambda sheet, book: [
            sheet.write_column(0, 0, ["编号", "007", 7, 7.5, True, "面议"]),
            sheet.write_datetime(6, 0, date(2026, 3, 1), book.add_format({"num_format": "yyyy/m/d"})),
        ],
    )
    assert read_frame(path)["编号"].to_list() == ["007", "7", "7.5", "TRUE", "面议", "2026-03-01"]


# rows


def test_rows_are_numbered_as_the_spreadsheet_shows_them_and_blank_ones_at_the_end_say_nothing(tmp_path):
    xml = "<sheetData>" + f'<row r="3">{text("B3", "a")}{text("C3", "b")}</row>' + f'<row r="5">{text("C5", "x")}</row>'
    xml += '<row r="9"><c r="B9" s="1"/></row></sheetData>'
    (part,) = read_parts(packed(tmp_path / "b.xlsx", ("S", xml)))
    assert (part.first_row, part.frame.columns) == (4, ["column 1", "a", "b"])
    assert part.frame.rows() == [(None, None, None), (None, None, "x")]


def test_a_title_above_the_header_is_passed_over(tmp_path):
    def draw(sheet, book):
        sheet.merge_range("A1:C1", "2026年3月岗位一览", book.add_format())
        sheet.write("A2", "填报单位：")
        sheet.write_row("A4", ["编号", "名称", "人数"])
        sheet.write_row("A5", ["007", "焊工", 3])

    (part,) = read_parts(drawn(tmp_path / "title.xlsx", draw))
    assert (part.first_row, part.frame.rows()) == (5, [("007", "焊工", "3")])
    assert part.notes == ("The header was found in row 4; what stands above it was left out.",)


def test_merged_cells_among_the_records_are_filled_from_the_first(tmp_path):
    def draw(sheet, book):
        sheet.write_row("A1", ["单位", "岗位", "最低", "最高"])
        sheet.merge_range("A2:A4", "甲厂", book.add_format())
        sheet.write_column("B2", ["焊工", "钳工", "电工", "会计"])
        sheet.merge_range("C5:D5", "5000", book.add_format())
        sheet.write("A5", "乙厂")

    (part,) = read_parts(drawn(tmp_path / "merged.xlsx", draw))
    assert part.frame.rows() == [
        ("甲厂", "焊工", None, None),
        ("甲厂", "钳工", None, None),
        ("甲厂", "电工", None, None),
        ("乙厂", "会计", "5000", "5000"),
    ]
    assert part.notes == ("Merged cells were filled from the first of each: A2:A4, C5:D5.",)


def test_merged_cells_are_filled_across_parts_and_over_rows_without_cells(tmp_path):
    rows = data(HEAD, text("A2", "x") + text("B2", "1")) + '<mergeCells><mergeCell ref="A2:A6"/></mergeCells>'
    last = f'<row r="6">{text("B6", "5")}</row></sheetData>'
    path = packed(tmp_path / "m.xlsx", ("S", rows.replace("</sheetData>", last)))
    assert [(part.first_row, part.frame["id"].to_list()) for part in read_parts(path, rows=2)] == [
        (2, ["x", "x"]), (4, ["x", "x"]), (6, ["x"])
    ]  # fmt: skip


def test_cells_merged_with_one_that_cannot_be_relied_on_cannot_either(tmp_path):
    rows = data(HEAD, text("A2", "x") + '<c r="B2"><v>9.111E+17</v></c>', text("A3", "y"))
    path = packed(tmp_path / "m.xlsx", ("S", rows + '<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'))
    (part,) = read_parts(path)
    assert [(fault.row, fault.column, fault.value) for fault in part.faults] == [
        (2, "value", "911100000000000000"), (3, "value", "911100000000000000"),
    ]  # fmt: skip


def test_a_last_row_of_formulas_that_were_never_computed_is_no_blank_row(tmp_path):
    path = packed(tmp_path / "f.xlsx", ("S", data(HEAD, text("A2", "x"), "", '<c r="A4"><f>A2</f></c>', "")))
    (part,) = read_parts(path)
    assert part.frame["id"].to_list() == ["x", None, None]
    assert [(fault.row, fault.column) for fault in part.faults] == [(4, "id")]


@pytest.mark.parametrize("limits", [{"MOST_CELLS": 6}, {"MOST_CHARACTERS": 9}])
def test_wide_rows_and_long_cells_come_in_smaller_frames(tmp_path, monkeypatch, limits):
    monkeypatch.setattr(workbook, "_CHUNK", 80)
    for name, limit in limits.items():
        monkeypatch.setattr(worksheet, name, limit)
    names = [f"{at:03}" for at in range(40)]
    path = packed(tmp_path / "w.xlsx", ("S", data(HEAD, *(text(f"A{at}", name) for at, name in enumerate(names, 2)))))
    parts = list(read_parts(path))
    assert [name for part in parts for name in part.frame["id"]] == names
    assert {part.frame.height for part in parts[1:-1]} <= {1, 2, 3, 4}  # the first holds what was read for the header


def test_a_heading_may_take_two_rows_but_not_two_columns(tmp_path):
    def two_rows(sheet, book):
        sheet.merge_range("A1:A2", "编号", book.add_format())
        sheet.write("B1", "")
        sheet.write_row("B2", ["名称", "人数"])
        sheet.write_row("A3", ["007", "焊工", 3])

    def two_columns(sheet, book):
        sheet.merge_range("A1:A2", "编号", book.add_format())
        sheet.merge_range("B1:C1", "工资", book.add_format())
        sheet.write_row("B2", ["最低", "最高"])

    assert read_frame(drawn(tmp_path / "rows.xlsx", two_rows)).rows(named=True) == [
        {"编号": "007", "名称": "焊工", "人数": "3"}
    ]
    path = drawn(tmp_path / "columns.xlsx", two_columns)
    assert message(read_frame, path) == (
        f"{path}: the header in row 1 has merged cells (A1:A2); expected one row of headings, one over each column."
    )


def test_hidden_rows_and_columns_are_read_and_said(tmp_path):
    def draw(sheet, book):
        sheet.write_row("A1", ["编号", "人数"])
        sheet.write_row("A2", ["007", 3])
        sheet.write_row("A3", ["008", 4])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})

    (part,) = read_parts(drawn(tmp_path / "hidden.xlsx", draw))
    assert part.frame.rows() == [("007", "3"), ("008", "4")]
    assert part.notes == ("Hidden rows were read too: 1.", "Hidden columns were read too.")


def test_a_value_without_a_heading_is_named(tmp_path):
    path = packed(tmp_path / "v.xlsx", ("S", data(HEAD, text("A2", "1") + text("D2", "备注"))))
    assert message(read_frame, path) == (
        f"{path}: row 2, column D holds '备注', and row 1 has no heading there. Give the column a heading, or empty it."
    )


def test_the_last_row_of_a_sheet_is_read_and_one_more_is_refused(tmp_path):
    def with_row(number: int) -> Path:
        rows = data(HEAD).replace("</sheetData>", f'<row r="{number}">{text(f"A{number}", "x")}</row></sheetData>')
        return packed(tmp_path / "rows.xlsx", ("S", rows))

    *_, last = read_parts(with_row(1_048_576))
    assert (last.first_row + last.frame.height - 1, last.frame["id"][-1]) == (1_048_576, "x")
    path = with_row(1_048_577)
    assert message(read_frame, path) == (
        f"{path} has a row 1,048,577, and a sheet has at most 1,048,576. Save it as CSV UTF-8, or in several files."
    )


# sheets


def test_of_ten_sheets_the_one_with_values_is_read(tmp_path):
    sheets = [(f"Sheet{at}", "<sheetData/>") for at in range(1, 10)]
    path = packed(tmp_path / "ten.xlsx", *sheets, ("岗位", data(HEAD, text("A2", "1"))))
    (part,) = read_parts(path)
    assert (part.frame.rows(), part.notes) == ([("1", None)], ("Of 10 sheets, '岗位' was read.",))


def test_of_several_sheets_with_values_one_has_to_be_named(tmp_path):
    sheets = [(f"区{at}", data(HEAD, text("A2", str(at)))) for at in range(10)]
    path = packed(tmp_path / "ten.xlsx", *sheets, ("词表~", data(HEAD)))
    names = ", ".join(name for name, _ in sheets)
    assert message(read_frame, path) == (
        f"{path} has 10 sheets with values: {names}. Say which one is meant, behind the name of the file: "
        f"'{path}#区0'; "
        'or in its mapping, before the first block: sheet = "区0".'
    )
    assert read_frame(f"{path}#区7").rows() == [("7", None)]
    assert next(read_parts(path, sheet="区8")).frame.rows() == [("8", None)]
    assert message(read_frame, f"{path}#区") == f"{path} has no sheet '区'; it has: {names}, 词表."


def test_a_hidden_sheet_is_passed_over(tmp_path):
    path = packed(tmp_path / "h.xlsx", ("词表~", data(HEAD, text("A2", "x"))), ("岗位", data(HEAD, text("A2", "1"))))
    assert read_frame(path).rows() == [("1", None)]


def test_a_workbook_without_values(tmp_path):
    path = packed(tmp_path / "empty.xlsx", ("S", "<sheetData/>"), ("T", data("", '<c r="A2" s="1"/>')))
    said = f"{path} holds no rows and no header; expected the names of the columns."
    assert message(read_frame, path) == said
    assert message(read_frame, packed(path, ("S", "<sheetData/>"))) == said


# files that are none


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 600,
            "is an old Excel workbook (.xls) or one locked by a password, by its content.",
        ),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password; save it without one.",
        ),
        (b"<html><table><tr><td>1</td></tr></table></html>", "is a web page (HTML or XML) by its content."),
        ("编号,人数\n1,2\n".encode(), "is no workbook by its content. If it is CSV, give it the ending .csv;"),
        (b"PK\x03\x04broken", "is a damaged workbook, cut short perhaps (File is not a zip file)."),
    ],
)
def test_other_files_called_xlsx(tmp_path, content, said):
    path = tmp_path / "other.xlsx"
    path.write_bytes(content)
    assert message(read_frame, path).startswith(f"{path} {said}")


def test_a_zip_called_xlsx(tmp_path):
    path = tmp_path / "zip.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert (
        message(read_frame, path)
        == f"{path} is a ZIP archive and holds no workbook. Unpack it and give the file within."
    )


def test_an_opendocument_sheet_and_a_binary_workbook_called_xlsx(tmp_path):
    for name, content, what in (
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument sheet (.ods)"),
        ("xl/workbook.bin", "", "a binary Excel workbook (.xlsb)"),
    ):
        path = tmp_path / "other.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, content)
        assert message(read_frame, path).startswith(f"{path} is {what} by its content.")


def test_a_workbook_called_csv(tmp_path):
    path = packed(tmp_path / "b.xlsx", ("S", data(HEAD))).rename(tmp_path / "b.csv")
    assert message(read_frame, path).startswith(f"{path} is a ZIP archive, perhaps an Excel workbook (.xlsx), by its")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_workbook_cut_short(tmp_path, share):
    path = tmp_path / "cut.xlsx"
    write_table(pl.DataFrame({"id": [str(at) for at in range(2000)]}), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert message(read_frame, path).startswith(f"{path} is a damaged workbook, cut short perhaps (")


@pytest.mark.parametrize(
    "broken",
    [
        "<row",
        '<row r="1"><c r="A1" t="s"><v>5</v></c></row>',
        '<row r="1"><c r="1"/></row>',
        '<row r="2"/><row r="2"/>',
        '<row r="1"><c r="A1"><v>x</v></c></row>',
        '<row r="first"/>',
        '<row r="1"><c r="A1" s="bold"><v>1</v></c></row>',
    ],
)
def test_a_workbook_whose_xml_is_damaged(tmp_path, broken):
    path = packed(tmp_path / "broken.xlsx", ("S", f"<sheetData>{broken}</sheetData>"))
    assert "damaged" in message(read_frame, path)


def test_a_part_of_the_workbook_that_is_missing(tmp_path):
    path = packed(tmp_path / "broken.xlsx", ("S", data(HEAD)))
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(tmp_path / "less.xlsx", "w") as less:
        for name in archive.namelist():
            if name != "xl/worksheets/0.xml":
                less.writestr(name, archive.read(name))
    assert "xl/worksheets/0.xml is missing" in message(read_frame, tmp_path / "less.xlsx")


# harm


def test_a_sheet_that_unpacks_to_more_than_the_limit_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = packed(tmp_path / "bomb.xlsx", ("S", data(HEAD, text("A2", "x" * 200_000))))
    assert path.stat().st_size < 4_000
    monkeypatch.setattr(workbook, "LARGEST_SHEET", 100_000)
    assert message(read_frame, path).startswith(f"{path}: unpacked, xl/worksheets/0.xml has more than 0 MiB.")


def test_a_sheet_that_unpacks_to_more_than_it_says_is_damaged(tmp_path):
    path = packed(tmp_path / "liar.xlsx", ("S", data(HEAD, text("A2", "x" * 200_000))))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/0.xml").file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (500).to_bytes(4, "little")))
    assert "damaged" in message(read_frame, path)


def test_shared_texts_that_need_more_memory_than_the_limit_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST_SHARED_TEXTS", 1 << 20)
    texts = "".join(f"<si><t>{at}{'x' * 900}</t></si>" for at in range(1100))
    path = packed(tmp_path / "texts.xlsx", ("S", data(HEAD)), texts=texts)
    assert message(read_frame, path).startswith(
        f"{path}: its texts need more than 1 MiB of memory; save the sheet as CSV"
    )


@pytest.mark.parametrize("shared", [False, True])
def test_a_cell_of_a_million_characters_is_read_and_one_more_refused(tmp_path, shared):
    def with_text(length: int) -> Path:
        long = "x" * length
        cell = '<c r="B2" t="s"><v>0</v></c>' if shared else text("B2", long)
        return packed(tmp_path / "l.xlsx", ("S", data(HEAD, text("A2", "1") + cell)), texts=f"<si><t>{long}</t></si>")

    assert read_frame(with_text(1_000_000))["value"].str.len_chars().to_list() == [1_000_000]
    path = with_text(1_000_001)
    assert message(read_frame, path) == (
        f"{path}: row 2, column B: the cell has more than 1,000,000 characters; expected at most so many."
    )


def test_a_document_type_is_refused(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    path = packed(tmp_path / "dtd.xlsx", ("S", ""), **{"xl/worksheets/0.xml": bomb})
    assert message(read_frame, path).startswith(f"{path} declares a document type, which no workbook does;")


def test_a_tag_without_an_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(worksheet, "_LONGEST_TAG", 300_000)
    path = packed(tmp_path / "tag.xlsx", ("S", f'<sheetData><row r="1" x="{"y" * 2_000_000}"/></sheetData>'))
    assert "damaged" in message(read_frame, path)


# writing


def rows_of(path: Path) -> list[tuple[object, ...]]:
    return read_frame(path).rows()


def test_what_looks_like_a_formula_is_written_as_text(tmp_path):
    words = ["=1+1", "+86 23", "-5", "@name", "http://x.y", "007", "\tx"]
    write_table(pl.DataFrame({"word": words}), tmp_path / "w.xlsx")
    assert read_frame(tmp_path / "w.xlsx")["word"].to_list() == words
    with zipfile.ZipFile(tmp_path / "w.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert ("<f>" in xml, "hyperlink" in xml, xml.count('t="inlineStr"')) == (False, False, 8)


def test_numbers_keep_all_their_digits_and_long_ones_are_text(tmp_path):
    frame = pl.DataFrame({"whole": [10**15 - 1, 10**15, 7], "share": [0.1 + 0.2, 1 / 3, 1e-300]})
    write_table(frame, tmp_path / "n.xlsx")
    assert rows_of(tmp_path / "n.xlsx") == [
        ("999999999999999", "0.30000000000000004"),
        ("1000000000000000", "0.3333333333333333"),
        ("7", "1e-300"),
    ]


def test_days_are_real_dates_and_what_excel_cannot_hold_is_text(tmp_path):
    frame = pl.DataFrame(
        {
            "day": [date(2026, 3, 1), date(1899, 12, 31)],
            "moment": list(map(datetime.fromisoformat, ("2026-03-01T09:30", "2026-03-01T09:30:00.000005"))),
        }
    )
    write_table(frame, tmp_path / "d.xlsx")
    with zipfile.ZipFile(tmp_path / "d.xlsx") as archive:
        assert b"<v>46082</v>" in archive.read("xl/worksheets/sheet1.xml")
    assert rows_of(tmp_path / "d.xlsx") == [
        ("2026-03-01", "2026-03-01T09:30:00"),
        ("1899-12-31", "2026-03-01T09:30:00.000005"),
    ]


def test_the_header_is_frozen_and_the_bytes_are_the_same_every_time(tmp_path):
    frame = pl.DataFrame({"id": ["007"], "n": [3]})
    write_table(frame, tmp_path / "a.xlsx")
    write_table(frame, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path):
    path = tmp_path / "rows.xlsx"
    assert message(write_table, pl.DataFrame({"n": pl.zeros(1_048_576, eager=True)}), path) == (
        f"{path} cannot be written: the table has 1,048,576 rows and 1 columns, and a sheet has at most 1,048,576 rows "
        "with the header, and 16,384 columns. Write .csv or .parquet."
    )


def test_a_cell_longer_than_excel_holds_is_refused(tmp_path):
    path = tmp_path / "long.xlsx"
    write_table(pl.DataFrame({"id": ["1"], "text": ["字" * 32_767]}), path)
    assert read_frame(path)["text"].str.len_chars().to_list() == [32_767]
    assert message(write_table, pl.DataFrame({"id": ["1", "2"], "text": ["x", "字" * 32_768]}), path) == (
        f"{path} cannot be written: row 3, column B (text) has more than 32,767 characters, the most that Excel holds. "
        "Write .csv or .parquet."
    )
