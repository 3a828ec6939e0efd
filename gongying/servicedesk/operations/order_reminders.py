"""An outside order that nobody takes up: the person should be spoken to on the day of receipt (standards 2.1)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.servicedesk.models import HotlineOrder
from gongying.servicedesk.operations.stages import tell
from gongying.servicedesk.routing import supervisor_for

TAKEN_UP_WITHIN = timedelta(hours=2)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="remind_of_orders")
def remind_of_orders_later(timestamp: int) -> None:
    del timestamp
    remind_of_orders()


def remind_of_orders() -> None:
    """Once for each order: who answers for the matter and her supervisor are told. Safe to run twice, and at the same time."""
    for pk in HotlineOrder.objects.not_taken_up(before=timezone.now() - TAKEN_UP_WITHIN).values_list("pk", flat=True):
        _remind(pk)


@transaction.atomic
def _remind(pk: int) -> None:
    now = timezone.now()
    rows = HotlineOrder.objects.select_for_update(of=("self",), no_key=True).select_related(
        "service_request__owner", "service_request__department", "service_request__unit", "service_request__party"
    )
    # Somebody may have spoken to the person, or another worker have reminded, since the list was read.
    order = rows.filter(pk=pk).not_taken_up(before=now - TAKEN_UP_WITHIN).first()
    if order is None:
        return
    request = order.service_request
    lead = supervisor_for(request.place, department=request.department)
    told = (request.owner, lead)
    tell(
        "hotline.not_taken_up",
        request,
        by=None,
        at=now,
        also=(order,),
        told=told,
        external_no=order.external_no,
        deadline=order.deadline_at,
    )
