from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Area,
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Whole,
    line,
    matching,
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.customers.api import parties
from gongying.customers.api.parties import RoleOut, visible_roles
from gongying.customers.api.values import Share
from gongying.customers.enums import OccupancyKind, RoleKind
from gongying.customers.models import BalanceSnapshot, Occupancy, PartyRole
from gongying.customers.operations import move_household, register_move_in, register_move_out, transfer_ownership
from gongying.customers.operations.households import Member, add_member
from gongying.estates.models import Unit

router = Router(tags=["households"])


class OccupancyOut(Output):
    """A household's or tenant's spell in a unit."""

    id: int = Field(examples=[12])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    unit_id: int = Field(examples=[17])
    kind: OccupancyKind
    head_id: int | None = Field(examples=[5])
    is_shared: bool = Field(examples=[False])
    leased_area_m2: Decimal | None = Field(examples=[None])
    since: Day | None = Field(alias="starts_on", examples=["2024-01-01"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])


class OccupancyQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    head_id: PathId | None = None
    kind: OccupancyKind | None = None
    when: Literal["current", "all"] = "current"


class MemberIn(Input):
    party_id: Id
    role: Literal[RoleKind.FAMILY, RoleKind.USER, RoleKind.TENANT, RoleKind.CONTACT] = RoleKind.FAMILY
    relation: Annotated[str, line(30, shortest=0)] = Field("", examples=["spouse"])


class MoveInIn(Input):
    """With `leaving_id` one household leaves and the next one enters on the same day, or nothing happens."""

    on: Day = Field(examples=["2026-12-01"])
    until: Day | None = Field(None, description="First day no more; usually open", examples=["2027-12-01"])
    kind: OccupancyKind
    head_id: Id
    members: list[MemberIn] = Field(default_factory=list, max_length=30)
    is_shared: Flag = False
    leased_area_m2: Area | None = None
    heads: Annotated[Whole, Field(ge=0, le=1_000_000)] | None = Field(None, examples=[120])
    leaving_id: Id | None = None
    balance_decision: Annotated[str, line(500, shortest=0)] = Field("", examples=["Paid in cash today"])


class MoveOutIn(Input):
    on: Day = Field(description="First day without them", examples=["2026-12-01"])
    balance_decision: Annotated[str, line(500, shortest=0)] = Field("", examples=["Paid in cash today"])


class JoinIn(MemberIn):
    since: Day = Field(examples=["2026-12-01"])


class NewOwner(Input):
    party_id: Id
    share: Share = Field(examples=["0.5"])


class TransferIn(Input):
    on: Day = Field(examples=["2026-12-01"])
    owners: list[NewOwner] = Field(min_length=1, max_length=50)
    evidence: Annotated[str, line(200, shortest=0)] = Field("", examples=["property certificate"])


class BalanceOut(Output):
    """What a unit owed on a day, as imported from the fee system."""

    id: int = Field(examples=[2])
    unit_id: int = Field(examples=[17])
    item: str = Field(examples=["Property fee"])
    months: int = Field(examples=[3])
    amount: Decimal = Field(examples=["171.84"])
    as_of: Day = Field(examples=["2026-11-20"])


class BalanceQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    when: Literal["latest", "all"] = "latest"


def visible(request: SignedInRequest) -> QuerySet[Occupancy]:
    authorize(request.user, "customers.view_files")
    occupancies: QuerySet[Occupancy] = Occupancy.objects.visible_to(request.user)
    return occupancies


def members_of(request: SignedInRequest, rows: list[MemberIn]) -> list[Member]:
    return [
        Member(
            named_row(parties.visible(request), row.party_id, f"members.{place}.party_id"), row.role.value, row.relation
        )
        for place, row in enumerate(rows)
    ]


@router.get("/occupancies", response=Listed[OccupancyOut])
def list_occupancies(request: SignedInRequest, query: Annotated[OccupancyQuery, Query()]) -> dict[str, Any]:
    rows: Any = visible(request)
    if query.when == "current":
        rows = rows.current()
    return page(matching(rows, query, "project_id", "unit_id", "head_id", "kind"), query, order=("id",))


@router.get("/occupancies/{int:occupancy_id}", response=OccupancyOut)
def show_occupancy(request: SignedInRequest, occupancy_id: PathId) -> Occupancy:
    return row_or_404(visible(request), occupancy_id)


@router.get("/occupancies/{int:occupancy_id}/members", response=list[RoleOut])
def list_members(request: SignedInRequest, occupancy_id: PathId) -> list[PartyRole]:
    occupancy = row_or_404(visible(request), occupancy_id)
    return list(visible_roles(request).filter(occupancy=occupancy).order_by("id"))


@router.post("/occupancies/{int:occupancy_id}/members", response={201: RoleOut})
def create_member(request: SignedInRequest, occupancy_id: PathId, body: JoinIn) -> Status[PartyRole]:
    occupancy = row_or_404(visible(request), occupancy_id)
    authorize(request.user, "customers.move_household")
    (member,) = members_of(request, [body])
    return Status(201, add_member(occupancy, member=member, since=body.since, by=request.user))


@router.post("/units/{int:unit_id}/move-ins", response={201: OccupancyOut})
def create_move_in(request: SignedInRequest, unit_id: PathId, body: MoveInIn) -> Status[Occupancy]:
    unit = row_or_404(Unit.objects.visible_to(request.user), unit_id)
    authorize(request.user, "customers.move_household")
    leaving = named_row_if(visible(request), body.leaving_id, "leaving_id")
    entering: dict[str, Any] = {
        "by": request.user,
        "on": body.on,
        "kind": body.kind,
        "head": named_row(parties.visible(request), body.head_id, "head_id"),
        "members": members_of(request, body.members),
        "leased_area_m2": body.leased_area_m2,
        "heads": body.heads,
        "until": body.until,
    }
    if leaving is not None:
        moved = move_household(unit, leaving=leaving, balance_decision=body.balance_decision, **entering)
    else:
        moved = register_move_in(unit, is_shared=body.is_shared, **entering)
    return Status(201, moved)


@router.post("/occupancies/{int:occupancy_id}/move-out", response=OccupancyOut)
def create_move_out(request: SignedInRequest, occupancy_id: PathId, body: MoveOutIn) -> Occupancy:
    occupancy = row_or_404(visible(request), occupancy_id)
    authorize(request.user, "customers.move_household")
    return register_move_out(occupancy, by=request.user, on=body.on, balance_decision=body.balance_decision)


@router.post("/units/{int:unit_id}/ownership-transfers", response={201: list[RoleOut]}, summary="Title transfer")
def create_ownership_transfer(request: SignedInRequest, unit_id: PathId, body: TransferIn) -> Status[list[PartyRole]]:
    """All present shares end on that day, the new ones begin."""
    unit = row_or_404(Unit.objects.visible_to(request.user), unit_id)
    authorize(request.user, "customers.move_household")
    owners = [
        (named_row(parties.visible(request), owner.party_id, f"owners.{place}.party_id"), owner.share)
        for place, owner in enumerate(body.owners)
    ]
    added = transfer_ownership(unit, to=owners, on=body.on, by=request.user, evidence=body.evidence)
    return Status(201, added)


@router.get("/balances", response=Listed[BalanceOut])
def list_balances(request: SignedInRequest, query: Annotated[BalanceQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, "customers.view_balances")
    rows: Any = BalanceSnapshot.objects.visible_to(request.user)
    if query.when == "latest":
        rows = rows.latest()
    return page(matching(rows, query, "project_id", "unit_id"), query, order=("id",))
