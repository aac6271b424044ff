"""Every reason an engine can give has a sentence in both languages."""

from types import SimpleNamespace

import pytest
from django.utils.translation import override

from talentcity.office.planning.sentences import sentence, wage
from talentcity.tables.reasons import CRITERIA, Reason


def seeker(**facts):
    plain = {
        "wanted_occupations": ["software"], "wanted_districts": [], "district": "江北区", "wanted_wage": 6000,
        "experience_years": 0.5, "education": "college",
    }  # fmt: skip
    return SimpleNamespace(**(plain | facts))


def posting(**facts):
    plain = {
        "title": "", "occupation": "nursing", "district": "渝中区", "wage_min": 5000, "wage_max": 8000,
        "experience_min": 2, "education_min": "bachelor", "currency": "CNY",
    }  # fmt: skip
    return SimpleNamespace(**(plain | facts))


def said(reason, **facts):
    wishes = {key: facts.pop(key) for key in list(facts) if key.startswith("wanted")}
    with override("en"):
        return sentence(Reason.parse(reason), seeker=seeker(**wishes), posting=posting(**facts))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_grade_of_every_criterion_has_a_sentence_of_its_own(language, criterion):
    with override(language):
        sentences = [
            sentence(Reason(criterion, grade), seeker=seeker(), posting=posting())
            for grade in ("met", "partly", "unmet")
        ]
    assert all(one.endswith("。" if language == "zh-hans" else ".") for one in sentences)
    assert len(set(sentences)) == 3


@pytest.mark.parametrize(
    ("reason", "facts", "words"),
    [
        ("+occupation same", {}, "Occupation: Nursing, as wished for."),
        ("~occupation near", {}, "Occupation: Nursing, near to the wish (Software development)."),
        (
            "~occupation unknown",
            {"occupation": None},
            "Occupation: not known from the advert; wished for: Software development.",
        ),
        (
            "+occupation same",
            {"occupation": None, "title": "会计", "wanted_occupations": ["accountant"]},
            "Occupation: Accounting and audit, as wished for.",
        ),
        (
            "+occupation same",
            {"wanted_occupations": ["zauberlehrling"]},
            "Occupation: Nursing; no wish is recorded that could be read.",
        ),
        ("+skills 4/5", {}, "Skills: 4 of the 5 that the advert names are there."),
        ("~skills 2/5", {}, "Skills: only 2 of the 5 that the advert names are on record."),
        ("+wage", {}, "Wage: ¥5,000–8,000 a month reaches the wish of ¥6,000."),
        ("-wage", {}, "Wage: ¥5,000–8,000 a month stays below the wish of ¥6,000."),
        (
            "~wage unknown",
            {"wage_min": None, "wage_max": None},
            "Wage: not stated in the advert; ask before you apply.",
        ),
        ("+wage", {"wanted_wage": None}, "Wage: ¥5,000–8,000 a month; no wish is recorded."),
        ("-place elsewhere", {}, "Place: 渝中区; wished for: 江北区."),
        ("~place unknown", {"district": None}, "Place: not stated in the advert; wished for: 江北区."),
        ("~skills unknown", {}, "Skills: the advert names none that the lexicon knows."),
        ("~wage no_wish", {"wanted_wage": None}, "Wage: ¥5,000–8,000 a month; no wish is recorded."),
        (
            "~experience over",
            {"experience_min": 0.2},
            "Experience in years: 0.2 asked for, 0.5 on record: more than the work needs.",
        ),
        (
            "~education over",
            {"education_min": "junior"},
            "Education: junior college, well above the junior secondary or less that is asked for.",
        ),
        ("-experience", {}, "Experience in years: 2 asked for, only 0.5 on record."),
        ("+experience", {"experience_min": None}, "Experience: the advert asks for none."),
        ("-education", {}, "Education: bachelor or above is asked for; junior college is on record."),
        ("+education", {"education_min": None}, "Education: the advert asks for no level."),
    ],
)  # fmt: skip
def test_sentence_carries_the_figures_it_is_about(reason, facts, words):
    assert said(reason, **facts) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, None, "not stated in the advert"),
        (5000, None, "from ¥5,000 a month"),
        (None, 8000, "up to ¥8,000 a month"),
        (5000, 5000, "¥5,000 a month"),
        (5000, 12500, "¥5,000–12,500 a month"),
        (0, 3000, "¥0–3,000 a month"),
    ],
)
def test_wage_is_shown_as_far_as_it_is_known(low, high, words):
    with override("en"):
        assert wage(posting(wage_min=low, wage_max=high)) == words


def test_a_wage_in_another_currency_is_shown_and_not_compared():
    dollars = {"wage_min": 3000, "wage_max": 4000, "currency": "USD"}
    with override("en"):
        assert wage(posting(**dollars)) == "USD 3,000–4,000 a month"
    assert said("~wage unknown", **dollars) == (
        "Wage: USD 3,000–4,000 a month, which is not compared with a wish in ¥."
    )
