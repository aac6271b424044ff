"""Files of any size in bounded memory: a CSV of 2 GB in UTF-8 and in GB18030, JSON lines, and the longest Excel sheet.

    python bench/files.py [--gigabytes 2] [--sheet-rows 1048576]

Each file is made in a temporary folder, read in a process of its own by `read_parts`, and by peers that do less: the
csv module splits rows and keeps nothing, polars.read_csv and fastexcel (if it is installed) hold the whole file in
memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from talentcity.tables import read_parts, write_table

HEADINGS = ("编号", "单位", "岗位", "工作内容", "地区", "最低工资", "最高工资", "人数", "发布日期", "备注")
TEXT = "负责产线设备的日常点检与保养，按工艺要求完成装配，认真填写记录；包吃住，五险一金。"


def line(at: int) -> tuple[str, ...]:
    """The cells of one record; some hold commas, quotation marks or line breaks."""
    text = TEXT if at % 10 else f'{TEXT}\n要求："能倒班", 会看图'
    return (
        f"{at:09}", f"第{at % 9973}厂", "装配工", text, "渝北区", str(4000 + at % 900), str(6000 + at % 900),
        str(at % 9 + 1), "2026-03-01", "",
    )  # fmt: skip


def make_csv(path: Path, size: int, encoding: str) -> None:
    """A CSV of about so many bytes; a block of rows is repeated, for speed."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADINGS)
        writer.writerows(map(line, range(20_000)))
    block = path.read_bytes().partition(b"\n")[2]
    with path.open("ab") as out:
        while out.tell() < size:
            out.write(block)


def make_json_lines(path: Path, size: int) -> None:
    """JSON lines of about so many bytes."""
    write_table(pl.DataFrame([line(at) for at in range(20_000)], schema=list(HEADINGS), orient="row"), path)
    block = path.read_bytes()
    with path.open("ab") as out:
        while out.tell() < size:
            out.write(block)


def make_sheet(path: Path, rows: int) -> None:
    """A workbook with so many rows, the header among them."""

    def xml() -> Iterator[str]:
        yield '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        for row in range(1, rows + 1):
            cells = HEADINGS if row == 1 else line(row)
            texts = (
                f"<c r='{chr(65 + at)}{row}'><v>{cell}</v></c>" if row > 1 and 5 <= at <= 7 else
                f"<c r='{chr(65 + at)}{row}' t='inlineStr'><is><t>{cell}</t></is></c>"
                for at, cell in enumerate(cells) if cell
            )  # fmt: skip
            yield f"<row r='{row}'>{''.join(texts).replace('&', '&amp;')}</row>"
        yield "</sheetData></worksheet>"

    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" '
            'ContentType="application/xml"/></Types>',
        )
        for folder, kind, target in (
            ("", "officeDocument", "xl/workbook.xml"),
            ("xl/", "worksheet", "worksheets/1.xml"),
        ):
            name = f"{folder}_rels/{'workbook.xml' if folder else ''}.rels"
            archive.writestr(
                name,
                f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{related}/{kind}" Target="{target}"/>'
                "</Relationships>",
            )
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{related}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/1.xml", "w", force_zip64=True) as out:
            for piece in xml():
                out.write(piece.encode())


def by_parts(path: str) -> int:
    """What is measured."""
    return sum(part.frame.height for part in read_parts(path))


def by_csv_module(path: str) -> int:
    """Python's csv module: rows as lists, thrown away at once."""
    encoding = "gb18030" if "gb18030" in path else "utf-8"
    with Path(path).open(encoding=encoding, newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def by_polars_whole(path: str) -> int:
    """polars.read_csv: the whole file in memory."""
    return pl.read_csv(path, infer_schema=False).height


def by_polars_json(path: str) -> int:
    """polars.read_ndjson: the whole file in memory."""
    return pl.read_ndjson(path).height


def by_fastexcel(path: str) -> int:
    """fastexcel: the whole sheet in memory, dates as numbers, errors as empty cells."""
    import fastexcel

    return fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_polars().height


WAYS: dict[str, Callable[[str], int]] = {
    "read_parts": by_parts, "csv module": by_csv_module, "polars.read_csv": by_polars_whole,
    "polars.read_ndjson": by_polars_json, "fastexcel": by_fastexcel,
}  # fmt: skip


def measure(way: str, path: Path) -> None:
    """Read in a process of its own and print one row."""
    found = subprocess.run(
        [sys.executable, __file__, "--way", way, str(path)], capture_output=True, text=True, check=False
    )
    if found.returncode:
        print(f"| {path.name} | {way} | not run: {found.stderr.strip().splitlines()[-1]} | | | | |", flush=True)
        return
    done = json.loads(found.stdout)
    size = path.stat().st_size / 1e6
    print(
        f"| {path.name}, {size:,.0f} MB | {way} | {done['rows']:,} | {done['wall']:.1f} | {done['cpu']:.1f} | "
        f"{size / done['cpu']:.0f} | {done['peak']:,.0f} |",
        flush=True,
    )


def read_and_tell(way: str, path: str) -> None:
    """The work of one process."""
    wall, cpu = time.perf_counter(), time.process_time()
    rows = WAYS[way](path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "wall": wall, "cpu": cpu, "peak": peak}))


def main() -> None:
    """Compare, or be one of the processes that are compared."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--gigabytes", type=float, default=2.0)
    words.add_argument("--sheet-rows", type=int, default=1_048_576)
    words.add_argument("--way", nargs=2)
    order = words.parse_args()
    if order.way:
        read_and_tell(*order.way)
    else:
        compare(int(order.gigabytes * 1e9), order.sheet_rows)


def compare(size: int, sheet_rows: int) -> None:
    """Make the files one by one and measure."""
    print("| file | way | rows | wall s | CPU s | MB per CPU s | peak MiB |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    tasks: list[tuple[str, Callable[[Path], None], tuple[str, ...]]] = [
        ("utf-8.csv", lambda path: make_csv(path, size, "utf-8"), ("read_parts", "csv module", "polars.read_csv")),
        ("gb18030.csv", lambda path: make_csv(path, size, "gb18030"), ("read_parts", "csv module")),
        ("lines.jsonl", lambda path: make_json_lines(path, size // 4), ("read_parts", "polars.read_ndjson")),
        ("sheet.xlsx", lambda path: make_sheet(path, sheet_rows), ("read_parts", "fastexcel")),
    ]
    for name, make, ways in tasks:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            make(path)
            for way in ways:
                measure(way, path)


if __name__ == "__main__":
    main()
