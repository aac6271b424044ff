"""What codes are called in the reader's language."""

from functools import cache

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from talentcity.text import lexicon
from talentcity.text.place import Place

EDUCATION = {
    "junior": _("junior secondary or less"),
    "secondary": _("upper secondary"),
    "college": _("junior college"),
    "bachelor": _("bachelor"),
    "master": _("master"),
    "doctor": _("doctor"),
}
CHANNELS = {
    "market": _("market job"),
    "government": _("government"),
    "public_institution": _("public institution"),
    "state_owned": _("state-owned firm"),
}
VERDICTS = {"cleared": _("Cleared"), "warn": _("Warning"), "hold": _("Held")}
TIERS = {
    "T1": _("tier 1: held until a person releases it"),
    "T2": _("tier 2: held until it is edited or a person releases it"),
    "T3": _("tier 3: shown with a warning"),
    "T4": _("tier 4: evidence only"),
}


def chinese():
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def in_language(thing):
    """The name of something that carries `zh` and `en`."""
    return thing.zh if chinese() else thing.en


@cache
def _families():
    return {family.code: family for family in lexicon.families()}


@cache
def _skills():
    return {skill.code: skill for skill in lexicon.skills()}


def family(code):
    """An occupation family, such as `nursing`; what the lexicon does not list stands as it is."""
    if not code:
        return gettext("not known")
    found = _families().get(code)
    return code if found is None else in_language(found)


def occupation(posting):
    """The occupation family of an advert: as stated, else read from its title as the match reads it."""
    return family(posting.occupation or lexicon.family_of(posting.title))


def wishes(seeker):
    """The wished occupations that the lexicon knows, in words; the match reads no others."""
    known = (code if code in _families() else lexicon.family_of(code) for code in seeker.wanted_occupations)
    return listed(family(code) for code in dict.fromkeys(known) if code)


def unreadable_wishes(seeker):
    """The wished occupations that the lexicon does not know, as a family or as a title; the match passes over them."""
    return [code for code in seeker.wanted_occupations if code not in _families() and not lexicon.family_of(code)]


def skill(code):
    """A skill of the lexicon; a skill in plain words stands as it is."""
    found = _skills().get(code)
    return code if found is None else in_language(found)


def listed(names):
    """Several names in one line."""
    return ("、" if chinese() else ", ").join(str(name) for name in names)


def place(district):
    """A place as written in the tables: `District`, `City/District` or `City/`."""
    if not district:
        return gettext("place not stated")
    found = Place.parse(district)
    return " ".join(part for part in (found.city, found.district) if part)


def titled(rule):
    """The title of a rule; a dict of the run's report, or a row that carries title_zh and title_en."""
    zh, en = (rule["title_zh"], rule["title_en"]) if isinstance(rule, dict) else (rule.title_zh, rule.title_en)
    return zh if chinese() else en


CAUTIONS = {
    "D": _("A job may not depend on this. You may apply all the same."),
    "F": _("Nobody may take money from you for a job. Pay nothing, and sign for nothing."),
    "I": _("Facts that an advert has to state are missing. Ask for them before you apply."),
    "P": _("Buy nothing to begin, and recruit nobody: work pays you, not the other way round."),
    "S": _("Pay nothing in advance, and lend nobody your accounts."),
    "W": _("Keep your identity card and your papers; a copy is enough."),
}
"""By the letter with which a rule's id begins."""


def caution(rule_id):
    """What somebody who reads an advert should know, in plain words; empty where the title of the rule says it."""
    return CAUTIONS.get(rule_id[:1], "")


GUARDS = {
    "warning": _("a warning against the practice"),
    "negation": _("the advert says that this is not asked for"),
    "negation_after": _("the advert says that this is not asked for"),
    "employer_pays": _("the employer pays or gives it back"),
    "employers_bond": _("the employer's own bond"),
    "role": _("part of a job title"),
    "duty": _("part of the duties, not a condition"),
    "client": _("about customers, not about the worker"),
    "vehicle_rental": _("rent of a vehicle"),
    "flat_rental": _("rent of a flat"),
    "payroll": _("about paying wages"),
    "affirmative": _("encourages a group, excludes nobody"),
    "anti_fraud": _("about finding or preventing fraud"),
    "benefit": _("a benefit, not a condition"),
    "biography": _("tells of somebody's life"),
    "both_pronouns": _("both pronouns are named"),
    "both_sexes": _("both sexes are named alike"),
    "contact": _("the name of a contact person"),
    "copy": _("a copy, not the original"),
    "carrier": _("orders of couriers and drivers"),
    "dispatch": _("orders of couriers and drivers"),
    "environment": _("describes the team, not the person wanted"),
    "equality": _("a statement of equality"),
    "expense": _("money laid out in the course of business"),
    "lawful": _("work for which the law allows it"),
    "no_demand": _("no demand on the applicant"),
    "other_person": _("about somebody else"),
    "own_business": _("the employer's own business"),
    "own_document": _("a document that the applicant should have"),
    "product": _("about a product"),
    "quoted_ban": _("quotes the ban itself"),
    "shown_and_returned": _("shown and given back at once"),
    "visa": _("handed to an authority for a visa"),
}


def let_pass(guard):
    """Why a match was let pass; a guard without words of its own is told by its name."""
    return GUARDS[guard] if guard in GUARDS else gettext("its surroundings speak against a breach (%s)") % guard
