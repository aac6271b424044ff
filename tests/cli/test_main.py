"""The command itself: help, exit status, errors and defects."""

from __future__ import annotations

import subprocess
import sys

import pytest

from talentcity import __version__, cli
from talentcity.errors import InvalidOption

CAPACITY_HEADER = "opportunity_id,capacity\n"


def run_main(*words: str) -> int:
    """Exit status of `talentcity WORDS`, also where the argument parser ends the process itself."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return int(end.code or 0)


def test_help_names_every_command_of_the_contract(capsys):
    assert run_main("--help") == 0
    shown = capsys.readouterr().out
    listed = [line.split()[0] for line in shown.splitlines() if line.startswith("    ") and line[4] != " "]
    assert listed == list(cli.COMMANDS)


@pytest.mark.parametrize("command", [name for name in cli.COMMANDS if name != "manage"])
def test_every_command_explains_itself(command, capsys):
    assert run_main(command, "--help") == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: talentcity {command}")
    assert "--quiet" in shown


def test_version(capsys):
    assert run_main("--version") == 0
    assert capsys.readouterr().out == f"talentcity {__version__}\n"


def test_unknown_command_is_wrong_input(capsys):
    assert run_main("mach") == 2
    assert "invalid choice: 'mach'" in capsys.readouterr().err


def test_a_users_mistake_is_one_message_and_status_2(tmp_path, capsys):
    absent = tmp_path / "postings.csv"
    assert run_main("guard", str(absent), "--out", str(tmp_path / "findings.csv")) == 2
    assert capsys.readouterr().err == f"talentcity guard: {absent}: there is no such file.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_defect_says_what_to_report_and_leaves_with_70(monkeypatch, capsys):
    def broken(_args):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("talentcity.cli.guard_command.run", broken)
    assert run_main("guard", "postings.csv", "--out", "findings.csv") == 70
    error = capsys.readouterr().err
    assert "ZeroDivisionError: a defect" in error
    assert f"Please report the lines above with: talentcity {__version__}" in error


def test_ctrl_c_is_not_a_defect(monkeypatch, capsys):
    def stopped(_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("talentcity.cli.guard_command.run", stopped)
    assert run_main("guard", "postings.csv", "--out", "findings.csv") == 130
    assert capsys.readouterr().err == "talentcity guard: stopped; nothing half-written is left behind.\n"


def test_an_error_of_ours_keeps_its_message(monkeypatch, capsys):
    def refused(_args):
        raise InvalidOption("--top is 0; expected at least 1.")

    monkeypatch.setattr("talentcity.cli.match_command.run", refused)
    assert run_main("match", "seekers.csv", "postings.csv", "--out", "pairs.csv") == 2
    assert capsys.readouterr().err == "talentcity match: --top is 0; expected at least 1.\n"


def test_help_imports_no_engine_and_no_web():
    """`talentcity --help` answers at once: nothing heavy is imported for it."""
    code = (
        "import sys\n"
        "from talentcity.cli import arguments\n"
        "arguments().format_help()\n"
        "heavy = {'polars', 'numpy', 'scipy', 'ortools', 'django', 'ahocorasick'} & set(sys.modules)\n"
        "print(sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
