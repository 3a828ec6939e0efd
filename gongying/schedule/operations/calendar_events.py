from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.organization.models import StaffMember
from gongying.schedule.enums import Answer, EventKind, EventState
from gongying.schedule.models import Attendee, CalendarEvent, Resource, ScheduleConflict
from gongying.schedule.operations.clashes import conflicts_of, refuse_clashes
from gongying.schedule.operations.resources import book

LONGEST_EVENT = timedelta(days=31)
MOST_PEOPLE = 100


@dataclass(frozen=True)
class Plan:
    """What an event is to be; times in any zone."""

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

    @property
    def during(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.starts_at, self.ends_at)


def plan_of(event: CalendarEvent) -> Plan:
    """The event as it stands, to be changed with `replace`."""
    return Plan(
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        people=[attendee.staff for attendee in event.attendees.select_related("staff__user")],
        kind=event.kind,
        location=event.location,
        note=event.note,
        zone=event.zone,
        is_private=event.is_private,
        customer=event.customer,
        unit=event.unit,
        resources=[booking.resource for booking in event.bookings.select_related("resource")],
    )


@transaction.atomic
def plan_event(plan: Plan, *, by: User, despite_clashes: bool = False) -> CalendarEvent:
    """Put an event into the calendars of those who take part, and tell them.

    Where somebody is busy already it is refused as `Clash`, which names whom and when and the next common free time;
    `despite_clashes` saves it all the same and marks both. A room or car that is taken is refused always.
    """
    _check(plan)
    _lock_calendars(plan.people)
    if not despite_clashes:
        refuse_clashes(plan.people, plan.resources, plan.starts_at, plan.ends_at, but=None, by=by)
    event = CalendarEvent(organizer=by)
    _write(event, plan)
    own = {by.pk}
    Attendee.objects.bulk_create(_invited(event, staff, own) for staff in plan.people)
    book(event, plan.resources)
    _mark_conflicts(event)
    _tell("calendar_event.planned", event, plan.people, by=by)
    return event


@transaction.atomic
def change_event(
    event: CalendarEvent, plan: Plan, *, by: User, despite_clashes: bool = False, seen: int | None = None
) -> CalendarEvent:
    """Move it or change anything else. Those who take part are told, and asked again where it is moved."""
    event = _locked(event, seen=seen)
    before = plan_of(event)
    if _comparable(plan) == _comparable(before):
        return event
    _check(plan)
    _lock_calendars({*before.people, *plan.people})
    is_moved = before.during != plan.during
    if not despite_clashes and (is_moved or set(plan.people) - set(before.people)):
        refuse_clashes(plan.people, plan.resources, plan.starts_at, plan.ends_at, but=event, by=by)
    event.sequence += 1
    event.version += 1
    _write(event, plan)
    _change_people(event, plan.people, ask_again=is_moved, own={by.pk})
    event.bookings.all().delete()
    book(event, plan.resources, kept=before.resources)
    _mark_conflicts(event)
    _tell("calendar_event.moved" if is_moved else "calendar_event.changed", event, plan.people, by=by)
    left_out = [staff for staff in before.people if staff not in plan.people]
    if left_out:
        _tell("calendar_event.without_you", event, left_out, by=by, is_journal_of_event_only=True)
    return event


def move_event(
    event: CalendarEvent,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    despite_clashes: bool = False,
    seen: int | None = None,
) -> CalendarEvent:
    """Another time, all else as it was."""
    plan = replace(plan_of(event), starts_at=starts_at, ends_at=ends_at)
    return change_event(event, plan, by=by, despite_clashes=despite_clashes, seen=seen)


@transaction.atomic
def cancel_event(event: CalendarEvent, *, by: User, reason: str = "", seen: int | None = None) -> CalendarEvent:
    """It does not take place: those who take part are told, rooms and cars are free again."""
    event = _locked(event, seen=seen)
    people = plan_of(event).people
    _lock_calendars(people)
    event.state = EventState.CANCELLED
    event.sequence += 1
    event.version += 1
    event.save(update_fields=["state", "sequence", "version"])
    event.bookings.all().delete()
    _mark_conflicts(event)
    _tell("calendar_event.cancelled", event, people, by=by, reason=reason.strip())
    return event


@transaction.atomic
def answer_invitation(event: CalendarEvent, *, answer: Answer | str, by: User) -> Attendee:
    """What somebody says who was asked to take part; who has asked is told. Who declines is free in that time."""
    event = _locked(event, seen=None)
    attendee = event.attendees.select_related("staff__user").filter(staff__user=by).first()
    if attendee is None:
        raise Refused(_("You are not among those who take part."))
    if answer == Answer.NONE:
        raise Refused(_("Say whether you come."))
    if attendee.answer == answer:
        return attendee
    people = plan_of(event).people
    _lock_calendars(people)
    attendee.answer, attendee.answered_at = Answer(answer), timezone.now()
    attendee.save(update_fields=["answer", "answered_at"])
    _mark_conflicts(event)
    told = _record("calendar_event.answered", event, by, {"name": str(by), "answer": attendee.answer})
    notify(told, to=[event.organizer], about=event)
    _show_again([staff.pk for staff in people])
    return attendee


def _comparable(plan: Plan) -> Plan:
    """In which order people are named changes nothing."""
    return replace(plan, people=tuple(sorted(plan.people, key=_pk)), resources=tuple(sorted(plan.resources, key=_pk)))


def _pk(row: StaffMember | Resource) -> int:
    return row.pk


def _locked(event: CalendarEvent, *, seen: int | None) -> CalendarEvent:
    # Marks of conflicts refer to this row from others: locking its key would hold them up, and they this one.
    rows = CalendarEvent.objects.select_for_update(of=["self"], no_key=True)
    rows = rows.select_related("organizer", "customer", "unit")
    found = rows.filter(pk=event.pk).first()
    if found is None:
        raise Refused(_("Somebody else has deleted this meanwhile."))
    found.check_version(seen=seen)
    if found.is_cancelled:
        raise Refused(_("This has been cancelled."))
    return found


def _lock_calendars(people: Iterable[StaffMember]) -> None:
    """Two who plan for the same people at once do so one after the other: the second one is warned."""
    pks = sorted(staff.pk for staff in people)
    list(StaffMember.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def _check(plan: Plan) -> None:
    """Refuse what cannot be planned, in words."""
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


def _check_person(plan: Plan, staff: StaffMember) -> None:
    """Who takes part sees what it is about, so it must be hers to see."""
    if staff.left_on is not None and staff.left_on <= timezone.localtime(plan.starts_at).date():
        raise Refused(_("%(name)s will have left by then.") % {"name": staff})
    customers, units = Party.objects.visible_to(staff.user), Unit.objects.visible_to(staff.user)
    if plan.customer is not None and not customers.filter(pk=plan.customer.pk).exists():
        raise Refused(_("%(name)s may not see the file of this customer, and cannot take part.") % {"name": staff})
    if plan.unit is not None and not units.filter(pk=plan.unit.pk).exists():
        raise Refused(_("%(name)s does not serve this unit, and cannot take part.") % {"name": staff})


def _write(event: CalendarEvent, plan: Plan) -> None:
    event.title, event.kind, event.during = plan.title.strip(), plan.kind, plan.during
    event.location, event.note, event.zone = plan.location.strip(), plan.note.strip(), plan.zone
    event.is_private, event.customer, event.unit = plan.is_private, plan.customer, plan.unit
    event.save()


def _invited(event: CalendarEvent, staff: StaffMember, own: set[int]) -> Attendee:
    """Who plans for herself has said so."""
    if staff.user_id in own:
        return Attendee(event=event, staff=staff, answer=Answer.ACCEPTED, answered_at=timezone.now())
    return Attendee(event=event, staff=staff)


def _change_people(event: CalendarEvent, people: Sequence[StaffMember], *, ask_again: bool, own: set[int]) -> None:
    event.attendees.exclude(staff__in=people).delete()
    if ask_again:
        event.attendees.exclude(staff__user__in=own).update(answer=Answer.NONE, answered_at=None)
    present = set(event.attendees.values_list("staff", flat=True))
    Attendee.objects.bulk_create(_invited(event, staff, own) for staff in people if staff.pk not in present)


def _mark_conflicts(event: CalendarEvent) -> None:
    """What is marked is what overlaps now, whoever moved."""
    ScheduleConflict.objects.between_it_and_others(event).delete()
    if not event.is_cancelled:
        ScheduleConflict.objects.bulk_create(conflicts_of(event))


def _tell(
    verb: str,
    event: CalendarEvent,
    people: Sequence[StaffMember],
    *,
    by: User,
    is_journal_of_event_only: bool = False,
    **more: Any,
) -> None:
    told = _record(verb, event, by, more, with_links=not is_journal_of_event_only)
    notify(told, to=[staff.user for staff in people], about=None if is_journal_of_event_only else event)
    _show_again([staff.pk for staff in people])


def _record(verb: str, event: CalendarEvent, by: User, more: dict[str, Any], *, with_links: bool = True) -> Event:
    """A private event stands on nobody else's timeline, and its own names neither matter nor customer."""
    links = [event.customer, event.unit] if with_links and not event.is_private else []
    title = "" if event.is_private else event.title
    return record_event(
        verb,
        by=by,
        subjects=[event, *links],
        event_kind=event.kind,
        title=title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        **more,
    )


def _show_again(staff_ids: Iterable[int]) -> None:
    """Pages on which these people's plans stand fetch themselves again."""
    push_on_commit([f"plans-{pk}" for pk in staff_ids])
