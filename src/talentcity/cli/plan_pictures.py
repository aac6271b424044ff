"""Where what is missing, and the pictures of a plan: the part of `talentcity plan` that reads labels and draws."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talentcity.errors import InvalidOption

if TYPE_CHECKING:
    import polars as pl

    from talentcity.plan import Plan

LABELS_SHOWN = 3
_NAMES = ("recommendations", "shortage", "prices")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of this part."""
    add = parser.add_argument_group("where what is missing, and pictures").add_argument
    add(
        "--person-labels",
        metavar="FILE",
        help="table of person_id and one or two labels, such as district and occupation, with --opportunity-labels: "
        "the summary, --certificate and --pictures then say where what is missing",
    )
    add("--opportunity-labels", metavar="FILE", help="table of opportunity_id and the same labels")
    add(
        "--pictures",
        metavar="DIR",
        help=f"folder for pictures: {', '.join(_NAMES)} (the second needs the labels; "
        "the third is left out with a minimum or congestion, where places of one opportunity differ)",
    )
    add("--picture-form", choices=("svg", "png"), default="svg", help="how pictures are written (default svg)")
    add("--picture-language", choices=("en", "zh"), default="en", help="language of the pictures (default en)")
    add("--picture-note", default="", metavar="TEXT", help='a line under every picture, such as "synthetic data"')


Labels = tuple["pl.DataFrame", "pl.DataFrame"]


def labels(args: argparse.Namespace) -> Labels | None:
    """The labels of persons and of opportunities, read before anything is solved.

    Raises:
        InvalidOption: one table is given without the other, or there are more labels than a picture can show.
        UnreadableFile: a table cannot be read.
    """
    if args.person_labels is None and args.opportunity_labels is None:
        return None
    if args.person_labels is None or args.opportunity_labels is None:
        raise InvalidOption("--person-labels and --opportunity-labels belong together; give both or none.")
    from talentcity.tables.files import read_whole

    persons, opportunities = read_whole(args.person_labels).frame, read_whole(args.opportunity_labels).frame
    if args.pictures is not None and persons.width > 3:
        raise InvalidOption(
            f"--person-labels has the labels {', '.join(persons.drop('person_id', strict=False).columns)}; "
            "a picture shows one or two. Leave the others out, or --pictures."
        )
    return persons, opportunities


def files(args: argparse.Namespace) -> list[tuple[str, str | None]]:
    """What will be written, for the check of outputs."""
    return [("--pictures", str(path)) for path in _paths(args)]


def sums(plan: Plan, given: Labels | None) -> pl.DataFrame | None:
    """What is missing by label, if there are labels.

    Raises:
        InvalidTable: the tables of labels do not fit the plan or each other.
    """
    return None if given is None else plan.certificate().by(*given)


def lines(missing: pl.DataFrame | None) -> Iterator[str]:
    """The labels that miss most, for the summary."""
    if missing is None:
        return
    short = missing.filter(missing["missing"] > 0)
    names = short.columns[: short.columns.index("persons")]
    for row in short.head(LABELS_SHOWN).iter_rows(named=True):
        where = ", ".join("not given" if row[name] is None else str(row[name]) for name in names)
        yield (
            f"  {where}: {row['missing']:,} missing ({row['persons_short']:,} of {row['persons']:,} persons are "
            f"short); {row['full_places']:,} of {row['places']:,} places there are full and wanted by who is short"
        )
    if short.height > LABELS_SHOWN:
        yield f"  … and {short.height - LABELS_SHOWN:,} more where something is missing"


def drawn(args: argparse.Namespace, plan: Plan, missing: pl.DataFrame | None) -> list[tuple[Path, bytes]]:
    """Each picture, and where it goes.

    Raises:
        InvalidOption: a PNG needs Chinese characters that no font here has.
    """
    if args.pictures is None:
        return []
    from talentcity.plan import pictures

    style = pictures.Style(language=args.picture_language, note=args.picture_note)
    figures: dict[str, Any] = {"recommendations": pictures.recommendations(_without_a_plan(plan), _counts(plan), style)}
    if plan.problem.minimum is None and plan.problem.congestion is None:
        figures["prices"] = pictures.prices(plan.prices().frame, style)
    if missing is not None:
        figures["shortage"] = pictures.shortage(missing, style)
    return [
        (path, pictures.picture(figures[path.stem], args.picture_form)) for path in _paths(args) if path.stem in figures
    ]


def _paths(args: argparse.Namespace) -> list[Path]:
    if args.pictures is None:
        return []
    names = [name for name in _NAMES if name != "shortage" or args.person_labels is not None]
    return [Path(args.pictures) / f"{name}.{args.picture_form}" for name in names]


def _counts(plan: Plan) -> list[int]:
    counts: Any = plan.report["persons_by_count"]
    return list(counts)


def _without_a_plan(plan: Plan) -> list[int]:
    """Persons by number of recommendations if the best scores came first; fixed pairs count here, too."""
    from talentcity.plan.greedy import greedy

    problem = plan.problem
    given = greedy(problem).given + problem.fixed_given
    return [int((given == number).sum()) for number in range(problem.per_person + 1)]
