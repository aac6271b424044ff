"""What a request of htmx is answered when the person behind it is no longer signed in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect


def sign_in_as_a_page(get_response):
    """Where a part of a page is asked for, signing in takes the whole page, and leads back to it."""

    def answer(request):
        response = get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if request.htmx and response.status_code == 302 and urlsplit(response["Location"]).path == sign_in:
            return HttpResponseClientRedirect(redirect_to_login(request.htmx.current_url_abs_path or "/")["Location"])
        return response

    return answer
