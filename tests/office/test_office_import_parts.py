"""A file in parts: rows that stand already, rows put aside, and values that come back as they were."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from factories import make_employer, make_posting, make_seeker, make_vacancy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talentcity.errors import InvalidTable
from talentcity.office.promises.models import Delivery
from talentcity.office.records import bulk
from talentcity.office.records.domain.imports import ImportCrossed, RowsRefused, import_parts, import_table
from talentcity.office.records.models import Employer, Posting, Seeker, Session, Vacancy
from talentcity.tables import SCHEMAS
from talentcity.tables.mapping import read_plain_parts

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def take(tmp_path):
    """Import a CSV text, two rows to a part."""

    def import_text(kind, text, **options):
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        return import_parts(kind, read_plain_parts(path, SCHEMAS[kind], rows=2), file=path.name, **options)

    return import_text


def seekers(*rows):
    return "\n".join(["seeker_id,education,district,skills,registered_on", *rows]) + "\n"


def deliveries(*rows):
    return "\n".join(["delivery_id,person_id,service,on,evidence,corrects", *rows]) + "\n"


def counts(done):
    return done.rows, done.updated, done.unchanged, done.refused_rows


def refused(done):
    return done.refused.select("row", "column", "reason").rows()


FIVE = [f"{name},bachelor,江北区,python|sql,2026-09-01" for name in "ABCDE"]


def test_parts_make_one_table(take):
    done = take("seekers", seekers(*FIVE))
    assert (done.read, counts(done)) == (5, (5, 0, 0, 0))
    assert sorted(Seeker.objects.values_list("seeker_id", flat=True)) == list("ABCDE")


def test_bad_row_of_the_last_part_takes_back_the_first(take):
    with pytest.raises(RowsRefused) as refusal:
        take("seekers", seekers(*FIVE, "F,none,江北区,,"))
    assert str(refusal.value).startswith("seekers.csv, row 7, column education: 'none': expected one of ")
    assert (refusal.value.outcome.read, refusal.value.outcome.refused_rows) == (6, 1)
    assert Seeker.objects.count() == 0


def test_bad_rows_are_put_aside_with_the_numbers_of_the_file(take):
    make_seeker("C", education="doctor", registered_on=date(2026, 9, 1))
    done = take("seekers", seekers(*FIVE, "F,none,江北区,,", "A,bachelor,南岸区,,"), skip_bad=True)
    assert [(row, column) for row, column, _ in refused(done)] == [
        (4, "seeker_id"), (7, "education"), (8, "seeker_id"),
    ]  # fmt: skip
    assert (done.read, counts(done)) == (7, (4, 0, 0, 3))


def test_same_sheet_again_changes_nothing(take):
    take("seekers", seekers(*FIVE))
    assert counts(take("seekers", seekers(*FIVE))) == (0, 0, 5, 0)


def test_empty_registered_on_leaves_the_day_that_stands(take, today_is):
    sheet = seekers("A,bachelor,江北区,,")
    take("seekers", sheet)
    today_is("2026-10-15")
    assert counts(take("seekers", sheet)) == (0, 0, 1, 0)
    assert counts(take("seekers", seekers("A,master,江北区,,"), update=True)) == (0, 1, 0, 0)
    assert Seeker.objects.values_list("education", "registered_on").get() == ("master", date(2026, 9, 15))


def test_row_with_other_values_is_refused_and_says_which_columns_differ(take):
    take("seekers", seekers(*FIVE))
    with pytest.raises(InvalidTable) as refusal:
        take("seekers", seekers("A,master,江北区,python,2026-09-01", "Z,bachelor,江北区,,"))
    assert str(refusal.value) == (
        "seekers.csv, row 2, column seeker_id: 'A': stands in the office already with other values of "
        "education, skills; an update would replace them"
    )
    assert not Seeker.objects.filter(seeker_id="Z").exists()


def test_update_replaces_the_whole_row_and_takes_new_ones_in(take):
    make_seeker("A", wanted_wage=9000.0, registered_on=date(2026, 1, 1))
    done = take("seekers", seekers("A,master,南岸区,sql,2026-02-01", "Z,bachelor,江北区,,"), update=True)
    assert counts(done) == (1, 1, 0, 0)
    row = Seeker.objects.filter(seeker_id="A").values_list(
        "education", "district", "skills", "wanted_wage", "wanted_occupations", "registered_on"
    )
    assert row.get() == ("master", "南岸区", ["sql"], None, [], date(2026, 2, 1))


def test_text_of_an_advert_is_never_replaced_but_its_facts_are(take):
    first, second = make_employer(employer_id="E1"), make_employer(employer_id="E2")
    make_posting("P1", title="厨师", text="做菜。", headcount=2, employer=first)
    make_posting("P2", title="司机", text="开车。", headcount=2, employer=first)
    head = "posting_id,title,text,occupation,district,headcount,employer_id\n"
    sheet = f"{head}P1,厨师长,做菜。,software,江北区,2,E1\nP2,司机,开车。,software,江北区,3,E2\n"
    done = take("postings", sheet, update=True, skip_bad=True)
    assert refused(done) == [
        (2, "posting_id", "stands in the office already with other values of title; "
         "a changed advert is a new one, with an id of its own"),
    ]  # fmt: skip
    rows = Posting.objects.values_list("posting_id", "title", "headcount", "employer")
    assert list(rows) == [("P1", "厨师", 2, first.pk), ("P2", "司机", 3, second.pk)]


def test_ledger_is_never_replaced(take):
    make_seeker("A")
    take("deliveries", deliveries("D1,A,briefing,2026-09-01,签到表,"))
    done = take(
        "deliveries",
        deliveries("D1,A,briefing,2026-09-02,签到表,", "D2,A,briefing,2026-09-02,签到表,"),
        update=True,
        skip_bad=True,
    )
    assert refused(done) == [
        (2, "delivery_id", "stands in the office already with other values of on; "
         "the ledger is append-only: a correction is a new row"),
    ]  # fmt: skip
    assert list(Delivery.objects.values_list("delivery_id", "on")) == [
        ("D1", date(2026, 9, 1)), ("D2", date(2026, 9, 2)),
    ]  # fmt: skip


def test_correction_may_stand_parts_before_what_it_corrects_and_again_changes_nothing(take):
    make_seeker("A")
    sheet = deliveries(
        "D9,A,briefing,2026-09-03,误记,D3",
        *(f"D{n},A,briefing,2026-09-0{n},签到表," for n in (1, 2, 3)),
        "D8,A,briefing,2026-09-04,误记,D1",
    )
    assert counts(take("deliveries", sheet)) == (5, 0, 0, 0)
    assert list(Delivery.objects.in_force().values_list("delivery_id", flat=True)) == ["D2"]
    assert counts(take("deliveries", sheet)) == (0, 0, 5, 0)


def test_second_correction_of_a_delivery_is_put_aside(take):
    make_seeker("A")
    rows = ("D1,A,briefing,2026-09-01,a,", "D2,A,briefing,2026-09-02,b,D1", "D3,A,briefing,2026-09-02,c,D1")
    done = take("deliveries", deliveries(*rows), skip_bad=True)
    assert (counts(done), refused(done)) == ((2, 0, 0, 1), [(4, "corrects", "that delivery is taken back already")])


def test_correction_of_a_refused_delivery_is_put_aside_with_it(take):
    make_seeker("A")
    rows = ("D1,A,briefing,2027-09-01,a,", "D2,A,briefing,2026-09-02,b,D1")
    done = take("deliveries", deliveries(*rows), skip_bad=True)
    assert [(row, column) for row, column, _ in refused(done)] == [(2, "on"), (3, "corrects")]
    assert Delivery.objects.count() == 0


def test_vacancy_is_the_same_in_whatever_order_its_postings_are_named_and_update_joins_it_anew(take):
    for name in ("P1", "P2", "P3"):
        make_posting(name)
    head = "vacancy_id,posting_ids,headcount,hired\n"
    take("vacancies", f"{head}V1,P1|P2,3,0\n")
    assert counts(take("vacancies", f"{head}V1,P2|P1|P2,3,0\n")) == (0, 0, 1, 0)
    assert counts(take("vacancies", f"{head}V1,P3|P2,4,1\n", update=True)) == (0, 1, 0, 0)
    vacancy = Vacancy.objects.get()
    assert (vacancy.headcount, vacancy.hired) == (4, 1)
    assert set(vacancy.postings.values_list("posting_id", flat=True)) == {"P2", "P3"}


def test_session_is_compared_by_the_citys_clock(take):
    head = "session_id,kind,district,places,starts_at,ends_at\n"
    sheet = f"{head}N1,course,江北区,20,2026-09-20T09:30,2026-09-20T11:30\n"
    take("sessions", sheet)
    assert counts(take("sessions", sheet)) == (0, 0, 1, 0)
    later = sheet.replace("11:30", "12:00")
    assert counts(take("sessions", later, update=True)) == (0, 1, 0, 0)
    assert Session.objects.get().ends_at == datetime(2026, 9, 20, 12, 0, tzinfo=CITY)


def test_hour_that_no_clock_showed_is_refused(take):
    head = "session_id,kind,district,places,starts_at,ends_at\n"
    done = take("sessions", f"{head}N1,course,江北区,20,1986-05-04T02:30,1986-05-04T04:30\n", skip_bad=True)
    assert refused(done) == [(2, "starts_at", "expected a time that the city's clocks showed on that day")]


def test_employers_are_replaced(take):
    make_employer(employer_id="E1", name="旧名")
    assert counts(take("employers", "employer_id,name,kind\nE1,新名,agency\n", update=True)) == (0, 1, 0, 0)
    assert Employer.objects.values_list("name", "kind").get() == ("新名", "agency")


def test_progress_and_record_are_told_and_a_record_that_fails_takes_everything_back(take):
    told = []
    take("seekers", seekers(*FIVE), tell=lambda step, rows: told.append((step, rows)))
    assert [rows for step, rows in told if step == "take"] == [2, 4, 5]

    def fail(done):
        assert done.rows == 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        take("seekers", seekers("Z,bachelor,江北区,,"), record=fail)
    assert Seeker.objects.count() == 5


def test_somebody_else_wrote_the_same_record_at_the_same_moment(take, monkeypatch):
    def crossed(*_args):
        raise IntegrityError("duplicate key")

    monkeypatch.setattr("talentcity.office.records.domain.imports.insert", crossed)
    with pytest.raises(ImportCrossed, match=r"seekers\.csv: nothing was taken in: somebody wrote"):
        take("seekers", seekers(*FIVE))


@pytest.mark.parametrize("rows", [1, 3])
def test_vacancies_take_the_same_number_of_queries_for_any_number_of_rows(rows, django_assert_max_num_queries):
    make_vacancy("V0", postings=[make_posting("P1"), make_posting("P2")])
    frame = pl.DataFrame(
        {"vacancy_id": [f"V{row + 1}" for row in range(rows)], "posting_ids": [["P1", "P2"]] * rows, "headcount": 1}
    )
    with django_assert_max_num_queries(15):
        import_table("vacancies", frame, file="v.parquet")


# Any text that a database can hold: tabs, line ends, backslashes, quotes, characters beyond the basic plane.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
notable = st.sampled_from(["\\N", "\\.", "\t", "a\nb", "\r\n", '"', "'", "", " ", "{}", "[1]", "null", "𠮷", "\u2028"])
words = texts | notable
dates = st.dates(date(1, 1, 1), date(9998, 12, 31))
moments = st.datetimes(  # an hour that summer time skipped is no moment
    datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(CITY), allow_imaginary=False,  # noqa: DTZ001
)  # fmt: skip
people = st.tuples(words, words | st.none(), st.lists(words, max_size=3), st.floats(0, 1), dates, dates | st.none())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(people, min_size=1, max_size=5), as_frame=st.booleans())
def test_values_come_back_from_the_database_as_they_went_in(rows, as_frame):
    names = ["district", "major", "skills", "priority", "registered_on", "graduated_on"]
    fixed = {
        "education": "bachelor",
        "experience_years": 0.1,
        "wanted_occupations": [],
        "wanted_districts": [],
        "excluded": [],
    }
    with transaction.atomic():
        columns, whole = (
            ["seeker_id", *names, *fixed],
            [(str(at), *row, *fixed.values()) for at, row in enumerate(rows)],
        )
        dtypes = {"skills": pl.List(pl.String), "wanted_occupations": pl.List(pl.String), "major": pl.String}
        dtypes |= {"wanted_districts": pl.List(pl.String), "excluded": pl.List(pl.String), "graduated_on": pl.Date}
        frame = pl.DataFrame(whole, schema=columns, schema_overrides=dtypes, orient="row")
        assert bulk.insert(Seeker, columns, frame if as_frame else whole) == len(rows)
        found = list(Seeker.objects.order_by("pk").values_list(*names))
        assert found == rows
        bulk.update(Seeker, names, ((*row, pk) for row, pk in zip(
            reversed(rows), Seeker.objects.order_by("pk").values_list("pk", flat=True), strict=True)))  # fmt: skip
        assert list(Seeker.objects.order_by("pk").values_list(*names)) == rows[::-1]
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(starts=st.lists(moments, min_size=1, max_size=4), as_frame=st.booleans())
def test_moments_come_back_from_the_database_as_they_went_in(starts, as_frame):
    names = ["session_id", "kind", "district", "starts_at", "ends_at", "places", "language"]
    with transaction.atomic():
        end = datetime(2200, 1, 1, tzinfo=CITY)
        rows = [(str(at), "course", "江北区", one, end, 1, "zh") for at, one in enumerate(starts)]
        bulk.insert(Session, names, pl.DataFrame(rows, schema=names, orient="row") if as_frame else rows)
        assert list(Session.objects.order_by("pk").values_list("starts_at", flat=True)) == starts
        transaction.set_rollback(True)


def test_records_are_found_by_a_long_list_of_ids():
    kept = [make_seeker(name) for name in ("a'b", 'a"b', "甲\\乙", "{x,y}")]
    wanted = [*(one.seeker_id for one in kept[:3]), *(f"none{number}" for number in range(70_000))]
    assert set(bulk.among(Seeker.objects, "seeker_id", wanted)) == set(kept[:3])
    assert set(bulk.among(Seeker.objects, "pk", [one.pk for one in kept])) == set(kept)
    assert list(bulk.among(Seeker.objects, "seeker_id", [])) == []
