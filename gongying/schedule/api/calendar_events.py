"""What people have planned, and when they are free."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    NOT_THERE,
    Change,
    Flag,
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
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.common.problems import Problem, invalid_field
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.organization.models import StaffMember
from gongying.schedule.api.links import LinkedOut
from gongying.schedule.enums import Answer, EventKind, EventState, Scope
from gongying.schedule.models import CalendarEvent, Resource, Task, seen_if_asked_for, seen_links, team_of, thing_named
from gongying.schedule.operations import (
    Plan,
    answer_invitation,
    cancel_event,
    change_event,
    free_from,
    plan_event,
    plan_of,
    plan_task,
)
from gongying.schedule.plans import Entry, entries_of
from gongying.schedule.rules import VIEW_PLANS

router = Router(tags=["schedule"])

MOST_PEOPLE = 100
LONGEST_LOOK_DAYS = 62
Title = Annotated[str, line(200), Field(examples=["Team meeting"])]
Location = Annotated[str, line(200, shortest=0), Field(examples=["Room 2"])]
Note = Annotated[str, line(4000, shortest=0), Field(examples=["Bring the keys"])]
Zone = Annotated[str, line(50), Field(examples=["Asia/Shanghai"])]
Ids = Annotated[list[Id], Field(max_length=MOST_PEOPLE, examples=[[3, 5]])]
RepeatRule = Annotated[
    str,
    line(400, shortest=0),
    Field(
        description="How it repeats (RFC 5545), with COUNT or UNTIL: two years or 366 times at most. Empty: it does not.",
        examples=["FREQ=WEEKLY;BYDAY=MO,TH;COUNT=10"],
    ),
]
TASK = "The task whose time it is to be; where who does it does not take part, the first who does takes it over"
WHICH = "Of something that repeats: this time, this and the following, or all that are not over"
ABOUT = "A request, visit or promise, as its kind and id"
DESPITE = "Save though somebody is busy: both are marked. A room or car that is taken is refused all the same."


class EventAttendeeOut(Output):
    staff_id: int = Field(examples=[3])
    answer: Answer
    answered_at: Moment | None = Field(examples=[None])


class CalendarEventOut(LinkedOut):
    """An appointment, meeting, activity, planned call, e-mail or fax."""

    id: int = Field(examples=[71])
    version: int = Field(examples=[1])
    uid: str = Field(
        description="By which calendars everywhere know it; all times of a series share one",
        examples=["0b8e…@gongying"],
    )
    series_id: int | None = Field(description="Of something that repeats: which", examples=[None])
    rule: str = Field(
        description="How it repeats (RFC 5545); ends with a day in its zone", examples=["FREQ=WEEKLY;UNTIL=20261231"]
    )
    original_start: Moment | None = Field(description="Its time by the repetition", examples=[None])
    sequence: int = Field(description="Grows with every change of which people are told", examples=[0])
    kind: EventKind
    title: str = Field(examples=["Team meeting"])
    location: str = Field(examples=["Room 2"])
    note: str = Field(examples=["Bring the keys"])
    starts_at: Moment
    ends_at: Moment
    zone: str = Field(examples=["Asia/Shanghai"])
    is_private: bool
    state: EventState
    organizer_id: int = Field(description="Log-in of who has arranged it", examples=[4])
    customer_id: int | None = Field(examples=[5])
    unit_id: int | None = Field(examples=[12])
    about: str = Field(description=ABOUT, examples=["servicerequest-7"])
    task_id: int | None = Field(description="The task whose time it is", examples=[None])
    attendees: list[EventAttendeeOut]
    resource_ids: list[int] = Field(examples=[[2]])
    clashing_staff_ids: list[int] = Field(description="Who has something else in that time", examples=[[3]])

    @staticmethod
    def resolve_uid(event: CalendarEvent) -> str:
        return event.series.uid if event.series else event.uid

    @staticmethod
    def resolve_rule(event: CalendarEvent) -> str:
        return event.series.rule if event.series else ""

    @staticmethod
    def resolve_about(event: CalendarEvent) -> str:
        return event.about_key

    @staticmethod
    def resolve_attendees(event: CalendarEvent) -> Any:
        return event.attendees.all()

    @staticmethod
    def resolve_resource_ids(event: CalendarEvent) -> list[int]:
        return [booking.resource_id for booking in event.bookings.all()]

    @staticmethod
    def resolve_clashing_staff_ids(event: CalendarEvent) -> list[int]:
        found = [*event.conflicts.all(), *event.conflicts_of_others.all()]
        return sorted({conflict.staff_id for conflict in found})


class CalendarEventIn(Input):
    title: Title
    kind: EventKind = EventKind.APPOINTMENT
    starts_at: Moment
    ends_at: Moment
    staff_ids: Annotated[Ids, Field(min_length=1, description="Who takes part")]
    resource_ids: Ids = Field(default_factory=list, description="Rooms and cars")
    location: Location = ""
    note: Note = ""
    zone: Zone = "Asia/Shanghai"
    is_private: Flag = False
    customer_id: Id | None = None
    unit_id: Id | None = None
    about: Annotated[str, line(60, shortest=0)] = Field("", description=ABOUT, examples=[""])
    rule: RepeatRule = ""
    task_id: Id | None = Field(None, description=TASK, examples=[None])
    despite_clashes: Flag = Field(False, description=DESPITE)


class CalendarEventChange(Change):
    title: Title = optional()
    kind: EventKind = optional()
    starts_at: Moment = optional()
    ends_at: Moment = optional()
    staff_ids: Annotated[Ids, Field(min_length=1)] = optional()
    resource_ids: Ids = optional()
    location: Location = optional()
    note: Note = optional()
    zone: Zone = optional()
    is_private: Flag = optional()
    customer_id: Id | None = optional()
    unit_id: Id | None = optional()
    rule: RepeatRule = optional()
    scope: Scope = Field(Scope.THIS, description=WHICH)
    despite_clashes: Flag = Field(False, description=DESPITE)


class EventCancelIn(Change):
    scope: Scope = Field(Scope.THIS, description=WHICH)
    reason: Annotated[str, line(200, shortest=0)] = Field("", examples=["The hall is closed"])


class EventAnswerIn(Input):
    answer: Answer = Field(examples=["accepted"])
    scope: Scope = Field(Scope.THIS, description=WHICH)


class CalendarEventQuery(Paging):
    since: Moment | None = Field(None, description="Events that end after this")
    until: Moment | None = Field(None, description="Events that begin before this")
    customer_id: PathId | None = None
    unit_id: PathId | None = None
    state: EventState | None = None


class BusyQuery(Input):
    staff_ids: Annotated[list[PathId], Field(min_length=1, max_length=MOST_PEOPLE)]
    since: Moment
    until: Moment


class BusyOut(Output):
    """Of what the caller may not know only that somebody is busy: event and title are empty."""

    staff_id: int = Field(examples=[3])
    starts_at: Moment
    ends_at: Moment
    event_id: int | None = Field(examples=[71])
    title: str = Field(examples=["Team meeting"])

    @staticmethod
    def of(entry: Entry) -> dict[str, Any]:
        return {name: getattr(entry, name) for name in ("staff_id", "starts_at", "ends_at", "event_id", "title")}


class FreeQuery(Input):
    staff_ids: Annotated[list[PathId], Field(min_length=1, max_length=MOST_PEOPLE)]
    since: Moment | None = Field(None, description="Default: now")
    minutes: Annotated[int, Field(ge=15, le=600)] = 60


class FreeOut(Output):
    """The next time in working hours at which all of them are free; null: none within four weeks."""

    starts_at: Moment | None
    ends_at: Moment | None


@router.get("/calendar-events", response=Listed[CalendarEventOut])
def list_calendar_events(request: SignedInRequest, query: Annotated[CalendarEventQuery, Query()]) -> dict[str, Any]:
    """One's own, and those of the team that may be known."""
    rows = seen_if_asked_for(matching(_rows(request), query, "customer_id", "unit_id", "state"), query)
    if query.since is not None:
        rows = rows.filter(during__endswith__gt=query.since)
    if query.until is not None:
        rows = rows.filter(during__startswith__lt=query.until)
    return page(rows, query, order=("id",))


@router.post("/calendar-events", response={201: CalendarEventOut})
def create_calendar_event(request: SignedInRequest, body: CalendarEventIn) -> Status[CalendarEvent]:
    """Where somebody is busy: 409, with who and when in `current`, and when all of them are next free."""
    sent = body.model_dump(exclude={"despite_clashes", "task_id"})
    task = named_row_if(Task.objects.visible_to(request.user).changeable_by(request.user), body.task_id, "task_id")
    plan = Plan(**_named(request, sent), task=task)
    do = plan_event if task is None else partial(plan_task, task)
    return Status(201, _as_kept(request, do(plan, by=request.user, despite_clashes=body.despite_clashes)))


@router.get("/calendar-events/{int:event_id}", response=CalendarEventOut)
def show_calendar_event(request: SignedInRequest, event_id: PathId) -> CalendarEvent:
    event: CalendarEvent = row_or_404(_rows(request), event_id)
    return event


@router.patch("/calendar-events/{int:event_id}", response=CalendarEventOut)
def update_calendar_event(request: SignedInRequest, event_id: PathId, body: CalendarEventChange) -> CalendarEvent:
    event = _own(request, event_id)
    sent = body.changes()
    despite, scope = sent.pop("despite_clashes", False), sent.pop("scope", Scope.THIS)
    plan = replace(plan_of(event), **_named(request, sent))
    with current_if_stale(event, CalendarEventOut, rows=_rows(request)):
        changed = change_event(event, plan, by=request.user, scope=scope, despite_clashes=despite, seen=body.version)
    return _as_kept(request, changed)


@router.post("/calendar-events/{int:event_id}/cancel", response=CalendarEventOut)
def create_event_cancellation(request: SignedInRequest, event_id: PathId, body: EventCancelIn) -> CalendarEvent:
    event = _own(request, event_id)
    with current_if_stale(event, CalendarEventOut, rows=_rows(request)):
        cancelled = cancel_event(event, by=request.user, reason=body.reason, scope=body.scope, seen=body.version)
    return _as_kept(request, cancelled)


@router.post("/calendar-events/{int:event_id}/answer", response=CalendarEventOut)
def create_event_answer(request: SignedInRequest, event_id: PathId, body: EventAnswerIn) -> CalendarEvent:
    event = row_or_404(_rows(request), event_id)
    answer_invitation(event, answer=body.answer, scope=body.scope, by=request.user)
    return _as_kept(request, event)


@router.get("/busy-times", response=list[BusyOut], summary="Who is busy when")
def list_busy_times(request: SignedInRequest, query: Annotated[BusyQuery, Query()]) -> Any:
    authorize(request.user, VIEW_PLANS)
    _check_span(query.since, query.until)
    people = _team(request, query.staff_ids)
    entries = entries_of([staff.pk for staff in people], query.since, query.until, user=request.user)
    return [BusyOut.of(entry) for entry in entries if not entry.is_declined]


@router.get("/common-free-time", response=FreeOut)
def show_common_free_time(request: SignedInRequest, query: Annotated[FreeQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW_PLANS)
    start, length = query.since or timezone.now(), timedelta(minutes=query.minutes)
    found = free_from(_team(request, query.staff_ids), (), start, start + length)
    return {"starts_at": found, "ends_at": found and found + length}


def _rows(request: SignedInRequest) -> Any:
    rows = CalendarEvent.objects.visible_to(request.user).annotate(**seen_links(request.user))
    return rows.select_related("series").prefetch_related("attendees", "bookings", "conflicts", "conflicts_of_others")


def _own(request: SignedInRequest, event_id: int) -> CalendarEvent:
    event: CalendarEvent = row_or_404(_rows(request), event_id)
    if not event.is_arranged_by(request.user):
        raise Problem(403)
    return event


def _team(request: SignedInRequest, staff_ids: list[int]) -> list[StaffMember]:
    return _all(team_of(request.user).select_related("user"), staff_ids, "staff_ids", where="query")


def _named(request: SignedInRequest, sent: dict[str, Any]) -> dict[str, Any]:
    """The body as a plan takes it: rows in place of ids, each of them one that the caller may see."""
    user, plan = request.user, dict(sent)
    if "staff_ids" in sent:
        plan["people"] = _all(team_of(user).select_related("user"), plan.pop("staff_ids"), "staff_ids")
    if "resource_ids" in sent:
        plan["resources"] = _all(Resource.objects.visible_to(user), plan.pop("resource_ids"), "resource_ids")
    if "customer_id" in sent:
        plan["customer"] = named_row_if(Party.objects.visible_to(user), plan.pop("customer_id"), "customer_id")
    if "unit_id" in sent:
        plan["unit"] = named_row_if(Unit.objects.visible_to(user), plan.pop("unit_id"), "unit_id")
    if plan.get("about") and thing_named(plan["about"], user) is None:
        raise invalid_field("about", NOT_THERE)
    return plan


def _all(rows: Any, pks: list[int], field: str, *, where: str = "body") -> list[Any]:
    found = {row.pk: row for row in rows.filter(pk__in=pks)}
    missing = next((pk for pk in pks if pk not in found), None)
    if missing is not None:
        raise invalid_field(field, NOT_THERE, where=where)
    return list(found.values())


def _check_span(since: datetime, until: datetime) -> None:
    if until <= since:
        raise invalid_field("until", _("The end lies before the beginning."), where="query")
    if until - since > timedelta(days=LONGEST_LOOK_DAYS):
        raise invalid_field("until", _("Ask for at most %(n)s days.") % {"n": LONGEST_LOOK_DAYS}, where="query")


def _as_kept(request: SignedInRequest, event: CalendarEvent) -> CalendarEvent:
    """Told as the next reading will tell it."""
    kept: CalendarEvent = _rows(request).get(pk=event.pk)
    return kept
