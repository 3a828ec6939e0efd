from gongying.schedule.operations.calendar_events import (
    answer_invitation,
    cancel_event,
    change_event,
    move_event,
    plan_event,
)
from gongying.schedule.operations.clashes import Clash, free_from
from gongying.schedule.operations.days import clear_day, complete_year, name_day, note_gap, reopen_year
from gongying.schedule.operations.duty import (
    change_duty_post,
    copy_duty_week,
    create_duty_post,
    delete_duty_post,
    move_duty,
    put_on_duty,
    take_off_duty,
)
from gongying.schedule.operations.event_plans import Plan, plan_of
from gongying.schedule.operations.feeds import close_feed, open_feed
from gongying.schedule.operations.hours import end_working_week, set_working_week
from gongying.schedule.operations.resources import delete_resource, save_resource

__all__ = [
    "Clash",
    "Plan",
    "answer_invitation",
    "cancel_event",
    "change_duty_post",
    "change_event",
    "clear_day",
    "close_feed",
    "complete_year",
    "copy_duty_week",
    "create_duty_post",
    "delete_duty_post",
    "delete_resource",
    "end_working_week",
    "free_from",
    "move_duty",
    "move_event",
    "name_day",
    "note_gap",
    "open_feed",
    "plan_event",
    "plan_of",
    "put_on_duty",
    "reopen_year",
    "save_resource",
    "set_working_week",
    "take_off_duty",
]
