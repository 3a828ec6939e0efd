from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse

from gongying.accounts.models import User
from gongying.organization.access import has_left

Handler = Callable[[HttpRequest], HttpResponse]


def watch_employment(get_response: Handler) -> Handler:
    """Log out who left the company, on the day itself and at her very next request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Herself, not the object that would look her up when asked: it is asked hundreds of times, and slow at it.
        request.user = user = get_user(request)
        if isinstance(user, User) and has_left(user):
            logout(request)
        return get_response(request)

    return middleware
