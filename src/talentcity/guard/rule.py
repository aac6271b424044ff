"""A rule is dated data: one TOML file under `rules/`, with its legal basis and what it looks for.

Most rules look for wording, with patterns and guards; some ask whether facts are stated.

How a file is written is explained in `docs/howto/add_a_guard_rule.md`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from talentcity import law
from talentcity.errors import InvalidData, NoRuleInForce
from talentcity.tables import POSTINGS, TIERS
from talentcity.text.facts import KINDS

SCOPES = ("before", "match", "after", "clause", "pair", "sentence", "near")
FIELDS = ("title", "text")
STATUSES = ("V", "S", "M")  # article text read; supported by a secondary source; not yet checked
_HOLDING_TIERS = ("T1", "T2")
_MACRO = re.compile(r"(?<!\(\?P)<(\w+)>")  # (?P<name>...) is a group, not a word
_LINE_BREAK = re.compile(r"\n\s*")  # a long pattern may be written on several lines
_RULE_KEYS = {
    "id", "version", "tier", "jurisdiction", "owner", "effective_from", "effective_to", "title_zh", "title_en",
    "legal", "words", "language", "fact",
}  # fmt: skip
_RULE_NEEDS = _RULE_KEYS - {"effective_to", "words", "language", "fact"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalReference:
    """One article that a rule rests on.

    Attributes:
        article: as it is cited, such as 劳动合同法 第九条.
        status: V: the text was read; S: supported by a secondary source; M: not checked yet.
        since: first day on which the article counts.
        penalty: name of the parameter of `law` that says what may follow; None: another article says it.
        when: the article applies only to findings whose fact this matches; None: to all.
    """

    article: str
    status: str
    since: date
    penalty: str | None
    when: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A reason why a match is no breach: its name, where to look, and what to look for."""

    name: str
    scope: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What a breach looks like in one language, in which fields, and which guards may speak against it.

    `tier` is the rule's own unless the file gives the pattern a milder one. `needs` are words one of which every match
    holds; a sentence without any is not read by the pattern, which is all they are for. Empty: every sentence is read.
    """

    name: str
    tier: str
    needs: tuple[str, ...]
    regex: re.Pattern[str]
    fields: frozenset[str]
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A rule in one language: words without which no pattern can match, and the patterns, first one first."""

    language: str
    triggers: tuple[str, ...]
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededFact:
    """A fact that an advert has to state: in a column, or in words, or so that `text.facts` reads it.

    Attributes:
        name_zh, name_en: what it is called in a finding.
        columns: columns of `postings`, of which one that is filled states it.
        kinds: kinds of `text.facts`, of which one that is read states it.
        words: what states it outright, in normalised words of title and text.
    """

    name_zh: str
    name_en: str
    columns: tuple[str, ...]
    kinds: frozenset[str]
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the guard.

    Attributes:
        id, version: who it is; findings carry both.
        tier: T1 and T2 hold a posting if an article is verified; T3 warns; T4 is evidence only.
        jurisdiction: where it applies, such as CN.
        owner: who answers for it.
        effective_from, effective_to: first and last day on which it is asked; no last day: None.
        title_zh, title_en: what it is about.
        legal: the articles it rests on.
        wordings: its patterns by language.
        facts: what an advert has to state; a rule with facts has no wordings.
    """

    id: str
    version: str
    tier: str
    jurisdiction: str
    owner: str
    effective_from: date
    effective_to: date | None
    title_zh: str
    title_en: str
    legal: tuple[LegalReference, ...]
    wordings: tuple[Wording, ...]
    facts: tuple[NeededFact, ...]

    @property
    def legal_basis(self) -> str:
        """All articles whose text was read, joined by semicolons."""
        return "; ".join(reference.article for reference in self.legal if reference.status == "V")

    def basis_of(self, fact: str, on: date) -> str:
        """The verified articles that count on a day for what was found, joined by semicolons."""
        return "; ".join(reference.article for reference in self.references(fact, on))

    def references(self, fact: str, on: date) -> tuple[LegalReference, ...]:
        """The verified articles that count on a day for what was found."""
        return tuple(
            reference
            for reference in self.legal
            if reference.status == "V"
            and reference.since <= on
            and (reference.when is None or reference.when.search(fact) is not None)
        )

    def penalties(self, fact: str, on: date) -> tuple[law.InForce, ...]:
        """What the articles say may follow; information for a person who decides, never a decision."""
        named = [reference.penalty for reference in self.references(fact, on) if reference.penalty is not None]
        found = []
        for name in dict.fromkeys(named):
            try:
                found.append(law.load(name).on(on))
            except NoRuleInForce:
                continue  # the article counts already, its penalty does not yet
        return tuple(found)

    def verdict(self, fact: str, on: date, *, tier: str | None = None) -> str | None:
        """What one finding asks for: hold, warn, or None for evidence only.

        Args:
            fact: what was found, in normalised words.
            on: today.
            tier: of the finding; None: the rule's.
        """
        grave = self.tier if tier is None else tier
        if grave in _HOLDING_TIERS:
            return "hold" if self.references(fact, on) else "warn"
        return "warn" if grave == "T3" else None

    def applies(self, on: date) -> bool:
        """Whether the rule is asked on that day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


def rules(on: date) -> tuple[Rule, ...]:
    """The rules that apply on a day, in the order of their ids.

    Example:
        >>> from datetime import date
        >>> [{"S1", "S2"} & {rule.id for rule in rules(date(year, 1, 1))} for year in (1990, 2000)]
        [set(), {'S1'}]
    """
    return tuple(rule for rule in all_rules() if rule.applies(on))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule that comes with the programme, of any day, in the order of their ids."""
    folder = Path(str(resources.files("talentcity.guard") / "rules"))
    return tuple(sorted((read_rule(path) for path in folder.glob("*.toml")), key=lambda rule: (rule.id, rule.version)))


def read_rule(path: Path) -> Rule:
    """Read one rule.

    Raises:
        InvalidData: the file is not TOML, or lacks or misspells something; the message says what and where.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidData(f"{path}: cannot be read as TOML: {error}.") from None
    where = path.name
    _require_keys(data, _RULE_KEYS, _RULE_NEEDS, where)
    _require_one_of(data["tier"], TIERS, f"{where}: tier")
    if ("language" in data) is ("fact" in data):
        raise InvalidData(f"{where}: expected either language (wording to look for) or fact (facts to be stated).")
    words = _words(data.get("words", {}), _shared_words(), where)
    return Rule(
        id=data["id"],
        version=data["version"],
        tier=data["tier"],
        jurisdiction=data["jurisdiction"],
        owner=data["owner"],
        effective_from=data["effective_from"],
        effective_to=data.get("effective_to"),
        title_zh=data["title_zh"],
        title_en=data["title_en"],
        legal=tuple(_reference(one, f"{where}, legal {at}") for at, one in enumerate(data["legal"], start=1)),
        wordings=tuple(
            _wording(language, wording, words, data["tier"], f"{where}, language {language}")
            for language, wording in data.get("language", {}).items()
        ),
        facts=tuple(_fact(one, words, f"{where}, fact {at}") for at, one in enumerate(data.get("fact", ()), start=1)),
    )


def _fact(data: dict[str, object], words: dict[str, str], where: str) -> NeededFact:
    _require_keys(data, {"name_zh", "name_en", "columns", "kinds", "words"}, {"name_zh", "name_en", "words"}, where)
    return NeededFact(
        name_zh=str(data["name_zh"]),
        name_en=str(data["name_en"]),
        columns=tuple(sorted(_names(data, "columns", (), tuple(POSTINGS.names), where))),
        kinds=frozenset(_names(data, "kinds", (), KINDS, where)),
        words=_regex(str(data["words"]), words, where),
    )


def _reference(data: dict[str, object], where: str) -> LegalReference:
    _require_keys(data, {"article", "status", "since", "penalty", "when"}, {"article", "status", "since"}, where)
    _require_one_of(data["status"], STATUSES, f"{where}: status")
    if type(data["since"]) is not date:
        raise InvalidData(f"{where}: since is {data['since']!r}; expected a day such as 2008-01-01.")
    penalty = data.get("penalty")
    if penalty is not None and penalty not in law.names():
        raise InvalidData(f"{where}: penalty {penalty!r} is no parameter of law; expected one of {law.names()}.")
    when = data.get("when")
    return LegalReference(
        article=str(data["article"]),
        status=str(data["status"]),
        since=data["since"],
        penalty=None if penalty is None else str(penalty),
        when=None if when is None else _regex(str(when), {}, where),
    )


@cache
def _shared_words() -> dict[str, str]:
    """The pieces that every rule may use, from `words.toml`."""
    path = Path(str(resources.files("talentcity.guard") / "words.toml"))
    return _words(tomllib.loads(path.read_text(encoding="utf-8")), {}, path.name)


def _words(data: dict[str, str], shared: dict[str, str], where: str) -> dict[str, str]:
    """Named pieces of patterns, `<name>`; each may use those above it, and the shared ones."""
    words = dict(shared)
    for name, piece in data.items():
        words[name] = _filled(piece, words, f"{where}, words.{name}")
    return words


def _filled(piece: str, words: dict[str, str], where: str) -> str:
    def fill(macro: re.Match[str]) -> str:
        if macro.group(1) not in words:
            raise InvalidData(f"{where}: <{macro.group(1)}> is not among the words above it.")
        return f"(?:{words[macro.group(1)]})"

    return _MACRO.sub(fill, piece)


def _regex(piece: str, words: dict[str, str], where: str) -> re.Pattern[str]:
    try:
        return re.compile(_LINE_BREAK.sub("", _filled(piece, words, where)))
    except re.error as error:
        raise InvalidData(f"{where}: {piece!r} is not a regular expression: {error}.") from None


def _wording(language: str, data: dict[str, object], words: dict[str, str], tier: str, where: str) -> Wording:
    _require_keys(data, {"triggers", "pattern", "guard"}, {"triggers", "pattern"}, where)
    guards = [_guard(one, words, f"{where}, guard {at}") for at, one in enumerate(_tables(data, "guard"), start=1)]
    patterns = [
        _pattern(one, words, guards, tier, f"{where}, pattern {at}")
        for at, one in enumerate(_tables(data, "pattern"), 1)
    ]
    triggers = _texts(data["triggers"], f"{where}: triggers")
    return Wording(language=language, triggers=triggers, patterns=tuple(patterns))


def _texts(data: object, where: str) -> tuple[str, ...]:
    if not isinstance(data, list) or not all(isinstance(word, str) and word for word in data):
        raise InvalidData(f"{where}; expected a list of words.")
    return tuple(data)


def _tables(data: dict[str, object], key: str) -> list[dict[str, object]]:
    found = data.get(key, [])
    return found if isinstance(found, list) else []


def _guard(data: dict[str, object], words: dict[str, str], where: str) -> Guard:
    _require_keys(data, {"name", "scope", "regex"}, {"name", "scope", "regex"}, where)
    _require_one_of(data["scope"], SCOPES, f"{where}: scope")
    return Guard(name=str(data["name"]), scope=str(data["scope"]), pattern=_regex(str(data["regex"]), words, where))


def _pattern(data: dict[str, object], words: dict[str, str], guards: list[Guard], tier: str, where: str) -> Pattern:
    _require_keys(data, {"name", "tier", "needs", "regex", "fields", "unless", "despite"}, {"name", "regex"}, where)
    own = data.get("tier", tier)
    _require_one_of(own, TIERS, f"{where}: tier")
    known = {guard.name for guard in guards}
    fields = _names(data, "fields", FIELDS, FIELDS, where)
    chosen = _names(data, "unless", tuple(known), tuple(known), where)
    chosen -= _names(data, "despite", (), tuple(known), where)
    return Pattern(
        name=str(data["name"]),
        tier=str(own),
        needs=_texts(data.get("needs", []), f"{where}: needs"),
        regex=_regex(str(data["regex"]), words, where),
        fields=frozenset(fields),
        guards=tuple(guard for guard in guards if guard.name in chosen),
    )


def _names(
    data: dict[str, object], key: str, default: tuple[str, ...], allowed: tuple[str, ...], where: str
) -> set[str]:
    names = data.get(key, list(default))
    if not isinstance(names, list):
        raise InvalidData(f"{where}: {key} is {names!r}; expected a list.")
    for name in names:
        _require_one_of(name, tuple(sorted(allowed)), f"{where}: {key}")
    return set(names)


def _require_keys(data: dict[str, object], known: set[str], needed: set[str], where: str) -> None:
    for key in sorted(set(data) - known):
        raise InvalidData(f"{where}: {key} is not known; expected {', '.join(sorted(known))}.")
    for key in sorted(needed - set(data)):
        raise InvalidData(f"{where}: {key} is missing.")


def _require_one_of(value: object, allowed: tuple[str, ...], where: str) -> None:
    if value not in allowed:
        raise InvalidData(f"{where} is {value!r}; expected one of {', '.join(allowed)}.")
