from gongying.reception.models.assistance import AssistanceRequest
from gongying.reception.models.handovers import LONGEST_LINE, ShiftHandover
from gongying.reception.models.purposes import LONGEST_NAME, VisitPurpose
from gongying.reception.models.tickets import LONGEST_NOTES, LONGEST_PERSON, LONGEST_RESULT, ReceptionTicket, VisitNote

__all__ = [
    "LONGEST_LINE",
    "LONGEST_NAME",
    "LONGEST_NOTES",
    "LONGEST_PERSON",
    "LONGEST_RESULT",
    "AssistanceRequest",
    "ReceptionTicket",
    "ShiftHandover",
    "VisitNote",
    "VisitPurpose",
]
