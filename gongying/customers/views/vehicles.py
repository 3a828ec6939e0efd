from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.customers.forms.households import VehicleEditForm, VehicleForm
from gongying.customers.forms.people import EndForm
from gongying.customers.listings import find_vehicles
from gongying.customers.models import Party, Vehicle
from gongying.customers.operations import change_vehicle, dial_keeper, end_vehicle, register_vehicle
from gongying.customers.rules import authorize_phone
from gongying.customers.views.contacts import to_dialler
from gongying.customers.views.lookups import household_url, vehicle_or_404
from gongying.estates.asked import unit_or_404
from gongying.estates.models import ParkingSpace, Project

FILES = "customers.view_files"
EDIT = "customers.edit_files"


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, FILES)
    rows = find_vehicles(request.user, request.GET)
    page = paginate(rows, order=("plate", "id"), cursor=request.GET.get("cursor"))
    projects = Project.objects.visible_to(request.user)
    return render(
        request, "customers/vehicle_index.html", {"page": page, "count": bounded_count(rows), "projects": projects}
    )


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    unit = unit_or_404(request.user, pk)
    authorize(request.user, EDIT, unit)
    people = Party.objects.visible_to(request.user).live().filter(roles__unit=unit).distinct().order_by("pk")
    spaces = ParkingSpace.objects.visible_to(request.user).filter(project=unit.project_id)
    form = VehicleForm(sent_with(request), people=people, spaces=spaces)
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Register a vehicle of %(unit)s") % {"unit": unit},
            submit=_("Register"),
            back=household_url(unit),
        )
    cleaned = dict(form.cleaned_data)
    register_vehicle(cleaned.pop("party"), project=unit.project, unit=unit, by=request.user, **cleaned)
    tell(request, _("The vehicle is registered."))
    return done(request, household_url(unit))


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    vehicle = vehicle_or_404(request, pk)
    authorize(request.user, EDIT, vehicle)
    spaces = ParkingSpace.objects.visible_to(request.user).filter(project=vehicle.project_id)

    def form_of(vehicle: Vehicle, data: Any = None) -> VehicleEditForm:
        shown = {"parking_space": vehicle.parking_space, "description": vehicle.description}
        return carrying_version(VehicleEditForm(data, spaces=spaces, initial=shown), vehicle)

    form = form_of(vehicle, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: form_of(vehicle_or_404(request, pk))):
            change_vehicle(vehicle, by=request.user, seen=take_version(form), **form.cleaned_data)
            tell(request, _("Saved."))
            return done(request, _home_of(vehicle))
    title = _("Change vehicle %(plate)s") % {"plate": vehicle.plate}
    return show_form(request, form, title=title, submit=_("Save"), back=_home_of(vehicle))


@require_http_methods(["GET", "POST"])
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    vehicle = vehicle_or_404(request, pk)
    authorize(request.user, EDIT, vehicle)
    form = EndForm(sent_with(request))
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Sign off vehicle %(plate)s") % {"plate": vehicle.plate},
            submit=_("Sign off"),
            back=_home_of(vehicle),
        )
    end_vehicle(vehicle, by=request.user, **form.cleaned_data)
    tell(request, _("The vehicle is signed off."))
    return done(request, _home_of(vehicle))


@require_POST
def call(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody is in the way: the keeper is called; whoever asked for it never learns the number."""
    vehicle = vehicle_or_404(request, pk)
    authorize_phone(request.user, vehicle.party)
    return to_dialler(dial_keeper(vehicle, by=request.user))


def _home_of(vehicle: Vehicle) -> str:
    return household_url(vehicle.unit) if vehicle.unit else reverse("customers:vehicle-index")
