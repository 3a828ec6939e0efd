"""How mediation reads on a timeline. Only who may see disputes reads of them there."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.mediation.rules import VIEW


def _name(details: Details) -> Words:
    return " ".join(filter(None, (str(details.get("number") or ""), str(details.get("subject") or ""))))


def _facts(details: Details) -> Iterable[tuple[Words, Words]]:
    named = [(_("asked after on"), "check_on"), (_("passed on to"), "body"), (_("mediator"), "to")]
    return [(label, str(details[key])) for label, key in named if details.get(key)]


def _late(_details: Details) -> str:
    return "late"


def _good(_details: Details) -> str:
    return "good"


def register() -> None:
    named = {
        "opened": (_("Mediation taken up"), "scale", None),
        "side_added": (_("Another side of the dispute"), "user-plus", None),
        "heard": (_("A side was heard"), "ear", None),
        "met": (_("Mediation session"), "messages", None),
        "agreed": (_("Agreement signed"), "writing-sign", _good),
        "settled": (_("Agreement is kept"), "circle-check", _good),
        "breached": (_("Agreement is not kept"), "alert-triangle", _late),
        "referred": (_("Mediation passed on outside"), "arrow-up-right", None),
        "failed": (_("No agreement was reached"), "circle-x", _late),
        "withdrawn": (_("Mediation withdrawn"), "arrow-back-up", None),
        "passed_on": (_("Another mediator"), "arrow-right", None),
    }
    register_readings(
        {
            f"mediation.{verb}": Reading(
                label, icon, _name, _facts, permission=VIEW, **({"tone": tone} if tone else {})
            )
            for verb, (label, icon, tone) in named.items()
        }
    )
