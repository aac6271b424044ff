"""Levels of education, in rising order."""

from __future__ import annotations

EDUCATION = ("junior", "secondary", "college", "bachelor", "master", "doctor")
"""Highest level finished: 初中及以下, 高中/中专/中技, 大专, 本科, 硕士, 博士."""
