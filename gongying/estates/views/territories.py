from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.messages import tell
from gongying.common.panels import panels_of
from gongying.common.permissions import authorize
from gongying.estates.models import TerritoryScope
from gongying.estates.scopes import visible_territories
from gongying.estates.territory_forms import TerritoryForm
from gongying.organization.models import TerritoryAssignment
from gongying.organization.operations import change_territory, create_territory, delete_territory
from gongying.organization.rules import MANAGE_TERRITORIES, VIEW_STAFF
from gongying.organization.workload import open_work_of


def visible_scopes(user: User) -> Any:
    return TerritoryScope.objects.visible_to(user).select_related("territory", "project", "building", "entrance")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW_STAFF)
    return render(request, "estates/territory_list.html", {"rows": _tree(request.user)})


def _tree(user: User) -> list[dict[str, Any]]:
    """Every territory below the one it is part of, with its places and people of today."""
    places, people, children = defaultdict(list), defaultdict(list), defaultdict(list)
    for scope in visible_scopes(user).current():
        places[scope.territory_id].append(scope)
    serving = TerritoryAssignment.objects.current().select_related("staff__user", "staff__post").order_by("pk")
    for assignment in serving:
        people[assignment.territory_id].append(assignment.staff)
    seen = list(visible_territories(user).order_by("name"))
    known = {territory.pk for territory in seen}
    for territory in seen:
        children[territory.parent_id if territory.parent_id in known else None].append(territory)
    rows: list[dict[str, Any]] = []

    def descend(parent_id: int | None, depth: int) -> None:
        for territory in children[parent_id]:
            pk = territory.pk
            rows.append({"territory": territory, "depth": depth, "places": places[pk], "people": people[pk]})
            descend(pk, depth + 1)

    descend(None, 0)
    return rows


@require_safe
def show(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, VIEW_STAFF)
    territory = get_object_or_404(visible_territories(request.user).select_related("parent"), pk=territory_id)
    scopes = visible_scopes(request.user).filter(territory=territory)
    context = {
        "territory": territory,
        "scopes": scopes.order_by("project", "building__sort_key", "entrance__sort_key", "during"),
        "assignments": territory.assignments.select_related("staff__user", "staff__department").order_by("-during"),
        "work": open_work_of(territory),
        "today": timezone.localdate(),
        "panels": panels_of("territory", request.user),
    }
    return render(request, "estates/territory_detail.html", context)


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    return _form(request, TerritoryForm(initial={"parent": request.GET.get("parent")}))


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    form = TerritoryForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    territory = create_territory(by=request.user, **form.cleaned_data)
    return redirect("territories:territory-show", territory.pk)


@require_safe
def edit(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    return _form(request, _edit_form(request, territory_id))


@require_POST
def update(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    form = _edit_form(request, territory_id, request.POST)
    if form.is_valid():
        with stale_told(form, stored=lambda: _edit_form(request, territory_id)):
            change_territory(form.instance, by=request.user, seen=take_version(form), **form.cleaned_data)
    return _form(request, form) if form.errors else redirect("territories:territory-show", territory_id)


def _edit_form(request: SignedInRequest, territory_id: int, data: Any = None) -> TerritoryForm:
    territory = get_object_or_404(visible_territories(request.user), pk=territory_id)
    return carrying_version(TerritoryForm(data, instance=territory), territory)


@require_POST
def destroy(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_TERRITORIES)
    delete_territory(get_object_or_404(visible_territories(request.user), pk=territory_id), by=request.user)
    tell(request, _("Territory deleted."))
    return redirect("territories:territory-index")


def _form(request: SignedInRequest, form: TerritoryForm) -> HttpResponse:
    pk = form.instance.pk
    context = {
        "form": form,
        "title": form.initial["name"] if pk else _("New territory"),
        "submit": _("Save"),
        "action": reverse("territories:territory-update", args=[pk]) if pk else reverse("territories:territory-create"),
        "back": reverse("territories:territory-show", args=[pk]) if pk else reverse("territories:territory-index"),
        "destroy": reverse("territories:territory-destroy", args=[pk]) if pk else "",
    }
    return render(request, "organization/form_page.html", context, status=status_of(form))
