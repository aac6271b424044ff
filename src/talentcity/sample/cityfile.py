"""The file that describes a city to the sample: its districts and how they differ."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from talentcity.errors import InvalidData
from talentcity.text.lexicon import families

PLACE_FORMS = ("district", "city/district")
_DISTRICT_NUMBERS = {"people": None, "openings": None, "wished": 1.0, "served": 1.0, "education": 0.0}
_CITY_KEYS = (
    "name",
    "name_en",
    "place_form",
    "place_city",
    "employer_prefix",
    "employer_prefix_en",
    "division",
    "district",
)
_DISTRICT_KEYS = ("name", "name_en", "streets", "industries", *_DISTRICT_NUMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CityDistrict:
    """A district; people, openings and wished are weights, served 1 and education 0 are the city's usual.

    Attributes:
        name, name_en: in Chinese and in English.
        people: how many seekers live here.
        openings: how many vacancies are here.
        wished: how often others wish to work here.
        served: how far the ledger of deliveries has come.
        education: tilt of the level of education; 0 is the city's mix.
        streets: names of streets, for addresses.
        industries: group of occupations -> how much more often (above 1) its vacancies are here.
    """

    name: str
    name_en: str
    people: float
    openings: float
    wished: float
    served: float
    education: float
    streets: tuple[str, ...]
    industries: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CityFile:
    """A city as the sample knows it.

    Attributes:
        name, name_en: in Chinese and in English.
        place_form: how tables name a place: `district` (bare) or `city/district`.
        place_city: the city in `city/district`.
        employer_prefix, employer_prefix_en: what the made-up names of employers begin with.
        division: six digits of the administrative division in credit codes; assigned to no place.
        districts: at least one.
    """

    name: str
    name_en: str
    place_form: str
    place_city: str
    employer_prefix: str
    employer_prefix_en: str
    division: str
    districts: tuple[CityDistrict, ...]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> CityFile:
        """Read a city file (TOML).

        Raises:
            InvalidData: it cannot be read, or a key is missing, unknown or has a value that cannot be;
                the message names the file and the key.
        """
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InvalidData(
                f"{path} cannot be read: {error.strerror or error}. Expected a city file (TOML)."
            ) from None
        except UnicodeDecodeError:
            raise InvalidData(f"{path} is not UTF-8 text. Expected a city file (TOML).") from None
        return cls.parse(text, source=str(path))

    @classmethod
    def parse(cls, text: str, *, source: str) -> CityFile:
        """A city from the text of a city file; `source` is what messages call it.

        Raises:
            InvalidData: as `load`.
        """
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidData(f"{source} is not TOML: {error}.") from None
        return _city(content, source)

    def places(self) -> list[str]:
        """The districts as tables name them, in the order of the file."""
        if self.place_form == "district":
            return [district.name for district in self.districts]
        return [f"{self.place_city}/{district.name}" for district in self.districts]


def built_in() -> CityFile:
    """云岭市, a city that does not exist."""
    name = "yunling.toml"
    text = files("talentcity.sample").joinpath("data", name).read_text(encoding="utf-8")
    return CityFile.parse(text, source=name)


def _city(content: dict[str, object], source: str) -> CityFile:
    _require_known(content, _CITY_KEYS, source, "")
    name = _text(content, "name", source)
    form = _text(content, "place_form", source, default="district")
    if form not in PLACE_FORMS:
        raise InvalidData(f"{source}, key place_form: {form!r}; expected one of {', '.join(PLACE_FORMS)}.")
    division = _text(content, "division", source, default="990000")
    if len(division) != 6 or not (division.isascii() and division.isdigit()):
        raise InvalidData(f"{source}, key division: {division!r}; expected six digits, such as 990100.")
    return CityFile(
        name=name,
        name_en=_text(content, "name_en", source, default=name),
        place_form=form,
        place_city=_text(content, "place_city", source, default=name.removesuffix("市")),
        employer_prefix=_text(content, "employer_prefix", source, default="云岭"),
        employer_prefix_en=_text(content, "employer_prefix_en", source, default="Yunling"),
        division=division,
        districts=_districts(content, source),
    )


def _districts(content: dict[str, object], source: str) -> tuple[CityDistrict, ...]:
    rows = content.get("district")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InvalidData(f"{source}, key district: expected at least one [[district]] block.")
    districts = tuple(_district(row, source, f"district {number}") for number, row in enumerate(rows, 1))
    names = [district.name for district in districts]
    for number, name in enumerate(names, 1):
        if name in names[: number - 1]:
            raise InvalidData(f"{source}, district {number}, key name: {name!r} stands twice; expected each once.")
    for weight in ("people", "openings"):
        if not any(getattr(district, weight) > 0 for district in districts):
            raise InvalidData(f"{source}, key {weight}: 0 in every district; expected above 0 in at least one.")
    return districts


def _district(row: dict[str, object], source: str, where: str) -> CityDistrict:
    _require_known(row, _DISTRICT_KEYS, source, f", {where}")
    name = _text(row, "name", source, where=where)
    numbers = dict(_numbers(row, source, where))
    return CityDistrict(
        name=name,
        name_en=_text(row, "name_en", source, where=where, default=name),
        people=numbers["people"],
        openings=numbers["openings"],
        wished=numbers["wished"],
        served=numbers["served"],
        education=numbers["education"],
        streets=_streets(row, source, where),
        industries=_industries(row, source, where),
    )


def _numbers(row: dict[str, object], source: str, where: str) -> Iterator[tuple[str, float]]:
    for key, default in _DISTRICT_NUMBERS.items():
        value = row.get(key, default)
        least, most = (-3, 3) if key == "education" else (0, 1e9)
        yield key, _number(value, f"{source}, {where}, key {key}", least, most)


def _number(value: object, where: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        found = "missing" if value is None else repr(value)
        raise InvalidData(f"{where}: {found}; expected a number from {least:g} to {most:g}.")
    return float(value)


def _text(
    row: dict[str, object], key: str, source: str, *, where: str | None = None, default: str | None = None
) -> str:
    value = row.get(key, default)
    if not isinstance(value, str) or not value.strip() or "/" in value.replace("city/district", "") or "|" in value:
        found = "missing" if value is None else repr(value)
        place = f", {where}" if where else ""
        raise InvalidData(f"{source}{place}, key {key}: {found}; expected text without / and |.")
    return value.strip()


def _streets(row: dict[str, object], source: str, where: str) -> tuple[str, ...]:
    value = row.get("streets", ["人民路", "新建路", "和平街"])
    if not isinstance(value, list) or not value or not all(isinstance(street, str) and street for street in value):
        raise InvalidData(f"{source}, {where}, key streets: {value!r}; expected a list of names.")
    return tuple(value)


def _industries(row: dict[str, object], source: str, where: str) -> dict[str, float]:
    value = row.get("industries", {})
    if not isinstance(value, dict):
        raise InvalidData(f"{source}, {where}, key industries: {value!r}; expected group = number.")
    groups = {family.group for family in families()}
    for group in value:
        if group not in groups:
            known = ", ".join(sorted(groups))
            raise InvalidData(f"{source}, {where}, key industries.{group}: no such group; expected one of {known}.")
    return {
        group: _number(factor, f"{source}, {where}, key industries.{group}", 0, 1000) for group, factor in value.items()
    }


def _require_known(row: dict[str, object], known: tuple[str, ...], source: str, where: str) -> None:
    for key in row:
        if key not in known:
            raise InvalidData(f"{source}{where}, key {key}: not known; expected one of {', '.join(known)}.")
