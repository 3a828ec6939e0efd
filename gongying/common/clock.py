"""A clock that was put back, and one that can be set to tell a story of the past (`bin/manage demo`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any, cast

from django.db import connection
from django.utils import timezone


def now_not_before(*moments: datetime | None) -> datetime:
    """Now, or the latest of these moments: what follows them does not come before them.

    A machine whose clock was ahead is put right, and what was begun in its false time can be ended at once.
    """
    return max([timezone.now(), *filter(None, moments)])


def agreed_now() -> datetime:
    """The earlier of our time and the database's: for what is not taken back, a machine that is ahead decides nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT least(clock_timestamp(), %s)", [timezone.now()])
        return cast(datetime, cursor.fetchone()[0])


class _AnyDatetime(type):
    """Every datetime passes for one of the set clock: templates ask before they show a time in the local zone."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Inside, `timezone.now()` answers `moment`, whoever asks and however she imported it.

    `timezone.now` looks `datetime` up in its own module on each call, so that model defaults
    (`default=timezone.now`) follow too. One process, no threads: for commands, never for a server.
    """

    class SetClock(datetime, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz)

    before = timezone.datetime  # type: ignore[attr-defined]
    timezone.datetime = SetClock  # type: ignore[attr-defined]
    try:
        yield
    finally:
        timezone.datetime = before  # type: ignore[attr-defined]
