from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from gongying.accounts.models import User
from gongying.common.editions import edition_column, note_edition
from gongying.common.phones import typed_phone


class NameOrPhoneBackend(AuthenticationBackend):  # type: ignore[misc]
    """Log in with the log-in name, or with the phone as people type it (spaces, +86, full-width digits)."""

    def _authenticate_by_username(self, username: str, password: str) -> User | None:  # allauth's hook
        user: User | None = super()._authenticate_by_username(username, password)
        if user is None and (phone := typed_phone(username)):
            user = self._check_password(User.objects.filter(phone=phone).first(), password)
        return user

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, and in the same statement the edition of what she may (`editions`)."""
        user = User.objects.annotate(edition=edition_column()).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        note_edition(user.edition)
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Roles alone say who may (`organization.backends`); Django's own permission tables are not used."""
        return False
