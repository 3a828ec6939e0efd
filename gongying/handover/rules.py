"""Who hands over what to the owners."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gongying.handover.machines import HAND_OVER

MANAGE: Final = "handover.manage_batches"

PERMISSIONS = {
    HAND_OVER: _("hand over units to their owners and follow up defects of the developer"),
    MANAGE: _("plan hand-overs of whole buildings"),
}
