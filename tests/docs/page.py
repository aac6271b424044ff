"""Run a page of the documentation: its files are written, its commands run, and what it shows is compared.

A block is followed in the order of the page. ``` and a language and the name of a file: the file is written, or
compared if a command has made it; with the word `mended` behind the name, a file that a command has made is replaced.
A name that ends in .xlsx is a workbook with the rows of the block. ```console: lines that begin with `$ ` are
commands, the others what they print; `status=1` behind it is their exit status. A line `…` stands for any lines, and
`…` in a line for any rest of it.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
from pathlib import Path

import xlsxwriter

from talentcity import cli

_BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def run_page(page: Path, capsys) -> int:
    """Run every block of a page in the current folder; the number of commands that were run."""
    commands = 0
    for language, about, body in _BLOCK.findall(page.read_text(encoding="utf-8")):
        words = about.split()
        if language == "console":
            status = int(words[0].removeprefix("status=")) if words else 0
            commands += _run(body, status, capsys)
        elif words:
            _file(Path(words[0]), body, mended="mended" in words[1:])
    return commands


def _file(path: Path, body: str, *, mended: bool) -> None:
    if path.exists() and not mended:
        assert _alike(path.read_text(encoding="utf-8"), body), f"{path.name} is\n{path.read_text(encoding='utf-8')}"
    elif path.suffix == ".xlsx":
        _workbook(path, body)
    else:
        path.write_text(body, encoding="utf-8")


def _workbook(path: Path, body: str) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(csv.reader(io.StringIO(body))):
            sheet.write_row(at, 0, row)


def _run(body: str, status: int, capsys) -> int:
    given = re.split(r"^\$ talentcity ", body, flags=re.MULTILINE)[1:]
    for each in given:
        command, _, said = each.partition("\n")
        capsys.readouterr()
        assert (command, cli.main(shlex.split(command))) == (command, status)
        printed = capsys.readouterr()
        assert _alike(printed.out + printed.err, said), f"{command} prints\n{printed.out}{printed.err}"
    return len(given)


def _alike(real: str, shown: str) -> bool:
    """Whether what is shown is what there is, apart from seconds and from what `…` leaves out."""
    lines = _without_seconds(shown).splitlines(keepends=True)
    some = ("(?:.*\n)*?" if line == "…\n" else re.escape(line).replace("…", "[^\n]*") for line in lines)
    return re.fullmatch("".join(some), _without_seconds(real)) is not None


def _without_seconds(text: str) -> str:
    return re.sub(r"\d+\.\d+ s\b", "0 s", text)
