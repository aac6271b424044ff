"""Places: normal form, nearness, and the reader of places in adverts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.confidence import confidence
from talentcity.text.place import Nearness, Place, PlaceRead, keys, read_place, read_places

names = st.text(st.characters(exclude_characters="/", exclude_categories=("C", "Z")), min_size=1, max_size=6)


@given(st.none() | names, st.none() | names)
def test_normal_form_is_read_back(city, district):
    place = Place(city, district)
    assert Place.parse(str(place)) == place


def test_a_bare_name_is_a_district_of_the_home_city_and_a_slash_ends_a_city():
    assert Place.parse("临江区") == Place(None, "临江区")
    assert Place.parse("深圳/南山区") == Place("深圳", "南山区")
    assert Place.parse("深圳/") == Place("深圳", None)
    assert Place.parse("") == Place(None, None)


@pytest.mark.parametrize(
    ("left", "right", "nearness"),
    [
        ("临江区", "临江区", Nearness.DISTRICT),
        ("临江区", "临江", Nearness.DISTRICT),
        ("临江区", "云山区", Nearness.CITY),
        ("深圳/南山区", "深圳市/南山", Nearness.DISTRICT),
        ("上海/浦东新区", "上海/浦东", Nearness.DISTRICT),
        ("深圳/南山区", "深圳/", Nearness.CITY),
        ("深圳/", "深圳/", Nearness.CITY),
        ("深圳/南山区", "南山区", Nearness.ELSEWHERE),
        ("北京/朝阳区", "长春/朝阳区", Nearness.ELSEWHERE),
    ],
)
def test_nearness_knows_city_and_district_and_is_the_same_from_both_sides(left, right, nearness):
    assert Place.parse(left).nearness(Place.parse(right)) is nearness
    assert Place.parse(right).nearness(Place.parse(left)) is nearness


def test_keys_of_many_cells_agree_with_the_keys_of_each():
    cells = ["深圳/南山区", "深圳市/南山", "深圳/", "临江区", None, "临江"]
    assert keys(pl.Series(cells)).rows() == [
        ("深圳", "深圳/南山", True),
        ("深圳", "深圳/南山", True),
        ("深圳", "深圳/", False),
        ("", "临江", True),
        (None, None, None),
        ("", "临江", True),
    ]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("深圳-南山区", "深圳/南山区"),
        ("成都·武侯·桂溪", "成都/武侯"),
        ("西安·雁塔区·青松软件园", "西安/雁塔区"),
        ("北京市朝阳区", "北京/朝阳区"),
        ("北京朝阳区望京", "北京/朝阳区"),
        ("深圳南山", "深圳/南山"),
        ("四川省成都市武侯区", "成都/武侯区"),
        ("广东省-深圳市-南山区", "深圳/南山区"),
        ("海南三亚", "三亚/"),
        ("吉林省长春市朝阳区", "长春/朝阳区"),
        ("吉林", "吉林/"),
        ("吉林市", "吉林/"),
        ("上海市/上海市/浦东新区", "上海/浦东新区"),
        ("北京市 市辖区 海淀区", "北京/海淀区"),
        ("荆州市沙市区", "荆州/沙市区"),
        ("济南·市中", "济南/市中"),
        ("长沙·长沙县", "长沙/长沙县"),
        ("苏州市昆山市", "苏州/昆山市"),
        ("延边朝鲜族自治州延吉市", "延边/延吉市"),
        ("临江市镇前区", "临江/镇前区"),
        ("东莞·大朗镇", "东莞/大朗镇"),
        ("深圳", "深圳/"),
        ("上海-不限", "上海/"),
        ("朝阳区", "朝阳区"),
        ("镇海区", "镇海区"),
        ("深圳/南山区", "深圳/南山区"),
        ("深圳/", "深圳/"),
        ("Nanshan District, Shenzhen", "Shenzhen/Nanshan District"),
        ("Yuhu District", "Yuhu District"),
    ],
)
def test_place_is_read_as_adverts_write_it(text, normal):
    assert str(read_place(text).place) == normal


@pytest.mark.parametrize("text", ["", " ", "全国", "中国", "广东省", "吉林省", "海外", "不限", "远程", "address", "12"])
def test_no_city_and_no_district_is_none(text):
    assert read_place(text) is None


def test_span_is_that_of_the_original_text_even_when_its_signs_are_full_width():
    text = "　上海－浦东新区（张江）"
    assert read_place(text) == PlaceRead(Place("上海", "浦东新区"), 1, 8, confidence("place", "city_district"))
    assert text[1:8] == "上海－浦东新区"


@given(st.text("深圳市南山区-·/ 北京朝阳省吉林A1", max_size=12))
def test_any_text_gives_a_place_inside_it_or_none(text):
    found = read_place(text)
    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert str(found.place) not in ("", "/")


def test_many_places_are_read_like_each_one():
    texts = ["深圳-南山区", None, "全国", "深圳-南山区"]
    assert read_places(pl.Series(texts)).rows() == [
        (True, "深圳/南山区", confidence("place", "city_district")),
        (False, None, None),
        (False, None, None),
        (True, "深圳/南山区", confidence("place", "city_district")),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("大连·凌水", "大连/"),  # a quarter: the city's districts are known, and it is none
        ("大连·甘井子·凌水", "大连/甘井子"),
        ("深圳-龙华新区", "深圳/龙华新区"),
        ("深圳-龙华区", "深圳/龙华区"),
        ("深圳南山科技园", "深圳/南山"),
        ("苏州-工业园区", "苏州/工业园区"),
        ("东莞·大朗镇", "东莞/大朗镇"),
        ("宁波·慈溪", "宁波/慈溪"),
        ("西昌·某片", "西昌/某片"),  # a city whose districts are not listed: any name will do
    ],
)
def test_districts_are_those_of_the_city(text, place):
    assert str(read_place(text).place) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("深圳市南山区科技园A座", "深圳/南山区"),
        ("深圳 任职要求不高", "深圳/"),
        ("某地 某处", None),
        ("武侯区一环路", "武侯区"),
    ],
)
def test_running_text_gives_no_names_that_are_not_known(text, place):
    found = read_place(text, running=True)
    assert (found if found is None else str(found.place)) == place
