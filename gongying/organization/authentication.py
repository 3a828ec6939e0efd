"""Who is calling the API: a staff member's token, or the log-in of a browser."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja.utils import check_csrf

from gongying.accounts.models import ApiToken, User
from gongying.accounts.pacing import pace
from gongying.accounts.requests import address_of
from gongying.common.problems import Problem
from gongying.organization.access import staff_of

READING = {"GET", "HEAD", "OPTIONS"}
# Often enough to see whether a token is still in use, seldom enough to cost nothing.
USED_AGAIN_AFTER = timedelta(minutes=5)

SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A staff member's token with scope `read` or `write` (`bin/manage token NAME`).",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The log-in of a browser; changes also need `X-CSRFToken`.",
    },
}


def authenticate(request: HttpRequest) -> User:
    """The calling staff member. A wrong token is 401 even in a browser that is logged in."""
    header = request.headers.get("Authorization", "")
    user = _bearer(request, header) if header else _session(request)
    if staff_of(user) is None:
        raise _refused(_("This log-in does not belong to anybody who works here."))
    return user


def _bearer(request: HttpRequest, header: str) -> User:
    scheme, _space, secret = header.partition(" ")
    token = ApiToken.objects.find(secret.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        # Only failures count against an address: a good token works, whatever a neighbour behind the same router tries.
        pace(f"address:{address_of(request)}", per_minute=settings.API_FAILURES_PER_MINUTE)
        raise _refused(_("This token is not valid, has expired or was revoked."))
    pace(f"token:{token.pk}", per_minute=settings.API_CALLS_PER_MINUTE)
    needed = ApiToken.TokenScope.READ if request.method in READING else ApiToken.TokenScope.WRITE
    # Who may write may read.
    if needed not in token.scopes and ApiToken.TokenScope.WRITE not in token.scopes:
        raise Problem(403, _("This token may only read."))
    _note_use(token)
    return token.user


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    unused = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_AGAIN_AFTER)
    if token.last_used_at is None or token.last_used_at < now - USED_AGAIN_AFTER:
        ApiToken.objects.filter(unused, pk=token.pk).update(last_used_at=now)


def _session(request: HttpRequest) -> User:
    user: Any = request.user
    if not isinstance(user, User) or not user.is_active:
        raise _refused(_("Send a token: “Authorization: Bearer …”."))
    if check_csrf(request):
        raise Problem(403, _("The X-CSRFToken header is missing or wrong. Open the page again."))
    pace(f"user:{user.pk}", per_minute=settings.API_CALLS_PER_MINUTE)
    return user


def _refused(sentence: Any) -> Problem:
    return Problem(401, sentence, headers={"WWW-Authenticate": "Bearer"})
