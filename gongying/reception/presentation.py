"""How what happens at the front desk reads on a timeline."""

from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.reception.machines import RECEIVE
from gongying.reception.rules import MANAGE_PURPOSES


def _visit(details: Details) -> Words:
    return f"{details.get('number', '')} {details.get('purpose', '')}"


def _who(details: Details) -> list[tuple[Words, Words]]:
    return [(_("visitor"), str(details["visitor"]))] if details.get("visitor") else []


def _result(details: Details) -> list[tuple[Words, Words]]:
    return [(_("result"), str(details["result"]))] if details.get("result") else []


def _handed(details: Details) -> list[tuple[Words, Words]]:
    if not details.get("from"):
        return []
    return [(_("who receives"), f"{details['from']} → {details.get('to', '')}")]


def _call(details: Details) -> list[tuple[Words, Words]]:
    facts: list[tuple[Words, Words]] = [(_("called by"), str(details.get("name", "")))]
    if details.get("beside"):
        facts.append((_("meanwhile received"), str(details["beside"])))
    return facts


def _purpose(details: Details) -> Words:
    return f"{details.get('project', '')} {details.get('name', '')}"


def _handover(details: Details) -> Words:
    return f"{details.get('project', '')} {details.get('name', '')} {details.get('line', '')}".strip()


def register() -> None:
    register_readings(
        {
            "ticket.arrived": Reading(_("Visitor arrived"), "door-enter", _visit, permission=RECEIVE),
            "ticket.identified": Reading(_("Visitor named"), "user", _visit, _who, permission=RECEIVE),
            "ticket.attended": Reading(_("Visitor received"), "user-check", _visit, permission=RECEIVE),
            "ticket.asked_to_wait": Reading(_("Asked for patience"), "hourglass", _visit, permission=RECEIVE),
            "ticket.parked": Reading(_("Visit parked"), "player-pause", _visit, permission=RECEIVE),
            "ticket.resumed": Reading(_("Visit went on"), "player-play", _visit, permission=RECEIVE),
            "ticket.taken_over": Reading(_("Visitor taken over"), "arrow-right", _visit, _handed, permission=RECEIVE),
            "ticket.finished": Reading(_("Visit finished"), "check", _visit, _result, permission=RECEIVE),
            "ticket.left": Reading(_("Visitor left"), "door-exit", _visit, permission=RECEIVE),
            "ticket.help_asked": Reading(
                _("Help called for"), "bell-ringing", _visit, _call, tone=lambda _details: "late", permission=RECEIVE
            ),
            "ticket.help_withdrawn": Reading(_("Call for help withdrawn"), "bell-off", _visit, permission=RECEIVE),
            "ticket.neglected": Reading(
                _("Nobody turns to a visitor"),
                "alarm",
                _visit,
                tone=lambda _details: "late",
                permission=RECEIVE,
            ),
            "handover.written": Reading(_("Shift handed over"), "notebook", _handover, permission=RECEIVE),
            "handover.signed": Reading(_("Hand-over read"), "check", _handover, permission=RECEIVE),
            "handover.unsigned": Reading(
                _("Nobody has read a hand-over"),
                "alarm",
                _handover,
                tone=lambda _details: "late",
                permission=RECEIVE,
            ),
            "purpose.changed": Reading(
                _("Purpose of visits changed"), "list-check", _purpose, permission=MANAGE_PURPOSES
            ),
        }
    )
