"""Meeting rooms and company cars."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import Project
from gongying.schedule.models import Resource
from gongying.schedule.operations import delete_resource, save_resource
from gongying.schedule.plan_forms import ResourceForm
from gongying.schedule.rules import MANAGE_RESOURCES


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    rows = Resource.objects.visible_to(request.user).select_related("project")
    return render(request, "schedule/resource_index.html", {"resources": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_RESOURCES)
    form = ResourceForm(sent_with(request), projects=_projects(request))
    if form.is_valid():
        save_resource(form.save(commit=False), by=request.user)
        tell(request, _("Saved."))
        return done(request, reverse("schedule:resource-index"))
    back = reverse("schedule:resource-index")
    return show_form(request, form, title=_("New room or car"), submit=_("Save"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, resource_id: int) -> HttpResponse:
    resource = _resource_or_404(request, resource_id)
    form = _form_of(request, resource, sent_with(request))
    back = reverse("schedule:resource-index")
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, _resource_or_404(request, resource_id))):
            seen = take_version(form)
            save_resource(form.save(commit=False), by=request.user, seen=seen)
            tell(request, _("Saved."))
            return done(request, back)
    destroy = reverse("schedule:resource-destroy", args=[resource.pk])
    return show_form(request, form, title=resource.name, submit=_("Save"), back=back, delete_url=destroy)


@require_POST
def destroy(request: SignedInRequest, resource_id: int) -> HttpResponse:
    delete_resource(_resource_or_404(request, resource_id), by=request.user)
    return redirect("schedule:resource-index")


def _resource_or_404(request: SignedInRequest, resource_id: int) -> Resource:
    resource: Resource = get_object_or_404(Resource.objects.visible_to(request.user), pk=resource_id)
    authorize(request.user, MANAGE_RESOURCES, resource)
    return resource


def _form_of(request: SignedInRequest, resource: Resource, data: Any = None) -> ResourceForm:
    return carrying_version(ResourceForm(data, instance=resource, projects=_projects(request)), resource)


def _projects(request: SignedInRequest) -> Any:
    return Project.objects.visible_to(request.user).order_by("code")
