"""Signing in and out, and the pages that say no."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from .access import Area, may_see
from .domain.demo import demo_user
from .forms import DemoSignInForm

_HOMES = ((Area.OWN_HOME, "me"), (Area.OVERVIEW, "overview"), (Area.PEOPLE, "people"), (Area.POSTINGS, "postings"))


class SignIn(LoginView):
    """Sign in by name and password."""

    template_name = "accounts/sign_in.html"


class SignOut(LogoutView):
    """Sign out."""

    next_page = "landing"


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
