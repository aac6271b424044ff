"""Occupation families, titles and skills in Chinese and English: what a title or a text speaks of.

The lists are our own, in `data/*.tsv`, one family or skill to a row. Families follow the shape of the
middle groups of the Chinese occupational classification, with titles and skills as adverts write them.

How a title is read (`family_of`). Brackets, levels and remarks are set aside. The title is cut at its
separators; within a part every known word is found. A word counts most when it names who does the work
(a title, or a field with nothing but a rank after it, such as "Java" in "Java 工程师"); less when it only
names a field; least when it is a rank that any field may carry (assistant, trainee). Among words of the
same weight the one that ends last wins, because the head noun stands last in both languages
("销售部文员" is a clerk); of two that end together the longer wins; of two parts the earlier.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import ahocorasick
import polars as pl

from talentcity.errors import InvalidData, UnknownName

RELATIONS = ("skills", "workplace", "career")
"""Why two families are neighbours: much the same skills; different work at the same workplace, so that it is known;
or a usual next step in a career."""


@dataclass(frozen=True, slots=True)
class MiddleGroup:
    """A middle group (中类) of the Chinese occupational classification of 2022: its code, such as 2-02, and names."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Relation:
    """The neighbour of a family, and why it is one: a kind of `RELATIONS`."""

    family: str
    kind: str


@dataclass(frozen=True, slots=True)
class Family:
    """An occupation family.

    Attributes:
        code, zh, en: its code and names.
        group: the branch it stands in, for lists.
        middle_groups: where the classification of 2022 puts its occupations, the main one first.
        relations: the families next to it; what stands here stands in the other family too.
    """

    code: str
    zh: str
    en: str
    group: str
    middle_groups: tuple[MiddleGroup, ...]
    relations: tuple[Relation, ...]

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The codes of the families next to it."""
        return tuple(relation.family for relation in self.relations)


@dataclass(frozen=True, slots=True)
class Title:
    """A title of which the family is known; `language` is zh or en."""

    text: str
    language: str
    family: str


@dataclass(frozen=True, slots=True)
class Skill:
    """A skill: its code, its names, other words for it, and the families that ask for it most."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    families: tuple[str, ...]


@cache
def families() -> tuple[Family, ...]:
    """All occupation families, in a fixed order. Neighbourhood is mutual.

    Example:
        >>> [family.zh for family in families()[:2]]
        ['软件开发', '软件测试']
    """
    rows = list(_rows("families"))
    near: dict[str, dict[str, str]] = {row["code"]: {} for row in rows}
    for row in rows:
        for word in _words(row["neighbours"]):
            other, kind = _relation(word, row["code"], near)
            near[row["code"]][other] = near[other][row["code"]] = kind
    order = list(near)
    groups = {group.code: group for group in middle_groups()}
    return tuple(
        Family(
            row["code"],
            row["zh"],
            row["en"],
            row["group"],
            tuple(groups[code] for code in _words(row["middle"])),
            tuple(Relation(other, near[row["code"]][other]) for other in sorted(near[row["code"]], key=order.index)),
        )
        for row in rows
    )


@cache
def middle_groups() -> tuple[MiddleGroup, ...]:
    """All middle groups of the classification of 2022, by code; the English names are ours.

    Example:
        >>> len(middle_groups()), middle_groups()[7].zh
        (72, '工程技术人员')
    """
    return tuple(MiddleGroup(row["code"], row["zh"], row["en"]) for row in _rows("middle_groups"))


@cache
def family(code: str) -> Family:
    """The family of that code.

    Raises:
        UnknownName: there is none.
    """
    found = next((each for each in families() if each.code == code), None)
    if found is None:
        known = ", ".join(each.code for each in families())
        raise UnknownName(f"{code!r} is no occupation family; expected one of {known}.")
    return found


@cache
def titles() -> tuple[Title, ...]:
    """All titles of which the family is known, in both languages."""
    return tuple(
        Title(word, row["language"], row["family"]) for row in _rows("titles") for word in _words(row["words"])
    )


@cache
def skills() -> tuple[Skill, ...]:
    """All skills, in a fixed order."""
    return tuple(
        Skill(
            row["code"],
            row["zh"],
            row["en"],
            tuple(word.removeprefix("?") for word in _words(row["aliases"])),
            _words(row["families"]),
        )
        for row in _rows("skills")
    )


@cache
def skill(code: str) -> Skill:
    """The skill of that code.

    Raises:
        UnknownName: there is none.
    """
    found = next((each for each in skills() if each.code == code), None)
    if found is None:
        raise UnknownName(f"{code!r} is no skill of the lexicon; `talentcity.text.lexicon.skills()` lists them.")
    return found


def family_of(title: str) -> str | None:
    """The occupation family of a title in either language; None where nothing in it is known.

    Example:
        >>> family_of("急招 Java开发工程师（双休）"), family_of("销售部文员"), family_of("Director of Nursing")
        ('software', 'administration', 'nursing')
        >>> family_of("见龙卸甲") is None
        True
    """
    text = _plain(title)
    for words in _readings(text):
        found = _best(_parts(words))
        if found is not None and found[0] > _WEAK:
            return found[1]
    weak = _best(_parts(_remarks().sub("/", re.sub(r"[()\[\]【】]", "/", text))))
    return weak[1] if weak is not None else None


def families_of(titles: pl.Series) -> pl.Series:
    """The occupation family of each title, in bulk: a String series of the same name, null where unknown.

    Example:
        >>> families_of(pl.Series("title", ["护士", "forklift driver", None])).to_list()
        ['nursing', 'warehouse', None]
    """
    unique = titles.cast(pl.String).drop_nulls().unique()
    known = pl.Series([family_of(title) for title in unique], dtype=pl.String)
    return titles.cast(pl.String).replace_strict(unique, known, default=None, return_dtype=pl.String)


@cache
def families_of_major(major: str) -> tuple[str, ...]:
    """The families that a field of study leads to, likeliest first; empty where it cannot be read.

    Example:
        >>> families_of_major("会计学"), families_of_major("Nursing science"), families_of_major("")
        (('accounting', 'finance'), ('nursing', 'care', 'medicine'), ())
    """
    plain = _plain(major)
    hits = [(len(word), codes) for word, codes in _majors() if word in plain]
    return max(hits, key=lambda hit: hit[0])[1] if hits else ()


def skill_code(word: str) -> str | None:
    """The code of a skill named by its code, its name in either language or an alias; None if unknown.

    Example:
        >>> skill_code("Python"), skill_code("叉车证"), skill_code("c"), skill_code("juggling")
        ('python', 'forklift', 'c_language', None)
    """
    return _skill_words().get(_plain(word))


def skills_in(text: str) -> list[str]:
    """The codes of the skills that a text speaks of, each once, in the order of the text.

    Latin words must stand alone ("Java" is not in "JavaScript"). Words that mean something else in
    ordinary text (C, R, Go, PS, word) count only within 40 characters of a skill that is beyond doubt.

    Example:
        >>> skills_in("熟悉 JavaScript、Vue；会 R 和 Python 更佳。")
        ['javascript', 'vue', 'r_language', 'python']
        >>> skills_in("Vitamin C and R&D")
        []
    """
    text = text.lower() if text.isascii() else _plain(text)
    sure: list[tuple[int, int, tuple[str, ...]]] = []
    doubtful: list[tuple[int, int, tuple[str, ...]]] = []
    raw = _letters_as_bytes(text)
    for last, (length, latin, unsure, codes) in _skill_automaton().iter(raw):
        start, end = last - length + 1, last + 1
        if latin and not _stands_alone(raw, start, end, plural=False):
            continue
        (doubtful if unsure else sure).append((start, end, codes))
    sure += [hit for hit in doubtful if _near_another(hit, sure, raw)]
    return list(dict.fromkeys(code for *_, codes in sorted(sure) for code in codes))


def skills_of(texts: pl.Series) -> pl.Series:
    """The skills of each text, in bulk: a List(String) series of the same name; a null has none.

    Example:
        >>> skills_of(pl.Series("text", ["Excel and SQL", None])).to_list()
        [['excel', 'sql'], []]
    """
    found = [skills_in(text) if text else [] for text in texts]
    return pl.Series(texts.name, found, dtype=pl.List(pl.String))


# --- the data ---------------------------------------------------------------------------------------


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = resources.files("talentcity.text") / "data" / f"{name}.tsv"
    with path.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if any(cell is None for cell in row.values()):
                raise InvalidData(f"{name}.tsv: the row {next(iter(row.values()))!r} has too few cells.")
            yield row


def _relation(word: str, code: str, near: dict[str, dict[str, str]]) -> tuple[str, str]:
    """One `family=kind` of the families' list."""
    other, _, kind = word.partition("=")
    if other not in near or other == code:
        raise InvalidData(f"families.tsv: {code} names the neighbour {other!r}, which is no other family.")
    if kind not in RELATIONS:
        raise InvalidData(f"families.tsv: {code} is {kind!r} to {other}; expected one of {', '.join(RELATIONS)}.")
    if near[code].get(other, kind) != kind:
        raise InvalidData(f"families.tsv: {code} and {other} are neighbours for two reasons; expected one.")
    return other, kind


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word for word in cell.split("|") if word)


@cache
def _majors() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((word, _words(row["families"])) for row in _rows("majors") for word in _words(row["words"]))


@cache
def _skill_words() -> dict[str, str]:
    found: dict[str, str] = {}
    for each in skills():  # codes and names first: an alias never takes another skill's own name
        for word in (each.code, each.code.replace("_", " "), each.zh, each.en):
            found.setdefault(_plain(word), each.code)
    for each in skills():
        for word in each.aliases:
            found.setdefault(_plain(word), each.code)
    return found


@cache
def _skill_automaton() -> ahocorasick.Automaton:
    """The words of all skills, as bytes: at each character it searches the branches of a node one after the other, and
    the root has a thousand of them where the letters are Chinese, but a few dozen where they are bytes."""
    codes: dict[str, list[str]] = {}
    unsure: dict[str, bool] = {}
    for row in _rows("skills"):
        for alias in (*_words(row["aliases"]), _plain(row["zh"]), _plain(row["en"])):
            word = alias.removeprefix("?")
            codes.setdefault(word, [])
            if row["code"] not in codes[word]:
                codes[word].append(row["code"])
            unsure[word] = unsure.get(word, False) or alias.startswith("?")
    automaton = ahocorasick.Automaton()
    for word, found in codes.items():
        raw = _letters_as_bytes(word)
        automaton.add_word(raw, (len(raw), _is_latin(word), unsure[word], tuple(found)))
    automaton.make_automaton()
    return automaton


# --- reading a title ----------------------------------------------------------------------------------

_WEAK, _FIELD, _HEAD = 1, 2, 3  # what a word says: a rank of any field; a field; who does the work

_BRACKETS = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?|【[^【】]*】?|[<《][^<>《》]*[>》]?")
_CALLS = re.compile(
    r"(?:急招|急聘|诚聘|诚招|高薪聘请|直招|招募|招聘(?!专员|主管|经理|助理|顾问|实习|岗|总监|负责|培训|运营|与|及|$))"
)
_SEPARATORS = re.compile(
    r"[/|、,，;；:：·•。!！?？~→\n]+|(?<![c+])\+|(?<=[\u4e00-\u9fff])&|\s[-–—]+\s?|[-–—]+(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])[-–—]+|"
    r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])|\b(?:of|for|in|at|to|with)\b"
)
_AMPERSAND = re.compile(r"(?<= )&(?= )")  # not in R&D
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[a-z0-9+#.])|(?<=[a-z0-9+#.])\s+(?=[\u4e00-\u9fff])")
_GARNISH = " \t0123456789.*#\"'’`“”ー-–—_級级类k元"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def _readings(text: str) -> Iterator[str]:
    """The title without its brackets, behind a call ("招聘 …") first; then what stands in brackets."""
    text = _AMPERSAND.sub("and", text)
    outside = _remarks().sub("/", _BRACKETS.sub("/", text))
    called = _CALLS.split(outside)
    if len(called) > 1:
        yield called[-1]
    yield "/".join(called)
    inside = "/".join(part.strip("()[]【】<>《》") for part in _BRACKETS.findall(text))
    if inside:
        yield inside


def _parts(words: str) -> Iterable[str]:
    return filter(None, (part.strip() for part in _SEPARATORS.split(_GAP.sub("", words))))


def _best(parts: Iterable[str]) -> tuple[int, str] | None:
    """The weightiest word of all parts; of equals the earliest part."""
    best: tuple[int, str] | None = None
    for part in parts:
        found = _head_of(part)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best


def _head_of(part: str) -> tuple[int, str] | None:
    """The weightiest word of one part: by weight, then by where it ends, then by length."""
    best: tuple[int, int, int] = (0, 0, 0)
    found = ""
    for last, (length, latin, blockers, weight, code) in _title_automaton().iter(part):
        start, end = last - length + 1, last + 1
        if latin and not _stands_alone(part, start, end, plural=True):
            continue
        if blockers and part.startswith(blockers, start):
            continue  # "工程" in "工程师" is part of the rank
        if weight == _FIELD and _only_ranks(part[end:]):
            weight = _HEAD  # noqa: PLW2901  a field with nothing but a rank behind it names who does the work
        if (weight, end, length) > best:
            best, found = (weight, end, length), code
    return (best[0], found) if found else None


@cache
def _title_automaton() -> ahocorasick.Automaton:
    weak = set(_rank_words("weak"))
    entries: dict[str, tuple[int, str]] = {}
    fields = {word: row["family"] for row in _rows("fields") for word in map(_plain, _words(row["words"]))}
    for title in titles():
        word = _plain(title.text)
        weight = _WEAK if word in weak else _FIELD if word in fields else _HEAD
        entries.setdefault(word, (weight, title.family))
    for word, code in fields.items():
        entries.setdefault(word, (_FIELD, code))
    automaton = ahocorasick.Automaton()
    for word, (weight, code) in entries.items():
        automaton.add_word(word, (len(word), _is_latin(word), _ranks_that_begin_with(word), weight, code))
    automaton.make_automaton()
    return automaton


@cache
def _ranks() -> re.Pattern[str]:
    latin = "|".join(re.escape(word) for word in _rank_words("en"))
    other = "|".join(re.escape(word) for word in _rank_words("zh"))
    return re.compile(rf"(?:(?<![a-z])(?:{latin})s?(?![a-z])|{other}|[{re.escape(_GARNISH)}])*")


def _ranks_that_begin_with(word: str) -> tuple[str, ...]:
    """The longer Chinese ranks that a word is the beginning of."""
    return tuple(rank for rank in _rank_words("zh") if rank.startswith(word) and rank != word)


@cache
def _rank_words(*languages: str) -> tuple[str, ...]:
    """Words of the named rows of `ranks.tsv`, the longest first."""
    words = [word for row in _rows("ranks") if row["language"] in languages for word in _words(row["words"])]
    return tuple(sorted(words, key=len, reverse=True))


@cache
def _remarks() -> re.Pattern[str]:
    """Remarks that name no work: benefits, and denials such as "no sales"."""
    return re.compile("|".join(map(re.escape, _rank_words("remark"))))


def _only_ranks(rest: str) -> bool:
    return not rest or _ranks().fullmatch(rest) is not None


# --- letters ----------------------------------------------------------------------------------------


def _is_latin(word: str) -> bool:
    return word[0].isascii() or word[-1].isascii()


def _is_letter(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _stands_alone(text: str, start: int, end: int, *, plural: bool) -> bool:
    """No Latin letter or digit touches the word, but perhaps a plural s; and C is not C++ or C#."""
    if start and _is_letter(text[start]) and _is_letter(text[start - 1]):
        return False
    if end == len(text) or not _is_letter(text[end - 1]):
        return True
    following = text[end]
    if plural and following == "s":
        return end + 1 == len(text) or not _is_letter(text[end + 1])
    return not (_is_letter(following) or following in "+#")


_NEAR = 40  # characters
_CONTINUES = re.compile("[\x80-\xbf]")  # a byte that goes on with a character


def _near_another(
    hit: tuple[int, int, tuple[str, ...]], sure: list[tuple[int, int, tuple[str, ...]]], raw: str
) -> bool:
    start, end, codes = hit
    return any(
        other[2] != codes and (_within(raw, other[1], start) if other[1] <= start else _within(raw, end, other[0]))
        for other in sure
    )


def _within(raw: str, left: int, right: int) -> bool:
    """Whether what ends at `left` is at most `_NEAR` characters before what begins at `right`."""
    gap = raw[left:right]
    return left <= right and len(gap) - len(_CONTINUES.findall(gap)) <= _NEAR


def _letters_as_bytes(text: str) -> str:
    """Each byte of the UTF-8 of a text as one letter; ASCII stays what it is."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")
