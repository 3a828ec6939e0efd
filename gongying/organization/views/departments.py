from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.organization.forms import DepartmentForm
from gongying.organization.models import Department
from gongying.organization.operations import delete_department, save_department
from gongying.organization.rules import MANAGE_STAFF, VIEW_STAFF
from gongying.organization.views.form_page import form_page


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW_STAFF)
    departments = Department.objects.select_related("parent").prefetch_related("posts__role")
    counted = departments.annotate(people=Count("staff", distinct=True))
    return render(request, "organization/department_list.html", {"departments": counted})


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, DepartmentForm())


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    form = DepartmentForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    save_department(form.save(commit=False), by=request.user)
    return redirect("organization:department-index")


@require_safe
def edit(request: SignedInRequest, department_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, _edit_form(department_id))


@require_POST
def update(request: SignedInRequest, department_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    form = _edit_form(department_id, request.POST)
    if form.is_valid():
        with stale_told(form, stored=lambda: _edit_form(department_id)):
            save_department(form.save(commit=False), by=request.user, seen=take_version(form))
    return _form(request, form) if form.errors else redirect("organization:department-index")


def _edit_form(department_id: int, data: Any = None) -> DepartmentForm:
    department = get_object_or_404(Department, pk=department_id)
    return carrying_version(DepartmentForm(data, instance=department), department)


@require_POST
def destroy(request: SignedInRequest, department_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    delete_department(get_object_or_404(Department, pk=department_id), by=request.user)
    tell(request, _("Department deleted."))
    return redirect("organization:department-index")


def _form(request: SignedInRequest, form: DepartmentForm) -> HttpResponse:
    pk = form.instance.pk
    return form_page(
        request,
        form,
        title=form.initial["name"] if pk else _("New department"),
        submit=_("Save"),
        action=reverse("organization:department-update", args=[pk])
        if pk
        else reverse("organization:department-create"),
        back=reverse("organization:department-index"),
        destroy=reverse("organization:department-destroy", args=[pk]) if pk else "",
    )
