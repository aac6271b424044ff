"""Web and worker as real processes: they answer, and they end together."""

import contextlib
import http.client
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from talentcity.cli import main
from talentcity.errors import InvalidOption
from talentcity.office import boot
from talentcity.office.serving import listening


def environment(home, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TALENTCITY_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "TALENTCITY_HOME": str(home), "TALENTCITY_DEMO_CITY": "1", **more}


@pytest.fixture
def command():
    """Start `talentcity` with some words and a data folder; what still runs after the test is ended."""
    started = []

    def start(home, *words, **more):
        process = subprocess.Popen(
            [sys.executable, "-m", "talentcity", *words], env=environment(home, **more), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def children(pid):
    """Processes started by this one and still there, by the lists that Linux keeps; skips elsewhere."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        pytest.skip("the system keeps no list of children")


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_office_answers_starts_a_dead_worker_again_and_ends_as_a_whole(command, tmp_path, number):
    served = command(tmp_path, "serve", "--port", "8600")
    address = served.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:86"), served.stderr.read()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=20) as answer:
        page, headers = answer.read().decode(), answer.headers
    assert answer.status == 200
    assert "<html" in page
    assert sorted(headers["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'", "default-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'",
    ]  # fmt: skip
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"], headers["Referrer-Policy"]) == (
        "nosniff", "DENY", "same-origin",
    )  # fmt: skip
    (worker,) = children(served.pid)
    os.kill(worker, signal.SIGKILL)
    assert served.stderr.readline() == "talentcity serve: the worker ended with status -9; it is started again.\n"
    served.send_signal(number)
    out, err = served.communicate(timeout=30)
    assert (served.returncode, out, err) == (0, "", "")
    assert is_gone(worker)
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_worker_ends_on_its_own_when_the_office_was_killed(command, tmp_path):
    served = command(tmp_path, "serve", "--port", "8600")
    assert served.stdout.readline().startswith("http://"), served.stderr.read()
    (worker,) = children(served.pid)
    served.kill()
    served.wait()
    served.communicate(timeout=30)  # returns when the last process that holds its output has ended
    assert is_gone(worker)


def test_office_behind_an_https_proxy_answers_it_and_sends_everybody_else_on(command, tmp_path):
    served = command(
        tmp_path, "serve", "--no-worker", "--port", "8600", TALENTCITY_HTTPS="1", TALENTCITY_HOSTS="office.example"
    )
    address = served.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:86"), served.stderr.read()

    def ask(**headers):
        host, port = urllib.parse.urlsplit(address).netloc.split(":")
        asked = http.client.HTTPConnection(host, int(port), timeout=20)
        with contextlib.closing(asked):
            asked.request("GET", "/", headers={"Host": "office.example", **headers})
            answer = asked.getresponse()
            return answer.status, answer.getheader("Location"), answer.getheader("Strict-Transport-Security")

    assert ask(**{"X-Forwarded-Proto": "https"}) == (200, None, "max-age=31536000")
    assert ask() == (301, "https://office.example/", None)


def test_next_free_port_is_taken():
    with listening("127.0.0.1", 8700) as first, listening("127.0.0.1", 8700) as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= 8700


def test_host_of_another_machine_is_refused():
    with pytest.raises(InvalidOption) as refusal:
        listening("192.0.2.1", 8700)
    assert str(refusal.value).startswith("--host 192.0.2.1, port 8700: ")


def test_port_beyond_the_last_one_is_refused():
    with pytest.raises(InvalidOption) as refusal:
        listening("127.0.0.1", 70_000)
    assert str(refusal.value) == "--port 70000 is not a port; expected 1 to 65535."


def test_manage_hands_its_words_to_django(command, tmp_path):
    ran = command(tmp_path, "manage", "migrate", "--check")
    out, _ = ran.communicate(timeout=60)
    assert ran.returncode == 1  # a new data folder: everything is still to be migrated
    assert out == ""
    ran = command(tmp_path, "manage", "no_such_command")
    _, err = ran.communicate(timeout=60)
    assert ran.returncode == 1
    assert err.startswith("Unknown command: 'no_such_command'")


def test_data_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TALENTCITY_HOME", str(tmp_path / "file" / "home"))
    assert main(["serve"]) == 2
    assert capsys.readouterr().err == (
        f"talentcity serve: {tmp_path}/file/home cannot be written: Not a directory; set TALENTCITY_HOME.\n"
    )


def test_secret_key_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("TALENTCITY_HOME", str(tmp_path / "home"))
    boot.start()
    made = (tmp_path / "home" / "secret-key").read_text()
    boot.start()
    assert (tmp_path / "home" / "secret-key").read_text() == made
    assert len(made.strip()) > 50


def test_wrong_day_in_the_environment_is_named(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "talentcity", "worker"], capture_output=True, text=True, check=False,
        env={**environment(tmp_path), "TALENTCITY_ON": "31 February"},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (
        2, "talentcity worker: TALENTCITY_ON is '31 February'; expected a day such as 2026-09-01.\n",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["serve", "worker"])
def test_promise_that_no_page_could_show_is_named_at_the_start(command, tmp_path, word):
    ran = command(tmp_path, word, TALENTCITY_PROMISE=str(tmp_path / "none.toml"))
    out, err = ran.communicate(timeout=60)
    said = f"talentcity {word}: {tmp_path}/none.toml cannot be read: No such file or directory.\n"
    assert (ran.returncode, out, err) == (2, "", said)


def test_folder_that_demo_did_not_make_is_left_alone(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine")
    assert main(["demo", "--people", "10", "--dir", str(tmp_path), "--no-serve"]) == 2
    assert capsys.readouterr().err == (
        f"talentcity demo: --dir {tmp_path} was not made by `talentcity demo`, and its content would be lost; "
        "name another folder, or empty it.\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_demo_that_cannot_be_made_leaves_the_earlier_one(tmp_path, capsys):
    (tmp_path / ".talentcity-demo").write_text("made by talentcity demo")
    (tmp_path / "office.sqlite3").write_text("the earlier one")
    assert main(["demo", "--people", "1", "--dir", str(tmp_path), "--no-serve", "--quiet"]) == 2
    assert capsys.readouterr().err.startswith("talentcity demo: ")
    assert (tmp_path / "office.sqlite3").read_text() == "the earlier one"


def ask_for_a_plan(address):
    """As a planner on the pages."""
    cookies = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def post(page, path, **words):
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        body = urllib.parse.urlencode({**words, "csrfmiddlewaretoken": token}).encode()
        with opener.open(address + path, data=body, timeout=20) as answer:
            return answer.read().decode()

    with opener.open(address, timeout=20) as answer:
        page = answer.read().decode()
    page = post(page, "demo/sign-in/", role="planner")
    post(page, "overview/plans/")


def await_run(folder, run, seconds=60):
    """How a run ended and at which attempt, as its row in the database says."""
    pause = threading.Event()
    for _ in range(seconds * 5):
        with contextlib.closing(sqlite3.connect(folder / "office.sqlite3", timeout=30)) as database:
            row = database.execute(
                "SELECT published_at, failed_at, failure, attempts FROM planning_planrun WHERE id = ?", [run]
            ).fetchone()
        if row is not None and (row[0] or row[1]):
            return ("published" if row[0] else row[2], row[3])
        pause.wait(0.2)
    return ("still running", None)


def test_demo_makes_a_city_anew_says_each_step_and_serves_it(command, tmp_path):
    folder = tmp_path / "demo"
    words = ("demo", "--people", "100", "--dir", str(folder), "--port", "8600")
    ran = command(tmp_path, *words, "--no-serve")
    first, err = ran.communicate(timeout=120)
    assert (ran.returncode, err) == (0, "")
    (folder / "left over").write_text("by an earlier one")
    ran = command(tmp_path, *words)
    lines = []
    for line in ran.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("http://"):
            break
    ask_for_a_plan(lines[-1])
    assert await_run(folder, 2) == ("published", 1)
    ran.send_signal(signal.SIGINT)
    rest, err = ran.communicate(timeout=30)
    assert (ran.returncode, rest, err) == (0, "", "")
    assert not (folder / "left over").exists()

    def without_seconds(lines):
        said = [line for line in lines if not line.startswith(("Done in", "Sign in", "http"))]
        return [re.sub(r"^ *[0-9.]+ s  ", "", line) for line in said]

    assert without_seconds(lines) == without_seconds(first.splitlines())
    assert "sampled: 100 seekers, " in lines[1]
    text = "\n".join(lines)
    for words in ("adverts screened", "people matched", "recommendations planned", "plan loaded and published"):
        assert words in text
    assert "Self-check of the guard against the violations planted in this sample" in text


def test_socket_of_listening_answers():
    with listening("127.0.0.1", 8700) as sock, socket.create_connection(sock.getsockname(), timeout=5) as asked:
        assert asked.getpeername() == sock.getsockname()


@pytest.mark.long
def test_plan_run_of_a_killed_worker_comes_back_and_is_published(command, tmp_path):
    """kill -9 on the worker and everything below it, in the middle of a run: the queue gives the task back."""
    folder = tmp_path / "demo"
    ran = command(tmp_path, "demo", "--people", "2000", "--dir", str(folder), "--port", "8800")
    address = next(line.strip() for line in ran.stdout if line.startswith("http://"))
    ask_for_a_plan(address)
    pause = threading.Event()
    for _ in range(300):
        with contextlib.closing(sqlite3.connect(folder / "office.sqlite3", timeout=30)) as database:
            row = database.execute("SELECT started_at FROM planning_planrun WHERE id = 2").fetchone()
        if row is not None and row[0]:
            break
        pause.wait(0.1)
    below = family(ran.pid)
    assert len(below) >= 2
    for pid in below:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert await_run(folder, 2, seconds=240) == ("published", 2)
    ran.send_signal(signal.SIGINT)
    ran.communicate(timeout=60)
    assert ran.returncode == 0


def family(pid):
    """Every process below this one."""
    return [each for child in children(pid) for each in (child, *family(child))]
