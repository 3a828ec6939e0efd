from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Listed,
    Output,
    PagingQuery,
    PathId,
    Seen,
    current_if_stale,
    line,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.estates.models import Building, Entrance, Project, TerritoryScope
from gongying.estates.operations import add_scope, end_scope, move_scope
from gongying.estates.repartition import Preview, preview_move
from gongying.estates.scopes import visible_territories
from gongying.estates.territory_forms import AssignmentForm, TerritoryForm
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Territory, TerritoryAssignment
from gongying.organization.operations import (
    assign_staff,
    change_territory,
    create_territory,
    delete_territory,
    end_assignment,
)
from gongying.organization.rules import MANAGE_TERRITORIES, VIEW_STAFF
from gongying.organization.workload import OpenWork

router = Router(tags=["territories"])

Name = Annotated[str, line(50), Field(examples=["East"])]


class TerritoryOut(Output):
    """A region that service is organised by."""

    id: int = Field(examples=[2])
    version: int = Field(examples=[1])
    name: str = Field(examples=["East"])
    parent_id: int | None = Field(description="The territory that it is part of", examples=[1])


class TerritoryIn(Input):
    name: Name
    parent_id: Id | None = None


class TerritoryChange(Change):
    name: Name = optional()
    parent_id: Id | None = optional()


class PlaceOut(Output):
    """A project, building or entrance that the territory covers for a time."""

    id: int = Field(examples=[11])
    territory_id: int = Field(examples=[2])
    project_id: int = Field(examples=[1])
    building_id: int | None = Field(description="Null: the whole project", examples=[4])
    entrance_id: int | None = Field(description="Null: the whole building", examples=[None])
    since: Day | None = Field(alias="starts_on", examples=["2024-01-01"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])


class PlaceIn(Input):
    project_id: Id
    building_id: Id | None = None
    entrance_id: Id | None = None
    since: Day | None = Field(None, description="Default: today", examples=["2026-12-01"])


class MoveIn(Input):
    to_id: Id = Field(description="Territory")
    on: Day = Field(description="First day in the other one", examples=["2026-12-01"])


class MoveQuery(Schema):
    to_id: PathId = Field(description="Territory", examples=[3])
    on: Day = Field(description="First day in the other one", examples=["2026-12-01"])


class OpenWorkOut(Output):
    label: str = Field(examples=["requests"])
    number: int = Field(examples=[3])

    @staticmethod
    def resolve_label(work: OpenWork) -> str:
        return str(work.label)


class MovePreviewOut(Output):
    """What moving the place would mean."""

    open_work: list[OpenWorkOut]
    losing_ids: list[int] = Field(description="Staff who serve it now, and would not any more", examples=[[3]])
    gaining_ids: list[int] = Field(description="Staff who would serve it", examples=[[4]])
    nobody_follows: bool = Field(examples=[False])

    @staticmethod
    def resolve_losing_ids(preview: Preview) -> list[int]:
        return [staff.pk for staff in preview.losing]

    @staticmethod
    def resolve_gaining_ids(preview: Preview) -> list[int]:
        return [staff.pk for staff in preview.gaining]


class AssignmentOut(Output):
    """Somebody serves a territory for a time, with rights."""

    id: int = Field(examples=[19])
    territory_id: int = Field(examples=[2])
    staff_id: int = Field(examples=[3])
    rights: list[TerritoryRight] = Field(examples=[["view_files", "take_orders"]])
    since: Day | None = Field(alias="starts_on", examples=["2024-01-01"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])


class AssignmentIn(Input):
    staff_id: Id
    rights: list[TerritoryRight] = Field(default_factory=lambda: list(TerritoryRight), min_length=1, max_length=10)
    since: Day | None = Field(None, description="Default: today", examples=["2026-12-01"])
    until: Day | None = Field(None, description="First day no more", examples=["2027-12-01"])


class LastDayIn(Input):
    on: Day = Field(description="First day no more", examples=["2026-12-31"])


def visible(request: SignedInRequest, permission: str) -> QuerySet[Territory]:
    authorize(request.user, permission)
    return visible_territories(request.user)


def visible_places(request: SignedInRequest) -> QuerySet[TerritoryScope]:
    places: QuerySet[TerritoryScope] = TerritoryScope.objects.visible_to(request.user)
    return places


def visible_assignments(request: SignedInRequest, permission: str) -> QuerySet[TerritoryAssignment]:
    return TerritoryAssignment.objects.filter(territory__in=visible(request, permission))


@router.get("/territories", response=Listed[TerritoryOut])
def list_territories(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    return page(visible(request, VIEW_STAFF), query, order=("id",))


@router.post("/territories", response={201: TerritoryOut})
def add_territory(request: SignedInRequest, body: TerritoryIn) -> Status[Territory]:
    authorize(request.user, MANAGE_TERRITORIES)
    form = checked(TerritoryForm(form_data(TerritoryForm, body)))
    return Status(201, create_territory(by=request.user, **form.cleaned_data))


@router.get("/territories/{int:territory_id}", response=TerritoryOut)
def show_territory(request: SignedInRequest, territory_id: PathId) -> Territory:
    return row_or_404(visible(request, VIEW_STAFF), territory_id)


@router.patch("/territories/{int:territory_id}", response=TerritoryOut)
def update_territory(request: SignedInRequest, territory_id: PathId, body: TerritoryChange) -> Territory:
    territory = row_or_404(visible(request, MANAGE_TERRITORIES), territory_id)
    form = checked(TerritoryForm(changed_data(territory, TerritoryForm, body), instance=territory))
    with current_if_stale(territory, TerritoryOut):
        return change_territory(territory, by=request.user, seen=body.version, **form.cleaned_data)


@router.delete("/territories/{int:territory_id}", response={204: None})
def remove_territory(request: SignedInRequest, territory_id: PathId, version: Seen = None) -> Status[None]:
    """Only where nothing hangs on it."""
    territory = row_or_404(visible(request, MANAGE_TERRITORIES), territory_id)
    with current_if_stale(territory, TerritoryOut):
        delete_territory(territory, by=request.user, seen=version)
    return Status(204, None)


@router.get("/territories/{int:territory_id}/places", response=Listed[PlaceOut])
def list_territory_places(request: SignedInRequest, territory_id: PathId, query: PagingQuery) -> dict[str, Any]:
    territory = row_or_404(visible(request, VIEW_STAFF), territory_id)
    return page(visible_places(request).filter(territory=territory), query, order=("id",))


@router.post("/territories/{int:territory_id}/places", response={201: PlaceOut})
def create_territory_place(request: SignedInRequest, territory_id: PathId, body: PlaceIn) -> Status[TerritoryScope]:
    territory, user = row_or_404(visible(request, MANAGE_TERRITORIES), territory_id), request.user
    added = add_scope(
        territory,
        project=named_row(Project.objects.visible_to(user), body.project_id, "project_id"),
        building=named_row_if(Building.objects.visible_to(user), body.building_id, "building_id"),
        entrance=named_row_if(Entrance.objects.visible_to(user), body.entrance_id, "entrance_id"),
        starts_on=body.since,
        by=user,
    )
    return Status(201, added)


@router.get("/territory-places/{int:place_id}/move-preview", response=MovePreviewOut)
def show_move_preview(request: SignedInRequest, place_id: PathId, query: Annotated[MoveQuery, Query()]) -> Preview:
    """Who would lose and gain it, and what is open there."""
    territories = visible(request, MANAGE_TERRITORIES)
    place = row_or_404(visible_places(request), place_id)
    return preview_move(place, to=named_row(territories, query.to_id, "to_id"), on=query.on)


@router.post("/territory-places/{int:place_id}/move", response=PlaceOut, summary="To another territory from a day on")
def create_territory_place_move(request: SignedInRequest, place_id: PathId, body: MoveIn) -> TerritoryScope:
    territories = visible(request, MANAGE_TERRITORIES)
    place = row_or_404(visible_places(request), place_id)
    return move_scope(place, to=named_row(territories, body.to_id, "to_id"), on=body.on, by=request.user)


@router.post("/territory-places/{int:place_id}/end", response={204: None})
def create_territory_place_end(request: SignedInRequest, place_id: PathId, body: LastDayIn) -> Status[None]:
    authorize(request.user, MANAGE_TERRITORIES)
    end_scope(row_or_404(visible_places(request), place_id), on=body.on, by=request.user)
    return Status(204, None)


@router.get("/territories/{int:territory_id}/assignments", response=Listed[AssignmentOut])
def list_assignments(request: SignedInRequest, territory_id: PathId, query: PagingQuery) -> dict[str, Any]:
    territory = row_or_404(visible(request, VIEW_STAFF), territory_id)
    return page(TerritoryAssignment.objects.filter(territory=territory), query, order=("id",))


@router.post("/territories/{int:territory_id}/assignments", response={201: AssignmentOut})
def create_assignment(request: SignedInRequest, territory_id: PathId, body: AssignmentIn) -> Status[Any]:
    territory = row_or_404(visible(request, MANAGE_TERRITORIES), territory_id)
    dates = {"starts_on": body.since or timezone.localdate(), "ends_on": body.until}
    form = checked(AssignmentForm(form_data(AssignmentForm, body, **dates)), told_as={"ends_on": "until"})
    return Status(201, assign_staff(territory, by=request.user, **form.cleaned_data))


@router.post("/territory-assignments/{int:assignment_id}/end", response={204: None})
def create_assignment_end(request: SignedInRequest, assignment_id: PathId, body: LastDayIn) -> Status[None]:
    """One that had not begun is gone."""
    assignment = row_or_404(visible_assignments(request, MANAGE_TERRITORIES), assignment_id)
    end_assignment(assignment, on=body.on, by=request.user)
    return Status(204, None)
