from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.authority.forms import DecisionForm
from gongying.authority.models import ApprovalRequest
from gongying.authority.operations import grant_approval, refuse_approval, withdraw_approval
from gongying.authority.rules import DECIDE_APPROVALS, VIEW_FIGURES
from gongying.common.edits import carrying_version, status_of, take_version
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.common.templatetags.formats import moment, yuan
from gongying.events.subjects import find_kind

OLDEST_FIRST = ("asked_at", "id")
NEWEST_FIRST = ("-asked_at", "-id")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What waits, the longest wait first; what was decided on demand. Everybody sees what she asked for herself."""
    shows_decided = request.GET.get("decided") == "1"
    rows = ApprovalRequest.objects.visible_to(request.user).with_names()
    rows = rows.exclude(state="asked") if shows_decided else rows.waiting()
    order = NEWEST_FIRST if shows_decided else OLDEST_FIRST
    context = {
        "page": paginate(rows, order=order, cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shows_decided": shows_decided,
        "may_see_figures": may(request.user, VIEW_FIGURES),
    }
    return render(request, "authority/approval_list.html", context)


@require_safe
def show(request: SignedInRequest, approval_id: int) -> HttpResponse:
    approval = _find(request, approval_id)
    return _show(request, approval, _form(approval))


@require_POST
def grant(request: SignedInRequest, approval_id: int) -> HttpResponse:
    return _decide(request, approval_id, grant_approval, _("Agreed to; it is so now, and whoever asked is told."))


@require_POST
def refuse(request: SignedInRequest, approval_id: int) -> HttpResponse:
    return _decide(request, approval_id, refuse_approval, _("Not agreed to; whoever asked is told."))


@require_POST
def withdraw(request: SignedInRequest, approval_id: int) -> HttpResponse:
    approval = _find(request, approval_id)
    withdraw_approval(approval, by=request.user)
    tell(request, _("Withdrawn."))
    return redirect("authority:approval-show", approval_id)


def _decide(request: SignedInRequest, approval_id: int, act: Any, said: str) -> HttpResponse:
    approval = _find(request, approval_id)
    authorize(request.user, DECIDE_APPROVALS, approval)
    form = _form(approval, request.POST)
    if not form.is_valid():
        return _show(request, approval, form)
    act(approval, by=request.user, seen=take_version(form), **form.cleaned_data)
    tell(request, said)
    return redirect("authority:approval-show", approval_id)


def _form(approval: ApprovalRequest, data: Any = None) -> DecisionForm:
    return carrying_version(DecisionForm(data), approval)


def _find(request: SignedInRequest, approval_id: int) -> ApprovalRequest:
    rows = ApprovalRequest.objects.visible_to(request.user).with_names()
    found: ApprovalRequest = get_object_or_404(rows, pk=approval_id)
    return found


def _show(request: SignedInRequest, approval: ApprovalRequest, form: DecisionForm) -> HttpResponse:
    kind = find_kind(approval.about_kind)
    thing = kind.visible_to(request.user).filter(pk=approval.about_id).first() if kind else None
    context = {
        "approval": approval,
        "form": form,
        "facts": _facts(approval),
        "thing": thing,
        "thing_url": kind.url_of(approval.about_id) if kind and thing else "",
        "can_decide": approval.is_decided_by(request.user),
        "can_agree": approval.is_within_limit_of(request.user),
        "is_own": approval.asked_by_id == request.user.pk,
        "now": timezone.now(),
    }
    return render(request, "authority/approval_detail.html", context, status=status_of(form))


def _facts(approval: ApprovalRequest) -> list[tuple[str, Any]]:
    return [
        (_("for what"), approval.get_subject_display()),
        (_("amount"), yuan(approval.amount)),
        (_("reason"), approval.reason),
        (_("asked by"), approval.asked_by),
        (_("asked at"), moment(approval.asked_at)),
        (_("own limit"), yuan(approval.limit_amount) or _("none")),
        (_("project"), approval.project),
        (_("decided by"), approval.decided_by),
        (_("limit of who decided"), yuan(approval.deciding_limit)),
        (_("decided at"), moment(approval.decided_at)),
        (_("note"), approval.note),
    ]
