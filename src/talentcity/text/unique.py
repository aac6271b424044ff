"""Read each different text of a column once, then give every row its answer: columns repeat themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

_TEXT = "__text__"


def read_each(texts: pl.Series, read: Callable[[str], Sequence[object] | None], schema: dict[str, Any]) -> pl.DataFrame:
    """One row per text, in its order: `read` (bool) and the columns of `schema`, empty where nothing was read.

    Args:
        texts: of dtype String; missing texts are not read.
        read: gives the values of one row in the order of `schema`, or None.
        schema: names and dtypes of what is read.

    Example:
        >>> texts = pl.Series(["7", "x", None, "7"])
        >>> read_each(texts, lambda text: (int(text),) if text.isdigit() else None, {"n": pl.Int64}).rows()
        [(True, 7), (False, None), (False, None), (True, 7)]
    """
    nothing = (None,) * len(schema)
    found = [(text, read(text)) for text in texts.unique().drop_nulls()]
    rows = [(text, values is not None, *(nothing if values is None else values)) for text, values in found]
    answers = pl.DataFrame(rows, schema={_TEXT: pl.String, "read": pl.Boolean, **schema}, orient="row")
    asked = pl.DataFrame({_TEXT: texts.cast(pl.String)})
    joined = asked.join(answers, on=_TEXT, how="left", maintain_order="left", nulls_equal=False)
    return joined.drop(_TEXT).with_columns(pl.col("read").fill_null(False))
