"""Who may: pages and API ask here, roles answer (`organization`)."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.utils.translation import gettext as _


def may(user: AbstractBaseUser | AnonymousUser, permission: str, thing: Model | None = None) -> bool:
    return isinstance(user, PermissionsMixin) and user.has_perm(permission, thing)


def authorize(user: AbstractBaseUser | AnonymousUser, permission: str, thing: Model | None = None) -> None:
    """Raise `PermissionDenied` (403) unless the user's roles allow it for this thing."""
    if not may(user, permission, thing):
        raise PermissionDenied(_("Your role does not allow this."))
