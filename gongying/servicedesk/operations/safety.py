"""A stop for safety: who stopped does not decide alone that it goes on (issue: field work)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.models import StopRelease, WorkOrder
from gongying.servicedesk.operations.stages import lock_work, open_stage, save_changes, tell_work


def check_released(work_order: WorkOrder) -> None:
    if work_order.waits_for_release:
        raise Refused(_("Stopped for safety: the lead releases it first."))


@transaction.atomic
def release_work(work_order: WorkOrder, *, by: User, note: str, seen: int | None = None) -> WorkOrder:
    """The lead has looked and lets the work go on; never the one who does it."""
    work_order = lock_work(work_order, seen=seen)
    if not work_order.waits_for_release:
        raise Refused(_("This job is not stopped for safety."))
    if work_order.doer_id is not None and by == work_order.doer:
        raise Refused(_("Nobody releases his own safety stop."))
    if not note.strip():
        raise Refused(_("Say what was looked at."))
    now = timezone.now()
    StopRelease.objects.create(work_order=work_order, stage=open_stage(work_order), by=by, at=now, note=note.strip())
    # What was seen before is out of date: the buttons are others now.
    save_changes(work_order)
    tell_work("work.released", work_order, by=by, at=now, told=(work_order.doer,), note=note.strip()[:200])
    return work_order
