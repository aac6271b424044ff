"""The headings of a sheet as people mean them: full-width signs, line breaks, spaces round them and between
Chinese signs make no difference."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

REFUSED_ROW, REFUSED_BECAUSE = "refused_row", "refused_because"
"""The two headings that a file of refused rows has beside those of its sheet."""
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


def folded(heading: str) -> str:
    """A heading in the form in which two of them are compared.

    Example:
        >>> folded("  ＪＯＢ\\ntitle（１） ") == folded("JOB title(1)")
        True
        >>> folded("月 薪")
        '月薪'
    """
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", heading)).strip()
    return _BETWEEN_CHINESE.sub("", spaced)


class Headings:
    """The headings of a sheet, found by what they mean."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._by_meaning: dict[str, list[str]] = {}
        for name in self.names:
            self._by_meaning.setdefault(folded(name), []).append(name)

    def alike(self, heading: str) -> list[str]:
        """The headings of the sheet that mean the same as this one, as they stand in it."""
        if heading in self.names:
            others = [name for name in self._by_meaning.get(folded(heading), []) if name != heading]
            return [heading, *others]
        return self._by_meaning.get(folded(heading), [])

    def near(self, heading: str) -> str | None:
        """A heading of the sheet that may be meant, by its letters."""
        wanted = folded(heading).lower()
        meant = {folded(name).lower(): name for name in reversed(self.names)}
        for known, name in meant.items():
            if min(len(wanted), len(known)) >= 2 and (wanted in known or known in wanted):
                return name
        close = difflib.get_close_matches(wanted, meant, n=1, cutoff=0.6)
        return meant[close[0]] if close else None
