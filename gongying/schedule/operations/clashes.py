"""Who is busy when: the warning before an event is saved, and the marks that stay when it is saved all the same."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.organization.models import StaffMember
from gongying.schedule.absences import absences_of
from gongying.schedule.calendars import calendar_of
from gongying.schedule.common_time import HORIZON, Interval, merged, next_common_slot, same_hour_on_all_days
from gongying.schedule.enums import Answer, EventState
from gongying.schedule.models import Attendee, CalendarEvent, Resource, ResourceBooking, ScheduleConflict

MOST_NAMED = 5
MOST_LISTED = 50
ONE_DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


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
        if len(overlaps) > MOST_NAMED:
            named = _("%(clashes)s and %(n)s more") % {"clashes": named, "n": len(overlaps) - MOST_NAMED}
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
                for each in overlaps[:MOST_LISTED]
            ],
            "free_from": free_from,
        }
        super().__init__(_("Busy already: %(clashes)s. %(free)s") % {"clashes": named, "free": free}, current=current)


def clashes_of(
    people: Iterable[StaffMember], periods: Sequence[Interval], *, but: Collection[int], by: User
) -> list[Overlap]:
    """What these people have in those times already, as `by` may know it."""
    pks = [staff.pk for staff in people]
    if not periods or not pks:
        return []
    whole = min(start for start, _end in periods), max(end for _start, end in periods)
    taken = Attendee.objects.occupied(*whole).filter(staff__in=pks).exclude(event__in=but)
    wanted = _Periods(periods)
    rows = [
        row
        for row in taken.select_related("staff__user", "event").order_by("event__during", "staff")
        if wanted.overlaps(row.event.starts_at, row.event.ends_at)
    ]
    found = {attendee.event_id for attendee in rows}
    known = set(CalendarEvent.objects.visible_to(by).filter(pk__in=found).values_list("pk", flat=True))
    return [
        Overlap(
            each.staff, each.event.starts_at, each.event.ends_at, each.event.title if each.event_id in known else ""
        )
        for each in rows
    ]


def refuse_clashes(
    wanted: Iterable[tuple[Sequence[StaffMember], Sequence[Interval]]],
    resources: Sequence[Resource],
    *,
    but: Collection[int],
    by: User,
) -> None:
    """`wanted`: who is wanted when. The time that is offered is one for the first of them, every time it takes place."""
    for people, periods in wanted:
        overlaps = clashes_of(people, periods, but=but, by=by)
        if overlaps:
            raise Clash(overlaps, _free_for_all_times(people, resources, periods, but=but))


def _free_for_all_times(
    people: Sequence[StaffMember], resources: Sequence[Resource], periods: Sequence[Interval], *, but: Collection[int]
) -> datetime | None:
    if len(periods) == 1:
        return free_from(people, resources, *periods[0], but=but)
    whole = _day_around(periods)
    return same_hour_on_all_days(calendar_of(), _busy(people, resources, whole, but=but), periods)


def next_quarter(moment: datetime) -> datetime:
    """From which it may be planned: the moment itself, if it is on the quarter of an hour."""
    whole = moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
    return whole if whole == moment else whole + QUARTER


def free_from(
    people: Iterable[StaffMember],
    resources: Iterable[Resource],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Collection[int] = (),
) -> datetime | None:
    """When these people (at work, by roster and leave), rooms and cars are next free together in working hours, not before `starts_at` nor in the past."""
    return next(iter(times_free(people, resources, starts_at, ends_at, but=but, number=1)), None)


def times_free(
    people: Iterable[StaffMember],
    resources: Iterable[Resource],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Collection[int] = (),
    number: int,
) -> list[datetime]:
    """As `free_from`, the next so many, one after the other's end."""
    start, length = max(starts_at, timezone.now()), ends_at - starts_at
    busy = _busy(people, resources, (start, start + HORIZON + length), but=but)
    found: list[datetime] = []
    while len(found) < number:
        slot = next_common_slot(calendar_of(), busy, start=start, length=length)
        if slot is None:
            break
        found.append(slot)
        start = slot + length
    return found


def _busy(
    people: Iterable[StaffMember], resources: Iterable[Resource], whole: Interval, *, but: Collection[int]
) -> list[Interval]:
    pks = [staff.pk for staff in people]
    taken = Attendee.objects.occupied(*whole).filter(staff__in=pks)
    booked = ResourceBooking.objects.filter(resource__in=list(resources), during__overlap=whole)
    busy = [*taken.exclude(event__in=but).values_list("event__during", flat=True)]
    busy += booked.exclude(event__in=but).values_list("during", flat=True)
    absent = absences_of(pks, whole, calendar_of())
    return [*((during.lower, during.upper) for during in busy), *(each for own in absent.values() for each in own)]


class _Periods:
    """Times that are wanted, in order, none over another."""

    def __init__(self, periods: Sequence[Interval]) -> None:
        self.merged = merged(periods)
        self.ends = [end for _start, end in self.merged]

    def overlaps(self, start: datetime, end: datetime) -> bool:
        at = bisect_right(self.ends, start)
        return at < len(self.merged) and self.merged[at][0] < end


def _day_around(periods: Sequence[Interval]) -> Interval:
    """With the whole of the first and the last day, whatever the hour."""
    return min(start for start, _end in periods) - ONE_DAY, max(end for _start, end in periods) + ONE_DAY


def conflicts_of(events: Sequence[CalendarEvent]) -> list[ScheduleConflict]:
    """Marks for everybody who takes part in one of these and in something else at the same time."""
    coming = Attendee.objects.filter(event__in=events).exclude(answer=Answer.DECLINED)
    beside = "staff__attendances__"
    taken = coming.filter(
        **{
            f"{beside}answer__in": [Answer.NONE, Answer.ACCEPTED, Answer.TENTATIVE],
            f"{beside}event__state": EventState.PLANNED,
            f"{beside}event__during__overlap": F("event__during"),
        }
    )
    found = taken.values_list("staff", "event", f"{beside}event")
    pairs = {(staff, *sorted((event, other))): (event, other) for staff, event, other in found if event != other}
    return [ScheduleConflict(staff_id=key[0], event_id=event, other_id=other) for key, (event, other) in pairs.items()]


def in_words(starts_at: datetime, ends_at: datetime) -> str:
    """One line: 2026-11-23 10:00-11:00."""
    start, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    shown = "%H:%M" if start.date() == end.date() else "%Y-%m-%d %H:%M"
    return f"{start:%Y-%m-%d %H:%M}\u2013{end.strftime(shown)}"


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _no_time() -> str:
    return _("There is no common free time within four weeks.")
