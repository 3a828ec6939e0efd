"""The calendar of the demo: the week before, this one and the next, and meetings that go on for weeks."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.estates.models import Unit
from gongying.schedule.models import CalendarEvent, Resource
from gongying.schedule.operations import Plan, answer_invitation, plan_event, save_resource
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

WEEK = timedelta(weeks=1)
# When the week after next was planned: everybody plans ahead.
PLANNED_BEFORE = timedelta(days=3)


def fill_calendar(cast: Cast, *, now: datetime) -> None:
    story = read("calendar")
    today = timezone.localtime(now).date()
    monday = today - timedelta(days=today.weekday())
    with clock_at(now - 2 * WEEK):
        resources = {entry["key"]: _resource(entry, cast) for entry in story["resources"]}
    for entry in story["events"]:
        start = _at(monday + entry["from_week"] * WEEK + timedelta(days=entry["weekday"]), entry["at"])
        with clock_at(min(start - PLANNED_BEFORE, now)):
            _plan(entry, start, resources, cast)


def _plan(entry: dict[str, Any], start: datetime, resources: dict[str, Resource], cast: Cast) -> None:
    by, key = cast[entry["by"]], entry.get("resource")
    plan = Plan(
        title=entry["title"],
        starts_at=start,
        ends_at=start + timedelta(minutes=entry["minutes"]),
        people=[cast[login].staff for login in entry["people"]],
        kind=entry["kind"],
        location=entry.get("location", ""),
        note=entry.get("note", ""),
        is_private=entry.get("is_private", False),
        unit=Unit.objects.get(project=cast.projects["YG"], code=entry["unit"]) if "unit" in entry else None,
        resources=[resources[key]] if key else (),
        rule=_rule(entry, start),
    )
    event = plan_event(plan, by=by, despite_clashes=True)
    for login, answer in entry.get("answers", {}).items():
        _answer(event, answer, login, cast)


def _answer(event: CalendarEvent, answer: str, login: str, cast: Cast) -> None:
    answer_invitation(event, answer=answer, by=cast[login], scope="following")


def _rule(entry: dict[str, Any], start: datetime) -> str:
    if "weeks" not in entry:
        return ""
    last = start + (entry["weeks"] - 1) * WEEK + timedelta(days=6 - entry["weekday"])
    return f"{entry.get('rule', 'FREQ=WEEKLY')};UNTIL={last:%Y%m%d}"


def _resource(entry: dict[str, Any], cast: Cast) -> Resource:
    project = cast.projects[entry["project"]] if entry["project"] else None
    resource = Resource(kind=entry["kind"], name=entry["name"], project=project, seats=entry["seats"])
    return save_resource(resource, by=cast.admin)


def _at(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))
