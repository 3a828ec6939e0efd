"""Escalation ladders and longest pauses of the company and of projects."""

from typing import Annotated, Any

from django.utils.translation import gettext as _
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
    Seen,
    Whole,
    named_row,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked
from gongying.common.permissions import authorize, may
from gongying.common.problems import invalid_field
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.servicedesk.api.service_times import SeenVersion
from gongying.servicedesk.enums import PauseReason, Recipient
from gongying.servicedesk.forms.service_times import LadderForm, PausesForm
from gongying.servicedesk.models import EscalationLadder, PauseLimit
from gongying.servicedesk.models.policies import LONGEST_DAYS, LONGEST_PERCENT
from gongying.servicedesk.operations.service_times import end_ladder, set_ladder, set_longest_pauses
from gongying.servicedesk.rules import MANAGE_SERVICE_TIMES
from gongying.servicedesk.service_time_page import limits_of

router = Router(tags=["service times"])


class RungOut(Output):
    percent: int = Field(examples=[80])
    to: Recipient


class LadderOut(Output):
    """Who hears of it after how many per cent of a service time."""

    id: int = Field(examples=[1])
    version: int = Field(examples=[1])
    project_id: int | None = Field(description="Null: everywhere", examples=[None])
    steps: list[RungOut]
    valid_from: Moment = Field(examples=["2026-12-01T00:00:00+08:00"])
    is_given_up: bool = Field(examples=[False])
    created_by_id: int | None = Field(description="User; null: installed as standard", examples=[3])


class RungIn(Input):
    percent: Annotated[Whole, Field(ge=1, le=LONGEST_PERCENT, examples=[80])]
    to: Recipient


class LadderVersionIn(Input):
    version: SeenVersion = None
    steps: Annotated[list[RungIn], Field(min_length=1, max_length=8)]
    valid_from: Moment | None = Field(None, description="Null: now", examples=[None])


class LadderIn(Input):
    project_id: Id | None = Field(None, description="Null: everywhere, for those who see all projects")
    steps: Annotated[list[RungIn], Field(min_length=1, max_length=8)]
    valid_from: Moment | None = Field(None, description="Null: now", examples=[None])


class PauseLimitOut(Output):
    project_id: int | None = Field(description="Null: everywhere", examples=[None])
    reason: PauseReason
    working_days: int = Field(description="Altogether", examples=[5])


class PauseLimitIn(Input):
    reason: PauseReason
    working_days: Annotated[Whole, Field(ge=1, le=LONGEST_DAYS)] | None = Field(
        description="Null: as the company says; of the company itself: such a pause stops no clock", examples=[5]
    )


class PauseLimitsIn(Input):
    project_id: Id | None = Field(None, description="Null: everywhere, for those who see all projects")
    limits: Annotated[list[PauseLimitIn], Field(min_length=1, max_length=len(PauseReason))]


class PauseLimitQuery(Input):
    project_id: PathId | None = None


@router.get("/escalation-ladders", response=Listed[LadderOut])
def list_ladders(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    """Those in force now."""
    return page(EscalationLadder.objects.visible_to(request.user).in_force(), query, order=("id",))


@router.post("/escalation-ladders", response={201: LadderOut})
def create_ladder(request: SignedInRequest, body: LadderIn) -> Status[EscalationLadder]:
    authorize(request.user, MANAGE_SERVICE_TIMES)
    form = _checked(body, LadderForm(_data_of(body), user=request.user))
    data = form.cleaned_data
    ladder = set_ladder(data["project"], rungs=data["rungs"], valid_from=data["valid_from"], by=request.user)
    return Status(201, ladder)


@router.get("/escalation-ladders/{int:ladder_id}", response=LadderOut)
def show_ladder(request: SignedInRequest, ladder_id: PathId) -> Any:
    return row_or_404(EscalationLadder.objects.visible_to(request.user), ladder_id)


@router.get("/escalation-ladders/{int:ladder_id}/versions", response=list[LadderOut])
def list_ladder_versions(request: SignedInRequest, ladder_id: PathId) -> list[EscalationLadder]:
    """Of the same project, the last one first."""
    rows: Any = EscalationLadder.objects.visible_to(request.user)
    return list(rows.of_scope(row_or_404(rows, ladder_id).scope))


@router.post("/escalation-ladders/{int:ladder_id}/versions", response={201: LadderOut})
def create_ladder_version(
    request: SignedInRequest, ladder_id: PathId, body: LadderVersionIn
) -> Status[EscalationLadder]:
    last = _last_ladder(request, ladder_id)
    data = _checked(body, LadderForm(_data_of(body), user=request.user, last=last)).cleaned_data
    given = {"rungs": data["rungs"], "valid_from": data["valid_from"]}
    return Status(201, set_ladder(last.project, by=request.user, seen=body.version, **given))


@router.delete("/escalation-ladders/{int:ladder_id}", response={200: LadderOut})
def delete_ladder(request: SignedInRequest, ladder_id: PathId, version: Seen = None) -> EscalationLadder:
    """The project goes by the company's ladder again."""
    return end_ladder(_last_ladder(request, ladder_id), by=request.user, seen=version)


@router.get("/longest-pauses", response=list[PauseLimitOut])
def list_longest_pauses(request: SignedInRequest, query: Annotated[PauseLimitQuery, Query()]) -> list[PauseLimit]:
    """Of the company, or those that a project has of its own."""
    project = named_row_if(Project.objects.visible_to(request.user), query.project_id, "project_id")
    return list(limits_of(project).values())


@router.put("/longest-pauses", response=list[PauseLimitOut])
def set_pauses(request: SignedInRequest, body: PauseLimitsIn) -> list[PauseLimit]:
    """For pauses that begin from now on; reasons that are not named stay as they are."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    project = _project(request, body.project_id)
    given = {limit.reason.value: limit.working_days for limit in body.limits}
    present = {reason: limit.working_days for reason, limit in limits_of(project).items()}
    form = checked(PausesForm({**present, **given}, present={}, company={}), told_as=dict.fromkeys(given, "limits"))
    return set_longest_pauses(project, working_days=form.cleaned_data, by=request.user)


def _project(request: SignedInRequest, project_id: int | None) -> Project | None:
    if project_id is not None:
        return named_row(Project.objects.visible_to(request.user), project_id, "project_id")
    if not may(request.user, SEE_ALL_PROJECTS):
        raise invalid_field("project_id", _("You set what holds in your own projects: name one."))
    return None


def _last_ladder(request: SignedInRequest, ladder_id: int) -> EscalationLadder:
    authorize(request.user, MANAGE_SERVICE_TIMES)
    changeable_rows: Any = EscalationLadder.objects.visible_to(request.user).changeable_by(request.user)
    ladder = row_or_404(changeable_rows, ladder_id)
    versions: Any = EscalationLadder.objects.visible_to(request.user)
    last: EscalationLadder = versions.of_scope(ladder.scope).first()
    return last


def _data_of(body: LadderIn | LadderVersionIn) -> dict[str, Any]:
    """As the form of the page takes it."""
    steps = {
        f"{name}_{place}": value
        for place, step in enumerate(body.steps)
        for name, value in step.model_dump(mode="json").items()
    }
    return {"project": getattr(body, "project_id", None), "valid_from": body.valid_from} | steps


def _checked(body: LadderIn | LadderVersionIn, form: LadderForm) -> LadderForm:
    places = range(len(body.steps))
    return checked(form, told_as={f"{name}_{n}": f"steps.{n}.{name}" for n in places for name in ("percent", "to")})
