from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.organization.forms import PasswordForm
from gongying.organization.models import StaffMember
from gongying.organization.operations import reset_password
from gongying.organization.rules import MANAGE_STAFF
from gongying.organization.views.form_page import form_page
from gongying.organization.views.staff import all_staff


@require_safe
def new(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    return _form(request, PasswordForm(), get_object_or_404(all_staff(), pk=staff_id))


@require_POST
def create(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_STAFF)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _form(request, form, staff)
    reset_password(staff, password=form.cleaned_data["password"], by=request.user)
    tell(request, _("%(name)s has a new first password.") % {"name": staff})
    return redirect("organization:staff-show", staff.pk)


def _form(request: SignedInRequest, form: PasswordForm, staff: StaffMember) -> HttpResponse:
    return form_page(
        request,
        form,
        title=_("Reset the password of %(name)s") % {"name": staff},
        submit=_("Reset the password"),
        action=reverse("organization:password-create", args=[staff.pk]),
        back=reverse("organization:staff-show", args=[staff.pk]),
    )
