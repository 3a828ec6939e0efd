"""At the door: somebody opens, or nobody."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.visits.models import HomeVisit, MissedCall
from gongying.visits.operations.steps import lock_visit, take_step, tell


@transaction.atomic
def meet_household(visit: HomeVisit, *, by: User, at: datetime | None = None) -> HomeVisit:
    """Somebody opened the door; what was said follows (`record_visit`)."""
    visit = lock_visit(visit)
    now = timezone.now()
    if at is not None and at > now:
        raise Refused(_("It cannot have happened in the future."))
    take_step(visit, "meet")
    visit.met_at = at or now
    visit.save()
    tell("met", visit, by=by, at=visit.met_at)
    return visit


@transaction.atomic
def miss_household(visit: HomeVisit, *, by: User) -> HomeVisit:
    visit = lock_visit(visit)
    take_step(visit, "miss")
    confirmed_at, visit.confirmed_at = visit.confirmed_at, None
    visit.save()
    MissedCall.objects.create(visit=visit, by=by, confirmed_at=confirmed_at)
    tell("missed", visit, by=by, times=visit.missed_calls.standing().count())
    return visit


@transaction.atomic
def undo_miss(visit: HomeVisit, *, by: User) -> HomeVisit:
    """It was pressed by mistake: the visit is to be made as it was before."""
    visit = lock_visit(visit)
    call = visit.missed_calls.standing().last()
    was_confirmed = call is not None and call.confirmed_at is not None
    take_step(visit, "undo_miss_of_confirmed" if was_confirmed else "undo_miss")
    if call is not None:
        visit.confirmed_at = call.confirmed_at
        call.undone_by, call.undone_at = by, timezone.now()
        call.save(update_fields=["undone_by", "undone_at"])
    visit.save()
    tell("miss_undone", visit, by=by)
    return visit
