"""Many rows at once: written by COPY on PostgreSQL and by plain INSERT elsewhere, found by a long list of ids.

Making a model object of each row takes many times as long (`make bench-load`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from json.encoder import encode_basestring
from typing import Any

import polars as pl
from django.db import connection, models, transaction
from django.db.models.expressions import RawSQL

BATCH = 5_000
_encode = json.JSONEncoder(ensure_ascii=False).encode
Row = Sequence[object]


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Row] | pl.DataFrame) -> int:
    """Write rows into the table of a model; the number of rows.

    The database checks its constraints; `save`, defaults and `auto_now_add` of the model do not run, so every
    column that has no value in the database must be named. Outside a transaction PostgreSQL takes all rows or none,
    other databases take them in batches of one short transaction each.

    Args:
        model: whose table it is.
        names: fields of the model, or columns such as `seeker_id` for the key of a foreign one.
        rows: values in the order of `names`, or a frame of such columns, which is faster; lists for JSON fields,
            moments with their zone.
    """
    fields = [_field(model, name) for name in names]
    table, columns = _quoted(model._meta.db_table), ", ".join(_quoted(field.column) for field in fields)
    copies = connection.vendor == "postgresql"
    if isinstance(rows, pl.DataFrame):
        if copies:
            return _copy_frame(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)", rows)
        rows = rows.iter_rows()
    ready = _ready(rows, [_converter(field) for field in fields])
    if copies:
        return _copy(f"COPY {table} ({columns}) FROM STDIN", ready)
    places = ", ".join(["%s"] * len(fields))
    return _execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", ready)  # noqa: S608  names are ours


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> int:
    """Write other values into rows of a model's table; the number of rows.

    Args:
        model: whose table it is.
        names: what is written, as in `insert`.
        rows: values in the order of `names`, and last the key of the row.
    """
    fields = [_field(model, name) for name in names]
    converters = [*(_converter(field) for field in fields), None]
    values = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    key = _quoted(model._meta.pk.column)
    sql = f"UPDATE {_quoted(model._meta.db_table)} SET {values} WHERE {key} = %s"  # noqa: S608  names are ours
    return _execute(sql, _ready(rows, converters))


def among(records: models.QuerySet, field: str, values: Sequence[str] | Sequence[int]) -> models.QuerySet:
    """Those of the records whose field is among many values, which go to the database as one."""
    if connection.vendor != "postgresql":
        listed = RawSQL("SELECT value FROM json_each(%s)", [_json(list(values))])
    elif values and isinstance(values[0], int):
        listed = RawSQL("SELECT unnest(%s::bigint[])", [list(values)])
    else:
        listed = RawSQL("SELECT unnest(%s::text[])", [list(values)])
    return records.filter(**{f"{field}__in": listed})


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _copy(sql: str, rows: Iterable[Row]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def _copy_frame(sql: str, frame: pl.DataFrame) -> int:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    texts = frame.with_columns(_json_texts(frame[name]) for name in lists)
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(sql) as copy:
        for part in texts.iter_slices(BATCH):
            copy.write(part.write_csv(include_header=False, quote_style="non_numeric"))  # nothing: NULL; "": empty text
    return frame.height


def _json_texts(lists: pl.Series) -> pl.Series:
    """Lists of text as JSON."""
    flat = lists.explode(empty_as_null=False, keep_nulls=False)
    if flat.dtype != pl.String or flat.str.contains(r'["\\\x00-\x1f]').any() or flat.null_count():
        return pl.Series(lists.name, [None if one is None else _json(one.to_list()) for one in lists], dtype=pl.String)
    joined = pl.concat_str(pl.lit('["'), pl.col(lists.name).list.join('", "'), pl.lit('"]'))
    none = pl.col(lists.name).list.len() == 0
    return lists.to_frame().select(pl.when(none).then(pl.lit("[]")).otherwise(joined).alias(lists.name)).to_series()


def _execute(sql: str, rows: Iterable[Row]) -> int:
    written, source = 0, iter(rows)
    while batch := list(islice(source, BATCH)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, batch)
        written += len(batch)
    return written


def _field(model: type[models.Model], name: str) -> models.Field:
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


def _ready(rows: Iterable[Row], converters: list[Any]) -> Iterator[Row]:
    """Rows as the driver takes them."""
    some = [(at, convert) for at, convert in enumerate(converters) if convert is not None]
    if not some:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for at, convert in some:
            if values[at] is not None:
                values[at] = convert(values[at])
        yield values


def _json(value: object) -> str:
    """JSON of any value; a list of texts, which nearly all are, without the detour through an encoder."""
    if isinstance(value, list) and all(type(one) is str for one in value):
        return f"[{', '.join(map(encode_basestring, value))}]"
    return _encode(value)


def _converter(field: models.Field) -> Callable[[Any], object] | None:
    """How a value becomes what the database driver takes; None: it is that already."""
    if isinstance(field, models.JSONField):
        return _json
    if connection.vendor == "postgresql":  # takes days and moments as they are
        return None
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    return None
