"""Tables that pass between rooms. Money is CNY unless `currency` says otherwise; a wage is one month's before tax."""

from __future__ import annotations

import polars as pl

from talentcity.tables.schema import Column, Kind, Rule, Schema
from talentcity.text.education import EDUCATION

CHANNELS = ("market", "government", "public_institution", "state_owned")
EMPLOYER_KINDS = ("employer", "agency")
SESSION_KINDS = ("briefing", "counselling", "course", "internship")
VERDICTS = ("cleared", "warn", "hold")
TIERS = ("T1", "T2", "T3", "T4")
SERVICES = ("briefing", "counselling", "recommendation", "training")
CNY = "CNY"
WAGE_LIMIT = 10_000_000  # CNY/month; beyond it a wage is a slip of the pen

_WAGES = Rule(
    "wage_min",
    ("wage_min", "wage_max"),
    lambda: pl.col("wage_min") > pl.col("wage_max"),
    "expected wage_min at most wage_max; perhaps the two are swapped",
)
_CURRENCY = Rule(
    "currency",
    ("currency",),
    lambda: ~pl.col("currency").str.contains("^[A-Z]{3}$"),
    "expected three capital letters of ISO 4217, such as CNY or USD",
)
_SPAN = Rule(
    "end",
    ("start", "end"),
    lambda: (pl.col("end") <= pl.col("start")) & (pl.col("end") > 0),
    "expected end after start, or both 0 where something is missing",
)
_TIMES = Rule(
    "ends_at",
    ("starts_at", "ends_at"),
    lambda: pl.col("ends_at") <= pl.col("starts_at"),
    "expected a time after starts_at",
)
_VALIDITY = Rule(
    "valid_through",
    ("posted_on", "valid_through"),
    lambda: pl.col("valid_through") < pl.col("posted_on"),
    "expected a day not before posted_on",
)
_HIRED = Rule(
    "hired",
    ("hired", "headcount"),
    lambda: pl.col("hired") > pl.col("headcount"),
    "expected at most headcount",
)
_MINIMUM = Rule(
    "minimum",
    ("minimum", "capacity"),
    lambda: pl.col("minimum") > pl.col("capacity"),
    "expected at most capacity",
)
_CAREER = Rule(
    "end_date",
    ("start_date", "end_date"),
    lambda: pl.col("end_date") < pl.col("start_date"),
    "expected a day not before start_date",
)


def _year(name: str, about: str) -> Column:
    return Column(
        name=name, kind=Kind.WHOLE, unit="year", low=1900, high=2200, required=False, nullable=True, about=about
    )


def _from_0_to_1(name: str, about: str, *, nullable: bool = False) -> Column:
    return Column(name=name, kind=Kind.NUMBER, about=about, unit="0 to 1", low=0, high=1, nullable=nullable)


SEEKERS = Schema(
    "seekers",
    "a young person looking for work",
    (
        Column(name="seeker_id", kind=Kind.ID, unique=True, about="Who the person is, to every table."),
        Column(name="education", kind=Kind.TEXT, allowed=EDUCATION, about="Highest level finished."),
        Column(name="major", kind=Kind.TEXT, required=False, nullable=True, about="Field of study."),
        Column(name="graduated_on", kind=Kind.DATE, required=False, nullable=True, about="Day of graduation."),
        Column(name="district", kind=Kind.TEXT, about="Where the person lives: a district, or City/District."),
        Column(
            name="experience_years",
            kind=Kind.NUMBER,
            unit="years",
            low=0,
            high=60,
            required=False,
            default=0.0,
            about="Work experience.",
        ),
        Column(
            name="wanted_occupations",
            kind=Kind.LIST,
            required=False,
            default=[],
            about="Occupation families wished for, first wish first.",
        ),
        Column(
            name="wanted_districts",
            kind=Kind.LIST,
            required=False,
            default=[],
            about="Districts wished for; empty: own district.",
        ),
        Column(
            name="wanted_wage",
            kind=Kind.NUMBER,
            unit="CNY/month",
            low=0,
            high=WAGE_LIMIT,
            required=False,
            nullable=True,
            about="Least wage wished for.",
        ),
        Column(
            name="skills",
            kind=Kind.LIST,
            required=False,
            default=[],
            about="Skills, as codes of the lexicon or in plain words.",
        ),
        Column(
            name="excluded",
            kind=Kind.LIST,
            required=False,
            default=[],
            about="Opportunities never to show: declined or already had.",
        ),
        Column(
            name="may_work_from",
            kind=Kind.DATE,
            required=False,
            nullable=True,
            about="First day on which the person may do the work by statute; empty: at once.",
        ),
        Column(
            name="priority",
            kind=Kind.NUMBER,
            unit="",
            low=0,
            high=1,
            required=False,
            default=0.0,
            about="Weight in the plan; why it is given stays in the office.",
        ),
        Column(
            name="registered_on",
            kind=Kind.DATE,
            required=False,
            nullable=True,
            about="Day from which the deadlines of the promise count; empty: the day of import.",
        ),
    ),
    key=("seeker_id",),
)

EMPLOYERS = Schema(
    "employers",
    "who hires, or acts for who hires",
    (
        Column(name="employer_id", kind=Kind.ID, unique=True, about="Who the employer is, to every table."),
        Column(name="name", kind=Kind.TEXT, about="Registered name."),
        Column(
            name="credit_code",
            kind=Kind.TEXT,
            required=False,
            nullable=True,
            about="Unified social credit code, 18 characters.",
        ),
        Column(
            name="kind",
            kind=Kind.TEXT,
            allowed=EMPLOYER_KINDS,
            about="Employer, or agency that acts for one.",
        ),
        Column(
            name="licence_until",
            kind=Kind.DATE,
            required=False,
            nullable=True,
            about="Last day of an agency's licence.",
        ),
        Column(
            name="checked_on",
            kind=Kind.DATE,
            required=False,
            nullable=True,
            about="Day the account was last checked.",
        ),
    ),
    key=("employer_id",),
)

POSTINGS = Schema(
    "postings",
    "a published text",
    (
        Column(name="posting_id", kind=Kind.ID, unique=True, about="Which text it is, to every table."),
        Column(name="employer_id", kind=Kind.ID, required=False, nullable=True, about="Who published it."),
        Column(name="title", kind=Kind.TEXT, about="Title as published."),
        Column(name="text", kind=Kind.TEXT, required=False, default="", about="Body as published."),
        Column(
            name="occupation",
            kind=Kind.TEXT,
            required=False,
            nullable=True,
            about="Occupation family; empty: read from the title.",
        ),
        Column(
            name="district",
            kind=Kind.TEXT,
            required=False,
            nullable=True,
            about="Where the work is: a district, City/District, or City/.",
        ),
        Column(
            name="wage_min",
            kind=Kind.NUMBER,
            unit="CNY/month",
            low=0,
            high=WAGE_LIMIT,
            required=False,
            nullable=True,
            about="Lower wage.",
        ),
        Column(
            name="wage_max",
            kind=Kind.NUMBER,
            unit="CNY/month",
            low=0,
            high=WAGE_LIMIT,
            required=False,
            nullable=True,
            about="Upper wage.",
        ),
        Column(
            name="currency",
            kind=Kind.TEXT,
            required=False,
            default=CNY,
            about="Currency of both wages (ISO 4217); a wage that is not in CNY is shown, and compared with none.",
        ),
        Column(
            name="education_min",
            kind=Kind.TEXT,
            allowed=EDUCATION,
            required=False,
            nullable=True,
            about="Least education asked for; empty: none.",
        ),
        Column(
            name="experience_min",
            kind=Kind.NUMBER,
            unit="years",
            low=0,
            high=60,
            required=False,
            nullable=True,
            about="Least experience asked for.",
        ),
        Column(
            name="headcount",
            kind=Kind.WHOLE,
            unit="persons",
            low=1,
            high=1_000_000,
            required=False,
            nullable=True,
            about="Places; empty: unknown, counted as 1.",
        ),
        Column(
            name="channel",
            kind=Kind.TEXT,
            allowed=CHANNELS,
            required=False,
            default="market",
            about="Market job or which public role.",
        ),
        Column(name="posted_on", kind=Kind.DATE, required=False, nullable=True, about="Day of publication."),
        Column(
            name="valid_through",
            kind=Kind.DATE,
            required=False,
            nullable=True,
            about="Last day on which one may apply.",
        ),
    ),
    key=("posting_id",),
    rules=(_WAGES, _CURRENCY, _VALIDITY),
)

VACANCIES = Schema(
    "vacancies",
    "one job open to fill; several postings may speak of it",
    (
        Column(name="vacancy_id", kind=Kind.ID, unique=True, about="Which opening it is, to every table."),
        Column(name="posting_ids", kind=Kind.LIST, about="The postings that speak of it."),
        Column(name="headcount", kind=Kind.WHOLE, unit="persons", low=1, high=1_000_000, about="Places."),
        Column(
            name="hired",
            kind=Kind.WHOLE,
            unit="persons",
            low=0,
            high=1_000_000,
            required=False,
            default=0,
            about="Places already filled.",
        ),
    ),
    key=("vacancy_id",),
    rules=(_HIRED,),
)

SESSIONS = Schema(
    "sessions",
    "a briefing, counselling slot, course or internship with places",
    (
        Column(name="session_id", kind=Kind.ID, unique=True, about="Which session it is, to every table."),
        Column(name="kind", kind=Kind.TEXT, allowed=SESSION_KINDS, about="Which service it gives."),
        Column(name="title", kind=Kind.TEXT, required=False, nullable=True, about="What it is called."),
        Column(name="district", kind=Kind.TEXT, about="Where it is held."),
        Column(name="starts_at", kind=Kind.MOMENT, about="When it begins, local time."),
        Column(name="ends_at", kind=Kind.MOMENT, about="When it ends, local time."),
        Column(
            name="places",
            kind=Kind.WHOLE,
            unit="persons",
            low=1,
            high=1_000_000,
            about="How many it can hold.",
        ),
        Column(
            name="language",
            kind=Kind.TEXT,
            allowed=("zh", "en"),
            required=False,
            default="zh",
            about="Spoken language.",
        ),
    ),
    key=("session_id",),
    rules=(_TIMES,),
)

VERDICT_TABLE = Schema(
    "verdicts",
    "what guard says of one posting",
    (
        Column(name="posting_id", kind=Kind.ID, unique=True, about="The posting."),
        Column(
            name="verdict",
            kind=Kind.TEXT,
            allowed=VERDICTS,
            about="Cleared, shown with a warning, or held for a person to decide.",
        ),
        Column(
            name="tier",
            kind=Kind.TEXT,
            allowed=TIERS,
            required=False,
            nullable=True,
            about="The gravest tier found.",
        ),
        Column(name="reasons", kind=Kind.LIST, required=False, default=[], about="Rules that were hit."),
    ),
    key=("posting_id",),
)

FINDINGS = Schema(
    "findings",
    "one hit of one rule on one posting",
    (
        Column(name="posting_id", kind=Kind.ID, about="The posting."),
        Column(name="rule_id", kind=Kind.TEXT, about="The rule."),
        Column(name="tier", kind=Kind.TEXT, allowed=TIERS, about="How grave."),
        Column(
            name="start",
            kind=Kind.WHOLE,
            unit="characters",
            low=0,
            about="First character of the passage in the original field.",
        ),
        Column(
            name="end",
            kind=Kind.WHOLE,
            unit="characters",
            low=0,
            about="One past its last character; 0 where something is missing that stands nowhere.",
        ),
        Column(name="fact", kind=Kind.TEXT, about="What was found, in normalised words."),
        Column(name="legal_basis", kind=Kind.TEXT, about="Articles it may break."),
        Column(
            name="field",
            kind=Kind.TEXT,
            allowed=("title", "text"),
            required=False,
            default="text",
            about="Which text the passage stands in.",
        ),
        Column(name="version", kind=Kind.TEXT, required=False, nullable=True, about="Version of the rule."),
    ),
    rules=(_SPAN,),
)

PAIRS = Schema(
    "pairs",
    "a person and an opportunity they may take",
    (
        Column(name="person_id", kind=Kind.ID, about="The person (a seeker_id)."),
        Column(name="opportunity_id", kind=Kind.ID, about="The opportunity (a vacancy_id or session_id)."),
        _from_0_to_1("score", "How well the two fit."),
        Column(
            name="reasons",
            kind=Kind.LIST,
            required=False,
            default=[],
            about="Criteria met (+), partly met (~) and not met (-).",
        ),
    ),
    key=("person_id", "opportunity_id"),
)

CAPACITY = Schema(
    "capacity",
    "what one opportunity can hold",
    (
        Column(name="opportunity_id", kind=Kind.ID, unique=True, about="The opportunity."),
        Column(
            name="capacity",
            kind=Kind.WHOLE,
            unit="recommendations or places",
            low=0,
            high=2**31 - 1,
            about="Most it can hold.",
        ),
        Column(
            name="minimum",
            kind=Kind.WHOLE,
            unit="recommendations or places",
            low=0,
            high=2**31 - 1,
            required=False,
            nullable=True,
            about="Least it should see.",
        ),
    ),
    key=("opportunity_id",),
    rules=(_MINIMUM,),
)

OWED = Schema(
    "owed",
    "what one person is still owed",
    (
        Column(name="person_id", kind=Kind.ID, unique=True, about="The person."),
        Column(
            name="owed",
            kind=Kind.WHOLE,
            unit="recommendations",
            low=0,
            high=1000,
            about="Recommendations still owed.",
        ),
        Column(
            name="priority",
            kind=Kind.NUMBER,
            unit="points of score",
            low=0,
            high=100,
            required=False,
            nullable=True,
            about="Added to what each recommendation of the person is worth in the plan.",
        ),
    ),
    key=("person_id",),
)

_PERSON = Column(name="person_id", kind=Kind.ID, about="The person.")
_OPPORTUNITY = Column(name="opportunity_id", kind=Kind.ID, about="The opportunity.")

FORBIDDEN = Schema(
    "forbidden",
    "a pair that is not recommended (again): declined, or shown already",
    (_PERSON, _OPPORTUNITY),
)

FIXED = Schema(
    "fixed",
    "a pair that a counsellor has settled: part of every plan, whether or not it stands in `pairs`",
    (_PERSON, _OPPORTUNITY),
    key=("person_id", "opportunity_id"),
)

SEEN = Schema(
    "seen",
    "an offer that a person has seen: kept in a new plan unless the plan as a whole gains more than `--keep`",
    (_PERSON, _OPPORTUNITY),
    key=("person_id", "opportunity_id"),
)

PLAN = Schema(
    "plan",
    "one allocation; a proposal until it is delivered",
    (
        Column(name="person_id", kind=Kind.ID, about="The person."),
        Column(name="opportunity_id", kind=Kind.ID, about="The opportunity."),
        Column(name="rank", kind=Kind.WHOLE, low=1, about="1 is the best of the person's."),
        _from_0_to_1("score", "The pair's score; empty: it was fixed, and is none of the pairs.", nullable=True),
    ),
    key=("person_id", "opportunity_id"),
)

PRICES = Schema(
    "prices",
    "what one more place of one opportunity would be worth in a plan",
    (
        Column(name="opportunity_id", kind=Kind.ID, unique=True, about="The opportunity."),
        Column(name="capacity", kind=Kind.WHOLE, unit="recommendations", low=0, about="Most it can take."),
        Column(name="load", kind=Kind.WHOLE, unit="recommendations", low=0, about="What it takes in the plan."),
        Column(
            name="price",
            kind=Kind.NUMBER,
            unit="points of score",
            low=0,
            about="What nobody would pay more for (lacking a first, second, … recommendation counts 2, 4, … points or "
            "as the penalties say); a later plan can begin with it.",
        ),
        Column(
            name="recommendations",
            kind=Kind.WHOLE,
            low=0,
            high=1,
            about="How many recommendations more one more place would give.",
        ),
        Column(
            name="missing",
            kind=Kind.WHOLE,
            unit="recommendations",
            low=0,
            about="What the person lacks whom it would serve; 0 if it serves nobody who is short.",
        ),
        Column(
            name="worth",
            kind=Kind.NUMBER,
            unit="points of score",
            about="What one more place adds to this plan by the best exchange found, in all that the objective counts.",
        ),
        Column(
            name="worth_low",
            kind=Kind.NUMBER,
            unit="points of score",
            about="One more place adds no less than this to the best plan.",
        ),
        Column(
            name="worth_high",
            kind=Kind.NUMBER,
            unit="points of score",
            about="One more place adds no more than this to the best plan.",
        ),
        Column(
            name="exact",
            kind=Kind.WHOLE,
            low=0,
            high=1,
            about="1 where the two differ by no more than rounding, else 0.",
        ),
    ),
    key=("opportunity_id",),
)

DELIVERIES = Schema(
    "deliveries",
    "one act against a promise, with its evidence",
    (
        Column(name="delivery_id", kind=Kind.ID, unique=True, about="Which act it is."),
        Column(name="person_id", kind=Kind.ID, about="Who was served."),
        Column(name="service", kind=Kind.TEXT, allowed=SERVICES, about="Which service of the promise."),
        Column(name="on", kind=Kind.DATE, about="The day it happened."),
        Column(name="evidence", kind=Kind.TEXT, about="What shows that it happened."),
        Column(
            name="corrects",
            kind=Kind.ID,
            required=False,
            nullable=True,
            about="The delivery that this row takes back.",
        ),
    ),
    key=("delivery_id",),
)

TRUTH = Schema(
    "truth",
    "what the sample planted in one posting; only for checks, never read by an engine",
    (
        Column(name="posting_id", kind=Kind.ID, about="The posting."),
        Column(name="rule_id", kind=Kind.TEXT, about="The rule that the sentence is about."),
        Column(
            name="planted",
            kind=Kind.TEXT,
            allowed=("violation", "denial"),
            about="A breach, or an honest sentence that looks like one.",
        ),
        Column(name="language", kind=Kind.TEXT, allowed=("zh", "en"), about="Language of the posting."),
    ),
    key=("posting_id", "rule_id"),
)

SPELLS = Schema(
    "spells",
    "a stretch of one person's career; flows reads it, and no engine that guards, matches or plans",
    (
        Column(name="person_id", kind=Kind.ID, about="Whose career it is."),
        Column(name="city", kind=Kind.TEXT, about="Where the job is."),
        Column(
            name="employer_id",
            kind=Kind.ID,
            required=False,
            nullable=True,
            about="Who employs; empty where the office does not know the employer.",
        ),
        Column(name="occupation", kind=Kind.TEXT, required=False, nullable=True, about="Occupation family."),
        Column(
            name="education",
            kind=Kind.TEXT,
            allowed=EDUCATION,
            required=False,
            nullable=True,
            about="Highest level finished.",
        ),
        Column(name="start_date", kind=Kind.DATE, about="First day of the job."),
        Column(name="end_date", kind=Kind.DATE, required=False, nullable=True, about="Last day; empty: it goes on."),
        _year("birth_year", "Year of birth."),
        Column(
            name="graduated_city", kind=Kind.TEXT, required=False, nullable=True, about="Where the person graduated."
        ),
        _year("graduated_year", "Year of graduation."),
    ),
    key=("person_id", "start_date"),
    rules=(_CAREER,),
)

HIRES = Schema(
    "hires",
    "one person hired",
    (
        Column(name="person_id", kind=Kind.ID, about="Who was hired."),
        Column(name="employer_id", kind=Kind.ID, required=False, nullable=True, about="By whom."),
        Column(
            name="vacancy_id",
            kind=Kind.ID,
            required=False,
            nullable=True,
            about="For which opening; empty where it is not in the office's vacancies.",
        ),
        Column(name="occupation", kind=Kind.TEXT, required=False, nullable=True, about="Occupation family."),
        Column(name="district", kind=Kind.TEXT, required=False, nullable=True, about="Where the work is."),
        Column(
            name="wage",
            kind=Kind.NUMBER,
            unit="CNY/month",
            low=0,
            high=WAGE_LIMIT,
            required=False,
            nullable=True,
            about="Wage agreed.",
        ),
        Column(name="on", kind=Kind.DATE, about="First day of the job."),
        Column(
            name="through",
            kind=Kind.TEXT,
            allowed=SERVICES,
            required=False,
            nullable=True,
            about="The service of the promise that led to it; empty: none, or unknown.",
        ),
    ),
    key=("person_id", "on"),
)


def _cause(name: str, about: str, unit: str = "") -> Column:
    return Column(name=name, kind=Kind.NUMBER, about=about, unit=unit)


def _given(service: str) -> Column:
    if service == "recommendation":
        return _cause("given_recommendation", "Mean number of recommendations in a month.", "recommendations")
    return _from_0_to_1(f"given_{service}", f"Chance of {service} in the first month.")


HIRE_TRUTH = Schema(
    "hire_truth",
    "what decides in the sample whether a person is hired; only for checks, never read by an engine",
    (
        Column(name="person_id", kind=Kind.ID, unique=True, about="The person (a seeker_id of past_seekers)."),
        _cause("fit", "How far the first wish follows what was studied.", "0 to 1"),
        _cause("wage_gap", "Log of the wage wished for over what is usually paid for it."),
        _cause("demand", "Log of the district's share of openings over its share of people."),
        _cause("drive", "Standard normal; stands in no other table."),
        _cause("need", "Minus the log odds of what the tables know of the person, less their mean."),
        _cause("base", "Log odds of being hired in a month, without season, duration and services."),
        *(_given(service) for service in SERVICES),
        _from_0_to_1("hired_without", "Chance of being hired within six months without any service."),
        *(
            _cause(f"effect_{service}", f"What one {service} on the first day adds to that chance.")
            for service in SERVICES
        ),
    ),
    key=("person_id",),
)

SCHEMAS: dict[str, Schema] = {
    schema.name: schema
    for schema in (
        SEEKERS,
        EMPLOYERS,
        POSTINGS,
        VACANCIES,
        SESSIONS,
        VERDICT_TABLE,
        FINDINGS,
        PAIRS,
        CAPACITY,
        OWED,
        FORBIDDEN,
        FIXED,
        SEEN,
        PLAN,
        PRICES,
        DELIVERIES,
        TRUTH,
        SPELLS,
        HIRES,
        HIRE_TRUTH,
    )
}
"""Every table by its name."""
