"""A clock that can be set, for telling a story that lies in the past (`bin/manage demo`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone


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
