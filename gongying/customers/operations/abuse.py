"""Somebody abused a colleague: she writes it down, supervisors hear at once, one of them settles it (R-029)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.errors import Refused
from gongying.customers.enums import AbuseKind
from gongying.customers.models import AbusiveContact
from gongying.customers.models.abuse import VIEW_ABUSE
from gongying.estates.models import Project, Unit
from gongying.estates.stewards import serving
from gongying.events.operations import record_event
from gongying.notifications.operations import notify
from gongying.organization.enums import TerritoryRight


@transaction.atomic
def record_abuse(
    project: Project,
    *,
    by: User,
    kind: str,
    words: str,
    unit: Unit | None = None,
    who: str = "",
    happened_at: datetime | None = None,
    wants_relief: bool = False,
) -> AbusiveContact:
    """`by` is whom it hit. Who looks after colleagues there is told; nobody else sees it."""
    now = timezone.now()
    if kind not in AbuseKind.values or not words.strip():
        raise Refused(_("Say what happened."))
    if happened_at is not None and happened_at > now:
        raise Refused(_("It cannot have happened in the future."))
    if unit is not None and unit.project_id != project.pk:
        raise Refused(_("This place is not in that project."))
    abuse: AbusiveContact = AbusiveContact.objects.create(
        project=project,
        building_id=unit.building_id if unit else None,
        entrance_id=unit.entrance_id if unit else None,
        unit=unit,
        kind=kind,
        words=words.strip(),
        who=who.strip(),
        happened_at=happened_at or now,
        recorded_at=now,
        colleague=by,
        wants_relief=wants_relief,
    )
    details: dict[str, Any] = {"kind": kind, "relief": wants_relief}
    event = record_event("abuse.recorded", by=by, subjects=[abuse], at=abuse.happened_at, **details)
    lookers = serving(abuse.place, right=TerritoryRight.VIEW_FILES).with_permission(VIEW_ABUSE)
    notify(event, to=[person.user for person in lookers.select_related("user")], about=abuse)
    return abuse


@transaction.atomic
def settle_abuse(abuse: AbusiveContact, *, by: User, settlement: str) -> AbusiveContact:
    """What was done about it; whom it hit hears of it."""
    rows = AbusiveContact.objects.select_for_update(of=("self",), no_key=True).for_page()
    abuse = rows.get(pk=abuse.pk)
    if abuse.settled_at is not None:
        raise Refused(_("%(name)s has settled it already.") % {"name": abuse.settled_by})
    if abuse.colleague_id == by.pk:
        raise Refused(_("It hit you: a colleague settles it."))
    if not settlement.strip():
        raise Refused(_("Say what was done about it."))
    abuse.settled_by, abuse.settled_at = by, now_not_before(abuse.recorded_at)
    abuse.settlement = settlement.strip()
    abuse.save(update_fields=["settled_by", "settled_at", "settlement"])
    event = record_event("abuse.settled", by=by, subjects=[abuse], kind=abuse.kind, words=abuse.settlement[:200])
    notify(event, to=[abuse.colleague], about=abuse)
    return abuse
