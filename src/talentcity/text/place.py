"""Places: the normal form that tables hold, how near two of them are, and the reader of places in adverts.

A table holds a district of the home city by its bare name (`临江区`), any other as `City/District`
(`深圳/南山区`), and `City/` where the city is known and the district is not.

Whether two places are the same, their names alone tell: adverts write `武侯` as well as `武侯区`, so two districts of
one city count as the same when they differ only in the word for their rank (区, 县, 市, 新区 ...). The reader knows
cities, and the districts of many of them, by the lists in `data`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from itertools import chain

import polars as pl

from talentcity.text.confidence import confidence
from talentcity.text.plain import plain
from talentcity.text.unique import read_each

SEPARATOR = "/"


class Nearness(Enum):
    """How near two places are, as far as their names tell."""

    DISTRICT = "district"  # same city, same known district
    CITY = "city"  # same city; another district, or one of them unknown
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Place:
    """A city (None: the home city) and a district (None: unknown)."""

    city: str | None
    district: str | None

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that a table's cell means; any text is one, for a table holds nothing else.

        Example:
            >>> Place.parse("深圳/南山区"), Place.parse("深圳/").district, Place.parse("临江区").city
            (Place(city='深圳', district='南山区'), None, None)
        """
        city, slash, district = text.partition(SEPARATOR)
        if not slash:
            return cls(None, text.strip() or None)
        return cls(city.strip() or None, district.strip() or None)

    def __str__(self) -> str:
        """The normal form; `Place.parse` reads it back."""
        district = self.district or ""
        return district if self.city is None else f"{self.city}{SEPARATOR}{district}"

    @property
    def key(self) -> str:
        """The normal form without words of rank: equal for places that are the same.

        Example:
            >>> Place.parse("成都/武侯区").key == Place.parse("成都市/武侯").key == "成都/武侯"
            True
        """
        city = None if self.city is None else _without_rank(self.city, _CITY_RANK)
        district = None if self.district is None else _without_rank(self.district, _DISTRICT_RANK)
        return str(Place(city, district))

    def same_city(self, other: Place) -> bool:
        """Whether both are in one city; two bare districts are, both being of the home city."""
        return Place(self.city, None).key == Place(other.city, None).key

    def nearness(self, other: Place) -> Nearness:
        """How near the other place is.

        Example:
            >>> Place.parse("深圳/南山区").nearness(Place.parse("深圳/福田区")).value
            'city'
        """
        if not self.same_city(other):
            return Nearness.ELSEWHERE
        known = self.district is not None and other.district is not None
        return Nearness.DISTRICT if known and self.key == other.key else Nearness.CITY


def keys(places: pl.Series) -> pl.DataFrame:
    """Of many cells at once: `city` (empty text: the home city) and `key`, both without words of rank.

    Equal `city` means same city; equal `key` with `district_known` means same district. Missing cells stay missing.
    """
    schema = {"city": pl.String, "key": pl.String, "district_known": pl.Boolean}

    def read(text: str) -> tuple[str, str, bool]:
        place = Place.parse(text)
        return Place(place.city, None).key.rstrip(SEPARATOR), place.key, place.district is not None

    return read_each(places, read, schema).drop("read")


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """A place as an advert states it, and where in the text it stands."""

    place: Place
    start: int
    end: int
    confidence: float


def read_place(text: str, *, running: bool = False) -> PlaceRead | None:
    """Read the place field of an advert; None when it names no city and no district.

    Province, street and quarter are left out. A name without a word of rank is taken for a city only if it is
    one of the cities listed here, or if something follows it after a separator.

    Args:
        text: the field.
        running: it is running text that begins with a place: names that are neither listed nor have a word of rank are
            then taken for words of the sentence.

    Example:
        >>> [str(read_place(text).place) for text in ("深圳-南山区", "成都·武侯·桂溪", "北京市朝阳区", "广州")]
        ['深圳/南山区', '成都/武侯', '北京/朝阳区', '广州/']
        >>> read_place("全国") is None
        True
    """
    simple = plain(text)
    if not _HAN.search(simple):
        return _read_latin(simple)
    start = _skip(simple, 0)
    after_province = _skip_province(simple, start)
    city, after_city = _read_city(simple, after_province, running=running)
    if city is None and after_province > start:
        return None if after_province >= len(simple) else _district_only(simple, after_province)
    if city is None:
        return _district_only(simple, start)
    district, end = _read_district(simple, _skip_repeat(simple, after_city, city), city, running=running)
    return _placed(Place(city, district), start, after_city if district is None else end)


def read_places(texts: pl.Series) -> pl.DataFrame:
    """Read many place fields: columns `read`, `place` (the normal form) and `confidence`, one row per text."""

    def read(text: str) -> tuple[str, float] | None:
        found = read_place(text)
        return None if found is None else (str(found.place), found.confidence)

    return read_each(texts, read, {"place": pl.String, "confidence": pl.Float64})


def _placed(place: Place, start: int, end: int) -> PlaceRead:
    notation = "district" if place.city is None else "city" if place.district is None else "city_district"
    return PlaceRead(place, start, end, confidence("place", notation))


_HAN = re.compile(r"[\u3400-\u9fff]")
_GAP = re.compile(r"[\s\-·•・/,、_|>—–―~()]*")
_CUT = re.compile(r"[\s\-·•・/,、_|>—–―~()]")
_CITY_RANK = ("市", "地区", "自治州", "盟")
_DISTRICT_RANK = ("新区", "自治县", "区", "县", "市", "旗", "街道", "镇", "乡", " District", " County")
_RANKED = re.compile(r".{1,12}?(?:新区|自治县|区|县|旗|街道|镇|乡|市(?!.?区))")
_HIGHER_RANK = re.compile(r"新区|区|县|市|旗")
_RANK_AHEAD = re.compile(r"新区|区|县|旗|镇|乡|街道")
_CITY_WITH_RANK = re.compile(r"[\u3400-\u9fff]{2,7}?(?:市|自治州|地区|盟)(?!.?区(?:$|\W))")
_NO_DISTRICT = {"市辖区", "不限", "其他", "其它", "全市", "全境", "全部", "市区"}
_NO_CITY = {"全国", "不限", "其他", "其它", "远程", "海外", "国外", "异地招聘", "线上", "居家"}


def _lines_of(file: str) -> list[list[str]]:
    """The words of each line of a data file; lines that begin with # are left out."""
    text = files("talentcity.text").joinpath("data", file).read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if not line.startswith("#")]


_PROVINCES = tuple(chain.from_iterable(_lines_of("provinces.txt")))
_CITIES = tuple(chain.from_iterable(_lines_of("cities.txt")))


def _longest_first(names: tuple[str, ...]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


def _districts() -> dict[str, re.Pattern[str]]:
    """By city: its districts, with their words of rank or without."""
    by_city: dict[str, re.Pattern[str]] = {}
    for city, *names in _lines_of("districts.txt"):
        bare = (_without_rank(name, _DISTRICT_RANK) for name in names)
        by_city[city] = re.compile(_longest_first(tuple({*names, *bare})))
    return by_city


_KNOWN_CITY = re.compile(f"(?:{_longest_first(_CITIES)})")
_PROVINCE = re.compile(f"(?:{_longest_first(_PROVINCES)})(?:省|壮族自治区|回族自治区|维吾尔自治区|自治区)?")


def _without_rank(name: str, ranks: tuple[str, ...]) -> str:
    """`name` without its word of rank, if at least two characters remain: 市中区 is 市中, but 矿区 stays."""
    for rank in ranks:
        if name.endswith(rank) and len(name) - len(rank) >= 2:
            return name.removesuffix(rank)
    return name


_DISTRICTS = _districts()


def _skip(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return at if gap is None else gap.end()


def _skip_province(text: str, at: int) -> int:
    """Past a province, if there is one; 吉林 alone, and 吉林市, are the city of that name."""
    found = _PROVINCE.match(text, at)
    if found is None:
        return at
    end = found.end()
    alone = end == len(text) or text[end] == "市"
    if found[0] in _CITIES and (alone or _read_city(text, _skip(text, end), running=False)[0] is None):
        return at
    return _skip_province(text, _skip(text, end)) if found[0] == "中国" else _skip(text, end)


def _read_city(text: str, at: int, *, running: bool) -> tuple[str | None, int]:
    """The city that stands at `at`, without its word of rank, and where it ends."""
    known = _KNOWN_CITY.match(text, at)
    if known and not (_RANK_AHEAD.match(text, known.end()) and _RANKED.fullmatch(_part(text, at))):
        rank = re.compile("市|地区|盟|(?:[\u3400-\u9fff]{1,6}族)*自治州").match(text, known.end())
        return known[0], known.end() if rank is None else rank.end()
    ranked = _CITY_WITH_RANK.match(text, at)
    if ranked:
        return _without_rank(ranked[0], _CITY_RANK), ranked.end()
    part = _part(text, at)
    more = not running and _skip(text, at + len(part)) < len(text)
    if more and 2 <= len(part) <= 6 and part not in _NO_CITY and not _RANKED.fullmatch(part) and _HAN.match(part):
        return part, at + len(part)
    return None, at


def _part(text: str, at: int) -> str:
    """What stands between `at` and the next separator."""
    cut = _CUT.search(text, at)
    return text[at : len(text) if cut is None else cut.start()]


def _skip_repeat(text: str, at: int, city: str) -> int:
    """Past a repetition of the city, as in 上海市/上海市/浦东新区, and past 市辖区."""
    at = _skip(text, at)
    if text.startswith(f"{city}市", at):
        at = _skip(text, at + len(city) + 1)
    elif _part(text, at) == city:
        at = _skip(text, at + len(city))
    return _skip(text, at + len("市辖区")) if text.startswith("市辖区", at) else at


def _read_district(text: str, at: int, city: str, *, running: bool) -> tuple[str | None, int]:
    """The district that stands at `at`: one of the city's, or a name with a word of rank.

    Of a city whose districts are not listed here any name will do, except in running text.
    """
    part = _part(text, at)
    listed = _DISTRICTS.get(city)
    own = None if listed is None else listed.match(part)
    if own is not None:
        rank = _HIGHER_RANK.match(part, own.end())  # 龙华新区 is not 龙华区 written short
        end = own.end() if rank is None else rank.end()
        return part[:end], at + end
    ranked = _RANKED.match(part)
    if ranked is None and (listed is not None or running):
        return None, at
    name = part if ranked is None else ranked[0]
    if not name or name in _NO_DISTRICT or len(name) > 12 or not _HAN.search(name):
        return None, at
    return name, at + len(name)


def _district_only(text: str, at: int) -> PlaceRead | None:
    found = _RANKED.match(_part(text, at))
    if found is None or found[0] in _NO_DISTRICT:
        return None
    return _placed(Place(None, found[0]), at, at + found.end())


_LATIN = re.compile(
    r"\s*(?P<district>[A-Z][\w' -]*? (?:District|County|New Area))(?:\s*,\s*(?P<city>[A-Z][\w' -]*\w))?\s*(?:,|$)"
)


def _read_latin(text: str) -> PlaceRead | None:
    """`Nanshan District, Shenzhen` and `Nanshan District`; a bare Latin name could be either, so it is not read."""
    found = _LATIN.match(text)
    if found is None:
        return None
    end = found.end("city") if found["city"] else found.end("district")
    return _placed(Place(found["city"], found["district"]), found.start("district"), end)
