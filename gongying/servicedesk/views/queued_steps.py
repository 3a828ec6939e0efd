"""Steps from the queue of a worker's phone: each is taken once, however often it is sent (personas 4.3)."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.idempotency import HEADER, remember
from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Collided, Refused, refusal_in
from gongying.common.problems import FieldError, Problem, invalid
from gongying.servicedesk.case_page import may_take
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.phone_bar import bar_state
from gongying.servicedesk.steps import find_step

LONGEST_TOKEN = 40
# A phone that was away longer tells a story of its own.
LONGEST_AWAY = timedelta(days=7)


@require_POST
def create(request: SignedInRequest, work_order_id: int, step: str) -> HttpResponse:
    """The answer is for the queue: what is stored now, or why the step was not taken (RFC 9457)."""
    token = request.headers.get(HEADER, "")
    if not token.isascii() or not token.isprintable() or len(token) > LONGEST_TOKEN:
        return Problem(422, _("The token of this step is too long or has unusual characters.")).as_response()
    take = partial(_take, request, work_order_id, step)
    try:
        body = remember(request.user, f"step-{work_order_id}-{token}", take) if token else take()
    except (Refused, OperationalError) as error:
        refusal = refusal_in(error)
        if refusal is None:
            raise
        return _refused(request, work_order_id, refusal)
    except Problem as problem:
        return problem.as_response()
    return HttpResponse(body, content_type="application/json")


def _take(request: SignedInRequest, work_order_id: int, key: str) -> str:
    rows = WorkOrder.objects.visible_to(request.user).select_related("service_request__unit", "doer")
    job = get_object_or_404(rows, pk=work_order_id)
    step = find_step(job, key)
    if step is None:
        raise Http404
    if not may_take(step, job, request.user):
        raise PermissionDenied(_("Your role does not allow this."))
    given: dict[str, Any] = {}
    if step.form is not None:
        form = step.form(request.POST, request.FILES, case=job, user=request.user)
        if not form.is_valid():
            raise invalid(
                FieldError(name, f"{form.fields[name].label}: {sentence}" if name in form.fields else str(sentence))
                for name, sentences in form.errors.items()
                for sentence in sentences
            )
        given = form.arguments()
    if step.takes_version:
        given["seen"] = _number(request, "version", most=2**31 - 1)
    if step.takes_moment and (age := _number(request, "age", most=LONGEST_AWAY // timedelta(milliseconds=1))):
        given["at"] = timezone.now() - timedelta(milliseconds=age)
    before = job.paused_in or job.state
    step.act(job, by=request.user, **given)
    job.refresh_from_db()
    undo = "" if job.waits_for_release else step.undo and ("resume_on_site" if before == "on_site" else step.undo)
    return json.dumps({"state": bar_state(job), "version": job.version, "said": str(step.said), "undo": undo})


def _refused(request: SignedInRequest, work_order_id: int, refusal: Refused) -> HttpResponse:
    """With what is stored now, for the worker to see beside his own step; what only collided the phone sends again by itself."""
    if isinstance(refusal, Collided):
        return Problem(503, str(refusal)).as_response()
    job = get_object_or_404(WorkOrder.objects.visible_to(request.user).select_related("doer"), pk=work_order_id)
    current = {"version": job.version, "state": job.state_label, "doer": job.doer_name}
    return Problem(409, str(refusal), extra={"current": current}).as_response()


def _number(request: SignedInRequest, name: str, *, most: int) -> int | None:
    """A number the phone sends beside the form; none: not told."""
    given = request.POST.get(name, "")
    if not given:
        return None
    if not given.isascii() or not given.isdecimal() or int(given[:12]) > most:
        raise invalid([FieldError(name, _("This is not a number that the phone would send."))])
    return int(given)
