"""Both languages are complete: every message has its Chinese, and the compiled file is that of the text."""

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import override

import talentcity.office
from talentcity.office import names, showing
from talentcity.office.planning.models import Why
from talentcity.tables import CHANNELS, TIERS, VERDICTS
from talentcity.text import lexicon
from talentcity.text.education import EDUCATION

OFFICE = Path(talentcity.office.__file__).parent
PO = OFFICE / "locale/zh_Hans/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")


def messages(path):
    with path.open("rb") as file:
        return {(one.context, one.id): one for one in read_po(file, locale="zh_Hans") if one.id}


def english_of(one):
    return one.id[0] if isinstance(one.id, tuple) else one.id


def chinese_of(one):
    return one.string[0] if isinstance(one.string, tuple) else one.string


def test_every_message_has_its_chinese():
    lacking = [english_of(one) for one in messages(PO).values() if one.fuzzy or not chinese_of(one)]
    assert lacking == []


def test_chinese_fills_in_the_same_figures():
    wrong = [
        english_of(one)
        for one in messages(PO).values()
        if sorted(PLACEHOLDER.findall(english_of(one))) != sorted(PLACEHOLDER.findall(chinese_of(one)))
    ]
    assert wrong == []


def test_compiled_file_is_that_of_the_text():
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = [
        english_of(one)
        for one in messages(PO).values()
        if chinese_of(one) != (compiled.pgettext(one.context, one.id) if one.context else _looked_up(compiled, one))
    ]
    assert stale == []


def _looked_up(compiled, one):
    return compiled.ngettext(*one.id, 2) if isinstance(one.id, tuple) else compiled.gettext(one.id)


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext's tools are not installed")
def test_no_message_of_the_code_is_missing_from_the_file(tmp_path):
    copy = shutil.copytree(OFFICE, tmp_path / "office", ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    command = [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete", "-v0"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = set(messages(copy / PO.relative_to(OFFICE)))
    kept = set(messages(PO))
    assert {"missing": made - kept, "no longer used": kept - made} == {"missing": set(), "no longer used": set()}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_code_has_a_name_in_the_language(language):
    with override(language):
        named = {
            "education": {str(names.EDUCATION[code]) for code in EDUCATION},
            "channel": {str(names.CHANNELS[code]) for code in CHANNELS},
            "verdict": {str(names.VERDICTS[code]) for code in VERDICTS},
            "tier": {str(names.TIERS[code]) for code in TIERS},
            "why": {str(one.label) for one in Why},
            "family": {names.family(one.code) for one in lexicon.families()},
        }
    chinese = re.compile(r"[\u4e00-\u9fff]")
    wrong = {
        kind: [word for word in words if bool(chinese.search(word)) != (language == "zh-hans")]
        for kind, words in named.items()
    }
    assert wrong == {kind: [] for kind in named}


@pytest.mark.parametrize(
    ("language", "guard", "words"),
    [
        ("en", "negation", "the advert says that this is not asked for"),
        ("zh-hans", "negation", "招聘信息写明不收取、不要求"),
        ("en", "brand_new", "its surroundings speak against a breach (brand_new)"),
        ("zh-hans", "brand_new", "上下文表明并非违规（brand_new）"),
    ],
)
def test_what_was_let_pass_has_its_reason_in_words(language, guard, words):
    with override(language):
        assert names.let_pass(guard) == words


def test_an_unknown_code_stands_as_it_is():
    assert (names.family("beekeeping"), names.skill("sums in the head")) == ("beekeeping", "sums in the head")


@pytest.mark.parametrize(
    ("written", "shown"),
    [("江北区", "江北区"), ("深圳/南山区", "深圳 南山区"), ("深圳/", "深圳"), (None, "未写明地点")],
)
def test_places_are_shown_without_their_separator(written, shown):
    with override("zh-hans"):
        assert names.place(written) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (0.0001, "0.1%"), (1 / 18, "5.6%"), (0.5, "50.0%"), (0.99999, "99.9%"), (1, "100%")],
)
def test_a_share_is_never_rounded_to_nothing_or_all(share, shown):
    assert showing.percent(share) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "1 September 2026"), ("zh-hans", "2026年9月1日")])
def test_days_are_written_as_the_language_writes_them(language, shown):
    from datetime import date

    with override(language):
        assert showing.day(date(2026, 9, 1)) == shown
