"""Postings are screened for illegal recruitment practice: findings with passage and article, and a verdict each."""

from talentcity.guard.cards import card, card_name
from talentcity.guard.rule import LegalReference, Rule, rules
from talentcity.guard.screening import GUARDED, Counts, Screening, screen

__all__ = ["GUARDED", "Counts", "LegalReference", "Rule", "Screening", "card", "card_name", "rules", "screen"]
