"""How what happens with check lists and phrases reads on a timeline."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.checklists.rules import MANAGE
from gongying.events.presentation import Details, Reading, Words, register_readings


def _name(details: Details) -> Words:
    return str(details.get("name") or "")


def _version(details: Details) -> Iterable[tuple[Words, Words]]:
    return [(_("version"), str(details.get("version", "")))]


def _failed(details: Details) -> Iterable[tuple[Words, Words]]:
    return [(pgettext_lazy("of a check", "failed"), str(line)) for line in details.get("failed", ())]


def _tone(details: Details) -> str:
    return "late" if details.get("failed") or details.get("late") else ""


def _phrase(details: Details) -> Words:
    return str(details.get("say") or details.get("hint") or details.get("avoid") or "")


def register() -> None:
    register_readings(
        {
            "check_list.written": Reading(_("Check list written"), "checkbox", _name, _version, permission=MANAGE),
            "check_list.given_up": Reading(_("Check list given up"), "square-off", _name, permission=MANAGE),
            "check.started": Reading(_("Check list begun"), "square", _name),
            "check.finished": Reading(_("Check list ticked"), "checkbox", _name, _failed, tone=_tone),
            "phrase.added": Reading(_("Phrase added"), "message-plus", _phrase, permission=MANAGE),
            "phrase.changed": Reading(_("Phrase changed"), "message-2", _phrase, permission=MANAGE),
        }
    )
