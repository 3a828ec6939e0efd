from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.organization.forms import DepartureForm
from gongying.organization.models import StaffMember
from gongying.organization.operations import leave_company, return_to_company
from gongying.organization.rules import MANAGE_STAFF
from gongying.organization.views.form_page import form_page
from gongying.organization.views.staff import all_staff


@require_safe
def new(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, DepartureForm(), get_object_or_404(all_staff(), pk=staff_id))


@require_POST
def create(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    form = DepartureForm(request.POST)
    if not form.is_valid():
        return _form(request, form, staff)
    leave_company(staff, on=form.cleaned_data["on"], by=request.user)
    undo = reverse("organization:departure-destroy", args=[staff.pk])
    tell(request, _("%(name)s leaves on %(date)s.") % {"name": staff, "date": form.cleaned_data["on"]}, undo=undo)
    return redirect("organization:staff-show", staff.pk)


@require_POST
def destroy(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    return_to_company(staff, by=request.user)
    return redirect("organization:staff-show", staff.pk)


def _form(request: SignedInRequest, form: DepartureForm, staff: StaffMember) -> HttpResponse:
    return form_page(
        request,
        form,
        title=_("%(name)s leaves the company") % {"name": staff},
        submit=_("Enter the departure"),
        action=reverse("organization:departure-create", args=[staff.pk]),
        back=reverse("organization:staff-show", args=[staff.pk]),
    )
