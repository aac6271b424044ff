"""A figure that takes long to count stands for a while, and says since when."""

import threading
from datetime import UTC, datetime

import pytest

from talentcity.office import kept
from talentcity.office.kept import KeptCounts

NOW = datetime(2026, 9, 15, 1, 30, tzinfo=UTC)


class Slow:
    """Counts how often it was asked; each count takes `seconds` by the clock of the test."""

    def __init__(self, monkeypatch):
        self.at, self.seconds, self.times = 1_000.0, 0.0, 0
        monkeypatch.setattr(kept, "LONG", 1.0)
        monkeypatch.setattr(kept.time, "monotonic", lambda: self.at)
        monkeypatch.setattr(kept.timezone, "now", lambda: NOW)

    def __call__(self):
        self.at += self.seconds
        self.times += 1
        return self.times


@pytest.fixture
def slow(monkeypatch):
    return Slow(monkeypatch)


def test_quick_count_is_made_anew_each_time(slow):
    counts = KeptCounts()
    slow.seconds = 1.0
    assert [counts.ask("a", slow), counts.ask("a", slow)] == [(1, None), (2, None)]


def test_long_count_stands_a_hundred_times_as_long_and_says_since_when(slow):
    counts = KeptCounts()
    slow.seconds = 2.0
    assert counts.ask("a", slow) == (1, None)
    slow.at += 199.9
    assert counts.ask("a", slow) == (1, NOW)
    slow.at += 0.2
    assert counts.ask("a", slow) == (2, None)


def test_count_that_has_become_quick_is_kept_no_longer(slow):
    counts = KeptCounts()
    slow.seconds = 2.0
    counts.ask("a", slow)
    slow.at += 201
    slow.seconds = 0.5
    assert [counts.ask("a", slow), counts.ask("a", slow)] == [(2, None), (3, None)]


def test_every_question_has_an_answer_of_its_own(slow):
    counts = KeptCounts()
    slow.seconds = 2.0
    assert [counts.ask("a", slow), counts.ask("b", slow), counts.ask("a", slow)] == [(1, None), (2, None), (1, NOW)]


def test_answers_that_stand_outlive_many_other_questions(slow, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    counts = KeptCounts()
    slow.seconds = 2.0
    counts.ask("long", slow)
    slow.seconds = 0.0
    for number in range(9):
        counts.ask(number, slow)
    assert counts.ask("long", slow) == (1, NOW)


def test_two_who_ask_at_once_wait_for_one_count(slow):
    counts, begun, go_on, answers = KeptCounts(), threading.Event(), threading.Event(), []

    def count():
        begun.set()
        go_on.wait(10)
        return slow()

    slow.seconds = 2.0
    first = threading.Thread(target=lambda: answers.append(counts.ask("a", count)))
    second = threading.Thread(target=lambda: answers.append(counts.ask("a", slow)))
    first.start()
    begun.wait(10)
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)
    assert answers == [(1, None), (1, NOW)]


def test_count_that_fails_is_asked_again(slow):
    counts = KeptCounts()
    with pytest.raises(ZeroDivisionError):
        counts.ask("a", lambda: 1 // 0)
    assert counts.ask("a", slow) == (1, None)
