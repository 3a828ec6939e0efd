"""How improvement items read on a timeline."""

from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings


def _title(details: Details) -> Words:
    return str(details.get("title") or "")


def _effect(details: Details) -> Words:
    return str(details.get("effect") or "")


def _passed_on(details: Details) -> Words:
    return f"{details.get('before', '')} \u2192 {details.get('to', '')}"


def register() -> None:
    register_readings(
        {
            "improvement.opened": Reading(_("Improvement opened"), "bulb", _title),
            "improvement.done": Reading(_("Improvement done"), "circle-check", _effect),
            "improvement.passed_on": Reading(_("Improvement passed on"), "arrow-right", _passed_on),
            "improvement.dropped": Reading(_("Improvement dropped"), "circle-x", _effect),
        }
    )
