"""Who could do a job, and the board of a day."""

from datetime import date
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Input, Moment, Output, PathId, row_or_404
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.servicedesk.api.work_orders import WorkOrderOut, visible
from gongying.servicedesk.candidates import Candidate, Nearness, candidates_for
from gongying.servicedesk.dispatch_board import Board, Row, board_of
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.rules import DISPATCH_WORK

router = Router(tags=["dispatch"])

NEARNESS = {Nearness.SAME_BUILDING: "same_building", Nearness.TERRITORY: "territory", Nearness.ELSEWHERE: "elsewhere"}


class CandidateOut(Output):
    """A worker who could do the job, with the reasons in words; the best one first."""

    user_id: int = Field(alias="staff.user_id", description="`doer_id` of an assignment", examples=[6])
    name: str = Field(alias="staff.name", examples=["Lao Zhang"])
    slot_from: Moment = Field(examples=["2026-11-22T14:00:00+08:00"])
    slot_to: Moment = Field(examples=["2026-11-22T15:00:00+08:00"])
    clash_id: int | None = Field(description="Work order that he has at that time", examples=[None])
    jobs_today: int = Field(description="On the day of the slot", examples=[5])
    most_jobs_a_day: int = Field(alias="staff.most_jobs_a_day", examples=[12])
    nearness: Literal["same_building", "territory", "elsewhere"]
    is_on_duty: bool | None = Field(
        description="Null: nobody of them stands in the roster of that hour", examples=[True]
    )
    stands_in_for_id: int | None = Field(description="User who is away", examples=[None])
    reasons: list[str] = Field(examples=[["plumbing ✓", "today 14:00–15:00 free", "5 jobs that day"]])

    @staticmethod
    def resolve_slot_from(row: Candidate) -> Any:
        return row.slot[0]

    @staticmethod
    def resolve_slot_to(row: Candidate) -> Any:
        return row.slot[1]

    @staticmethod
    def resolve_clash_id(row: Candidate) -> int | None:
        return row.clash.pk if row.clash else None

    @staticmethod
    def resolve_nearness(row: Candidate) -> str:
        return NEARNESS[row.nearness]

    @staticmethod
    def resolve_stands_in_for_id(row: Candidate) -> int | None:
        return row.stands_in_for.user_id if row.stands_in_for else None

    @staticmethod
    def resolve_reasons(row: Candidate) -> list[str]:
        return [reason.words for reason in row.reasons]


class CandidateQuery(Input):
    at: Moment | None = Field(None, description="Default: the time that is planned or wished", examples=[None])


class RowOut(Output):
    """Somebody's day on the board. Jobs of places that the caller does not see are counted, not listed."""

    key: str = Field(examples=["staff-6"])
    name: str = Field(examples=["Lao Zhang"])
    trades: list[str] = Field(examples=[["plumbing"]])
    is_away: bool = Field(examples=[False])
    deputy: str = Field(examples=[""])
    is_on_duty: bool = Field(examples=[True])
    number: int = Field(description="Jobs of the day and those without a time", examples=[5])
    work_order_ids: list[int] = Field(examples=[[11]])


class BoardOut(Output):
    project_id: int = Field(alias="project.pk", examples=[1])
    day: Day = Field(examples=["2026-11-22"])
    waiting: list[WorkOrderOut] = Field(description="Without a doer, the most urgent first; at most 60")
    more_waiting: bool = Field(examples=[False])
    rows: list[RowOut]

    @staticmethod
    def resolve_waiting(board: Board) -> list[WorkOrder]:
        return board.jobs_waiting

    @staticmethod
    def resolve_rows(board: Board) -> list[dict[str, Any]]:
        seen: dict[str, list[int]] = {}
        for slot in board.slots:
            if "job" in slot:
                seen.setdefault(slot["row"], []).append(slot["job"])
        return [_row_out(row, seen.get(row.key, [])) for row in board.rows]


class BoardQuery(Input):
    day: Day | None = Field(None, description="Default: today", examples=["2026-11-22"])


@router.get("/work-orders/{int:work_order_id}/candidates", response=list[CandidateOut])
def list_candidates(
    request: SignedInRequest, work_order_id: PathId, query: Annotated[CandidateQuery, Query()]
) -> list[Candidate]:
    """Workers of the trade and the place who are there that day, ranked: free, room in the day, on duty, near, little to do."""
    authorize(request.user, DISPATCH_WORK)
    return candidates_for(row_or_404(visible(request), work_order_id), query.at)


@router.get("/projects/{int:project_id}/dispatch-board", response=BoardOut)
def show_dispatch_board(request: SignedInRequest, project_id: PathId, query: Annotated[BoardQuery, Query()]) -> Board:
    """What waits for a doer, and everybody's day."""
    authorize(request.user, DISPATCH_WORK)
    project = row_or_404(Project.objects.visible_to(request.user), project_id)
    day: date = query.day or timezone.localdate()
    return board_of(project, day, request.user)


def _row_out(row: Row, ids: list[int]) -> dict[str, Any]:
    names = ("key", "name", "trades", "is_away", "deputy", "is_on_duty", "number")
    return {**{name: getattr(row, name) for name in names}, "work_order_ids": ids}
