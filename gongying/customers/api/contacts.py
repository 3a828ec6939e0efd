from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    PagingQuery,
    PathId,
    Seen,
    current_if_stale,
    line,
    named_row,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.common.problems import invalid_field
from gongying.customers.api import households, parties
from gongying.customers.enums import ContactKind, ContactPurpose
from gongying.customers.masking import masked_phone
from gongying.customers.models import ContactPoint, ContactPreference, Occupancy
from gongying.customers.operations import (
    add_contact_point,
    change_contact_point,
    choose_contact,
    clear_choice,
    dial,
    remove_contact_point,
    reveal_phone,
)
from gongying.customers.rules import may_use_phone

router = Router(tags=["customers"])

Value = Annotated[str, line(200), Field(examples=["13800001234"])]
Label = Annotated[str, line(40, shortest=0), Field(examples=["daughter's"])]


class ContactPointOut(Output):
    """A way to reach somebody. Numbers are masked; `POST …/views` shows one, `POST …/calls` dials it (both logged)."""

    id: int = Field(examples=[71])
    version: int = Field(examples=[1])
    party_id: int = Field(examples=[5])
    kind: ContactKind
    value: str = Field(description="Phones masked", examples=["138****1234"])
    label: str = Field(examples=[""])
    is_dialable: bool = Field(examples=[True])
    verified_at: Moment | None = Field(examples=[None])

    @staticmethod
    def resolve_value(point: ContactPoint) -> str:
        return masked_phone(point.value) if point.kind == ContactKind.PHONE else point.value


class ContactPointIn(Input):
    kind: ContactKind = ContactKind.PHONE
    value: Value
    label: Label = ""


class ContactPointChange(Change):
    value: Value = optional()
    label: Label = optional()


class NumberOut(Output):
    value: str = Field(examples=["+8613800001234"])


class CallOut(Output):
    uri: str = Field(description="For the dialler", examples=["tel:+8613800001234"])


class ChoiceOut(Output):
    purpose: ContactPurpose
    contact_point_id: int = Field(examples=[71])


class ChoiceIn(Input):
    contact_point_id: Id


def visible(request: SignedInRequest) -> QuerySet[ContactPoint]:
    points: QuerySet[ContactPoint] = ContactPoint.objects.filter(party__in=parties.visible(request))
    return points.select_related("party")


def refuse_unreadable(kind: str, value: str) -> None:
    if kind == ContactKind.PHONE:
        try:
            normalise_phone(value)
        except UnreadablePhone as error:
            raise invalid_field("value", str(error)) from error


def authorize_use(request: SignedInRequest, point: ContactPoint) -> None:
    if not may_use_phone(request.user, point.party):
        raise PermissionDenied(_("Your role does not allow this."))


@router.get("/parties/{int:party_id}/contact-points", response=Listed[ContactPointOut])
def list_contact_points(request: SignedInRequest, party_id: PathId, query: PagingQuery) -> dict[str, Any]:
    party = row_or_404(parties.visible(request), party_id)
    return page(visible(request).filter(party=party), query, order=("id",))


@router.post("/parties/{int:party_id}/contact-points", response={201: ContactPointOut})
def create_contact_point(request: SignedInRequest, party_id: PathId, body: ContactPointIn) -> Status[ContactPoint]:
    party = row_or_404(parties.visible(request), party_id)
    authorize(request.user, "customers.edit_files")
    refuse_unreadable(body.kind, body.value)
    return Status(201, add_contact_point(party, by=request.user, **body.model_dump()))


@router.get("/contact-points/{int:point_id}", response=ContactPointOut)
def show_contact_point(request: SignedInRequest, point_id: PathId) -> ContactPoint:
    return row_or_404(visible(request), point_id)


@router.patch("/contact-points/{int:point_id}", response=ContactPointOut)
def update_contact_point(request: SignedInRequest, point_id: PathId, body: ContactPointChange) -> ContactPoint:
    point = row_or_404(visible(request), point_id)
    authorize(request.user, "customers.edit_files")
    changes = {"value": point.value, "label": point.label} | body.changes()
    refuse_unreadable(point.kind, changes["value"])
    with current_if_stale(point, ContactPointOut):
        return change_contact_point(point, by=request.user, seen=body.version, **changes)


@router.delete("/contact-points/{int:point_id}", response={204: None})
def delete_contact_point(request: SignedInRequest, point_id: PathId, version: Seen = None) -> Status[None]:
    point = row_or_404(visible(request), point_id)
    authorize(request.user, "customers.edit_files")
    with current_if_stale(point, ContactPointOut):
        remove_contact_point(point, by=request.user, seen=version)
    return Status(204, None)


@router.post("/contact-points/{int:point_id}/views", response=NumberOut, summary="Show a whole number")
def view_contact_point(request: SignedInRequest, point_id: PathId) -> dict[str, str]:
    """Who looked stands in the journal."""
    point = row_or_404(visible(request), point_id)
    authorize_use(request, point)
    return {"value": reveal_phone(point, by=request.user)}


@router.post("/contact-points/{int:point_id}/calls", response=CallOut, summary="Dial")
def call_contact_point(request: SignedInRequest, point_id: PathId) -> dict[str, str]:
    point = row_or_404(visible(request), point_id)
    authorize_use(request, point)
    return {"uri": dial(point, by=request.user)}


def household(request: SignedInRequest, occupancy_id: int) -> Occupancy:
    return row_or_404(households.visible(request), occupancy_id)


@router.get("/occupancies/{int:occupancy_id}/contact-choices", response=list[ChoiceOut])
def list_contact_choices(request: SignedInRequest, occupancy_id: PathId) -> list[ContactPreference]:
    """Who of a household is called for what; a purpose that is not listed falls to the usual number."""
    return list(household(request, occupancy_id).preferences.order_by("purpose"))


@router.put("/occupancies/{int:occupancy_id}/contact-choices/{purpose}", response=ChoiceOut)
def choose_contact_point(
    request: SignedInRequest, occupancy_id: PathId, purpose: ContactPurpose, body: ChoiceIn
) -> ContactPreference:
    occupancy = household(request, occupancy_id)
    authorize(request.user, "customers.edit_files")
    point = named_row(visible(request), body.contact_point_id, "contact_point_id")
    return choose_contact(occupancy, purpose=purpose, contact_point=point, by=request.user)


@router.delete("/occupancies/{int:occupancy_id}/contact-choices/{purpose}", response={204: None})
def clear_contact_choice(request: SignedInRequest, occupancy_id: PathId, purpose: ContactPurpose) -> Status[None]:
    occupancy = household(request, occupancy_id)
    authorize(request.user, "customers.edit_files")
    clear_choice(occupancy, purpose=purpose, by=request.user)
    return Status(204, None)
