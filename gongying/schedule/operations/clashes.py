"""Who is busy when: the warning before an event is saved, and the marks that stay when it is saved all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.organization.models import StaffMember
from gongying.schedule.calendars import calendar_of
from gongying.schedule.common_time import HORIZON, Interval, next_common_slot
from gongying.schedule.enums import Answer
from gongying.schedule.models import Attendee, CalendarEvent, Resource, ResourceBooking, ScheduleConflict

MOST_NAMED = 5


@dataclass(frozen=True)
class Overlap:
    """Somebody has something else in that time; what, only where the reader may know it."""

    staff: StaffMember
    starts_at: datetime
    ends_at: datetime
    title: str

    def __str__(self) -> str:
        what = self.title or _("busy")
        return f"{self.staff} {in_words(self.starts_at, self.ends_at)} {what}"


class Clash(Refused):
    """It can be saved all the same: `despite_clashes=True`."""

    def __init__(self, overlaps: Sequence[Overlap], free_from: datetime | None) -> None:
        self.overlaps, self.free_from = overlaps, free_from
        named = "; ".join(map(str, overlaps[:MOST_NAMED]))
        free = _("Everybody is free from %(time)s.") % {"time": _moment(free_from)} if free_from else _no_time()
        current = {
            "clashes": [
                {
                    "staff_id": each.staff.pk,
                    "name": each.staff.name,
                    "starts_at": each.starts_at,
                    "ends_at": each.ends_at,
                    "title": each.title,
                }
                for each in overlaps
            ],
            "free_from": free_from,
        }
        super().__init__(_("Busy already: %(clashes)s. %(free)s") % {"clashes": named, "free": free}, current=current)


def clashes_of(
    people: Iterable[StaffMember], starts_at: datetime, ends_at: datetime, *, but: CalendarEvent | None, by: User
) -> list[Overlap]:
    """What these people have in that time already, as `by` may know it."""
    taken = Attendee.objects.occupied(starts_at, ends_at).filter(staff__in=[staff.pk for staff in people])
    if but is not None:
        taken = taken.exclude(event=but)
    rows = list(taken.select_related("staff__user", "event").order_by("event__during", "staff"))
    pks = {attendee.event_id for attendee in rows}
    known = set(CalendarEvent.objects.visible_to(by).filter(pk__in=pks).values_list("pk", flat=True))
    return [
        Overlap(
            each.staff, each.event.starts_at, each.event.ends_at, each.event.title if each.event_id in known else ""
        )
        for each in rows
    ]


def refuse_clashes(
    people: Sequence[StaffMember],
    resources: Sequence[Resource],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: CalendarEvent | None,
    by: User,
) -> None:
    overlaps = clashes_of(people, starts_at, ends_at, but=but, by=by)
    if overlaps:
        raise Clash(overlaps, free_from(people, resources, starts_at, ends_at, but=but))


def free_from(
    people: Iterable[StaffMember],
    resources: Iterable[Resource],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: CalendarEvent | None = None,
) -> datetime | None:
    """When these people, rooms and cars are next free together in working hours, not before `starts_at` nor in the past."""
    start = max(starts_at, timezone.now())
    until = start + HORIZON + (ends_at - starts_at)
    others = ~Q(event=but.pk) if but is not None else Q()
    taken = Attendee.objects.occupied(start, until).filter(others, staff__in=[staff.pk for staff in people])
    booked = ResourceBooking.objects.filter(others, resource__in=list(resources), during__overlap=(start, until))
    busy: list[Interval] = [(during.lower, during.upper) for during in taken.values_list("event__during", flat=True)]
    busy += [(during.lower, during.upper) for during in booked.values_list("during", flat=True)]
    return next_common_slot(calendar_of(), busy, start=start, length=ends_at - starts_at)


def conflicts_of(event: CalendarEvent) -> list[ScheduleConflict]:
    """Marks for everybody who takes part in this and in something else at the same time."""
    coming = event.attendees.exclude(answer=Answer.DECLINED).values("staff")
    taken = Attendee.objects.occupied(event.starts_at, event.ends_at).filter(staff__in=coming).exclude(event=event)
    return [
        ScheduleConflict(staff_id=staff_id, event=event, other_id=other_id)
        for staff_id, other_id in taken.values_list("staff", "event")
    ]


def in_words(starts_at: datetime, ends_at: datetime) -> str:
    """One line: 2026-11-23 10:00-11:00."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    shown = "%H:%M" if start.date() == end.date() else "%Y-%m-%d %H:%M"
    return f"{start:%Y-%m-%d %H:%M}\u2013{end.strftime(shown)}"


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _no_time() -> str:
    return _("There is no common free time within four weeks.")
