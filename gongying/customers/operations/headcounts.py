from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.models import HeadcountRecord, Party
from gongying.estates.models import Project
from gongying.events.operations import record_event


@transaction.atomic
def change_headcount(party: Party, *, project: Project, heads: int, on: date, by: User) -> HeadcountRecord:
    """From `on` a customer has `heads` people in a project; what was known for earlier and for later days stays (R-036)."""
    if heads < 0:
        raise Refused(_("A headcount is not negative."))
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)
    records = HeadcountRecord.objects.filter(party=party, project=project)
    held = records.on(on).first()
    if held is not None and held.heads == heads:
        raise Refused(_("%(heads)s is the headcount on that day already.") % {"heads": heads})
    until = _make_room(held, on) if held else _next_start(party, project, on)
    record = HeadcountRecord.objects.create(party=party, project=project, heads=heads, during=(on, until))
    record_event(
        "headcount.changed",
        by=by,
        subjects=[party],
        place=project.place,
        heads=heads,
        before=held.heads if held else None,
        on=on,
    )
    return record


def _make_room(held: HeadcountRecord, on: date) -> date | None:
    """End the record that holds on that day, or drop it where it begins there; the day it would have ended is returned."""
    until: date | None = held.ends_on
    if held.starts_on == on:
        held.delete()
    else:
        held.during = (held.starts_on, on)
        held.save(update_fields=["during"])
    return until


def _next_start(party: Party, project: Project, on: date) -> date | None:
    later = HeadcountRecord.objects.filter(party=party, project=project, during__startswith__gt=on)
    following = later.order_by("during").first()
    return following.starts_on if following else None
