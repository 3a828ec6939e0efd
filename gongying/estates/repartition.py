"""What moving a place to another territory would mean, before it is done (R-025)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from gongying.estates.models import TerritoryScope
from gongying.organization.models import StaffMember, Territory, TerritoryAssignment
from gongying.organization.workload import OpenWork, open_work_at


@dataclass(frozen=True)
class Preview:
    open_work: list[OpenWork]
    losing: list[StaffMember]  # served the place, and do not any more
    gaining: list[StaffMember]
    nobody_follows: bool


def preview_move(scope: TerritoryScope, *, to: Territory, on: date) -> Preview:
    serving_now, serving_then = _serving(scope.territory, on), _serving(to, on)
    return Preview(
        open_work=open_work_at(scope.condition()),
        losing=[staff for staff in serving_now if staff not in serving_then],
        gaining=[staff for staff in serving_then if staff not in serving_now],
        nobody_follows=not serving_then,
    )


def places_of_territory(territory: Territory) -> Q:
    """The places it covers today, as a condition on a row's place ids."""
    condition = Q(pk__in=[])
    for scope in TerritoryScope.objects.current().filter(territory=territory):
        condition |= scope.condition()
    return condition


def _serving(territory: Territory, on: date) -> list[StaffMember]:
    """Who serves the territory that day, or one that it is part of."""
    ids = []
    above: Territory | None = territory
    while above is not None:
        ids.append(above.pk)
        above = above.parent
    assigned = TerritoryAssignment.objects.on(on).filter(territory__in=ids)
    return list(StaffMember.objects.employed(on=on).filter(pk__in=assigned.values("staff")).select_related("user"))
