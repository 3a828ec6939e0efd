"""Factories for the tests of this app."""

from datetime import date

from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.customers.operations import create_party
from gongying.events.models import Event, EventSubject
from tests.conftest import make_unit

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 16), date(2026, 7, 1)


def make_flat(cast, unit_no="302", **more):
    return make_unit(cast.unit.entrance, unit_no, **more)


def make_person(cast, name, unit=None, *, role=RoleKind.CONTACT, since=MAY, **more) -> Party:
    unit = unit or cast.unit
    return create_party(by=cast.supervisor, name=name, project=unit.project, unit=unit, role=role, since=since, **more)


def verbs_of(thing) -> list[str]:
    """The journal of a thing, oldest first."""
    events = EventSubject.objects.of(thing).values("event_id")
    return list(Event.objects.filter(pk__in=events).order_by("pk").values_list("verb", flat=True))
