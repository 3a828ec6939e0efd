"""How joint reviews read on a timeline and in the bell."""

from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings


def _name(details: Details) -> Words:
    return str(details.get("name") or details.get("title") or "")


def _passed_on(details: Details) -> Words:
    return f"{details.get('before', '')} \u2192 {details.get('to', '')}"


def _helped(details: Details) -> Words:
    figures = f"{details.get('before')} \u2192 {details.get('after')}" if details.get("after") is not None else ""
    return " \u00b7 ".join(filter(None, (str(details.get("title") or ""), figures)))


def _tone(details: Details) -> str:
    return "good" if details.get("has_helped") else "late"


def register() -> None:
    register_readings(
        {
            "review.planned": Reading(_("Joint review planned"), "users-group", _name),
            "review.changed": Reading(_("Joint review changed"), "edit", _name),
            "review.passed_on": Reading(_("Joint review passed on"), "arrow-right", _passed_on),
            "review.decided": Reading(_("Decided in a joint review"), "gavel", _name),
            "review.judged": Reading(_("Effect of a decision judged"), "scale", _helped, tone=_tone),
            "review.closed": Reading(_("Joint review closed"), "circle-check", _name),
        }
    )
