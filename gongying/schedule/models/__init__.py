from gongying.schedule.models.days import CalendarDay, CalendarGap, CalendarYear
from gongying.schedule.models.duty import DutyPost, DutyShift, OnDuty, on_duty, staff_on_duty
from gongying.schedule.models.hours import WorkingHours, WorkingWeek

__all__ = [
    "CalendarDay",
    "CalendarGap",
    "CalendarYear",
    "DutyPost",
    "DutyShift",
    "OnDuty",
    "WorkingHours",
    "WorkingWeek",
    "on_duty",
    "staff_on_duty",
]
