"""How hand-overs and defects read on a timeline."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.handover.machines import HAND_OVER


def _name(details: Details) -> Words:
    return str(details.get("name") or details.get("unit") or "")


def _facts(details: Details) -> Iterable[tuple[Words, Words]]:
    named = [
        (pgettext_lazy("a hand-over", "received by"), "colleague"),
        (_("reason"), "reason"),
        (_("in a few words"), "word"),
        (_("defects"), "defects"),
    ]
    return [(label, str(details[key])) for label, key in named if details.get(key)]


def _late(_details: Details) -> str:
    return "late"


def register() -> None:
    register_readings(
        {
            "handover.opened": Reading(_("Hand-over of a building opened"), "key", _name, _facts),
            "handover.arranged": Reading(_("Hand-over arranged"), "calendar", _name, _facts),
            "handover.inspected": Reading(_("Inspection begun"), "checkbox", _name, _facts),
            "handover.handed_over": Reading(_("Unit handed over"), "home-check", _name, _facts),
            "handover.refused": Reading(_("Unit not accepted"), "home-x", _name, _facts, tone=_late),
            "defect.found": Reading(_("Defect of the developer"), "tool", _name, _facts, permission=HAND_OVER),
            "defect.mended": Reading(_("Defect reported as mended"), "hammer", _name, _facts, permission=HAND_OVER),
            "defect.closed": Reading(_("Defect checked and closed"), "check", _name, _facts, permission=HAND_OVER),
            "defect.reopened": Reading(
                _("Defect not mended"), "refresh", _name, _facts, tone=_late, permission=HAND_OVER
            ),
            "defect.dropped": Reading(_("Defect dropped"), "circle-x", _name, _facts, permission=HAND_OVER),
        }
    )
