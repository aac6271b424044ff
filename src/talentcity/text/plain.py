"""Full-width signs as their plain ones, one for one: offsets in the plain text are offsets in the original."""

from __future__ import annotations

import re

_PLAIN: dict[int, str] = {0x3000: " ", 0xA0: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_NUMERALS = {word: float(number) for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2.0, "半": 0.5}
NUMERAL = "十[一二]?|[一二两三四五六七八九半]"
"""Chinese numerals as adverts use them, as part of a regular expression."""


def plain(text: str) -> str:
    """`text` with full-width digits, letters and signs as plain ones, as long as before.

    Example:
        >>> plain("８千－１．１万（税前）")
        '8千-1.1万(税前)'
    """
    return text.translate(_PLAIN)


def number_of(word: str) -> float:
    """The number that digits or a Chinese numeral stand for.

    Example:
        >>> number_of("12"), number_of("十二"), number_of("两"), number_of("8,000.5")
        (12.0, 12.0, 2.0, 8000.5)
    """
    if len(word) == 2 and word[0] == "十":
        return 10 + _NUMERALS[word[1]]
    return _NUMERALS[word] if word in _NUMERALS else float(word.replace(",", ""))


def amount_of(text: str) -> float | None:
    """The number that a cell states, however it is written; None where it states none, or more than a number.

    Full-width digits, thousands separators, 千, 万 and 亿, a sign of the yuan before it or 元 after it.

    Example:
        >>> [amount_of(text) for text in ("1,234.5", "１２００", "1.2万", "￥8,000元", "-3", "8-12", "$5", "12,34")]
        [1234.5, 1200.0, 12000.0, 8000.0, -3.0, None, None, None]
    """
    found = _AMOUNT.fullmatch(plain(text))
    if found is None:
        return None
    return round(float(found["number"].replace(",", "")) * _SCALES[found["scale"] or ""], 6)


_SCALES = {"": 1.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_AMOUNT = re.compile(
    r"\s*[¥￥]?\s*(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?)\s*(?P<scale>[千万亿])?\s*元?\s*"
)
