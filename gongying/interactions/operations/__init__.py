from gongying.interactions.operations.chats import SpokenLine, log_chat
from gongying.interactions.operations.past import PastTouch, log_past_interactions, prepare_past_interactions
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
    "SpokenLine",
    "add_reason",
    "answer_by_request",
    "change_reason",
    "check_lateness",
    "correct_interaction",
    "keep_promise",
    "log_chat",
    "log_interaction",
    "log_past_interactions",
    "make_promise",
    "mark_repeat",
    "name_participants",
    "notice_broken_promises",
    "pass_on_promise",
    "prepare_past_interactions",
    "retire_reason",
    "snapshot_of",
    "take_up_reason",
    "unmark_repeat",
]
