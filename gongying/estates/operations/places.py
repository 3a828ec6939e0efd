from typing import TypeVar

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.places import Place
from gongying.estates.models import Building, CommonFacility, Entrance, Floor, ParkingSpace, Project, Unit
from gongying.events.models import kind_of
from gongying.events.operations import record_event

Thing = TypeVar("Thing", Project, Building, Entrance, Floor, Unit, ParkingSpace, CommonFacility)
# The forms see most of it; here it is said of a number given twice in one moment, or inside a parent that no form shows.
TAKEN = {
    "building_number_unique": gettext_lazy("There is a building of this number in the project."),
    "entrance_number_unique": gettext_lazy("There is an entrance of this number in the building."),
    "floor_level_unique": gettext_lazy("There is a floor of this level in the building."),
    "unit_code_unique": gettext_lazy("There is a unit of this code in the project."),
    "parking_space_code_unique": gettext_lazy("There is a parking space of this code in the project."),
}


@transaction.atomic
def register_place(thing: Thing, *, by: User) -> Thing:
    """Save a new project, building, entrance, floor, unit, parking space or facility."""
    refuse_strange_path(thing)
    with refusing(TAKEN):
        thing.save()
    record_event(
        "place.registered", by=by, subjects=[thing], place=place_of(thing), kind=kind_of(thing), name=str(thing)
    )
    return thing


@transaction.atomic
def change_place(thing: Thing, *, by: User, seen: int | None = None, fields: list[str]) -> Thing:
    """Save what was changed in `fields`; a renumbered building or entrance does not rename its units' codes."""
    if not fields:
        thing.check_version(seen=seen)
        return thing
    refuse_strange_path(thing)
    thing.advance_version(seen=seen)
    with refusing(TAKEN):
        thing.save()
    record_event(
        "place.changed",
        by=by,
        subjects=[thing],
        place=place_of(thing),
        kind=kind_of(thing),
        name=str(thing),
        fields=fields,
    )
    return thing


@transaction.atomic
def delete_place(thing: Thing, *, by: User, seen: int | None = None) -> None:
    """Only what nothing depends on can be deleted."""
    thing.advance_version(seen=seen)
    record_event("place.deleted", by=by, subjects=[thing], place=place_of(thing), kind=kind_of(thing), name=str(thing))
    try:
        thing.delete()
    except ProtectedError as error:
        kinds = sorted({str(used._meta.verbose_name) for used in error.protected_objects})
        raise Refused(
            _("%(name)s cannot be deleted; it is used by: %(kinds)s.") % {"name": thing, "kinds": ", ".join(kinds)}
        ) from error


@transaction.atomic
def change_settings(project: Project, *, by: User, seen: int | None = None, **settings: str) -> Project:
    """What a site manager sets for her own project (R-022); other settings stay as they are."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    changed = sorted(name for name, value in settings.items() if project.settings.get(name, "") != value)
    if not changed:
        project.check_version(seen=seen)
        return project
    project.advance_version(seen=seen)
    project.settings = {**project.settings, **settings}
    project.save(update_fields=["settings"])
    record_event("project.settings_changed", by=by, subjects=[project], fields=changed)
    return project


def place_of(thing: Thing) -> Place:
    return thing.building.place if isinstance(thing, Floor) else thing.place


def refuse_strange_path(thing: Thing) -> None:
    """Building, entrance and floor of a thing must lie inside each other."""
    building = getattr(thing, "building", None)
    entrance = getattr(thing, "entrance", None)
    floor = getattr(thing, "floor", None)
    project_id = getattr(thing, "project_id", None)
    if building is not None and project_id is not None and building.project_id != project_id:
        raise Refused(_("This building is in another project."))
    if entrance is not None and (building is None or entrance.building_id != building.pk):
        raise Refused(_("This entrance is in another building."))
    if floor is not None and (building is None or floor.building_id != building.pk):
        raise Refused(_("This floor is in another building."))
