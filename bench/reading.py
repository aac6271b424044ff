"""Draw real adverts to be read by a person, and count how often the readers agree with that person.

    python bench/reading.py draw zh_jobads.parquet OUT.tsv --rows 500 --seed 3 [--not EARLIER.tsv ...]
    python bench/reading.py compare zh_jobads.parquet MAPPING.toml TRUTH.tsv [--wrong]

`draw` writes the fields as they stand in the sheet, stratified over its sources (a tenth of the draw, or all there are,
from each source; the rest by size). The person writes, before seeing what was read, one line an advert: its row, then
wage_min, wage_max, education, experience and place as the tables write them ("-" where nothing is said).
`compare` counts the agreements of each fact, with Wilson's 95 % interval, in all and by source.

Neither file belongs in the repository: adverts are other people's texts.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from talentcity.tables import POSTINGS
from talentcity.tables.mapping import read_mapped
from talentcity.text.confidence import wilson

FACTS = ("wage_min", "wage_max", "education_min", "experience_min", "district")
SHOWN = ("src", "title", "salary", "exp", "edu", "city", "headcount", "desc")
LEAST_SHARE = 0.1  # of the draw, from each source: small sources have notations of their own


def shares(sizes: list[int], rows: int) -> list[int]:
    """How many of `rows` each source gives.

    Example:
        >>> shares([10, 100, 900], 100)
        [10, 17, 73]
    """
    least = [min(size, round(rows * LEAST_SHARE)) for size in sizes]
    left = rows - sum(least)
    open_sizes = [size - base for size, base in zip(sizes, least, strict=True)]
    parts = [base + left * size // sum(open_sizes) for base, size in zip(least, open_sizes, strict=True)]
    parts[int(np.argmax(sizes))] += rows - sum(parts)
    return parts


def draw(sheet: pl.DataFrame, rows: int, seed: int, without: set[int]) -> pl.DataFrame:
    """Rows of the sheet, numbered from 1 as the mapping numbers them, in the order of their sources."""
    numbered = sheet.with_row_index("row", offset=1).filter(~pl.col("row").is_in(list(without)))
    sources = numbered["src"].unique().sort().to_list()
    sizes = [numbered.filter(pl.col("src") == source).height for source in sources]
    chance = np.random.default_rng(seed)
    drawn: list[pl.DataFrame] = []
    for source, part in zip(sources, shares(sizes, rows), strict=True):
        own = numbered.filter(pl.col("src") == source)
        drawn.append(own[np.sort(chance.choice(own.height, part, replace=False)).tolist()])
    return pl.concat(drawn).select("row", *SHOWN)


def compare(sheet: Path, mapping: Path, truth: pl.DataFrame) -> pl.DataFrame:
    """One row an advert and fact: what the person wrote, what was read, whether they agree."""
    frame = pl.read_parquet(sheet).with_row_index("row", offset=1).join(truth.select("row"), on="row")
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, "part.parquet")
        frame.drop("row").write_parquet(part)
        mapped = read_mapped(part, POSTINGS, mapping)
    place = mapped.table["posting_id"].str.extract(r"(\d+)$").cast(pl.Int64) - 1
    read = mapped.table.select(*FACTS).with_columns(frame["row"].gather(place).alias("row"))
    long = pl.concat([_long(truth, "true"), _long(read, "read")], how="align").drop_nulls("true")
    return long.join(frame.select("row", "src"), on="row").with_columns(
        (pl.col("true") == pl.col("read").fill_null("refused")).alias("right")
    )


def _long(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    cells = [pl.col(fact).cast(pl.String).fill_null("-").str.replace(r"\.0$", "") for fact in FACTS]
    return frame.select(pl.col("row").cast(pl.UInt32), *cells).unpivot(
        index="row", variable_name="fact", value_name=name
    )


def report(long: pl.DataFrame, by: list[str]) -> list[str]:
    """Lines `what: right of checked (share, interval)`."""
    counted = long.group_by(by, maintain_order=True).agg(pl.col("right").sum(), pl.len().alias("checked"))
    lines = []
    for *names, right, checked in counted.iter_rows():
        low, high = wilson(right, checked)
        lines.append(
            f"{' '.join(names):<60} {right:>5} of {checked:>5}  {right / checked:6.1%}  [{low:.1%}, {high:.1%}]"
        )
    return lines


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    drawing = verbs.add_parser("draw")
    drawing.add_argument("sheet", type=Path)
    drawing.add_argument("out", type=Path)
    drawing.add_argument("--rows", type=int, default=500)
    drawing.add_argument("--seed", type=int, default=3)
    drawing.add_argument("--not", dest="without", type=Path, nargs="*", default=[])
    comparing = verbs.add_parser("compare")
    comparing.add_argument("sheet", type=Path)
    comparing.add_argument("mapping", type=Path)
    comparing.add_argument("truth", type=Path)
    comparing.add_argument("--wrong", action="store_true", help="list the rows that disagree")
    return parser


def main() -> None:
    """Draw, or compare."""
    asked = arguments().parse_args()
    if asked.verb == "draw":
        without = {row for path in asked.without for row in pl.read_csv(path, separator="\t")["row"]}
        draw(pl.read_parquet(asked.sheet), asked.rows, asked.seed, without).write_csv(asked.out, separator="\t")
        return
    truth = pl.read_csv(asked.truth, separator="\t", infer_schema=False).with_columns(pl.col("row").cast(pl.UInt32))
    long = compare(asked.sheet, asked.mapping, truth)
    print("\n".join(report(long, ["fact"]) + report(long, ["fact", "src"])))
    if asked.wrong:
        with pl.Config(tbl_rows=-1, fmt_str_lengths=60):
            print(long.filter(~pl.col("right")))


if __name__ == "__main__":
    main()
