from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.schedule.models import CalendarEvent, Resource, ResourceBooking
from gongying.schedule.operations.clashes import in_words


@transaction.atomic
def save_resource(resource: Resource, *, by: User, seen: int | None = None) -> Resource:
    """Write a room or car that is new, or was changed."""
    is_new = resource.pk is None
    if not is_new:
        resource.advance_version(seen=seen)
    with refusing({"resource_unique": _("There is a room or car of this name already.")}):
        resource.save()
    verb = "resource.created" if is_new else "resource.changed"
    record_event(verb, by=by, subjects=[resource.project], name=resource.name)
    return resource


@transaction.atomic
def delete_resource(resource: Resource, *, by: User, seen: int | None = None) -> None:
    """Only while nothing has it booked; else it is retired."""
    resource.advance_version(seen=seen)
    record_event("resource.deleted", by=by, subjects=[resource.project], name=resource.name)
    try:
        resource.delete()
    except ProtectedError as error:
        raise Refused(_("This is booked. Say that it is no longer booked instead.")) from error


def hold_resources(resources: Iterable[Resource]) -> None:
    """Two who want the same rooms and cars at once take them one after the other: the second is told until when they are taken."""
    pks = {resource.pk for resource in resources}
    list(Resource.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk").values_list("pk"))


def book(events: Sequence[CalendarEvent], resources: Sequence[Resource], *, kept: Sequence[Resource] = ()) -> None:
    """Take rooms and cars for the time of each event; one that is taken is refused, whoever was faster. Those that it had already are `kept`."""
    if not events:
        return
    whole = (min(event.starts_at for event in events), max(event.ends_at for event in events))
    for resource in sorted(resources, key=lambda each: each.pk):
        if resource.is_retired and resource not in kept:
            raise Refused(_("%(name)s is no longer booked.") % {"name": resource})
        booked = ResourceBooking.objects.filter(resource=resource, during__overlap=whole).order_by("during")
        for taken in booked:
            if any(event.starts_at < taken.during.upper and taken.during.lower < event.ends_at for event in events):
                when = in_words(taken.during.lower, taken.during.upper)
                raise Refused(_("%(name)s is taken: %(when)s.") % {"name": resource, "when": when})
        with refusing({"resource_booking_no_overlap": _("%(name)s has just been taken.") % {"name": resource}}):
            ResourceBooking.objects.bulk_create(
                ResourceBooking(event=event, resource=resource, during=event.during) for event in events
            )
