"""Who may see, edit and reveal what the company knows about people."""

from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import authorize, may
from gongying.customers.models import Party
from gongying.customers.models.abuse import VIEW_ABUSE

RECORD_ABUSE = "customers.record_abuse"

PERMISSIONS = {
    "customers.view_files": _("See customers and households in the own territory"),
    "customers.edit_files": _("Create and change customers, contacts, consents and vehicles"),
    "customers.move_household": _("Register moves in and out, owners and headcounts"),
    "customers.merge_parties": _("Merge two files of one customer, and undo it"),
    "customers.view_profile": _("See and note age, occupation, education, personality and care"),
    "customers.view_balances": _("See what a unit owes"),
    "customers.reveal_phone": _("Show a whole phone number (logged)"),
    RECORD_ABUSE: _("Write down that a customer abused oneself"),
    VIEW_ABUSE: _("See and settle abuse of colleagues"),
    "customers.reveal_identity": _("Show an identity number, with a reason (logged)"),
}

PhoneGrant = Callable[[User, Party], bool]
_phone_grants: list[PhoneGrant] = []


def register_phone_grant(grant: PhoneGrant) -> None:
    """Let a higher app open a number for a time: a worker sees it from acceptance to 24 h after completion (decision 15)."""
    _phone_grants.append(grant)


def may_use_phone(user: AbstractBaseUser | AnonymousUser, party: Party) -> bool:
    """May this person dial and reveal the customer's numbers?"""
    if may(user, "customers.reveal_phone"):
        return True
    return isinstance(user, User) and any(grant(user, party) for grant in _phone_grants)


def authorize_phone(user: AbstractBaseUser | AnonymousUser, party: Party) -> None:
    """Raise `PermissionDenied` (403) unless this person may dial and reveal the customer's numbers."""
    if not may_use_phone(user, party):
        authorize(user, "customers.reveal_phone", party)
