"""When somebody goes to which household: planned, confirmed, moved, planned again, cancelled."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.estates.scopes import scope_of
from gongying.notifications.operations import notify
from gongying.visits.enums import VisitReason
from gongying.visits.machines import MOST_REPLANS
from gongying.visits.models import HomeVisit
from gongying.visits.operations.steps import lock_visit, take_step, tell
from gongying.visits.routes import in_order

# A call at the door and the way to the next one.
EACH = timedelta(minutes=20)
MOST_AT_ONCE = 30
LONGEST_AHEAD = timedelta(days=366)


@transaction.atomic
def plan_visit(
    unit: Unit,
    *,
    by: User,
    planned_for: datetime,
    steward: User | None = None,
    party: Party | None = None,
    reason: str = VisitReason.ROUTINE,
    subject: str = "",
) -> HomeVisit:
    """`steward` (default: who plans it) goes there. A household has one open visit at a time."""
    _check_time(planned_for)
    visit = new_visit(unit, by=by, planned_for=planned_for, steward=steward, party=party, reason=reason)
    visit.subject = subject.strip()
    with one_open_visit(unit):
        visit.save()
    notify(tell("planned", visit, by=by, subject=visit.subject), to=[visit.steward], about=visit)
    return visit


@transaction.atomic
def plan_afternoon(
    units: Sequence[Unit], *, by: User, starts_at: datetime, steward: User | None = None
) -> list[HomeVisit]:
    """One household after the other, building by building, twenty minutes each."""
    if not units:
        raise Refused(_("Choose at least one household."))
    if len(units) > MOST_AT_ONCE:
        raise Refused(_("At most %(n)s households at once.") % {"n": MOST_AT_ONCE})
    return [
        plan_visit(unit, by=by, planned_for=starts_at + EACH * index, steward=steward)
        for index, unit in enumerate(in_order(units))
    ]


def one_open_visit(unit: Unit) -> AbstractContextManager[None]:
    """For the save: of two at once the second is told."""
    return refusing({"home_visit_one_open": _("A visit to %(unit)s is planned already.") % {"unit": unit}})


def after_planned(start: datetime, *, of: User) -> datetime:
    """`start`, or when what she has planned from then on that day is over."""
    hers = HomeVisit.objects.to_go().on(timezone.localdate(start)).filter(steward=of, planned_for__gte=start)
    last = hers.aggregate(last=Max("planned_for"))["last"]
    return timezone.localtime(last + EACH) if last else start


@transaction.atomic
def confirm_visit(visit: HomeVisit, *, by: User) -> HomeVisit:
    """The household knows of it and will be there."""
    visit = lock_visit(visit)
    take_step(visit, "confirm")
    visit.confirmed_at = timezone.now()
    visit.save()
    tell("confirmed", visit, by=by)
    return visit


@transaction.atomic
def move_visit(visit: HomeVisit, *, by: User, planned_for: datetime, seen: int | None = None) -> HomeVisit:
    """To another time, for which the household is asked again."""
    visit = lock_visit(visit, seen=seen)
    take_step(visit, "move")
    _put_at(visit, planned_for)
    notify(tell("moved", visit, by=by), to=[visit.steward], about=visit)
    return visit


@transaction.atomic
def replan_visit(visit: HomeVisit, *, by: User, planned_for: datetime, seen: int | None = None) -> HomeVisit:
    """After nobody was home; three times at most."""
    visit = lock_visit(visit, seen=seen)
    if visit.replans >= MOST_REPLANS:
        raise Refused(
            _("Nobody was home %(n)s times after it was planned again: cancel it, or call them.") % {"n": MOST_REPLANS}
        )
    take_step(visit, "replan")
    visit.replans += 1
    _put_at(visit, planned_for)
    tell("replanned", visit, by=by, times=visit.replans)
    return visit


@transaction.atomic
def cancel_visit(visit: HomeVisit, *, by: User, reason: str, seen: int | None = None) -> HomeVisit:
    visit = lock_visit(visit, seen=seen)
    if not reason.strip():
        raise Refused(_("Say why the visit is cancelled."))
    take_step(visit, "cancel")
    visit.cancel_reason = reason.strip()
    visit.save()
    notify(tell("cancelled", visit, by=by, reason=visit.cancel_reason), to=[visit.steward], about=visit)
    return visit


def new_visit(
    unit: Unit, *, by: User, planned_for: datetime, steward: User | None, party: Party | None, reason: str
) -> HomeVisit:
    steward = steward or by
    if not scope_of(steward).covers(unit.place):
        raise Refused(_("%(name)s does not serve this place.") % {"name": steward})
    return HomeVisit(
        project_id=unit.project_id,
        building_id=unit.building_id,
        entrance_id=unit.entrance_id,
        unit=unit,
        party=party,
        steward=steward,
        reason=reason,
        planned_for=planned_for,
        planned_by=by,
    )


def _put_at(visit: HomeVisit, planned_for: datetime) -> None:
    _check_time(planned_for)
    visit.planned_for, visit.confirmed_at = planned_for, None
    visit.save()


def _check_time(planned_for: datetime) -> None:
    now = timezone.now()
    if planned_for <= now:
        raise Refused(_("A visit is planned for a time that is still to come."))
    if planned_for > now + LONGEST_AHEAD:
        raise Refused(_("A visit is planned a year ahead at most."))
