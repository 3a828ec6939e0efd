"""Requests and jobs that lie with a person, for the one list on which everything of hers is handed over (E-053)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.organization.matters import Matters, register_matters
from gongying.organization.models import Leave
from gongying.servicedesk.enums import TransferReason
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.operations import reassign_work, transfer_request


def register() -> None:
    register_matters(
        "requests",
        Matters(
            _("requests"),
            of=_requests_of,
            pass_on=_transfer,
            url_name="servicedesk:request-show",
            told=_told,
            unit="unit",
        ),
    )
    register_matters(
        "jobs",
        Matters(
            _("jobs"),
            of=_jobs_of,
            pass_on=_reassign,
            url_name="servicedesk:work-order-show",
            told=lambda job: _told(job.service_request),
            unit="service_request__unit",
        ),
    )


def _requests_of(person: User, seen_by: User) -> QuerySet[ServiceRequest]:
    rows = ServiceRequest.objects.visible_to(seen_by).open().filter(owner=person)
    return rows.select_related("unit", "building", "project", "category")


def _jobs_of(person: User, seen_by: User) -> QuerySet[WorkOrder]:
    place = ("unit", "building", "project", "category")
    rows = WorkOrder.objects.visible_to(seen_by).of_doer(person)
    return rows.select_related(*(f"service_request__{name}" for name in place))


def _told(service_request: ServiceRequest) -> str:
    return f"{service_request.number} · {service_request.where} · {service_request.one_line}"


def _transfer(service_request: ServiceRequest, *, to: User, by: User, note: str) -> ServiceRequest:
    is_away = Leave.objects.lasting().filter(staff__user=service_request.owner_id).exists()
    reason = TransferReason.LEAVE if is_away or not note.strip() else TransferReason.OTHER
    return transfer_request(service_request, to=to, by=by, reason=reason, note=note)


def _reassign(work_order: WorkOrder, *, to: User, by: User, note: str) -> WorkOrder:
    # The deputy was named when the leave was entered, whatever he has learnt.
    reason = note.strip() or str(TransferReason.LEAVE.label)
    return reassign_work(work_order, doer=to, by=by, reason=reason, trade_reason=reason)
