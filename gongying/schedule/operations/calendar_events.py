from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.notifications.operations import notify
from gongying.organization.models import StaffMember
from gongying.schedule.enums import Answer, EventState, Scope
from gongying.schedule.models import Attendee, CalendarEvent, EventSeries, ResourceBooking, ScheduleConflict
from gongying.schedule.operations.clashes import conflicts_of, refuse_clashes
from gongying.schedule.operations.event_notices import record, show_again, tell, tell_left_out
from gongying.schedule.operations.event_plans import (
    Plan,
    check_plan,
    comparable,
    plan_of,
    plans_of,
    times_of,
    with_kept_rule,
)
from gongying.schedule.operations.invitations import write_invitations
from gongying.schedule.operations.resources import book, hold_resources
from gongying.schedule.operations.series import (
    Spread,
    cut,
    lock_series,
    meant,
    spread_of_new,
    spread_of_one,
    spread_of_series,
    start_series,
)

WRITTEN = (
    "title",
    "kind",
    "location",
    "note",
    "zone",
    "is_private",
    "customer",
    "unit",
    "during",
    "about_kind",
    "about_id",
)


@transaction.atomic
def plan_event(plan: Plan, *, by: User, despite_clashes: bool = False) -> CalendarEvent:
    """Put an event into the calendars of those who take part, and tell them; of one that repeats each time, and the first comes back.

    Where somebody is busy already it is refused as `Clash`, which names whom and when and the next common free time;
    `despite_clashes` saves it all the same and marks both. A room or car that is taken is refused always.
    """
    check_plan(plan)
    starts = times_of(plan)
    plan = with_kept_rule(plan, starts)
    _lock_calendars(plan.people)
    hold_resources(plan.resources)
    if not despite_clashes:
        refuse_clashes([(plan.people, _periods(plan, starts))], plan.resources, but=(), by=by)
    events = _create(plan, starts, series=start_series(plan), by=by)
    book(events, plan.resources)
    _mark_conflicts(events)
    tell("calendar_event.planned", events[0], plan.people, by=by, **_repetition(plan))
    return events[0]


def change_event(
    event: CalendarEvent,
    plan: Plan,
    *,
    by: User,
    scope: Scope | str = Scope.THIS,
    despite_clashes: bool = False,
    seen: int | None = None,
) -> CalendarEvent:
    """Move it or change anything else. Those who take part are told, and asked again where it is moved.

    Of one that repeats: this time, this and the following, or all that are not over. What is over stays as it was.
    """
    return _change(event, lambda _stands: plan, by=by, scope=scope, despite_clashes=despite_clashes, seen=seen)


def move_event(
    event: CalendarEvent,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    scope: Scope | str = Scope.THIS,
    despite_clashes: bool = False,
    seen: int | None = None,
) -> CalendarEvent:
    """Another time, all else as it stands, whatever somebody else has changed meanwhile."""

    def moved(stands: Plan) -> Plan:
        return replace(stands, starts_at=starts_at, ends_at=ends_at)

    return _change(event, moved, by=by, scope=scope, despite_clashes=despite_clashes, seen=seen)


@transaction.atomic
def cancel_event(
    event: CalendarEvent, *, by: User, reason: str = "", scope: Scope | str = Scope.THIS, seen: int | None = None
) -> CalendarEvent:
    """It does not take place: those who take part are told, rooms and cars are free again."""
    found = _locked(event, scope, seen=seen)
    event = next(row for row in found if row.pk == event.pk)
    rows = [row for row in meant(found, event, scope) if not row.is_cancelled]
    people = _people_of(rows)
    _lock_calendars(people)
    _cancel(rows)
    if event.series is not None and scope != Scope.THIS:
        cut(event.series, rows)
    more = _repetition(plan_of(event)) if len(rows) > 1 else {}
    left = next((row for row in found if not row.is_cancelled), None) if scope != Scope.THIS else None
    tell("calendar_event.cancelled", event, people, by=by, letter=left, reason=reason.strip(), **more)
    return event


@transaction.atomic
def answer_invitation(
    event: CalendarEvent, *, answer: Answer | str, by: User, scope: Scope | str = Scope.THIS
) -> Attendee:
    """What somebody says who was asked to take part; who has asked is told. Who declines is free in that time."""
    found = _locked(event, scope, seen=None)
    event = next(row for row in found if row.pk == event.pk)
    rows = [row for row in meant(found, event, scope) if not row.is_cancelled]
    attending = Attendee.objects.filter(event__in=rows, staff__user=by).select_related("staff__user")
    answers = {attendee.event_id: attendee for attendee in attending}
    if event.pk not in answers:
        raise Refused(_("You are not among those who take part."))
    if answer == Answer.NONE:
        raise Refused(_("Say whether you come."))
    changed = [attendee for attendee in answers.values() if attendee.answer != answer]
    if not changed:
        return answers[event.pk]
    people = _people_of(rows)
    _lock_calendars(people)
    for attendee in changed:
        attendee.answer, attendee.answered_at = Answer(answer), timezone.now()
    Attendee.objects.bulk_update(changed, ["answer", "answered_at"])
    _mark_conflicts(rows)
    told = record("calendar_event.answered", event, by, {"name": str(by), "answer": Answer(answer)})
    notify(told, to=[event.organizer], about=event)
    show_again(people)
    return answers[event.pk]


@transaction.atomic
def _change(
    event: CalendarEvent,
    wanted: Callable[[Plan], Plan],
    *,
    by: User,
    scope: Scope | str,
    despite_clashes: bool,
    seen: int | None,
) -> CalendarEvent:
    """`wanted` says what becomes of the event as it stands once it is locked."""
    rows = _locked(event, scope, seen=seen)
    event = next(row for row in rows if row.pk == event.pk)
    plans = plans_of(rows)
    before = plans[event.pk]
    plan = wanted(before)
    if comparable(plan) == comparable(before):
        return event
    earlier = rows[0]
    rows = meant(rows, event, scope)
    spread = _spread(event, rows, plans, plan, scope)
    _lock_calendars({*plan.people, *(staff for row in rows for staff in plans[row.pk].people)})
    hold_resources({*plan.resources, *(resource for row in rows for resource in plans[row.pk].resources)})
    if not despite_clashes:
        _refuse_clashes(plan, spread, plans, by=by)
    _apply(spread, plans, plan, by=by)
    is_moved = bool(spread.added or spread.dropped) or any(_is_moved(row, plans, new) for row, new in spread.kept)
    verb = "calendar_event.moved" if is_moved else "calendar_event.changed"
    tell(verb, event, plan.people, by=by, **(_repetition(plan) if len(rows) > 1 or spread.added else {}))
    if earlier not in rows:
        write_invitations(earlier, plans[earlier.pk].people, by=by)  # what was before has an end now
    left_out = [staff for staff in before.people if staff not in plan.people]
    if left_out:
        tell_left_out(event, left_out, by=by)
    return event


def _locked(event: CalendarEvent, scope: Scope | str, *, seen: int | None) -> list[CalendarEvent]:
    """The event, and where more than this time is meant all of its series."""
    if scope == Scope.THIS:
        # Marks of conflicts refer to this row from others: locking its key would hold them up, and they this one.
        rows = CalendarEvent.objects.filter(pk=event.pk).select_for_update(of=["self"], no_key=True)
        found = list(rows.select_related("organizer", "customer", "unit", "series"))
    else:
        found = lock_series(event)
    itself = next((row for row in found if row.pk == event.pk), None)
    if itself is None:
        raise Refused(_("Somebody else has deleted this meanwhile."))
    itself.check_version(seen=seen)
    if itself.is_cancelled:
        raise Refused(_("This has been cancelled."))
    return found


def _lock_calendars(people: Iterable[StaffMember]) -> None:
    """Two who plan for the same people at once do so one after the other: the second one is warned."""
    pks = sorted({staff.pk for staff in people})
    list(StaffMember.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def _people_of(rows: Collection[CalendarEvent]) -> list[StaffMember]:
    return list(StaffMember.objects.filter(attendances__event__in=rows).select_related("user").distinct())


def _spread(
    event: CalendarEvent, rows: Sequence[CalendarEvent], plans: dict[int, Plan], plan: Plan, scope: Scope | str
) -> Spread:
    check_plan(plan)
    if event.series is None:
        return spread_of_new(event, plan) if plan.rule else spread_of_one(event, plan)
    if scope != Scope.THIS:
        return spread_of_series(event, rows, plans, plan)
    if plan.rule != plans[event.pk].rule:
        raise Refused(_("How it repeats is changed for this and the following times, or for all."))
    return spread_of_one(event, plan)


def _refuse_clashes(plan: Plan, spread: Spread, plans: dict[int, Plan], *, by: User) -> None:
    """Where it is moved everybody is looked at, else only who is new."""
    moved = [new for row, new in spread.kept if _is_moved(row, plans, new)]
    stays = [new for row, new in spread.kept if not _is_moved(row, plans, new)]
    periods = [*((new.starts_at, new.ends_at) for new in moved), *_periods(plan, spread.added)]
    added = [staff for staff in plan.people if any(staff not in plans[row.pk].people for row, _new in spread.kept)]
    wanted = [(plan.people, periods), (added, [(new.starts_at, new.ends_at) for new in stays])]
    but = [row.pk for row, _new in spread.kept] + [row.pk for row in spread.dropped]
    refuse_clashes(wanted, plan.resources, but=but, by=by)


def _is_moved(row: CalendarEvent, plans: dict[int, Plan], new: Plan) -> bool:
    before = plans[row.pk]
    return (before.starts_at, before.ends_at) != (new.starts_at, new.ends_at)


def _apply(spread: Spread, plans: dict[int, Plan], plan: Plan, *, by: User) -> None:
    rows = [row for row, _new in spread.kept]
    for row, new in spread.kept:
        _fill(row, new)
        row.sequence += 1
        row.version += 1
    names = [*WRITTEN, "sequence", "version", "series", "original_start"]
    CalendarEvent.objects.bulk_update([*rows, *spread.cancelled], names)
    _cancel([row for row in spread.dropped if not row.is_cancelled])
    CalendarEvent.objects.filter(pk__in=[row.pk for row in spread.dropped]).update(series=None, original_start=None)
    _change_people(spread, plans, by=by)
    added = _create(plan, spread.added, series=spread.series, by=rows[0].organizer, sequence=rows[0].sequence)
    _book_anew(spread, plans)
    book(added, plan.resources)
    _mark_conflicts([*rows, *added])


def _create(
    plan: Plan, starts: Sequence[datetime], *, series: EventSeries | None, by: User, sequence: int = 0
) -> list[CalendarEvent]:
    new = [
        CalendarEvent(organizer=by, series=series, original_start=start if series else None, sequence=sequence)
        for start in starts
    ]
    for event, start in zip(new, starts, strict=True):
        _fill(event, plan.at(start))
        event.task = plan.task
    events = CalendarEvent.objects.bulk_create(new)
    Attendee.objects.bulk_create(_invited(event, staff, by) for event in events for staff in plan.people)
    return events


def _fill(event: CalendarEvent, plan: Plan) -> None:
    event.title, event.kind, event.during = plan.title.strip(), plan.kind, plan.during
    event.location, event.note, event.zone = plan.location.strip(), plan.note.strip(), plan.zone
    event.is_private, event.customer, event.unit = plan.is_private, plan.customer, plan.unit
    event.about_key = plan.about


def _invited(event: CalendarEvent, staff: StaffMember, by: User) -> Attendee:
    """Who plans for herself has said so."""
    if staff.user_id == by.pk:
        return Attendee(event=event, staff=staff, answer=Answer.ACCEPTED, answered_at=timezone.now())
    return Attendee(event=event, staff=staff)


def _change_people(spread: Spread, plans: dict[int, Plan], *, by: User) -> None:
    gone = [(row.pk, each.pk) for row, new in spread.kept for each in set(plans[row.pk].people) - set(new.people)]
    for staff in {staff for _row, staff in gone}:
        Attendee.objects.filter(staff=staff, event__in=[row for row, each in gone if each == staff]).delete()
    moved = [row for row, new in spread.kept if _is_moved(row, plans, new)]
    asked = Attendee.objects.filter(event__in=moved).exclude(staff__user=by)
    asked.update(answer=Answer.NONE, answered_at=None)
    Attendee.objects.bulk_create(
        _invited(row, staff, by)
        for row, new in spread.kept
        for staff in new.people
        if staff not in plans[row.pk].people
    )


def _book_anew(spread: Spread, plans: dict[int, Plan]) -> None:
    """Rooms and cars of all that changes are let go first: one time may come to where another was."""
    ResourceBooking.objects.filter(event__in=[row for row, _new in spread.kept]).delete()
    for row, new in spread.kept:
        if new.resources:
            book([row], new.resources, kept=plans[row.pk].resources)


def _cancel(rows: Sequence[CalendarEvent]) -> None:
    for row in rows:
        row.state = EventState.CANCELLED
        row.sequence += 1
        row.version += 1
    CalendarEvent.objects.bulk_update(rows, ["state", "sequence", "version"])
    ResourceBooking.objects.filter(event__in=rows).delete()
    _mark_conflicts(rows)


def _mark_conflicts(events: Sequence[CalendarEvent]) -> None:
    """What is marked is what overlaps now, whoever moved."""
    ScheduleConflict.objects.of_any(events).delete()
    ScheduleConflict.objects.bulk_create(conflicts_of([event for event in events if not event.is_cancelled]))


def _periods(plan: Plan, starts: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    return [(start, start + plan.length) for start in starts]


def _repetition(plan: Plan) -> dict[str, Any]:
    """What a notice says of it beside the first time."""
    return {"rule": plan.rule, "zone": plan.zone} if plan.rule else {}
