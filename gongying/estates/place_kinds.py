"""The kinds of places that are created, changed and deleted in the same way, by pages and API."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.estates import forms
from gongying.estates.models import Building, CommonFacility, Entrance, Floor, ParkingSpace, Project, Unit

PROPERTY = "estates.manage_property"
PROJECT = "estates.manage_project"


@dataclass(frozen=True)
class PlaceKind:
    key: str
    model: type[Any]
    form: type[forms.PlaceForm]
    new: str | Promise
    # What it lies in: the name of the field and the kind of place; a project lies in nothing.
    parent: str = ""
    permission: str = PROPERTY

    @property
    def plural(self) -> str:
        """As addresses say it."""
        return f"{self.key.removesuffix('y')}ies" if self.key.endswith("y") else f"{self.key}s"

    def visible_to(self, user: User) -> Any:
        if self.model is Floor:
            return Floor.objects.filter(building__in=Building.objects.visible_to(user))
        return self.model.objects.visible_to(user)

    def inside(self, parent: Any) -> Any:
        """A new one, not yet saved."""
        if self.key == "unit":
            return self.model(building=parent, project=parent.project)
        return self.model(**{self.parent: parent})


KINDS = {
    kind.key: kind
    for kind in (
        PlaceKind("project", Project, forms.ProjectForm, _("New project"), permission=PROJECT),
        PlaceKind("building", Building, forms.BuildingForm, _("New building"), "project"),
        PlaceKind("entrance", Entrance, forms.EntranceForm, _("New entrance"), "building"),
        PlaceKind("floor", Floor, forms.FloorForm, _("New floor"), "building"),
        PlaceKind("unit", Unit, forms.UnitForm, _("New unit"), "building"),
        PlaceKind("parking-space", ParkingSpace, forms.ParkingSpaceForm, _("New parking space"), "project"),
        PlaceKind("facility", CommonFacility, forms.FacilityForm, _("New facility"), "project"),
    )
}


def standing(thing: Any) -> Any:
    """What says where a place stands: a floor stands where its building does."""
    return thing.building if isinstance(thing, Floor) else thing
