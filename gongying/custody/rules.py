"""Who may do what with things that are held for others."""

from typing import Final

from django.utils.translation import gettext_lazy as _

KEEP_KEYS: Final = "custody.keep_keys"
ISSUE_PASSES: Final = "custody.issue_passes"
CHECK_PASSES: Final = "custody.check_passes"
KEEP_MAIL: Final = "custody.keep_mail"
RECEIVE_GUESTS: Final = "custody.receive_guests"

PERMISSIONS = {
    KEEP_KEYS: _("keep the register of keys, lend keys and take them back"),
    ISSUE_PASSES: _("issue release passes and withdraw them"),
    CHECK_PASSES: _("check passes at the gate: let things out, and guests in and out"),
    KEEP_MAIL: _("keep the mail room: take parcels and letters in and hand them out"),
    RECEIVE_GUESTS: _("enter guests, ask whom they visit, and withdraw their passes"),
}
