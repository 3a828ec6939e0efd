from typing import Any

from gongying.reception.models import AssistanceRequest, ReceptionTicket, ShiftHandover, VisitPurpose
from gongying.reception.operations import ask_for_help, change_purpose, hand_over_shift, register_arrival
from tests.structure.url_matrix import Sample, action, api, page

RECEIVE = "reception.receive_visitors"
TAKE_OVER = "reception.take_over_visitors"
MANAGE = "reception.manage_purposes"
TICKET = {"ticket_id": "reception_ticket"}


def a_purpose(sample: Sample) -> VisitPurpose:
    return VisitPurpose.objects.offered_in(sample.unit.project).get(key="pickup")


def own_purpose(sample: Sample) -> VisitPurpose:
    facts = {"project": sample.unit.project, "name": "取件", "minutes": 1, "is_offered": True}
    return change_purpose(a_purpose(sample), by=sample.user, **facts)


def a_ticket(sample: Sample) -> ReceptionTicket:
    unit = sample.unit
    return register_arrival(by=sample.user, project=unit.project, purpose=a_purpose(sample), unit=unit)


def a_call(sample: Sample) -> AssistanceRequest:
    return ask_for_help(a_ticket(sample), by=sample.user)


def arrival(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id, "purpose_id": a_purpose(sample).pk}


def change(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id, "key": "other", "name": "其他", "minutes": 5}


def a_handover(sample: Sample) -> ShiftHandover:
    """Of somebody else than those who sign it."""
    return hand_over_shift(sample.unit.project, by=sample.user, line="钥匙未还")


def handing_over(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id}


OBJECTS = {
    "visit_purpose": own_purpose,
    "reception_ticket": a_ticket,
    "help_call": a_call,
    "handover": a_handover,
}
HANDOVER = {"handover_id": "handover"}
HANDLERS_OWN = {"reason": "who receives the visitor does it", "allowed": (200, 302, 409)}
WHOLE = {"reason": "of a project whose counter one serves", "allowed": (200, 302, 404, 409)}
A_COUNTER = {"reason": "who serves some buildings has no counter", "allowed": (200, 302, 404)}
A_PROJECT = {"reason": "of a project whose counter one serves", "allowed": (200, 201, 422)}

LINES = [
    page("reception:display-show", needs="reception.open_display", **A_COUNTER),
    page("reception:seat-edit", needs=RECEIVE, **A_COUNTER),
    page("reception:desk-show", needs=RECEIVE),
    action("reception:arrival-create", needs=RECEIVE, **A_COUNTER),
    page("reception:ticket-show", needs=RECEIVE, **TICKET),
    action("reception:ticket-step", verb="=attend", needs=RECEIVE, **TICKET),
    action("reception:visitor-create", needs=RECEIVE, **TICKET),
    action("reception:note-create", needs=RECEIVE, data={"text": "x"}, **TICKET),
    action("reception:ticket-finish", needs=RECEIVE, **TICKET),
    action("reception:help-create", needs=RECEIVE, **TICKET),
    page("reception:help-index", needs=TAKE_OVER),
    action("reception:help-withdraw", call_id="help_call", needs=RECEIVE),
    page("reception:handover-index", needs=RECEIVE),
    page("reception:handover-create", needs=RECEIVE),
    page("reception:handover-show", needs=RECEIVE, **WHOLE, **HANDOVER),
    page("reception:handover-paper", needs=RECEIVE, **WHOLE, **HANDOVER),
    action("reception:handover-sign", needs=RECEIVE, **WHOLE, **HANDOVER),
    api("GET /shift-handovers", needs=RECEIVE),
    api("POST /shift-handovers", needs=RECEIVE, data=handing_over, **A_PROJECT),
    api("POST /shift-handovers/{handover_id}/signature", needs=RECEIVE, data={}, **WHOLE, **HANDOVER),
    page("reception:purpose-index", needs=MANAGE),
    page("reception:purpose-edit", needs=MANAGE, place=False, purpose_id="visit_purpose", **A_COUNTER),
    api("GET /visit-purposes", needs=RECEIVE),
    api("POST /visit-purposes", needs=MANAGE, data=change, **A_PROJECT),
    api("GET /reception-tickets", needs=RECEIVE),
    api("POST /reception-tickets", needs=RECEIVE, data=arrival, **A_PROJECT),
    api("GET /reception-tickets/{ticket_id}", needs=RECEIVE, **TICKET),
    api("PATCH /reception-tickets/{ticket_id}", needs=RECEIVE, data={"version": 1, "person_name": "x"}, **TICKET),
    api("POST /reception-tickets/{ticket_id}/attendance", needs=RECEIVE, **TICKET),
    api("POST /reception-tickets/{ticket_id}/parking", needs=RECEIVE, **HANDLERS_OWN, **TICKET),
    api("POST /reception-tickets/{ticket_id}/resumption", needs=RECEIVE, **HANDLERS_OWN, **TICKET),
    api("POST /reception-tickets/{ticket_id}/takeover", needs=TAKE_OVER, allowed=(200, 409), **TICKET),
    api("POST /reception-tickets/{ticket_id}/patience", needs=RECEIVE, allowed=(200, 409), **TICKET),
    api("POST /reception-tickets/{ticket_id}/departure", needs=RECEIVE, allowed=(200, 409), **TICKET),
    api("POST /reception-tickets/{ticket_id}/result", needs=RECEIVE, data={"result": "x"}, **HANDLERS_OWN, **TICKET),
    api("GET /help-calls", needs=RECEIVE),
    api("POST /reception-tickets/{ticket_id}/help", needs=RECEIVE, allowed=(201, 409), **TICKET),
    api("POST /help-calls/{call_id}/withdrawal", call_id="help_call", needs=RECEIVE, allowed=(200, 409)),
    api("GET /reception-tickets/{ticket_id}/notes", needs=RECEIVE, **TICKET),
    api("POST /reception-tickets/{ticket_id}/notes", needs=RECEIVE, data={"text": "x"}, allowed=(201, 409), **TICKET),
]
