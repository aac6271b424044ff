"""How many real titles the lexicon reads, how often into the right middle group, and how fast it finds skills.

Run: .venv/bin/python bench/lexicon.py [DATA]

DATA is the folder of the reference data (`match/csco/titles_dev.csv`, `match/zh_jobads/zh_jobads.parquet`); without it
only the speed on invented adverts is measured.

read      share of titles of which a family is known
main      share of all titles whose family's main middle group is that of the label (labels are noisy)
any       share of all titles whose family has that middle group among its own
Titles are halved by a digest: words were chosen with the errors of the first half in view, never of the second.

The peer of the speed is the same automaton over characters instead of bytes, on the same texts; CPU seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from collections.abc import Callable
from pathlib import Path

import ahocorasick
import polars as pl

from talentcity.text import lexicon

TEXTS, SEED = 4000, 1


def coded(titles: pl.DataFrame) -> pl.DataFrame:
    """One row a title: half, read, main, any."""
    groups = {family.code: [group.code for group in family.middle_groups] for family in lexicon.families()}
    families = lexicon.families_of(titles["title"])
    rows = [
        (_half(title), family is not None, family is not None and groups[family][0] == code[:4],
         family is not None and code[:4] in groups[family])
        for title, code, family in zip(titles["title"], titles["code"], families, strict=True)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["half", "read", "main", "any"], orient="row")


def _half(title: str) -> str:
    return "second" if hashlib.sha256(title.encode()).digest()[-1] % 2 else "first"


def adverts() -> list[str]:
    """Invented adverts: three skills in sentences that speak of other things."""
    chance = random.Random(SEED)
    names = [name for skill in lexicon.skills() for name in (skill.zh, skill.en)]
    filler = "岗位职责：负责日常工作的安排与落实，配合部门完成各项任务。任职要求：踏实认真，能适应轮班，熟悉"
    return [filler + "、".join(chance.sample(names, 3)) + "者优先。" for _ in range(TEXTS)]


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds, the best of three."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def over_characters() -> ahocorasick.Automaton:
    """The words as characters."""
    automaton = ahocorasick.Automaton()
    for skill in lexicon.skills():
        for word in (skill.zh, skill.en, *skill.aliases):
            automaton.add_word(lexicon._plain(word), skill.code)
    automaton.make_automaton()
    return automaton


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder of the reference data")
    data = parser.parse_args().data
    texts, peer = adverts(), over_characters()
    lexicon.skills_in("")
    raw = [lexicon._letters_as_bytes(lexicon._plain(text)) for text in texts]
    plain = [lexicon._plain(text) for text in texts]
    whole = seconds(lambda: [lexicon.skills_in(text) for text in texts])
    by_bytes = seconds(lambda: [list(lexicon._skill_automaton().iter(text)) for text in raw])
    by_characters = seconds(lambda: [list(peer.iter(text)) for text in plain])
    print(f"skills_in: {TEXTS / whole:,.0f} texts/s of {sum(map(len, texts)) / TEXTS:.0f} characters")
    print(f"search alone: bytes {TEXTS / by_bytes:,.0f} texts/s, characters {TEXTS / by_characters:,.0f} texts/s")
    if data is None:
        return
    found = coded(pl.read_csv(data / "match/csco/titles_dev.csv"))
    for half, part in (("first", found.filter(half="first")), ("second", found.filter(half="second")), ("all", found)):
        shares = ", ".join(f"{name} {part[name].mean():.1%}" for name in ("read", "main", "any"))
        print(f"csco {half}: {part.height:,} titles, {shares}")
    titles = pl.read_parquet(data / "match/zh_jobads/zh_jobads.parquet")["title"].drop_nulls()
    known = lexicon.families_of(titles)
    print(f"zh_jobads: {titles.len():,} titles, read {1 - known.null_count() / titles.len():.1%}")


if __name__ == "__main__":
    main()
