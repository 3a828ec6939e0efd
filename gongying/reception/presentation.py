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


def _purpose(details: Details) -> Words:
    return f"{details.get('project', '')} {details.get('name', '')}"


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
            "purpose.changed": Reading(
                _("Purpose of visits changed"), "list-check", _purpose, permission=MANAGE_PURPOSES
            ),
        }
    )
