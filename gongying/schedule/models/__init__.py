from gongying.schedule.models.about import is_about, seen_if_asked_for, seen_links, thing_named
from gongying.schedule.models.calendar_events import Attendee, CalendarEvent, ScheduleConflict
from gongying.schedule.models.days import CalendarDay, CalendarGap, CalendarYear
from gongying.schedule.models.duty import DutyPost, DutyShift, OnDuty, on_duty, staff_on_duty
from gongying.schedule.models.feeds import CalendarFeed, feed_of
from gongying.schedule.models.hours import WorkingHours, WorkingWeek
from gongying.schedule.models.invitations import InvitationMail
from gongying.schedule.models.resources import Resource, ResourceBooking
from gongying.schedule.models.series import EventSeries
from gongying.schedule.models.tasks import Memo, Reminder, Task
from gongying.schedule.models.team import team_of

__all__ = [
    "Attendee",
    "CalendarDay",
    "CalendarEvent",
    "CalendarFeed",
    "CalendarGap",
    "CalendarYear",
    "DutyPost",
    "DutyShift",
    "EventSeries",
    "InvitationMail",
    "Memo",
    "OnDuty",
    "Reminder",
    "Resource",
    "ResourceBooking",
    "ScheduleConflict",
    "Task",
    "WorkingHours",
    "WorkingWeek",
    "feed_of",
    "is_about",
    "on_duty",
    "seen_if_asked_for",
    "seen_links",
    "staff_on_duty",
    "team_of",
    "thing_named",
]
