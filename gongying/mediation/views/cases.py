"""Disputes between customers, their sides, and the paper that the sides sign (R-160)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.files.models import Attachment
from gongying.mediation.complaints import said_in
from gongying.mediation.forms import CaseForm, PassOnForm, SideForm, StatementForm
from gongying.mediation.machines import MEDIATE, MEDIATION
from gongying.mediation.models import Agreement, MediationCase, Side
from gongying.mediation.operations import add_side, hear_side, open_case, pass_on_case
from gongying.mediation.rules import VIEW, authorize_mediating, may_come_from, may_mediate
from gongying.servicedesk.models import ServiceRequest


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What is not ended, the newest first; what is to be asked after, and ended ones, on demand."""
    if not may(request.user, MEDIATE):
        authorize(request.user, VIEW)
    cases = MediationCase.objects.visible_to(request.user)
    chosen = request.GET.get("list", "")
    rows = {"check": cases.to_check(), "ended": cases.filter(ended_at__isnull=False)}.get(chosen, cases.open())
    shown = rows.select_related("project", "mediator").prefetch_related("sides")
    context = {
        "page": paginate(shown, order=("-id",), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "chosen": chosen,
        "can_open": may(request.user, MEDIATE),
    }
    return render(request, "mediation/case_list.html", context)


@require_safe
def of_request(request: SignedInRequest, request_id: int) -> HttpResponse:
    """The disputes that came from a request, beside it; and the way to one where neighbours quarrel."""
    matter = get_object_or_404(ServiceRequest.objects.visible_to(request.user), pk=request_id)
    cases = MediationCase.objects.visible_to(request.user).filter(request=matter).select_related("mediator")
    can_open = may(request.user, MEDIATE) and may_come_from(matter)
    return render(request, "mediation/_of_request.html", {"matter": matter, "cases": cases, "can_open": can_open})


@require_safe
def show(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = find_case(request, case_id)
    can_go_on = may_mediate(request.user, case)
    agreements = case.agreements.select_related("by", "check_row__by")
    context = {
        "case": case,
        "matter": ServiceRequest.objects.visible_to(request.user).filter(pk=case.request_id).first(),
        "sides": Side.objects.of(case),
        "sessions": case.sessions.select_related("by").prefetch_related("present__side"),
        "agreements": [(agreement, Attachment.objects.of(agreement)) for agreement in agreements],
        "steps": [(step, f"mediation:case-{step.verb}") for step in MEDIATION.possible(case.state)]
        if can_go_on
        else [],
        "can_change": can_go_on and case.ended_at is None,
        "today": timezone.localdate(),
    }
    return render(request, "mediation/case_show.html", context)


@require_safe
def paper(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The last agreement, or the blank form to be signed. What a side told the mediator alone stands on no paper."""
    case = find_case(request, case_id)
    is_blank = request.GET.get("blank") == "1"
    agreement = None if is_blank else Agreement.objects.visible_to(request.user).filter(case=case).last()
    sides = Side.objects.of(case)
    context = {
        "case": case,
        "agreement": agreement,
        "sides": [(side, _signature_of(side, agreement)) for side in sides],
        "paper": "a4",
        "back": _address(case_id),
    }
    return render(request, "mediation/case_paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, MEDIATE)
    matter = _request_named(request)
    form = CaseForm(sent_with(request), user=request.user, initial=_taken_from(matter) if matter else {})
    if form.is_valid():
        given = form.cleaned_data
        facts = {name: given[name] for name in ("project", "subject", "matter")}
        sides = [side for side in form.sides if side is not None]
        case = open_case(by=request.user, sides=sides, service_request=matter, **facts)
        tell(request, _("The dispute is taken up."))
        return done(request, _address(case.pk))
    back = reverse("mediation:case-index")
    note = _("Of request %(number)s") % {"number": matter.number} if matter else ""
    return show_form(request, form, title=_("New mediation"), submit=_("Take it up"), back=back, note=note)


@require_http_methods(["GET", "HEAD", "POST"])
def new_side(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = case_to_change(request, case_id)
    form = SideForm(sent_with(request), case=case, user=request.user)
    if form.is_valid() and form.side is not None:
        add_side(case, form.side, by=request.user)
        return _saved(request, case)
    return show_form(request, form, title=_("Another side"), submit=_("Add"), back=_address(case_id))


@require_http_methods(["GET", "HEAD", "POST"])
def hear(request: SignedInRequest, side_id: int) -> HttpResponse:
    side = _find_side(request, side_id)
    authorize_mediating(request.user, side.case)
    form = _statement_of(side, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _statement_of(_find_side(request, side_id))):
            seen = take_version(form)
            hear_side(side, by=request.user, seen=seen, **form.cleaned_data)
            return _saved(request, side.case)
    return show_form(request, form, title=side.name, submit=_("Save"), back=_address(side.case_id))


@require_http_methods(["GET", "HEAD", "POST"])
def pass_on(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = case_to_change(request, case_id)
    form = PassOnForm(sent_with(request), case=case)
    if form.is_valid():
        pass_on_case(case, to=form.cleaned_data["staff"].user, by=request.user, note=form.cleaned_data["note"])
        tell(request, _("Passed on."))
        return done(request, reverse("mediation:case-index"))
    return show_form(request, form, title=_("Another mediator"), submit=_("Pass on"), back=_address(case_id))


def find_case(request: SignedInRequest, case_id: int) -> MediationCase:
    rows: Any = MediationCase.objects.visible_to(request.user)
    rows = rows.select_related("project", "mediator", "opened_by", "request", "referral__by")
    found: MediationCase = get_object_or_404(rows, pk=case_id)
    return found


def case_to_change(request: SignedInRequest, case_id: int) -> MediationCase:
    case = find_case(request, case_id)
    authorize_mediating(request.user, case)
    return case


def _find_side(request: SignedInRequest, side_id: int) -> Side:
    rows = Side.objects.visible_to(request.user).select_related("case__project")
    found: Side = get_object_or_404(rows, pk=side_id)
    return found


def _statement_of(side: Side, data: Any = None) -> StatementForm:
    return carrying_version(StatementForm(data, initial={"statement": side.statement}), side)


def _signature_of(side: Side, agreement: Agreement | None) -> Attachment | None:
    if agreement is None:
        return None
    return Attachment.objects.of(agreement, label=f"signature-{side.position}").first()


def _request_named(request: SignedInRequest) -> ServiceRequest | None:
    """The request that the dispute comes from, where the address names one."""
    asked = id_in(request.GET.get("request", ""))
    if not asked:
        return None
    found: ServiceRequest | None = ServiceRequest.objects.visible_to(request.user).filter(pk=asked).first()
    if found is None:
        raise Http404
    return found


def _taken_from(matter: ServiceRequest) -> dict[str, Any]:
    """The complainant is the first side."""
    said = said_in(matter)
    return {
        "project": matter.project_id,
        "subject": said.subject,
        "matter": said.matter,
        "first_unit_code": said.unit.code if said.unit else "",
        "first_name": said.name,
        "first_statement": said.statement,
    }


def _saved(request: SignedInRequest, case: MediationCase) -> HttpResponse:
    tell(request, _("Saved."))
    return done(request, _address(case.pk))


def _address(case_id: int) -> str:
    return reverse("mediation:case-show", args=[case_id])
