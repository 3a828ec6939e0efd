"""Where an import may go. Projects stand higher on the ladder: `estates` says at start-up which ones somebody serves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gongying.accounts.models import User


@dataclass(frozen=True)
class Destination:
    project_id: int
    name: str


DestinationSource = Callable[[User], Sequence[Destination]]

_sources: list[DestinationSource] = []


def register_destinations(source: DestinationSource) -> None:
    """`source` gives the projects that a user serves as a whole: an import touches any part of one."""
    _sources[:] = [source]


def destinations(user: User) -> tuple[Destination, ...]:
    return tuple(destination for source in _sources for destination in source(user))
