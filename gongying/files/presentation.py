from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.files.models import DRAWN


def _name(details: Details) -> Words:
    name = str(details.get("name") or "")
    return _("signature") if name == DRAWN else name


def register() -> None:
    register_readings(
        {
            "attachment.added": Reading(_("File attached"), "paperclip", _name),
            "attachment.removed": Reading(_("File taken off"), "paperclip", _name),
        }
    )
