"""Factories of the office's tests: `from factories import make_seeker`. Each makes one valid record."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone

HERE, THERE = "江北区", "南岸区"
TODAY = date(2026, 9, 15)
PROMISE = Path(__file__).with_name("promise.toml")
SERVICES = ("briefing", "counselling", "recommendation", "training")  # of that promise
_numbers = itertools.count(1001)  # no id that a test writes itself comes again


def make_seeker(seeker_id=None, *, district=HERE, registered_on=date(2026, 9, 1), **facts):
    from talentcity.office.records.models import Seeker

    facts = {"education": "bachelor", "wanted_occupations": ["software"], **facts}
    return Seeker.objects.create(
        seeker_id=seeker_id or f"S{next(_numbers)}", district=district, registered_on=registered_on, **facts
    )


def make_employer(**facts):
    from talentcity.office.records.models import Employer

    number = next(_numbers)
    return Employer.objects.create(
        **{"employer_id": f"E{number}", "name": f"样例企业{number}", "kind": "employer"} | facts
    )


def make_posting(posting_id=None, **facts):
    from talentcity.office.records.models import Posting

    plain = {
        "title": "软件工程师",
        "text": "负责后端开发。",
        "occupation": "software",
        "district": HERE,
        "headcount": 2,
    }
    return Posting.objects.create(posting_id=posting_id or f"P{next(_numbers)}", **(plain | facts))


def make_vacancy(vacancy_id=None, *, postings=None, headcount=2, hired=0):
    from talentcity.office.records.models import Vacancy

    vacancy = Vacancy.objects.create(vacancy_id=vacancy_id or f"V{next(_numbers)}", headcount=headcount, hired=hired)
    vacancy.postings.set([make_posting()] if postings is None else postings)
    return vacancy


def make_session(**facts):
    from talentcity.office.records.models import Session

    starts = datetime(2026, 9, 20, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    plain = {
        "session_id": f"N{next(_numbers)}", "kind": "briefing", "district": HERE, "places": 30,
        "starts_at": starts, "ends_at": starts + timedelta(hours=2),
    }  # fmt: skip
    return Session.objects.create(**(plain | facts))


def make_delivery(seeker, service, on, *, delivery_id=None, evidence="签到表", corrects=None, by=None):
    """A row of the ledger as the import writes it: nothing is refused here."""
    from talentcity.office.promises.models import Delivery

    day = date.fromisoformat(on) if isinstance(on, str) else on
    return Delivery.objects.create(
        delivery_id=delivery_id or f"L{next(_numbers)}", seeker=seeker, service=service, on=day, evidence=evidence,
        corrects=corrects, by=by,
    )  # fmt: skip


def make_run(*, published=True, screening=None, on=TODAY, **facts):
    from talentcity.office.planning.models import PlanRun
    from talentcity.office.records.models import Screening

    screening = screening or Screening.objects.create(on=on)
    moment = timezone.now() if published else None
    return PlanRun.objects.create(screening=screening, on=on, published_at=moment, started_at=moment, **facts)


def make_verdict(run, posting, verdict="cleared", *, tier=None, reasons=()):
    from talentcity.office.records.models import Verdict

    return Verdict.objects.create(
        screening=run.screening, posting=posting, verdict=verdict, tier=tier, reasons=list(reasons)
    )


def make_finding(run, posting, *, rule_id="F1", tier="T1", field="text", start=0, end=4, guard="", **facts):
    from talentcity.office.records.models import Finding

    plain = {"fact": "收取押金", "legal_basis": "劳动合同法 第九条", "version": "1"} | facts
    return Finding.objects.create(
        screening=run.screening, posting=posting, rule_id=rule_id, tier=tier, field=field, start=start, end=end,
        guard=guard, **plain,
    )  # fmt: skip


def make_recommendation(run, seeker, vacancy=None, *, rank=1, score=0.8, reasons=("+occupation same", "~skills 2/5")):
    from talentcity.office.planning.models import Recommendation

    return Recommendation.objects.create(
        run=run, seeker=seeker, vacancy=vacancy or make_vacancy(), rank=rank, score=score, reasons=list(reasons)
    )


def make_short(run, seeker, *, owed=3, given=1, why="no_places", unavoidable=True, shortage=None):
    from talentcity.office.planning.models import Short

    return Short.objects.create(
        run=run, seeker=seeker, owed=owed, given=given, missing=owed - given, why=why, unavoidable=unavoidable,
        shortage=shortage,
    )  # fmt: skip


def make_shortage(run, *, number=1, persons=312, persons_short=150, vacancies=9, places=95, elsewhere=0, missing=217):
    """Some people who share these places; with a sum of one district and occupation family."""
    from talentcity.office.planning.models import Shortage, ShortageSum

    shortage = Shortage.objects.create(
        run=run, number=number, persons=persons, persons_short=persons_short, vacancies=vacancies, places=places,
        elsewhere=elsewhere, missing=missing, owed=places + elsewhere + missing,
    )  # fmt: skip
    for within, most_in in ((None, shortage), (shortage, None)):
        ShortageSum.objects.create(
            run=run, shortage=within, most_in=most_in, district=HERE, occupation=f"software{number}",
            persons=persons, persons_short=persons_short, alone=0, owed=shortage.owed, missing=missing,
            vacancies=vacancies, places=places, full_places=places,
        )  # fmt: skip
    return shortage


def make_price(run, vacancy=None, *, shortage=None, capacity=20, recommendations=1, missing=2, worth=0.5, within=0.0):
    """What one place more of a full vacancy gives; its worth to the best plan is known within these points."""
    from talentcity.office.planning.models import Price

    return Price.objects.create(
        run=run, vacancy=vacancy or make_vacancy(), shortage=shortage, capacity=capacity, missing=missing,
        recommendations=recommendations, worth=worth, worth_low=worth - within, worth_high=worth + within,
    )  # fmt: skip


def make_user(role, **facts):
    from talentcity.office.accounts.models import User

    return User.objects.create_user(username=f"{role}-{next(_numbers)}", role=role, **facts)


def make_upload(by, content=b"seeker_id,education,district\n", *, name="seekers.csv", kind="seekers", **options):
    """A file that was handed in and waits for the worker; its task stands in the queue."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from talentcity.office.uploads.domain.intake import hand_in

    return hand_in(SimpleUploadedFile(name, content), kind=kind, by=by, **options)
