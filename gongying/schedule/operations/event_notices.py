"""Who hears of what is planned, and what stands on which timeline."""

from collections.abc import Iterable, Sequence
from typing import Any

from gongying.accounts.models import User
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.organization.models import StaffMember
from gongying.schedule.models import CalendarEvent
from gongying.schedule.operations.invitations import write_cancellations, write_invitations


def tell(
    verb: str,
    event: CalendarEvent,
    people: Sequence[StaffMember],
    *,
    by: User,
    letter: CalendarEvent | None = None,
    **more: Any,
) -> None:
    """In the product, and by e-mail; where what is left of a series is what people need to know, `letter` is one of those times."""
    told = record(verb, event, by, more)
    notify(told, to=[staff.user for staff in people], about=event)
    show_again(people)
    shown = letter or event
    write = write_cancellations if shown.is_cancelled else write_invitations
    write(shown, people, by=by)


def tell_left_out(event: CalendarEvent, people: Sequence[StaffMember], *, by: User) -> None:
    """Who no longer takes part may not see it any more: it opens nothing."""
    told = record("calendar_event.without_you", event, by, {}, with_links=False)
    notify(told, to=[staff.user for staff in people])
    show_again(people)
    write_cancellations(event, people, by=by)


def record(verb: str, event: CalendarEvent, by: User, more: dict[str, Any], *, with_links: bool = True) -> Event:
    """A private event stands on nobody else's timeline, and its own names neither matter nor customer."""
    is_told = with_links and not event.is_private
    links = [event.customer, event.unit, event.on_timeline_of()] if is_told else []
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


def show_again(people: Iterable[StaffMember]) -> None:
    """Pages on which these people's plans stand fetch themselves again."""
    push_on_commit([f"plans-{staff.pk}" for staff in people])
