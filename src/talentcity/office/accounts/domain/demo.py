"""The people as whom anybody may look at a sample city."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q

from talentcity.office.accounts.enums import Role
from talentcity.office.accounts.models import User
from talentcity.office.planning.domain.queries import published_run
from talentcity.office.records.models import Seeker


def is_demo(username):
    """Whether the account of this name is, or will be, one by which everybody looks at the sample city."""
    return settings.DEMO_CITY and username in {_name(role) for role in Role.values}


def demo_user(role):
    """The account of the role in the sample city, made at its first use; nobody can sign in to it by password."""
    found = User.objects.filter(username=_name(role)).first()
    if found is not None:
        return found
    facts = _given(role, _example()) if role in (Role.SEEKER, Role.COUNSELLOR) else {}
    made = {"role": role, "password": make_password(None), **facts}
    return User.objects.get_or_create(username=_name(role), defaults=made)[0]  # two may click at the same moment


def _name(role):
    return f"demo-{role}"


def _given(role, seeker):
    if seeker is None:
        return {}
    return {"seeker": seeker} if role == Role.SEEKER else {"district": seeker.district}


def _example():
    """Somebody without an account whose page shows much: three recommendations, a warning, wages; then the first."""
    seekers = Seeker.objects.filter(user__isnull=True)
    run = published_run()
    if run is None:
        return seekers.first()
    mine = Q(recommendations__run=run)
    verdict = "recommendations__vacancy__postings__verdicts"
    warned = mine & Q(**{f"{verdict}__screening": run.screening, f"{verdict}__verdict": "warn"})
    paid = mine & Q(recommendations__vacancy__postings__wage_min__isnull=False)
    return (
        seekers.annotate(
            given=Count("recommendations", filter=mine, distinct=True),
            warned=Count("recommendations", filter=warned, distinct=True),
            paid=Count("recommendations", filter=paid, distinct=True),
        )
        .order_by("-given", "-warned", "-paid", "seeker_id")
        .first()
    )
