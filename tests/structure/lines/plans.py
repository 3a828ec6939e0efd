from datetime import UTC, datetime

from gongying.schedule.models import CalendarEvent, Resource
from gongying.schedule.operations import Plan, plan_event, save_resource
from tests.structure.url_matrix import Sample, action, api, page

START, END = datetime(2029, 6, 4, 2, tzinfo=UTC), datetime(2029, 6, 4, 3, tzinfo=UTC)
LATER = {"starts_at": "2029-06-05T10:00", "ends_at": "2029-06-05T11:00"}


def an_event(sample: Sample) -> CalendarEvent:
    title = f"走访 {sample.party}"
    return plan_event(Plan(title, START, END, [sample.user.staff], unit=sample.unit), by=sample.user)


def a_room(sample: Sample) -> Resource:
    return save_resource(Resource(name=f"会议室 {sample.unit.project}", project=sample.unit.project), by=sample.user)


OBJECTS = {"calendar_event": an_event, "room": a_room}
SEE = "schedule.view_plans"
ROOMS = "schedule.manage_resources"
EVERYBODY = {"reason": "everybody has a calendar of her own"}
# Only who has arranged an event changes it, and nobody of the matrix has; only who takes part answers.
NOT_HERS = {"seen_with": SEE, "allowed": (403,)}
NOT_ASKED = {"seen_with": SEE, "allowed": (409,)}


def an_event_form(sample: Sample) -> dict[str, object]:
    return {"title": "周例会", "kind": "meeting", "people": [sample.user.staff.pk], **LATER}


def an_event_body(sample: Sample) -> dict[str, object]:
    return {"title": "周例会", "kind": "meeting", "staff_ids": [sample.user.staff.pk], **LATER}


def a_look(sample: Sample) -> dict[str, object]:
    return {"staff_ids": [sample.user.staff.pk], "since": "2029-06-04T00:00", "until": "2029-06-05T00:00"}


def whose_time(sample: Sample) -> dict[str, object]:
    return {"staff_ids": [sample.user.staff.pk]}


EVENT = {"event_id": "calendar_event"}
ROOM = {"resource_id": "room"}

LINES = [
    page("schedule:agenda-show", **EVERYBODY),
    page("schedule:calendar-home", allowed=(302,), **EVERYBODY),
    page("schedule:month-show", **EVERYBODY),
    page("schedule:team-show", needs=SEE),
    page("schedule:team-week-show", needs=SEE),
    page("schedule:team-month-show", needs=SEE),
    page("schedule:busy-show", needs=SEE),
    page("schedule:planned-of-unit", unit_id="unit", reason="of what is planned there each sees what she may"),
    page("schedule:planned-of-customer", party_id="party", reason="of what is planned each sees what she may"),
    page("schedule:calendar-event-create", **EVERYBODY),
    action("schedule:calendar-event-create", data=an_event_form, allowed=(302,), **EVERYBODY),
    page("schedule:calendar-event-show", seen_with=SEE, **EVENT),
    page("schedule:calendar-event-edit", **NOT_HERS, **EVENT),
    action("schedule:calendar-event-edit", data=an_event_form, **NOT_HERS, **EVENT),
    action("schedule:calendar-event-move", **NOT_HERS, **EVENT),
    action("schedule:calendar-event-take-back", **NOT_HERS, **EVENT),
    page("schedule:calendar-event-cancel", **NOT_HERS, **EVENT),
    action("schedule:calendar-event-cancel", data={"version": 1}, **NOT_HERS, **EVENT),
    action("schedule:calendar-event-answer", data={"answer": "accepted"}, **NOT_ASKED, **EVENT),
    page("schedule:calendar-event-file", seen_with=SEE, **EVENT),
    page("schedule:feed-show", **EVERYBODY),
    action("schedule:feed-create", allowed=(200,), **EVERYBODY),
    action("schedule:feed-destroy", allowed=(302,), **EVERYBODY),
    page("schedule:resource-index", reason="everybody may know which rooms there are"),
    page("schedule:resource-create", needs=ROOMS),
    action("schedule:resource-create", needs=ROOMS, data={"kind": "room", "name": "新会议室"}, allowed=(302,)),
    page("schedule:resource-edit", needs=ROOMS, **ROOM),
    action(
        "schedule:resource-edit",
        needs=ROOMS,
        data={"kind": "room", "name": "新会议室", "version": 1},
        allowed=(302,),
        **ROOM,
    ),
    action("schedule:resource-destroy", needs=ROOMS, allowed=(302,), **ROOM),
    api("GET /calendar-events", **EVERYBODY),
    api("POST /calendar-events", data=an_event_body, allowed=(201,), **EVERYBODY),
    api("GET /calendar-events/{event_id}", seen_with=SEE, **EVENT),
    api("PATCH /calendar-events/{event_id}", data={"version": 1}, **NOT_HERS, **EVENT),
    api("POST /calendar-events/{event_id}/cancel", data={"version": 1}, **NOT_HERS, **EVENT),
    api("POST /calendar-events/{event_id}/answer", data={"answer": "accepted"}, **NOT_ASKED, **EVENT),
    api("GET /busy-times", needs=SEE, data=a_look, allowed=(200,)),
    api("GET /common-free-time", needs=SEE, data=whose_time, allowed=(200,)),
    api("GET /bookable-resources", reason="everybody may know which rooms there are"),
    api("POST /bookable-resources", needs=ROOMS, data={"name": "新会议室"}, allowed=(201,)),
    api("GET /bookable-resources/{resource_id}", **ROOM),
    api("PATCH /bookable-resources/{resource_id}", needs=ROOMS, data={"version": 1}, allowed=(200,), **ROOM),
    api("DELETE /bookable-resources/{resource_id}", needs=ROOMS, data={}, allowed=(204,), **ROOM),
]
