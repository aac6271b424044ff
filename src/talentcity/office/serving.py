"""Web and worker under one roof: both start together, and end together."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from talentcity.errors import InvalidOption

PORTS_TRIED = 100
LAST_PORT = 65_535
THREADS = 8
GRACE = 5.0  # seconds a worker has to end before it is killed; the task it was at comes back at the next start
QUICK_DEATHS = 3  # a worker that dies this often within `QUICK` seconds of its start is not started again
QUICK = 20.0
Say = Callable[[str], None]


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on the port, or on the next free one.

    Raises:
        InvalidOption: none of the ports that follow is free, or the host is not one of this machine.
    """
    if port > LAST_PORT:
        raise InvalidOption(f"--port {port} is not a port; expected 1 to {LAST_PORT}.")
    last = min(port + PORTS_TRIED - 1, LAST_PORT)
    for one in range(port, last + 1):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, one))
            sock.listen(128)
        except (socket.gaierror, OverflowError):
            sock.close()
            raise InvalidOption(f"--host {host} is not an address of this machine; 127.0.0.1 is.") from None
        except OSError as error:
            sock.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise InvalidOption(f"--host {host}, port {one}: {error.strerror or error}.") from None
        else:
            return sock
    raise InvalidOption(f"No port from {port} to {last} is free; name another one with --port.")


class Worker:
    """The background worker as a process of its own, kept alive until it is ended."""

    def __init__(self, complain: Say) -> None:
        self._complain = complain
        self.given_up = False
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._process = self._started()

    @property
    def pid(self) -> int:
        """The process at work now."""
        return self._process.pid

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "talentcity", "worker", "--quiet", "--end-with", str(os.getpid())]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603

    def keep_alive(self) -> None:
        """Start it anew whenever it dies; when it dies at once again and again, end this process too."""
        quick_deaths = 0
        while True:
            begin = time.monotonic()
            status = self._process.wait()
            if self._ending.is_set():
                return
            self._kill_all()
            quick_deaths = quick_deaths + 1 if time.monotonic() - begin < QUICK else 1
            if quick_deaths > QUICK_DEATHS:
                self._complain(f"the worker ended with status {status}, again and again; the office ends.")
                self.given_up = True
                os.kill(os.getpid(), signal.SIGTERM)
                return
            self._complain(f"the worker ended with status {status}; it is started again.")
            with self._lock:
                if not self._ending.is_set():
                    self._process = self._started()

    def end(self) -> None:
        """End it and everything that it started; a run it was at comes back at the next start."""
        with self._lock:
            self._ending.set()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            if _run_under_way():
                self._complain("a plan run was under way; it starts afresh when the office is started again.")
        self._kill_all()
        self._process.wait()

    def _kill_all(self) -> None:
        """Whatever the worker started ends with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def _run_under_way() -> bool:
    from talentcity.office.planning.models import PlanRun

    return PlanRun.objects.filter(started_at__isnull=False, published_at=None, failed_at=None).exists()


def serve(sock: socket.socket, *, ready: Say, complain: Say, worker: bool = True) -> int:
    """Answer requests on the socket until Ctrl-C or SIGTERM; then end the worker too. The exit status.

    Args:
        sock: as `listening` gives it.
        ready: called once with the address, as soon as the first page answers.
        complain: called with what the person at the terminal should know.
        worker: also run the background worker.
    """
    from waitress.server import create_server

    from talentcity.office.wsgi import application

    server = create_server(application, sockets=[sock], threads=THREADS, ident=None, **_behind_a_proxy())
    host, port = sock.getsockname()[:2]
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"  # noqa: S104
    kept = Worker(complain) if worker else None
    with _ended_by_signals():
        try:
            if kept is not None:
                _in_background(kept.keep_alive)
            _in_background(lambda: _announce(address, ready, complain))
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            server.close()
            if kept is not None:
                kept.end()
    return 1 if kept is not None and kept.given_up else 0


def _behind_a_proxy() -> dict[str, object]:
    """What the server is told of the proxy; without it the server drops what the proxy says of HTTPS.

    An office that is reached by HTTPS would then send everybody on to the address at which they are already.
    """
    from django.conf import settings

    if not settings.SECURE_SSL_REDIRECT:
        return {}
    return {"trusted_proxy": "*", "trusted_proxy_headers": {"x-forwarded-proto"}}


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM both end the block, once; later ones do not disturb the tidying up."""

    def end(_number: int, _frame: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _announce(address: str, ready: Say, complain: Say) -> None:
    """Say the address once the first page answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        asked = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})  # noqa: S310  our own address
        with opener.open(asked, timeout=60) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        complain(f"{address} answers with status {error.code}; the lines above say why.")
        return
    except OSError as error:
        complain(f"{address} does not answer: {error}.")
        return
    ready(address)
