"""Hand-overs of whole buildings."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.permissions import authorize, may
from gongying.handover.enums import HandoverState
from gongying.handover.forms import BatchForm
from gongying.handover.machines import HAND_OVER
from gongying.handover.models import HandoverBatch, OutstandingDefect, UnitHandover
from gongying.handover.operations import open_batch
from gongying.handover.rules import MANAGE


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize_reading(request)
    batches = HandoverBatch.objects.visible_to(request.user).with_progress().select_related("project")
    page = paginate(batches, order=("-starts_on", "-id"), cursor=request.GET.get("cursor"))
    return render(request, "handover/batch_list.html", {"page": page})


@require_safe
def show(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """How far it is, and every unit with its appointment."""
    authorize_reading(request)
    rows = HandoverBatch.objects.visible_to(request.user).with_progress().select_related("project", "developer")
    batch = get_object_or_404(rows, pk=batch_id)
    units = UnitHandover.objects.visible_to(request.user).filter(batch=batch)
    defects = OutstandingDefect.objects.visible_to(request.user).filter(batch=batch)
    state = request.GET.get("state", "")
    chosen = units.filter(state=state) if state in HandoverState.values else units
    counts = [(label, value, units.filter(state=value).count()) for value, label in HandoverState.choices]
    context = {
        "batch": batch,
        "state": state,
        "counts": counts,
        "open_defects": defects.unfinished().count(),
        "overdue_defects": defects.overdue().count(),
        "page": paginate(chosen.for_list(), order=("unit__sort_key", "id"), cursor=request.GET.get("cursor")),
    }
    return render(request, "handover/batch_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MANAGE)
    form = BatchForm(sent_with(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        batch = open_batch(by=request.user, **form.cleaned_data)
        tell(request, _("The hand-over is opened."))
        return done(request, reverse("handover:batch-show", args=[batch.pk]))
    back = reverse("handover:batch-index")
    return show_form(request, form, title=_("New hand-over"), submit=_("Open the hand-over"), back=back)


def authorize_reading(request: SignedInRequest) -> None:
    if not may(request.user, MANAGE):
        authorize(request.user, HAND_OVER)
