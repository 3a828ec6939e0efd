"""Bodies that the pages' own forms check: what is right or wrong with a value is said in one place for pages and API."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.forms import BaseForm, ModelChoiceField, ModelMultipleChoiceField
from django.forms.models import model_to_dict

from gongying.common.api import Change, Input
from gongying.common.problems import FieldError, invalid

FormType = TypeVar("FormType", bound=BaseForm)


def form_data(form: type[BaseForm], body: Input, **more: Any) -> dict[str, Any]:
    """A body as the form takes it: `building_id` is its field `building`, `role_ids` is `roles`, null is empty."""
    sent = body.model_dump(mode="json", exclude_unset=isinstance(body, Change)) | more
    return {_field_of(form, name): "" if value is None else value for name, value in sent.items()}


def changed_data(row: Model, form: type[BaseForm], body: Change) -> dict[str, Any]:
    """A partial update as a model's form takes it: what the body leaves out stays as the row has it."""
    present = model_to_dict(row, fields=list(_fields(form)))
    return {name: _plain(value) for name, value in present.items()} | form_data(form, body)


def checked(form: FormType, *, told_as: Mapping[str, str] | None = None, where: str = "body") -> FormType:
    """The form, if it has nothing to object to; else 422 with the names that the body has (`told_as`: field → name)."""
    if form.is_valid():
        return form
    told = told_as or {}
    raise invalid(
        FieldError(told.get(name) or _name_in_body(form, name), error["message"], where, error["code"] or "invalid")
        for name, errors in form.errors.get_json_data().items()
        for error in errors
    )


def _fields(form: type[BaseForm]) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = form.base_fields  # type: ignore[attr-defined]
    return fields


def _field_of(form: type[BaseForm], name: str) -> str:
    stem = name.removesuffix("_id").removesuffix("_ids")
    return next((known for known in (name, stem, f"{stem}s") if known in _fields(form)), name)


def _plain(value: Any) -> Any:
    """Relations by key, nothing as empty."""
    if isinstance(value, list):
        return [each.pk if isinstance(each, Model) else each for each in value]
    return "" if value is None else value


def _name_in_body(form: BaseForm, name: str) -> str:
    field = form.fields.get(name)
    if isinstance(field, ModelMultipleChoiceField):
        return f"{name.removesuffix('s')}_ids"
    if isinstance(field, ModelChoiceField):
        return f"{name}_id"
    return "" if name == "__all__" else name
