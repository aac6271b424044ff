"""A reason of a pair as a sentence, in the reader's language and with the figures it is about."""

from django.utils.translation import gettext as _

from talentcity.office import names
from talentcity.office.showing import decimal, whole
from talentcity.tables.catalogue import CNY


def sentence(reason, *, seeker, posting):
    """One reason in words. `reason` has criterion, grade (met, partly, unmet) and detail.

    Nothing is decided here: the grade is the engine's; only the person's wish and the advert's figure are added.
    """
    return _WORDS[reason.criterion](reason, seeker, posting)


def wage(posting):
    """The wage of an advert, a month's before tax, in its own currency."""
    low, high = posting.wage_min, posting.wage_max
    if low is None and high is None:
        return _("not stated in the advert")
    sign = "¥" if posting.currency == CNY else f"{posting.currency} "
    low, high = (None if amount is None else sign + whole(amount) for amount in (low, high))
    if low is None:
        return _("up to %(high)s a month") % {"high": high}
    if high is None:
        return _("from %(low)s a month") % {"low": low}
    if low == high:
        return _("%(low)s a month") % {"low": low}
    return _("%(low)s–%(high)s a month") % {"low": low, "high": high.removeprefix(sign)}


def _occupation(reason, seeker, posting):
    wishes = names.wishes(seeker)
    words = {"occupation": names.occupation(posting), "wishes": wishes}
    if not wishes:
        return _("Occupation: %(occupation)s; no wish is recorded that could be read.") % words
    if reason.detail == "unknown":
        return _("Occupation: not known from the advert; wished for: %(wishes)s.") % words
    if reason.grade == "met":
        return _("Occupation: %(occupation)s, as wished for.") % words
    if reason.grade == "partly":
        return _("Occupation: %(occupation)s, near to the wish (%(wishes)s).") % words
    return _("Occupation: %(occupation)s, not what is wished for (%(wishes)s).") % words


def _skills(reason, _seeker, _posting):
    had, slash, asked = reason.detail.partition("/")
    if reason.detail == "unknown":
        return _("Skills: the advert names none that the lexicon knows.")
    if not slash:
        return {
            "met": _("Skills: those asked for are there."),
            "partly": _("Skills: some of those asked for are there."),
            "unmet": _("Skills: none of those asked for is on record."),
        }[reason.grade]
    words = {"had": had, "asked": asked}
    if reason.grade == "met":
        return _("Skills: %(had)s of the %(asked)s that the advert names are there.") % words
    if reason.grade == "partly":
        return _("Skills: only %(had)s of the %(asked)s that the advert names are on record.") % words
    return _("Skills: %(had)s of the %(asked)s that the advert names are on record.") % words


def _wage(reason, seeker, posting):
    if posting.wage_min is None and posting.wage_max is None:
        return _("Wage: not stated in the advert; ask before you apply.")
    if posting.currency != CNY:
        return _("Wage: %(wage)s, which is not compared with a wish in ¥.") % {"wage": wage(posting)}
    if reason.detail == "unknown":
        return _("Wage: not stated in the advert; ask before you apply.")
    words = {"wage": wage(posting), "wish": None if seeker.wanted_wage is None else whole(seeker.wanted_wage)}
    if words["wish"] is None:
        return _("Wage: %(wage)s; no wish is recorded.") % words
    if reason.grade == "met":
        return _("Wage: %(wage)s reaches the wish of ¥%(wish)s.") % words
    if reason.grade == "partly":
        return _("Wage: %(wage)s comes close to the wish of ¥%(wish)s or reaches it at its upper end only.") % words
    return _("Wage: %(wage)s stays below the wish of ¥%(wish)s.") % words


def _place(reason, seeker, posting):
    words = {
        "place": names.place(posting.district),
        "wishes": names.listed(names.place(district) for district in seeker.wanted_districts or [seeker.district]),
    }
    if not posting.district:
        return _("Place: not stated in the advert; wished for: %(wishes)s.") % words
    if reason.grade == "met":
        return _("Place: %(place)s, where work is wished for.") % words
    if reason.grade == "partly":
        return _("Place: %(place)s, in the same city; wished for: %(wishes)s.") % words
    return _("Place: %(place)s; wished for: %(wishes)s.") % words


def _experience(reason, seeker, posting):
    if not posting.experience_min:
        return _("Experience: the advert asks for none.")
    words = {"asked": decimal(posting.experience_min), "had": decimal(seeker.experience_years)}
    if reason.grade == "met":
        return _("Experience in years: %(asked)s asked for, %(had)s on record.") % words
    if reason.grade == "partly":
        return _("Experience in years: %(asked)s asked for, %(had)s on record: more than the work needs.") % words
    return _("Experience in years: %(asked)s asked for, only %(had)s on record.") % words


def _education(reason, seeker, posting):
    if posting.education_min is None:
        return _("Education: the advert asks for no level.")
    words = {"asked": names.EDUCATION[posting.education_min], "had": names.EDUCATION[seeker.education]}
    if reason.grade == "met":
        return _("Education: %(had)s; %(asked)s or above is asked for.") % words
    if reason.grade == "partly":
        return _("Education: %(had)s, well above the %(asked)s that is asked for.") % words
    return _("Education: %(asked)s or above is asked for; %(had)s is on record.") % words


def _text(reason, _seeker, _posting):
    if reason.grade == "met":
        return _("Wording: the advert reads much like the profile.")
    if reason.grade == "partly":
        return _("Wording: the advert and the profile have some words in common.")
    return _("Wording: the advert and the profile have few words in common.")


_WORDS = {
    "occupation": _occupation,
    "skills": _skills,
    "wage": _wage,
    "place": _place,
    "experience": _experience,
    "education": _education,
    "text": _text,
}
