"""The pages for imports: hand a file in, the report, mending, erasing."""

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from factories import make_upload
from page_words import words

from talentcity.office.records.models import Seeker
from talentcity.office.uploads import forms, storage
from talentcity.office.uploads.domain.intake import carry_out
from talentcity.office.uploads.enums import Kind, State
from talentcity.office.uploads.models import RefusedRow, Upload
from talentcity.tables import SCHEMAS, read_frame

HEAD = "seeker_id,education,district\n"
GOOD = f"{HEAD}A,bachelor,江北区\n"
BAD = f"{HEAD}A,bachelor,江北区\nB,none,南岸区\n"


@pytest.fixture
def desk(english, planner):
    """A planner's browser, in English."""
    english.force_login(planner)
    return english


def hand_in(desk, content=GOOD, *, name="people.csv", **answers):
    file = SimpleUploadedFile(name, content.encode())
    asked = {"kind": "seekers", "bad": "stop", "known": "refuse", "file": file} | answers
    return desk.post("/imports/new/", asked)


def report(desk, content, **options):
    from talentcity.office.accounts.models import User

    upload = carry_out(make_upload(User.objects.get(role="planner"), content.encode(), **options))
    return upload, words(desk.get(f"/imports/{upload.pk}/"))


def test_file_is_handed_in_as_asked_and_waits(desk, planner):
    answer = hand_in(desk, bad="aside", known="replace", mapping=SimpleUploadedFile("m.toml", b'kind = "seekers"'))
    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{upload.pk}/")
    assert (upload.name, upload.kind, upload.requested_by, upload.language) == ("people.csv", "seekers", planner, "en")
    assert (upload.skip_bad, upload.replace, upload.mapping) == (True, True, 'kind = "seekers"')
    assert "The file waits for the worker." in words(desk.get(answer["Location"]))


@pytest.mark.parametrize(("change", "field", "error"), [
    ({"sheet": "a/b"}, "sheet", "No sheet can be called so; expected a name without any of * / : ? [ \\ ]."),
    ({"mapping": SimpleUploadedFile("m.toml", b"a\0")}, "mapping", "This is no mapping; expected a small TOML file."),
    ({"name": "people.pdf"}, "file",
     "people.pdf is no file that can be read here; expected one of .parquet, .csv, .xlsx, .jsonl."),
    ({"kind": "findings"}, "kind", "Select a valid choice. findings is not one of the available choices."),
    ({"mapping": SimpleUploadedFile("m.toml", b"\xff\xfe\x00")}, "mapping",
     "This is no mapping; expected a small TOML file."),
    ({"mapping": SimpleUploadedFile("m.toml", b"#" * 100_001)}, "mapping",
     "This is too long for a mapping; expected a small TOML file."),
])  # fmt: skip
def test_file_that_cannot_be_is_not_stored(desk, tmp_path, change, field, error):
    answer = hand_in(desk, **change)
    assert answer.context["form"].errors == {field: [error]}
    assert (Upload.objects.count(), (tmp_path / "uploads").exists()) == (0, False)


def test_file_that_is_too_long_is_not_stored(desk, monkeypatch):
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    (error,) = hand_in(desk).context["form"].errors["file"]
    assert error == "The file is longer than 500 MB; split it, or let it be imported on the machine itself."


def test_empty_file_is_refused_at_once(desk):
    assert hand_in(desk, "").context["form"].errors["file"] == ["The submitted file is empty."]


def test_report_counts_the_rows_and_names_each_refused_one_with_its_reason(desk):
    upload, said = report(desk, BAD, skip_bad=True)
    assert "Read 2 Taken in 1 Replaced 0 Unchanged 0 Refused 1" in said
    assert "3 education 'none' expected one of junior, secondary, college, bachelor, master, doctor" in said
    assert f"Handed in by {upload.requested_by}" in said


def test_report_of_a_file_of_which_nothing_was_taken_says_so(desk):
    _, said = report(desk, BAD)
    assert "Nothing was taken in: 1 of 2 rows are refused." in said
    assert Seeker.objects.count() == 0


def test_report_says_what_was_mended_and_what_the_reader_noted(desk):
    mapping = '[seeker_id]\nfrom = "id"\n[education]\nfrom = "level"\nread = "education"\n'
    mapping += '[district]\nvalue = "江北区"\n[registered_on]\nfrom = "day"\nread = "date"\n'
    upload, said = report(desk, "名单,,,\nid,level,day,\nA,本科,2026年9月1日,\nB,大专,不详,\n", mapping=mapping)
    assert (upload.failure, upload.state) == ("", State.DONE)
    assert any(row[0] == "registered_on" for row in upload.mended)
    assert all(f"{row[0]} {row[1]}" in said for row in upload.mended)
    assert upload.notes
    assert all(" ".join(note.split()) in said for note in upload.notes)
    assert 'read = "date"' in said


@pytest.mark.parametrize(("language", "about"), [("en", ", at most 500 MB"), ("zh-hans", "，不超过 500 MB")])
def test_what_may_be_handed_in_is_said_in_the_readers_language(desk, language, about):
    desk.cookies["django_language"] = language
    assert f".parquet, .csv, .xlsx, .jsonl{about}" in words(desk.get("/imports/"))


def test_refused_rows_come_a_page_at_a_time(desk):
    upload, _ = report(desk, HEAD + "".join(f"{n},none,江北区\n" for n in range(120)))
    second = desk.get(f"/imports/{upload.pk}/?page=2")
    assert [row["refused"].row for row in second.context["rows"]][:2] == [52, 53]
    assert "Page 2 of 3" in words(second)


def test_workbook_of_refused_rows_is_mended_and_taken_in(desk, tmp_path):
    upload, _ = report(desk, BAD, skip_bad=True)
    answer = desk.get(f"/imports/{upload.pk}/refused.xlsx")
    assert answer["Content-Disposition"] == f'attachment; filename="refused-{upload.pk}.xlsx"'
    (tmp_path / "refused.xlsx").write_bytes(answer.content)
    book = read_frame(tmp_path / "refused.xlsx")
    assert book.rows() == [
        ("3", "education: 'none': expected one of junior, secondary, college, bachelor, master, doctor",
         "B", "none", "南岸区"),
    ]  # fmt: skip
    mended = book.with_columns(pl.lit("college").alias("education")).write_csv()
    again, _ = report(desk, mended)
    assert (again.state, again.taken) == (State.DONE, 1)
    assert sorted(Seeker.objects.values_list("seeker_id", flat=True)) == ["A", "B"]


def test_reasons_in_the_workbook_are_in_the_language_of_whoever_asked(desk):
    desk.cookies["django_language"] = "zh-hans"
    hand_in(desk, BAD)
    upload = carry_out(Upload.objects.get())
    book = read_frame(storage.beside(upload.stored, storage.REFUSED))
    assert book["refused_because"][0].startswith("education: 'none': 应为下列之一：junior")


def test_refused_rows_are_erased_by_a_button(desk):
    upload, _ = report(desk, BAD)
    answer = desk.post(f"/imports/{upload.pk}/erase/", follow=True)
    assert "The refused rows and the file are erased; the counts stay." in words(answer)
    assert "The refused rows were erased on" in words(answer)
    assert RefusedRow.objects.count() == 0
    assert desk.get(f"/imports/{upload.pk}/refused.xlsx").status_code == 404


def test_proposed_mapping_is_read_over_and_imports_the_file(desk):
    upload, said = report(desk, "编号,最高学历,区县\n1,本科,江北区\n")
    assert "Which heading is which column?" in said
    proposed = desk.get(f"/imports/{upload.pk}/").context["form"].data["mapping"]
    assert 'from = "最高学历"' in proposed
    assert "talentcity import" not in proposed
    answer = desk.post(f"/imports/{upload.pk}/mapping/", {"mapping": proposed})
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{upload.pk}/")
    assert carry_out(upload).failure == ""
    assert Seeker.objects.values_list("seeker_id", "education").get() == ("1", "bachelor")


def test_empty_mapping_is_asked_for_again(desk):
    upload, _ = report(desk, "甲,乙\n1,2\n")
    answer = desk.post(f"/imports/{upload.pk}/mapping/", {"mapping": ""})
    assert answer.context["form"].errors == {"mapping": ["This field is required."]}


def test_failure_is_quoted_in_a_frame_of_the_readers_language(desk):
    desk.cookies["django_language"] = "zh-hans"
    upload, said = report(desk, "x", name="a.parquet")
    assert "文件未能导入，任何内容都没有收入。" in said
    assert upload.failure in said


def test_progress_is_shown_while_the_import_runs_and_then_the_page_is_loaded_anew(desk):
    hand_in(desk)
    upload = Upload.objects.get()
    asked = {"headers": {"HX-Request": "true"}}
    assert "The file waits for the worker." in words(desk.get(f"/imports/{upload.pk}/progress/", **asked))
    Upload.objects.update(started_at=upload.requested_at)
    storage.tell_progress(upload.stored, "take", 200_000)
    assert "200,000 so far" in words(desk.get(f"/imports/{upload.pk}/progress/", **asked))
    Upload.objects.update(started_at=None)
    carry_out(upload)
    assert desk.get(f"/imports/{upload.pk}/progress/", **asked)["HX-Refresh"] == "true"


def test_columns_of_every_table_are_listed_and_none_is_about_what_must_not_decide(desk):
    tables = desk.get("/imports/").context["tables"]
    assert [[column.name for column in table["columns"]] for table in tables] == [
        SCHEMAS[kind].names for kind in Kind.values
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_number_of_queries_for_any_number_of_imports(desk, number, django_assert_max_num_queries):
    for _ in range(number):
        report(desk, BAD)
    with django_assert_max_num_queries(6):
        answer = desk.get("/imports/")
    assert len(answer.context["page"].object_list) == number


def test_pages_say_nothing_of_where_a_file_lies(desk, tmp_path):
    upload, _ = report(desk, BAD)
    shown = desk.get(f"/imports/{upload.pk}/").content.decode()
    assert upload.stored.split("/")[0] not in shown
    assert str(tmp_path) not in shown


def test_kinds_are_those_that_the_office_takes():
    from talentcity.office.records.kinds import KINDS

    assert tuple(Kind.values) == KINDS
