"""How briefings read on a timeline and in the bell."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings


def _title(details: Details) -> Words:
    return str(details.get("title") or "")


def _answer(details: Details) -> Words:
    return f"{_title(details)}: {details.get('text', '')}"


def _reminded(details: Details) -> Words:
    return format_lazy("{} ({})", _title(details), ", ".join(map(str, details.get("names") or ())))


def register() -> None:
    register_readings(
        {
            "briefing.sent_down": Reading(_("Notice to staff"), "speakerphone", _title),
            "briefing.sent_up": Reading(_("Report upwards"), "arrow-up", _title),
            "briefing.answered": Reading(_("Report answered"), "message-reply", _answer),
            "briefing.withdrawn": Reading(_("Withdrawn"), "arrow-back-up", _title),
            "briefing.reminded": Reading(_("Reminder to read"), "bell-ringing", _reminded),
        }
    )
