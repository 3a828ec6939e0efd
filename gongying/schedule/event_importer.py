"""One's own events from another calendar (.ics): what a phone or a computer has exported."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.imports.complaints import Unreadable
from gongying.imports.enums import FindingKind
from gongying.imports.importers import Draft, Importer, MappedRow, Undoing, read_fields
from gongying.organization.models import StaffMember
from gongying.schedule.event_files import OutsideEvent, event_in, with_exceptions
from gongying.schedule.models import CalendarEvent, EventSeries, team_of
from gongying.schedule.models.calendar_events import new_uid
from gongying.schedule.operations import Plan
from gongying.schedule.operations.clashes import in_words
from gongying.schedule.operations.imported_events import (
    OneTime,
    leave_out_events,
    reasons_against_leaving_out,
    take_in_event,
)
from gongying.schedule.recurrence import UnusableRule
from gongying.schedule.rules import VIEW_PLANS

DATA: Final = Path(__file__).parent / "data"


class EventImporter(Importer):
    key: ClassVar = "schedule.events"
    label: ClassVar = gettext_lazy("Events of another calendar")
    description: ClassVar = gettext_lazy(
        "A calendar file (.ics) of a phone or computer: its events come into your own calendar, with the colleagues whose e-mail"
        " addresses it names. What was imported before is passed over."
    )
    permission: ClassVar = VIEW_PLANS
    fields: ClassVar = read_fields(
        DATA / "event_headers.json", {"event": gettext_lazy("Event")}, required=frozenset({"event"})
    )
    has_columns: ClassVar = False
    undoings: ClassVar = {CalendarEvent._meta.label: Undoing(reasons_against_leaving_out, leave_out_events)}

    def plan(self, rows: Sequence[MappedRow], draft: Draft) -> None:
        read = [(row, event) for row in rows if (event := _read(row, draft)) is not None]
        by_event = {id(event): row for row, event in read}
        known = _known([event.uid for _row, event in read])
        colleagues = _colleagues(read, draft)
        for event in with_exceptions(event for _row, event in read):
            row = by_event[id(event)]
            if event.uid in known:
                draft.find(
                    FindingKind.SKIPPED, row, _("%(title)s is in the calendar already.") % {"title": event.title}
                )
            else:
                _plan(event, row, colleagues, draft)


def _read(row: MappedRow, draft: Draft) -> OutsideEvent | None:
    event: OutsideEvent | None = draft.read(row, "event", lambda cell: event_in(str(cell)))
    if event is None:
        return None
    try:
        event.check_rule()
    except (UnusableRule, Unreadable) as error:
        draft.error(row, "event", str(error))
        return None
    return event


def _known(uids: Sequence[str]) -> set[str]:
    found = set(CalendarEvent.objects.filter(uid__in=uids).values_list("uid", flat=True))
    return found | set(EventSeries.objects.filter(uid__in=uids).values_list("uid", flat=True))


def _colleagues(read: Sequence[tuple[MappedRow, OutsideEvent]], draft: Draft) -> dict[str, StaffMember]:
    """By e-mail address, as far as she may plan for them."""
    addresses = {address for _row, event in read for address in event.addresses}
    rows = team_of(draft.by).select_related("user").exclude(user__email="")
    return {staff.user.email.casefold(): staff for staff in rows if staff.user.email.casefold() in addresses}


def _plan(event: OutsideEvent, row: MappedRow, colleagues: dict[str, StaffMember], draft: Draft) -> None:
    own = getattr(draft.by, "staff", None)
    if own is None:
        draft.error(row, "event", _("Only staff have a calendar."))
        return
    people = [own, *(colleagues[each] for each in event.addresses if each in colleagues and colleagues[each] != own)]
    exceptions = [
        OneTime(exception.known_by, _as_plan(exception, people)) for exception in event.exceptions if exception.known_by
    ]
    facts: dict[str, Any] = {"uid": event.uid or new_uid(), "gaps": event.gaps, "exceptions": exceptions}
    draft.act(CalendarEvent, row, partial(take_in_event, _as_plan(event, people), by=draft.by, **facts))
    told = f"{in_words(event.starts_at, event.ends_at)} {event.title}"
    draft.find(FindingKind.CREATED, row, told)


def _as_plan(event: OutsideEvent, people: Sequence[StaffMember]) -> Plan:
    return Plan(
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        people=people,
        location=event.location,
        note=event.note,
        is_private=event.is_private,
        rule=event.rule,
    )
