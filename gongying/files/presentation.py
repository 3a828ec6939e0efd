from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, register_readings


def _name(details: Details) -> str:
    return str(details.get("name") or "")


def register() -> None:
    register_readings(
        {
            "attachment.added": Reading(_("File attached"), "paperclip", _name),
            "attachment.removed": Reading(_("File taken off"), "paperclip", _name),
        }
    )
