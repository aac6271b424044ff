"""How fast tables are taken into the office: `make bench-load`, or `python bench/load.py [PEOPLE ...] [--tables DIR]`.

A sample city of each size is loaded into a fresh database with every check, index and constraint. The peers do the same
in the same run: Django's `bulk_create` (at up to 100,000 people), and COPY of ready CSV files, which reads, checks and
looks up nothing and is the floor. PostgreSQL is the server that DATABASE_URL names, else one that is started for the
run; a database `talentcity_bench_load` on it is dropped and made anew. Each way runs in a process of its own, so that
its memory is its own; processor time is that of this process and of the one that serves it in PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

DATABASE = "talentcity_bench_load"
KINDS = ("seekers", "employers", "postings", "vacancies", "sessions", "deliveries")
SIZES = (100_000, 1_000_000)
MOST_OBJECTS = 100_000  # people; `bulk_create` takes too long beyond it
HEAD = f"{'way':<34} {'people':>9} {'rows':>10} {'wall s':>8} {'CPU s':>8} {'rows/s':>8} {'MiB':>6}"


class Clock:
    """Wall and processor time of this process and its server process."""

    def __init__(self) -> None:
        from django.db import connection

        connection.ensure_connection()
        info = getattr(connection.connection, "info", None)
        self._server = Path(f"/proc/{info.backend_pid}/stat") if info else None
        self.start()

    def _cpu(self) -> float:
        mine = time.process_time()
        if self._server is None or not self._server.exists():
            return mine
        ticks = self._server.read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
        return mine + (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")

    def start(self) -> None:
        """Begin to count."""
        self._wall, self._used = time.perf_counter(), self._cpu()

    def stop(self) -> tuple[float, float]:
        """Seconds of wall and processor time since the start."""
        return time.perf_counter() - self._wall, self._cpu() - self._used


def office() -> None:
    """The office of this process, with its tables."""
    from talentcity.office import boot

    boot.start()
    boot.migrate()


def by_import(folder: Path, _floor: Path, show: Callable[[str, int, float, float], None]) -> None:
    """As `talentcity import` does it, one file after another."""
    from talentcity.office.records.domain.imports import import_parts
    from talentcity.tables import SCHEMAS
    from talentcity.tables.mapping import read_plain_parts

    clock = Clock()
    for kind in KINDS:
        clock.start()
        path = folder / f"{kind}.parquet"
        done = import_parts(kind, read_plain_parts(path, SCHEMAS[kind]), file=path.name)
        show(kind, done.rows, *clock.stop())


def by_objects(folder: Path, _floor: Path, show: Callable[[str, int, float, float], None]) -> None:
    """As Django does it: an object of each row, `bulk_create` in batches, keys looked up in dicts."""
    import polars as pl
    from django.db import transaction
    from django.utils import timezone

    from talentcity.office.promises.models import Delivery
    from talentcity.office.records.models import Employer, Posting, Seeker, Session, Vacancy

    clock = Clock()
    models = (Seeker, Employer, Posting, Vacancy, Session, Delivery)
    for kind, model in zip(KINDS, models, strict=True):
        clock.start()
        rows = pl.read_parquet(folder / f"{kind}.parquet").rows(named=True)
        with transaction.atomic():
            if kind == "postings":
                employers = dict(Employer.objects.values_list("employer_id", "pk"))
                rows = [{**row, "employer_id": employers.get(row["employer_id"])} for row in rows]
            if kind == "sessions":
                zone = timezone.get_default_timezone()
                local = ("starts_at", "ends_at")
                rows = [{**row, **{name: row[name].replace(tzinfo=zone) for name in local}} for row in rows]
            if kind == "deliveries":
                people, acts = dict(Seeker.objects.values_list("seeker_id", "pk")), {}
                for row in sorted(rows, key=lambda row: row["corrects"] is not None):
                    taken_back = row.pop("corrects")
                    row["seeker_id"] = people[row.pop("person_id")]
                    row["corrects"] = acts.get(taken_back)
                    acts[row["delivery_id"]] = model(**row)
                made = [one for one in acts.values() if one.corrects is None]
                model.objects.bulk_create(made, batch_size=5_000)
                taking = [one for one in acts.values() if one.corrects is not None]
                for one in taking:
                    one.corrects_id = one.corrects.pk
                model.objects.bulk_create(taking, batch_size=5_000)
            else:
                named = [row.pop("posting_ids", ()) for row in rows]
                made = model.objects.bulk_create([model(**row) for row in rows], batch_size=5_000)
            if kind == "vacancies":
                postings, link = dict(Posting.objects.values_list("posting_id", "pk")), Vacancy.postings.through
                links = [
                    link(vacancy_id=vacancy.pk, posting_id=postings[one])
                    for vacancy, ids in zip(made, named, strict=True)
                    for one in ids
                ]
                link.objects.bulk_create(links, batch_size=5_000)
        show(kind, len(rows), *clock.stop())


def tables_of_the_office() -> list[tuple[str, str]]:
    """Kind and table in the database, in the order in which they build on each other."""
    from talentcity.office.promises.models import Delivery
    from talentcity.office.records.models import Employer, Posting, Seeker, Session, Vacancy

    models = (Seeker, Employer, Posting, Vacancy, Session, Delivery)
    named = [(kind, model._meta.db_table) for kind, model in zip(KINDS, models, strict=True)]
    named.insert(4, ("", Vacancy.postings.through._meta.db_table))
    return named


def dump(floor: Path) -> None:
    """Write the tables of the database as CSV, for the floor."""
    from django.db import connection

    with connection.cursor() as cursor:
        for _, table in tables_of_the_office():
            sql = f"COPY {table} TO STDOUT (FORMAT csv, HEADER)"
            with (floor / f"{table}.csv").open("wb") as file, cursor.copy(sql) as copy:
                file.writelines(copy)


def by_copy(_folder: Path, floor: Path, show: Callable[[str, int, float, float], None]) -> None:
    """COPY of ready CSV files with all keys in them: what PostgreSQL itself needs."""
    from django.db import connection, transaction

    clock, rows = Clock(), 0
    for kind, table in tables_of_the_office():
        clock.start()
        path = floor / f"{table}.csv"
        with path.open("rb") as file:
            columns = ", ".join(f'"{name}"' for name in file.readline().decode().strip().split(","))
            file.seek(0)
            with transaction.atomic(), connection.cursor() as cursor:
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv, HEADER)") as copy:
                    while block := file.read(1 << 20):
                        copy.write(block)
                rows = cursor.rowcount
        show(kind, rows if kind else 0, *clock.stop())


WAYS = {
    "import": ("talentcity import", by_import),
    "objects": ("bulk_create of model objects", by_objects),
    "copy": ("COPY of ready CSV (floor)", by_copy),
}


def one(way: str, folder: Path, floor: Path, people: int, *, where: str) -> None:
    """One way in this process: a line for each table, and one for all."""
    office()
    words, load = WAYS[way]
    lines: list[tuple[str, int, float, float]] = []
    load(folder, floor, lambda *line: lines.append(line))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows, wall, used = (sum(line[at] for line in lines) for at in (1, 2, 3))
    print(row(f"{words}, {where}", people, rows, wall, used, f"{peak:,.0f}"), flush=True)
    for kind, number, seconds, spent in lines:
        if kind:
            print(row(f"  {kind}", people, number, seconds, spent, ""), flush=True)
    if way == "import" and where == "PostgreSQL":
        dump(floor)
        print(_first_page(), flush=True)


def row(words: str, people: int, rows: int, wall: float, used: float, peak: str) -> str:
    """One line of the table."""
    return f"{words:<34} {people:>9,} {rows:>10,} {wall:>8.1f} {used:>8.1f} {rows / wall:>8,.0f} {peak:>6}"


def _first_page() -> str:
    """Seconds that the public page takes on what was loaded, the first time and the second."""
    from django.db import connection
    from django.test import Client

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client, seconds = Client(), []
    for _ in range(2):
        begin = time.perf_counter()
        answer = client.get("/", headers={"host": "localhost"})
        seconds.append(time.perf_counter() - begin)
        assert answer.status_code == 200
    return f"  the public page then takes {seconds[0]:.2f} s, and the second time {seconds[1]:.2f} s"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a PostgreSQL server: that of DATABASE_URL, else of one that lives as long as the block."""
    given = os.environ.get("DATABASE_URL", "")
    if given:
        yield given
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        sys.exit("bench/load.py needs PostgreSQL: apt-get install postgresql, or DATABASE_URL of a server.")
    tools = found[-1].parent
    with tempfile.TemporaryDirectory(prefix="talentcity-bench-") as folder:
        data, socket = Path(folder, "data"), Path(folder, "socket")
        for each in (data, socket):
            each.mkdir()
        if os.geteuid() == 0:  # the server refuses to run as root
            Path(folder).chmod(0o755)
            for each in (data, socket):
                shutil.chown(each, pwd.getpwnam("postgres").pw_uid)
        _as_postgres(tools / "initdb", "-D", data, "-U", "talentcity", "-A", "trust", "-E", "UTF8", "--locale", "C")
        options = f"-c listen_addresses='' -c unix_socket_directories='{socket}'"
        _as_postgres(tools / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-o", options, "start")
        try:
            yield f"postgres://talentcity@{quote(str(socket), safe='')}/postgres"
        finally:
            _as_postgres(tools / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _as_postgres(*words: str | Path) -> None:
    drop = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*drop, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")


def fresh(address: str) -> str:
    """Make the database of the bench anew on a server; its address."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return urlunsplit(urlsplit(address)._replace(path=f"/{DATABASE}"))


def measure(way: str, folder: Path, floor: Path, people: int, address: str) -> None:
    """Run one way in a process of its own, on a fresh database (SQLite without an address)."""
    with tempfile.TemporaryDirectory(prefix="talentcity-bench-") as home:
        environment = {**os.environ, "TALENTCITY_HOME": home, "TALENTCITY_ON": "2026-09-01"}
        environment.pop("DATABASE_URL", None)
        if address:
            environment["DATABASE_URL"] = fresh(address)
        words = [sys.executable, __file__, "--one", way, "--tables", folder, "--floor", floor, str(people)]
        subprocess.run(words, env=environment, check=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("people", nargs="*", type=int, help="sizes (default: 100000 1000000)")
    parser.add_argument("--tables", type=Path, help="a sample that is made already, of the one size that is named")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--floor", type=Path, help=argparse.SUPPRESS)  # where the files for COPY lie
    args = parser.parse_args()
    if args.one:
        where = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
        one(args.one, args.tables, args.floor, args.people[0], where=where)
        return
    print(HEAD, flush=True)
    with server() as address:
        for people in args.people or SIZES:
            with tempfile.TemporaryDirectory(prefix="talentcity-bench-") as made:
                folder, floor = args.tables or Path(made), Path(made)
                if args.tables is None:
                    sample = [sys.executable, "-m", "talentcity", "sample", folder, "--people", str(people), "--quiet"]
                    subprocess.run([*sample, "--seed", "1"], check=True)
                ways = ["import", "copy"] + ["objects"] * (people <= MOST_OBJECTS)
                for way in ways:
                    measure(way, folder, floor, people, address)
                measure("import", folder, floor, people, "")


if __name__ == "__main__":
    main()
