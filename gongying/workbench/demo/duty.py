"""The duty roster of the demo: the week before, this one and the next, so that somebody is always there."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gongying.organization.models import Department
from gongying.schedule.models import DutyPost
from gongying.schedule.operations import create_duty_post, put_on_duty, set_working_week
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

WEEKS = (-1, 0, 1)


def draw_up_roster(cast: Cast, *, today: date) -> None:
    story = read("company")["duty"]
    monday = today - timedelta(days=today.weekday())
    for code, shifts in story["hours"].items():
        set_working_week(cast.projects[code], shifts=shifts, starts_on=monday - timedelta(days=364), by=cast.admin)
    for rank, entry in enumerate(story["posts"], start=1):
        post = create_duty_post(
            cast.projects[entry["project"]],
            name=entry["name"],
            department=Department.objects.filter(kind=entry["department"]).earliest("pk"),
            phone=entry["phone"],
            rank=rank * 10,
            by=cast.admin,
        )
        for week in WEEKS:
            for shift in entry["shifts"]:
                _fill(post, shift, monday + timedelta(weeks=week), cast)


def _fill(post: DutyPost, shift: dict[str, Any], monday: date, cast: Cast) -> None:
    for weekday in shift["weekdays"]:
        start = _at(monday + timedelta(days=weekday), shift["starts"])
        end = start + timedelta(hours=shift["hours"])
        put_on_duty(post, staff=cast[shift["staff"]].staff, starts_at=start, ends_at=end, by=cast.admin)


def _at(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))
