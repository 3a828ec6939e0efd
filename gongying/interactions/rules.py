"""Who may log touches with customers, see them, and put them right."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.interactions.models import Interaction

LOG: Final = "interactions.log_interaction"
VIEW: Final = "interactions.view_interactions"
PLAN: Final = "interactions.plan_contacts"
MANAGE_GUIDES: Final = "interactions.manage_guides"
MANAGE_REASONS: Final = "interactions.manage_reasons"

PERMISSIONS = {
    LOG: _("Log calls, visits and messages of customers"),
    VIEW: _("See what others logged in the own territory"),
    "interactions.correct_interaction": _("Correct what colleagues logged"),
    MANAGE_REASONS: _("Edit the list of reasons for contacts"),
    PLAN: _("Plan how often one speaks with developers, authorities, firms and committees"),
    MANAGE_GUIDES: _("Edit topics, preparation and talking points for counterparts"),
}


def may_correct(user: User, interaction: Interaction) -> bool:
    """One's own entries always; those of colleagues with the permission for it."""
    return may(user, "interactions.correct_interaction") or (may(user, LOG) and interaction.entered_by_id == user.pk)


def authorize_correction(user: User, interaction: Interaction) -> None:
    """Raise `PermissionDenied` (403) unless the user may correct this entry."""
    if not may_correct(user, interaction):
        raise PermissionDenied(_("Your role does not allow this."))
