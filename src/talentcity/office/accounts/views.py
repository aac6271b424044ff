"""Signing in and out, passwords, the accounts that planners keep, and the pages that say no."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, PasswordResetConfirmView
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from talentcity.office.records.models import Seeker

from .access import Area, may_see, only_for
from .domain.accounts import AccountRefused, close_account, make_account, make_link, note, open_account
from .domain.demo import demo_user, is_demo
from .enums import Did
from .forms import AccountForm, DemoSignInForm
from .models import AccountNote, User

PER_PAGE = 25

_HOMES = ((Area.OWN_HOME, "me"), (Area.OVERVIEW, "overview"), (Area.PEOPLE, "people"), (Area.POSTINGS, "postings"))


class SignIn(LoginView):
    """Sign in by name and password."""

    template_name = "accounts/sign_in.html"


class SignOut(LogoutView):
    """Sign out."""

    next_page = "landing"


class ChangePassword(PasswordChangeView):
    """Change one's own password with the old one."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form):
        """Note it, and say so on the next page."""
        note(self.request.user, did=Did.PASSWORD, by=self.request.user)
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)


class SetPassword(PasswordResetConfirmView):
    """Set a password by a one-time link; nobody needs to be signed in."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("sign-in")

    def form_valid(self, form):
        """Note it, and say so on the next page."""
        note(self.user, did=Did.PASSWORD, by=self.user)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return super().form_valid(form)


@require_safe
@only_for(Area.ACCOUNTS)
def accounts(request):
    """Every account, a page at a time."""
    asked = request.GET.get("q", "").replace("\0", "")
    noted = AccountNote.objects.select_related("by")
    found = User.objects.select_related("seeker").prefetch_related(Prefetch("notes", noted)).order_by("username")
    if asked:
        found = found.filter(username__icontains=asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"account": one, "notes": list(one.notes.all()), "demo": is_demo(one.username)} for one in page.object_list]
    return render(request, "accounts/accounts.html", {"page": page, "rows": rows, "q": asked})


@never_cache
@only_for(Area.ACCOUNTS)
def new_account(request):
    """Make an account; the answer shows the link by which its password is set, once."""
    districts = Seeker.objects.order_by("district").values_list("district", flat=True).distinct()
    form = AccountForm(request.POST or None, districts=districts)
    if request.method == "POST" and form.is_valid():
        return _link(request, make_account(form.save(commit=False), by=request.user))
    return render(request, "accounts/new.html", {"form": form})


@require_POST
@never_cache
@only_for(Area.ACCOUNTS)
def account_link(request, pk):
    """A new link by which the password of an account is set, shown once."""
    return _link(request, get_object_or_404(User, pk=pk))


def _link(request, account):
    try:
        link = make_link(account, by=request.user)
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts")
    address = request.build_absolute_uri(reverse("set-password", args=[link.uid, link.token]))
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return render(request, "accounts/link.html", {"account": account, "address": address, "days": days})


@require_POST
@only_for(Area.ACCOUNTS)
def account_close(request, pk):
    """Close an account."""
    try:
        close_account(get_object_or_404(User, pk=pk), by=request.user)
    except AccountRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts")


@require_POST
@only_for(Area.ACCOUNTS)
def account_open(request, pk):
    """Open a closed account again."""
    open_account(get_object_or_404(User, pk=pk), by=request.user)
    return redirect("accounts")


def home(request):
    """The first page of whoever is signed in; the public one for everybody else."""
    if request.user.is_authenticated:
        for area, name in _HOMES:
            if may_see(request.user, area):
                return redirect(name)
    return redirect("landing")


@require_POST
def demo_sign_in(request):
    """Sign in to the sample city in a role, by one click; there is no such door in a real city."""
    if not settings.DEMO_CITY:
        raise Http404
    form = DemoSignInForm(request.POST)
    if not form.is_valid():
        raise Http404
    user = demo_user(form.cleaned_data["role"])
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")


def not_allowed(request, exception=None):  # noqa: ARG001  Django's signature
    """403: may be seen, not changed."""
    return render(request, "403.html", status=403)


def not_trusted(request, reason=""):  # noqa: ARG001  Django's signature
    """403: the form did not carry our token."""
    return render(request, "403_csrf.html", status=403)


def not_found(request, exception=None):  # noqa: ARG001  Django's signature
    """404: not there, or not for this person."""
    return render(request, "404.html", status=404)


def broken(request):  # noqa: ARG001  Django's signature
    """500: a fault of ours; the page needs neither session nor database."""
    return render(None, "500.html", status=500)
