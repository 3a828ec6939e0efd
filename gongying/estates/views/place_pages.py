from typing import Any

from django.urls import reverse

from gongying.estates.models import Building, CommonFacility, ParkingSpace, Project


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
