"""Records: who looks for work, who hires, what was published, and what guard said of it.

Every record carries the id under which the tables know it (`seeker_id`, …). No names of people and no
identity numbers are kept; nothing that must not decide (sex, age, household registration, …) has a column.
"""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from talentcity.office.append_only import AppendOnly, AppendOnlyModel
from talentcity.tables import CHANNELS, EMPLOYER_KINDS, SESSION_KINDS, TIERS, VERDICTS
from talentcity.text.education import EDUCATION

ID_LENGTH = 100  # ids are unique by a constraint: `unique=True` would add an index for LIKE, which nobody asks for


def one_of(name: str, column: str, allowed: tuple[str, ...], *, empty: bool = False) -> models.CheckConstraint:
    """A constraint: the column holds one of the allowed words (or nothing, when `empty`)."""
    condition = Q(**{f"{column}__in": allowed})
    if empty:
        condition |= Q(**{f"{column}__isnull": True})
    return models.CheckConstraint(name=name, condition=condition)


class Seeker(models.Model):
    """A young person looking for work."""

    seeker_id = models.CharField(_("id"), max_length=ID_LENGTH)
    registered_on = models.DateField(_("registered on"), help_text=_("Deadlines of the promise count from this day."))
    education = models.CharField(_("education"), max_length=20)
    major = models.TextField(_("major"), null=True, blank=True)
    graduated_on = models.DateField(_("graduated on"), null=True, blank=True)
    district = models.CharField(_("district"), max_length=100)
    experience_years = models.FloatField(_("work experience"), default=0, help_text=_("years"))
    wanted_occupations = models.JSONField(_("wanted occupations"), default=list, blank=True)
    wanted_districts = models.JSONField(_("wanted districts"), default=list, blank=True)
    wanted_wage = models.FloatField(_("wanted wage"), null=True, blank=True, help_text=_("CNY/month"))
    skills = models.JSONField(_("skills"), default=list, blank=True)
    excluded = models.JSONField(_("excluded"), default=list, blank=True, help_text=_("opportunities never to show"))
    may_work_from = models.DateField(_("may work from"), null=True, blank=True)
    priority = models.FloatField(_("priority"), default=0)

    class Meta:
        verbose_name = _("seeker")
        verbose_name_plural = _("seekers")
        ordering = ("seeker_id",)
        constraints = (
            models.UniqueConstraint(fields=("seeker_id",), name="seeker_id_once"),
            one_of("seeker_education_is_known", "education", EDUCATION),
            models.CheckConstraint(name="seeker_priority_is_a_share", condition=Q(priority__gte=0, priority__lte=1)),
        )
        indexes = (  # the caseload walks along them, in the city and in a district
            models.Index(fields=("registered_on", "seeker_id"), name="seeker_by_day"),
            models.Index(fields=("district", "registered_on", "seeker_id"), name="seeker_by_district_and_day"),
        )

    def __str__(self):
        return self.seeker_id

    @property
    def first_wish(self) -> str | None:
        """The occupation family wished for most."""
        return self.wanted_occupations[0] if self.wanted_occupations else None


class Employer(models.Model):
    """Who hires, or acts for who hires."""

    employer_id = models.CharField(_("id"), max_length=ID_LENGTH)
    name = models.TextField(_("registered name"))
    credit_code = models.CharField(_("unified social credit code"), max_length=40, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20)
    licence_until = models.DateField(_("licence until"), null=True, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("employer")
        verbose_name_plural = _("employers")
        ordering = ("employer_id",)
        constraints = (
            models.UniqueConstraint(fields=("employer_id",), name="employer_id_once"),
            one_of("employer_kind_is_known", "kind", EMPLOYER_KINDS),
        )

    def __str__(self):
        return self.name


class Posting(models.Model):
    """A published text. Findings name passages of `title` or `text` by offsets in code points."""

    posting_id = models.CharField(_("id"), max_length=ID_LENGTH)
    employer = models.ForeignKey(
        Employer, on_delete=models.PROTECT, null=True, blank=True, related_name="postings", verbose_name=_("employer")
    )
    title = models.TextField(_("title"))
    text = models.TextField(_("text"), blank=True)
    occupation = models.CharField(_("occupation"), max_length=100, null=True, blank=True)
    district = models.CharField(_("district"), max_length=100, null=True, blank=True)
    wage_min = models.FloatField(_("lower wage"), null=True, blank=True, help_text=_("CNY/month"))
    wage_max = models.FloatField(_("upper wage"), null=True, blank=True, help_text=_("CNY/month"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY", help_text=_("of both wages, ISO 4217"))
    education_min = models.CharField(_("least education"), max_length=20, null=True, blank=True)
    experience_min = models.FloatField(_("least experience"), null=True, blank=True, help_text=_("years"))
    headcount = models.PositiveIntegerField(_("headcount"), null=True, blank=True, help_text=_("persons"))
    channel = models.CharField(_("channel"), max_length=30, default="market")
    posted_on = models.DateField(_("posted on"), null=True, blank=True)
    valid_through = models.DateField(_("valid through"), null=True, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ("posting_id",)
        constraints = (
            models.UniqueConstraint(fields=("posting_id",), name="posting_id_once"),
            one_of("posting_education_is_known", "education_min", EDUCATION, empty=True),
            one_of("posting_channel_is_known", "channel", CHANNELS),
            models.CheckConstraint(
                name="posting_wages_in_order",
                condition=Q(wage_min__isnull=True) | Q(wage_max__isnull=True) | Q(wage_min__lte=F("wage_max")),
            ),
        )

    def __str__(self):
        return self.title

    @property
    def digest(self) -> str:
        """SHA-256 of the title and the text: whether the wording is still the one that somebody read."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode()).hexdigest()


class Vacancy(models.Model):
    """One job open to fill; several postings may speak of it."""

    vacancy_id = models.CharField(_("id"), max_length=ID_LENGTH)
    postings = models.ManyToManyField(Posting, related_name="vacancies", verbose_name=_("postings"))
    headcount = models.PositiveIntegerField(_("headcount"), help_text=_("persons"))
    hired = models.PositiveIntegerField(_("hired"), default=0, help_text=_("persons"))

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ("vacancy_id",)
        constraints = (
            models.UniqueConstraint(fields=("vacancy_id",), name="vacancy_id_once"),
            models.CheckConstraint(name="vacancy_hired_at_most_headcount", condition=Q(hired__lte=F("headcount"))),
        )

    def __str__(self):
        return self.vacancy_id

    @property
    def open_places(self) -> int:
        """Persons still looked for."""
        return self.headcount - self.hired


class Session(models.Model):
    """A briefing, counselling slot, course or internship with places."""

    session_id = models.CharField(_("id"), max_length=ID_LENGTH)
    kind = models.CharField(_("kind"), max_length=20)
    title = models.TextField(_("title"), null=True, blank=True)
    district = models.CharField(_("district"), max_length=100, db_index=True)
    starts_at = models.DateTimeField(_("starts at"), db_index=True)
    ends_at = models.DateTimeField(_("ends at"))
    places = models.PositiveIntegerField(_("places"), help_text=_("persons"))
    language = models.CharField(_("language"), max_length=10, default="zh")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("starts_at", "session_id")
        constraints = (
            models.UniqueConstraint(fields=("session_id",), name="session_id_once"),
            one_of("session_kind_is_known", "kind", SESSION_KINDS),
            models.CheckConstraint(name="session_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
        )

    def __str__(self):
        return self.title or self.session_id


class Screening(models.Model):
    """One run of guard over all postings. It is shown once the plan run that it belongs to is published."""

    on = models.DateField(_("on"), help_text=_("what today was for the rules"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.on}"


class Ruling(models.TextChoices):
    """What a person decides about an advert."""

    RELEASE = "release", _("Released")
    HOLD = "hold", _("Held")


class Decision(AppendOnlyModel):
    """What a person decided about one posting, on the evidence of one screening; a later decision supersedes it.

    It is about the wording of that day (`digest`) and the rules that spoke against it (`rules`): see
    `records.domain.decisions` for how long it is in force.
    """

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("posting"))
    screening = models.ForeignKey(
        Screening, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("screening")
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Ruling.choices)
    reason = models.TextField(_("reason"))
    rules = models.JSONField(_("rules"), default=list, blank=True, help_text=_("rules that spoke against it"))
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 of the title and the text"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("pk",)
        base_manager_name = "objects"
        constraints = (
            models.CheckConstraint(name="decision_is_known", condition=Q(decision__in=Ruling.values)),
            models.CheckConstraint(name="decision_has_a_reason", condition=~Q(reason="")),
        )

    def __str__(self):
        return f"{self.posting_id} {self.decision}"


class Verdict(models.Model):
    """What guard says of one posting in one screening; where a decision stood, what that made of it."""

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="verdicts")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="verdicts")
    verdict = models.CharField(_("verdict"), max_length=20)
    tier = models.CharField(_("tier"), max_length=4, null=True, blank=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True, help_text=_("rules that were hit"))
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="verdicts",
        verbose_name=_("decision"), help_text=_("a person's, where it made the verdict"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("screening", "posting"), name="one_verdict_on_a_posting_in_a_screening"),
            one_of("verdict_is_known", "verdict", VERDICTS),
        )
        indexes = (models.Index(fields=("screening", "verdict"), name="verdict_by_screening"),)

    def __str__(self):
        return self.verdict


class Finding(models.Model):
    """One hit of one rule on one posting; or a passage that looked like one and was let pass (`guard` says why).

    A hit without a passage (`start` equals `end`) is about what the posting leaves out.
    """

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="findings")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="findings")
    rule_id = models.CharField(_("rule"), max_length=20)
    tier = models.CharField(_("tier"), max_length=4)
    field = models.CharField(_("field"), max_length=10)
    start = models.PositiveIntegerField(_("start"), help_text=_("first character in the original field"))
    end = models.PositiveIntegerField(_("end"), help_text=_("one past the last character"))
    fact = models.TextField(_("fact"))
    legal_basis = models.TextField(_("legal basis"))
    version = models.CharField(_("version"), max_length=40, blank=True)
    guard = models.CharField(_("let pass because"), max_length=40, blank=True, help_text=_("empty: a hit"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ("posting", "field", "start", "pk")
        constraints = (
            one_of("finding_tier_is_known", "tier", TIERS),
            one_of("finding_field_is_known", "field", ("title", "text")),
            models.CheckConstraint(name="finding_ends_at_or_after_its_start", condition=Q(end__gte=F("start"))),
        )
        indexes = (models.Index(fields=("screening", "rule_id", "guard"), name="finding_by_rule"),)

    def __str__(self):
        return f"{self.rule_id} {self.field} {self.start}–{self.end}"
