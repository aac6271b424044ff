"""How many adverts a second the guard reads on one core, beside every pattern run over every advert.

    python bench/guard.py [POSTINGS]

POSTINGS is any table with title and text; without one, synthetic adverts of some 480 characters are read.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from talentcity.guard import rules
from talentcity.guard.scanner import Scanner
from talentcity.tables import read_frame
from talentcity.text.normal import normalise

ON = date(2026, 9, 1)
SENTENCES = (
    "负责日常接待与文件整理，配合主管完成每月报表。",
    "要求：大专以上学历，能熟练使用办公软件，沟通能力好。",
    "男女不限，18-40岁，身体健康，能适应两班倒。",
    "工资每月十五日发放，包吃住，买五险一金，节日有礼品。",
    "公司直招，不收取任何押金和费用，不扣押证件。",
    "工作时间8:30-17:30，周末双休，法定节假日休息。",
    "We offer a friendly team, training and a yearly bonus.",
    "有客户服务经验、有驾驶证者优先；可接受应届生。",
)


def synthetic(count: int, *, seed: int) -> list[str]:
    """Adverts of some 480 characters, most of them with words that a rule looks at."""
    chance = random.Random(seed)
    return ["".join(chance.choices(SENTENCES, k=18)) for _ in range(count)]


def read_texts(words: list[str]) -> tuple[str, list[str]]:
    """The texts to read and what they are."""
    if not words:
        return "synthetic adverts", synthetic(3000, seed=7)
    frame = read_frame(Path(words[0]))
    body = "text" if "text" in frame.columns else "description"
    texts = frame.select(pl.col(body).cast(pl.String).fill_null(""))[body].to_list()
    return Path(words[0]).name, [text for text in texts if text][:3000]


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the better of two runs."""
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def main(words: list[str]) -> None:
    """Measure both and print the ratio."""
    name, texts = read_texts(words)
    asked = rules(ON)
    scanner = Scanner(asked)
    patterns = [pattern.regex for rule in asked for wording in rule.wordings for pattern in wording.patterns]
    ours = seconds(lambda: [scanner.scan(text, "text") for text in texts])
    plain = seconds(lambda: [[regex.search(normalise(text).text) for regex in patterns] for text in texts])
    forms = seconds(lambda: [normalise(text) for text in texts])
    length = sum(map(len, texts)) / len(texts)
    print(f"{len(texts):,} x {length:.0f} characters of {name}; {len(patterns)} patterns; processor time of one core")
    print(f"normal form only                      {len(texts) / forms:>9,.0f} adverts/s")
    print(f"guard: literals, patterns, guards     {len(texts) / ours:>9,.0f} adverts/s")
    print(f"peer: every pattern over every advert {len(texts) / plain:>9,.0f} adverts/s (first match only, no guards)")
    print(f"the guard is {plain / ours:.1f} times as fast")


if __name__ == "__main__":
    main(sys.argv[1:])
