from gongying.reception.operations.assistance import (
    ask_for_help,
    notice_neglected_visitors,
    withdraw_help,
)
from gongying.reception.operations.desk import desk_key, helper_key
from gongying.reception.operations.endings import finish_ticket, record_departure
from gongying.reception.operations.handovers import hand_over_shift, notice_unsigned_handovers, sign_handover
from gongying.reception.operations.notes import write_notes
from gongying.reception.operations.purposes import change_purpose
from gongying.reception.operations.seats import counter_of, sit_at
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
    "ask_for_help",
    "ask_to_wait",
    "attend_ticket",
    "change_purpose",
    "counter_of",
    "desk_key",
    "finish_ticket",
    "hand_over_shift",
    "helper_key",
    "identify_visitor",
    "notice_neglected_visitors",
    "notice_unsigned_handovers",
    "park_ticket",
    "record_departure",
    "register_arrival",
    "resume_ticket",
    "sign_handover",
    "sit_at",
    "take_over_ticket",
    "withdraw_help",
    "write_notes",
]
