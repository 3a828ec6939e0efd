"""Words that customers should not read from us (R-090, R-171), found in what is about to be sent."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms

from gongying.accounts.models import User
from gongying.checklists.models import Phrase
from gongying.common.text import normalise

Field = TypeVar("Field", bound=forms.Field)


def read_by_customers(field: Field) -> Field:
    """Names words to avoid beneath the field while one writes."""
    shown: Any = field
    shown.beneath = "checklists/_wording.html"
    return field


@dataclass(frozen=True)
class Hit:
    found: str
    instead: str
    why: str


def objectionable(text: str, *, user: User) -> list[Hit]:
    """Each listed phrase that the text holds, in the order of the bank, with what to say instead."""
    words = normalise(text)
    phrases = Phrase.objects.visible_to(user).offered().exclude(avoid="").order_by("position", "pk")
    return [Hit(phrase.avoid, phrase.say, phrase.hint) for phrase in phrases if _bare(phrase.avoid) in words]


def _bare(phrase: str) -> str:
    return normalise(phrase).strip(" .!?\u3002\uff01\uff1f")
