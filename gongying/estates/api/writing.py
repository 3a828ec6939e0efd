"""Create, change and delete any kind of place, as `estates.views.places` does it for the pages."""

from typing import Any

from ninja import Schema, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Change, Input, current_if_stale, named_row, row_or_404
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.estates.operations import change_place, delete_place, register_place
from gongying.estates.place_kinds import KINDS, PlaceKind, standing


def create_inside(request: SignedInRequest, key: str, body: Input) -> Status[Any]:
    """What the body describes, inside the place that it names by `project_id` or `building_id`."""
    kind = KINDS[key]
    name = f"{kind.parent}_id"
    parent = named_row(KINDS[kind.parent].visible_to(request.user), getattr(body, name), name)
    authorize(request.user, kind.permission, parent)
    return register(request, kind, kind.inside(parent), body)


def register(request: SignedInRequest, kind: PlaceKind, thing: Any, body: Input) -> Status[Any]:
    form: Any = checked(kind.form(form_data(kind.form, body), instance=thing, user=request.user))
    return Status(201, as_kept(register_place(form.save(commit=False), by=request.user)))


def change(request: SignedInRequest, key: str, pk: int, body: Change, shown: type[Schema]) -> Any:
    kind, thing = _writable(request, key, pk)
    form: Any = checked(kind.form(changed_data(thing, kind.form, body), instance=thing, user=request.user))
    with current_if_stale(thing, shown):
        changed = change_place(
            form.save(commit=False), by=request.user, seen=body.version, fields=form.changed_fields()
        )
    return as_kept(changed)


def as_kept(thing: Any) -> Any:
    """Told as the next reading will tell it: areas have two digits behind the point, whatever was sent."""
    thing.refresh_from_db()
    return thing


def remove(request: SignedInRequest, key: str, pk: int, version: int | None, shown: type[Schema]) -> Status[None]:
    _kind, thing = _writable(request, key, pk)
    with current_if_stale(thing, shown):
        delete_place(thing, by=request.user, seen=version)
    return Status(204, None)


def _writable(request: SignedInRequest, key: str, pk: int) -> tuple[PlaceKind, Any]:
    kind = KINDS[key]
    thing = row_or_404(kind.visible_to(request.user), pk)
    authorize(request.user, kind.permission, standing(thing))
    return kind, thing
