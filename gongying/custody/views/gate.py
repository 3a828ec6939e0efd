"""The gate: a code is said or shown; things are looked at and go out, guests come in and leave."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.custody.forms import GateForm, ReleaseForm
from gongying.custody.models import GuestPass, ReleasePass
from gongying.custody.operations import guests_key, let_guest_in, let_guest_out, use_pass
from gongying.custody.rules import CHECK_PASSES
from gongying.custody.views.guests import find_guest
from gongying.custody.views.passes import find_pass
from gongying.estates.models import Project
from gongying.files.models import Attachment

MOST_FOUND = 5
MOST_IN_HOUSE = 100
PAGE = "custody/gate.html"


@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, CHECK_PASSES)
    return _show(request, GateForm(request.GET))


@require_POST
def release(request: SignedInRequest, pass_id: int) -> HttpResponse:
    found = find_pass(request, pass_id, CHECK_PASSES)
    form = ReleaseForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, GateForm({"q": found.number}), release_form=form, status=422)
    use_pass(found, by=request.user, **form.cleaned_data)
    tell(request, _("Pass %(number)s: let out.") % {"number": found})
    return redirect(f"{reverse('custody:gate-show')}?q={found.number}")


@require_POST
def let_in(request: SignedInRequest, guest_id: int) -> HttpResponse:
    guest = let_guest_in(find_guest(request, guest_id, CHECK_PASSES), by=request.user)
    tell(request, _("%(name)s came in.") % {"name": guest.name})
    return redirect("custody:gate-show")


@require_POST
def let_out(request: SignedInRequest, guest_id: int) -> HttpResponse:
    guest = let_guest_out(find_guest(request, guest_id, CHECK_PASSES), by=request.user)
    tell(request, _("%(name)s left.") % {"name": guest.name})
    return redirect("custody:gate-show")


def _show(
    request: SignedInRequest, form: GateForm, *, release_form: ReleaseForm | None = None, status: int = 200
) -> HttpResponse:
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    releases, guests = ReleasePass.objects.visible_to(request.user), GuestPass.objects.visible_to(request.user)
    found = list(releases.for_page().called(typed).order_by("-issued_at", "-id")[:MOST_FOUND]) if typed else []
    coming = guests.for_page().called(typed).order_by("-expected_at", "-id")[:MOST_FOUND] if typed else []
    here = list(guests.in_house().for_page().order_by("came_at", "id")[:MOST_IN_HOUSE])
    context = {
        "typed": typed,
        "found": found,
        "guests": coming,
        "here": here,
        "live": " ".join(guests_key(project.pk) for project in Project.objects.visible_to(request.user)),
        "photos": Attachment.objects.of(*found) if found else [],
        "release_form": release_form or ReleaseForm(),
    }
    return render(request, PAGE, context, status=status)
