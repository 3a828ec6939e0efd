"""What waits for others than oneself: the front line of who oversees, and what is overdue."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.authority.models import ApprovalRequest
from gongying.authority.rules import DECIDE_APPROVALS
from gongying.common.permissions import may
from gongying.estates.scopes import scope_of
from gongying.servicedesk.enums import Metric, PauseReason, WorkState
from gongying.servicedesk.models import Escalation, ServiceRequest, WorkOrder, WorkPause
from gongying.servicedesk.rules import DISPATCH_WORK
from gongying.workbench.figures import LISTS, list_url
from gongying.workbench.look import PRESENT, Asked, Look, asked
from gongying.workbench.request_lines import WAITS_FOR_DOER, button, request_row
from gongying.workbench.sections import ROWS, Row, Section

# How long the front line may wait before the row turns red.
ACCEPTANCE_LIMIT = timedelta(minutes=30)
DOER_LIMIT = timedelta(hours=1)
ESCALATION_LIMIT = timedelta(hours=1)
DECISION_LIMIT = timedelta(hours=24)
APPROVAL_LIMIT = timedelta(minutes=30)
OVERSEERS = ("servicedesk.decide_follow_up", "organization.view_staff")


def walks(user: User) -> bool:
    return bool(scope_of(user).buildings) and not oversees(user)


def oversees(user: User) -> bool:
    return any(may(user, code) for code in OVERSEERS)


@asked()
def overdue_requests(user: User) -> Any:
    """Of who oversees others, or walks her buildings."""
    if not may(user, "servicedesk.view_requests") or not (oversees(user) or walks(user)):
        return ServiceRequest.objects.none()
    return LISTS["overdue"].of(user, at=PRESENT).order_by("next_due_at", "pk")


def red_list(look: Look) -> Section | None:
    """What is overdue, the longest first; nothing is shown as long as everything is in time."""
    requests = look.requests(look.keys(overdue_requests))
    oldest = [request for request in requests if request.next_due_metric]  # stopped in this very moment
    doerless, with_others = _work_on(oldest, look.user)
    rows = [
        request_row(
            request,
            tag=Metric(request.next_due_metric).label,
            due_at=request.next_due_at,
            is_late=True,
            **button(
                request,
                look.user,
                what=WAITS_FOR_DOER if request.pk in doerless else "",
                waits_for_doer=request.pk in with_others,
                is_late=True,
            ),
        )
        for request in oldest
    ]
    if not rows:
        return None
    url = list_url(list="overdue", order="due")
    return Section("red-list", _("Red list: overdue"), "", rows, look.count(overdue_requests), url)


def red_list_of_steward(look: Look) -> Section | None:
    """What is overdue in her own buildings, each row to be urged with one click (ux.md T8)."""
    return red_list(look) if walks(look.user) else None


def _work_on(requests: list[ServiceRequest], user: User) -> tuple[set[int], set[int]]:
    """Which of them have work that nobody was given yet, and which a colleague or a firm has been given: who is late may be urged."""
    if not requests:
        return set(), set()
    owners = {request.pk: request.owner_id for request in requests}
    open_ones = {request.pk for request in requests if request.is_open}
    jobs: Any = WorkOrder.objects.order_by().unfinished().filter(service_request__in=list(owners))
    doerless, with_others = set(), set()
    for request, state, doer in jobs.values_list("service_request", "state", "doer"):
        if state == WorkState.OPEN:
            doerless.add(request)
        elif doer != user.pk and (doer is not None or owners[request] != user.pk):
            with_others.add(request)
    return doerless & open_ones, with_others


@asked(most=ROWS)
def help_asked(user: User) -> Any:
    return _unsettled(user).exclude(ground="score")


@asked(most=ROWS)
def undecided(user: User) -> Any:
    return _unsettled(user).filter(ground="score")


def _unsettled(user: User) -> Any:
    visible = ServiceRequest.objects.visible_to(user)
    rows = Escalation.objects.filter(settled_at=None, service_request__in=visible).order_by("at", "pk")
    return rows.values_list("service_request", "at")


@asked(most=ROWS)
def unaccepted(user: User) -> Any:
    return ServiceRequest.objects.visible_to(user).waiting_for_acceptance().order_by("entered_at", "pk")


@asked(most=ROWS)
def without_doer(user: User) -> Any:
    return ServiceRequest.objects.visible_to(user).without_doer().order_by("entered_at", "pk")


def front_line(look: Look) -> Section | None:
    """What the front line is waiting for, the longest wait first, red when it is too long."""
    if not may(look.user, "servicedesk.view_requests"):
        return None
    now = timezone.now()
    waits: list[tuple[str | LazyText, timedelta, Iterable[tuple[ServiceRequest, datetime]]]] = [
        (gettext_lazy("for help from above"), ESCALATION_LIMIT, _escalated(look, help_asked)),
        (gettext_lazy("for a decision"), DECISION_LIMIT, _escalated(look, undecided)),
        (gettext_lazy("for acceptance"), ACCEPTANCE_LIMIT, _oldest(look, unaccepted)),
        (WAITS_FOR_DOER, DOER_LIMIT, _oldest(look, without_doer)),
    ]
    rows = [
        request_row(
            request, tag=what, waiting_since=since, is_late=now - since > limit, **button(request, look.user, what=what)
        )
        for what, limit, found in waits
        for request, since in found
    ]
    rows += _approvals(look, now)
    rows.sort(key=lambda row: (not row.is_late, row.waiting_since))
    rows = [*_stopped(look), *rows]
    return Section("front-line", _("The front line is waiting"), _("Nobody is waiting for you."), rows[: 2 * ROWS])


def _escalated(look: Look, wanted: Asked) -> Iterable[tuple[ServiceRequest, datetime]]:
    found = look.found(wanted)
    read = {request.pk: request for request in look.requests(pk for pk, _at in found)}
    return ((read[pk], datetime.fromisoformat(at)) for pk, at in found if pk in read)


def _oldest(look: Look, wanted: Asked) -> Iterable[tuple[ServiceRequest, datetime]]:
    return ((request, request.entered_at) for request in look.requests(look.keys(wanted)))


@asked()
def jobs_stopped_for_safety(user: User) -> Any:
    """Also those that may go on again."""
    if not may(user, DISPATCH_WORK):
        return WorkOrder.objects.none()
    stops = WorkPause.objects.order_by().filter(reason=PauseReason.SAFETY)
    return WorkOrder.objects.visible_to(user).filter(state=WorkState.PAUSED, pk__in=stops.values("work_order"))


def _stopped(look: Look) -> list[Row]:
    """A worker who stands before a danger waits for nobody's half hour: before all others, red at once."""
    pks = look.found(jobs_stopped_for_safety)
    if not pks:
        return []
    jobs: Any = WorkOrder.objects.filter(pk__in=pks).waiting_for_release()
    waiting = list(jobs.order_by("paused_at").values_list("service_request", "paused_at")[:ROWS])
    requests = {request.pk: request for request in look.requests(pk for pk, _at in waiting)}
    return [
        request_row(requests[pk], tag=gettext_lazy("for release"), waiting_since=paused_at, is_late=True)
        for pk, paused_at in waiting
    ]


@asked()
def approvals_asked(user: User) -> Any:
    """Also those beyond her own limit."""
    if not may(user, DECIDE_APPROVALS):
        return ApprovalRequest.objects.none()
    return ApprovalRequest.objects.visible_to(user).waiting().exclude(asked_by=user.pk)


def _approvals(look: Look, now: datetime) -> list[Row]:
    """What goes beyond somebody's authority and waits for her word (R-007, R-009)."""
    if not look.found(approvals_asked):
        return []
    waiting = ApprovalRequest.objects.waiting_for(look.user).select_related("asked_by", "project")
    return [
        Row(
            title=f"{approval} · {approval.reason}"[:80],
            url=reverse("authority:approval-show", args=[approval.pk]),
            subtitle=f"{approval.project} · {approval.asked_by}",
            tag=gettext_lazy("for approval"),
            waiting_since=approval.asked_at,
            is_late=now - approval.asked_at > APPROVAL_LIMIT,
        )
        for approval in waiting.order_by("asked_at", "pk")[:ROWS]
    ]


FRONT_LINE = (unaccepted, without_doer, help_asked, undecided)
