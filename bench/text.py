"""How many texts a second the normal form, the readers of fields and the reader of running text take, on one core.

    python bench/text.py [ADVERTS [FIELDS]]

ADVERTS is any table with title and text (or description), FIELDS one with salary, exp, edu and city; without them
invented ones are read. Processor time. The peer of the normal form is NFKC and lower case alone, which keeps no
offsets and undoes no disguise.
"""

from __future__ import annotations

import random
import sys
import time
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl

from talentcity.tables import read_frame
from talentcity.text.education import read_educations
from talentcity.text.experience import read_experiences
from talentcity.text.facts import facts_of
from talentcity.text.normal import normalise
from talentcity.text.place import read_places
from talentcity.text.wage import read_wages

SENTENCES = (
    "负责日常接待与文件整理，配合主管完成每月报表。",
    "要求：大专以上学历，2年以上工作经验，能熟练使用办公软件。",
    "月薪6000-9000元，13薪，餐补300元/月，年龄18-40岁。",
    "招聘5人，工作地点：深圳市南山区，周末双休。",
    "公司直招，不收取任何押金和费用，不扣押证件。",
    "We offer a friendly team, training and a yearly bonus.",
    "可居家办公，工作时间8:30-17:30，法定节假日休息。",
)
READERS = {"salary": read_wages, "exp": read_experiences, "edu": read_educations, "city": read_places}


def adverts(words: list[str], *, seed: int = 7) -> tuple[str, list[tuple[str, str]]]:
    """Titles and texts, and what they are."""
    if not words:
        chance = random.Random(seed)
        return "invented adverts", [("文员", "".join(chance.choices(SENTENCES, k=18))) for _ in range(2000)]
    frame = read_frame(Path(words[0]))
    body = "text" if "text" in frame.columns else "description"
    rows = frame.select(
        pl.col("title").cast(pl.String).fill_null(""), pl.col(body).cast(pl.String).fill_null("")
    ).rows()
    return Path(words[0]).name, [(title, text) for title, text in rows if text][:2000]


def fields(words: list[str], *, seed: int = 7) -> tuple[str, pl.DataFrame]:
    """Fields of a sheet in which many differ, and what they are."""
    if len(words) > 1:
        return Path(words[1]).name, read_frame(Path(words[1])).select(pl.col(list(READERS)).cast(pl.String))
    chance = random.Random(seed)
    rows = [
        (
            f"{chance.randint(3000, 9000)}-{chance.randint(9001, 20000)}元/月",
            f"{chance.randint(0, 5)}-{chance.randint(6, 10)}年经验",
            chance.choice(("本科", "大专及以上", "学历不限")) + str(chance.randint(0, 9999)),
            f"深圳·南山区·{chance.randint(0, 9999)}",
        )
        for _ in range(20_000)
    ]
    return "invented fields", pl.DataFrame(rows, schema=list(READERS), orient="row")


def seconds(work: Callable[[], object]) -> float:
    """Processor time of the best of three runs."""
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def main(words: list[str]) -> None:
    """Measure and print."""
    name, texts = adverts(words)
    length = sum(len(text) for _, text in texts) / len(texts)
    print(f"{len(texts):,} x {length:.0f} characters of {name}; processor time of one core")
    ours = seconds(lambda: [normalise(text) for _, text in texts])
    plain = seconds(lambda: [unicodedata.normalize("NFKC", text).lower() for _, text in texts])
    facts = seconds(lambda: [facts_of(title, text) for title, text in texts])
    print(f"normal form with offsets      {len(texts) / ours:>9,.0f} adverts/s")
    print(f"peer: NFKC and lower case     {len(texts) / plain:>9,.0f} adverts/s, ratio {ours / plain:.1f}")
    print(f"facts of running text         {len(texts) / facts:>9,.0f} adverts/s")
    name, frame = fields(words)
    print(f"{frame.height:,} rows of {name}")
    for column, read in READERS.items():
        different = frame[column].n_unique()
        took = seconds(partial(read, frame[column]))
        print(f"{column:<10} {frame.height / took:>11,.0f} rows/s, {different / took:>9,.0f} different ones/s")


if __name__ == "__main__":
    main(sys.argv[1:])
