from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PagingQuery,
    PathId,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.phones import normalise_phone
from gongying.common.text import normalise
from gongying.customers.api.values import PhoneText, Share
from gongying.customers.duplicates import possible_duplicates
from gongying.customers.enums import PartyKind, RoleKind
from gongying.customers.masking import masked_identity
from gongying.customers.models import HeadcountRecord, Occupancy, Party, PartyRole
from gongying.customers.models.households import PartyRoleQuerySet
from gongying.customers.models.parties import PartyQuerySet
from gongying.customers.operations import (
    add_role,
    change_headcount,
    change_party,
    create_party,
    delete_party,
    end_role,
    reveal_identity,
)
from gongying.estates.models import Project, Unit

router = Router(tags=["customers"])

Name = Annotated[str, line(100), Field(examples=["Zhou Jianhua"])]
Address = Annotated[str, line(40, shortest=0), Field(examples=["Mr Zhou"])]
Note = Annotated[str, line(500, shortest=0), Field(examples=["Prefers WeChat in the evening"])]


class PartyOut(Output):
    """A person, company or agency. The identity number is masked; `POST …/identity-views` shows it, with a reason."""

    id: int = Field(examples=[5])
    version: int = Field(examples=[1])
    kind: PartyKind
    name: str = Field(examples=["Zhou Jianhua"])
    form_of_address: str = Field(examples=["Mr Zhou"])
    id_kind: str = Field(examples=["resident identity card"])
    id_number: str = Field(description="Masked", examples=["3****************X"])
    note: str = Field(examples=[""])
    merged_into_id: int | None = Field(description="The file that replaced this one", examples=[None])

    @staticmethod
    def resolve_id_number(party: Party) -> str:
        return masked_identity(party.id_number)


class PartyIn(Input):
    name: Name
    kind: PartyKind = PartyKind.PERSON
    project_id: Id
    unit_id: Id | None = None
    role: RoleKind = RoleKind.CONTACT
    share: Share | None = Field(None, description="Of an owner; default: what is free", examples=["0.5"])
    since: Day | None = Field(None, description="Default: today", examples=["2026-11-01"])
    relation: Annotated[str, line(30, shortest=0)] = Field("", examples=["spouse"])
    phones: list[PhoneText] = Field(default_factory=list, max_length=10, examples=[["13800001234"]])
    form_of_address: Address = ""
    id_kind: Annotated[str, line(30, shortest=0)] = Field("", examples=["resident identity card"])
    id_number: Annotated[str, line(40, shortest=0)] = Field("", examples=["33010619700101123X"])
    note: Note = ""


class PartyChange(Change):
    name: Name = optional()
    kind: PartyKind = optional()
    form_of_address: Address = optional()
    id_kind: Annotated[str, line(30, shortest=0)] = optional(examples=["resident identity card"])
    id_number: Annotated[str, line(40, shortest=0)] = optional(examples=["33010619700101123X"])
    note: Note = optional()


class PartyQuery(Paging):
    kind: PartyKind | None = None
    role: RoleKind | None = Field(None, description="With this role today")
    project_id: PathId | None = None
    unit_id: PathId | None = None
    name: Annotated[str, line(100)] | None = Field(None, description="Begins with", examples=["Zhou"])


class DuplicateQuery(Schema):
    name: Annotated[str, line(100, shortest=0)] = Field("", examples=["Zhou Jianhua"])
    phone: PhoneText | None = Field(None, examples=["13800001234"])
    unit_id: PathId | None = None


class RoleOut(Output):
    """What a party is to a unit or project, for a time."""

    id: int = Field(examples=[31])
    version: int = Field(examples=[1])
    party_id: int = Field(examples=[5])
    role: RoleKind
    project_id: int = Field(examples=[1])
    unit_id: int | None = Field(examples=[17])
    occupancy_id: int | None = Field(examples=[12])
    relation: str = Field(examples=["spouse"])
    share: Decimal | None = Field(examples=["1.000000"])
    evidence: str = Field(examples=["property certificate"])
    since: Day | None = Field(alias="starts_on", examples=["2024-01-01"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])


class RoleIn(Input):
    role: RoleKind
    project_id: Id
    unit_id: Id | None = None
    since: Day | None = Field(None, description="Default: today", examples=["2026-11-01"])
    until: Day | None = Field(None, description="First day no more", examples=["2027-11-01"])
    share: Share | None = Field(None, examples=["0.5"])
    relation: Annotated[str, line(30, shortest=0)] = Field("", examples=["spouse"])
    evidence: Annotated[str, line(200, shortest=0)] = Field("", examples=["property certificate"])
    occupancy_id: Id | None = None


class EndIn(Input):
    on: Day = Field(description="First day no more", examples=["2026-12-01"])


class HeadcountOut(Output):
    id: int = Field(examples=[4])
    party_id: int = Field(examples=[5])
    project_id: int = Field(examples=[2])
    heads: int = Field(examples=[120])
    since: Day | None = Field(alias="starts_on", examples=["2026-11-01"])
    until: Day | None = Field(alias="ends_on", examples=[None])


class HeadcountIn(Input):
    project_id: Id
    heads: Whole = Field(ge=0, le=1_000_000, examples=[120])
    on: Day = Field(description="From this day", examples=["2026-11-01"])


class ReasonIn(Input):
    reason: Annotated[str, line(200)] = Field(examples=["Comparing with the property certificate"])


class IdentityOut(Output):
    id_number: str = Field(examples=["33010619700101123X"])


def visible(request: SignedInRequest) -> PartyQuerySet:
    authorize(request.user, "customers.view_files")
    return Party.objects.visible_to(request.user)


def visible_roles(request: SignedInRequest) -> PartyRoleQuerySet:
    authorize(request.user, "customers.view_files")
    return PartyRole.objects.visible_to(request.user)


def place_of(request: SignedInRequest, body: PartyIn | RoleIn) -> dict[str, Any]:
    return {
        "project": named_row(Project.objects.visible_to(request.user), body.project_id, "project_id"),
        "unit": named_row_if(Unit.objects.visible_to(request.user), body.unit_id, "unit_id"),
    }


@router.get("/parties", response=Listed[PartyOut])
def list_parties(request: SignedInRequest, query: Annotated[PartyQuery, Query()]) -> dict[str, Any]:
    rows = matching(visible(request).live(), query, "kind")
    if query.role or query.project_id or query.unit_id:
        roles = matching(visible_roles(request).current(), query, "role", "project_id", "unit_id")
        rows = rows.filter(pk__in=roles.values("party"))
    if query.name:
        rows = rows.filter(name_key__startswith=normalise(query.name))
    return page(rows, query, order=("id",))


@router.post("/parties", response={201: PartyOut}, summary="Open a customer's file")
def create_party_with_role(request: SignedInRequest, body: PartyIn) -> Status[Party]:
    """With the first role, without which nobody but headquarters would see the file."""
    authorize(request.user, "customers.edit_files")
    fields = body.model_dump(exclude={"project_id", "unit_id", "phones"})
    party = create_party(by=request.user, phones=tuple(body.phones), **place_of(request, body), **fields)
    return Status(201, party)


@router.get("/parties/{int:party_id}", response=PartyOut)
def show_party(request: SignedInRequest, party_id: PathId) -> Party:
    return row_or_404(visible(request), party_id)


@router.patch("/parties/{int:party_id}", response=PartyOut)
def update_party(request: SignedInRequest, party_id: PathId, body: PartyChange) -> Party:
    party = row_or_404(visible(request), party_id)
    authorize(request.user, "customers.edit_files")
    with current_if_stale(party, PartyOut):
        return change_party(party, by=request.user, seen=body.version, **body.changes())


@router.post("/parties/{int:party_id}/deletion", response={204: None}, summary="Delete a file opened by mistake")
def create_party_deletion(request: SignedInRequest, party_id: PathId, body: ReasonIn) -> Status[None]:
    """One that anything depends on stays."""
    party = row_or_404(visible(request), party_id)
    authorize(request.user, "customers.merge_parties", party)
    delete_party(party, by=request.user, reason=body.reason)
    return Status(204, None)


@router.get("/party-duplicates", response=list[PartyOut], summary="Who may be on file already")
def list_duplicates(request: SignedInRequest, query: Annotated[DuplicateQuery, Query()]) -> list[Party]:
    """Before a new file is opened: the same number, or the same name in the same unit. Some at most."""
    authorize(request.user, "customers.edit_files")
    unit = named_row_if(Unit.objects.visible_to(request.user), query.unit_id, "unit_id")
    phones = [normalise_phone(query.phone).value] if query.phone else []
    return list(possible_duplicates(request.user, name=query.name, phones=phones, unit=unit))


@router.post("/parties/{int:party_id}/identity-views", response=IdentityOut, summary="Show the identity number")
def show_identity(request: SignedInRequest, party_id: PathId, body: ReasonIn) -> dict[str, str]:
    """Who looked, and why, stands in the journal."""
    party = row_or_404(visible(request), party_id)
    authorize(request.user, "customers.reveal_identity")
    return {"id_number": reveal_identity(party, by=request.user, reason=body.reason)}


@router.get("/parties/{int:party_id}/roles", response=Listed[RoleOut])
def list_roles(request: SignedInRequest, party_id: PathId, query: PagingQuery) -> dict[str, Any]:
    party = row_or_404(visible(request), party_id)
    return page(visible_roles(request).filter(party=party), query, order=("id",))


@router.post("/parties/{int:party_id}/roles", response={201: RoleOut})
def create_role(request: SignedInRequest, party_id: PathId, body: RoleIn) -> Status[PartyRole]:
    party = row_or_404(visible(request), party_id)
    authorize(request.user, "customers.move_household" if body.role == RoleKind.OWNER else "customers.edit_files")
    occupancy = named_row_if(Occupancy.objects.visible_to(request.user), body.occupancy_id, "occupancy_id")
    fields = body.model_dump(exclude={"project_id", "unit_id", "occupancy_id"})
    added = add_role(party, by=request.user, occupancy=occupancy, **place_of(request, body), **fields)
    return Status(201, added)


@router.post("/roles/{int:role_id}/end", response=RoleOut)
def end_party_role(request: SignedInRequest, role_id: PathId, body: EndIn) -> PartyRole:
    role = row_or_404(visible_roles(request), role_id)
    authorize(request.user, "customers.move_household" if role.role == RoleKind.OWNER else "customers.edit_files")
    return end_role(role, by=request.user, on=body.on)


@router.get("/parties/{int:party_id}/headcounts", response=Listed[HeadcountOut])
def list_headcounts(request: SignedInRequest, party_id: PathId, query: PagingQuery) -> dict[str, Any]:
    party = row_or_404(visible(request), party_id)
    rows = HeadcountRecord.objects.filter(party=party, project__in=Project.objects.visible_to(request.user))
    return page(rows, query, order=("id",))


@router.post("/parties/{int:party_id}/headcounts", response={201: HeadcountOut}, summary="Headcount from a day on")
def create_headcount(request: SignedInRequest, party_id: PathId, body: HeadcountIn) -> Status[HeadcountRecord]:
    party = row_or_404(visible(request), party_id)
    authorize(request.user, "customers.move_household")
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    return Status(201, change_headcount(party, project=project, heads=body.heads, on=body.on, by=request.user))
