"""What the day's summary counts. Apps that know of open work register a part in `AppConfig.ready()`.

register_part(Part("mine", _("In your charge"), count=lambda user: …, url_name="servicedesk:request-index", query="list=mine"))
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from gongying.accounts.models import User


@dataclass(frozen=True)
class Part:
    key: str
    label: str | Promise
    count: Callable[[User], int]
    url_name: str
    query: str = ""
    order: int = 50

    @property
    def url(self) -> str:
        address = reverse(self.url_name)
        return f"{address}?{self.query}" if self.query else address


_parts: dict[str, Part] = {}


def register_part(part: Part) -> None:
    _parts[part.key] = part


def all_parts() -> list[Part]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.key))


def find_part(key: str) -> Part | None:
    return _parts.get(key)


def counts_for(user: User) -> dict[str, int]:
    """The parts in which there is something to do."""
    counts = {part.key: part.count(user) for part in all_parts()}
    return {key: number for key, number in counts.items() if number}
