"""An evidence card: what was found in one posting, where, and what the law says of it, for a person to decide."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from talentcity import law
from talentcity.guard.rule import Rule, all_rules

_CONTEXT = 60  # characters shown to each side of a passage
_LONGEST_NAME = 80
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_FIELDS = {"title": "标题 / title", "text": "正文 / text"}


def card(
    posting: Mapping[str, object], findings: pl.DataFrame | Iterable[Mapping[str, object]], *, on: date | None = None
) -> str:
    """A card in Markdown for one posting, Chinese and English side by side.

    Args:
        posting: posting_id, title and text; other fields are not read.
        findings: FINDINGS rows; those of other postings are left out.
        on: the day whose penalties are shown; None: the newest known.

    Example:
        >>> posting = {"posting_id": 7, "title": "仓管员", "text": "入职须交押金300元。"}
        >>> finding = {"posting_id": 7, "rule_id": "F1", "tier": "T1", "start": 2, "end": 10, "fact": "须交押金300元",
        ...            "legal_basis": "劳动合同法 第九条", "field": "text", "version": "1"}
        >>> print(card(posting, [finding]).splitlines()[8])
        > 入职**【须交押金300元】**。
    """
    rows = findings.to_dicts() if isinstance(findings, pl.DataFrame) else findings
    own = [row for row in rows if row["posting_id"] == posting["posting_id"]]
    day = date.max if on is None else on
    parts = [
        f"# {_plain(posting.get('title') or '')}",
        f"招聘信息 / posting: {_plain(posting['posting_id'])}",
        *(_finding(number, row, posting, day) for number, row in enumerate(own, start=1)),
        _FOOT,
    ]
    return "\n\n".join(parts) + "\n"


def card_name(posting_id: object) -> str:
    """A file name for a posting's card that every file system takes; two ids never share one.

    Example:
        >>> card_name(17), card_name("P-3")
        ('17.md', 'P-3.md')
        >>> card_name("../x")
        'x-d6b96a97.md'
    """
    written = str(posting_id)
    safe = _UNSAFE.sub("-", written).strip(".-")[:_LONGEST_NAME]
    if not safe or safe != written or safe != safe.upper():  # file systems may take a and A for the same letter
        digest = hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"{safe or 'posting'}-{digest}"
    return f"{safe}.md"


_FOOT = """---

以上为规则自动发现的疑点，供人工研判，不是结论；是否违法、如何处理，由人决定。
A rule found this; it is evidence, not a conclusion. A person decides whether it is unlawful and what follows.

**申诉 / appeal**：用人单位认为有误的，可说明理由并附材料，申请复核；由人复核后决定。
An employer who thinks this is a mistake may say why, with documents, and ask for a review; a person decides."""


def _finding(number: int, row: Mapping[str, object], posting: Mapping[str, object], on: date) -> str:
    rule = _rule_of(row)
    title = f"{rule.title_zh} / {rule.title_en}" if rule else ""
    lines = [
        f"## {number}. {row['rule_id']} ({row['tier']}) {title}".rstrip(),
        *_where(row, posting),
        f"- **依据 / articles**: {row['legal_basis'] or '—'}",
    ]
    penalties = rule.penalties(str(row["fact"]), on) if rule else ()
    lines += [f"- **可能的处理（仅供参考）/ what may follow (information only)**: {_penalty(one)}" for one in penalties]
    lines.append(f"- **规则版本 / version of the rule**: {row.get('version') or '—'}")
    return "\n\n".join(lines[:3]) + "\n\n" + "\n".join(lines[3:])


def _rule_of(row: Mapping[str, object]) -> Rule | None:
    """The rule in the version that made the finding, or else its newest."""
    same = [rule for rule in all_rules() if rule.id == row["rule_id"]]
    exact = [rule for rule in same if rule.version == row.get("version")]
    best = exact or same
    return best[-1] if best else None


def _where(row: Mapping[str, object], posting: Mapping[str, object]) -> tuple[str, str]:
    """Where the passage stands, and the passage; what an advert leaves out stands nowhere and is named."""
    field, start, end = str(row.get("field") or "text"), _offset(row["start"]), _offset(row["end"])
    if start == end:
        return "全文 / whole advert", f"> **【{_plain(row['fact'])}】**"
    return f"{_FIELDS.get(field, field)}，{start}–{end}", _passage(str(posting.get(field) or ""), start, end)


def _offset(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))


def _passage(text: str, start: int, end: int) -> str:
    before = ("…" if start > _CONTEXT else "") + text[max(0, start - _CONTEXT) : start]
    after = text[end : end + _CONTEXT] + ("…" if len(text) - end > _CONTEXT else "")
    return f"> {_plain(before)}**【{_plain(text[start:end])}】**{_plain(after)}"


def _plain(written: object) -> str:
    """Text in one line in which nothing is read as Markdown or HTML."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(written).split()))


def _penalty(penalty: law.InForce) -> str:
    low, high = penalty.range
    numbers = ""
    if high is not None:
        amount = f"{low:,} – {high:,}" if low is not None and low != high else f"≤ {high:,}"
        numbers = f"{amount} {penalty.unit}"
    words = "; ".join(part for part in (penalty.note, penalty.note_en, numbers) if part)
    doubt = "（尚未经法律人员核对 / not yet read by a lawyer）" if penalty.unverified else ""
    doubt += "（依据可能已更新 / the source may have changed）" if penalty.stale else ""
    return f"{penalty.source}: {words}{doubt}"
