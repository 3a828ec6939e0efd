"""Notices down, reports up, and their receipts."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.briefings.enums import BriefingDirection
from gongying.briefings.models import LONGEST_TEXT, LONGEST_TITLE, Briefing
from gongying.briefings.operations import (
    acknowledge,
    answer_report,
    remind_readers,
    report_upwards,
    send_notice,
    withdraw_briefing,
)
from gongying.briefings.rules import HEAR_REPORTS, SEND_NOTICES
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    matching,
    named_row,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.organization.models import Role

router = Router(tags=["notices and reports"])

BriefingTitle = Annotated[str, line(LONGEST_TITLE), Field(examples=["Water is cut on Tuesday"])]
BriefingText = Annotated[str, line(LONGEST_TEXT), Field(examples=["Building 3, from 9 to 11. Tell whoever asks."])]


class ReceiptOut(Output):
    """One person who was sent it."""

    user_id: int = Field(examples=[3])
    read_at: Moment | None = Field(description="null: not read yet", examples=[None])


class BriefingOut(Output):
    """Word passed down or up in a project."""

    id: int = Field(examples=[4])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    direction: BriefingDirection
    title: BriefingTitle
    text: BriefingText
    by_id: int = Field(description="User", examples=[3])
    at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    answer: str = Field(examples=[""])
    answered_at: Moment | None = Field(examples=[None])
    withdrawn_at: Moment | None = Field(examples=[None])
    receipts: list[ReceiptOut]


class BriefingQuery(Paging):
    project_id: PathId | None = None
    direction: BriefingDirection | None = None
    unread: bool = Field(False, description="Only what waits for the caller's own receipt", examples=[False])


class StaffNoticeIn(Input):
    project_id: Id
    title: BriefingTitle
    text: BriefingText
    role_ids: list[Id] = Field(
        [], max_length=100, description="Only who has one of these roles; none: everybody in the project", examples=[[]]
    )


class ReportIn(Input):
    project_id: Id
    title: BriefingTitle
    text: BriefingText


class ReportAnswerIn(Change):
    text: BriefingText


@router.get("/briefings", response=Listed[BriefingOut])
def list_briefings(request: SignedInRequest, query: Annotated[BriefingQuery, Query()]) -> dict[str, Any]:
    """The newest first: one's own, what one was sent, and what one's roles let one see."""
    rows = _visible(request).unread_by(request.user) if query.unread else _visible(request)
    return page(matching(rows, query, "project_id", "direction"), query, order=("-id",))


@router.get("/briefings/{int:briefing_id}", response=BriefingOut)
def show_briefing(request: SignedInRequest, briefing_id: PathId) -> Any:
    return row_or_404(_visible(request), briefing_id)


@router.post("/notices", response={201: BriefingOut})
def create_notice(request: SignedInRequest, body: StaffNoticeIn) -> Any:
    authorize(request.user, SEND_NOTICES)
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    authorize(request.user, SEND_NOTICES, project)
    roles = [named_row(Role.objects.all(), pk, "role_ids") for pk in body.role_ids]
    return Status(201, send_notice(project, title=body.title, text=body.text, roles=roles, by=request.user))


@router.post("/reports-upwards", response={201: BriefingOut})
def create_report(request: SignedInRequest, body: ReportIn) -> Any:
    project = named_row(Project.objects.visible_to(request.user), body.project_id, "project_id")
    return Status(201, report_upwards(project, title=body.title, text=body.text, by=request.user))


@router.post("/briefings/{int:briefing_id}/acknowledge", response=BriefingOut)
def create_receipt(request: SignedInRequest, briefing_id: PathId) -> Any:
    return acknowledge(row_or_404(_visible(request), briefing_id), by=request.user)


@router.post("/briefings/{int:briefing_id}/answer", response=BriefingOut)
def create_answer(request: SignedInRequest, briefing_id: PathId, body: ReportAnswerIn) -> Any:
    briefing: Briefing = row_or_404(_visible(request), briefing_id)
    authorize(request.user, HEAR_REPORTS, briefing)
    with current_if_stale(briefing, BriefingOut):
        return answer_report(briefing, text=body.text, by=request.user, seen=body.version)


@router.post("/briefings/{int:briefing_id}/withdraw", response=BriefingOut)
def create_withdrawal(request: SignedInRequest, briefing_id: PathId, body: Change) -> Any:
    briefing: Briefing = row_or_404(_visible(request), briefing_id)
    with current_if_stale(briefing, BriefingOut):
        return withdraw_briefing(briefing, by=request.user, seen=body.version)


@router.post("/briefings/{int:briefing_id}/remind", response=BriefingOut)
def create_reminder(request: SignedInRequest, briefing_id: PathId) -> Any:
    briefing: Briefing = row_or_404(_visible(request), briefing_id)
    if briefing.by_id != request.user.pk:
        authorize(request.user, HEAR_REPORTS if briefing.is_upwards else SEND_NOTICES, briefing)
    remind_readers(briefing, by=request.user)
    return briefing


def _visible(request: SignedInRequest) -> Any:
    return Briefing.objects.visible_to(request.user).prefetch_related("receipts")
