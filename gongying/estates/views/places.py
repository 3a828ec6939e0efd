"""Create, change and delete any kind of place."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import Building, Project
from gongying.estates.operations import change_place, delete_place, register_place
from gongying.estates.place_kinds import KINDS, PROJECT, PlaceKind, standing
from gongying.estates.views.place_pages import page_of


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, kind: str, parent_id: int) -> HttpResponse:
    place_kind = KINDS[kind]
    parent = get_object_or_404(KINDS[place_kind.parent].visible_to(request.user), pk=parent_id)
    authorize(request.user, place_kind.permission, parent)
    return _edit(request, place_kind, place_kind.inside(parent), title=place_kind.new, back=page_of(parent))


@require_http_methods(["GET", "POST"])
def create_project(request: SignedInRequest) -> HttpResponse:
    """Only who serves all projects opens a new one."""
    authorize(request.user, "organization.see_all_projects")
    authorize(request.user, PROJECT)
    kind = KINDS["project"]
    return _edit(request, kind, Project(), title=kind.new, back=reverse("estates:project-index"))


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    place_kind = KINDS[kind]
    thing = get_object_or_404(place_kind.visible_to(request.user), pk=pk)
    authorize(request.user, place_kind.permission, standing(thing))
    return _edit(request, place_kind, thing, title=_("Change %(name)s") % {"name": thing}, back=page_of(thing))


@require_POST
def destroy(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    place_kind = KINDS[kind]
    thing = get_object_or_404(place_kind.visible_to(request.user), pk=pk)
    authorize(request.user, place_kind.permission, standing(thing))
    back = _page_above(thing)
    delete_place(thing, by=request.user)
    tell(request, _("%(name)s is deleted.") % {"name": thing})
    return done(request, back)


def _edit(request: SignedInRequest, kind: PlaceKind, thing: Any, *, title: Any, back: str) -> HttpResponse:
    def form_of(thing: Any, data: Any = None) -> Any:
        return carrying_version(kind.form(data, instance=thing, user=request.user), thing)

    form = form_of(thing, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: form_of(kind.visible_to(request.user).get(pk=thing.pk))):
            thing = _keep(form, by=request.user)
            tell(request, _("%(name)s is saved.") % {"name": thing})
            return done(request, page_of(thing))
    deletes = reverse(f"estates:{kind.key}-destroy", args=[thing.pk]) if thing.pk else ""
    return show_form(request, form, title=title, submit=_("Save"), back=back, delete_url=deletes)


def _keep(form: Any, *, by: User) -> Any:
    thing = form.save(commit=False)
    if thing.pk:
        return change_place(thing, by=by, seen=take_version(form), fields=form.changed_fields())
    return register_place(thing, by=by)


def _page_above(thing: Any) -> str:
    if isinstance(thing, Project):
        return reverse("estates:project-index")
    if isinstance(thing, Building):
        return page_of(thing.project)
    if hasattr(thing, "unit_no") or not hasattr(thing, "project"):
        return page_of(thing.building)
    return page_of(thing.project)
