from gongying.visits.operations.plans import (
    cancel_visit,
    confirm_visit,
    move_visit,
    plan_afternoon,
    plan_visit,
    replan_visit,
)
from gongying.visits.operations.records import (
    NewNeed,
    NewPromise,
    close_visit,
    decline_need,
    dispatch_need,
    log_visit,
    record_visit,
)
from gongying.visits.operations.rings import meet_household, miss_household, undo_miss

__all__ = [
    "NewNeed",
    "NewPromise",
    "cancel_visit",
    "close_visit",
    "confirm_visit",
    "decline_need",
    "dispatch_need",
    "log_visit",
    "meet_household",
    "miss_household",
    "move_visit",
    "plan_afternoon",
    "plan_visit",
    "record_visit",
    "replan_visit",
    "undo_miss",
]
