"""Hand-overs of shifts: written, read, signed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.reception.forms import HandoverForm
from gongying.reception.gathering import gather, parts_of
from gongying.reception.machines import RECEIVE
from gongying.reception.models import ShiftHandover
from gongying.reception.operations import hand_over_shift, sign_handover
from gongying.reception.rules import desks_of


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The newest first; those that nobody has signed are red when they wait too long."""
    authorize(request.user, RECEIVE)
    rows = ShiftHandover.objects.visible_to(request.user)
    context = {
        "page": paginate(rows.for_page(), order=("-written_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
    }
    return render(request, "reception/handover_list.html", context)


@require_safe
def show(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = _find(request, handover_id)
    context = {
        "handover": handover,
        "parts": parts_of(handover.open_matters),
        "may_sign": handover.signed_at is None and handover.written_by_id != request.user.pk,
    }
    return render(request, "reception/handover_show.html", context)


@require_safe
def paper(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = _find(request, handover_id)
    back = reverse("reception:handover-show", args=[handover_id])
    context = {"handover": handover, "parts": parts_of(handover.open_matters), "paper": "a4", "back": back}
    return render(request, "reception/handover_paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """What the system has found is shown before anything is written."""
    authorize(request.user, RECEIVE)
    projects = desks_of(request.user)
    asked = request.GET.get("project", "")
    project = get_object_or_404(projects, pk=id_in(asked) or 0) if asked else projects.first()
    form = HandoverForm(request.POST if request.method == "POST" else None)
    if project is not None and form.is_valid():
        handover = hand_over_shift(project, by=request.user, **form.cleaned_data)
        tell(request, _("Handed over. The next one signs it."))
        return redirect("reception:handover-show", handover.pk)
    context = {
        "project": project,
        "projects": list(projects),
        "form": form,
        "parts": parts_of(gather(project, by=request.user)) if project else [],
    }
    return render(request, "reception/handover_form.html", context, status=422 if form.errors else 200)


@require_POST
def sign(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = sign_handover(_find(request, handover_id), by=request.user)
    tell(request, _("Signed: you go on with it."))
    if request.POST.get("origin") == "home":
        return redirect("/")
    return redirect("reception:handover-show", handover.pk)


def _find(request: SignedInRequest, handover_id: int) -> ShiftHandover:
    authorize(request.user, RECEIVE)
    found: ShiftHandover = get_object_or_404(ShiftHandover.objects.visible_to(request.user).for_page(), pk=handover_id)
    return found
