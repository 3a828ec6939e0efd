"""The lists of this app: what their filters mean, and what is written when they are exported."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gongying.common.inputs import NAME_OF_A_THING, id_in
from gongying.common.text import normalise
from gongying.estates.enums import FacilityKind, ParkingOwnership
from gongying.estates.models import CommonFacility, ParkingSpace
from gongying.imports.listings import Listing, ListingColumn, register_listing


def find_facilities(user: Any, filters: QueryDict) -> QuerySet[CommonFacility]:
    rows: QuerySet[CommonFacility] = CommonFacility.objects.visible_to(user).select_related("project", "building")
    rows = in_project(rows, filters)
    if filters.get("kind") in FacilityKind.values:
        rows = rows.filter(kind=filters["kind"])
    if words := normalise(filters.get("q", ""))[:80]:
        rows = rows.filter(matches_facility(words))
    return rows


def matches_facility(words: str) -> Q:
    """Its name, what it does, what it can do, what it needs: a compound has some hundreds of them, not millions."""
    kinds = [value for value, label in FacilityKind.choices if words in normalise(str(label))]
    condition = Q(kind__in=kinds)
    for column in ("name", "function", "features", "requirements"):
        condition |= Q(**{f"{column}__icontains": words})
    return condition


def find_spaces(user: Any, filters: QueryDict) -> QuerySet[ParkingSpace]:
    rows: QuerySet[ParkingSpace] = ParkingSpace.objects.visible_to(user).select_related("project", "unit")
    rows = in_project(rows, filters)
    if filters.get("kind") in ParkingOwnership.values:
        rows = rows.filter(ownership_kind=filters["kind"])
    if code := filters.get("q", "").strip()[:30]:
        rows = rows.filter(code__icontains=code)
    return rows


def in_project(rows: QuerySet[Any], filters: QueryDict) -> QuerySet[Any]:
    """Narrow to the project that is chosen; what is no id finds nothing."""
    text = filters.get("project", "")
    return rows.filter(project=id_in(text) or 0) if text else rows


def register_listings() -> None:
    register_listing(
        Listing(
            key="facilities",
            label=_("Facilities"),
            permission="imports.export_rows",
            rows=find_facilities,
            columns=[
                ListingColumn(_("project"), "project.name"),
                ListingColumn(_("kind"), "get_kind_display"),
                ListingColumn(NAME_OF_A_THING, "name"),
                ListingColumn(_("function"), "function"),
                ListingColumn(_("features"), "features"),
                ListingColumn(_("requirements"), "requirements"),
                ListingColumn(_("capacity"), "capacity"),
            ],
        )
    )
    register_listing(
        Listing(
            key="parking-spaces",
            label=_("Parking spaces"),
            permission="imports.export_rows",
            rows=find_spaces,
            columns=[
                ListingColumn(_("project"), "project.name"),
                ListingColumn(_("code"), "code"),
                ListingColumn(_("ownership"), "get_ownership_kind_display"),
                ListingColumn(_("belongs to unit"), "unit.code"),
            ],
        )
    )
