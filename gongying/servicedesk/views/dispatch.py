"""The dispatch board, and the panel of a job: who could do it, when, and why he (ux.md 2.5)."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.editions import fill_from_memory, kept
from gongying.common.errors import Refused, Stale
from gongying.common.form_pages import done
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.common.statements import Statement, statement_of
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of
from gongying.servicedesk.candidates import candidates_for, firms_for, slot_wished
from gongying.servicedesk.dispatch_board import board_of
from gongying.servicedesk.enums import ReassignReason
from gongying.servicedesk.forms.placing import PlacementForm, doer_on_row
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.models.work import WorkOrderQuerySet
from gongying.servicedesk.operations.doers import OtherTrade
from gongying.servicedesk.operations.placing import place_work
from gongying.servicedesk.operations.slots import SlotTaken
from gongying.servicedesk.rules import DISPATCH_WORK

PANEL = "servicedesk/placement.html"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The board of one project and day; `row` opens one row as a list, for those without scripts."""
    authorize(request.user, DISPATCH_WORK)
    projects = _projects(request.user)
    if not projects:
        raise Refused(_("You serve no project yet: there is nothing to dispatch."))
    asked = id_in(request.GET.get("project", ""))
    project = next((each for each in projects if each.pk == asked), projects[0])
    board = board_of(project, _day_in(request), request.user)
    opened = board.row(request.GET.get("row", ""))
    choices = [{"pk": str(each.pk), "name": each.name, "is_chosen": each is project} for each in projects]
    context = {"board": board, "choices": choices, "opened": opened, "jobs": board.listed(opened) if opened else []}
    return render(request, "servicedesk/dispatch_board.html", context)


def _projects(user: User) -> list[Project]:
    rows = Project.objects.visible_to(user)
    return kept(("projects to dispatch", user.pk, scope_of(user)), lambda: list(rows))


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: SignedInRequest, work_order_id: int) -> HttpResponse:
    authorize(request.user, DISPATCH_WORK)
    work_order = _seen_or_404(work_order_id, request.user)
    if request.method == "POST":
        return _place(request, work_order)
    return _panel(request, work_order, asked=_asked(request.GET))


def _seen_or_404(pk: int, user: User) -> WorkOrder:
    rows: Statement[WorkOrder] = statement_of(user, "jobs to dispatch", lambda pk: _jobs(user).filter(pk=pk), pk=int)
    work_order = rows.first(pk=pk)
    if work_order is None:
        raise Http404
    fill_from_memory(work_order.service_request, "building", "project")
    return work_order


def _jobs(user: User) -> WorkOrderQuerySet:
    rows: WorkOrderQuerySet = WorkOrder.objects.visible_to(user)
    return rows.select_related("service_request__unit", "service_request__facility", "doer")


def _place(request: SignedInRequest, work_order: WorkOrder) -> HttpResponse:
    form = PlacementForm(request.POST, case=work_order, user=request.user)
    asked = _asked(request.POST)
    if not form.is_valid():
        return _panel(request, work_order, asked=asked, form=form, status=422)
    was_open = work_order.state == "open"
    try:
        placed = place_work(work_order, by=request.user, **form.arguments())
    except SlotTaken as taken:
        return _panel(request, work_order, asked=asked, form=form, taken=taken, status=409)
    except OtherTrade as other:
        return _panel(request, work_order, asked=asked, form=form, other_trade=other, status=409)
    except Stale as stale:
        work_order.refresh_from_db()
        return _panel(request, work_order, asked=asked, form=form, refusal=stale, status=409)
    except Refused as refusal:
        return _panel(request, work_order, asked=asked, form=form, refusal=refusal, status=409)
    undo = f"{reverse('servicedesk:work-order-step', args=[placed.pk, 'unassign'])}?from=board" if was_open else ""
    tell(request, _("Given to %(doer)s: %(work)s") % {"work": placed, "doer": placed.doer_name}, undo=undo)
    return done(request, _board_of(placed))


def _panel(
    request: SignedInRequest,
    work_order: WorkOrder,
    *,
    asked: dict[str, Any],
    form: PlacementForm | None = None,
    taken: SlotTaken | None = None,
    other_trade: OtherTrade | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    slot = slot_wished(work_order, asked["from"])
    if asked["until"] and asked["until"] > slot[0]:
        slot = slot[0], asked["until"]
    context = {
        "work": work_order,
        "service_request": work_order.service_request,
        "slot": slot,
        "is_open": work_order.state == "open",
        "candidates": candidates_for(work_order, slot[0]) if work_order.is_unfinished else [],
        "firms": firms_for(work_order, slot[0]) if work_order.is_unfinished else [],
        "asked": asked,
        "form": form,
        "taken": taken,
        "other_trade": other_trade,
        "refusal": refusal,
        "reasons": [choice for choice in ReassignReason.choices if choice[0] != ReassignReason.OTHER],
        "needs_reason": _needs_reason(work_order, asked),
        "board_url": _board_of(work_order),
    }
    template = f"{PANEL}#panel" if request.headers.get("HX-Request") == "true" else PANEL
    return render(request, template, context, status=status)


def _needs_reason(work_order: WorkOrder, asked: dict[str, Any]) -> bool:
    to = asked["doer"]
    return work_order.state != "open" and to is not None and to != (work_order.doer, work_order.outside_firm)


def _asked(given: Any) -> dict[str, Any]:
    """Where the job was dropped, as far as it can be read."""
    to = str(given.get("to", ""))[:30]
    try:
        doer = doer_on_row(to) if to else None
    except ValidationError:
        doer = None
    return {
        "to": to,
        "doer": (doer["doer"], doer["outside_firm"]) if doer else None,
        "name": (doer["outside_firm"] or doer["doer"]) if doer else "",
        "from": _moment_in(given.get("planned_from", "")),
        "until": _moment_in(given.get("planned_to", "")),
    }


def _moment_in(text: str) -> datetime | None:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    if at is None or not 2000 < at.year < 2200:  # noqa: PLR2004 years that can be right
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def _day_in(request: SignedInRequest) -> date:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return day if day is not None and 2000 < day.year < 2200 else timezone.localdate()  # noqa: PLR2004


def _board_of(work_order: WorkOrder) -> str:
    at = work_order.planned_from
    day = timezone.localtime(at).date() if at else timezone.localdate()
    query = urlencode({"project": work_order.service_request.project_id, "day": day.isoformat()})
    return f"{reverse('servicedesk:dispatch-index')}?{query}"
