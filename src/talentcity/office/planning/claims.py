"""A worker that lives renews its claim on its task, so that the task of a killed one comes back soon.

The queue hands a task out again when nobody acknowledged it within `retry` seconds. A plan run or an import may take
longer than that, and a long `retry` would leave the task of a killed worker lying for as long. So `retry` is short,
and the worker moves the claim forward while it works.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signals import pre_execute

RENEW_EVERY = 15.0  # seconds
_held = threading.local()


def remember(task, **_kwargs) -> None:
    """Note which row of the queue this worker is about to work on."""
    _held.row = task.get("ack_id")


def connect() -> None:
    """Listen to the worker; called once when the app is ready."""
    pre_execute.connect(remember, dispatch_uid="talentcity-claims")


@contextlib.contextmanager
def renewed(every: float = RENEW_EVERY) -> Iterator[None]:
    """Keep the claim on the task at hand for as long as the block runs; nothing to do outside a worker."""
    row = getattr(_held, "row", None)
    if row is None:
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(row, done, every), name="talentcity-claim", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(row: int, done: threading.Event, every: float) -> None:
    try:
        while not done.wait(every):
            with contextlib.suppress(DatabaseError):  # busy for a moment: the next renewal comes before `retry`
                OrmQ.objects.filter(pk=row).update(lock=timezone.now() + timedelta(seconds=Conf.RETRY))
    finally:
        connection.close()
