"""Who may: pages and API ask here, roles answer (`organization`)."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _


def may(user: AbstractBaseUser | AnonymousUser, permission: str, thing: Model | None = None) -> bool:
    if not isinstance(user, PermissionsMixin):
        return False
    if thing is not None:
        return user.has_perm(permission, thing)
    # A page asks the same some hundred times; `user` lives no longer than the request, and so do her roles (`permission_codes`).
    answers: dict[Any, bool] = user.__dict__.setdefault("_may", {})
    asked = permission, user.is_active, user.is_superuser
    if asked not in answers:
        answers[asked] = user.has_perm(permission)
    return answers[asked]


def authorize(user: AbstractBaseUser | AnonymousUser, permission: str, thing: Model | None = None) -> None:
    """Raise `PermissionDenied` (403) unless the user's roles allow it for this thing."""
    if not may(user, permission, thing):
        raise PermissionDenied(_("Your role does not allow this."))


@cache
def declared_permissions() -> dict[str, dict[str, Promise]]:
    """App label → permission code → what it allows, from the `PERMISSIONS` of every app's `rules.py`."""
    declared = {}
    for app in apps.get_app_configs():
        if app.name.startswith("gongying.") and find_spec(f"{app.name}.rules"):
            permissions = getattr(import_module(f"{app.name}.rules"), "PERMISSIONS", {})
            if permissions:
                declared[app.label] = permissions
    return declared
