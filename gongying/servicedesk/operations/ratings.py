"""The customer rates a job at the door; nobody is logged in on that phone."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.errors import Refused
from gongying.servicedesk.enums import CheckMethod, WorkState
from gongying.servicedesk.models import DoorRating, WorkOrder
from gongying.servicedesk.models.evidence import BEST_SCORE, WORST_SCORE
from gongying.servicedesk.operations.doing import check_work
from gongying.servicedesk.operations.stages import lock_work, tell_work
from gongying.servicedesk.routing import supervisor_for

RATED_IN = (WorkState.DONE, WorkState.CHECKED)


@transaction.atomic
def rate_work(work_order: WorkOrder, *, score: int, words: str = "") -> DoorRating:
    """Once per job. Content (≥ 4): the customer has checked the work. Less: it stays to be checked, and who answers for
    the matter and the supervisor are told at once.
    """
    work_order = lock_work(work_order)
    if work_order.state not in RATED_IN:
        raise Refused(_("This job is not finished yet."))
    if DoorRating.objects.filter(work_order=work_order).exists():
        raise Refused(_("This job was rated already. Thank you."))
    if not WORST_SCORE <= score <= BEST_SCORE:
        raise Refused(_("The score lies between 1 and 5."))
    now, service_request = timezone.now(), work_order.service_request
    rating: DoorRating = DoorRating.objects.create(
        work_order=work_order,
        doer=work_order.doer,
        outside_firm=work_order.outside_firm,
        score=score,
        words=words.strip(),
        at=now,
    )
    lead = supervisor_for(service_request.place, department=service_request.department)
    told = () if rating.is_content else (service_request.owner, lead)
    facts = {"score": score, "words": rating.words, "doer": work_order.doer_name}
    tell_work("work.rated", work_order, by=None, at=now, told=told, **facts)
    if rating.is_content and work_order.state == WorkState.DONE:
        check_work(work_order, by=None, method=CheckMethod.DOOR_RATING)
    return rating
