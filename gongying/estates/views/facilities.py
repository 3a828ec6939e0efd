"""Facilities and parking spaces: what there is, what it can do, what it needs (R-041)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import bounded_count, paginate
from gongying.estates.enums import FacilityKind, ParkingOwnership
from gongying.estates.listings import find_facilities, find_spaces
from gongying.estates.models import CommonFacility, Project


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    rows = find_facilities(request.user, request.GET)
    return render(
        request,
        "estates/facility_index.html",
        {
            "page": paginate(rows, order=("project_id", "kind", "name", "id"), cursor=request.GET.get("cursor")),
            "count": bounded_count(rows),
            "kinds": FacilityKind.choices,
            "projects": Project.objects.visible_to(request.user),
        },
    )


@require_GET
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = CommonFacility.objects.visible_to(request.user).select_related("project", "building")
    return render(request, "estates/facility_show.html", {"facility": get_object_or_404(rows, pk=pk)})


@require_GET
def spaces(request: SignedInRequest) -> HttpResponse:
    rows = find_spaces(request.user, request.GET)
    return render(
        request,
        "estates/parking_space_index.html",
        {
            "page": paginate(rows, order=("project_id", "code", "id"), cursor=request.GET.get("cursor")),
            "count": bounded_count(rows),
            "kinds": ParkingOwnership.choices,
            "projects": Project.objects.visible_to(request.user),
        },
    )
