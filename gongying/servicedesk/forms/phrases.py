"""A text that is mostly one of a few: chips beside the field put them in (ux.md 2.6)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise


class PhrasesInput(forms.Textarea):
    """A text with chips that are written into it (`data-fill`); without scripts it is an ordinary text."""

    template_name = "servicedesk/widgets/phrases.html"

    def __init__(self, phrases: Sequence[str | Promise], *, rows: int = 2) -> None:
        super().__init__({"rows": rows})
        self.phrases = [(phrase, phrase) for phrase in phrases]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "phrases": self.phrases}


class MomentInput(forms.DateTimeInput):
    """A moment with chips for the usual ones; `moments` are pairs of label and moment."""

    template_name = "servicedesk/widgets/phrases.html"

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        self.moments: list[tuple[str | Promise, Any]] = []

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        chips = [(label, self.format_value(moment)) for label, moment in self.moments]
        return {**super().get_context(name, value, attrs), "phrases": chips}
