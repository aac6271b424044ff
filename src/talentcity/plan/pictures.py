"""Pictures of a plan, as figures of matplotlib: how many get how many, where what is missing, what a place is worth.

Nothing here counts anything: a picture shows tables that a plan gives. `SVG` keeps its text as text, so any viewer
shows Chinese labels; for `PNG` the machine needs a font with Chinese characters, and its absence is an error.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from talentcity.errors import InvalidOption, InvalidTable, Violation

ENDINGS = ("svg", "png")
SHOWN = 15  # rows and columns of a picture of labels; the others are summed up as one
WORTH_MOST = 10
_CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei",
            "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Serif CJK SC")  # fmt: skip
_FOUND = [name for name in _CHINESE if name in set(fontManager.get_font_names())]
_HAND: Any = {
    "font.family": [*_FOUND[:1], "DejaVu Sans"],
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "plan",
}
_GREY, _BLUE, _DARK = "#b8bfc6", "#1f6f8b", "#16324f"
_BEYOND_LATIN = 0x2E80  # the first character of the blocks that hold Chinese

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "counts": "Recommendations per person",
            "number": "recommendations",
            "persons": "persons",
            "before": "best scores first",
            "after": "plan",
            "shortage": "Recommendations missing",
            "missing": "recommendations missing",
            "others": "all others",
            "none": "not given",
            "nothing": "Nothing is missing",
            "prices": "What one more place would be worth",
            "rank": "full opportunities, dearest first",
            "points": "points of score",
            "most": "Worth most",
            "more": "one recommendation more",
            "full": "No opportunity is full",
        },
        "zh": {
            "counts": "每人获得的推荐数",
            "number": "推荐数",
            "persons": "人数",
            "before": "按分数先到先得",
            "after": "本计划",
            "shortage": "缺少的推荐数",
            "missing": "缺少的推荐数",
            "others": "其他合计",
            "none": "未注明",
            "nothing": "没有缺少的推荐",
            "prices": "再多一个名额的价值",
            "rank": "已满岗位（价值从高到低）",
            "points": "分",
            "most": "价值最高的岗位",
            "more": "可多得一条推荐",
            "full": "没有已满的岗位",
        },
    }
)
LANGUAGES = tuple(_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """In which language, and what stands under every picture.

    Attributes:
        language: `en` or `zh`.
        note: such as "synthetic data"; empty for none.

    Raises:
        InvalidOption: there are no words in this language.
    """

    language: str = "en"
    note: str = ""

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise InvalidOption(f"language is {self.language!r}; expected one of {', '.join(LANGUAGES)}.")

    def word(self, name: str) -> str:
        """The text of this name."""
        return _WORDS[self.language][name]


@mpl.rc_context(_HAND)
def recommendations(before: Sequence[int], after: Sequence[int], style: Style = Style()) -> Figure:
    """How many persons have 0, 1, … recommendations, without and with the plan.

    Args:
        before: persons by number of recommendations, such as those of `greedy`.
        after: the same of the plan (`persons_by_count` of its report).
        style: language and note.

    Example:
        >>> figure = recommendations([3, 1, 0, 6], [0, 2, 2, 6])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['3', '1', '0', '6', '0', '2', '2', '6']
    """
    figure, axes = _figure(style, style.word("counts"), (7.0, 3.6))
    at = np.arange(max(len(before), len(after)))
    for shift, counts, colour, name in ((-0.2, before, _GREY, "before"), (0.2, after, _BLUE, "after")):
        bars = axes.bar(at[: len(counts)] + shift, counts, width=0.38, color=colour, label=style.word(name))
        axes.bar_label(bars, labels=[f"{count:,}" for count in counts], fontsize=8, padding=2)
    axes.set_xticks(at)
    axes.set_xlabel(style.word("number"))
    axes.set_ylabel(style.word("persons"))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.margins(y=0.12)
    axes.legend(frameon=False)
    return figure


@mpl.rc_context(_HAND)
def shortage(sums: pl.DataFrame, style: Style = Style()) -> Figure:
    """Where what is missing: one label as bars, two as a field of numbers.

    Args:
        sums: what `Certificate.by` gives: one or two columns of labels, `persons`, `missing` and more. The labels
            that miss least are summed up where there are more than `SHOWN`.
        style: language and note.

    Raises:
        InvalidTable: there is no column `missing`, or not one or two columns of labels before `persons`.

    Example:
        >>> sums = pl.DataFrame({"district": ["north", "south"], "persons": [10, 20], "missing": [4, 0]})
        >>> [text.get_text() for text in shortage(sums).axes[0].texts]
        ['4']
    """
    labels = _labels(sums)
    short = _grouped(sums.filter(pl.col("missing") > 0), labels, style)
    if not short.height:
        return _empty(style, "shortage", "nothing")
    if len(labels) == 1:
        totals = short.sort("missing")
        figure, axes = _figure(style, style.word("shortage"), (7.0, 1.4 + 0.3 * totals.height))
        _bars(axes, totals[labels[0]].to_list(), totals["missing"].to_list(), "{:,.0f}")
        axes.set_xlabel(style.word("missing"))
        axes.xaxis.set_major_formatter("{x:,.0f}")
        return figure
    return _field(short, labels, style)


@mpl.rc_context(_HAND)
def prices(worth: pl.DataFrame, style: Style = Style()) -> Figure:
    """What one more place in each full opportunity would be worth, and the ten that are worth most.

    Args:
        worth: the frame of `Prices`, perhaps with a column `name` to be shown instead of the id.
        style: language and note.

    Example:
        >>> worth = pl.DataFrame(
        ...     [("V", 1, 1, 0.5, 0.5, 0.5), ("W", 0, 0, 0.2, 0.1, 0.3)], orient="row",
        ...     schema=["opportunity_id", "recommendations", "missing", "worth", "worth_low", "worth_high"],
        ... )
        >>> [axes.get_title() for axes in prices(worth).axes]
        ['What one more place would be worth', 'Worth most']
    """
    dear = worth.filter((pl.col("recommendations") > 0) | (pl.col("worth") > 0))
    dear = dear.sort("recommendations", "missing", "worth", descending=True, maintain_order=True)
    if not dear.height:
        return _empty(style, "prices", "full")
    figure, axes = _figure(style, style.word("prices"), (10.0, 4.2), columns=2)
    _curve(axes, dear, style)
    _dearest(figure.axes[1], dear.head(WORTH_MOST), style)
    return figure


@mpl.rc_context(_HAND)
def picture(figure: Figure, ending: str) -> bytes:
    """The figure as a file; the same figure gives the same bytes.

    Args:
        figure: one of the above.
        ending: `svg` or `png`.

    Raises:
        InvalidOption: it is another ending, or a PNG needs Chinese characters that no font here has.

    Example:
        >>> picture(recommendations([1, 2], [0, 3]), "svg")[:14]
        b'<?xml version='
    """
    if ending not in ENDINGS:
        raise InvalidOption(f"the ending of a picture is {ending!r}; expected one of {', '.join(ENDINGS)}.")
    if ending == "png" and not _FOUND and _has_chinese(figure):
        raise InvalidOption(
            "this machine has no font with Chinese characters, so a PNG would show boxes; "
            "write SVG, or install one such as Noto Sans CJK (Debian: fonts-noto-cjk)."
        )
    file = io.BytesIO()
    figure.savefig(file, format=ending, dpi=144, metadata={"Date": None} if ending == "svg" else None)
    return file.getvalue()


def _has_chinese(figure: Figure) -> bool:
    return any(ord(sign) >= _BEYOND_LATIN for text in figure.findobj(Text) for sign in text.get_text())


def _figure(style: Style, title: str, size: tuple[float, float], columns: int = 1) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    for number in range(columns):
        axes = figure.add_subplot(1, columns, number + 1)
        axes.spines[["top", "right"]].set_visible(False)
    first: Axes = figure.axes[0]
    first.set_title(title, fontsize=11, color=_DARK)
    if style.note:
        figure.supxlabel(style.note, fontsize=8, color="#6b7480", x=0.99, ha="right")
    return figure, first


def _empty(style: Style, title: str, says: str) -> Figure:
    figure, axes = _figure(style, style.word(title), (7.0, 1.6))
    axes.set_axis_off()
    axes.text(0.5, 0.5, style.word(says), ha="center", va="center", transform=axes.transAxes)
    return figure


def _labels(sums: pl.DataFrame) -> list[str]:
    names = sums.columns[: sums.columns.index("persons")] if "persons" in sums.columns else []
    if "missing" not in sums.columns or not 1 <= len(names) <= 2:
        expected = f"expected one or two labels, then persons and missing; found {', '.join(sums.columns)}"
        raise InvalidTable([Violation("sums", None, "", None, expected)])
    return names


def _grouped(short: pl.DataFrame, labels: Sequence[str], style: Style) -> pl.DataFrame:
    """Each label as text; those that miss least are summed up as one, so that a picture can be read."""
    short = short.with_columns(pl.col(labels).cast(pl.String).fill_null(style.word("none")))
    for label in labels:
        totals = short.group_by(label).agg(pl.col("missing").sum()).sort("missing", label, descending=[True, False])
        if totals.height > SHOWN:
            kept = totals[label].head(SHOWN - 1).implode()
            short = short.with_columns(
                pl.when(pl.col(label).is_in(kept)).then(label).otherwise(pl.lit(style.word("others"))).alias(label)
            )
    return short.group_by(labels).agg(pl.col("missing").sum()).sort(labels)


def _bars(axes: Axes, names: Sequence[str], lengths: Sequence[float], form: str) -> None:
    bars = axes.barh(names, lengths, color=_BLUE, height=0.7)
    axes.bar_label(bars, labels=[form.format(length) for length in lengths], fontsize=8, padding=3)
    axes.margins(x=0.12)


def _field(short: pl.DataFrame, labels: Sequence[str], style: Style) -> Figure:
    rows, columns = (_most_missing_first(short, label, style.word("others")) for label in labels)
    numbers = np.zeros((len(rows), len(columns)))
    for row, column, missing in short.select(*labels, "missing").iter_rows():
        numbers[rows.index(row), columns.index(column)] = missing
    size = (2.2 + 0.62 * len(columns), 1.8 + 0.34 * len(rows))
    figure, axes = _figure(style, style.word("shortage"), (max(5.0, size[0]), size[1]))
    named = np.ix_(
        [row != style.word("others") for row in rows], [column != style.word("others") for column in columns]
    )
    darkest = numbers[named].max(initial=1)  # what is summed up must not make all others pale
    axes.imshow(numbers, cmap="Blues", aspect="auto", vmin=0, vmax=darkest)
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row, column in np.argwhere(numbers > 0).tolist():
        number = numbers[row, column]
        colour = "white" if number > 0.55 * darkest else _DARK
        axes.text(column, row, f"{number:,.0f}", ha="center", va="center", fontsize=8, color=colour)
    return figure


def _most_missing_first(short: pl.DataFrame, label: str, last: str) -> list[str]:
    totals = short.group_by(label).agg(pl.col("missing").sum()).sort("missing", label, descending=[True, False])
    names: list[str] = totals[label].to_list()
    return sorted(names, key=lambda name: name == last)


def _curve(axes: Axes, dear: pl.DataFrame, style: Style) -> None:
    """Worth by rank; those that give one recommendation more stand apart."""
    rank = np.arange(1, dear.height + 1)
    axes.step(rank, dear["worth"].to_numpy(), where="mid", color=_BLUE)
    more = int((dear["recommendations"] > 0).sum())
    if more:
        axes.axvspan(0.5, more + 0.5, color=_GREY, alpha=0.35, linewidth=0, label=style.word("more"))
        axes.legend(frameon=False, loc="upper right")
    axes.set_xlim(0.5, dear.height + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel(style.word("rank"))
    axes.set_ylabel(style.word("points"))


def _dearest(axes: Axes, dear: pl.DataFrame, style: Style) -> None:
    """Worth in this plan as bars; what is proved of the best plan as a line, as far as the axis goes."""
    column = "name" if "name" in dear.columns else "opportunity_id"
    names = [f"{name} (+1)" if more else str(name) for name, more in dear.select(column, "recommendations").iter_rows()]
    at = np.arange(dear.height)[::-1]
    axes.barh(at, dear["worth"].to_numpy(), color=_BLUE, height=0.7)
    limits = axes.get_xlim()
    axes.hlines(at, dear["worth_low"].to_numpy(), dear["worth_high"].to_numpy(), color=_DARK, linewidth=1)
    axes.set_xlim(limits)
    axes.set_yticks(at, names)
    axes.set_xlabel(style.word("points"))
    axes.set_title(style.word("most"), fontsize=11, color=_DARK)
