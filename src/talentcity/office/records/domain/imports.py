"""Take tables into the office: all rows of a file, or none and every reason why; or the good rows alone.

A file comes in parts, so that memory stays bounded however long it is. Everything happens in one transaction: rows are
written as they come, and the whole is taken back when one of them is refused and `skip_bad` was not asked for.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import operator
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import polars as pl
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from talentcity.errors import InvalidTable, TalentCityError, Violation
from talentcity.office.promises.models import Delivery
from talentcity.office.records.bulk import among, insert, update
from talentcity.office.records.kinds import require_taken
from talentcity.office.records.models import Employer, Posting, Seeker, Session, Vacancy
from talentcity.office.today import today
from talentcity.tables import SCHEMAS, check
from talentcity.tables.mapping import Mapped, Tally
from talentcity.tables.reading import MENDED

ROWS = 50_000  # in one part of a table that is here already
ROW, PK, OLD = "__row__", "__pk__", "__old__"  # columns of our own beside those of a table
REFUSED = {"row": pl.Int64, "column": pl.String, "value": pl.String, "reason": pl.String}
Tell = Callable[[str, int], None]
"""Called with (step, rows done so far); the steps are `read` and `take`."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file.

    Attributes:
        kind: which table it is.
        rows: rows taken in that the office did not have.
        file: what messages call the file.
        updated: rows that replaced what stood.
        unchanged: rows that stood in the office already with the same values.
        repeated: rows that are alike to an earlier one of the file; `mended` says so too.
        refused: row, column, value, reason of the rows put aside; a row may have several.
        mended: column, kind, rows, examples: what was repaired in the rows that were read.
        notes: what was done to the file, as sentences.
    """

    kind: str
    rows: int
    file: str
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED), compare=False, repr=False)
    mended: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MENDED), compare=False, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def refused_rows(self) -> int:
        """How many rows were put aside."""
        return self.refused["row"].n_unique()

    @property
    def read(self) -> int:
        """How many rows the file has."""
        return self.rows + self.updated + self.unchanged + self.repeated + self.refused_rows


def import_table(kind: str, frame: pl.DataFrame, *, file: str, first_row: int = 1) -> Imported:
    """Take a table in, in one transaction: all rows, or none.

    Args:
        kind: one of `records.kinds.KINDS`.
        frame: as read from a file; checked against the schema of that name. Ids become text.
        file: what messages call the table.
        first_row: the number that messages give to the first record (2 for CSV).

    Raises:
        UnknownName: the office takes no table of that name.
        InvalidTable: a row breaks the schema, stands in the office already with other values, or names an unknown id.
    """
    require_taken(kind)
    table = check(frame, SCHEMAS[kind], table=file, first_row=first_row)
    return import_parts(kind, _parts(table, first_row), file=file)


def _parts(table: pl.DataFrame, first_row: int) -> Iterator[Mapped]:
    refused, mended = pl.DataFrame(schema=REFUSED), pl.DataFrame(schema=MENDED)
    for part in table.iter_slices(ROWS):
        numbers = pl.int_range(first_row, first_row + part.height, eager=True)
        yield Mapped(part, numbers, refused, mended, part.height)
        first_row += part.height


def import_parts(
    kind: str,
    parts: Iterable[Mapped],
    *,
    file: str,
    skip_bad: bool = False,
    update: bool = False,
    tell: Tell | None = None,
    record: Callable[[Imported], None] | None = None,
) -> Imported:
    """Take a file in, part by part, in one transaction.

    A row that stands in the office already with the same values is counted and left. One that stands with other values
    is refused, unless `update` lets it replace what stands, as a whole; two things are never replaced: a row of the
    ledger, and the text of an advert (findings speak of it). An empty `registered_on` leaves the day that stands.

    Args:
        kind: one of `records.kinds.KINDS`.
        parts: the file as `tables.mapping` reads it. Ids become text.
        file: what messages call the file.
        skip_bad: put bad rows aside with their reasons and take the others in.
        update: let rows replace those of the same id.
        tell: told now and then how many rows are done.
        record: called with the result before the transaction ends; what it writes stands if the rows do.

    Raises:
        UnknownName: the office takes no table of that name.
        RowsRefused: a row is refused and `skip_bad` was not asked for; then nothing was taken in.
        ImportCrossed: somebody else wrote records of the same ids at the same moment; nothing was taken in either.
    """
    require_taken(kind)
    taker, say = _TAKERS[kind](update=update), tell or (lambda _step, _rows: None)
    try:
        with _read_before_writing(parts, say) as read, transaction.atomic():
            _take_all(taker, read, say)
            done = taker.outcome(file)
            if done.refused.height and not skip_bad:
                raise RowsRefused(done)
            if record is not None:
                record(done)
    except IntegrityError as error:
        raise ImportCrossed(
            f"{file}: nothing was taken in: somebody wrote records of the same ids at the same moment, or the file "
            f"names one twice ({str(error).splitlines()[0]}); import it again."
        ) from None
    return done


def _take_all(taker: _Taker, parts: Iterable[Mapped], say: Tell) -> None:
    rows = 0
    for part in parts:
        taker.take(part)
        rows += part.rows
        say("take", rows)
    taker.finish()


@contextlib.contextmanager
def _read_before_writing(parts: Iterable[Mapped], say: Tell) -> Iterator[Iterable[Mapped]]:
    """The parts; for a database that lets one writer in at a time they are all read first, and wait on the disk."""
    if connection.vendor == "postgresql":
        yield parts
        return
    with tempfile.TemporaryDirectory(prefix="import-", dir=settings.TALENTCITY_HOME) as folder:
        waiting = _written(parts, Path(folder), say)
        yield (_read_back(path, part) for path, part in waiting)


def _written(parts: Iterable[Mapped], folder: Path, say: Tell) -> list[tuple[Path, Mapped]]:
    waiting, rows = [], 0
    for number, part in enumerate(parts):
        path = folder / f"{number}.parquet"
        part.table.with_columns(part.numbers.alias(ROW)).write_parquet(path, compression="lz4")
        waiting.append((path, dataclasses.replace(part, table=pl.DataFrame(), numbers=pl.Series())))
        rows += part.rows
        say("read", rows)
    return waiting


def _read_back(path: Path, part: Mapped) -> Mapped:
    table = pl.read_parquet(path)
    return dataclasses.replace(part, table=table.drop(ROW), numbers=table[ROW])


class ImportCrossed(TalentCityError):
    """Somebody else wrote the same records at the same moment; nothing was taken in."""


class RowsRefused(InvalidTable):
    """Rows of a file are refused, so nothing of it was taken in.

    Attributes:
        outcome: what would have become of the file with `skip_bad`; it holds every refused row.
    """

    def __init__(self, outcome: Imported) -> None:
        shown = outcome.refused.head(self.SHOWN).iter_rows()
        super().__init__([Violation(outcome.file, *row) for row in shown], outcome.refused.height)
        self.outcome = outcome


class _Rows:
    """The rows of one part that are still good, and why the others are not."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.refused: list[pl.DataFrame] = []

    def refuse(self, bad: pl.Expr, column: str, reason: str | pl.Expr) -> None:
        """Note the rows for which `bad` is true; `drop` puts them aside."""
        found = self.frame.filter(bad)
        if found.height:
            said = pl.lit(reason) if isinstance(reason, str) else reason
            shown = pl.Series("value", [_shown(value) for value in found[column]], dtype=pl.String)
            reasons = found.select(pl.col(ROW).alias("row"), pl.lit(column).alias("column"), said.alias("reason"))
            self.refused.append(reasons.with_columns(shown).select(*REFUSED))

    def drop(self) -> None:
        """Go on without the rows that were refused so far."""
        if self.refused:
            bad = pl.concat(self.refused).select(pl.col("row").unique().alias(ROW))
            self.frame = self.frame.join(bad, on=ROW, how="anti", maintain_order="left")


def _shown(value: object) -> str | None:
    if value is None:
        return None
    text = "|".join(value) if isinstance(value, pl.Series) else str(value)
    short = text if len(text) <= 60 else f"{text[:59]}…"
    return repr(short) if isinstance(value, str) else short


class _Taker:
    """Takes the rows of one kind of table. A subclass says which records they become and what else must hold."""

    model: ClassVar[type[models.Model]]
    kind: ClassVar[str]
    key: ClassVar[str]
    fixed: ClassVar[tuple[str, ...]] = ()  # columns that no update replaces
    fixed_reason: ClassVar[str] = ""

    def __init__(self, *, update: bool) -> None:
        self.new = self.replaced = self.same = 0
        self._update = update
        self._schema = SCHEMAS[self.kind]
        self._refused: list[pl.DataFrame] = []
        self.tally = Tally(self._schema)  # what was repaired on the way, and the notes

    def take(self, part: Mapped) -> None:
        """Check one part and write its good rows."""
        rows = _Rows(self._with_text_ids(part.table).with_columns(part.numbers.cast(pl.Int64).alias(ROW)))
        self._check_values(rows)
        self.check(rows)
        rows.drop()
        self._place(rows)
        self._note(rows, part)

    def finish(self) -> None:
        """What can be done only when every row was seen."""

    def check(self, rows: _Rows) -> None:
        """What the office asks of rows besides the schema; may add the keys of the records that they name."""

    def write(self, frame: pl.DataFrame) -> None:
        """Write rows that the office does not have."""
        names, values = self.values(frame)
        insert(self.model, names, values)

    def replace(self, frame: pl.DataFrame) -> None:
        """Write rows in the place of those that have the key in `PK`."""
        names, values = self.values(frame)
        update(self.model, names, values.with_columns(frame[PK]).iter_rows())

    def values(self, frame: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
        """Names of fields, and a frame of their values."""
        return self._schema.names, frame.select(self._schema.names)

    def comparable(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame in the form in which a row of a file equals the record that it became."""
        return frame

    def stored(self, ids: list[str]) -> Iterable[tuple[object, ...]]:
        """The key and then the columns of the schema of the records with these ids."""
        return among(self.model.objects.order_by(), self.key, ids).values_list("pk", *self._schema.names)

    def stored_schema(self) -> dict[str, pl.DataType]:
        """Data types of what `stored` gives."""
        texts = self._text_ids()
        dtypes = {column.name: column.dtype for column in self._schema.columns}
        return {PK: pl.Int64(), **{name: pl.String() if name in texts else dtype for name, dtype in dtypes.items()}}

    def outcome(self, file: str) -> Imported:
        """What became of the file."""
        refused = pl.concat([pl.DataFrame(schema=REFUSED), *self._refused]).sort("row", maintain_order=True)
        counts = {"rows": self.new, "updated": self.replaced, "unchanged": self.same, "repeated": self.tally.repeated}
        return Imported(
            kind=self.kind, file=file, refused=refused, mended=self.tally.mended, notes=self.tally.notes, **counts
        )

    def _note(self, rows: _Rows, part: Mapped) -> None:
        self._refused += [part.refused.select(*REFUSED).cast(REFUSED), *rows.refused]
        self.tally.add(part)

    def _text_ids(self) -> list[str]:
        return [name for name in self._schema.names if name.endswith("_id") or name == "corrects"]

    def _with_text_ids(self, table: pl.DataFrame) -> pl.DataFrame:
        return table.select(self._schema.names).with_columns(pl.col(self._text_ids()).cast(pl.String))

    def _check_values(self, rows: _Rows) -> None:
        """Every value fits its column in any of the databases."""
        limits = {each.name: each.max_length for each in self.model._meta.fields}
        for name, dtype in rows.frame.schema.items():
            value = pl.col(name)
            if dtype == pl.String:
                if limits.get(name) is not None:
                    rows.refuse(
                        value.str.len_chars() > limits[name], name, f"expected at most {limits[name]} characters"
                    )
                rows.refuse(_holds_nul(value), name, "holds a NUL character; expected text")
            elif dtype == pl.List(pl.String):
                nul = value.list.eval(_holds_nul(pl.element())).list.any()
                rows.refuse(nul, name, "holds a NUL character; expected text")
            elif dtype.is_temporal():
                rows.refuse(~value.dt.year().is_between(1, 9998), name, "expected a year from 1 to 9998")

    def _place(self, rows: _Rows) -> None:
        """Write the new rows, and those that replace others; count those that change nothing."""
        known = self._known(rows.frame[self.key])
        fresh = rows.frame.join(known.select(self.key), on=self.key, how="anti", maintain_order="left")
        self.write(fresh)
        self.new += fresh.height
        if not known.is_empty():
            self._meet(rows, known)

    def _known(self, ids: pl.Series) -> pl.DataFrame:
        """The records that have one of the ids already."""
        found = [*self.stored(ids.to_list())]
        return self.comparable(pl.DataFrame(found, schema=self.stored_schema(), orient="row"))

    def _meet(self, rows: _Rows, known: pl.DataFrame) -> None:
        """Rows that meet a record of the same id: the same, replaced, or refused."""
        old = known.rename({name: OLD + name for name in self._others()})
        met = rows.frame.join(old, on=self.key, how="inner", maintain_order="left")
        met = self._compared(met.with_columns(self.left_as_it_stands()))
        self.same += met.height - int(met["__changed__"].sum())
        meeting = _Rows(met.filter("__changed__"))
        stands = pl.lit("stands in the office already with other values of ") + pl.col("__names__")
        meeting.refuse(pl.col("__fixed__"), self.key, stands + f"; {self.fixed_reason}")
        meeting.drop()
        if not self._update:
            meeting.refuse(pl.lit(True), self.key, stands + "; an update would replace them")
        elif meeting.frame.height:
            self.replace(meeting.frame)
            self.replaced += meeting.frame.height
        rows.refused += meeting.refused

    def _others(self) -> list[str]:
        """The columns besides the id."""
        return [name for name in self._schema.names if name != self.key]

    def _compared(self, met: pl.DataFrame) -> pl.DataFrame:
        """With what differs: `__names__` of columns, whether any does, and whether one that is never replaced does."""
        seen = self.comparable(met)
        other = {name: seen[name].ne_missing(seen[OLD + name]) for name in self._others()}
        never = pl.repeat(False, met.height, eager=True)
        named = [pl.when(flags).then(pl.lit(name)) for name, flags in other.items()]
        return met.with_columns(
            pl.concat_str(named, separator=", ", ignore_nulls=True).alias("__names__"),
            functools.reduce(operator.or_, other.values()).alias("__changed__"),
            functools.reduce(operator.or_, (other[name] for name in self.fixed), never).alias("__fixed__"),
        )

    def left_as_it_stands(self) -> list[pl.Expr]:
        """Columns in which an empty cell leaves what stands."""
        return []


def _holds_nul(texts: pl.Expr) -> pl.Expr:
    return texts.str.contains("\0", literal=True)


def _keys(model: type[models.Model], key: str, ids: pl.Series, *, names: str, alias: str = PK) -> pl.DataFrame:
    """Which records have these ids: the id under the name `names`, its key as `alias`."""
    wanted = ids.drop_nulls().unique().to_list()
    found = among(model.objects.order_by(), key, wanted).values_list(key, "pk") if wanted else []
    return pl.DataFrame([*found], schema={names: pl.String, alias: pl.Int64}, orient="row")


def _resolve(rows: _Rows, column: str, model: type[models.Model], key: str, alias: str) -> None:
    """Add the keys of the records that a column names, as `alias`; rows that name an unknown one are refused."""
    keys = _keys(model, key, rows.frame[column], names=column, alias=alias)
    rows.frame = rows.frame.join(keys, on=column, how="left", maintain_order="left")
    unknown = pl.col(column).is_not_null() & pl.col(alias).is_null()
    rows.refuse(unknown, column, f"the office has no {model._meta.model_name} of this id; import it first")


class _Seekers(_Taker):
    model, kind, key = Seeker, "seekers", "seeker_id"

    def write(self, frame: pl.DataFrame) -> None:
        super().write(frame.with_columns(pl.col("registered_on").fill_null(today())))

    def left_as_it_stands(self) -> list[pl.Expr]:
        return [pl.coalesce("registered_on", f"{OLD}registered_on").alias("registered_on")]


class _Employers(_Taker):
    model, kind, key = Employer, "employers", "employer_id"


class _Postings(_Taker):
    model, kind, key = Posting, "postings", "posting_id"
    fixed = ("title", "text")
    fixed_reason = "a changed advert is a new one, with an id of its own"

    def check(self, rows: _Rows) -> None:
        _resolve(rows, "employer_id", Employer, "employer_id", "__employer__")

    def stored(self, ids: list[str]) -> Iterable[tuple[object, ...]]:
        names = ("employer__employer_id" if name == "employer_id" else name for name in self._schema.names)
        return among(Posting.objects.order_by(), "posting_id", ids).values_list("pk", *names)

    def values(self, frame: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
        keyed = frame.with_columns(pl.col("__employer__").alias("employer_id"))
        return self._schema.names, keyed.select(self._schema.names)


class _Vacancies(_Taker):
    model, kind, key = Vacancy, "vacancies", "vacancy_id"
    _own = ("vacancy_id", "headcount", "hired")

    def check(self, rows: _Rows) -> None:
        named = rows.frame.select(ROW, pl.col("posting_ids")).explode("posting_ids")
        known = _keys(Posting, "posting_id", named["posting_ids"], names="posting_ids")
        strange = named.join(known, on="posting_ids", how="anti", maintain_order="left")
        quoted = pl.format("'{}'", pl.col("posting_ids")).head(3).str.join(", ").alias("__strange__")
        rows.frame = rows.frame.join(strange.group_by(ROW).agg(quoted), on=ROW, how="left", maintain_order="left")
        reason = pl.format("the office has no posting {}; import it first", pl.col("__strange__"))
        rows.refuse(pl.col("__strange__").is_not_null(), "posting_ids", reason)

    def comparable(self, frame: pl.DataFrame) -> pl.DataFrame:
        lists = [name for name in frame.columns if name.endswith("posting_ids")]
        return frame.with_columns(pl.col(lists).list.unique().list.sort())

    def stored(self, ids: list[str]) -> Iterable[tuple[object, ...]]:
        found = among(Vacancy.objects.order_by(), "vacancy_id", ids)
        named: dict[int, list[str]] = {}
        for vacancy, posting in found.values_list("pk", "postings__posting_id"):
            named.setdefault(vacancy, []).append(posting)
        for pk, vacancy_id, headcount, hired in found.values_list("pk", *self._own):
            yield pk, vacancy_id, named[pk], headcount, hired

    def values(self, frame: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
        return [*self._own], frame.select(self._own)

    def write(self, frame: pl.DataFrame) -> None:
        super().write(frame)
        self._link(frame.join(_keys(Vacancy, "vacancy_id", frame["vacancy_id"], names="vacancy_id"), on="vacancy_id"))

    def replace(self, frame: pl.DataFrame) -> None:
        super().replace(frame)
        links = Vacancy.postings.through.objects.all()
        among(links, "vacancy_id", frame[PK].to_list()).delete()
        self._link(frame)

    def _link(self, keyed: pl.DataFrame) -> None:
        named = keyed.select(PK, "posting_ids").explode("posting_ids").unique(maintain_order=True)
        postings = _keys(Posting, "posting_id", named["posting_ids"], names="posting_ids", alias="__posting__")
        links = named.join(postings, on="posting_ids", maintain_order="left").select(PK, "__posting__")
        insert(Vacancy.postings.through, ["vacancy_id", "posting_id"], links)


class _Sessions(_Taker):
    model, kind, key = Session, "sessions", "session_id"

    def check(self, rows: _Rows) -> None:
        for name in ("starts_at", "ends_at"):
            rows.refuse(_in_the_city(name).is_null(), name, "expected a time that the city's clocks showed on that day")

    def values(self, frame: pl.DataFrame) -> tuple[list[str], pl.DataFrame]:
        moments = [_in_the_city(name) for name in ("starts_at", "ends_at")]
        return self._schema.names, frame.select(self._schema.names).with_columns(moments)

    def stored_schema(self) -> dict[str, pl.DataType]:
        utc = pl.Datetime("us", "UTC")
        return {**super().stored_schema(), "starts_at": utc, "ends_at": utc}

    def comparable(self, frame: pl.DataFrame) -> pl.DataFrame:
        zoned = [name for name, dtype in frame.schema.items() if dtype == pl.Datetime("us", "UTC")]
        local = pl.col(zoned).dt.convert_time_zone(_zone()).dt.replace_time_zone(None)
        return frame.with_columns(local) if zoned else frame


def _zone() -> str:
    return str(timezone.get_default_timezone())


def _in_the_city(name: str) -> pl.Expr:
    return pl.col(name).dt.replace_time_zone(_zone(), ambiguous="earliest", non_existent="null")


class _Deliveries(_Taker):
    model, kind, key = Delivery, "deliveries", "delivery_id"
    fixed = ("person_id", "service", "on", "evidence", "corrects")
    fixed_reason = "the ledger is append-only: a correction is a new row"

    def __init__(self, *, update: bool) -> None:
        super().__init__(update=update)
        self._corrections: list[pl.DataFrame] = []

    def check(self, rows: _Rows) -> None:
        _resolve(rows, "person_id", Seeker, "seeker_id", "__person__")
        day = today()
        rows.refuse(pl.col("on") > day, "on", f"lies after today ({day}); expected a past day")

    def stored(self, ids: list[str]) -> Iterable[tuple[object, ...]]:
        others = {"person_id": "seeker__seeker_id", "corrects": "corrects__delivery_id"}
        names = (others.get(name, name) for name in self._schema.names)
        return among(Delivery.objects.order_by(), "delivery_id", ids).values_list("pk", *names)

    def write(self, frame: pl.DataFrame) -> None:
        """Acts at once; rows that take others back when all acts are written, for they may come first in the file."""
        taking_back = pl.col("corrects").is_not_null()
        self._corrections.append(frame.filter(taking_back))
        self._append(frame.filter(~taking_back).with_columns(pl.lit(None, pl.Int64).alias("__corrects__")))

    def finish(self) -> None:
        """Check and write the rows that take others back."""
        kept = pl.concat(self._corrections) if self._corrections else pl.DataFrame()
        if kept.is_empty():
            return
        rows = _Rows(kept)
        self._check_corrections(rows)
        self._refused += rows.refused
        self.new -= kept.height - rows.frame.height
        self._append(rows.frame)

    def _check_corrections(self, rows: _Rows) -> None:
        """Each names an act of the same person and service that nothing takes back yet."""
        own = rows.frame["delivery_id"].implode()
        acts = self._acts(rows.frame["corrects"])
        rows.frame = rows.frame.join(acts, on="corrects", how="left", maintain_order="left")
        itself = pl.col("__corrects_too__").fill_null(pl.col("corrects").is_in(own))
        rows.refuse(itself, "corrects", "that row is itself a correction; record the delivery anew")
        unknown = pl.col("__corrects__").is_null() & ~itself
        rows.refuse(unknown, "corrects", "no such delivery, here or in the office")
        rows.drop()
        rows.refuse(pl.col("__taken__"), "corrects", "that delivery is taken back already")
        rows.drop()
        other = (pl.col("__seeker__") != pl.col("__person__")) | (pl.col("__service__") != pl.col("service"))
        rows.refuse(other, "corrects", "expected a delivery of the same person and service")
        rows.drop()
        rows.refuse(~pl.col("corrects").is_first_distinct(), "corrects", "that delivery is taken back already")
        rows.drop()

    def _acts(self, ids: pl.Series) -> pl.DataFrame:
        """Those rows of the ledger that are named, and what is known of them."""
        taken = models.Exists(Delivery.objects.filter(corrects=models.OuterRef("pk")))
        named = among(Delivery.objects.order_by(), "delivery_id", ids.unique().to_list()).annotate(taken=taken)
        schema = {
            "corrects": pl.String, "__corrects__": pl.Int64, "__seeker__": pl.Int64, "__service__": pl.String,
            "__corrects_too__": pl.Boolean, "__taken__": pl.Boolean,
        }  # fmt: skip
        found = named.values_list("delivery_id", "pk", "seeker_id", "service", "corrects", "taken")
        rows = [(key, pk, seeker, service, what is not None, gone) for key, pk, seeker, service, what, gone in found]
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _append(self, frame: pl.DataFrame) -> None:
        names = ["delivery_id", "seeker_id", "service", "on", "evidence", "corrects_id", "recorded_at"]
        columns = ["delivery_id", "__person__", "service", "on", "evidence", "__corrects__"]
        insert(Delivery, names, frame.select(*columns, pl.lit(timezone.now()).alias("recorded_at")))


_TAKERS: dict[str, type[_Taker]] = {
    taker.kind: taker for taker in (_Seekers, _Employers, _Postings, _Vacancies, _Sessions, _Deliveries)
}
