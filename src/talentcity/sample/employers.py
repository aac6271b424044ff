"""Employers and agencies with made-up names and credit codes of a division that is nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from talentcity.sample.cityfile import CityFile
from talentcity.sample.credit_code import credit_codes
from talentcity.sample.occupations import data
from talentcity.sample.streams import choose

SECTORS = ("employer", "agency", "government", "public_institution", "state_owned")
_SHARES = np.array([0.82, 0.06, 0.03, 0.06, 0.03])
_ENGLISH = 0.06  # share of market employers with an English name


@dataclass(frozen=True, kw_only=True, eq=False)
class Employers:
    """n employers, biggest first.

    Attributes:
        sector: (n,) int, a place in SECTORS.
        group: (n,) groups of occupations, each the employer's industry.
        table: rows of the employers schema.
    """

    sector: np.ndarray
    group: list[str]
    table: pl.DataFrame

    def of(self, sector: str, group: str) -> np.ndarray:
        """Rows of a sector, of one industry where that has any; "" is every industry."""
        return self._rows.get((sector, group), self._rows[sector, ""])

    @cached_property
    def _rows(self) -> dict[tuple[str, str], np.ndarray]:
        groups = np.array(self.group)
        found = {}
        for number, sector in enumerate(SECTORS):
            rows = np.flatnonzero(self.sector == number)
            found[sector, ""] = rows
            found |= {(sector, str(group)): rows[groups[rows] == group] for group in np.unique(groups[rows])}
        return found


def make_employers(count: int, rng: np.random.Generator, *, on: date, city: CityFile) -> Employers:
    """So many employers and agencies; each sector has at least one."""
    sector = choose(rng, _SHARES, count)
    sector[: len(SECTORS)] = np.arange(len(SECTORS))
    groups = sorted(data("employers.toml")["industry_zh"])
    institutions = [groups.index(name) for name in data("employers.toml")["public_institution_zh"]]
    public = sector == SECTORS.index("public_institution")
    drawn = rng.random(count)
    group = (drawn * len(groups)).astype(np.int64)
    group = np.where(public, np.array(institutions)[(drawn * len(institutions)).astype(np.int64)], group)
    sectors = [SECTORS[number] for number in sector.tolist()]
    agency = sector == SECTORS.index("agency")
    licence = np.datetime64(on) + rng.integers(20, 1600, count)
    named = [groups[number] for number in group.tolist()]
    table = pl.DataFrame(
        {
            "employer_id": [f"E{number:05d}" for number in range(1, count + 1)],
            "name": _names(rng, sectors, named, city),
            "credit_code": credit_codes(_numbers(rng, count), sectors, division=city.division),
            "kind": np.where(agency, "agency", "employer"),
            "licence_until": pl.Series(np.where(agency, licence, np.datetime64("NaT")), dtype=pl.Date),
            "checked_on": pl.Series(_checked(rng, count, on), dtype=pl.Date),
        }
    )
    return Employers(sector=sector, group=named, table=table)


def _numbers(rng: np.random.Generator, count: int) -> np.ndarray:
    """(count,) int, each once: a random start and steps between them."""
    return 31**5 + np.cumsum(rng.integers(1, min(90_000, (31**7 - 31**5) // count), count))


def _checked(rng: np.random.Generator, count: int, on: date) -> np.ndarray:
    days = np.datetime64(on - timedelta(days=1)) - rng.integers(0, 365, count)
    return np.where(rng.random(count) < 0.15, np.datetime64("NaT"), days)


def _names(rng: np.random.Generator, sectors: list[str], groups: list[str], city: CityFile) -> list[str]:
    parts = data("employers.toml")
    seen: dict[str, int] = {}
    names = []
    for sector, group, draws in zip(sectors, groups, rng.random((len(sectors), 6)).tolist(), strict=True):
        name = _name(sector, group, draws, city, parts)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else _again(name, seen[name]))
    return names


def _name(sector: str, group: str, draws: list[float], city: CityFile, parts: dict[str, Any]) -> str:
    zh = parts["zh"]
    if sector in ("government", "public_institution"):
        district = _pick(list(city.districts), draws[0]).name
        patterns = zh[sector] if sector == "government" else parts["public_institution_zh"][group]
        body = _pick(patterns, draws[1]).format(district=district, n=_ordinal(draws[2]))
        return f"{city.employer_prefix}市{body}"
    if sector == "employer" and draws[5] < _ENGLISH:
        brand = _pick(parts["en"]["first"], draws[0]) + _pick(parts["en"]["second"], draws[1])
        legal = _pick(parts["en"]["legal"], draws[3])
        return f"{city.employer_prefix_en} {brand} {_pick(parts['industry_en'][group], draws[2])} {legal}"
    brand = _pick(zh["first"], draws[0]) + _pick(zh["second"], draws[1])
    if sector == "state_owned":
        return f"{city.employer_prefix}{brand}{_pick(zh['state_owned'], draws[2])}集团有限公司"
    industry = _pick(zh["agency"] if sector == "agency" else parts["industry_zh"][group], draws[2])
    return f"{city.employer_prefix}{brand}{industry}{_pick(zh['legal'], draws[3])}"


def _pick(words: list[Any], draw: float) -> Any:
    return words[int(draw * len(words))]


def _ordinal(draw: float) -> str:
    number = 1 + int(draw * 30)
    digits = "零一二三四五六七八九"
    tens = "" if number < 10 else ("十" if number < 20 else f"{digits[number // 10]}十")
    return tens + (digits[number % 10] if number % 10 else "")


def _again(name: str, times: int) -> str:
    """A branch, for a name that is taken."""
    return f"{name} Branch {times}" if name.isascii() else f"{name}第{times}分部"
