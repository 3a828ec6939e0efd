"""What stands in red above every page until somebody has seen to it. Each app registers its own in `AppConfig.ready()`.

An alarm is asked on every page of those who may do something about it: keep what it reads (`editions.kept`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from gongying.common.permissions import may


@dataclass(frozen=True)
class Alarm:
    sentence: str | Promise
    url: str  # where it is seen to


@dataclass(frozen=True)
class Watch:
    permission: str  # of those who can see to it
    look: Callable[[Any], Alarm | None]  # of what this person sees


_watches: dict[str, Watch] = {}


def register_alarm(key: str, watch: Watch) -> None:
    _watches[key] = watch


def alarms_for(user: Any) -> list[Alarm]:
    found = (watch.look(user) for watch in _watches.values() if may(user, watch.permission))
    return [alarm for alarm in found if alarm is not None]
