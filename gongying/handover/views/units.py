"""One unit: appointment, inspection, hand-over."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.models import Tick
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.common.statements import statement_of
from gongying.estates.asked import unit_or_404
from gongying.estates.stewards import serving
from gongying.files.models import Attachment
from gongying.handover.forms import ArrangeForm, HandOverForm, RefuseForm
from gongying.handover.machines import HAND_OVER, HANDOVER
from gongying.handover.models import HandedThing, OutstandingDefect, UnitHandover
from gongying.handover.operations import arrange_unit, hand_over_unit, inspect_unit, refuse_unit
from gongying.handover.views.batches import authorize_reading
from gongying.organization.enums import TerritoryRight

URLS = {"arrange": "unit-arrange", "inspect": "unit-inspect", "hand_over": "unit-hand-over", "refuse": "unit-refuse"}


@require_safe
def show(request: SignedInRequest, handover_id: int) -> HttpResponse:
    authorize_reading(request)
    handover = _find(request, handover_id)
    steps = [(step, f"handover:{URLS[step.verb]}") for step in HANDOVER.possible(handover.state)]
    inspection = handover.inspection
    if inspection is None or not inspection.is_finished:
        steps = [pair for pair in steps if pair[0].verb not in ("hand_over", "refuse")]
    context = {
        "handover": handover,
        "steps": steps if may(request.user, HAND_OVER) else [],
        "defects": OutstandingDefect.objects.visible_to(request.user).filter(handover=handover).for_list(),
        "findings": Tick.objects.of(inspection).failed().filter(defect=None) if inspection else [],
        **_proof(handover),
    }
    return render(request, "handover/unit_detail.html", context)


@require_safe
def paper(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The record that both sides keep."""
    authorize_reading(request)
    handover = _find(request, handover_id)
    defects = OutstandingDefect.objects.visible_to(request.user).filter(handover=handover).for_list()
    ticks = Tick.objects.of(handover.inspection) if handover.inspection else []
    back = reverse("handover:unit-show", args=[handover_id])
    context = {"handover": handover, "ticks": ticks, "defects": defects, "back": back, **_proof(handover)}
    return render(request, "handover/unit_paper.html", context)


@require_safe
def panel(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """On the page of the household: when it was handed over, what the developer still owes."""
    authorize(request.user, HAND_OVER)
    unit = unit_or_404(request.user, unit_id)
    user = request.user

    def handovers(unit: int) -> Any:
        return UnitHandover.objects.visible_to(user).filter(unit=unit).select_related("batch", "unit")

    def defects(unit: int) -> Any:
        rows = OutstandingDefect.objects.visible_to(user).filter(unit=unit).unfinished()
        return rows.for_list().order_by("due_on", "pk")

    context = {
        "handovers": statement_of(user, "hand-overs of a unit", handovers, unit=int).rows(unit=unit.pk),
        "defects": statement_of(user, "unfinished defects of a unit", defects, unit=int).rows(unit=unit.pk),
    }
    return render(request, "handover/_unit_panel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = _to_change(request, handover_id)
    people = serving(handover.place, right=TerritoryRight.VIEW_FILES).with_permission(HAND_OVER)
    people = people.select_related("user").order_by("user__name", "pk")

    def form_of(row: UnitHandover, data: Any = None) -> ArrangeForm:
        return carrying_version(ArrangeForm(data, handover=row, people=people), row)

    form = form_of(handover, sent_with(request))
    if request.method == "POST" and form.is_valid():
        with stale_told(form, stored=lambda: form_of(_to_change(request, handover_id))):
            seen = take_version(form)
            arrange_unit(handover, by=request.user, seen=seen, **form.cleaned_data)
            return _done(request, handover, _("The appointment is made."))
    return _show(request, handover, form, title=_("Make an appointment"), submit=_("Make it"))


@require_POST
def inspect(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """On to the check list, on the phone in the flat."""
    handover = inspect_unit(_to_change(request, handover_id), by=request.user)
    return redirect("checklists:run-show", handover.inspection_id)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = _to_change(request, handover_id)
    files = request.FILES if request.method == "POST" else None
    form = HandOverForm(sent_with(request), files, batch=handover.batch)
    if request.method == "POST" and form.is_valid():
        hand_over_unit(handover, by=request.user, **form.cleaned_data)
        return _done(request, handover, _("The unit is handed over."))
    return _show(
        request, handover, form, title=pgettext("a hand-over", "Hand over"), submit=pgettext("a hand-over", "Hand over")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = _to_change(request, handover_id)
    form = RefuseForm(sent_with(request))
    if request.method == "POST" and form.is_valid():
        refuse_unit(handover, by=request.user, **form.cleaned_data)
        return _done(request, handover, _("The unit was not accepted; what failed stands among the defects."))
    return _show(
        request,
        handover,
        form,
        title=pgettext("a hand-over", "Not accepted"),
        submit=pgettext("a hand-over", "Not accepted"),
    )


def _find(request: SignedInRequest, handover_id: int) -> UnitHandover:
    rows = UnitHandover.objects.visible_to(request.user).for_list()
    rows = rows.select_related("inspection__check_list", "handed_over_by", "unit__project", "batch__developer")
    found: UnitHandover = get_object_or_404(rows, pk=handover_id)
    return found


def _to_change(request: SignedInRequest, handover_id: int) -> UnitHandover:
    authorize(request.user, HAND_OVER)
    return _find(request, handover_id)


def _proof(handover: UnitHandover) -> dict[str, Any]:
    things = HandedThing.objects.of(handover)
    return {"things": things, "signatures": Attachment.objects.of(handover, label="signature")}


def _show(request: SignedInRequest, handover: UnitHandover, form: Any, **words: str) -> HttpResponse:
    back = reverse("handover:unit-show", args=[handover.pk])
    title = f"{words['title']} · {handover.unit.full_name}"
    return show_form(request, form, title=title, submit=words["submit"], back=back)


def _done(request: SignedInRequest, handover: UnitHandover, sentence: str) -> HttpResponse | HttpResponseRedirect:
    tell(request, sentence)
    return done(request, reverse("handover:unit-show", args=[handover.pk]))
