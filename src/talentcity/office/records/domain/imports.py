"""Take a table into the office: all of it, or nothing and every reason why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import models, transaction
from django.utils import timezone

from talentcity.errors import InvalidTable, Violation
from talentcity.office.promises.models import Delivery
from talentcity.office.records.bulk import insert
from talentcity.office.records.kinds import require_taken
from talentcity.office.records.models import Employer, Posting, Seeker, Session, Vacancy
from talentcity.office.today import today
from talentcity.tables import SCHEMAS, check


@dataclass(frozen=True, slots=True)
class Imported:
    """What was taken in."""

    kind: str
    rows: int
    file: str


def import_table(kind: str, frame: pl.DataFrame, *, file: str, first_row: int = 1) -> Imported:
    """Take a table in, in one transaction: all rows, or none.

    Args:
        kind: one of `records.kinds.KINDS`.
        frame: as read from a file; checked against the schema of that name. Ids become text.
        file: what messages call the table.
        first_row: the number that messages give to the first record (2 for CSV).

    Raises:
        UnknownName: the office takes no table of that name.
        InvalidTable: a row breaks the schema, stands in the office already, or names an unknown id.
    """
    require_taken(kind)
    table = _Table(check(frame, SCHEMAS[kind], table=file, first_row=first_row), kind, file, first_row)
    with transaction.atomic():
        _TAKE[kind](table)
    return Imported(kind=kind, rows=table.frame.height, file=file)


class _Table:
    """A checked table with ids as text, and the violations found in it."""

    def __init__(self, frame: pl.DataFrame, kind: str, file: str, first_row: int) -> None:
        ids = [column.name for column in SCHEMAS[kind].columns if frame.schema[column.name].is_integer()]
        wanted = [name for name in ids if name.endswith("_id") or name == "corrects"]
        self.frame = frame.with_columns(pl.col(wanted).cast(pl.String))
        self.file, self.first_row = file, first_row
        self.violations: list[Violation] = []
        self.count = 0

    def refuse(self, bad: Iterable[int], column: str, values: pl.Series, expected: Callable[[object], str]) -> None:
        """Note rows (counted from 0) whose value in `values` is wrong."""
        for row in bad:
            self.count += 1
            if len(self.violations) < InvalidTable.SHOWN:
                value = values[row]
                self.violations.append(
                    Violation(self.file, row + self.first_row, column, _shown(value), expected(value))
                )

    def raise_if_refused(self) -> None:
        if self.count:
            raise InvalidTable(self.violations, self.count)

    def rows(self) -> Iterator[dict[str, object]]:
        return self.frame.iter_rows(named=True)


def _shown(value: object) -> str:
    text = "|".join(value) if isinstance(value, pl.Series) else str(value)
    short = text if len(text) <= 60 else f"{text[:59]}…"
    return repr(short) if isinstance(value, str) else short


def _check_new(table: _Table, model: type[models.Model], key: str) -> None:
    """No row stands in the office already, and every text fits its column."""
    _check_texts(table, model)
    known = set(model.objects.values_list(key, flat=True))
    ids = table.frame[key]
    bad = [row for row, value in enumerate(ids) if value in known] if known else []
    table.refuse(bad, key, ids, lambda _: "stands in the office already; expected each once")


def _check_texts(table: _Table, model: type[models.Model]) -> None:
    limits = {field.name: field.max_length for field in model._meta.fields}
    for name, dtype in table.frame.schema.items():
        if dtype == pl.String:
            _check_length(table, name, limits.get(name))
            nul = _holds_nul(pl.col(name))
        elif dtype == pl.List(pl.String):
            nul = pl.col(name).list.eval(_holds_nul(pl.element())).list.any()
        else:
            continue
        bad = table.frame.select(nul.fill_null(False)).to_series().arg_true()
        table.refuse(bad, name, table.frame[name], lambda _: "holds a NUL character; expected text")


def _holds_nul(texts: pl.Expr) -> pl.Expr:
    return texts.str.contains("\0", literal=True)


def _check_length(table: _Table, name: str, limit: int | None) -> None:
    if limit is not None:
        texts = table.frame[name]
        long = (texts.str.len_chars() > limit).fill_null(False).arg_true()
        table.refuse(long, name, texts, lambda _: f"expected at most {limit} characters")


def _known(table: _Table, column: str, model: type[models.Model], key: str) -> dict[str, int]:
    """Primary keys of the records that a column names; rows that name an unknown one are noted."""
    known = dict(model.objects.values_list(key, "pk"))
    ids = table.frame[column]
    bad = [row for row, value in enumerate(ids) if value is not None and value not in known]
    plural = model._meta.model_name
    table.refuse(bad, column, ids, lambda _: f"the office has no {plural} of this id; import it first")
    return known


def _take_seekers(table: _Table) -> None:
    _check_new(table, Seeker, "seeker_id")
    table.raise_if_refused()
    frame = table.frame.with_columns(pl.col("registered_on").fill_null(today()))
    insert(Seeker, frame.columns, frame.iter_rows())


def _take_employers(table: _Table) -> None:
    _check_new(table, Employer, "employer_id")
    table.raise_if_refused()
    insert(Employer, table.frame.columns, table.frame.iter_rows())


def _take_postings(table: _Table) -> None:
    _check_new(table, Posting, "posting_id")
    employers = _known(table, "employer_id", Employer, "employer_id")
    table.raise_if_refused()
    frame = table.frame.with_columns(_keys(table.frame["employer_id"], employers))
    insert(Posting, frame.columns, frame.iter_rows())


def _take_vacancies(table: _Table) -> None:
    _check_new(table, Vacancy, "vacancy_id")
    named = table.frame["posting_ids"]
    known = dict(Posting.objects.values_list("posting_id", "pk"))
    strange = [row for row, ids in enumerate(named) if any(one not in known for one in ids)]
    table.refuse(strange, "posting_ids", named, lambda ids: _strangers(ids, known))
    table.raise_if_refused()
    columns = ["vacancy_id", "headcount", "hired"]
    insert(Vacancy, columns, table.frame.select(columns).iter_rows())
    keys = dict(Vacancy.objects.values_list("vacancy_id", "pk"))
    links = (
        (keys[vacancy], known[posting])
        for vacancy, named in table.frame.select("vacancy_id", "posting_ids").iter_rows()
        for posting in dict.fromkeys(named)
    )
    insert(Vacancy.postings.through, ["vacancy_id", "posting_id"], links)


def _keys(ids: pl.Series, keys: dict[str, int]) -> pl.Series:
    """Primary keys in the place of ids; empty where the id is."""
    return pl.Series(ids.name, [None if one is None else keys[one] for one in ids], dtype=pl.Int64)


def _strangers(ids: Iterable[str], known: dict[str, int]) -> str:
    strange = [repr(one) for one in ids if one not in known]
    return f"the office has no posting {', '.join(strange[:3])}; import it first"


def _take_sessions(table: _Table) -> None:
    _check_new(table, Session, "session_id")
    table.raise_if_refused()
    zone = timezone.get_default_timezone()
    moments = pl.col("starts_at", "ends_at").dt.replace_time_zone(str(zone))
    insert(Session, table.frame.columns, table.frame.with_columns(moments).iter_rows())


def _take_deliveries(table: _Table) -> None:
    _check_new(table, Delivery, "delivery_id")
    people = _known(table, "person_id", Seeker, "seeker_id")
    _check_past(table)
    _check_corrections(table, people)
    table.raise_if_refused()
    acts = table.frame.filter(pl.col("corrects").is_null())
    insert(Delivery, _LEDGER, _ledger_rows(acts, people, {}))
    taken_back = table.frame.filter(pl.col("corrects").is_not_null())  # written after the rows that they take back
    keys = {key: pk for key, pk, *_ in _corrected(taken_back["corrects"])}
    insert(Delivery, _LEDGER, _ledger_rows(taken_back, people, keys))


_LEDGER = ("delivery_id", "seeker_id", "service", "on", "evidence", "corrects_id", "recorded_at")


def _ledger_rows(frame: pl.DataFrame, people: dict[str, int], keys: dict[str, int]) -> Iterator[tuple[object, ...]]:
    now = timezone.now()
    rows = frame.select("delivery_id", "person_id", "service", "on", "evidence", "corrects").iter_rows()
    for delivery, person, service, on, evidence, corrects in rows:
        yield delivery, people[person], service, on, evidence, keys.get(corrects), now


def _check_past(table: _Table) -> None:
    days = table.frame["on"]
    day: date = today()
    table.refuse((days > day).arg_true(), "on", days, lambda _: f"lies after today ({day}); expected a past day")


def _check_corrections(table: _Table, people: dict[str, int]) -> None:
    """A correction names an act of the same person and service that nothing takes back yet."""
    corrects = table.frame["corrects"]
    if corrects.null_count() == corrects.len():
        return
    acts = {key: (person, service, what) for key, _, person, service, what in _corrected(corrects)}
    for row in table.rows():
        acts[row["delivery_id"]] = (people.get(row["person_id"]), row["service"], row["corrects"])
    taken = set(Delivery.objects.filter(corrects__isnull=False).values_list("corrects__delivery_id", flat=True))
    for at, row in enumerate(table.rows()):
        wrong = _wrong_correction(row["corrects"], (people.get(row["person_id"]), row["service"]), acts, taken)
        if wrong is not None:
            table.refuse([at], "corrects", corrects, lambda _, wrong=wrong: wrong)
        taken.add(row["corrects"])


def _corrected(corrects: pl.Series) -> Iterator[tuple[str, int, int, str, int | None]]:
    """Those rows of the ledger that are named: id, key, person, service, and what they correct themselves."""
    wanted = corrects.drop_nulls().to_list()
    for start in range(0, len(wanted), 500):
        part = Delivery.objects.filter(delivery_id__in=wanted[start : start + 500])
        yield from part.values_list("delivery_id", "pk", "seeker_id", "service", "corrects")


def _wrong_correction(target, about, acts, taken) -> str | None:
    if target is None:
        return None
    if target not in acts:
        return "no such delivery, here or in the office"
    person, service, what = acts[target]
    if what is not None:
        return "that row is itself a correction; record the delivery anew"
    if target in taken:
        return "that delivery is taken back already"
    return None if (person, service) == about else "expected a delivery of the same person and service"


_TAKE: dict[str, Callable[[_Table], None]] = {
    "seekers": _take_seekers,
    "employers": _take_employers,
    "postings": _take_postings,
    "vacancies": _take_vacancies,
    "sessions": _take_sessions,
    "deliveries": _take_deliveries,
}
