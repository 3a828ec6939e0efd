from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.permissions import authorize
from gongying.organization.forms import NewStaffForm, StaffForm
from gongying.organization.matters import open_matters_of
from gongying.organization.models import Department, StaffMember, StaffQuerySet
from gongying.organization.operations import change_staff, employ
from gongying.organization.rules import MANAGE_STAFF, VIEW_STAFF
from gongying.organization.views.form_page import form_page


def all_staff() -> StaffQuerySet:
    return StaffMember.objects.select_related("user", "department", "post__role").prefetch_related("roles")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW_STAFF)
    former = request.GET.get("state") == "former"
    rows = all_staff().former() if former else all_staff().employed()
    if department := request.GET.get("department"):
        department_id = id_in(department)
        if department_id is None:
            raise BadRequest(_("There is no such department."))
        rows = rows.filter(department=department_id)
    if name := request.GET.get("name", "").replace("\x00", "").strip():
        rows = rows.filter(user__name__icontains=name)
    page = paginate(rows, order=("id",), cursor=request.GET.get("cursor"))
    absent = set(StaffMember.objects.absent().values_list("pk", flat=True))
    context = {"page": page, "departments": Department.objects.all(), "former": former, "absent": absent}
    return render(request, "organization/staff_list.html", context)


@require_safe
def show(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, VIEW_STAFF)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    context = {
        "staff": staff,
        "assignments": staff.territory_assignments.select_related("territory").order_by("-during"),
        "leaves": staff.leaves.select_related("deputy__user").order_by("-during")[:20],
        "today": timezone.localdate(),
        "left_lying": _left_lying(staff, request.user),
    }
    return render(request, "organization/staff_detail.html", context)


def _left_lying(staff: StaffMember, user: User) -> int:
    """How many open matters lie with somebody who is not there to see to them."""
    is_away = staff.has_left or staff.leaves.current().exists()
    return sum(len(matters.rows) for matters in open_matters_of(staff.user, seen_by=user)) if is_away else 0


@require_safe
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, NewStaffForm())


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    form = NewStaffForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    staff = employ(by=request.user, **form.cleaned_data)
    tell(request, _("%(name)s can log in now. Give her a territory, so that she sees something.") % {"name": staff})
    return redirect("organization:staff-show", staff.pk)


@require_safe
def edit(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, _edit_form(get_object_or_404(all_staff(), pk=staff_id)))


@require_POST
def update(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    form = _edit_form(staff, request.POST)
    if form.is_valid():
        with stale_told(form, stored=lambda: _edit_form(all_staff().get(pk=staff_id))):
            change_staff(staff, by=request.user, seen=take_version(form), **form.cleaned_data)
    return _form(request, form) if form.errors else redirect("organization:staff-show", staff.pk)


def _edit_form(staff: StaffMember, data: Any = None) -> StaffForm:
    return carrying_version(StaffForm(data, staff=staff), staff)


def _form(request: SignedInRequest, form: StaffForm) -> HttpResponse:
    staff = form.staff
    return form_page(
        request,
        form,
        title=staff.name if staff else _("New colleague"),
        submit=_("Save"),
        action=reverse("organization:staff-update", args=[staff.pk]) if staff else reverse("organization:staff-create"),
        back=reverse("organization:staff-show", args=[staff.pk]) if staff else reverse("organization:staff-index"),
    )
