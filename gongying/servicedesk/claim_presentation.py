"""How a claim for compensation reads on a timeline, and where it stands in the menus."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.navigation import Entry
from gongying.common.navigation import register as register_entry
from gongying.events.presentation import Reading, register_readings
from gongying.events.subjects import Kind, register_kind
from gongying.servicedesk.models import CompensationClaim
from gongying.servicedesk.reading_words import facts, said

CONCEDE = "servicedesk.concede"


def register() -> None:
    register_kind(Kind(CompensationClaim, "servicedesk:claim-show", CONCEDE, stays_in_place=True, is_short=True))
    why = facts(("granted", _("amount granted"), None), ("reason", _("reason"), None))
    register_readings(
        {
            "claim.raised": Reading(_("Claim for compensation"), "coin", said("claim"), why),
            "claim.refused": Reading(pgettext_lazy("a claim", "Claim refused"), "coin-off", said("claim"), why),
            "claim.paid": Reading(pgettext_lazy("a claim", "Claim paid"), "cash", said("claim"), why),
        }
    )
    register_entry(
        Entry(
            "servicedesk:claim-index",
            _("Claims for compensation"),
            "coin",
            permissions=(CONCEDE,),
            order=35,
            under="servicedesk:request-index",
        )
    )
