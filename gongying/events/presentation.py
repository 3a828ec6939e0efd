"""How events read on a timeline. Each app registers its own verbs and filters; this app knows none of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Details = Mapping[str, Any]
Words = str | Promise


def _text(details: Details) -> Words:
    return str(details.get("text") or details.get("reason") or details.get("note") or "")


def _plain(_details: Details) -> str:
    return ""


def _no_facts(_details: Details) -> Iterable[tuple[Words, Words]]:
    return ()


@dataclass(frozen=True)
class Reading:
    """One verb in words. `title`, `icon` and `text` may depend on the event's details."""

    title: Words | Callable[[Details], Words]
    icon: str | Callable[[Details], str] = "point"
    text: Callable[[Details], Words] = _text
    facts: Callable[[Details], Iterable[tuple[Words, Words]]] = _no_facts
    # "colleague" for what customers never see, "late" for what went wrong.
    tone: Callable[[Details], str] = _plain
    # Needed to read what others did; one's own acts are always shown.
    permission: str = ""

    def title_of(self, details: Details) -> Words:
        return self.title(details) if callable(self.title) else self.title

    def icon_of(self, details: Details) -> str:
        return self.icon(details) if callable(self.icon) else self.icon


@dataclass(frozen=True)
class Filter:
    """A chip above the timeline: verbs (`request.*` for all of a family), perhaps only with some details."""

    key: str
    label: Words
    verbs: tuple[str, ...]
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: int = 50

    def condition(self, prefix: str) -> Q:
        named = [verb for verb in self.verbs if not verb.endswith("*")]
        condition = Q(**{f"{prefix}verb__in": named}) if named else Q()
        for family in (verb[:-1] for verb in self.verbs if verb.endswith("*")):
            condition |= Q(**{f"{prefix}verb__startswith": family})
        for key, values in self.details.items():
            condition &= Q(**{f"{prefix}details__{key}__in": values})
        return condition


UNKNOWN = Reading(_("Something was recorded"))

_readings: dict[str, Reading] = {}
_filters: dict[str, Filter] = {}


def register_readings(readings: Mapping[str, Reading]) -> None:
    _readings.update(readings)


def reading_of(verb: str) -> Reading:
    return _readings.get(verb, UNKNOWN)


def is_registered(verb: str) -> bool:
    return verb in _readings


def guarded_verbs() -> dict[str, str]:
    """Verbs that need a permission, with it."""
    return {verb: reading.permission for verb, reading in _readings.items() if reading.permission}


def register_filters(*filters: Filter) -> None:
    _filters.update({chip.key: chip for chip in filters})


def all_filters() -> list[Filter]:
    return sorted(_filters.values(), key=lambda chip: (chip.order, chip.key))


def find_filter(key: str) -> Filter | None:
    return _filters.get(key)
