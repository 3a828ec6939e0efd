from gongying.schedule.operations.calendar_events import (
    answer_invitation,
    cancel_event,
    change_event,
    move_event,
    plan_event,
)
from gongying.schedule.operations.clashes import Clash, free_from, next_quarter, times_free
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
from gongying.schedule.operations.memos import change_memo, delete_memo, write_memo
from gongying.schedule.operations.reminders import ring_reminders, snooze_reminder
from gongying.schedule.operations.resources import delete_resource, save_resource
from gongying.schedule.operations.task_times import USUAL_TIME, plan_for, plan_task, take_back_time
from gongying.schedule.operations.tasks import (
    change_task,
    create_task,
    delete_task,
    end_of_day,
    finish_task,
    move_task,
    pass_on_task,
    reopen_task,
    tasks_key,
)

__all__ = [
    "USUAL_TIME",
    "Clash",
    "Plan",
    "answer_invitation",
    "cancel_event",
    "change_duty_post",
    "change_event",
    "change_memo",
    "change_task",
    "clear_day",
    "close_feed",
    "complete_year",
    "copy_duty_week",
    "create_duty_post",
    "create_task",
    "delete_duty_post",
    "delete_memo",
    "delete_resource",
    "delete_task",
    "end_of_day",
    "end_working_week",
    "finish_task",
    "free_from",
    "move_duty",
    "move_event",
    "move_task",
    "name_day",
    "next_quarter",
    "note_gap",
    "open_feed",
    "pass_on_task",
    "plan_event",
    "plan_for",
    "plan_of",
    "plan_task",
    "put_on_duty",
    "reopen_task",
    "reopen_year",
    "ring_reminders",
    "save_resource",
    "set_working_week",
    "snooze_reminder",
    "take_back_time",
    "take_off_duty",
    "tasks_key",
    "times_free",
    "write_memo",
]
