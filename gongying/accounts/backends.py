from allauth.account.auth_backends import AuthenticationBackend

from gongying.accounts.models import User
from gongying.common.phones import typed_phone


class NameOrPhoneBackend(AuthenticationBackend):  # type: ignore[misc]
    """Log in with the log-in name, or with the phone as people type it (spaces, +86, full-width digits)."""

    def _authenticate_by_username(self, username: str, password: str) -> User | None:  # allauth's hook
        user: User | None = super()._authenticate_by_username(username, password)
        if user is None and (phone := typed_phone(username)):
            user = self._check_password(User.objects.filter(phone=phone).first(), password)
        return user
