"""The check lists themselves, in versions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.forms import ListForm, NewListForm
from gongying.checklists.models import CheckItem, CheckList
from gongying.checklists.operations import give_up_list, write_list
from gongying.checklists.rules import MANAGE
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.models import Project


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The company's, and what projects have of their own."""
    authorize(request.user, MANAGE)
    lists = CheckList.objects.visible_to(request.user).newest().filter(is_given_up=False)
    context = {"lists": lists.select_related("project", "written_by").order_by("use", "key", "project_id")}
    return render(request, "checklists/list_list.html", context)


@require_safe
def show(request: SignedInRequest, list_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    check_list = _find(request, list_id)
    visible = CheckList.objects.visible_to(request.user)
    versions = visible.filter(key=check_list.key, project=check_list.project).select_related("written_by")
    newest = versions.order_by("-version").first()
    projects = Project.objects.visible_to(request.user).order_by("code")
    context = {
        "check_list": check_list,
        "items": CheckItem.objects.of(check_list),
        "versions": versions.order_by("-version"),
        "is_newest": newest == check_list and not check_list.is_given_up,
        "can_change": CheckList.objects.visible_to(request.user)
        .changeable_by(request.user)
        .filter(pk=list_id)
        .exists(),
        "projects": [] if check_list.project_id else projects,
    }
    return render(request, "checklists/list_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE)
    form = NewListForm(sent_with(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        written = write_list(by=request.user, **form.cleaned_data)
        tell(request, _("The check list is written."))
        return done(request, reverse("checklists:list-show", args=[written.pk]))
    back = reverse("checklists:list-index")
    return show_form(request, form, title=_("New check list"), submit=_("Write it"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: SignedInRequest, list_id: int) -> HttpResponse:
    """The next version; with `?project=` the first one that a project has of its own."""
    authorize(request.user, MANAGE)
    check_list = _find(request, list_id)
    project = check_list.project
    asked = request.GET.get("project", "")
    if asked and project is None:
        project = get_object_or_404(Project.objects.visible_to(request.user), pk=id_in(asked) or 0)
    elif not CheckList.objects.visible_to(request.user).changeable_by(request.user).filter(pk=list_id).exists():
        authorize(request.user, "organization.see_all_projects")
    form = _form(request, check_list)
    if request.method == "POST" and form.is_valid():
        with stale_told(
            form, stored=lambda: carrying_version(ListForm(check_list=_newest(check_list)), _newest(check_list))
        ):
            seen = take_version(form) if project == check_list.project else None
            facts = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            fixed: dict[str, Any] = {"use": check_list.use, "key": check_list.key, "project": project}
            written = write_list(by=request.user, seen=seen, **fixed, **facts)
            tell(request, _("The new version holds for what begins from now on."))
            return done(request, reverse("checklists:list-show", args=[written.pk]))
    back = reverse("checklists:list-show", args=[list_id])
    title = f"{check_list} · {project}" if project else str(check_list)
    return show_form(request, form, title=title, submit=_("Write a new version"), back=back)


@require_POST
def give_up(request: SignedInRequest, list_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    check_list = get_object_or_404(CheckList.objects.visible_to(request.user).changeable_by(request.user), pk=list_id)
    give_up_list(check_list, by=request.user)
    tell(request, _("The check list is given up."))
    return redirect("checklists:list-index")


def _find(request: SignedInRequest, list_id: int) -> CheckList:
    rows = CheckList.objects.visible_to(request.user).select_related("project", "written_by")
    found: CheckList = get_object_or_404(rows, pk=list_id)
    return found


def _newest(check_list: CheckList) -> CheckList:
    versions = type(check_list)._default_manager.filter(key=check_list.key, project=check_list.project)
    found: CheckList = versions.order_by("-version")[0]
    return found


def _form(request: SignedInRequest, check_list: CheckList) -> ListForm:
    return carrying_version(ListForm(sent_with(request), check_list=check_list), check_list)
