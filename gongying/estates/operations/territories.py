from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.models import still_there
from gongying.estates.models import Building, Entrance, Project, TerritoryScope
from gongying.events.operations import record_event
from gongying.organization.models import Territory


@transaction.atomic
def add_scope(
    territory: Territory,
    *,
    project: Project,
    by: User,
    building: Building | None = None,
    entrance: Entrance | None = None,
    starts_on: date | None = None,
) -> TerritoryScope:
    """The territory covers the project, a building or an entrance of it from `starts_on` (default today) on."""
    if building is not None and building.project_id != project.pk:
        raise Refused(_("This building is not in that project."))
    if entrance is not None and (building is None or entrance.building_id != building.pk):
        raise Refused(_("This entrance is not in that building."))
    still_there(Territory.objects.select_for_update(no_key=True), territory.pk)
    starts_on = starts_on or timezone.localdate()
    place = {"project": project, "building": building, "entrance": entrance}
    period = DateRange(starts_on, None)
    if TerritoryScope.objects.filter(territory=territory, during__overlap=period, **place).exists():
        raise Refused(_("The territory covers this place already."))
    scope = TerritoryScope.objects.create(territory=territory, during=period, **place)
    _record("territory.scope_added", scope, territory, by=by, on=starts_on)
    return scope


@transaction.atomic
def end_scope(scope: TerritoryScope, *, on: date, by: User) -> None:
    """From `on` the territory does not cover the place any more. History keeps that it did."""
    scope = _locked(scope)
    _check_day(scope, on)
    _close(scope, on)
    _record("territory.scope_ended", scope, scope.territory, by=by, on=on)


@transaction.atomic
def move_scope(scope: TerritoryScope, *, to: Territory, on: date, by: User) -> TerritoryScope:
    """From `on` the place belongs to `to` (R-025). Who sees what follows by the date alone; earlier days stay as they were."""
    scope = _locked(scope)
    origin = scope.territory
    if to.pk == origin.pk:
        raise Refused(_("The place is in this territory already."))
    _check_day(scope, on)
    place = {"project": scope.project, "building": scope.building, "entrance": scope.entrance}
    rest = DateRange(on, scope.ends_on)
    if TerritoryScope.objects.filter(territory=to, during__overlap=rest, **place).exists():
        raise Refused(_("%(territory)s covers this place already in that time.") % {"territory": to})
    _close(scope, on)
    moved = TerritoryScope.objects.create(territory=to, during=rest, **place)
    _record("territory.repartitioned", moved, origin, to, by=by, on=on, origin=origin.name, target=to.name)
    return moved


def _locked(scope: TerritoryScope) -> TerritoryScope:
    places = ("territory", "project", "building__project", "entrance__building")
    rows: QuerySet[TerritoryScope] = TerritoryScope.objects.select_for_update(of=("self",), no_key=True).select_related(
        *places
    )
    return still_there(rows, scope.pk)


def _check_day(scope: TerritoryScope, on: date) -> None:
    if on < timezone.localdate():
        raise Refused(_("The day must not lie in the past: what was seen and done then stays as it was."))
    if scope.ends_on is not None and scope.ends_on <= on:
        raise Refused(_("The territory covers this place only until %(date)s.") % {"date": scope.ends_on})


def _close(scope: TerritoryScope, on: date) -> None:
    if scope.starts_on is not None and on <= scope.starts_on:
        scope.delete()  # it had not begun
        return
    scope.during = DateRange(scope.starts_on, on)
    scope.save(update_fields=["during"])


def _record(verb: str, scope: TerritoryScope, *territories: Territory, by: User, **details: Any) -> None:
    standing = scope.entrance or scope.building or scope.project
    record_event(
        verb, by=by, subjects=[*territories, standing], place=scope.place, territory=territories[0].name, **details
    )
