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
from gongying.schedule.operations.hours import end_working_week, set_working_week

__all__ = [
    "change_duty_post",
    "clear_day",
    "complete_year",
    "copy_duty_week",
    "create_duty_post",
    "delete_duty_post",
    "end_working_week",
    "move_duty",
    "name_day",
    "note_gap",
    "put_on_duty",
    "reopen_year",
    "set_working_week",
    "take_off_duty",
]
