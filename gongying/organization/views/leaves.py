from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.organization.forms import LeaveForm
from gongying.organization.matters import open_matters_of
from gongying.organization.models import Leave, StaffMember
from gongying.organization.operations import cancel_leave, enter_leave
from gongying.organization.rules import MANAGE_LEAVE
from gongying.organization.views.form_page import form_page
from gongying.organization.views.staff import all_staff


@require_safe
def new(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_LEAVE)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    return _form(request, LeaveForm(staff=staff), staff)


@require_POST
def create(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_LEAVE)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    form = LeaveForm(request.POST, staff=staff)
    if not form.is_valid():
        return _form(request, form, staff)
    leave = enter_leave(staff, by=request.user, **form.cleaned_data)
    tell(request, _("Leave entered."), undo=reverse("organization:leave-destroy", args=[leave.pk]))
    # Nothing is left with an absent person (E-053): what lies with her is handed over next.
    is_busy = bool(open_matters_of(staff.user, seen_by=request.user))
    return redirect("organization:matters-show" if is_busy else "organization:staff-show", staff.pk)


@require_POST
def destroy(request: SignedInRequest, leave_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_LEAVE)
    leave = get_object_or_404(Leave.objects.select_related("staff"), pk=leave_id)
    cancel_leave(leave, by=request.user)
    return redirect("organization:staff-show", leave.staff_id)


def _form(request: SignedInRequest, form: LeaveForm, staff: StaffMember) -> HttpResponse:
    return form_page(
        request,
        form,
        title=_("Leave of %(name)s") % {"name": staff},
        submit=_("Enter the leave"),
        action=reverse("organization:leave-create", args=[staff.pk]),
        back=reverse("organization:staff-show", args=[staff.pk]),
    )
