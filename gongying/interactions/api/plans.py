"""With whom a project speaks regularly, for machines (R-092, R-134, R-136)."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
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
from gongying.customers.enums import RoleKind
from gongying.estates.models import Project
from gongying.interactions.forms.contacts import counterparts_of
from gongying.interactions.models import ContactPlan, Interaction
from gongying.interactions.models.counterparts import MOST_MONTHS
from gongying.interactions.operations import end_plan, note_talk, save_plan, steps_left, tick_step
from gongying.interactions.rules import LOG, PLAN, VIEW
from gongying.organization.models import StaffMember

router = Router(tags=["contact plans"])

Contract = Annotated[str, line(200, shortest=0)]


class ContactPlanOut(Output):
    """How often one speaks with a counterpart, and who does."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    kind: RoleKind
    party_id: int | None = Field(description="null: with anybody of the kind", examples=[None])
    every_months: int = Field(examples=[1])
    starts_on: Day = Field(examples=["2026-11-01"])
    owner_id: int = Field(description="User who keeps in touch", examples=[3])
    contract: str = Field(examples=[""])
    no_contract_reason: str = Field(examples=[""])
    last_at: Moment | None = Field(description="Spoken with last", examples=[None])
    due_on: Day = Field(description="To be spoken with by then", examples=["2026-12-01"])
    not_prepared: list[str] = Field(description="Steps of the preparation that are open", examples=[["Read the file"]])
    ended_at: Moment | None = Field(examples=[None])

    @staticmethod
    def resolve_not_prepared(plan: ContactPlan) -> list[str]:
        return steps_left(plan)


class ContactPlanQuery(Paging):
    project_id: PathId | None = None
    kind: RoleKind | None = None
    owner_id: PathId | None = None
    is_overdue: bool = Field(False, description="Only those that are overdue today", examples=[False])


class ContactPlanIn(Input):
    project_id: Id
    kind: RoleKind
    party_id: Id | None = Field(None, description="Somebody of the project; null: anybody of the kind", examples=[None])
    every_months: Annotated[Whole, Field(ge=1, le=MOST_MONTHS, examples=[1])] = 1
    starts_on: Day = Field(examples=["2026-11-01"])
    owner_staff_id: Id
    contract: Contract = Field("", description="Developers and firms are met with it in hand", examples=[""])
    no_contract_reason: Contract = Field("", examples=[""])


class TalkIn(Input):
    interaction_id: Id = Field(description="The contact in which one spoke with them")


class PreparedIn(Input):
    step: Annotated[str, line(300), Field(examples=["Read the file"])]
    is_done: Flag


@router.get("/contact-plans", response=Listed[ContactPlanOut])
def list_contact_plans(request: SignedInRequest, query: Annotated[ContactPlanQuery, Query()]) -> dict[str, Any]:
    """Those in force, the longest overdue first."""
    authorize(request.user, VIEW)
    rows = _visible(request).in_force()
    rows = rows.overdue() if query.is_overdue else rows
    return page(matching(rows, query, "project_id", "kind", "owner_id"), query, order=("due_on", "id"))


@router.get("/contact-plans/{int:plan_id}", response=ContactPlanOut)
def show_contact_plan(request: SignedInRequest, plan_id: PathId) -> Any:
    authorize(request.user, VIEW)
    return row_or_404(_visible(request), plan_id)


@router.post("/contact-plans", response={201: ContactPlanOut}, summary="Plan how often one speaks with somebody")
def create_contact_plan(request: SignedInRequest, body: ContactPlanIn) -> Status[Any]:
    authorize(request.user, PLAN)
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    authorize(request.user, PLAN, project)
    facts = body.model_dump(include={"kind", "every_months", "starts_on", "contract", "no_contract_reason"})
    plan = ContactPlan(
        project=project,
        party=named_row_if(counterparts_of(project, request.user), body.party_id, "party_id"),
        owner=named_row(StaffMember.objects.employed(), body.owner_staff_id, "owner_staff_id").user,
        **facts,
    )
    return Status(201, row_or_404(_visible(request), save_plan(plan, by=request.user).pk))


@router.post("/contact-plans/{int:plan_id}/preparation", response=ContactPlanOut, summary="A step is prepared, or not")
def create_prepared_step(request: SignedInRequest, plan_id: PathId, body: PreparedIn) -> Any:
    authorize(request.user, LOG)
    plan = row_or_404(_visible(request).in_force(), plan_id)
    tick_step(plan, body.step, is_done=body.is_done, by=request.user)
    return row_or_404(_visible(request), plan_id)


@router.post("/contact-plans/{int:plan_id}/talks", response=ContactPlanOut, summary="One has spoken as planned")
def create_planned_talk(request: SignedInRequest, plan_id: PathId, body: TalkIn) -> Any:
    authorize(request.user, LOG)
    plan: ContactPlan = row_or_404(_visible(request).in_force(), plan_id)
    talks = Interaction.objects.visible_to(request.user).filter(project=plan.project_id, counterpart=plan.kind)
    talks = talks.filter(party=plan.party_id) if plan.party_id else talks
    note_talk(plan, named_row(talks, body.interaction_id, "interaction_id"), by=request.user)
    return row_or_404(_visible(request), plan_id)


@router.post("/contact-plans/{int:plan_id}/end", response=ContactPlanOut, summary="End a contact plan")
def create_contact_plan_end(request: SignedInRequest, plan_id: PathId) -> Any:
    authorize(request.user, PLAN)
    end_plan(row_or_404(_visible(request), plan_id), by=request.user)
    return row_or_404(_visible(request), plan_id)


def _visible(request: SignedInRequest) -> Any:
    return ContactPlan.objects.visible_to(request.user).with_due()
