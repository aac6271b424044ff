"""Import is all or nothing: a wrong row is named, and nothing of the file stays."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from factories import make_delivery, make_employer, make_posting, make_seeker, make_vacancy

from talentcity.errors import InvalidTable, UnknownName
from talentcity.office.promises.models import Delivery
from talentcity.office.records.domain.imports import Imported, import_table
from talentcity.office.records.models import Employer, Posting, Seeker, Session, Vacancy

pytestmark = pytest.mark.django_db


def seekers(*ids, **columns):
    return pl.DataFrame(
        {"seeker_id": ids, "education": ["bachelor"] * len(ids), "district": ["江北区"] * len(ids)} | columns
    )


def deliveries(*rows):
    names = ("delivery_id", "person_id", "service", "on", "evidence", "corrects")
    return pl.DataFrame(
        [(*row, None)[: len(names)] for row in rows],
        schema=dict.fromkeys(names, pl.String), orient="row",
    )  # fmt: skip


def refused(kind, frame, **options):
    with pytest.raises(InvalidTable) as refusal:
        import_table(kind, frame, file=f"{kind}.csv", **options)
    return str(refusal.value).splitlines()


def test_seekers_are_taken_in_with_the_day_of_import_as_their_first_day():
    frame = seekers("007", "8", skills=[["python"], []], registered_on=[None, date(2026, 8, 1)])
    assert import_table("seekers", frame, file="s.parquet") == Imported(kind="seekers", rows=2, file="s.parquet")
    rows = Seeker.objects.values_list("seeker_id", "registered_on", "skills", "wanted_wage", "priority")
    assert list(rows) == [
        ("007", date(2026, 9, 15), ["python"], None, 0.0),
        ("8", date(2026, 8, 1), [], None, 0.0),
    ]


def test_ids_that_are_numbers_become_text():
    import_table("seekers", seekers(7, 8), file="s.parquet")
    assert list(Seeker.objects.values_list("seeker_id", flat=True)) == ["7", "8"]


def test_bad_row_leaves_nothing_of_the_file():
    frame = seekers("A", "B", experience_years=[1, -1])
    assert refused("seekers", frame, first_row=2) == [
        "seekers.csv, row 3, column experience_years: -1: expected a number from 0 to 60 years"
    ]
    assert Seeker.objects.count() == 0


def test_row_that_stands_in_the_office_already_is_named_and_the_new_ones_are_not_taken():
    make_seeker("B")
    assert refused("seekers", seekers("A", "B"), first_row=2) == [
        "seekers.csv, row 3, column seeker_id: 'B': stands in the office already with other values of "
        "wanted_occupations; an update would replace them"
    ]
    assert list(Seeker.objects.values_list("seeker_id", flat=True)) == ["B"]


def test_text_that_no_database_can_hold_is_named():
    frame = seekers("A", "B", major=["法学", "法\0学"])
    assert refused("seekers", frame) == [
        "seekers.csv, row 2, column major: '法\\x00学': holds a NUL character; expected text"
    ]


def test_part_of_a_list_that_no_database_can_hold_is_named():
    frame = seekers("A", "B", "C", skills=[["python"], ["sql", "py\0thon"], []])
    assert refused("seekers", frame) == [
        "seekers.csv, row 2, column skills: sql|py\0thon: holds a NUL character; expected text"
    ]


def test_id_that_is_too_long_is_named():
    (line,) = refused("seekers", seekers("A" * 101))
    assert line.startswith("seekers.csv, row 1, column seeker_id: 'AAAA")
    assert line.endswith("expected at most 100 characters")


def test_posting_keeps_its_employer_and_its_text_as_published():
    employer = make_employer(employer_id="E1")
    text = "  收取押金？\r\n不收取。 "
    frame = pl.DataFrame(
        {"posting_id": ["P1", "P2"], "employer_id": ["E1", None], "title": ["厨师", "Cook"], "text": [text, None]}
    )
    import_table("postings", frame, file="p.parquet")
    rows = Posting.objects.values_list("posting_id", "employer", "text", "channel", "headcount")
    assert list(rows) == [("P1", employer.pk, text, "market", None), ("P2", None, "", "market", None)]


def test_posting_of_an_unknown_employer_is_refused():
    make_employer(employer_id="E1")
    frame = pl.DataFrame({"posting_id": ["P1", "P2"], "employer_id": ["E1", "E9"], "title": ["a", "b"]})
    assert refused("postings", frame, first_row=2) == [
        "postings.csv, row 3, column employer_id: 'E9': the office has no employer of this id; import it first"
    ]
    assert Posting.objects.count() == 0


def test_vacancy_is_joined_to_its_postings_each_once():
    first, second = make_posting("P1"), make_posting("P2")
    frame = pl.DataFrame({"vacancy_id": ["V1"], "posting_ids": [["P2", "P1", "P2"]], "headcount": [4]})
    import_table("vacancies", frame, file="v.parquet")
    vacancy = Vacancy.objects.get()
    assert (vacancy.vacancy_id, vacancy.open_places, set(vacancy.postings.all())) == ("V1", 4, {first, second})


@pytest.mark.parametrize(
    ("posting_ids", "message"),
    [
        (
            ["P1", "P8", "P9"],
            "vacancies.csv, row 1, column posting_ids: P1|P8|P9: the office has no posting 'P8', 'P9'; import it first",
        ),
        ([], "vacancies.csv, row 1, column posting_ids: empty; expected list of text"),
    ],
)
def test_vacancy_without_known_postings_is_refused(posting_ids, message):
    make_posting("P1")
    frame = pl.DataFrame(
        {"vacancy_id": ["V1"], "posting_ids": [posting_ids], "headcount": [4]},
        schema_overrides={"posting_ids": pl.List(pl.String)},
    )
    assert refused("vacancies", frame) == [message]
    assert Vacancy.objects.count() == 0


def test_session_times_are_local_times_of_the_city():
    frame = pl.DataFrame(
        {"session_id": ["N1"], "kind": ["course"], "district": ["江北区"], "places": [20],
         "starts_at": ["2026-09-20T09:30"], "ends_at": ["2026-09-20T11:30"]}
    )  # fmt: skip
    import_table("sessions", frame, file="n.parquet")
    assert Session.objects.get().starts_at == datetime(2026, 9, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_employers_are_taken_in():
    frame = pl.DataFrame({"employer_id": ["E1"], "name": ["样例企业"], "kind": ["agency"]})
    import_table("employers", frame, file="e.parquet")
    assert list(Employer.objects.values_list("employer_id", "name", "kind")) == [("E1", "样例企业", "agency")]


def test_deliveries_are_taken_in_with_their_corrections_in_any_order():
    make_seeker("A")
    frame = deliveries(
        ("D2", "A", "briefing", "2026-09-02", "b", "D1"),
        ("D1", "A", "briefing", "2026-09-01", "a"),
        ("D4", "A", "training", "2026-09-15", "d"),
    )
    import_table("deliveries", frame, file="d.parquet")
    rows = Delivery.objects.order_by("delivery_id").values_list("delivery_id", "corrects__delivery_id", "on")
    assert list(rows) == [
        ("D1", None, date(2026, 9, 1)),
        ("D2", "D1", date(2026, 9, 2)),
        ("D4", None, date(2026, 9, 15)),
    ]
    assert list(Delivery.objects.in_force().values_list("delivery_id", flat=True)) == ["D4"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("D1", "Z", "briefing", "2026-09-01", "a"),
         "column person_id: 'Z': the office has no seeker of this id; import it first"),
        (("D1", "A", "briefing", "2026-09-16", "a"),
         "column on: 2026-09-16: lies after today (2026-09-15); expected a past day"),
        (("D1", "A", "briefing", "2026-09-01", "a", "D9"),
         "column corrects: 'D9': no such delivery, here or in the office"),
        (("D1", "A", "training", "2026-09-01", "a", "OLD"),
         "column corrects: 'OLD': expected a delivery of the same person and service"),
        (("D1", "B", "briefing", "2026-09-01", "a", "OLD"),
         "column corrects: 'OLD': expected a delivery of the same person and service"),
        (("D1", "A", "briefing", "2026-09-01", "a", "GONE"),
         "column corrects: 'GONE': that delivery is taken back already"),
        (("D1", "A", "briefing", "2026-09-01", "a", "D1"),
         "column corrects: 'D1': that row is itself a correction; record the delivery anew"),
    ],
)  # fmt: skip
def test_delivery_that_cannot_be_is_refused_and_nothing_is_written(row, message):
    person = make_seeker("A")
    make_seeker("B")
    make_delivery(person, "briefing", "2026-09-01", delivery_id="OLD")
    gone = make_delivery(person, "briefing", "2026-09-01", delivery_id="GONE")
    make_delivery(person, "briefing", "2026-09-01", corrects=gone)
    fine = ("D0", "A", "briefing", "2026-09-01", "a")
    assert refused("deliveries", deliveries(fine, row)) == [f"deliveries.csv, row 2, {message}"]
    assert Delivery.objects.count() == 3


def test_unknown_kind_names_those_that_there_are():
    with pytest.raises(UnknownName) as refusal:
        import_table("truth", seekers("A"), file="t.csv")
    assert str(refusal.value) == (
        "The office takes no table 'truth'; expected one of "
        "seekers, employers, postings, vacancies, sessions, deliveries."
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_import_takes_the_same_number_of_queries_for_any_number_of_rows(rows, django_assert_num_queries):
    make_vacancy("V0")
    ids = [f"P{row}" for row in range(100, 100 + rows)]
    frame = pl.DataFrame({"posting_id": ids, "title": ids})
    with django_assert_num_queries(6):  # savepoints of file and rows with their releases, the ids that stand, the rows
        import_table("postings", frame, file="p.parquet")
