"""Bodies that the pages' own forms check: what is right or wrong with a value is said in one place for pages and API."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model
from django.forms import BaseForm, ModelChoiceField, ModelMultipleChoiceField
from django.forms.models import model_to_dict

from gongying.common.problems import FieldError, invalid

FormType = TypeVar("FormType", bound=BaseForm)


def form_data(values: Mapping[str, Any]) -> dict[str, Any]:
    """A body as a form takes it: `building_id` is its field `building`, null is empty."""
    return {
        name.removesuffix("_ids").removesuffix("_id"): "" if value is None else value for name, value in values.items()
    }


def present_data(row: Model, names: list[str]) -> dict[str, Any]:
    """A row as a form takes it: what a partial update leaves out stays as it is."""
    return form_data(
        {
            name: [each.pk for each in value]
            if value and isinstance(value, list) and hasattr(value[0], "pk")
            else value
            for name, value in model_to_dict(row, fields=names).items()
        }
    )


def checked(form: FormType) -> FormType:
    """The form, if it has nothing to object to; else 422 with the names that the body has."""
    if form.is_valid():
        return form
    raise invalid(
        FieldError(_name_in_body(form, name), error["message"], code=error["code"] or "invalid")
        for name, errors in form.errors.get_json_data().items()
        for error in errors
    )


def _name_in_body(form: BaseForm, name: str) -> str:
    field = form.fields.get(name)
    if isinstance(field, ModelMultipleChoiceField):
        return f"{name}_ids"
    if isinstance(field, ModelChoiceField):
        return f"{name}_id"
    return "" if name == "__all__" else name
