"""Round robin: whoever of the fit ones has waited longest gets the next job."""

from datetime import UTC, datetime

from django.db.models import Max

from gongying.accounts.models import User
from gongying.servicedesk.candidates import Candidate, candidates_for
from gongying.servicedesk.enums import DispatchMode
from gongying.servicedesk.models import Assignment, ServiceRequest, WorkOrder
from gongying.servicedesk.operations.work import assign_work

EVERYBODY = 1000
NEVER = datetime.min.replace(tzinfo=UTC)


def give_in_turn(service_request: ServiceRequest, *, by: User) -> None:
    """The waiting jobs of a category that is given out in turn. Where nobody is fit they wait for the dispatcher."""
    if service_request.category.dispatch_mode != DispatchMode.ROUND_ROBIN:
        return
    for work_order in service_request.work_orders.without_doer():
        work_order.service_request = service_request
        candidate = next_in_turn(work_order)
        if candidate is not None:
            assign_work(work_order, by=by, doer=candidate.staff.user)
            service_request.refresh_from_db(fields=["state", "version", "touched_at"])


def next_in_turn(work_order: WorkOrder) -> Candidate | None:
    fit = [candidate for candidate in candidates_for(work_order, most=EVERYBODY) if candidate.is_fit]
    users = [candidate.staff.user_id for candidate in fit]
    category = work_order.service_request.category_id
    given = Assignment.objects.filter(to_doer__in=users, work_order__service_request__category=category)
    last = dict(given.order_by().values_list("to_doer").annotate(last=Max("at")))
    return min(fit, key=lambda candidate: last.get(candidate.staff.user_id, NEVER), default=None)
