"""What departments do for the requests of others: the list of the own one, and the panel of a request (R-218)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.servicedesk.forms.matters import DoneForm, ReasonOnlyForm
from gongying.servicedesk.models import SupportTask
from gongying.servicedesk.models.support import SUPPORT_OF_REQUEST
from gongying.servicedesk.operations import finish_support, withdraw_support
from gongying.servicedesk.rules import SUPPORT_REQUESTS, may_finish
from gongying.servicedesk.views.lookups import request_or_404

ASK = "servicedesk.transfer_request"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What is asked of one's own department, the oldest first; or all that was."""
    authorize(request.user, SUPPORT_REQUESTS)
    shows_all = request.GET.get("all") == "1"
    rows = SupportTask.objects.visible_to(request.user).of_my_department(request.user)
    rows = rows if shows_all else rows.open()
    page = paginate(rows.for_list(), order=("id",), cursor=request.GET.get("cursor"))
    context = {"page": page, "count": bounded_count(rows), "shows_all": shows_all}
    return render(request, "servicedesk/support_list.html", context)


@require_safe
def panel(request: SignedInRequest, request_id: int) -> HttpResponse:
    """The tasks of a request; fetched by its page."""
    service_request = request_or_404(request.user, request_id)
    tasks = [
        {"task": task, "can_finish": task.is_open and may_finish(request.user, task)}
        for task in SUPPORT_OF_REQUEST.rows(request=service_request.pk)
    ]
    context = {"tasks": tasks, "can_withdraw": may(request.user, ASK)}
    return render(request, "servicedesk/_support.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = _find(request, task_id)
    if not may_finish(request.user, task):
        raise PermissionDenied(_("Each department ends its own tasks itself."))
    return _end(request, task, DoneForm, finish_support, title=_("What was done"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = _find(request, task_id)
    authorize(request.user, ASK, task.service_request)
    return _end(request, task, ReasonOnlyForm, withdraw_support, title=_("Withdraw the task"))


def _end(
    request: SignedInRequest, task: SupportTask, form_type: type[forms.Form], act: Callable[..., Any], *, title: str
) -> HttpResponse:
    form = carrying_version(form_type(sent_with(request)), task)
    back = reverse("servicedesk:request-show", args=[task.service_request_id])
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name in form_type.base_fields}
        with stale_told(form, stored=lambda: carrying_version(form_type(), _find(request, task.pk))):
            act(task, by=request.user, seen=take_version(form), **given)
            tell(request, _("Written down."))
            return done(request, back)
    return show_form(request, form, title=f"{title} · {task}", submit=_("Save"), back=back)


def _find(request: SignedInRequest, task_id: int) -> SupportTask:
    found: SupportTask = get_object_or_404(SupportTask.objects.visible_to(request.user).for_list(), pk=task_id)
    return found
