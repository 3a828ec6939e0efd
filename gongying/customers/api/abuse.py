"""Abuse of colleagues: whom it hit writes it down, those who look after colleagues read and settle it (R-029)."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    line,
    matching,
    named_row,
    page,
    row_or_404,
    visible_row_if,
)
from gongying.common.permissions import authorize
from gongying.customers.enums import AbuseKind
from gongying.customers.models import AbusiveContact
from gongying.customers.models.abuse import LONGEST_WHO, LONGEST_WORDS, VIEW_ABUSE
from gongying.customers.operations import record_abuse, settle_abuse
from gongying.customers.rules import RECORD_ABUSE
from gongying.estates.models import Project, Unit

router = Router(tags=["abuse of colleagues"])


class AbusiveContactOut(Output):
    """What was done or said to a colleague, as she wrote it down."""

    id: int = Field(examples=[4])
    project_id: int = Field(examples=[1])
    unit_id: int | None = Field(examples=[17])
    kind: AbuseKind
    words: str = Field(examples=["Threatened to come back with others"])
    who: str = Field(examples=["The man of the house"])
    colleague_id: int = Field(description="User whom it hit", examples=[3])
    wants_relief: bool = Field(description="Somebody else should go on", examples=[True])
    happened_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    settled_by_id: int | None = Field(examples=[None])
    settled_at: Moment | None = Field(examples=[None])
    settlement: str = Field(examples=[""])


class AbusiveContactIn(Input):
    project_id: Id
    unit_id: Id | None = Field(None, examples=[None])
    kind: AbuseKind
    words: Annotated[str, line(LONGEST_WORDS), Field(examples=["Threatened to come back with others"])]
    who: Annotated[str, line(LONGEST_WHO, shortest=0), Field(examples=["The man of the house"])] = ""
    happened_at: Moment | None = Field(None, description="Left out: now", examples=["2026-11-22T09:00:00+08:00"])
    wants_relief: bool = Field(False, examples=[True])


class AbuseSettlementIn(Input):
    settlement: Annotated[str, line(LONGEST_WORDS), Field(examples=["Went there together, they apologised"])]


class AbusiveContactQuery(Paging):
    project_id: PathId | None = None
    is_settled: bool | None = Field(None, examples=[False])


@router.get("/abusive-contacts", response=Listed[AbusiveContactOut])
def list_abusive_contacts(request: SignedInRequest, query: Annotated[AbusiveContactQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    authorize(request.user, VIEW_ABUSE)
    rows = AbusiveContact.objects.visible_to(request.user)
    if query.is_settled is not None:
        rows = rows.settled() if query.is_settled else rows.open()
    return page(matching(rows, query, "project_id"), query, order=("-happened_at", "-id"))


@router.post(
    "/abusive-contacts", response={201: AbusiveContactOut}, summary="Write down that a customer abused oneself"
)
def create_abusive_contact(request: SignedInRequest, body: AbusiveContactIn) -> Status[AbusiveContact]:
    authorize(request.user, RECORD_ABUSE)
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    unit = visible_row_if(Unit, request.user, body.unit_id, "unit_id")
    facts = body.model_dump(exclude={"project_id", "unit_id"})
    return Status(201, record_abuse(project, by=request.user, unit=unit, **facts))


@router.get("/abusive-contacts/{int:abuse_id}", response=AbusiveContactOut)
def show_abusive_contact(request: SignedInRequest, abuse_id: PathId) -> AbusiveContact:
    return _one(request, abuse_id)


@router.post(
    "/abusive-contacts/{int:abuse_id}/settlement", response=AbusiveContactOut, summary="What was done about it"
)
def create_abuse_settlement(request: SignedInRequest, abuse_id: PathId, body: AbuseSettlementIn) -> AbusiveContact:
    return settle_abuse(_one(request, abuse_id), by=request.user, settlement=body.settlement)


def _one(request: SignedInRequest, abuse_id: int) -> AbusiveContact:
    authorize(request.user, VIEW_ABUSE)
    found: AbusiveContact = row_or_404(AbusiveContact.objects.visible_to(request.user), abuse_id)
    return found
