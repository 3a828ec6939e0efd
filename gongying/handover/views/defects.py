"""What the developer still has to mend."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.files.models import Attachment
from gongying.handover.forms import DefectForm, RejectForm, WordForm
from gongying.handover.machines import DEFECT, HAND_OVER
from gongying.handover.models import HandoverBatch, OutstandingDefect, UnitHandover
from gongying.handover.operations import accept_defect, drop_defect, mend_defect, record_defect, reject_defect
from gongying.handover.views.batches import authorize_reading


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Those that are not ended, the most urgent first; overdue ones, or ended ones, on demand (R-039)."""
    authorize_reading(request)
    defects = OutstandingDefect.objects.visible_to(request.user)
    which = request.GET.get("which", "")
    chosen = {"overdue": defects.overdue(), "ended": defects.filter(ended_at__isnull=False)}.get(
        which, defects.unfinished()
    )
    context = {
        "page": paginate(chosen.for_list(), order=("due_on", "id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(chosen),
        "which": which,
    }
    return render(request, "handover/defect_list.html", context)


@require_safe
def show(request: SignedInRequest, defect_id: int) -> HttpResponse:
    authorize_reading(request)
    defect = _find(request, defect_id)
    steps = [(step, f"handover:defect-{step.verb}") for step in DEFECT.possible(defect.state)]
    context = {
        "defect": defect,
        "steps": steps if may(request.user, HAND_OVER) else [],
        "photos": Attachment.objects.of(defect),
    }
    return render(request, "handover/defect_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_of_unit(request: SignedInRequest, handover_id: int) -> HttpResponse:
    authorize(request.user, HAND_OVER)
    rows = UnitHandover.objects.visible_to(request.user).select_related("batch__developer", "unit__project")
    handover = get_object_or_404(rows, pk=handover_id)
    back = reverse("handover:unit-show", args=[handover_id])
    title = f"{_('New defect')} · {handover.unit.full_name}"
    return _new(request, handover.batch, title=title, back=back, handover=handover)


@require_http_methods(["GET", "HEAD", "POST"])
def new_common(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Of a part that all use."""
    authorize(request.user, HAND_OVER)
    rows = HandoverBatch.objects.visible_to(request.user).select_related("developer")
    batch = get_object_or_404(rows, pk=batch_id)
    back = reverse("handover:batch-show", args=[batch_id])
    return _new(request, batch, title=f"{_('New defect of a common part')} · {batch}", back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def mend(request: SignedInRequest, defect_id: int) -> HttpResponse:
    return _word(request, defect_id, WordForm, mend_defect, title=_("Reported as mended"))


@require_POST
def accept(request: SignedInRequest, defect_id: int) -> HttpResponse:
    authorize(request.user, HAND_OVER)
    accept_defect(_find(request, defect_id), by=request.user)
    tell(request, _("The defect is closed."))
    return redirect("handover:defect-show", defect_id)


@require_http_methods(["GET", "HEAD", "POST"])
def reject(request: SignedInRequest, defect_id: int) -> HttpResponse:
    return _word(request, defect_id, RejectForm, reject_defect, title=_("Not mended"))


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: SignedInRequest, defect_id: int) -> HttpResponse:
    return _word(request, defect_id, WordForm, drop_defect, title=_("Drop the defect"))


def _new(request: SignedInRequest, batch: HandoverBatch, *, title: str, back: str, **more: Any) -> HttpResponse:
    form = DefectForm(sent_with(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        record_defect(batch, by=request.user, **form.cleaned_data, **more)
        tell(request, _("The defect is recorded."))
        return done(request, back)
    return show_form(request, form, title=title, submit=_("Record it"), back=back)


def _word(request: SignedInRequest, defect_id: int, form_of: Any, act: Any, *, title: str) -> HttpResponse:
    authorize(request.user, HAND_OVER)
    defect = _find(request, defect_id)
    form = carrying_version(form_of(sent_with(request)), defect)
    back = reverse("handover:defect-show", args=[defect_id])
    if request.method == "POST" and form.is_valid():
        with stale_told(form, stored=lambda: carrying_version(form_of(), _find(request, defect_id))):
            seen = take_version(form)
            act(defect, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Saved."))
            return done(request, back)
    return show_form(request, form, title=f"{title} · {defect}", submit=title, back=back)


def _find(request: SignedInRequest, defect_id: int) -> OutstandingDefect:
    rows = OutstandingDefect.objects.visible_to(request.user).for_list().select_related("found_by")
    found: OutstandingDefect = get_object_or_404(rows, pk=defect_id)
    return found
