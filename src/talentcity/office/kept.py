"""Figures that take a moment to count, where records number hundreds of thousands.

A count that took longer than `LONG` stands for `KEPT` times as long, and says when it was made; a quicker one is
made anew each time it is asked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from django.utils import timezone

LONG = 1.0  # seconds
KEPT = 100
MOST = 1_000  # questions whose answers are kept at once

Counted = TypeVar("Counted")


@dataclass(slots=True)
class _Answer(Generic[Counted]):
    counting: threading.Lock = field(default_factory=threading.Lock)  # one count for all threads of a process
    until: float = 0.0  # by the clock of the process
    kept: tuple[Counted, datetime] | None = None


class KeptCounts(Generic[Counted]):
    """The answers of one process to questions of one kind."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, _Answer[Counted]] = {}
        self._looking = threading.Lock()

    def ask(self, question: Hashable, count: Callable[[], Counted]) -> tuple[Counted, datetime | None]:
        """What `count` says, now or a while ago.

        Args:
            question: all that the answer depends on besides the records.
            count: called unless its answer still stands.

        Returns:
            The answer; and when it was counted, if that was before this call.
        """
        answer = self._answer_to(question)
        with answer.counting:
            if answer.kept is not None and time.monotonic() < answer.until:
                return answer.kept
            begin, now = time.monotonic(), timezone.now()
            counted = count()
            took = time.monotonic() - begin
            answer.until = begin + took * (1 + KEPT) if took > LONG else 0.0
            answer.kept = (counted, now) if took > LONG else None
            return counted, None

    def _answer_to(self, question: Hashable) -> _Answer[Counted]:
        with self._looking:
            if question not in self._answers and len(self._answers) >= MOST:
                now = time.monotonic()
                self._answers = {key: one for key, one in self._answers.items() if now < one.until}
            return self._answers.setdefault(question, _Answer())
