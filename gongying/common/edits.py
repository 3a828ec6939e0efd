"""A form that edits a row carries the version that was read. Where somebody was faster it comes back (409): what was
typed is kept, and what is stored now stands beside it.

    form = carrying_version(DepartmentForm(sent_with(request), instance=department), department)
    if form.is_valid():
        with stale_told(form, stored=lambda: <the same form, unbound, of the row as it is now>):
            save_department(form.save(commit=False), by=request.user, seen=take_version(form))
    if form.errors: show it again with `status_of(form)`
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.errors import Stale

FormType = TypeVar("FormType", bound=forms.BaseForm)

VERSION = "version"
LARGEST_VERSION = 2**31 - 1
LONGEST_SHOWN = 200
STALE = "stale"


class Row(Protocol):
    """What is edited in versions: a row that is changed, or one that a further row follows."""

    @property
    def pk(self) -> Any: ...
    @property
    def version(self) -> Any: ...


def carrying_version(form: FormType, row: Row) -> FormType:
    """The form with the version of the row that it edits; a row that is new has none."""
    if row.pk is not None:
        form.fields[VERSION] = forms.IntegerField(
            widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION, initial=row.version
        )
    return form


def take_version(form: forms.BaseForm) -> int | None:
    """What was seen, out of the cleaned data: the rest of them is what the operation takes."""
    seen: int | None = form.cleaned_data.pop(VERSION, None)
    return seen


@contextmanager
def stale_told(form: forms.BaseForm, *, stored: Callable[[], forms.BaseForm]) -> Iterator[None]:
    """Turn a stale edit inside into errors of the form, from which the reader decides again."""
    try:
        yield
    except Stale:
        _compare(form, stored())


def status_of(form: forms.BaseForm) -> int:
    """Of the page that shows the form: stale 409, wrong 422, else 200."""
    if form.has_error(NON_FIELD_ERRORS, STALE):
        return 409
    return 422 if form.errors else 200


def mark_stale(form: forms.BaseForm, sentence: str) -> None:
    """What the reader is told at the top of the form, which then is shown as 409."""
    form.add_error(None, ValidationError(sentence, code=STALE))


def _compare(form: forms.BaseForm, stored: forms.BaseForm) -> None:
    mark_stale(
        form,
        _(
            "Somebody else has changed this meanwhile. Your entries are still here and not saved yet. "
            "Compare them with what is stored now; saving again puts yours in its place."
        ),
    )
    for name, field in stored.fields.items():
        value = stored.get_initial_for_field(field, name)
        # What a form does not show (a number that is masked) is not shown here either.
        is_shown = name in stored.initial or field.initial is not None
        if name != VERSION and is_shown and field.has_changed(value, form[name].data):
            form.add_error(name, ValidationError(_("Stored now: %(value)s") % {"value": _in_words(field, value)}))
    # The next attempt is made knowing the present state.
    sent: Any = form.data
    form.data = sent.copy()
    form.data[form.add_prefix(VERSION)] = str(stored.fields[VERSION].initial)  # type: ignore[index]


def _in_words(field: forms.Field, value: Any) -> str:
    words = ", ".join(_chosen(field, value)) if hasattr(field, "choices") else _plain(field, value)
    return words[:LONGEST_SHOWN] or _("(nothing)")


def _chosen(field: Any, value: Any) -> list[str]:
    """The labels of what is chosen in a list, be it one or several."""
    prepared = field.prepare_value(value)
    keys = {str(key) for key in (prepared if isinstance(prepared, (list, tuple)) else [prepared])} - {""}
    if isinstance(field, forms.ModelChoiceField):
        rows = field.queryset.filter(pk__in=[key for key in keys if key.isdecimal()])  # type: ignore[union-attr]
        return [str(field.label_from_instance(row)) for row in rows]
    return [str(label) for key, label in field.choices if str(key) in keys]


def _plain(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(field.prepare_value(value))
