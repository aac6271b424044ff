"""Where the work is done: at the employer's place, from elsewhere, or both by turns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from talentcity.text.confidence import confidence
from talentcity.text.normal import normalise

WORKING_MODES = ("on_site", "remote", "hybrid")
"""At the employer's or its client's place; wholly from elsewhere; some of the time from elsewhere."""


@dataclass(frozen=True, slots=True)
class WorkingMode:
    """A working mode, one of `WORKING_MODES`, and where it is stated."""

    mode: str
    start: int
    end: int
    confidence: float


def read_working_mode(text: str) -> WorkingMode | None:
    """Read the working mode that a field or an advert states; None when it states none.

    Remote control, remote support and the like are what the work is about, not where it is done.

    Example:
        >>> [read_working_mode(text).mode for text in ("可居家办公", "每周两天远程办公", "不接受远程办公")]
        ['remote', 'hybrid', 'on_site']
        >>> read_working_mode("负责远程监控系统") is None
        True
    """
    normal = normalise(text)
    found = find_mode(normal.text)
    if found is None:
        return None
    return WorkingMode(found[0], *normal.span(*found[1:]), confidence("working_mode", "text"))


def find_mode(simple: str) -> tuple[str, int, int] | None:
    """The mode that normalised text states, and where. A denial speaks before a mix, a mix before its parts."""
    if _ANY.search(simple) is None:
        return None
    for mode, pattern in _PATTERNS:
        found = pattern.search(simple)
        if found is not None:
            return mode, *found.span()
    return None


_AWAY = r"(?:远程|居家|在家|线上|异地)(?:办公|工作|上班|坐班|兼职|做|完成|就业|开发)"
_AWAY_ALONE = (
    r"(?:可|支持|接受|允许|全程|全职|完全|纯)(?:以)?(?:远程|居家)(?:(?:办公|工作|上班)|"
    r"(?![控监桌协教医支技诊会面操维管培服视访连授指读抄传运养护看]))"
)
_AWAY_ENGLISH = (
    r"(?:fully |100% )?remote(?:ly)?(?: (?:work(?:ing)?|position|role|job|team|ok|first|friendly))|"
    r"work(?:ing)? remotely|"
    r"(?:fully|100%) remote|\bremote(?=\s*(?:$|[,.;()/|\]]))|work(?:ing)? (?:from|at) home|home[- ]based|telecommut\w*|"
    r"\bwfh\b"
)
_DAYS = r"(?:[一二两三四五1-5]|[1-5]-[1-5])\s*天"
_PATTERNS = (
    (
        "on_site",
        re.compile(
            r"(?:不|非|无法|谢绝|拒绝)(?:接受|支持|可以?|能|提供|允许|是)?(?:远程|居家|在家|线上)(?:办公|工作|"
            r"上班|兼职)?"
            r"|(?:远程|居家|线上)(?:办公|工作|兼职)?者?(?:勿扰|勿投|免谈)"
            r"|(?:not|no) (?:a )?remote|remote (?:work )?(?:is )?not (?:available|possible|offered)|no telecommut\w*"
        ),
    ),
    (
        "hybrid",
        re.compile(
            rf"混合(?:式)?(?:办公|工作)|(?:线上线下|远程和?现场|居家和?现场)(?:结合|混合)|部分(?:时间)?{_AWAY}"
            rf"|{_DAYS}.{{0,4}}(?:远程|居家|在家)|(?:远程|居家|在家)(?:办公|工作)?{_DAYS}"
            r"|hybrid (?:work(?:ing)?|position|role|schedule|model|team)|\bhybrid(?=\s*(?:$|[,.;()/|\]]))"
            r"|partly remote|partially remote|(?:occasional(?:ly)?|some) (?:remote|work from home)"
        ),
    ),
    ("remote", re.compile(rf"{_AWAY}|{_AWAY_ALONE}|{_AWAY_ENGLISH}")),
    (
        "on_site",
        re.compile(
            r"(?<![不无非])(?<!不需)(?<!不用)(?<!无需)(?:需要?|须|固定|公司|到岗|全职|每[天日])坐班|坐班制(?!不)|"
            r"现场办公"
            r"|(?<![不无非])(?<!不需)(?<!不用)(?<!无需)(?:驻场(?:开发|办公|工作|实施)?(?!老师|教练|安保|人员)|到公司上班)"
            r"|\bon-?\s?site (?:work|position|role|only|job)|\bin[- ]office|work(?:ing)? on-?\s?site"
            r"|\bon-?site(?=\s*(?:$|[,.;()/|\]]))"
        ),
    ),
)
_ANY = re.compile(r"远程|居家|在家|线上|异地|混合|坐班|现场|驻场|到公司|remote|home|hybrid|site|telecommut|wfh|office")
