"""What the published plan says: to one person, of the postings held, of whoever is short, of one vacancy.

Nothing of a run is seen before it is published. Verdicts and findings are those of the published run's screening.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from talentcity.office.planning.models import Answer, PlanRun, Recommendation, Reply, Short, Why
from talentcity.office.records.domain.decisions import decision_in_force
from talentcity.office.records.models import Decision, Finding, Posting, Ruling, Screening, Seeker, Vacancy, Verdict
from talentcity.office.records.passages import GRAVE
from talentcity.tables.reasons import Reason

HELD = "hold"


def published_run() -> PlanRun | None:
    """The run whose rows are shown: the one published last."""
    published = PlanRun.objects.filter(published_at__isnull=False).select_related("screening")
    return published.order_by("-published_at", "-pk").first()


def latest_run() -> PlanRun | None:
    """The run asked for last, whatever became of it: waiting, running, failed or published."""
    return PlanRun.objects.order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class ScreenedPosting:
    """A posting with what guard said of it: its verdict (None: not screened), the hits, and what was let pass.

    `decision` is what a person decided about it last, as long as its wording is the same.
    """

    posting: Posting
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    let_pass: tuple[Finding, ...]
    decision: Decision | None = None

    @property
    def held(self) -> bool:
        """A person has to decide before anybody is sent there, or has decided that nobody is."""
        return self.says == HELD

    @property
    def says(self) -> str:
        """The verdict as it is shown, empty where nobody screened: a person's hold counts at once."""
        if self.verdict is not None and self.decision is not None and self.decision.decision == Ruling.HOLD:
            return HELD
        return self.verdict.verdict if self.verdict is not None else ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """One recommendation as its person sees it.

    Attributes:
        shown: the posting shown for the vacancy: the safest one, never a held one.
        reasons: criteria met, partly met and not met, in their fixed order.
        answer: the latest answer, or None.
        seen: it reached the person, and the ledger says so.
        current: it belongs to the published run; otherwise to an earlier one.
    """

    recommendation: Recommendation
    vacancy: Vacancy
    shown: ScreenedPosting
    reasons: tuple[Reason, ...]
    answer: Answer | None
    seen: bool
    current: bool

    @property
    def posting(self) -> Posting:
        """The posting shown."""
        return self.shown.posting

    @property
    def verdict(self) -> Verdict | None:
        """What guard said of the posting shown."""
        return self.shown.verdict

    @property
    def declined(self) -> bool:
        """The latest answer is "not for me"."""
        return self.answer is not None and self.answer.answer == Reply.NOT_FOR_ME


def recommendations_of(seeker: Seeker) -> tuple[Recommended, ...]:
    """What is recommended to one person: the published run's rows by rank, then earlier ones that were delivered.

    An earlier one is left out when its person declined it, when all its postings are held by now, or when the
    published run recommends the same vacancy. One of the published run is left out when its person declined the
    same vacancy while the run was being made. The number of queries does not depend on the number of rows.
    """
    run = published_run()
    if run is None:
        return ()
    rows = Recommendation.objects.filter(seeker=seeker, run__published_at__isnull=False).filter(
        Q(run=run) | Q(seen__isnull=False)
    )
    rows = rows.select_related("vacancy", "seen").prefetch_related(
        *with_postings("vacancy__", run.screening), Prefetch("answers", Answer.objects.order_by("pk"))
    )
    by_rank = sorted(rows, key=lambda row: (row.run_id != run.pk, -row.run_id, row.rank))
    every = [_recommended(row, run) for row in by_rank]
    declined = {one.vacancy.pk for one in every if not one.current and one.declined}
    chosen, vacancies = [], set()
    for one in every:
        gone = one.vacancy.pk in declined and (one.answer is None or one.declined)
        if one.vacancy.pk not in vacancies and not gone and (one.current or not one.shown.held):
            chosen.append(one)
            vacancies.add(one.vacancy.pk)
    return tuple(chosen)


def _recommended(row: Recommendation, run: PlanRun) -> Recommended:
    answers = list(row.answers.all())
    return Recommended(
        recommendation=row,
        vacancy=row.vacancy,
        shown=_safest(_postings_of(row.vacancy)),
        reasons=tuple(Reason.parse(reason) for reason in row.reasons),
        answer=answers[-1] if answers else None,
        seen=getattr(row, "seen", None) is not None,
        current=row.run_id == run.pk,
    )


def with_postings(prefix: str, screening: Screening | None) -> tuple[Prefetch, ...]:
    """What `shown_of` reads of a vacancy."""
    return (
        Prefetch(f"{prefix}postings", Posting.objects.select_related("employer").order_by("posting_id")),
        Prefetch(f"{prefix}postings__verdicts", Verdict.objects.filter(screening=screening)),
        Prefetch(f"{prefix}postings__findings", Finding.objects.filter(screening=screening)),
        f"{prefix}postings__decisions",
    )


def _postings_of(vacancy: Vacancy) -> tuple[ScreenedPosting, ...]:
    return tuple(_screened_posting(posting) for posting in vacancy.postings.all())


def shown_of(vacancy: Vacancy) -> ScreenedPosting | None:
    """The posting shown for a vacancy: the safest one; None when the vacancy names none."""
    postings = _postings_of(vacancy)
    return _safest(postings) if postings else None


def _screened_posting(posting: Posting) -> ScreenedPosting:
    verdicts, findings = list(posting.verdicts.all()), list(posting.findings.all())
    return ScreenedPosting(
        posting=posting,
        verdict=verdicts[0] if verdicts else None,
        findings=tuple(finding for finding in findings if not finding.guard),
        let_pass=tuple(finding for finding in findings if finding.guard),
        decision=decision_in_force(posting),
    )


def _safest(postings: Iterable[ScreenedPosting]) -> ScreenedPosting:
    """The first of the safest: a cleared one before one with a warning, before one nobody screened."""
    order = {"cleared": 0, "warn": 1, "": 2, HELD: 3}
    return min(postings, key=lambda one: order[one.says])


@dataclass(frozen=True, slots=True)
class HeldByRule:
    """How many postings (not hits) one rule helped to hold; a posting held by two rules counts under each."""

    rule_id: str
    tier: str
    postings: int
    title_zh: str
    title_en: str
    legal_basis: str


def held_by_rule() -> tuple[HeldByRule, ...]:
    """Held postings by rule, most first; one query besides that of the published run.

    Rules that only warn, or only give evidence, hold nothing: what they found in a held posting does not count.
    """
    run = published_run()
    if run is None:
        return ()
    counted = (
        Finding.objects.filter(screening=run.screening_id, guard="", tier__in=GRAVE)
        .filter(Exists(_verdicts_of("posting", run).filter(verdict=HELD)))
        .order_by()
        .values("rule_id", "tier")
        .annotate(postings=Count("posting", distinct=True))
    )
    rules = {rule["rule_id"]: rule for rule in run.report.get("rules", ())}
    rows = [_held(row, rules.get(row["rule_id"], {})) for row in counted]
    return tuple(sorted(rows, key=lambda row: (-row.postings, row.rule_id)))


def _held(row, rule) -> HeldByRule:
    return HeldByRule(
        rule_id=row["rule_id"],
        tier=row["tier"],
        postings=row["postings"],
        title_zh=rule.get("title_zh", row["rule_id"]),
        title_en=rule.get("title_en", row["rule_id"]),
        legal_basis=rule.get("legal_basis", ""),
    )


def _verdicts_of(posting: str, run: PlanRun) -> QuerySet[Verdict]:
    return Verdict.objects.filter(screening=run.screening_id, posting=OuterRef(posting))


class JudgedAs(StrEnum):
    """Which adverts to list, by what the rules and persons said of them."""

    HELD = "hold"
    OPEN = "open"  # held, and no person has decided
    RELEASED = "released"  # by a person
    WARNED = "warn"


def judged_postings(
    what: JudgedAs = JudgedAs.HELD, *, rule_id: str = "", tier: str = "", employer: str = ""
) -> QuerySet[Verdict]:
    """Verdicts of the postings asked for, each with its posting, employer, decisions and hits.

    A query set, so that a page can take a slice of it; its number of queries does not grow with the rows.

    Args:
        what: which of the published run's verdicts.
        rule_id, tier: with a hit of this rule, and of this tier; empty: of any.
        employer: the employer's name contains it.
    """
    run = published_run()
    if run is None:
        return Verdict.objects.none()
    chosen = _chosen(Verdict.objects.filter(screening=run.screening_id), what)
    hits = Finding.objects.filter(screening=run.screening_id, guard="")
    wanted = {name: value for name, value in (("rule_id", rule_id), ("tier", tier)) if value}
    if wanted:
        chosen = chosen.filter(Exists(hits.filter(**wanted, posting=OuterRef("posting"))))
    if employer:
        chosen = chosen.filter(posting__employer__name__icontains=employer)
    return (
        chosen.select_related("posting__employer", "decision")
        .prefetch_related(Prefetch("posting__findings", hits, to_attr="hits"), "posting__decisions")
        .order_by("posting__posting_id")
    )


def _chosen(verdicts: QuerySet[Verdict], what: JudgedAs) -> QuerySet[Verdict]:
    if what is JudgedAs.RELEASED:
        return verdicts.filter(decision__decision=Ruling.RELEASE)
    if what is JudgedAs.OPEN:
        since = Decision.objects.filter(posting=OuterRef("posting"), screening=OuterRef("screening"))
        return verdicts.filter(~Exists(since), verdict=HELD, decision=None)
    return verdicts.filter(verdict=what.value)


def judged(posting: Posting, run: PlanRun | None) -> ScreenedPosting:
    """One posting with what the run's screening said of it and what a person decided; a fixed number of queries."""
    screening = run.screening if run else None
    found = (
        Posting.objects.select_related("employer")
        .prefetch_related(
            Prefetch("verdicts", Verdict.objects.filter(screening=screening)),
            Prefetch("findings", Finding.objects.filter(screening=screening)),
            Prefetch("decisions", Decision.objects.select_related("by")),
        )
        .get(pk=posting.pk)
    )
    return _screened_posting(found)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one published run's screening said of one posting, and the decision that made it so, if one did."""

    run: PlanRun
    verdict: Verdict


def verdicts_of(posting: Posting) -> tuple[Judged, ...]:
    """Every published verdict on a posting, the latest first; two queries."""
    runs = {
        run.screening_id: run
        for run in PlanRun.objects.filter(published_at__isnull=False, screening__verdicts__posting=posting)
    }
    rows = posting.verdicts.filter(screening__in=runs).select_related("decision__by").order_by("-screening_id")
    return tuple(Judged(runs[row.screening_id], row) for row in rows)


@dataclass(frozen=True, slots=True)
class ShortGroup:
    """Some of those who are short: persons, and recommendations missing among them."""

    name: str
    persons: int
    missing: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Who is short under one run and why. `rows` is a query set with the seekers, most missing first."""

    persons: int
    missing: int
    by_district: tuple[ShortGroup, ...]
    by_family: tuple[ShortGroup, ...]
    by_why: tuple[ShortGroup, ...]
    rows: QuerySet[Short]


def short_of(run: PlanRun) -> Shortfall:
    """Who is short under this run: grouped by district, by the family wished for first, and by why; one query."""
    facts = list(run.shorts.order_by().values_list("missing", "why", "seeker__district", "seeker__wanted_occupations"))
    return Shortfall(
        persons=len(facts),
        missing=sum(fact[0] for fact in facts),
        by_district=_groups(facts, lambda fact: fact[2]),
        by_family=_groups(facts, lambda fact: fact[3][0] if fact[3] else ""),
        by_why=_groups(facts, lambda fact: fact[1]),
        rows=run.shorts.select_related("seeker").order_by("-missing", "seeker__seeker_id"),
    )


def _groups(facts: list[tuple], name_of: Callable[[tuple], str]) -> tuple[ShortGroup, ...]:
    persons: Counter[str] = Counter()
    missing: dict[str, int] = defaultdict(int)
    for fact in facts:
        name = name_of(fact)
        persons[name] += 1
        missing[name] += fact[0]
    groups = [ShortGroup(name, persons[name], missing[name]) for name in persons]
    return tuple(sorted(groups, key=lambda group: (-group.missing, group.name)))


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One vacancy with every posting that speaks of it, each with its findings.

    Attributes:
        shown: the posting that people are shown (None when the vacancy names none).
        held: every posting is held: nobody is sent there.
        recommended: persons to whom the published run recommends it; None when no run is published.
    """

    vacancy: Vacancy
    postings: tuple[ScreenedPosting, ...]
    shown: ScreenedPosting | None
    recommended: int | None

    @property
    def held(self) -> bool:
        """Every posting is held."""
        return bool(self.postings) and all(posting.held for posting in self.postings)


def opportunity_of(vacancy: Vacancy) -> Opportunity:
    """One vacancy for its page; a fixed number of queries."""
    run = published_run()
    screening = run.screening if run else None
    found = Vacancy.objects.prefetch_related(*with_postings("", screening)).get(pk=vacancy.pk)
    return Opportunity(
        vacancy=found,
        postings=_postings_of(found),
        shown=shown_of(found),
        recommended=run.recommendations.filter(vacancy=found).count() if run else None,
    )


def waiting_for(people: Iterable[int], run: PlanRun | None) -> dict[int, int]:
    """Recommendations of the run that have not reached their person yet, by the person's primary key; one query."""
    if run is None:
        return {}
    unseen = run.recommendations.filter(seeker__in=people, seen=None).order_by()
    return dict(unseen.values_list("seeker").annotate(Count("pk")))


def why_short(short: Short) -> str:
    """Why somebody is short, in the language of the page."""
    return str(Why(short.why).label)
