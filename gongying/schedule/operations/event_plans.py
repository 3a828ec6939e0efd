"""What an event is to be, and what of it cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.organization.models import StaffMember
from gongying.schedule.enums import EventKind
from gongying.schedule.models import Attendee, CalendarEvent, Resource, ResourceBooking, Task, thing_named
from gongying.schedule.recurrence import Rule, UnusableRule, check_lengths, rule_in, starts_of

LONGEST_EVENT = timedelta(days=31)
MOST_PEOPLE = 100
MOST_ENTRIES = 5_000


@dataclass(frozen=True)
class Plan:
    """What an event is to be; times in any zone. With a `rule` (RFC 5545) this is its first time."""

    title: str
    starts_at: datetime
    ends_at: datetime
    people: Sequence[StaffMember]
    kind: EventKind | str = EventKind.APPOINTMENT
    location: str = ""
    note: str = ""
    zone: str = settings.TIME_ZONE
    is_private: bool = False
    customer: Party | None = None
    unit: Unit | None = None
    resources: Sequence[Resource] = ()
    rule: str = ""
    about: str = ""  # a request, a visit, as `servicerequest-7`
    task: Task | None = field(default=None, compare=False)  # whose time it is; stays what it was at first

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def during(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.starts_at, self.ends_at)

    def at(self, start: datetime) -> "Plan":
        """The same at another time."""
        return replace(self, starts_at=start, ends_at=start + self.length)


def plan_of(event: CalendarEvent) -> Plan:
    """The event as it stands, to be changed with `replace`."""
    return plans_of([event])[event.pk]


def plans_of(events: Sequence[CalendarEvent]) -> dict[int, Plan]:
    """As `plan_of`, of many in a fixed number of statements."""
    people: dict[int, list[StaffMember]] = {event.pk: [] for event in events}
    resources: dict[int, list[Resource]] = {event.pk: [] for event in events}
    for attendee in Attendee.objects.filter(event__in=events).select_related("staff__user"):
        people[attendee.event_id].append(attendee.staff)
    for booking in ResourceBooking.objects.filter(event__in=events).select_related("resource"):
        resources[booking.event_id].append(booking.resource)
    return {event.pk: _plan(event, people[event.pk], resources[event.pk]) for event in events}


def _plan(event: CalendarEvent, people: Sequence[StaffMember], resources: Sequence[Resource]) -> Plan:
    return Plan(
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        people=people,
        kind=event.kind,
        location=event.location,
        note=event.note,
        zone=event.zone,
        is_private=event.is_private,
        customer=event.customer,
        unit=event.unit,
        resources=resources,
        rule=event.series.rule if event.series else "",
        about=event.about_key,
    )


def check_plan(plan: Plan) -> None:
    """Refuse what cannot be planned, in words. Whether it can repeat as it says: `times_of`."""
    if not plan.title.strip():
        raise Refused(_("Say what it is about."))
    if plan.ends_at <= plan.starts_at:
        raise Refused(_("The end lies before the beginning."))
    if plan.ends_at - plan.starts_at > LONGEST_EVENT:
        raise Refused(_("An event lasts at most 31 days."))
    if plan.zone not in available_timezones():
        raise Refused(_("There is no such time zone."))
    if not plan.people:
        raise Refused(_("Say who takes part."))
    if len(plan.people) > MOST_PEOPLE:
        raise Refused(_("At most %(n)s people take part.") % {"n": MOST_PEOPLE})
    for staff in plan.people:
        _check_person(plan, staff)


def times_of(plan: Plan) -> tuple[datetime, ...]:
    """When it begins, each time; without a rule once."""
    if not plan.rule:
        return (plan.starts_at,)
    try:
        starts = starts_of(_rule(plan), plan.starts_at, ZoneInfo(plan.zone))
        check_lengths(starts, plan.length)
    except UnusableRule as error:
        raise Refused(str(error)) from error
    if len(starts) * len(plan.people) > MOST_ENTRIES:
        raise Refused(_("So many people so often are too many: fewer people, or an earlier end."))
    return starts


def with_kept_rule(plan: Plan, starts: Sequence[datetime]) -> Plan:
    """The rule as it is kept: it ends with a day, so that it can be cut and moved."""
    return replace(plan, rule=str(_rule(plan).with_last_day(starts, ZoneInfo(plan.zone)))) if plan.rule else plan


def _rule(plan: Plan) -> Rule:
    return rule_in(plan.rule, start=plan.starts_at.astimezone(ZoneInfo(plan.zone)))


def _check_person(plan: Plan, staff: StaffMember) -> None:
    """Who takes part sees what it is about, so it must be hers to see."""
    if staff.left_on is not None and staff.left_on <= timezone.localtime(plan.starts_at).date():
        raise Refused(_("%(name)s will have left by then.") % {"name": staff})
    customers, units = Party.objects.visible_to(staff.user), Unit.objects.visible_to(staff.user)
    if plan.customer is not None and not customers.filter(pk=plan.customer.pk).exists():
        raise Refused(_("%(name)s may not see the file of this customer, and cannot take part.") % {"name": staff})
    if plan.unit is not None and not units.filter(pk=plan.unit.pk).exists():
        raise Refused(_("%(name)s does not serve this unit, and cannot take part.") % {"name": staff})
    if plan.about and thing_named(plan.about, staff.user) is None:
        raise Refused(_("%(name)s may not see what this is about, and cannot take part.") % {"name": staff})


def comparable(plan: Plan) -> Plan:
    """In which order people are named changes nothing."""
    people = sorted(plan.people, key=lambda staff: staff.pk)
    resources = sorted(plan.resources, key=lambda resource: resource.pk)
    return replace(plan, people=people, resources=resources)
