"""The normal form of a text, its map back to the original, and its sentences."""

import tomllib
import unicodedata
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.normal import Normal, normalise, sentences, sentences_at

DISGUISES = tomllib.loads(files("talentcity.text").joinpath("data", "disguises.toml").read_text(encoding="utf-8"))
ODD = "證薇學①１Ａａ…℃㎡\u200b\ufeff\u0301é❤️1⃣♀。，、 \n\tﬁİßｶﾞ🈲👩‍🔧𝐀vV信扣亻言弓长岭瞭解\u202e\u0336✅❶💰"
texts = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=ODD, max_size=40),
    st.lists(st.sampled_from([*DISGUISES["phrases"], *DISGUISES["splits"], "加", "\u200b", "信", "v"]), max_size=8).map(
        "".join
    ),
)

Traced = list[tuple[str, int, int]]  # characters of the normal form, and the passage of the original each comes from


def slow_twin(text: str) -> Traced:
    """The definition, character by character: units with the marks that join them, then splits, then phrases."""
    units: list[list[int]] = []
    for at, letter in enumerate(text):
        joins = unicodedata.combining(letter) or letter in "ﾞﾟ"
        if joins and units and units[-1][1] == at:
            units[-1][1] = at + 1
        else:
            units.append([at, at + 1])
    traced = [(form, start, end) for start, end in units for form in normalise(text[start:end]).text]
    itself = {phrase: same for phrase, same in DISGUISES["phrases"].items() if phrase == same}
    others = {phrase: meant for phrase, meant in DISGUISES["phrases"].items() if phrase != meant}
    return replaced(replaced(traced, DISGUISES["splits"] | itself), others)


def replaced(traced: Traced, meant: dict[str, str]) -> Traced:
    """From left to right the longest phrase that begins at a character."""
    out: Traced = []
    at = 0
    while at < len(traced):
        ahead = "".join(letter for letter, _, _ in traced[at : at + 8])
        phrase = max((phrase for phrase in meant if ahead.startswith(phrase)), key=len, default="")
        if phrase:
            start, end = traced[at][1], traced[at + len(phrase) - 1][2]
            out += [(letter, start, end) for letter in meant[phrase]]
        else:
            out.append(traced[at])
        at += len(phrase) or 1
    return out


@given(texts)
def test_the_normal_form_and_its_map_are_those_of_the_definition(text: str) -> None:
    normal = normalise(text)
    traced = slow_twin(text)
    assert normal.text == "".join(letter for letter, _, _ in traced)
    assert [normal.span(at, at + 1) for at in range(len(traced))] == [(start, end) for _, start, end in traced]


@given(texts)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@pytest.mark.parametrize("first", [0, 0x10000, 0x1D000, 0x1F000])
def test_every_character_has_a_normal_form_that_stays(first: int) -> None:
    letters = [chr(code) for code in range(first, first + (0x1000 if first else 0xD800))]
    normalise("".join(letters))  # all are learnt at once
    changed = [letter for letter in letters if (form := normalise(letter).text) and normalise(form).text != form]
    assert changed == []


@given(texts)
def test_the_map_rises(text: str) -> None:
    normal = normalise(text)
    spans = [normal.span(at, at + 1) for at in range(len(normal.text))]
    assert all(before == after or before[1] <= after[0] for before, after in pairwise(spans))


@given(texts, st.data())
def test_passage_of_the_original_normalises_to_what_was_found(text: str, data: st.DataObject) -> None:
    normal = normalise(text)
    start = data.draw(st.integers(0, len(normal.text)))
    end = data.draw(st.integers(start, len(normal.text)))
    first, last = normal.span(start, end)
    assert 0 <= first <= last <= len(text)
    assert normal.text[start:end] in normalise(text[first:last]).text


@given(st.text(alphabet="不收取任何押金,a b1。", max_size=60))
def test_plain_text_keeps_its_offsets(text: str) -> None:
    normal = normalise(text)
    assert normal.text == text
    assert normal.span(0, len(text)) == (0, len(text))


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("", ""),
        ("ＡＢＣ１２３，（押金）", "abc123,(押金)"),
        ("扣押證件，繳納費用", "扣押证件,缴纳费用"),
        ("加薇信", "加微信"),
        ("押\u200b金\ufeff", "押金"),
        ("限♂", "限男"),
        ("1⃣带证件", "1带证件"),
        ("1️⃣包吃❷包住⑳③", "1包吃2包住203"),
        ("💰日结㊙️🆓", "钱日结秘免费"),
        ("押🍎金🎉", "押金"),
        ("✅双休✅五险", "●双休●五险"),
        ("微̶信̲", "微信"),
        ("\u202e押金\u2066", "押金"),
        ("𝐕信 𝟏𝟎𝟎 Ⅷ", "微信 100 viii"),
        ("加V信、薇信、徽信、威信号", "加微信、微信、微信、微信号"),
        ("他很有威信，请维信息安全", "他很有威信,请维信息安全"),
        ("扣扣群曰结", "qq群日结"),
        ("亻言用卡、扌甲金、弓长先生、米青品", "信用卡、押金、张先生、精品"),
        ("Ｖ亻言", "微信"),
        ("弓长岭区、玉米青贮", "弓长岭区、玉米青贮"),
        ("瞭解乾燥設備，壞帳於後臺", "了解干燥设备,坏账于后台"),
        ("乾县、著名、坏处", "乾县、著名、坏处"),
        ("⻋⻚二十三", "车页二十三"),
        ("月薪…面议", "月薪...面议"),
        ("cafe\u0301", "café"),
        ("DEPOSIT Required", "deposit required"),
    ],
)
def test_normal_form(written: str, normal: str) -> None:
    assert normalise(written).text == normal


def test_span_of_an_expanded_character_is_the_whole_character() -> None:
    normal = normalise("A…b")
    assert normal.text == "a...b"
    assert normal.span(2, 3) == (1, 2)
    assert normal.span(4, 5) == (2, 3)
    assert normal.span(0, 5) == (0, 3)


def test_offsets_count_code_points_also_behind_emoji() -> None:
    normal = normalise("🎉🎉押金🎉")
    assert (normal.text, normal.span(0, 2)) == ("押金", (2, 4))


def test_a_word_taken_apart_is_one_unit() -> None:
    normal = normalise("请加V\u200b亻言12")
    assert normal.text == "请加微信12"
    assert normal.span(3, 4) == (2, 6)
    assert normal.span(2, 5) == (2, 7)
    assert normal.span(4, 6) == (6, 8)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 3)])
def test_offsets_outside_the_text_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is not a passage of a text of 2 characters"):
        normalise("押金").span(start, end)


def cut(text: str) -> list[str]:
    normal = normalise(text)
    return [normal.text[start:end] for start, end in sentences(normal)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("。。 \n", []),
        ("不收押金。带身份证！包吃住", ["不收押金", "带身份证", "包吃住"]),
        ("要求：1、女性，18岁2、能出差", ["要求:", "1、女性,18岁", "2、能出差"]),
        ("一、待遇二、要求", ["一、待遇", "二、要求"]),
        ("月薪3.5万，第1.2节", ["月薪3.5万,第1.2节"]),
        ("No deposit. Bring ID, e.g. a passport. Thanks", ["no deposit", "bring id, e.g. a passport", "thanks"]),
        ("待遇好-----------要求低", ["待遇好", "要求低"]),
        ("Deposit: $50.", ["deposit: $50"]),
        ("Pay 50. Then start", ["pay 50", "then start"]),
        ("8:00-17:00；双休", ["8:00-17:00", "双休"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(texts)
def test_sentences_stand_in_order_and_lose_no_letter(text: str) -> None:
    normal = normalise(text)
    spans = sentences(normal)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    kept = "".join(normal.text[start:end] for start, end in spans)
    assert [c for c in normal.text if c.isalpha()] == [c for c in kept if c.isalpha()]


def test_a_normal_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Normal("a", "a").text = "b"  # type: ignore[misc]


def test_the_fast_way_for_plain_text_agrees_with_the_slow_way() -> None:
    """One strange character sends the whole text the slow way."""
    blocks = [(0, 0x80), (0x3000, 0x3004), (0x3008, 0x3012), (0x4E00, 0xA000), (0xFF01, 0xFF5F), (0x2460, 0x2469)]
    letters = "".join(chr(code) for first, end in blocks for code in range(first, end)) + "‘’“”–—·●★◆■▶"
    assert normalise(letters).text + "m2" == normalise(letters + "㎡").text


@given(st.text(alphabet="押金1一2.、)。\n!; a-*", max_size=60), st.data())
def test_sentences_at_some_places_are_those_of_the_whole_text(text: str, data: st.DataObject) -> None:
    normal = normalise(text)
    places = sorted(data.draw(st.sets(st.integers(0, max(0, len(normal.text) - 1)), max_size=4)))
    every, some = sentences(normal), sentences_at(normal, places)
    assert set(some) <= set(every)
    assert {span for span in every if any(span[0] <= place < span[1] for place in places)} <= set(some)
    assert some == sorted(set(some))
