from gongying.interactions.operations.chats import SpokenLine, log_chat
from gongying.interactions.operations.letters import (
    Slip,
    answer_letter,
    enter_letters,
    open_box,
    save_box,
    take_down_box,
)
from gongying.interactions.operations.past import PastTouch, log_past_interactions, prepare_past_interactions
from gongying.interactions.operations.plans import change_guide, end_plan, note_talk, save_plan, steps_left, tick_step
from gongying.interactions.operations.promises import (
    keep_promise,
    make_promise,
    notice_broken_promises,
    pass_on_promise,
)
from gongying.interactions.operations.reasons import add_reason, change_reason, retire_reason, take_up_reason
from gongying.interactions.operations.touches import (
    LATE_WITHOUT_REASON,
    answer_by_request,
    check_lateness,
    correct_interaction,
    log_interaction,
    mark_repeat,
    name_participants,
    snapshot_of,
    unmark_repeat,
)

__all__ = [
    "LATE_WITHOUT_REASON",
    "PastTouch",
    "Slip",
    "SpokenLine",
    "add_reason",
    "answer_by_request",
    "answer_letter",
    "change_guide",
    "change_reason",
    "check_lateness",
    "correct_interaction",
    "end_plan",
    "enter_letters",
    "keep_promise",
    "log_chat",
    "log_interaction",
    "log_past_interactions",
    "make_promise",
    "mark_repeat",
    "name_participants",
    "note_talk",
    "notice_broken_promises",
    "open_box",
    "pass_on_promise",
    "prepare_past_interactions",
    "retire_reason",
    "save_box",
    "save_plan",
    "snapshot_of",
    "steps_left",
    "take_down_box",
    "take_up_reason",
    "tick_step",
    "unmark_repeat",
]
