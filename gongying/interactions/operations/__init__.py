from gongying.interactions.operations.past import PastTouch, log_past_interactions, prepare_past_interactions
from gongying.interactions.operations.promises import keep_promise, make_promise, pass_on_promise
from gongying.interactions.operations.touches import (
    LATE_WITHOUT_REASON,
    check_lateness,
    correct_interaction,
    log_interaction,
    mark_repeat,
    snapshot_of,
    unmark_repeat,
)

__all__ = [
    "LATE_WITHOUT_REASON",
    "PastTouch",
    "check_lateness",
    "correct_interaction",
    "keep_promise",
    "log_interaction",
    "log_past_interactions",
    "make_promise",
    "mark_repeat",
    "pass_on_promise",
    "prepare_past_interactions",
    "snapshot_of",
    "unmark_repeat",
]
