from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    LARGEST_VERSION,
    Day,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.schedule.enums import Weekday
from gongying.schedule.forms import HoursForm
from gongying.schedule.models import WorkingWeek
from gongying.schedule.models.hours import told
from gongying.schedule.operations import end_working_week, set_working_week
from gongying.schedule.rules import MANAGE_HOURS

router = Router(tags=["schedule"])

Hours = Annotated[str, line(120, shortest=0), Field(examples=["08:30-12:00, 13:30-18:00"])]
Seen = Annotated[
    Whole | None, Field(ge=1, le=LARGEST_VERSION, description="Of the present hours, as last read", examples=[1])
]


class WeekHours(Input):
    """The shifts of each weekday; empty: closed."""

    monday: Hours = ""
    tuesday: Hours = ""
    wednesday: Hours = ""
    thursday: Hours = ""
    friday: Hours = ""
    saturday: Hours = ""
    sunday: Hours = ""


class WorkingWeekOut(Output):
    """Hours of business, of the company or of one project, for a time."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    project_id: int | None = Field(description="null: the company's", examples=[1])
    since: Day | None = Field(alias="starts_on", examples=["2026-12-01"])
    until: Day | None = Field(alias="last_day", examples=["2026-12-31"])
    hours: WeekHours

    @staticmethod
    def resolve_hours(week: WorkingWeek) -> dict[str, str]:
        return {weekday.name.lower(): told(week.shifts[weekday]) for weekday in Weekday}


class WorkingWeekIn(Input):
    project_id: Id | None = Field(None, description="null: the company's, for who sees all projects")
    starts_on: Day = Field(description="What was to hold from this day on ends the day before", examples=["2026-12-01"])
    hours: WeekHours
    version: Seen = None


class WorkingWeekEndIn(Input):
    on: Day = Field(description="From this day on the company's hours hold", examples=["2026-12-31"])
    version: Seen = None


class WorkingWeekQuery(Paging):
    project_id: PathId | None = None


@router.get("/working-weeks", response=Listed[WorkingWeekOut])
def list_working_weeks(request: SignedInRequest, query: Annotated[WorkingWeekQuery, Query()]) -> dict[str, Any]:
    """Those of the past too."""
    rows = WorkingWeek.objects.visible_to(request.user).prefetch_related("hours")
    return page(matching(rows, query, "project_id"), query, order=("id",))


@router.get("/working-weeks/{int:week_id}", response=WorkingWeekOut)
def show_working_week(request: SignedInRequest, week_id: PathId) -> WorkingWeek:
    week: WorkingWeek = row_or_404(WorkingWeek.objects.visible_to(request.user), week_id)
    return week


@router.post("/working-weeks", response={201: WorkingWeekOut}, summary="Hours from a day on")
def create_working_week(request: SignedInRequest, body: WorkingWeekIn) -> Status[WorkingWeek]:
    project = named_row_if(Project.objects.visible_to(request.user), body.project_id, "project_id")
    if project is None:
        authorize(request.user, SEE_ALL_PROJECTS)
    authorize(request.user, MANAGE_HOURS, project)
    form = checked(HoursForm({"starts_on": body.starts_on, **body.hours.model_dump()}))
    present = WorkingWeek.objects.visible_to(request.user).present(body.project_id) or WorkingWeek()
    with current_if_stale(present, WorkingWeekOut):
        week = set_working_week(
            project, shifts=form.shifts, starts_on=body.starts_on, by=request.user, seen=body.version
        )
    return Status(201, week)


@router.post("/working-weeks/{int:week_id}/end", response={204: None})
def create_working_week_end(request: SignedInRequest, week_id: PathId, body: WorkingWeekEndIn) -> Status[None]:
    week = row_or_404(WorkingWeek.objects.visible_to(request.user), week_id)
    authorize(request.user, MANAGE_HOURS, week.project)
    with current_if_stale(week, WorkingWeekOut):
        end_working_week(week, on=body.on, by=request.user, seen=body.version)
    return Status(204, None)
