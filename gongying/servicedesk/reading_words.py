"""What the entries of a timeline are put together from."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import TextChoices

from gongying.events.presentation import Details, Words

Facts = Iterable[tuple[Words, Words]]


def word(choices: type[TextChoices], value: Any) -> Words:
    return choices(value).label if value in choices.values else str(value or "")


def said(name: str, choices: type[TextChoices] | None = None) -> Callable[[Details], Words]:
    """The text of an entry: one detail, in the words of its list if it is a code."""
    return lambda details: word(choices, details.get(name)) if choices else str(details.get(name) or "")


def facts(*named: tuple[str, Words, type[TextChoices] | None]) -> Callable[[Details], Facts]:
    """Label and value of those details that are there."""

    def read(details: Details) -> Facts:
        return [
            (label, word(choices, details[name]) if choices else str(details[name]))
            for name, label, choices in named
            if details.get(name)
        ]

    return read
