from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from gongying.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind the log-in: views and API operations take it, and may rely on its user."""

    user: User


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: behind a proxy, what the proxy says (`GONGYING_PROXIES`)."""
    return str(get_adapter().get_client_ip(request))
