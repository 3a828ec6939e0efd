"""How the calendar, hours and duties read on a timeline."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.alarms import Alarm
from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.schedule.calendars import missing_year
from gongying.schedule.enums import Answer, EventKind
from gongying.schedule.models.hours import in_words
from gongying.schedule.operations.clashes import in_words as in_one_line
from gongying.schedule.recurrence import rule_in
from gongying.schedule.recurrence_words import in_words as repetition_in_words


def _day(details: Details) -> Words:
    return " ".join(filter(None, (str(details.get("day") or ""), str(details.get("name") or ""))))


def _year(details: Details) -> Words:
    return str(details.get("year") or "")


def _years(details: Details) -> Words:
    return ", ".join(map(str, details.get("years") or []))


def _hours(details: Details) -> Words:
    return f"{date.fromisoformat(details['starts_on'])}: {in_words(details['hours'])}"


def _on(details: Details) -> Words:
    return str(details.get("on") or details.get("monday") or "")


def _post(details: Details) -> Words:
    return str(details.get("post") or "")


def _duty(details: Details) -> Words:
    start, end = (timezone.localtime(datetime.fromisoformat(details[name])) for name in ("starts_at", "ends_at"))
    return f"{details['post']} · {details['staff']} · {start:%Y-%m-%d %H:%M}–{end:%H:%M}"


def _event(details: Details) -> Words:
    """A private one says when, and no more."""
    when = in_one_line(*(datetime.fromisoformat(details[name]) for name in ("starts_at", "ends_at")))
    kind = EventKind(details["event_kind"]).label
    said = details.get("reason") or ""
    return " ".join(str(part) for part in (kind, details.get("title"), when, _repetition(details), said) if part)


def _repetition(details: Details) -> str:
    if not details.get("rule"):
        return ""
    start = datetime.fromisoformat(details["starts_at"]).astimezone(ZoneInfo(details["zone"]))
    return f"({repetition_in_words(rule_in(details['rule'], start=start))})"


def _answered(details: Details) -> Words:
    return f"{details['name']}: {Answer(details['answer']).label} \u00b7 {_event(details)}"


def _named(details: Details) -> Words:
    return str(details.get("name") or "")


def missing_calendar(_user: Any) -> Alarm | None:
    """What everybody who sets hours is told while the table of a year is missing (E-035)."""
    year = missing_year()
    if year is None:
        return None
    sentence = _("The holidays of %(year)s are missing: times in %(year)s are computed with weekends only.")
    return Alarm(sentence % {"year": year}, reverse("schedule:year-show", args=[year]))


def register() -> None:
    register_readings(
        {
            "calendar.day_named": Reading(_("Day entered in the calendar"), "calendar-event", _day),
            "calendar.day_cleared": Reading(_("Day taken out of the calendar"), "calendar-off", _day),
            "calendar.year_completed": Reading(_("Holidays of the year complete"), "calendar-check", _year),
            "calendar.year_reopened": Reading(_("Holidays of the year not complete"), "calendar-question", _year),
            "calendar.imported": Reading(_("Calendar imported"), "calendar-down", _years),
            "hours.set": Reading(_("Working hours set"), "clock-edit", _hours),
            "hours.ended": Reading(_("Own working hours ended"), "clock-off", _on),
            "duty_post.created": Reading(_("Duty post created"), "shield-plus", _post),
            "duty_post.changed": Reading(_("Duty post changed"), "shield", _post),
            "duty_post.deleted": Reading(_("Duty post deleted"), "shield-minus", _post),
            "duty.planned": Reading(_("On duty"), "user-check", _duty),
            "duty.moved": Reading(_("Duty changed"), "user-edit", _duty),
            "duty.cancelled": Reading(_("Duty cancelled"), "user-minus", _duty),
            "calendar_event.planned": Reading(_("Planned"), "calendar-plus", _event),
            "calendar_event.moved": Reading(_("Moved to another time"), "calendar-time", _event),
            "calendar_event.changed": Reading(_("Plan changed"), "calendar-event", _event),
            "calendar_event.cancelled": Reading(_("Plan cancelled"), "calendar-cancel", _event),
            "calendar_event.without_you": Reading(_("You no longer take part"), "calendar-minus", _event),
            "calendar_event.answered": Reading(_("Answer to an invitation"), "calendar-check", _answered),
            "calendar_feed.opened": Reading(_("Calendar opened for the phone"), "rss"),
            "calendar_feed.closed": Reading(_("Calendar closed for the phone"), "rss"),
            "resource.created": Reading(_("Room or car added"), "door", _named),
            "resource.changed": Reading(_("Room or car changed"), "door", _named),
            "resource.deleted": Reading(_("Room or car deleted"), "door-off", _named),
            "duty.week_copied": Reading(_("Duty roster copied from the week before"), "copy", _on),
        }
    )
