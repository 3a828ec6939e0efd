from datetime import UTC, date, datetime, timedelta

from gongying.schedule.models import CalendarDay, CalendarYear, DutyPost, DutyShift, WorkingWeek
from gongying.schedule.operations import create_duty_post, put_on_duty, set_working_week
from tests.structure.url_matrix import Sample, action, api, page

SHOP = ((480, 1200),)


def a_post(sample: Sample) -> DutyPost:
    return create_duty_post(sample.unit.project, name="值班岗", by=sample.user)


def a_shift(sample: Sample) -> DutyShift:
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    return put_on_duty(
        sample.get("duty_post"),
        staff=sample.user.staff,
        starts_at=start,
        ends_at=start + timedelta(hours=12),
        by=sample.user,
    )


def a_week(sample: Sample) -> WorkingWeek:
    return set_working_week(sample.unit.project, shifts=[SHOP] * 7, starts_on=date(2026, 1, 1), by=sample.user)


def an_empty_post(sample: Sample) -> DutyPost:
    return create_duty_post(sample.unit.project, name="空岗", by=sample.user)


OBJECTS = {
    "duty_post": a_post,
    "empty_post": an_empty_post,
    "duty_shift": a_shift,
    "working_week": a_week,
    "calendar_day": lambda _sample: CalendarDay.objects.get(date="2026-10-10"),
    "calendar_year": lambda _sample: CalendarYear.objects.get(year=2026),
    "rostered_project": lambda sample: sample.get("duty_shift").post.project,
}
CALENDAR = "schedule.manage_calendar"
HOURS = "schedule.manage_hours"
SEE = "schedule.view_duty"
DUTY = "schedule.manage_duty"
UNCHANGED = {"data": {"version": 1}, "allowed": (200,)}
NOWHERE = {"place": False}
GONE = {"data": {}, "allowed": (204,)}
HOURS_OF = {"monday": "09:00-18:00", "starts_on": "2027-01-04"}


def a_week_body(sample: Sample) -> dict[str, object]:
    hours = {"monday": "09:00-18:00"}
    return {"project_id": sample.unit.project_id, "starts_on": "2027-01-04", "hours": hours}


def a_post_body(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "name": "东门岗"}


def a_shift_body(sample: Sample) -> dict[str, object]:
    times = {"starts_at": "2026-11-17T08:00:00+08:00", "ends_at": "2026-11-17T20:00:00+08:00"}
    return {"post_id": a_post(sample).pk, "staff_id": sample.user.staff.pk, **times}


def a_shift_form(sample: Sample) -> dict[str, object]:
    return {"staff": sample.user.staff.pk, "day": "2026-11-18", "starts": "08:00", "ends": "20:00"}


EVERYBODY = {"reason": "the days of the calendar are no secret"}

LINES = [
    api("GET /calendar-days", **EVERYBODY),
    api("POST /calendar-days", needs=CALENDAR, data={"date": "2027-01-01", "kind": "holiday"}, allowed=(201,)),
    api("GET /calendar-days/{day_id}", day_id="calendar_day", **NOWHERE, **EVERYBODY),
    api("PATCH /calendar-days/{day_id}", day_id="calendar_day", needs=CALENDAR, **UNCHANGED, **NOWHERE),
    api("DELETE /calendar-days/{day_id}", day_id="calendar_day", needs=CALENDAR, **GONE, **NOWHERE),
    api("GET /working-days/{day}", day="=2026-10-10", **EVERYBODY),
    api("GET /calendar-years", **EVERYBODY),
    api("POST /calendar-years", needs=CALENDAR, data={"year": 2030}, allowed=(409,)),
    api("DELETE /calendar-years/{year_id}", year_id="calendar_year", needs=CALENDAR, **GONE, **NOWHERE),
    api("GET /working-weeks", reason="everybody may know when her projects are open"),
    api("GET /working-weeks/{week_id}", week_id="working_week"),
    api("POST /working-weeks", needs=HOURS, data=a_week_body, allowed=(201,)),
    api(
        "POST /working-weeks/{week_id}/end",
        week_id="working_week",
        needs=HOURS,
        data={"on": "2027-01-04"},
        allowed=(204,),
    ),
    api("GET /projects/{project_id}/on-duty", project_id="rostered_project", needs=SEE),
    api(
        "POST /projects/{project_id}/duty-weeks",
        project_id="rostered_project",
        needs=DUTY,
        data={"monday": "2026-11-23"},
        allowed=(201,),
    ),
    api("GET /duty-posts", needs=SEE),
    api("POST /duty-posts", needs=DUTY, data=a_post_body, allowed=(201,)),
    api("GET /duty-posts/{post_id}", post_id="duty_post", needs=SEE),
    api("PATCH /duty-posts/{post_id}", post_id="duty_post", needs=DUTY, **UNCHANGED),
    api("DELETE /duty-posts/{post_id}", post_id="empty_post", needs=DUTY, **GONE),
    api("GET /duty-shifts", needs=SEE),
    api("POST /duty-shifts", needs=DUTY, data=a_shift_body, allowed=(201,)),
    api("GET /duty-shifts/{shift_id}", shift_id="duty_shift", needs=SEE),
    api("PATCH /duty-shifts/{shift_id}", shift_id="duty_shift", needs=DUTY, **UNCHANGED),
    api("DELETE /duty-shifts/{shift_id}", shift_id="duty_shift", needs=DUTY, **GONE),
    page("schedule:year-index", **EVERYBODY),
    page("schedule:year-show", year="=2026", **EVERYBODY),
    page("schedule:year-complete", year="=2027", needs=CALENDAR),
    action("schedule:year-complete", year="=2027", needs=CALENDAR),
    action("schedule:year-reopen", year="=2026", needs=CALENDAR),
    page("schedule:day-show", year="=2027", month="=1", day="=1", needs=CALENDAR),
    action("schedule:day-show", year="=2027", month="=1", day="=1", needs=CALENDAR, data={"kind": "holiday"}),
    page("schedule:hours-index", reason="everybody may know when her projects are open"),
    page("schedule:company-hours-set", needs=HOURS, allowed=(200, 403)),
    action("schedule:company-hours-set", needs=HOURS, data={**HOURS_OF, "version": 1}, allowed=(302, 403)),
    page("schedule:hours-set", project_id="project", needs=HOURS),
    action("schedule:hours-set", project_id="project", needs=HOURS, data=HOURS_OF),
    page("schedule:hours-end", week_id="working_week", needs=HOURS),
    action("schedule:hours-end", week_id="working_week", needs=HOURS, data={"on": "2027-01-04", "version": 1}),
    page("schedule:roster-show", needs=SEE),
    page("schedule:roster-paper", needs=SEE),
    page("schedule:duty-now", needs=SEE),
    page("schedule:unit-panel", unit_id="unit", needs=SEE),
    action("schedule:roster-copy", project_id="rostered_project", needs=DUTY, data={"week": "2026-11-23"}),
    page("schedule:duty-post-create", project_id="project", needs=DUTY),
    action("schedule:duty-post-create", project_id="project", needs=DUTY, data={"name": "东门岗", "rank": 5}),
    page("schedule:duty-post-edit", post_id="duty_post", needs=DUTY),
    action(
        "schedule:duty-post-edit", post_id="duty_post", needs=DUTY, data={"name": "东门岗", "rank": 5, "version": 1}
    ),
    action("schedule:duty-post-destroy", post_id="empty_post", needs=DUTY),
    page("schedule:duty-shift-create", post_id="duty_post", needs=DUTY),
    action("schedule:duty-shift-create", post_id="duty_post", needs=DUTY, data=a_shift_form),
    page("schedule:duty-shift-edit", shift_id="duty_shift", needs=DUTY),
    action("schedule:duty-shift-edit", shift_id="duty_shift", needs=DUTY, data=a_shift_form),
    action("schedule:duty-shift-destroy", shift_id="duty_shift", needs=DUTY),
]
