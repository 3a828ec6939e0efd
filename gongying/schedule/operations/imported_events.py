"""Events of another calendar become events here, and are taken back as long as nobody else has touched them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.schedule.enums import Answer, Scope
from gongying.schedule.models import Attendee, CalendarEvent
from gongying.schedule.models.calendar_events import new_uid
from gongying.schedule.operations.calendar_events import cancel_event, change_event, plan_event
from gongying.schedule.operations.event_plans import Plan, plan_of


@dataclass(frozen=True)
class OneTime:
    """One time of a series that is otherwise: when it was by the rule, and what it is now."""

    known_by: datetime
    plan: Plan


@transaction.atomic
def take_in_event(
    plan: Plan, *, uid: str, gaps: Sequence[datetime], exceptions: Sequence[OneTime], by: User
) -> CalendarEvent:
    """It keeps the name by which the other calendar knows it. Overlaps are marked, not asked about."""
    first = plan_event(plan, by=by, despite_clashes=True)
    times = {event.original_start: event for event in CalendarEvent.objects.in_series(first)}
    for exception in exceptions:
        if (event := times.get(exception.known_by)) is not None:
            changed = replace(exception.plan, people=plan.people, rule=plan_of(event).rule)
            change_event(event, changed, by=by, despite_clashes=True)
    for gap in gaps:
        if (event := times.get(gap)) is not None:
            cancel_event(event, by=by)
    _name(first, uid)
    return first


def reasons_against_leaving_out(pks: Sequence[int]) -> Iterator[str]:
    """What others have said or changed meanwhile."""
    for event in CalendarEvent.objects.filter(pk__in=pks).select_related("series"):
        others = Attendee.objects.filter(event__in=CalendarEvent.objects.in_series(event).values("pk"))
        if others.exclude(staff__user=event.organizer_id).exclude(answer=Answer.NONE).exists():
            yield _("Somebody has answered to %(title)s already.") % {"title": event.title}


@transaction.atomic
def leave_out_events(pks: Sequence[int], by: User) -> None:
    """They do not take place, and their names are free again."""
    for event in CalendarEvent.objects.filter(pk__in=pks).select_related("series"):
        for why in reasons_against_leaving_out([event.pk]):
            raise Refused(why)
        _name(event, new_uid())
        left = CalendarEvent.objects.in_series(event).planned().first()
        if left is not None:
            cancel_event(left, by=by, scope=Scope.FOLLOWING)


def _name(event: CalendarEvent, uid: str) -> None:
    named = event.series if event.series is not None else event
    named.uid = uid
    named.save(update_fields=["uid"])
