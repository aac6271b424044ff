"""A file handed in: stored privately, imported by the worker, reported on, and removed."""

import stat
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from factories import make_seeker, make_upload

from talentcity.office.records.models import Seeker
from talentcity.office.uploads import storage
from talentcity.office.uploads.domain import intake
from talentcity.office.uploads.domain.erasing import KEPT, erase, erase_old
from talentcity.office.uploads.domain.intake import carry_out, hand_in_again
from talentcity.office.uploads.enums import State
from talentcity.office.uploads.models import RefusedRow, Upload
from talentcity.office.uploads.words import said
from talentcity.tables import read_frame

pytestmark = pytest.mark.django_db
HEAD = "seeker_id,education,district\n"
GOOD = f"{HEAD}A,bachelor,江北区\nB,college,南岸区\n".encode()
BAD = f"{HEAD}A,bachelor,江北区\nB,none,南岸区\nC,,渝中区\n".encode()
MAPPING = """
[seeker_id]
from = "编号"
[education]
value = "bachelor"
[district]
from = "区县"
read = "place"
"""


def left(home):
    """What lies in the folder of files handed in."""
    return sorted("folder" if path.is_dir() else path.suffix or path.name for path in (home / "uploads").rglob("*"))


def reasons(upload):
    return list(RefusedRow.objects.filter(upload=upload).values_list("row", "column", "value", "reason"))


def test_file_is_stored_for_the_office_alone_under_a_name_of_our_own(planner, tmp_path):
    upload = make_upload(planner, GOOD, name="../../名单 1.CSV")
    path = storage.place(upload.stored)
    assert (upload.name, path.suffix, path.read_bytes()) == ("名单 1.CSV", ".csv", GOOD)
    assert path.parent.parent == tmp_path / "uploads"
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent, path.parent.parent)] == [
        0o600, 0o700, 0o700,
    ]  # fmt: skip
    assert (upload.state, OrmQ.objects.count()) == (State.WAITING, 1)


def test_good_file_is_taken_in_and_removed(planner, tmp_path):
    upload = carry_out(make_upload(planner, GOOD))
    assert (upload.state, upload.read, upload.taken, upload.refused_rows) == (State.DONE, 2, 2, 0)
    assert sorted(Seeker.objects.values_list("seeker_id", flat=True)) == ["A", "B"]
    assert (upload.stored, left(tmp_path)) == ("", [])


def test_one_bad_row_stops_the_file_and_every_bad_row_is_told(planner):
    upload = carry_out(make_upload(planner, BAD))
    levels = "junior, secondary, college, bachelor, master, doctor"
    assert (upload.state, upload.read, upload.taken, upload.refused_rows) == (State.REFUSED, 3, 0, 2)
    assert reasons(upload) == [
        (3, "education", "'none'", f"expected one of {levels}"),
        (4, "education", None, f"empty; expected one of {levels}"),
    ]
    assert Seeker.objects.count() == 0


def test_bad_rows_are_put_aside_as_they_stood_to_be_mended(planner, tmp_path):
    upload = carry_out(make_upload(planner, BAD, skip_bad=True))
    assert (upload.state, upload.taken, upload.refused_rows) == (State.DONE, 1, 2)
    book = read_frame(storage.beside(upload.stored, storage.REFUSED))
    assert book.columns[2:] == ["seeker_id", "education", "district"]
    assert book.select("seeker_id", "district").rows() == [("B", "南岸区"), ("C", "渝中区")]
    assert book["refused_row"].to_list() == ["3", "4"]
    assert book["refused_because"][0].startswith("education: 'none': ")
    assert left(tmp_path) == [".xlsx", "folder", "progress"]


def test_the_same_file_again_changes_nothing(planner):
    carry_out(make_upload(planner, GOOD))
    upload = carry_out(make_upload(planner, GOOD))
    assert (upload.state, upload.taken, upload.unchanged, upload.refused_rows) == (State.DONE, 0, 2, 0)


def test_rows_replace_what_stands_when_that_was_asked_for(planner):
    make_seeker("A", district="万州区")
    upload = carry_out(make_upload(planner, GOOD, replace=True))
    assert (upload.taken, upload.replaced) == (1, 1)
    assert Seeker.objects.get(seeker_id="A").district == "江北区"


def test_file_of_other_headings_is_imported_by_its_mapping(planner):
    sheet = "编号,区县\n1,江北区\n".encode()
    upload = carry_out(make_upload(planner, sheet, mapping=MAPPING))
    assert (upload.failure, upload.state) == ("", State.DONE)
    assert list(Seeker.objects.values_list("seeker_id", "district")) == [("1", "江北区")]


def test_wrong_mapping_waits_for_a_better_one(planner):
    sheet = "编号,区县\n1,江北区\n".encode()
    wrong = MAPPING.replace("编号", "号码")
    upload = carry_out(make_upload(planner, sheet, mapping=wrong))
    assert (upload.state, upload.proposed) == (State.UNREAD, wrong)
    assert "'号码'" in upload.failure
    assert upload.stored not in upload.failure
    assert hand_in_again(upload, mapping=MAPPING)
    assert not hand_in_again(upload, mapping=MAPPING)
    assert carry_out(upload).state == State.DONE
    assert Seeker.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b""), ("a.xlsx", b"PK\x03\x04 no workbook"), ("a.parquet", b"x")]
)
def test_file_that_is_not_what_it_claims_fails_with_its_own_name_and_is_removed(planner, tmp_path, name, content):
    upload = carry_out(make_upload(planner, content, name=name))
    assert (upload.state, left(tmp_path)) == (State.FAILED, [])
    assert upload.failure.startswith(name)


def test_import_whose_worker_was_killed_is_taken_up_again_and_given_up_at_last(planner, monkeypatch):
    upload = make_upload(planner, GOOD)

    def killed(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(intake, "import_parts", killed)
    for _ in range(intake.ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            carry_out(upload)
        assert Upload.objects.get().state == State.RUNNING
    assert carry_out(upload).failure == "Its worker was ended 3 times while it ran; memory may have run out."


def test_import_that_was_killed_once_counts_its_rows_once(planner, monkeypatch):
    upload = make_upload(planner, GOOD)
    real = intake.import_parts

    def killed_after_writing(*args, record, **options):
        def stop(done):
            record(done)
            raise KeyboardInterrupt

        return real(*args, record=stop, **options)

    monkeypatch.setattr(intake, "import_parts", killed_after_writing)
    with pytest.raises(KeyboardInterrupt):
        carry_out(upload)
    monkeypatch.undo()
    assert Seeker.objects.count() == 0
    assert (carry_out(upload).taken, Seeker.objects.count()) == (2, 2)


def test_defect_is_written_down_and_raised(planner, monkeypatch, tmp_path):
    upload = make_upload(planner, GOOD)

    def broken(*_args, **_options):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(intake, "import_parts", broken)
    with pytest.raises(ZeroDivisionError):
        carry_out(upload)
    upload.refresh_from_db()
    assert (upload.failure, left(tmp_path)) == ("A defect of TalentCity, ZeroDivisionError: by zero", [])


def test_what_people_wrote_is_erased_and_the_counts_stay(planner, tmp_path):
    upload = carry_out(make_upload(planner, BAD))
    assert erase(upload)
    upload.refresh_from_db()
    assert (reasons(upload), upload.refused_rows, upload.stored, left(tmp_path)) == ([], 2, "", [])
    assert upload.erased_at is not None


def test_nothing_is_erased_under_a_running_import(planner):
    assert not erase(make_upload(planner, GOOD))


def test_what_people_wrote_is_erased_after_a_month(planner):
    old, young = (carry_out(make_upload(planner, BAD)) for _ in range(2))
    Upload.objects.filter(pk=old.pk).update(ended_at=timezone.now() - KEPT - timedelta(minutes=1))
    Upload.objects.filter(pk=young.pk).update(ended_at=timezone.now() - KEPT + timedelta(minutes=1))
    erase_old()
    assert (reasons(old), len(reasons(young))) == ([], 2)


@pytest.mark.parametrize(("reason", "english", "chinese"), [
    ("empty; expected one of a, b", "empty; expected one of a, b", "缺少内容；应为下列之一：a, b"),
    ("the office has no seeker of this id; import it first",
     "the office has no such record (seeker); import it first", "系统中没有这条记录（seeker）；请先导入"),
    ("holds a NUL character; expected text", "holds a NUL character; expected text", "含有空字符（NUL）；应为文字"),
    ("expected a year from 1 to 9998", "expected a year from 1 to 9998", "年份应在 1 至 9998 之间"),
    ("expected a time that the city's clocks showed on that day",
     "expected a time that the city's clocks showed on that day", "应为当天本市时钟上出现过的时间"),
    ("something that nobody translated", "something that nobody translated", "something that nobody translated"),
])  # fmt: skip
def test_reasons_are_told_in_the_readers_language_where_they_are_known(reason, english, chinese):
    from django.utils.translation import override

    with override("zh-hans"):
        assert said(reason) == chinese
    with override("en"):
        assert said(reason) == english


def test_file_whose_headings_are_not_ours_gets_a_mapping_proposed_that_imports_it(planner):
    sheet = "求职者编号,学历,所在区县\n1,本科,江北区\n2,大专,南岸区\n".encode()
    upload = carry_out(make_upload(planner, sheet))
    assert (upload.state, upload.taken) == (State.UNREAD, 0)
    assert 'from = "求职者编号"' in upload.proposed
    assert upload.stored.split("/")[0] not in upload.proposed
    assert hand_in_again(upload, mapping=upload.proposed)
    assert carry_out(upload).failure == ""
    assert list(Seeker.objects.values_list("seeker_id", "education", "district")) == [
        ("1", "bachelor", "江北区"), ("2", "college", "南岸区"),
    ]  # fmt: skip


def test_file_that_waits_for_a_mapping_can_be_erased(planner, tmp_path):
    upload = carry_out(make_upload(planner, "甲,乙\n1,2\n".encode()))
    assert upload.state == State.UNREAD
    assert erase(upload)
    assert (Upload.objects.get().state, left(tmp_path)) == (State.FAILED, [])


def test_one_sheet_of_a_workbook_is_imported_and_its_refused_rows_are_those_of_that_sheet(planner, tmp_path):
    import xlsxwriter

    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        for name, level in (("八月", "doctor"), ("九月", "none")):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, ["seeker_id", "education", "district"])
            sheet.write_row(1, 0, [f"{name}-1", "bachelor", "江北区"])
            sheet.write_row(2, 0, [f"{name}-2", level, "江北区"])
    upload = carry_out(make_upload(planner, book.read_bytes(), name="b.xlsx", sheet="九月", skip_bad=True))
    assert (upload.failure, upload.taken) == ("", 1)
    assert list(Seeker.objects.values_list("seeker_id", flat=True)) == ["九月-1"]
    mending = read_frame(storage.beside(upload.stored, storage.REFUSED))
    assert mending["seeker_id"].to_list() == ["九月-2"]


@pytest.mark.parametrize("name", ["seekers.csv", "seekers.jsonl", "seekers.xlsx", "seekers.parquet"])
@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xfe", b"PK\x03\x04", b"PAR1" * 20, b"%PDF-1.7\n" * 50])
def test_whatever_is_no_table_is_said_and_nothing_is_left(planner, tmp_path, name, content):
    upload = carry_out(make_upload(planner, content, name=name))
    assert upload.state in (State.FAILED, State.UNREAD)
    assert "defect" not in upload.failure
    assert name in upload.failure
    erase(upload)
    assert left(tmp_path) == []


@pytest.mark.parametrize("content", [
    "seeker_id,edu\0cation,district\nA,bachelor,江北区\n",
    f"{HEAD}A\0,bachelor,江北区\n",
    f"{HEAD}A,bach\0elor,江北区\n",
    f"{HEAD}A,bachelor,江\0北区\n",
    "seeker_id,education,district,wanted_wage\nA,bachelor,江北区,5\x000\n",
    "seeker_id,education,district,registered_on\nA,bachelor,江北区,2026\x00\n",
])  # fmt: skip
def test_nul_characters_are_refused_in_every_database(planner, content):
    upload = carry_out(make_upload(planner, content.encode()))
    assert upload.state in (State.REFUSED, State.FAILED, State.UNREAD)
    assert "defect" not in upload.failure
    assert Seeker.objects.count() == 0


def test_no_line_of_the_log_quotes_a_row(planner, caplog):
    with caplog.at_level("INFO"):
        carry_out(make_upload(planner, BAD, skip_bad=True))
        carry_out(make_upload(planner, BAD.replace(b"C,", b"A,")))
        carry_out(make_upload(planner, b"who,education\nZhang-San,bachelor\n"))
    lines = [record.getMessage() for record in caplog.records if record.name == "talentcity.uploads"]
    assert len(lines) == 3
    assert not [line for line in lines for word in ("none", "渝中区", "Zhang-San", "who") if word in line]
