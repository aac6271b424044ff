"""Tables the office takes; known without Django, so that a command can refuse the others before it opens a database."""

from talentcity.errors import UnknownName

KINDS = ("seekers", "employers", "postings", "vacancies", "sessions", "deliveries")
"""In the order in which they build on each other."""


def require_taken(kind: str) -> None:
    """Raise UnknownName unless the office takes tables of this name."""
    if kind not in KINDS:
        raise UnknownName(f"The office takes no table {kind!r}; expected one of {', '.join(KINDS)}.")
