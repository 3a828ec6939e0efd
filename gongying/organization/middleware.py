from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from gongying.accounts.models import User

Handler = Callable[[HttpRequest], HttpResponse]


def watch_employment(get_response: Handler) -> Handler:
    """Log out who left the company, on the day itself and at her very next request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and hasattr(user, "staff") and user.staff.has_left:
            logout(request)
        return get_response(request)

    return middleware
