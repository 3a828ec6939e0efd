from django.http import HttpRequest

from gongying.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind the log-in: views and API operations take it, and may rely on its user."""

    user: User
