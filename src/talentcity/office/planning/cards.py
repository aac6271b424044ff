"""What a card says of one recommendation, put into words for the reader; nothing is decided here."""

from __future__ import annotations

from talentcity.office.planning.sentences import sentence, wage
from talentcity.office.records.passages import mark

SIGNS = {"met": "✓", "partly": "≈", "unmet": "–"}


def rules_of(run):
    """What the run's report says of each rule, by its id."""
    return {rule["rule_id"]: rule for rule in run.report.get("rules", ())} if run else {}


def card(recommended, seeker, rules):
    """One recommendation: its figures and reasons in words, what guard found, and the latest answer."""
    return {
        "recommended": recommended,
        "pk": recommended.recommendation.pk,
        "vacancy": recommended.vacancy,
        "posting": recommended.posting,
        "wage": wage(recommended.posting),
        "verdict": recommended.shown.says,
        "notes": mark(recommended.shown, rules=rules, on=None, with_let_pass=False).notes,
        "reasons": [_reason(reason, seeker, recommended.posting) for reason in recommended.reasons],
        "answer": recommended.answer,
    }


def _reason(reason, seeker, posting):
    return {
        "grade": reason.grade,
        "sign": SIGNS[reason.grade],
        "words": sentence(reason, seeker=seeker, posting=posting),
    }
