"""Who serves a place: its stewards (R-016), and everybody whose territory it lies in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Expression, IntegerField, QuerySet, Value, When
from django.utils import timezone

from gongying.common.editions import kept
from gongying.common.places import Place
from gongying.estates.models import Project, TerritoryScope
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember, StaffQuerySet, Territory, TerritoryAssignment

STEWARD = "steward"


def stewards_of(place: Place, *, on: date | None = None) -> list[StaffMember]:
    """The stewards of `place`, those of the smallest area first; empty if nobody has it."""
    return stewards_by_place([place], on=on)[place]


def stewards_by_place(places: Iterable[Place], *, on: date | None = None) -> dict[Place, list[StaffMember]]:
    """`stewards_of` for the rows of a list."""
    on = on or timezone.localdate()
    scopes, parents, stewards = kept(("stewards", on), lambda: _read_map(on))
    found = {}
    for place in set(places):
        here = (scope for scope in scopes.get(place.project_id, ()) if scope.covers(place))
        covering = sorted(here, key=lambda scope: (scope.width, scope.pk))
        people = [
            staff
            for scope in covering
            for territory_id in _with_ancestors(scope.territory_id, parents)
            for staff in stewards.get(territory_id, ())
        ]
        found[place] = list(dict.fromkeys(people))
    return found


def steward_of_row(since: date, until: date, *, at: str) -> Expression:
    """The steward (a member of staff) of each row's place on the day of its moment `at`, as an expression on placed rows.

    The days from `since` to `until` are what the rows are of; each change of territories or people begins another part.
    """
    starts = [day for day in _days_of_change(since, until) if day > since]
    parts = [
        When(**{f"{at}__lt": timezone.make_aware(datetime.combine(end, time()))}, then=_by_place(start))
        for start, end in zip([since, *starts], starts, strict=False)
    ]
    last = _by_place(starts[-1] if starts else since)
    return Case(*parts, default=last, output_field=IntegerField()) if parts else last


def stewards_ever_in(projects: QuerySet[Project]) -> StaffQuerySet:
    """Who is or was a steward of any place of these projects."""
    parents = dict(Territory.objects.values_list("pk", "parent_id"))
    here = TerritoryScope.objects.filter(project__in=projects).values_list("territory_id", flat=True)
    territories = {line for pk in here for line in _with_ancestors(pk, parents)}
    assigned = TerritoryAssignment.objects.filter(territory__in=territories)
    return StaffMember.objects.with_role(STEWARD).filter(pk__in=assigned.values("staff"))


def _by_place(on: date) -> Expression:
    """Smaller areas go first, as in `stewards_by_place`; the areas of one steward are one condition."""
    scopes, parents, stewards = kept(("stewards", on), lambda: _read_map(on))
    areas: dict[tuple[int, int], list[int]] = defaultdict(list)
    taken: set[Place] = set()
    for scope in sorted((one for row in scopes.values() for one in row), key=lambda scope: (scope.width, scope.pk)):
        people = [who for pk in _with_ancestors(scope.territory_id, parents) for who in stewards.get(pk, ())]
        if people and scope.place not in taken:
            taken.add(scope.place)
            areas[scope.width, people[0].pk].append(scope.entrance_id or scope.building_id or scope.project_id)
    names = {scope.width: _field_of(scope) for row in scopes.values() for scope in row}
    cases = [When(**{f"{names[width]}__in": ids}, then=Value(staff)) for (width, staff), ids in sorted(areas.items())]
    return Case(*cases, default=Value(None), output_field=IntegerField())


def _field_of(scope: TerritoryScope) -> str:
    return "entrance" if scope.entrance_id else "building" if scope.building_id else "project"


def _days_of_change(since: date, until: date) -> list[date]:
    """The days of the period on which somebody began or ceased to serve a place as its steward."""
    stewards = StaffMember.objects.with_role(STEWARD)
    ranges = [
        *TerritoryScope.objects.filter(during__overlap=DateRange(since, until, "[]")).values_list("during", flat=True),
        *TerritoryAssignment.objects.filter(
            staff__in=stewards, during__overlap=DateRange(since, until, "[]")
        ).values_list("during", flat=True),
    ]
    days = {day for during in ranges for day in (during.lower, during.upper) if day is not None}
    return sorted(day for day in days if since <= day <= until)


def serving(place: Place, *, right: TerritoryRight, on: date | None = None, closely: bool = False) -> StaffQuerySet:
    """Everybody employed whose territory covers `place` that day with this right.

    `closely`: only territories that name its building or entrance, not those of the whole project.
    """
    on = on or timezone.localdate()
    scopes, parents, _stewards = kept(("stewards", on), lambda: _read_map(on))
    here = (scope for scope in scopes.get(place.project_id, ()) if scope.building_id or not closely)
    covering = [scope for scope in here if scope.covers(place)]
    territories = {pk for scope in covering for pk in _with_ancestors(scope.territory_id, parents)}
    assigned = TerritoryAssignment.objects.on(on).filter(territory__in=territories, rights__contains=[right])
    return StaffMember.objects.employed(on=on).filter(pk__in=assigned.values("staff"))


def serving_by_place(
    places: Iterable[Place], among: StaffQuerySet, *, right: TerritoryRight, on: date | None = None
) -> dict[Place, list[StaffMember]]:
    """Those `among` the staff who serve each place that day, in the order of their ids; two statements for any number."""
    on = on or timezone.localdate()
    scopes, parents, _stewards = kept(("stewards", on), lambda: _read_map(on))
    rows = TerritoryAssignment.objects.on(on).filter(staff__in=among, rights__contains=[right])
    people = defaultdict(list)
    for row in rows.select_related("staff").order_by("staff_id"):
        people[row.territory_id].append(row.staff)
    found = {}
    for place in set(places):
        territories = {scope.territory_id for scope in scopes.get(place.project_id, ()) if scope.covers(place)}
        lines = {pk for territory_id in territories for pk in _with_ancestors(territory_id, parents)}
        found[place] = sorted({staff for pk in lines for staff in people.get(pk, ())}, key=lambda staff: staff.pk)
    return found


def staff_in_project(project_id: int, *, on: date | None = None) -> StaffQuerySet:
    """Everybody employed whose territory covers the project or a part of it."""
    on = on or timezone.localdate()
    _scopes, parents, _stewards = kept(("stewards", on), lambda: _read_map(on))
    covering = TerritoryScope.objects.on(on).filter(project=project_id).values_list("territory_id", flat=True)
    territories = {pk for territory_id in covering for pk in _with_ancestors(territory_id, parents)}
    assigned = TerritoryAssignment.objects.on(on).filter(territory__in=territories)
    return StaffMember.objects.employed(on=on).filter(pk__in=assigned.values("staff"))


class _Everything(frozenset[int]):
    """Of a company whose territory is all projects, those to come too."""

    def __contains__(self, project_id: object) -> bool:
        return True


def projects_with_territories(*, on: date | None = None) -> frozenset[int]:
    """Where the project or a part of it belongs to a territory."""
    on = on or timezone.localdate()
    scopes, _parents, _stewards = kept(("stewards", on), lambda: _read_map(on))
    return _known(scopes)


def projects_with_stewards(*, on: date | None = None) -> frozenset[int]:
    """Where somebody is the steward of the project or of a part of it."""
    on = on or timezone.localdate()
    scopes, parents, stewards = kept(("stewards", on), lambda: _read_map(on))
    return _known(
        project_id
        for project_id, rows in scopes.items()
        if any(stewards.get(pk) for scope in rows for pk in _with_ancestors(scope.territory_id, parents))
    )


def _known(projects: Iterable[int | None]) -> frozenset[int]:
    found = set(projects)
    return _Everything() if None in found else frozenset(pk for pk in found if pk is not None)


Map = tuple[dict[int | None, list[TerritoryScope]], dict[int, int | None], dict[int, list[StaffMember]]]


def _read_map(on: date) -> Map:
    """The places of that day by project, the tree of territories, and each one's stewards, in three queries."""
    scopes = defaultdict(list)
    for scope in TerritoryScope.objects.on(on):
        scopes[scope.project_id].append(scope)
    return scopes, dict(Territory.objects.values_list("pk", "parent_id")), _stewards_by_territory(on)


def _stewards_by_territory(on: date) -> dict[int, list[StaffMember]]:
    stewards = StaffMember.objects.employed(on=on).with_role(STEWARD)
    rows = TerritoryAssignment.objects.on(on).filter(staff__in=stewards).select_related("staff__user").order_by("pk")
    found = defaultdict(list)
    for row in rows:
        found[row.territory_id].append(row.staff)
    return found


def _with_ancestors(territory_id: int | None, parents: Mapping[int, int | None]) -> Iterable[int]:
    """The territory and those it is part of: who serves the whole serves the part."""
    while territory_id is not None:
        yield territory_id
        territory_id = parents.get(territory_id)
