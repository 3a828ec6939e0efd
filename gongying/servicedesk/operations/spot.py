from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations.follow_ups import record_follow_up
from gongying.servicedesk.operations.handling import answer_request, report_result, start_answering
from gongying.servicedesk.operations.stages import lock_request, step, tell


@transaction.atomic
def answer_on_the_spot(
    service_request: ServiceRequest, *, by: User, text: str, channel: str = "phone", score: int | None = None
) -> ServiceRequest:
    """Answered while the customer listens: all stages in one go, each with its actor and time.

    It closes where no follow-up is needed, or when the customer gave a `score` at once; else it waits for one.
    """
    service_request = lock_request(service_request)
    if service_request.is_complaint:
        raise Refused(_("A complaint goes through its six steps."))
    if service_request.is_violation:
        raise Refused(_("A violation ends with what became of it."))
    if service_request.state == "registered":
        now = step(service_request, "accept", by=by)
        tell("request.accepted", service_request, by=by, at=now)
    if service_request.state == "accepted":
        start_answering(service_request, by=by)
    answer_request(service_request, by=by, text=text)
    service_request = report_result(service_request, by=by, channel=channel, words=text, told_at=timezone.now())
    if score is not None and service_request.is_open:
        record_follow_up(service_request, by=by, reached=True, solved=True, score=score)
        service_request.refresh_from_db()
    return service_request
