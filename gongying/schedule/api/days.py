from datetime import date, datetime
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status
from pydantic import AfterValidator

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Input,
    Listed,
    Output,
    Paging,
    PagingQuery,
    PathId,
    Seen,
    current_if_stale,
    line,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.schedule.calendars import calendar_of
from gongying.schedule.enums import DayKind
from gongying.schedule.models import CalendarDay, CalendarYear
from gongying.schedule.models.days import FIRST_YEAR, LAST_YEAR
from gongying.schedule.operations import clear_day, complete_year, name_day, reopen_year
from gongying.schedule.rules import MANAGE_CALENDAR

router = Router(tags=["schedule"])

Name = Annotated[str, line(60, shortest=0), Field(examples=["National Day"])]
Source = Annotated[str, line(200, shortest=0), Field(examples=["Notice of the State Council"])]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR, examples=[2027])]


def _possible(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(
            _("The year must lie between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return day


CalendarDate = Annotated[Day, AfterValidator(_possible)]


class CalendarDayOut(Output):
    """A day that is free or worked whatever its weekday."""

    id: int = Field(examples=[812])
    version: int = Field(examples=[1])
    date: Day = Field(examples=["2026-10-10"])
    kind: DayKind = Field(description="make_up: worked, holiday: free")
    name: str = Field(examples=["National Day"])
    source: str = Field(examples=["chinesecalendar 1.11.0"])


class CalendarDayIn(Input):
    date: CalendarDate
    kind: DayKind
    name: Name = ""
    source: Source = ""


class CalendarDayChange(Change):
    kind: DayKind = optional()
    name: Name = optional()
    source: Source = optional()


class CalendarDayQuery(Paging):
    year: Year | None = None


class CalendarYearOut(Output):
    """All holidays of this year are known; beyond the last such year only weekends are free."""

    id: int = Field(examples=[23])
    year: int = Field(examples=[2026])
    source: str = Field(examples=["chinesecalendar 1.11.0"])
    known_since: datetime = Field(examples=["2026-11-21T14:30:00+08:00"])
    known_by_id: int | None = Field(description="Log-in of who said so", examples=[4])


class CalendarYearIn(Input):
    year: Year
    source: Source = ""


class WorkingDayOut(Output):
    date: Day
    is_working: bool
    is_known: bool = Field(description="false: the table does not reach so far, only weekends are free")


@router.get("/calendar-days", response=Listed[CalendarDayOut])
def list_calendar_days(request: SignedInRequest, query: Annotated[CalendarDayQuery, Query()]) -> dict[str, Any]:
    rows = CalendarDay.objects.all()
    if query.year is not None:
        rows = rows.filter(date__year=query.year)
    return page(rows, query, order=("date", "id"))


@router.post("/calendar-days", response={201: CalendarDayOut})
def create_calendar_day(request: SignedInRequest, body: CalendarDayIn) -> Status[CalendarDay]:
    authorize(request.user, MANAGE_CALENDAR)
    if CalendarDay.objects.filter(date=body.date).exists():
        raise invalid_field("date", _("This day is in the calendar already. Change it instead."))
    values = body.model_dump(exclude={"date"})
    return Status(201, name_day(body.date, by=request.user, **values))


@router.get("/calendar-days/{int:day_id}", response=CalendarDayOut)
def show_calendar_day(request: SignedInRequest, day_id: PathId) -> CalendarDay:
    return row_or_404(CalendarDay.objects.all(), day_id)


@router.patch("/calendar-days/{int:day_id}", response=CalendarDayOut)
def update_calendar_day(request: SignedInRequest, day_id: PathId, body: CalendarDayChange) -> CalendarDay:
    authorize(request.user, MANAGE_CALENDAR)
    day = row_or_404(CalendarDay.objects.all(), day_id)
    values = {"kind": day.kind, "name": day.name, "source": day.source, **body.changes()}
    with current_if_stale(day, CalendarDayOut):
        return name_day(day.date, by=request.user, seen=body.version, **values)


@router.delete("/calendar-days/{int:day_id}", response={204: None})
def delete_calendar_day(request: SignedInRequest, day_id: PathId, version: Seen = None) -> Status[None]:
    """The weekday decides again."""
    authorize(request.user, MANAGE_CALENDAR)
    day = row_or_404(CalendarDay.objects.all(), day_id)
    with current_if_stale(day, CalendarDayOut):
        clear_day(day, by=request.user, seen=version)
    return Status(204, None)


@router.get("/working-days/{day}", response=WorkingDayOut, summary="Whether a day is worked")
def show_working_day(request: SignedInRequest, day: CalendarDate) -> dict[str, Any]:
    calendar = calendar_of()
    return {"date": day, "is_working": calendar.is_working_day(day), "is_known": calendar.knows(day)}


@router.get("/calendar-years", response=Listed[CalendarYearOut])
def list_calendar_years(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    return page(CalendarYear.objects.all(), query, order=("year", "id"))


@router.post("/calendar-years", response={201: CalendarYearOut}, summary="All holidays of a year are entered")
def create_calendar_year(request: SignedInRequest, body: CalendarYearIn) -> Status[CalendarYear]:
    authorize(request.user, MANAGE_CALENDAR)
    return Status(201, complete_year(body.year, by=request.user, source=body.source))


@router.delete("/calendar-years/{int:year_id}", response={204: None}, summary="It is not complete after all")
def delete_calendar_year(request: SignedInRequest, year_id: PathId) -> Status[None]:
    authorize(request.user, MANAGE_CALENDAR)
    reopen_year(row_or_404(CalendarYear.objects.all(), year_id), by=request.user)
    return Status(204, None)
