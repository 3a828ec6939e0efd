from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

DASHES = "---------"


class Options(list[tuple[Any, str]]):
    """What can be chosen, written as HTML once: it is kept for many pages."""

    @cached_property
    def html(self) -> str:
        return "".join(f'<option value="{escape(key)}">{escape(label)}</option>' for key, label in self)


class Select(forms.Select):
    """A choice among hundreds: Django renders a template for every option, this writes them at once.

    `offer` gives it options that are kept for many pages, behind one that chooses nothing.
    """

    nothing = ""
    offered: Options | None = None

    def offer(self, options: Options, *, nothing: Any) -> None:
        self.offered, self.nothing = options, f'<option value="">{escape(nothing)}</option>'

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = Options(self.told) if self.offered is None else self.offered
        html = self.nothing + options.html
        for chosen in self.format_value(value):
            html = html.replace(f'value="{escape(chosen)}"', f'value="{escape(chosen)}" selected', 1)
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return mark_safe(f"<select{attributes}>{html}</select>")

    @property
    def told(self) -> Iterator[tuple[Any, Any]]:
        """As `select_option.html` writes them: Django's own empty option says what to do."""
        for key, label in self.choices:
            yield key, pgettext("empty option", "choose") if label == DASHES else label
