"""A clock that can be set, for telling a story that lies in the past (`bin/manage demo`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Any

from django.utils import timezone


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Inside, `timezone.now()` answers `moment`, whoever asks and however she imported it.

    `timezone.now` looks `datetime` up in its own module on each call, so that model defaults
    (`default=timezone.now`) follow too. One process, no threads: for commands, never for a server.
    """

    class SetClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz)

    timezone.datetime = SetClock  # type: ignore[attr-defined]
    try:
        yield
    finally:
        timezone.datetime = datetime  # type: ignore[attr-defined]
