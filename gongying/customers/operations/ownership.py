from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party, PartyRole
from gongying.customers.operations.parties import add_role, end_role
from gongying.estates.models import Unit
from gongying.events.operations import record_event


@transaction.atomic
def transfer_ownership(
    unit: Unit, *, to: Sequence[tuple[Party, Decimal]], on: date, by: User, evidence: str = ""
) -> list[PartyRole]:
    """Title transfer: all present shares end on that day, the new ones begin."""
    unit = Unit.objects.select_for_update(of=["self"], no_key=True).select_related("project").get(pk=unit.pk)
    if not to or sum(share for _party, share in to) != 1:
        raise Refused(_("The new shares must add up to the whole."))
    former = list(PartyRole.objects.owners().filter(unit=unit, during__endswith=None))
    for role in former:
        end_role(role, by=by, on=on)
    added = [
        add_role(
            party,
            by=by,
            role=RoleKind.OWNER,
            project=unit.project,
            unit=unit,
            since=on,
            share=share,
            evidence=evidence,
        )
        for party, share in to
    ]
    record_event(
        "unit.owner_changed",
        by=by,
        subjects=[unit, *(party for party, _share in to)],
        on=on,
        owners=[party.pk for party, _share in to],
        former=[role.party_id for role in former],
    )
    return added
