from gongying.reception.models.assistance import AssistanceRequest
from gongying.reception.models.handovers import LONGEST_LINE, ShiftHandover
from gongying.reception.models.purposes import LONGEST_NAME, VisitPurpose
from gongying.reception.models.seats import LONGEST_COUNTER, CounterSeat
from gongying.reception.models.tickets import LONGEST_NOTES, LONGEST_PERSON, LONGEST_RESULT, ReceptionTicket, VisitNote

__all__ = [
    "LONGEST_COUNTER",
    "LONGEST_LINE",
    "LONGEST_NAME",
    "LONGEST_NOTES",
    "LONGEST_PERSON",
    "LONGEST_RESULT",
    "AssistanceRequest",
    "CounterSeat",
    "ReceptionTicket",
    "ShiftHandover",
    "VisitNote",
    "VisitPurpose",
]
