"""Who takes part in a mixed load: colleagues of several projects, logged in, and what each of them knows."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from gongying.accounts.models import User
from gongying.estates.models import Unit
from gongying.organization.models import StaffMember
from gongying.servicedesk.models import ServiceRequest
from gongying.workbench.bench.measure import BACKEND
from gongying.workbench.volume import Volume

HOUSEHOLDS, TEXTS = 200, 100
# Of a project's people as many as take part: a counter and whoever it is busy with.
SHARES = {"receptionist": 2, "steward": 3, "worker": 3, "supervisor": 1, "site_manager": 1}


def colleagues(number: int) -> list[dict[str, Any]]:
    """Spread over the projects; where a project has fewer of a role than take part, one sits at two screens."""
    return list(islice(_all(-(-number // sum(SHARES.values()))), number))


def _all(teams: int) -> Iterator[dict[str, Any]]:
    texts = list(islice(_texts(), TEXTS))
    open_now = ServiceRequest.objects.open()
    projects = open_now.filter(unit__isnull=False).order_by("project").values_list("project", flat=True).distinct()
    for project in islice(cycle(projects), teams):
        units = Unit.objects.filter(project=project).order_by("pk").values_list("pk", "code")
        known = {
            "project": project,
            "households": list(units[:HOUSEHOLDS]),
            "talked_about": open_now.filter(project=project).latest("pk").pk,
            "texts": texts,
        }
        for role, share in SHARES.items():
            people = _people(project, role)
            for user in islice(cycle(people), share if people else 0):
                yield {"login": user.username, "role": role, "session": _logged_in(user), **known}


def _people(project: int, role: str) -> list[User]:
    staff = StaffMember.objects.employed().filter(
        roles__key=role, territory_assignments__territory__scopes__project=project
    )
    return list(User.objects.filter(staff__in=staff).order_by("pk"))


def _logged_in(user: User) -> str:
    """As after a log-in with a password, which costs a third of a second on purpose."""
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    session.save()
    return str(session.session_key)


def _texts() -> Iterator[str]:
    words = Volume(1, 1, 1).words
    for where, what, wish in zip(cycle(words["where"]), cycle(words["what"]), cycle(words["wish"]), strict=False):
        yield f"{where}{what} {wish}"
