"""Which places a person sees: her territories, and those of the colleagues she stands in for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.places import Place
from gongying.organization.access import codes_of, staff_of
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember, Territory, TerritoryAssignment, standing_in_for
from gongying.organization.rules import SEE_ALL_PROJECTS

if TYPE_CHECKING:
    from gongying.estates.models import Project


@dataclass(frozen=True)
class Scope:
    """Places somebody sees: everything, or whole projects, whole buildings, single entrances."""

    everywhere: bool = False
    projects: frozenset[int] = field(default_factory=frozenset)
    buildings: frozenset[int] = field(default_factory=frozenset)
    entrances: frozenset[int] = field(default_factory=frozenset)
    # Where the register says nothing of these places (`alike`): what they are said to lie in.
    lies_in: "Scope | None" = field(default=None, compare=False)

    def condition(self, prefix: str = "") -> Q:
        """As a filter over a row's place ids; `prefix` reaches them through a relation (`unit__`)."""
        if self.everywhere:
            return Q()
        parts = [
            (f"{prefix}project_id__in", self.projects),
            (f"{prefix}building_id__in", self.buildings),
            (f"{prefix}entrance_id__in", self.entrances),
        ]
        condition = Q(pk__in=[])
        for lookup, ids in parts:
            if ids:
                condition |= Q(**{lookup: ids})
        return condition

    def covers(self, place: Place) -> bool:
        return (
            self.everywhere
            or place.project_id in self.projects
            or place.building_id in self.buildings
            or place.entrance_id in self.entrances
        )


NOWHERE = Scope()


def around(scope: Scope) -> Scope:
    """The projects and buildings in which the single buildings and entrances of `scope` lie; from memory."""
    if not scope.buildings and not scope.entrances:
        return NOWHERE
    if scope.lies_in is not None:
        return scope.lies_in
    return kept(("around", scope), lambda: _read_around(scope))


def _read_around(scope: Scope) -> Scope:
    from gongying.estates.models import Building, Entrance

    behind = Entrance.objects.filter(pk__in=scope.entrances).values_list("building", "building__project")
    projects = set(Building.objects.filter(pk__in=scope.buildings).values_list("project", flat=True))
    buildings = set()
    for building, project in behind:
        buildings.add(building)
        projects.add(project)
    return Scope(projects=frozenset(projects), buildings=frozenset(buildings))


def serves_parts(user: Any) -> bool:
    """Whether she serves a part of some project and not the whole of it."""
    scope = scope_of(user)
    return not scope.everywhere and bool(around(scope).projects - scope.projects)


def scope_of(user: Any, *, right: TerritoryRight = TerritoryRight.VIEW_FILES) -> Scope:
    """The user's scope today; kept per edition of the set-up."""
    if not isinstance(user, User):
        return NOWHERE
    cache: dict[str, Scope] = user.__dict__.setdefault("_scopes", {})
    if right not in cache:
        staff = staff_of(user)
        cache[right] = _scope_of_staff(staff, right) if staff is not None and user.is_active else NOWHERE
    return cache[right]


def _scope_of_staff(staff: StaffMember, right: TerritoryRight) -> Scope:
    return kept(("scope", staff.pk, right, timezone.localdate()), lambda: _read_scope(staff, right))


def _read_scope(staff: StaffMember, right: TerritoryRight) -> Scope:
    from gongying.estates.models import TerritoryScope

    acting_for = standing_in_for(staff)
    if any(SEE_ALL_PROJECTS in codes_of(person) for person in acting_for):
        return Scope(everywhere=True)
    rows = (
        TerritoryScope.objects.current()
        .filter(_serves(acting_for, right))
        .values_list("project_id", "building_id", "entrance_id")
    )
    projects, buildings, entrances = set(), set(), set()
    for project_id, building_id, entrance_id in rows:
        if entrance_id:
            entrances.add(entrance_id)
        elif building_id:
            buildings.add(building_id)
        else:
            projects.add(project_id)
    return Scope(projects=frozenset(projects), buildings=frozenset(buildings), entrances=frozenset(entrances))


def _serves(staff: list[Any], right: TerritoryRight) -> Q:
    """Territories assigned to one of `staff` today with this right, and the territories inside those."""
    assigned = TerritoryAssignment.objects.current().filter(staff__in=staff, rights__contains=[right])
    ids = set(assigned.values_list("territory_id", flat=True))
    fresh = ids
    while fresh:
        fresh = set(Territory.objects.filter(parent__in=fresh).values_list("pk", flat=True)) - ids
        ids |= fresh
    return Q(territory__in=ids)


def visible_territories(user: User) -> QuerySet[Territory]:
    """Territories that cover something the user sees, and those that cover nothing yet."""
    from gongying.estates.models import TerritoryScope

    covering = TerritoryScope.objects.filter(territory=OuterRef("pk"))
    return Territory.objects.filter(Exists(covering.visible_to(user)) | ~Exists(covering))


def seen_projects(user: User, ids: Collection[int]) -> Iterable[int]:
    """Those of the ids that are of projects she sees: who may hear of what happens in a project (`events.streams`)."""
    from gongying.estates.models import Project

    return Project.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)


def projects_served_whole(user: Any) -> "QuerySet[Project]":
    """What stands in a project as a whole (a counter, a board of keys) is seen by those who serve all of it."""
    from gongying.estates.models import Project

    scope = scope_of(user)
    projects = Project.objects.all() if scope.everywhere else Project.objects.filter(pk__in=scope.projects)
    return projects.order_by("code")


def whole_projects(user: Any) -> "list[Project]":
    """`projects_served_whole` from memory. The rows are shared: never change or save them."""
    scope = scope_of(user)
    return kept(("whole projects", scope.everywhere, scope.projects), lambda: list(projects_served_whole(user)))
