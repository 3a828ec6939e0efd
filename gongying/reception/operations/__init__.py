from gongying.reception.operations.desk import desk_key
from gongying.reception.operations.endings import finish_ticket, record_departure
from gongying.reception.operations.notes import write_notes
from gongying.reception.operations.purposes import change_purpose
from gongying.reception.operations.visits import (
    ask_to_wait,
    attend_ticket,
    identify_visitor,
    park_ticket,
    register_arrival,
    resume_ticket,
    take_over_ticket,
)

__all__ = [
    "ask_to_wait",
    "attend_ticket",
    "change_purpose",
    "desk_key",
    "finish_ticket",
    "identify_visitor",
    "park_ticket",
    "record_departure",
    "register_arrival",
    "resume_ticket",
    "take_over_ticket",
    "write_notes",
]
