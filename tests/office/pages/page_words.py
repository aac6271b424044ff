"""How the tests of the pages read what a page shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

REPORT = {
    "persons": 4, "persons_full": 3, "missing": 2, "missing_is_minimum": True, "fairest": True, "per_person": 3,
    "persons_by_count": [0, 1, 0, 3], "pairs": 12345, "score": 8.25, "upper_bound": 8.2516, "gap": 0.0001939,
    "status": "within_gap", "options": {"gap": 0.0003, "solver": "auction", "threads": 2, "time_limit": None},
    "seconds": {"total": 0.25}, "steps": {"screen": 0.5, "plan": 0.25}, "per_place": 10, "changes": None,
    "rules": [
        {"rule_id": "F1", "tier": "T1", "version": "1", "title_zh": "收取押金", "title_en": "Deposit taken",
         "legal_basis": "劳动合同法 第九条",
         "penalties": {"劳动合同法 第八十四条": "cn/labour_contract/fee_or_deposit"}},
        {"rule_id": "D3", "tier": "T3", "version": "1", "title_zh": "限定年龄", "title_en": "Age limit",
         "legal_basis": "就业促进法 第三条", "penalties": {}},
    ],
}  # fmt: skip
"""A report as a plan run leaves it."""


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def words(response) -> str:
    """What the main part of a page says, with single spaces between the pieces."""
    html = response.content.decode()
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    reader = _Words()
    reader.feed(main.group() if main else html)
    return " ".join(" ".join(reader.parts).split())
