"""How a fit-out reads on a timeline."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.events.presentation import Details, Reading, Words, register_readings


def _name(details: Details) -> Words:
    return str(details.get("number", ""))


def _facts(details: Details) -> list[tuple[Words, Words]]:
    told = {
        "contractor": _("firm that does it"),
        "days": pgettext_lazy("a fit-out", "days"),
        "deposit": _("deposit"),
        "until": pgettext_lazy("a fit-out", "permitted until"),
        "wished": pgettext_lazy("an extension", "wished until"),
        "asked_by": pgettext_lazy("an extension", "asked for by"),
        "asked_on": pgettext_lazy("an extension", "asked for on"),
        "name": _("what"),
        "reason": _("in a few words"),
    }
    return [(label, str(details[name])) for name, label in told.items() if details.get(name)]


def _late(_details: Details) -> str:
    return "late"


def register() -> None:
    register_readings(
        {
            "fitout.applied": Reading(_("Fit-out applied for"), "paint", _name, _facts),
            "fitout.changed": Reading(_("Application of a fit-out changed"), "pencil", _name, _facts),
            "fitout.pass_linked": Reading(_("Release pass of a fit-out"), "package-export", _name, _facts),
            "fitout.permitted": Reading(_("Fit-out permitted"), "check", _name, _facts),
            "fitout.extended": Reading(_("Permit of a fit-out extended"), "clock", _name, _facts),
            "fitout.extension_refused": Reading(_("Permit of a fit-out not extended"), "clock-off", _name, _facts),
            "fitout.refused": Reading(_("Fit-out not permitted"), "circle-x", _name, _facts),
            "fitout.withdrawn": Reading(_("Fit-out withdrawn"), "circle-x", _name, _facts),
            "fitout.accepted": Reading(_("Fit-out accepted"), "home-check", _name, _facts),
            "fitout.overdue": Reading(_("Permit of a fit-out past its date"), "alarm", _name, _facts, tone=_late),
            "fitout.inspected": Reading(_("Fit-out looked at"), "checkbox", _name, _facts),
            "fitout.violation_found": Reading(
                _("Violation found in a fit-out"), "alert-triangle", _name, _facts, tone=_late
            ),
            "fitout.worker_added": Reading(_("Badge given to a worker"), "id-badge", _name, _facts),
            "fitout.worker_ended": Reading(_("Badge of a worker is back"), "id-badge", _name, _facts),
            "fitout.deposit_settled": Reading(_("Deposit of a fit-out settled"), "coin", _name, _facts),
        }
    )
