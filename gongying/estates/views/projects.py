"""The tree: project, building, entrance, unit."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.forms import SETTINGS, SettingsForm
from gongying.estates.models import Building, CommonFacility, Entrance, ParkingSpace, Project, Unit
from gongying.estates.operations import change_settings
from gongying.estates.place_kinds import PROJECT
from gongying.estates.scopes import scope_of
from gongying.estates.views.place_pages import page_of


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    projects = Project.objects.visible_to(request.user)
    return render(request, "estates/project_index.html", {"projects": projects.order_by("code")})


@require_GET
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    seen = scope_of(request.user).condition("units__")
    buildings = Building.objects.visible_to(request.user).filter(project=project)
    return render(
        request,
        "estates/project_show.html",
        {
            "project": project,
            "buildings": buildings.annotate(unit_count=Count("units", filter=seen or Q(), distinct=True)),
            "facilities": CommonFacility.objects.visible_to(request.user).filter(project=project)[:50],
            "space_count": ParkingSpace.objects.visible_to(request.user).filter(project=project).count(),
        },
    )


@require_GET
def show_building(request: SignedInRequest, pk: int) -> HttpResponse:
    """A building as people draw it: entrances side by side, floors from the top, units in them."""
    building = get_object_or_404(Building.objects.visible_to(request.user).select_related("project"), pk=pk)
    entrances = Entrance.objects.visible_to(request.user).filter(building=building)
    units = Unit.objects.visible_to(request.user).filter(building=building).select_related("floor").by_code()
    return render(
        request,
        "estates/building_show.html",
        {
            "building": building,
            "entrances": _drawn(list(entrances), list(units)),
            "floors": building.floors.order_by("-level"),
        },
    )


def _drawn(entrances: list[Entrance], units: list[Unit]) -> list[dict[str, Any]]:
    """Each entrance with its floors from the top; units without an entrance come last."""
    by_entrance: dict[int | None, dict[str, list[Unit]]] = defaultdict(lambda: defaultdict(list))
    for unit in units:
        by_entrance[unit.entrance_id][_storey(unit)].append(unit)
    drawn = [{"entrance": entrance, "storeys": _from_the_top(by_entrance[entrance.pk])} for entrance in entrances]
    if None in by_entrance:
        drawn.append({"entrance": None, "storeys": _from_the_top(by_entrance[None])})
    return drawn


def _storey(unit: Unit) -> str:
    """The floor on file; else what the room number begins with: 1201 is on 12."""
    if unit.floor is not None:
        return str(unit.floor)
    digits = "".join(char for char in unit.unit_no if char.isdigit())
    return digits[:-2] if len(digits) > 2 else ""  # noqa: PLR2004 the last two digits count the rooms of a floor


def _from_the_top(storeys: dict[str, list[Unit]]) -> list[tuple[str, list[Unit]]]:
    return sorted(storeys.items(), key=lambda item: (item[0].lstrip("-").isdigit(), _level(item[0])), reverse=True)


def _level(label: str) -> int:
    return int(label) if label.lstrip("-").isdigit() else 0


@require_http_methods(["GET", "POST"])
def configure(request: SignedInRequest, pk: int) -> HttpResponse:
    """The project's own settings, by its site manager only (R-022)."""
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=pk)
    authorize(request.user, PROJECT, project)
    form = _settings_form(project, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _settings_form(Project.objects.visible_to(request.user).get(pk=pk))):
            change_settings(project, by=request.user, seen=take_version(form), **form.cleaned_data)
            tell(request, _("The settings are saved."))
            return done(request, page_of(project))
    title = _("Settings of %(name)s") % {"name": project.name}
    return show_form(request, form, title=title, submit=_("Save"), back=page_of(project))


def _settings_form(project: Project, data: Any = None) -> SettingsForm:
    initial = {name: project.settings.get(name, "") for name in SETTINGS}
    return carrying_version(SettingsForm(data, initial=initial), project)
