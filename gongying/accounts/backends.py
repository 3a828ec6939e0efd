from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

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
        statement, names = _finding()
        with connection.cursor() as cursor:
            cursor.execute(statement, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        *values, edition = row
        user = User.from_db(connection.alias, names, values)
        if not self.user_can_authenticate(user):
            return None
        note_edition(edition)
        return user

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Roles alone say who may (`organization.backends`); Django's own permission tables are not used."""
        return False


@cache
def _finding() -> tuple[str, list[str]]:
    """Put together once: each page begins with it."""
    statement, _parameters = User.objects.annotate(edition=edition_column()).filter(pk=0).query.sql_with_params()
    return statement, [field.attname for field in User._meta.concrete_fields]
