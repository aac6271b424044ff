"""City files: what stands in one, and what every mistake in one is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from talentcity.errors import InvalidData
from talentcity.sample import CityFile, make_city

SHENZHEN = Path(__file__).parents[2] / "docs" / "howto" / "shenzhen.toml"
GOOD = """
name = "试城"
[[district]]
name = "东区"
people = 1
openings = 2.5
[[district]]
name = "西区"
people = 0
openings = 1
"""


def test_what_is_left_out_is_the_citys_usual():
    city = CityFile.parse(GOOD, source="city.toml")
    east = city.districts[0]
    assert (city.name_en, city.place_form, city.places()) == ("试城", "district", ["东区", "西区"])
    assert (east.openings, east.wished, east.served, east.education, east.industries) == (2.5, 1.0, 1.0, 0.0, {})


def test_places_of_another_city_carry_its_name():
    city = make_city(50, seed=1, city=CityFile.load(SHENZHEN))
    assert {place.split("/")[0] for place in city.seekers["district"]} == {"深圳"}
    assert {place.split("/")[0] for place in city.seekers["wanted_districts"].explode().drop_nulls()} == {"深圳"}
    assert city.name == "深圳市"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (GOOD.replace('name = "试城"', ""), "city.toml, key name: missing"),
        (GOOD.replace('"试城"', '""'), "city.toml, key name: ''"),
        (GOOD.replace('"试城"', '"试/城"'), "expected text without / and |"),
        ("nam = 3\n" + GOOD, "city.toml, key nam: not known"),
        (GOOD.replace("people = 1", "people = -1"), "city.toml, district 1, key people: -1; expected a number from 0"),
        (GOOD.replace("people = 1", ""), "city.toml, district 1, key people: missing"),
        (GOOD.replace("people = 1", "people = true"), "district 1, key people: True"),
        (GOOD.replace("people = 1", "people = nan"), "district 1, key people: nan"),
        (GOOD.replace("people = 1", "people = 0"), "key people: 0 in every district"),
        (GOOD.replace("people = 0", "peeple = 0"), "city.toml, district 2, key peeple: not known"),
        (GOOD.replace('"西区"', '"东区"'), "city.toml, district 2, key name: '东区' stands twice"),
        (GOOD + "education = 9", "district 2, key education: 9; expected a number from -3 to 3"),
        (GOOD + "streets = []", "district 2, key streets"),
        (GOOD + "industries = {magic = 2}", "key industries.magic: no such group"),
        (GOOD + "industries = {finance = -2}", "key industries.finance: -2"),
        (GOOD + "industries = 3", "key industries: 3"),
        ('name = "试城"', "key district: expected at least one"),
        ('name = "试城"\ndistrict = 3', "key district: expected at least one"),
        ('place_form = "street"\n' + GOOD, "key place_form: 'street'"),
        ('division = "12"\n' + GOOD, "key division: '12'; expected six digits"),
        ("name = ", "city.toml is not TOML"),
    ],
)
def test_mistakes_are_named_with_file_and_key(wrong, message):
    with pytest.raises(InvalidData) as caught:
        CityFile.parse(wrong, source="city.toml")
    assert message in str(caught.value)


def test_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InvalidData, match="cannot be read: No such file"):
        CityFile.load(tmp_path / "none.toml")
    broken = tmp_path / "latin.toml"
    broken.write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(InvalidData, match="not UTF-8"):
        CityFile.load(broken)
