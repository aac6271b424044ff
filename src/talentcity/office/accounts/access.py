"""Who may see what (404 otherwise) and who may write where (403 otherwise). Every page asks here and nowhere else."""

from enum import Enum
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404

from talentcity.office.planning.models import PlanRun, Recommendation, Shortage
from talentcity.office.promises.models import Delivery
from talentcity.office.records.models import Posting, Seeker, Vacancy
from talentcity.office.uploads.models import Upload

from .enums import Role


class Area(Enum):
    """A page that is about no single record."""

    OWN_HOME = "own home"
    PEOPLE = "people"
    OVERVIEW = "overview"
    POSTINGS = "postings"
    ACCOUNTS = "accounts"
    PARAMETERS = "parameters"
    IMPORTS = "imports"


_AREAS = {
    Area.OWN_HOME: {Role.SEEKER},
    Area.PEOPLE: {Role.COUNSELLOR, Role.PLANNER},
    Area.OVERVIEW: {Role.PLANNER},
    Area.POSTINGS: {Role.PLANNER, Role.INSPECTOR},
    Area.ACCOUNTS: {Role.PLANNER},
    Area.PARAMETERS: {Role.PLANNER, Role.INSPECTOR},
    Area.IMPORTS: {Role.PLANNER},
}


def _seekers(user, records):
    if user.role == Role.PLANNER:
        return records
    if user.role == Role.COUNSELLOR and user.district:
        return records.filter(district=user.district)
    if user.role == Role.SEEKER and user.seeker_id is not None:
        return records.filter(pk=user.seeker_id)
    return records.none()


def _recommendations(user, records):
    return records.filter(run__published_at__isnull=False, seeker__in=_seekers(user, Seeker.objects.all()))


def _deliveries(user, records):
    return records.filter(seeker__in=_seekers(user, Seeker.objects.all()))


def _vacancies(user, records):
    """Whoever works with adverts sees them all; others see what is recommended to people they may see."""
    if user.role in (Role.PLANNER, Role.INSPECTOR):
        return records
    return records.filter(pk__in=_recommendations(user, Recommendation.objects.all()).values("vacancy"))


def _postings(user, records):
    """The advert with all its evidence, held or not."""
    return records if user.role in (Role.PLANNER, Role.INSPECTOR) else records.none()


def _runs(user, records):
    return records if user.role == Role.PLANNER else records.none()


def _shortages(user, records):
    """A counsellor sees the published ones in which somebody whom they look after is short."""
    if user.role == Role.COUNSELLOR:
        own = _seekers(user, Seeker.objects.all())
        return records.filter(run__published_at__isnull=False, shorts__seeker__in=own).distinct()
    return _runs(user, records)


_SEEN = {
    Seeker: _seekers,
    Delivery: _deliveries,
    Recommendation: _recommendations,
    Vacancy: _vacancies,
    Posting: _postings,
    PlanRun: _runs,
    Shortage: _shortages,
    Upload: _runs,
}


def _writes_own(user, recommendation):
    return user.role == Role.SEEKER and user.seeker_id == recommendation.seeker_id


def _plans(user, _record):
    return user.role == Role.PLANNER


def _judges(user, _posting):
    return user.role == Role.INSPECTOR


def _looks_after(user, seeker):
    """Who writes to a person's ledger: the planner, and the counsellors of the person's district."""
    return user.role == Role.PLANNER or (user.role == Role.COUNSELLOR and user.district == seeker.district != "")


_WRITTEN = {Recommendation: _writes_own, Seeker: _looks_after, Posting: _judges, Upload: _plans}


def seen_by(user, records):
    """Those of `records` (a manager or query of one model) that this person may see."""
    return _SEEN[records.model](user, records.all())


def may_see(user, what):
    """Whether this person may see an area, or one record."""
    if what is Area.OWN_HOME and user.seeker_id is None:
        return False
    if isinstance(what, Area):
        return user.role in _AREAS[what]
    return seen_by(user, type(what).objects).filter(pk=what.pk).exists()


def may_write(user, what):
    """Whether this person may change what stands in an area, or one record; seeing it is asked apart."""
    if isinstance(what, Area):
        return what in (Area.OVERVIEW, Area.IMPORTS) and user.role == Role.PLANNER
    rule = _WRITTEN.get(type(what))
    return rule is not None and rule(user, what)


def must_see(user, what):
    """Answer 404 unless this person may see it."""
    if not may_see(user, what):
        raise Http404


def must_write(user, what):
    """Answer 403 unless this person may write there."""
    if not may_write(user, what):
        raise PermissionDenied


def only_for(area):
    """A view for those signed in who may see the area."""

    def decorate(view):
        @wraps(view)
        @login_required
        def guarded(request, *args, **kwargs):
            must_see(request.user, area)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
