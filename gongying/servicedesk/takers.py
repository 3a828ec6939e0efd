"""Who takes jobs in a place on a day: the workers who serve it, and for those on leave their deputies (E-053)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gongying.common.editions import kept
from gongying.common.places import Place
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Leave, StaffMember
from gongying.servicedesk.rules import DO_WORK


@dataclass(frozen=True)
class Taker:
    staff: StaffMember
    # Serves a territory that names this building, not only the whole project.
    is_near: bool
    stands_in_for: StaffMember | None = None


def takers_at(place: Place, *, on: date) -> list[Taker]:
    """Kept per edition of the set-up: asked for every job of a board."""
    return kept(("takers", place, on), lambda: _read_takers(place, on))


def taker_among(takers: Iterable[Taker], user_id: int) -> Taker | None:
    return next((taker for taker in takers if taker.staff.user_id == user_id), None)


def _read_takers(place: Place, on: date) -> list[Taker]:
    workers = StaffMember.objects.employed(on=on).with_permission(DO_WORK).filter(user__is_active=True)
    here = serving(place, right=TerritoryRight.TAKE_ORDERS, on=on)
    near = set(serving(place, right=TerritoryRight.TAKE_ORDERS, on=on, closely=True).values_list("pk", flat=True))
    rows = list(workers.filter(pk__in=here.values("pk")).select_related("user", "department").order_by("pk"))
    return list(replace_absent([Taker(staff, staff.pk in near) for staff in rows], on=on).values())


def replace_absent(takers: Iterable[Taker], *, on: date) -> dict[int, Taker]:
    """By staff id; whoever is away is left out, and her deputy stands there instead, if he is there himself and works."""
    takers = list(takers)
    leaves = _leaves(on)
    present = {taker.staff.pk: taker for taker in takers if taker.staff.pk not in leaves}
    for taker in takers:
        leave = leaves.get(taker.staff.pk)
        deputy = leave.deputy if leave else None
        if deputy is None or deputy.pk in present or deputy.pk in leaves or not _works(deputy, on):
            continue
        present[deputy.pk] = Taker(deputy, taker.is_near, stands_in_for=taker.staff)
    return present


def _leaves(on: date) -> Mapping[int, Leave]:
    rows = Leave.objects.on(on).select_related("deputy__user", "deputy__department")
    return kept(("leaves", on), lambda: {leave.staff_id: leave for leave in rows})


def _works(staff: StaffMember, on: date) -> bool:
    return StaffMember.objects.employed(on=on).with_permission(DO_WORK).filter(pk=staff.pk).exists()
