"""Django's sessions in the database, found without a query set: each page begins with one, and to put it together cost more than to ask."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

FIND = "SELECT session_key, session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):  # the name that SESSION_ENGINE asks for
    def _get_session_from_db(self) -> Any:  # Django's hook
        row = _find(self.session_key, timezone.now())
        if row is None:
            self._session_key = None
            return None
        key, data, expire_date = row
        return Session(session_key=key, session_data=data, expire_date=expire_date)


def _find(key: str | None, now: datetime) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(FIND, [key, now])
        found: tuple[Any, ...] | None = cursor.fetchone()
    return found
