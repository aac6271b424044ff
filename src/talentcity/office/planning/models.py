"""Plan runs and the recommendations of each; who was left short and why; what places are worth; answers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from talentcity.office.append_only import AppendOnly, AppendOnlyModel
from talentcity.office.promises.models import Delivery
from talentcity.office.records.models import Screening, Seeker, Vacancy


class RunStatus(models.TextChoices):
    """Where a run stands; computed from what happened to it."""

    REQUESTED = "requested", _("Waiting")
    RUNNING = "running", _("Running")
    PUBLISHED = "published", _("Published")
    FAILED = "failed", _("Failed")


class PlanRun(models.Model):
    """One run of guard, match and plan. Its rows are seen once `published_at` is set, all at once."""

    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    on = models.DateField(_("on"), help_text=_("what today is for the run"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, db_index=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.TextField(_("why it failed"), blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True, help_text=_("how the plan is to be found"))
    report = models.JSONField(_("report"), default=dict, blank=True)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")

    class Meta:
        verbose_name = _("plan run")
        verbose_name_plural = _("plan runs")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="run_is_published_or_failed", condition=Q(published_at__isnull=True) | Q(failed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="published_run_has_a_screening",
                condition=Q(published_at__isnull=True) | Q(screening__isnull=False),
            ),
        )

    def __str__(self):
        return f"{self.pk}"

    @property
    def status(self) -> RunStatus:
        """Where the run stands."""
        if self.published_at is not None:
            return RunStatus.PUBLISHED
        if self.failed_at is not None:
            return RunStatus.FAILED
        return RunStatus.REQUESTED if self.started_at is None else RunStatus.RUNNING


class Recommendation(models.Model):
    """One vacancy recommended to one person by one run; a proposal until it is delivered."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="recommendations")
    seeker = models.ForeignKey(Seeker, on_delete=models.CASCADE, related_name="recommendations")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.PROTECT, related_name="recommendations")
    rank = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 is the best of the person's"))
    score = models.FloatField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list)

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ("run", "seeker", "rank")
        constraints = (
            models.UniqueConstraint(fields=("run", "seeker", "vacancy"), name="a_vacancy_once_for_a_person_in_a_run"),
            models.CheckConstraint(name="recommendation_score_0_to_1", condition=Q(score__gte=0, score__lte=1)),
        )

    def __str__(self):
        return f"{self.run_id}/{self.seeker_id}/{self.rank}"


class Why(models.TextChoices):
    """Why somebody has fewer recommendations than are owed."""

    NOT_YET = "not_yet", _("The statute allows them to work only from a later day")
    EDUCATION = "education", _("Most open vacancies ask for a higher education than theirs, and nothing else is left")
    EXPERIENCE = "experience", _("Most open vacancies ask for more experience than theirs, and nothing else is left")
    NO_PAIR = "no_pair", _("No open vacancy is left that they could take")
    FEW_PAIRS = "few_pairs", _("Fewer vacancies fit than are owed")
    NO_PLACES = "no_places", _("Others share the vacancies that fit, and their places are full")
    NOT_PROVEN = "not_proven", _("The plan ended before it was proven that no more can be had")


class Shortage(models.Model):
    """Some people who share only these vacancies, so that what is missing among them can be found nowhere else.

    Its vacancies are those whose price names it; its people are those short of it and whoever has one of its places.
    Somebody whom no exchange with anybody could help is short alone, of no shortage.
    """

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="shortages")
    number = models.PositiveIntegerField(_("number"), help_text=_("1 misses most"))
    persons = models.PositiveIntegerField(_("persons"))
    persons_short = models.PositiveIntegerField(_("persons short"))
    vacancies = models.PositiveIntegerField(_("vacancies"))
    owed = models.PositiveIntegerField(_("owed"), help_text=_("recommendations"))
    places = models.PositiveIntegerField(_("places"), help_text=_("recommendations that its vacancies can take"))
    elsewhere = models.PositiveIntegerField(_("elsewhere"), help_text=_("recommendations at other vacancies"))
    missing = models.PositiveIntegerField(_("missing"), help_text=_("recommendations"))

    class Meta:
        verbose_name = _("shortage")
        verbose_name_plural = _("shortages")
        ordering = ("run", "number")
        constraints = (
            models.UniqueConstraint(fields=("run", "number"), name="shortage_once_in_a_run"),
            models.CheckConstraint(
                name="shortage_adds_up", condition=Q(owed=F("missing") + F("places") + F("elsewhere"))
            ),
        )

    def __str__(self):
        return f"{self.run_id}/{self.number}"


class ShortageSum(models.Model):
    """Who is short in one district and occupation family, of a whole run or of one shortage."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="sums")
    shortage = models.ForeignKey(Shortage, on_delete=models.CASCADE, null=True, blank=True, related_name="sums")
    district = models.CharField(_("district"), max_length=100, blank=True)
    occupation = models.CharField(_("occupation"), max_length=100, blank=True)
    persons = models.PositiveIntegerField(_("persons"))
    persons_short = models.PositiveIntegerField(_("persons short"))
    alone = models.PositiveIntegerField(_("alone"), help_text=_("persons short of no shortage"))
    owed = models.PositiveIntegerField(_("owed"), help_text=_("recommendations"))
    missing = models.PositiveIntegerField(_("missing"), help_text=_("recommendations"))
    vacancies = models.PositiveIntegerField(_("vacancies"))
    places = models.PositiveBigIntegerField(_("places"), help_text=_("recommendations"))
    full_places = models.PositiveBigIntegerField(_("full places"), help_text=_("recommendations"))
    most_in = models.ForeignKey(
        Shortage, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        help_text=_("the shortage to which most of what is missing belongs"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("sum of a shortage")
        verbose_name_plural = _("sums of shortages")
        ordering = ("run", "shortage", "-missing", "district", "occupation")
        constraints = (
            models.UniqueConstraint(fields=("shortage", "district", "occupation"), name="sum_once_in_a_shortage"),
            models.UniqueConstraint(
                fields=("run", "district", "occupation"), condition=Q(shortage=None), name="sum_once_in_a_run"
            ),
        )

    def __str__(self):
        return f"{self.run_id}/{self.district}/{self.occupation}"


class Price(models.Model):
    """A vacancy whose places are all used, and what one place more (for one more recommendation) would give."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="prices")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="prices")
    shortage = models.ForeignKey(Shortage, on_delete=models.CASCADE, null=True, blank=True, related_name="prices")
    capacity = models.PositiveIntegerField(_("capacity"), help_text=_("recommendations"))
    recommendations = models.PositiveSmallIntegerField(
        _("recommendations more"), help_text=_("that one place more would give")
    )
    missing = models.PositiveSmallIntegerField(
        _("missing"), help_text=_("recommendations that the person lacks who would get it")
    )
    worth = models.FloatField(_("worth"), help_text=_("points of score that one place more adds to this plan"))
    worth_low = models.FloatField(_("worth at least"), help_text=_("points of score, to the best plan"))
    worth_high = models.FloatField(_("worth at most"), help_text=_("points of score, to the best plan"))

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("run", "-recommendations", "-missing", "-worth", "vacancy")
        constraints = (
            models.UniqueConstraint(fields=("run", "vacancy"), name="price_once_in_a_run"),
            models.CheckConstraint(name="worth_in_order", condition=Q(worth_low__lte=F("worth_high"))),
        )

    def __str__(self):
        return f"{self.run_id}/{self.vacancy_id}"


class Short(models.Model):
    """Somebody to whom a run gives fewer recommendations than are owed."""

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="shorts")
    seeker = models.ForeignKey(Seeker, on_delete=models.CASCADE, related_name="shorts")
    owed = models.PositiveSmallIntegerField(_("owed"), help_text=_("recommendations"))
    given = models.PositiveSmallIntegerField(_("given"), help_text=_("recommendations"))
    missing = models.PositiveSmallIntegerField(_("missing"), help_text=_("recommendations"))
    unavoidable = models.BooleanField(_("unavoidable"), null=True, help_text=_("empty: not proven either way"))
    why = models.CharField(_("why"), max_length=20, choices=Why.choices)
    shortage = models.ForeignKey(
        Shortage, on_delete=models.CASCADE, null=True, blank=True, related_name="shorts", help_text=_("empty: alone")
    )
    detail = models.TextField(_("in the words of the engine"), blank=True)

    class Meta:
        verbose_name = _("short")
        verbose_name_plural = _("short")
        ordering = ("run", "-missing", "seeker")
        constraints = (
            models.UniqueConstraint(fields=("run", "seeker"), name="short_once_in_a_run"),
            models.CheckConstraint(name="short_adds_up", condition=Q(owed=F("given") + F("missing"))),
        )

    def __str__(self):
        return f"{self.run_id}/{self.seeker_id}"


class Seen(AppendOnlyModel):
    """A recommendation that reached its person, and the row of the ledger that says so."""

    recommendation = models.OneToOneField(Recommendation, on_delete=models.PROTECT, related_name="seen")
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="seen")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("seen")
        verbose_name_plural = _("seen")
        ordering = ("pk",)

    def __str__(self):
        return f"{self.recommendation_id}"


class Reply(models.TextChoices):
    """What a person says to a recommendation."""

    INTERESTED = "interested", _("Interested")
    NOT_FOR_ME = "not_for_me", _("Not for me")


class Answer(AppendOnlyModel):
    """What a person said to a recommendation; the latest answer counts."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(_("answer"), max_length=20, choices=Reply.choices)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="answer_is_known", condition=Q(answer__in=Reply.values)),)

    def __str__(self):
        return self.answer
