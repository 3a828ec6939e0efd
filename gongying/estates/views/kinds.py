"""The kinds of places that are created, changed and deleted in the same way."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


def page_of(thing: Any) -> str:
    """Where one sees a place."""
    if isinstance(thing, Project):
        return reverse("estates:project-show", args=[thing.pk])
    if isinstance(thing, Building):
        return reverse("estates:building-show", args=[thing.pk])
    if isinstance(thing, CommonFacility):
        return reverse("estates:facility-show", args=[thing.pk])
    if isinstance(thing, ParkingSpace):
        return reverse("estates:parking-space-index")
    return reverse("estates:building-show", args=[thing.building_id])
