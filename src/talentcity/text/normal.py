"""One normal form for text that people wrote, with a way back to every character they wrote.

The normal form is NFKC (full-width letters, circled numbers, ligatures), lower case, traditional characters written as
simplified ones, disguises undone (薇信 and 亻言 for 微信 and 信, ♂ for 男, 💰 for 钱), and left out: what cannot be
seen, marks that make no letter with the one before them, other emoji. A rule then needs one spelling only, and what it
finds is shown to a person in the words of the original.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files


def _pairs() -> dict[str, str]:
    """Traditional characters and the simplified ones for them."""
    text = files("talentcity.text").joinpath("data", "simplified.txt").read_text(encoding="utf-8")
    return {pair[0]: pair[1] for line in text.splitlines() if not line.startswith("#") for pair in line.split()}


def _numbers() -> dict[str, str]:
    """Numbers and letters in black or double circles; those in white ones are known to Unicode's NFKC."""
    rows = ((0x2776, 1, 10), (0x2780, 1, 10), (0x278A, 1, 10), (0x24F5, 1, 10), (0x24EB, 11, 10), (0x24FF, 0, 1))
    numbers = {chr(first + at): str(value + at) for first, value, count in rows for at in range(count)}
    letters = {chr(first + at): chr(0x61 + at) for first in (0x1F150, 0x1F170) for at in range(26)}
    return numbers | letters


_DISGUISES = tomllib.loads(files("talentcity.text").joinpath("data", "disguises.toml").read_text(encoding="utf-8"))
_LETTERS = (
    _pairs()
    | _numbers()
    | {disguise: meant for meant, disguises in _DISGUISES["characters"].items() for disguise in disguises}
)
_EMOJI = re.compile(
    "[\u231a-\u231b\u23e9-\u23f3\u2600-\u2604\u2607-\u263f\u2641\u2643-\u26ff\u2701-\u2775\u2794-\u27bf\u2b05-\u2b55"
    "\U0001f000-\U0001faff]"
)
_HALFWIDTH_MARKS = "ﾞﾟ"  # they join the letter before them, though Unicode gives them no combining class
# Characters of which each becomes exactly one: what nearly every Chinese advert is made of.
_PLAIN = (
    "\x00-\x7f\u4e00-\u9fff\uff01-\uff5e\u3000-\u3003\u3008-\u3011\u2013\u2014\u2018\u2019\u201c\u201d\u00b7\u2460-\u2468"
    "●★◆■▶"
)
_STRANGE = re.compile(f"[^{_PLAIN}]")
_ONE_FOR_ONE = "".join(letter for letter in _LETTERS if re.match(f"[{_PLAIN}]", letter))
_CHANGING = re.compile(f"[A-Z\uff01-\uff5e\u3000\u2460-\u2468{_ONE_FOR_ONE}]")
_MANY = 60  # so many different letters change only in traditional text; one table is then faster

# Each alternative begins with its characters, and looks back only then: that is what makes the search fast.
_DELIMITERS = re.compile(
    r"[。！？!?;\n…●★◆■▶【】]"
    r"|[、)](?<=[\d一二三四五六七八九十].)(?!\d)"
    r"|\.(?:(?=\s)|$|(?<=\d.)(?!\d))"
    r"|[-—=~*_]{3,}"
)
_BREAKS = "\n。"  # these end a sentence wherever they stand
_NUMERALS = frozenset("0123456789一二三四五六七八九十")
_SOMETIMES = ".、)"  # these end a sentence, or follow its number, or do neither
_ITEM = re.compile(
    r"(?:(?<![\d.,~/$¥€£-])(?<![a-z] )\d{1,2}"
    r"|(?<![一二三四五六七八九十百千万几第周期拜之])[一二三四五六七八九十]{1,2})$"
)
_ABBREVIATION = re.compile(r"(?:\be\.g|\bi\.e|\bmr|\bms|\bdr|\bno|\betc|\bltd|\binc|\bco|\bapprox)$")
_LONGEST_ABBREVIATION = 6


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in its normal form, and where each of its characters stands in the original.

    Attributes:
        text: the normal form.
        original: what was written.
    """

    text: str
    original: str
    # Where the text is not the same length as the original: pieces in order, none of them empty. A piece
    # begins at _begins[i] in the text and at _from[i] in the original; _until[i] is where it ends in the
    # original if it is one indivisible unit, and -1 if its characters correspond one to one.
    _begins: tuple[int, ...] = field(default=(), repr=False)
    _from: tuple[int, ...] = field(default=(), repr=False)
    _until: tuple[int, ...] = field(default=(), repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the passage `text[start:end]` stands in the original.

        Args:
            start, end: offsets in code points of the normal form; 0 <= start <= end <= len(text).

        Returns:
            Offsets in code points of the original. Its passage, normalised, contains the one asked for.

        Raises:
            ValueError: the offsets are not a passage of the text.

        Example:
            >>> normal = normalise("需交押\\u200b金５００元")
            >>> normal.text, normal.span(2, 4)
            ('需交押金500元', (2, 5))
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"({start}, {end}) is not a passage of a text of {len(self.text)} characters")
        if not self._begins:
            return start, end
        if start == end:
            at = self._original_end(start) if start else 0
            return at, at
        return self._original_start(start), self._original_end(end)

    def pieces(self, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """Pieces of `text[start:end]`: text, where it begins in the original, its end there if indivisible, or -1."""
        if start == end:
            return
        if not self._begins:
            yield self.text[start:end], start, -1
            return
        for piece in range(bisect_right(self._begins, start) - 1, bisect_right(self._begins, end - 1)):
            begins = self._begins[piece]
            ends = self._begins[piece + 1] if piece + 1 < len(self._begins) else len(self.text)
            first, last = max(start, begins), min(end, ends)
            until = self._until[piece]
            yield self.text[first:last], self._from[piece] + (first - begins if until < 0 else 0), until

    def _original_start(self, at: int) -> int:
        piece = bisect_right(self._begins, at) - 1
        return self._from[piece] + (at - self._begins[piece] if self._until[piece] < 0 else 0)

    def _original_end(self, at: int) -> int:
        piece = bisect_right(self._begins, at - 1) - 1
        until = self._until[piece]
        return self._from[piece] + at - self._begins[piece] if until < 0 else until


def normalise(text: str) -> Normal:
    """The normal form of a text, with a map back to it.

    Args:
        text: anything, empty as well.

    Example:
        >>> normalise("ＡＢＣ證件，①").text
        'abc证件,1'
    """
    if text.isascii():
        return Normal(text.lower(), text)
    return _without_phrases(_FORMS.normal(text))


def sentences(normal: Normal, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Where the sentences of a normalised text stand in it, in order; blanks around them are left out.

    A sentence ends at a full stop, an exclamation or question mark, a semicolon, a line end or a bullet,
    in either language; the items of a numbered list (1、 2. 3)) are sentences of their own.

    Args:
        normal: the text.
        start, end: only sentences of this part of it, which begins and ends where a sentence does.

    Example:
        >>> normal = normalise("不收押金。1、带身份证2、能出差")
        >>> [normal.text[start:end] for start, end in sentences(normal)]
        ['不收押金', '1、带身份证', '2、能出差']
    """
    text = normal.text
    last = len(text) if end is None else end
    found: list[tuple[int, int]] = []
    for mark in _DELIMITERS.finditer(text, start, last):
        stop, begins = mark.span()
        if mark.group() in _SOMETIMES:
            number = _item_number(text, stop, begins)
            if number is not None:
                stop = begins = number
            elif mark.group() != "." or not _full_stop(text, stop):
                continue
        _append_trimmed(found, text, start, stop)
        start = begins
    _append_trimmed(found, text, start, last)
    return found


def sentences_at(normal: Normal, places: Iterable[int]) -> list[tuple[int, int]]:
    """The sentences of the lines and full-stop sentences in which some places stand; those of `sentences`, but fewer.

    A long text of which a few words matter is thus not split from end to end.

    Args:
        normal: the text.
        places: offsets in code points of the normal form, rising.

    Example:
        >>> normal = normalise("包吃住。不收押金！带身份证。周末双休。")
        >>> [normal.text[start:end] for start, end in sentences_at(normal, [6])]
        ['不收押金', '带身份证']
    """
    text = normal.text
    found: list[tuple[int, int]] = []
    done = 0
    ends = dict.fromkeys(_BREAKS, -1)
    for place in places:
        if place < done:
            continue
        begin = max(done, *(text.rfind(mark, done, place) + 1 for mark in _BREAKS))
        for mark, end in ends.items():
            if end < place:
                ends[mark] = text.find(mark, place)
                if ends[mark] < 0:
                    ends[mark] = len(text)
        done = min(min(ends.values()) + 1, len(text))
        found += sentences(normal, begin, done)
    return found


def _item_number(text: str, at: int, after: int) -> int | None:
    """Where the number of a list's item begins, if the mark at this offset follows one."""
    if at == 0 or text[at - 1] not in _NUMERALS or after >= len(text) or text[after].isdigit():
        return None
    number = _ITEM.search(text, max(0, at - 2), at)
    return None if number is None else number.start()


def _full_stop(text: str, at: int) -> bool:
    """Whether the point at this offset ends a sentence: not in 3.5 or example.com, not after e.g."""
    after = text[at + 1 : at + 2]
    return (not after or after.isspace()) and _ABBREVIATION.search(text, max(0, at - _LONGEST_ABBREVIATION), at) is None


def _append_trimmed(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    kept = piece.strip()
    if len(kept) == end - start:
        if kept:
            found.append((start, end))
    elif kept:
        start += len(piece) - len(piece.lstrip())
        found.append((start, start + len(kept)))


class _Forms:
    """The forms of the characters met so far; each character is worked out once."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._table: dict[int, str] = {}  # one character becomes one other
        self._regular: set[str] = set()  # what becomes exactly one character, itself or another
        self._irregular: dict[str, str] = {}  # what becomes none, or several
        self._marks: set[str] = set()  # what joins the character before it
        self._units: re.Pattern[str] | None = None

    def normal(self, text: str) -> Normal:
        if _STRANGE.search(text) is None:
            return Normal(self._replaced(text), text)
        letters = set(text)
        if not letters <= self._known:
            self._learn(letters - self._known)
        translated = text.translate(self._table)
        if letters <= self._regular:
            return Normal(translated, text)
        return self._pieced(text, translated)

    @staticmethod
    def _replaced(text: str) -> str:
        """Far fewer letters change than stay, so this is twice as fast as a look at each."""
        changing = set(_CHANGING.findall(text))
        if len(changing) > _MANY:
            return text.translate(_TABLE)
        form = text
        for letter in changing:
            form = form.replace(letter, _FORM_OF[letter])
        return form

    def _learn(self, letters: set[str]) -> None:
        for letter in letters:
            if unicodedata.combining(letter) or letter in _HALFWIDTH_MARKS:
                self._marks.add(letter)
                continue
            form = _form(letter)
            if len(form) != 1:
                self._irregular[letter] = form
                continue
            self._regular.add(letter)
            if form != letter:
                self._table[ord(letter)] = form
        if not letters <= self._regular:
            self._units = self._pattern()
        self._known |= letters

    def _pattern(self) -> re.Pattern[str]:
        marks, odd = re.escape("".join(self._marks)), re.escape("".join(self._irregular))
        units = ([rf"[^{marks}]?[{marks}]+"] if marks else []) + ([f"[{odd}]"] if odd else [])
        return re.compile("|".join(units), re.DOTALL)

    def _pieced(self, text: str, translated: str) -> Normal:
        """`translated` is right, and as long as `text`, wherever no irregular unit stands."""
        pieces = _Pieces()
        at = 0
        assert self._units is not None  # a letter outside _regular made it
        for unit in self._units.finditer(text):
            start, end = unit.span()
            pieces.run(translated[at:start], at)
            form = self._irregular.get(unit.group())
            pieces.unit(_form(unit.group()) if form is None else form, start, end)
            at = end
        pieces.run(translated[at:], at)
        return pieces.normal(text)


class _Pieces:
    """A normal form being put together, piece by piece; empty pieces are left out."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._begins: list[int] = []
        self._from: list[int] = []
        self._until: list[int] = []
        self._length = 0

    def run(self, text: str, start: int) -> None:
        """Characters that correspond one to one to those of the original from `start`."""
        self._add(text, start, -1)

    def unit(self, text: str, start: int, end: int) -> None:
        """Characters that all stand for the whole passage of the original."""
        self._add(text, start, end)

    def keep(self, normal: Normal, start: int, end: int) -> None:
        """A passage of another normal form, with its pieces; it begins and ends where pieces or characters do."""
        for text, first, until in normal.pieces(start, end):
            self._add(text, first, until)

    def _add(self, text: str, start: int, until: int) -> None:
        if text:
            self._out.append(text)
            self._begins.append(self._length)
            self._from.append(start)
            self._until.append(until)
            self._length += len(text)

    def normal(self, original: str) -> Normal:
        """What was put together."""
        return Normal("".join(self._out), original, tuple(self._begins), tuple(self._from), tuple(self._until))


def _form(unit: str) -> str:
    """The normal form of one character, or of one character with the marks that join it."""
    composed = unicodedata.normalize("NFKC", "".join(_LETTERS.get(letter, letter) for letter in unit))
    simple = "".join(_LETTERS.get(letter, letter) for letter in composed).lower()
    return "".join(letter for letter in simple if not _left_out(letter))


def _left_out(letter: str) -> bool:
    """Zero-width and direction marks, variation selectors, the box around a keycap, loose marks, emoji."""
    return (
        unicodedata.category(letter) in ("Cf", "Me")
        or "\ufe00" <= letter <= "\ufe0f"
        or "\U000e0100" <= letter <= "\U000e01ef"
        or unicodedata.combining(letter) != 0
        or _EMOJI.match(letter) is not None
    )


def _without_phrases(normal: Normal) -> Normal:
    """Words taken apart put together, then words written with other characters of the same sound put right."""
    if _ANY_PHRASE.search(normal.text) is None:
        return normal
    for pattern, meant in _PHRASES:
        normal = _rewritten(normal, pattern, meant)
    return normal


def _rewritten(normal: Normal, pattern: re.Pattern[str], meant: dict[str, str]) -> Normal:
    """Every match becomes one indivisible unit; the rest keeps its way back to the original."""
    pieces = _Pieces()
    at = 0
    for found in pattern.finditer(normal.text):
        pieces.keep(normal, at, found.start())
        pieces.unit(meant[found[0]], *normal.span(*found.span()))
        at = found.end()
    pieces.keep(normal, at, len(normal.text))
    return pieces.normal(normal.original)


def _phrases(meant: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    longest = sorted(meant, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest))), meant


_SPLITS_AND_WORDS_THEY_STAND_IN = _DISGUISES["splits"] | {
    phrase: same for phrase, same in _DISGUISES["phrases"].items() if phrase == same
}
_PHRASES = (
    _phrases(_SPLITS_AND_WORDS_THEY_STAND_IN),
    _phrases({phrase: other for phrase, other in _DISGUISES["phrases"].items() if phrase != other}),
)
_ANY_PHRASE = re.compile("|".join(pattern.pattern for pattern, _ in _PHRASES))
_FORM_OF = {letter: _form(letter) for letter in _CHANGING.findall("".join(map(chr, range(0x10000))))}
_TABLE = str.maketrans(_FORM_OF)
_FORMS = _Forms()
