from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.organization.rules import VIEW_STAFF
from gongying.organization.views.staff import all_staff


@require_safe
def show(request: SignedInRequest, staff_id: int) -> HttpResponse:
    """The card on paper: who she is, and what she owes the customers (R-006). Everybody may print her own."""
    staff = get_object_or_404(all_staff(), pk=staff_id)
    if staff.user_id != request.user.pk:
        authorize(request.user, VIEW_STAFF)
    back = reverse("organization:staff-show", args=[staff.pk])
    return render(request, "organization/staff_card.html", {"staff": staff, "paper": "a5", "back": back})
