"""Meeting rooms and company cars."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Flag,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Seen,
    Whole,
    current_if_stale,
    line,
    matching,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.schedule.enums import ResourceKind
from gongying.schedule.models import Resource
from gongying.schedule.operations import delete_resource, save_resource
from gongying.schedule.plan_forms import ResourceForm
from gongying.schedule.rules import MANAGE_RESOURCES

router = Router(tags=["schedule"])

Name = Annotated[str, line(60), Field(examples=["Meeting room 2"])]
Seats = Annotated[Whole, Field(ge=0, le=32767, examples=[12])]


class ResourceOut(Output):
    """What only one event at a time can have."""

    id: int = Field(examples=[2])
    version: int = Field(examples=[1])
    kind: ResourceKind
    name: str = Field(examples=["Meeting room 2"])
    project_id: int | None = Field(description="null: for the whole company", examples=[1])
    seats: int | None = Field(examples=[12])
    is_retired: bool = Field(description="No longer booked", examples=[False])


class ResourceIn(Input):
    kind: ResourceKind = ResourceKind.ROOM
    name: Name
    project_id: Id | None = None
    seats: Seats | None = None
    is_retired: Flag = False


class ResourceChange(Change):
    kind: ResourceKind = optional()
    name: Name = optional()
    project_id: Id | None = optional()
    seats: Seats | None = optional()
    is_retired: Flag = optional()


class ResourceQuery(Paging):
    kind: ResourceKind | None = None
    project_id: PathId | None = None


@router.get("/bookable-resources", response=Listed[ResourceOut])
def list_resources(request: SignedInRequest, query: Annotated[ResourceQuery, Query()]) -> dict[str, Any]:
    rows = matching(Resource.objects.visible_to(request.user), query, "kind", "project_id")
    return page(rows, query, order=("id",))


@router.post("/bookable-resources", response={201: ResourceOut})
def create_resource(request: SignedInRequest, body: ResourceIn) -> Status[Resource]:
    authorize(request.user, MANAGE_RESOURCES)
    form = checked(ResourceForm(form_data(ResourceForm, body), projects=Project.objects.visible_to(request.user)))
    return Status(201, save_resource(form.save(commit=False), by=request.user))


@router.get("/bookable-resources/{int:resource_id}", response=ResourceOut)
def show_resource(request: SignedInRequest, resource_id: PathId) -> Resource:
    return row_or_404(Resource.objects.visible_to(request.user), resource_id)


@router.patch("/bookable-resources/{int:resource_id}", response=ResourceOut)
def update_resource(request: SignedInRequest, resource_id: PathId, body: ResourceChange) -> Resource:
    resource = row_or_404(Resource.objects.visible_to(request.user), resource_id)
    authorize(request.user, MANAGE_RESOURCES, resource)
    data = changed_data(resource, ResourceForm, body)
    form = checked(ResourceForm(data, instance=resource, projects=Project.objects.visible_to(request.user)))
    with current_if_stale(resource, ResourceOut):
        return save_resource(form.save(commit=False), by=request.user, seen=body.version)


@router.delete("/bookable-resources/{int:resource_id}", response={204: None})
def remove_resource(request: SignedInRequest, resource_id: PathId, version: Seen = None) -> Status[None]:
    """Only while it is booked by nothing."""
    resource = row_or_404(Resource.objects.visible_to(request.user), resource_id)
    authorize(request.user, MANAGE_RESOURCES, resource)
    with current_if_stale(resource, ResourceOut):
        delete_resource(resource, by=request.user, seen=version)
    return Status(204, None)
