"""How the steps of a violation read on timelines."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.servicedesk.enums import DissuasionWay, ViolationOutcome
from gongying.servicedesk.reading_words import facts, said

VIEW = "servicedesk.view_requests"


def _dissuaded(details: Details) -> Words:
    return _("Dissuaded, heeded") if details.get("heeded") else _("Dissuaded, not heeded")


def _tone(details: Details) -> str:
    return "" if details.get("heeded") else "late"


OF_AUTHORITY = facts(
    ("authority", pgettext_lazy("of a violation", "authority"), None),
    ("authority_number", _("number at the authority"), None),
)
READINGS = {
    "violation.dissuaded": Reading(
        _dissuaded,
        "hand-stop",
        said("words"),
        facts(("way", _("how"), DissuasionWay), ("violator", pgettext_lazy("of a violation", "who does it"), None)),
        tone=_tone,
        permission=VIEW,
    ),
    "violation.reported": Reading(
        _("Reported to the authority"), "building-bank", said("words"), OF_AUTHORITY, permission=VIEW
    ),
    "violation.answered": Reading(
        _("The authority answered"), "mail-opened", said("words"), OF_AUTHORITY, permission=VIEW
    ),
    "violation.concluded": Reading(
        _("Violation ended"),
        "flag-check",
        said("text"),
        facts(("outcome", _("outcome"), ViolationOutcome)),
        permission=VIEW,
    ),
}


def register() -> None:
    register_readings(READINGS)
