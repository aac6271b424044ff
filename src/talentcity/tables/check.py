"""Check a frame against a schema: every violation is collected, none is repaired in silence."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from talentcity.errors import InvalidTable, Violation
from talentcity.tables.schema import LIST_SEPARATOR, Column, Kind, Schema

ROW = "__row__"
_WIDTH = 60  # characters of an offending value that a message shows


@dataclass(slots=True)
class _Report:
    """Violations found so far; keeps `most` of them and counts the rest."""

    table: str
    most: int = InvalidTable.SHOWN
    shown: list[Violation] = field(default_factory=list)
    count: int = 0
    again: set[tuple[int | None, str | None]] = field(default_factory=set)
    """Row and column of the violations that say that a key stands already."""

    def add(
        self, expected: str, *, column: str | None = None, row: int | None = None, value: str | None = None
    ) -> None:
        """Add one violation; `value` stands in the message as it is."""
        self.count += 1
        if len(self.shown) < self.most:
            self.shown.append(Violation(self.table, row, column, value, expected))

    def add_rows(self, bad: pl.DataFrame, column: str, expected: str) -> None:
        """`bad` holds the offending rows: their number and their value."""
        room = self.most - len(self.shown)
        for row, value in bad.select(ROW, column).head(room).iter_rows():
            self.shown.append(Violation(self.table, row, column, shown(value), expected))
        self.count += bad.height


def shown(value: object) -> str | None:
    """A value as a message shows it: text in quotes, whole numbers without `.0`, all cut to a bearable width."""
    if value is None:
        return None
    text = repr(value) if isinstance(value, str) else _plain(value) if isinstance(value, float) else str(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def check(frame: pl.DataFrame, schema: Schema, *, table: str | None = None, first_row: int = 1) -> pl.DataFrame:
    """The frame with exactly the schema's columns and dtypes, or every reason why it cannot be.

    Columns that the schema does not know are left out; one whose name is close to a missing
    column's is reported, because it is a slip of the pen. Ids keep their type (String or Int64).

    Args:
        frame: strings (as CSV gives them) or typed columns.
        schema: what is expected.
        table: what messages call the table; by default the schema's name.
        first_row: the number that messages give to the first record.

    Raises:
        InvalidTable: with all violations counted and the first 100 kept.

    Example:
        >>> from talentcity.tables import CAPACITY, check
        >>> check(pl.DataFrame({"opportunity_id": ["V1"], "capacity": ["3"]}), CAPACITY)["capacity"].to_list()
        [3]
        >>> check(pl.DataFrame({"opportunity_id": ["V1"], "capacity": [-1]}), CAPACITY)
        Traceback (most recent call last):
        talentcity.errors.InvalidTable: capacity, row 1, column capacity: -1: expected a whole number from 0 to ...
    """
    report = _Report(table or schema.name)
    checked = _checked(frame, schema, report, _rows(frame, first_row))
    if report.count:
        raise InvalidTable(report.shown, report.count)
    return checked.drop(ROW)


class Seen:
    """The keys of rows that went by, so that one that comes again in a later part of a file is found.

    A key is kept as two hashes of 64 bits, which no two keys share in practice, and the row where it first stood:
    24 bytes, however long it is. Of a row that was taken its whole content is kept the same way, in 16 bytes: two rows
    that share a key and these 128 bits are alike.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], list[pl.DataFrame]] = {}
        self._taken: list[pl.DataFrame] = []

    def firsts(self, keyed: pl.DataFrame, names: list[str]) -> pl.Series:
        """The row of an earlier part in which the key of each row stood, missing where it is new; keeps the new ones.

        Args:
            keyed: the column of row numbers, and the columns of the key without missing values.
            names: the columns of the key.
        """
        hashes = _hashes(keyed.select(names))
        both = hashes.columns
        here = hashes.with_columns(keyed[ROW])
        parts = self._known.setdefault(tuple(names), [])
        if not parts:
            parts.append(here.unique(both, keep="first", maintain_order=True))
            return pl.Series("__earlier__", [None] * keyed.height, dtype=pl.Int64)
        met = pl.concat(parts).join(here.select(both).unique(), on=both, how="inner").rename({ROW: "__earlier__"})
        found = here.join(met, on=both, how="left", maintain_order="left")
        fresh = found.filter(pl.col("__earlier__").is_null()).drop("__earlier__")
        parts.append(fresh.unique(both, keep="first", maintain_order=True))
        return found["__earlier__"]

    def repeats(self, taken: pl.DataFrame, again: pl.DataFrame) -> set[int]:
        """Which rows are alike in every column to one that is taken, in this part or an earlier one.

        Args:
            taken: the good rows of this part; their hashes are kept.
            again: rows whose key stands already and that break nothing else.
        """
        self._taken.append(_hashes(taken.drop(ROW)))
        if again.is_empty():
            return set()
        hashes = _hashes(again.drop(ROW))
        alike = hashes.with_columns(again[ROW]).join(pl.concat(self._taken), on=hashes.columns, how="semi")
        return set(alike[ROW])


def _hashes(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([rows.hash_rows(seed=seed).alias(f"__hash{seed}__") for seed in (1, 2)])


@dataclass(frozen=True, slots=True)
class Sifted:
    """A table without its bad rows, and what was wrong with them.

    Attributes:
        table: the rows that fit the schema, in their order.
        numbers: the number of each of them.
        violations: every violation of the others, in the order of the rows.
        repeated: how many rows were left out because they are alike in every column to one that was taken.
    """

    table: pl.DataFrame
    numbers: pl.Series
    violations: tuple[Violation, ...]
    repeated: int = 0


def sift(
    frame: pl.DataFrame,
    schema: Schema,
    *,
    table: str | None = None,
    first_row: int = 1,
    numbers: pl.Series | None = None,
    aside: Sequence[Violation] = (),
    seen: Seen | None = None,
    once: bool = False,
) -> Sifted:
    """Like `check`, but a bad row is put aside with its reasons; what is wrong with a whole column still stops.

    Args:
        frame, schema, table, first_row: as in `check`.
        numbers: those of all records, where they do not simply follow `first_row`.
        aside: violations that are known already; their rows are put aside too, and nothing else is said of these cells.
        seen: the keys of earlier parts of the same table; a row whose key stands there is put aside.
        once: leave out, and count, a row that is alike in every column to one that was taken; needs `seen`.

    Raises:
        InvalidTable: a column is missing, misspelt or of another type.

    Example:
        >>> from talentcity.tables import CAPACITY
        >>> sifted = sift(pl.DataFrame({"opportunity_id": ["V1", "V2"], "capacity": ["3", "-1"]}), CAPACITY)
        >>> sifted.table["opportunity_id"].to_list(), str(sifted.violations[0])[:30]
        (['V1'], 'capacity, row 2, column capaci')
    """
    most = InvalidTable.SHOWN + frame.height * (2 * len(schema.columns) + len(schema.rules) + 1)
    report = _Report(table or schema.name, most)
    rows = _rows(frame, first_row) if numbers is None else numbers.alias(ROW)
    checked = _checked(frame, schema, report, rows, seen)
    known = {(violation.row, violation.column) for violation in aside}
    report.shown = [each for each in report.shown if (each.row, each.column) not in known] + list(aside)
    whole = [violation for violation in report.shown if violation.row is None]
    if whole:
        raise InvalidTable(whole)
    bad = {violation.row for violation in report.shown}
    kept = checked.filter(~pl.col(ROW).is_in(list(bad))) if bad else checked
    repeats: set[int] = set()
    if once and seen is not None:
        others = {each.row for each in report.shown if (each.row, each.column) not in report.again}
        repeats = seen.repeats(kept, checked.filter(pl.col(ROW).is_in(list(bad - others))))
    violations = sorted((each for each in report.shown if each.row not in repeats), key=lambda each: each.row or 0)
    return Sifted(kept.drop(ROW), kept[ROW].alias("number"), tuple(violations), len(repeats))


def _rows(frame: pl.DataFrame, first_row: int) -> pl.Series:
    return pl.int_range(first_row, first_row + frame.height, eager=True).alias(ROW)


def _checked(
    frame: pl.DataFrame, schema: Schema, report: _Report, rows: pl.Series, seen: Seen | None = None
) -> pl.DataFrame:
    """The frame with its row numbers; values that break the schema are missing and in the report."""
    _check_names(frame, schema, report)
    done = [rows]
    for column in schema.columns:
        if column.name in frame.columns:
            done.append(_check_column(pl.DataFrame([rows, frame[column.name]]), column, report, seen))
        elif not column.required:
            done.append(_filled(pl.Series(column.name, [None] * frame.height, dtype=column.dtype), column))
    checked = pl.DataFrame(done)
    _check_key(checked, schema, report, seen)
    _check_rules(checked, schema, report)
    return checked


def _check_names(frame: pl.DataFrame, schema: Schema, report: _Report) -> None:
    absent = [name for name in schema.names if name not in frame.columns]
    strange = [name for name in frame.columns if name not in schema.names]
    missing = False
    for name in absent:
        meant = difflib.get_close_matches(name, strange, n=1, cutoff=0.85)
        if meant:
            report.add(f"no such column; did you mean {name}?", column=meant[0])
        elif schema.column(name).required:
            has = "" if missing else f"; the table has: {', '.join(frame.columns) or 'none'}"
            report.add(f"the column is missing{has}", column=name)
            missing = True


def _check_column(part: pl.DataFrame, column: Column, report: _Report, seen: Seen | None) -> pl.Series:
    """One column converted, filled and checked; what is wrong becomes missing and is reported once."""
    raw = part[column.name]
    converted = _converted(raw, column)
    if converted is None:
        report.add(f"holds {_dtype_name(raw.dtype)}, expected {expected_of(column)}", column=column.name)
        return pl.Series(column.name, [None] * raw.len(), dtype=column.dtype)
    unread = raw.is_not_null() & converted.is_null()
    if raw.dtype == pl.String:
        unread = unread & (raw.str.strip_chars() != "")
    if isinstance(raw.dtype, pl.List):
        unread = unread & (raw.list.len() > 0)  # a list without parts is an empty one, not an unreadable one
    no_day, what = unread & _no_such_day(raw, column), "day" if column.kind is Kind.DATE else "day or time of day"
    report.add_rows(part.filter(no_day), column.name, f"no such {what}; expected {expected_of(column)}")
    report.add_rows(part.filter(unread & ~no_day), column.name, f"expected {expected_of(column)}")
    filled = _filled(converted, column)
    if column.default is None and not column.nullable:
        report.add_rows(
            part.with_columns(filled).filter(filled.is_null() & ~unread),
            column.name,
            f"empty; expected {expected_of(column)}",
        )
    for bad in _outside(filled, column):
        report.add_rows(part.with_columns(filled).filter(bad), column.name, f"expected {expected_of(column)}")
        filled = filled.zip_with(~bad, pl.Series([None], dtype=filled.dtype))
    if column.unique:
        _check_unique(part.select(ROW).with_columns(filled), [column.name], report, seen)
    return filled


def _no_such_day(raw: pl.Series, column: Column) -> pl.Series:
    """Cells that are written as a day should be; the calendar does not have it if they could not be read."""
    if column.kind not in (Kind.DATE, Kind.MOMENT) or raw.dtype != pl.String:
        return pl.repeat(False, raw.len(), eager=True)
    return raw.str.contains(r"^\s*\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?\s*$").fill_null(False)


def _converted(raw: pl.Series, column: Column) -> pl.Series | None:
    """Values as the column's dtype, missing where one cannot be read; None if the dtype itself cannot."""
    if raw.dtype == pl.Null:
        return raw.cast(column.dtype)
    if raw.dtype == pl.String:
        return _from_text(raw, column)
    return _from_typed(raw, column)


_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"  # marks that no eye sees: two joined files, a copied cell


def _from_text(raw: pl.Series, column: Column) -> pl.Series:
    text = raw.str.strip_chars()
    text = text.set(text == "", None)
    match column.kind:
        case Kind.ID:
            bare = text.str.strip_chars(_INVISIBLE).str.strip_chars()
            return bare.set(bare == "", None)
        case Kind.TEXT:
            return raw.set(text.is_null(), None)
        case Kind.WHOLE:
            return text.cast(pl.Int64, strict=False)
        case Kind.NUMBER:
            return _finite(text.cast(pl.Float64, strict=False))
        case Kind.DATE:
            return text.str.to_date("%Y-%m-%d", strict=False)
        case Kind.MOMENT:
            return _moment(text)
        case Kind.LIST:
            return _stripped(text.str.split(LIST_SEPARATOR))


def _moment(text: pl.Series) -> pl.Series:
    found = pl.Series(text.name, [None] * text.len(), dtype=pl.Datetime("us"))
    for layout in (
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S",
    ):
        found = found.zip_with(found.is_not_null(), text.str.to_datetime(layout, strict=False, time_unit="us"))
    return found


def _from_typed(raw: pl.Series, column: Column) -> pl.Series | None:
    dtype = raw.dtype
    match column.kind:
        case Kind.ID:
            return raw.cast(pl.Int64, strict=False) if dtype.is_integer() else None
        case Kind.TEXT:
            return raw.cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else None
        case Kind.WHOLE:
            return _whole(raw) if dtype.is_numeric() else None
        case Kind.NUMBER:
            return _finite(raw.cast(pl.Float64)) if dtype.is_numeric() else None
        case Kind.DATE:
            return raw if dtype == pl.Date else None
        case Kind.MOMENT:
            naive = isinstance(dtype, pl.Datetime) and dtype.time_zone is None
            return raw.cast(pl.Datetime("us")) if naive else None
        case Kind.LIST:
            if not isinstance(dtype, pl.List):
                return None
            return _stripped(raw.cast(pl.List(pl.String))) if dtype.inner in (pl.String, pl.Null) else None


def _stripped(lists: pl.Series) -> pl.Series:
    """Lists without white space around their parts and without empty parts; an empty list is a missing one."""
    flat = lists.explode(empty_as_null=False, keep_nulls=False)
    bare = flat.str.strip_chars()
    if flat.null_count() or (bare.str.len_bytes() != flat.str.len_bytes()).any() or (bare == "").any():
        lists = lists.list.eval(pl.element().str.strip_chars())
        lists = lists.list.eval(pl.element().filter(pl.element() != ""))
    return lists.set(lists.list.len() == 0, None)


def _whole(raw: pl.Series) -> pl.Series:
    if raw.dtype.is_integer():
        return raw.cast(pl.Int64, strict=False)
    number = raw.cast(pl.Float64)
    return number.set(number != number.floor(), None).cast(pl.Int64, strict=False)


def _finite(number: pl.Series) -> pl.Series:
    return number.set(~number.is_finite().fill_null(True), None)


def _filled(values: pl.Series, column: Column) -> pl.Series:
    if column.default is None:
        return values
    default = pl.Series([column.default], dtype=values.dtype)
    return values.zip_with(values.is_not_null(), default)


def _outside(values: pl.Series, column: Column) -> Iterator[pl.Series]:
    if column.allowed:
        yield (~values.is_in(column.allowed)).fill_null(False)
    if column.low is not None:
        yield (values < column.low).fill_null(False)
    if column.high is not None:
        yield (values > column.high).fill_null(False)


def expected_of(column: Column) -> str:
    """What a column holds, in words that follow "expected"."""
    if column.allowed:
        return f"one of {', '.join(column.allowed)}"
    if column.kind not in (Kind.WHOLE, Kind.NUMBER):
        return (
            column.kind.value
            if column.kind in (Kind.TEXT, Kind.LIST)
            else f"a {column.kind.value}".replace("a id", "an id")
        )
    unit = f" {column.unit}" if column.unit and column.unit != "0 to 1" else ""
    if column.low is not None and column.high is not None:
        return f"a {column.kind.value} from {column.low:g} to {_plain(column.high)}{unit}"
    if column.low is not None:
        return f"a {column.kind.value} of at least {column.low:g}{unit}"
    return f"a {column.kind.value}{unit}"


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() and abs(number) < 1e15 else str(number)


def _dtype_name(dtype: pl.DataType) -> str:
    return str(dtype).lower()


def _check_unique(frame: pl.DataFrame, names: list[str], report: _Report, seen: Seen | None) -> None:
    """Report every row whose key stood in an earlier row; the message names that row."""
    keyed = frame.drop_nulls(names)
    first = pl.col(ROW).min().over(names)
    if seen is not None:
        first = pl.coalesce(seen.firsts(keyed, names), first)
    elif not keyed.select(pl.struct(names).is_duplicated().any()).item():
        return
    firsts = keyed.with_columns(first.alias("__first__")).filter(pl.col(ROW) != pl.col("__first__"))
    column = " and ".join(names)
    for row, earlier, *key in firsts.select(ROW, "__first__", *names).iter_rows():
        report.again.add((row, column))
        report.add(
            f"stands already in row {earlier}; expected each once",
            column=column, row=row, value=shown(key[0]) if len(key) == 1 else ", ".join(map(str, key)),
        )  # fmt: skip


def _check_key(checked: pl.DataFrame, schema: Schema, report: _Report, seen: Seen | None) -> None:
    single = len(schema.key) == 1 and schema.column(schema.key[0]).unique
    if schema.key and not single and set(schema.key) <= set(checked.columns):
        _check_unique(checked.select(ROW, *schema.key), list(schema.key), report, seen)


def _check_rules(checked: pl.DataFrame, schema: Schema, report: _Report) -> None:
    for rule in schema.rules:
        if not set(rule.needs) <= set(checked.columns):
            continue
        bad = checked.filter(rule.broken().fill_null(False))
        for row, *values in bad.select(ROW, *rule.needs).head(report.most).iter_rows():
            facts = ", ".join(f"{name} {_fact(value)}" for name, value in zip(rule.needs, values, strict=True))
            report.add(rule.expected, column=rule.column, row=row, value=facts)
        report.count += max(0, bad.height - report.most)


def _fact(value: object) -> str:
    return _plain(value) if isinstance(value, float) else str(value)
