"""The household's page, and the list of households."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from gongying.accounts.requests import SignedInRequest
from gongying.common.editions import fill_from_memory
from gongying.common.inputs import id_in
from gongying.common.paging import bounded_count, paginate
from gongying.common.panels import panels_of
from gongying.common.permissions import authorize, may
from gongying.customers.completeness import Gap
from gongying.customers.enums import OccupancyKind
from gongying.customers.household_files import read_household
from gongying.customers.listings import find_units, household_rows
from gongying.estates.models import Building, Project, Unit

FILES = "customers.view_files"


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, FILES)
    rows = find_units(request.user, request.GET)
    page = paginate(rows, order=("project_id", "sort_key", "id"), cursor=request.GET.get("cursor"))
    return render(
        request,
        "customers/unit_index.html",
        {"page": page, "rows": household_rows(page.rows), "count": bounded_count(rows), **_filters(request)},
    )


def _filters(request: SignedInRequest) -> dict[str, Any]:
    projects = Project.objects.visible_to(request.user)
    chosen = id_in(request.GET.get("project", ""))
    buildings = Building.objects.visible_to(request.user).select_related("project")
    return {
        "projects": projects,
        "buildings": buildings if chosen is None else buildings.filter(project=chosen),
        "kinds": OccupancyKind.choices,
        "gaps": Gap.choices,
        "sees_balances": may(request.user, "customers.view_balances"),
    }


@require_GET
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("entrance", "floor"), pk=pk)
    fill_from_memory(unit, "project", "building")
    authorize(request.user, FILES, unit)
    return render(
        request,
        "customers/household_show.html",
        {
            "unit": unit,
            "unit_id": str(unit.pk),
            "household": read_household(unit, request.user),
            "head_panels": panels_of("unit-head", request.user),
            "menu_panels": panels_of("unit-menu", request.user),
            "panels": panels_of("unit", request.user),
        },
    )
