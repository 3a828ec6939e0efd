"""Everything that lies with a person on one list, and handed over in one go (E-053)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import sent_with
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.organization.forms import HandOverForm
from gongying.organization.matters import open_matters_of
from gongying.organization.operations import hand_over_matters
from gongying.organization.rules import MANAGE_LEAVE
from gongying.organization.views.staff import all_staff


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedInRequest, staff_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_LEAVE)
    staff = get_object_or_404(all_staff(), pk=staff_id)
    unit_id = id_in(request.GET.get("unit", "")) or None
    matters = open_matters_of(staff.user, seen_by=request.user, unit_id=unit_id)
    form = HandOverForm(sent_with(request), staff=staff, matters=matters)
    if form.is_valid():
        note = form.cleaned_data["note"]
        handed = hand_over_matters(staff, to=form.receivers, by=request.user, note=note, unit_id=unit_id)
        number = sum(handed.values())
        tell(request, ngettext("%(n)d matter handed over.", "%(n)d matters handed over.", number) % {"n": number})
        return redirect("organization:staff-show", staff.pk)
    context = {"staff": staff, "rows": form.lists(), "form": form, "of_one_unit": unit_id is not None}
    return render(request, "organization/matters_show.html", context, status=422 if form.errors else 200)
