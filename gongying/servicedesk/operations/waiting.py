"""The matter itself waits, without any job: for the customer, a part, somebody else, or for safety."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.enums import Metric, PauseReason
from gongying.servicedesk.models import ClockPause, ServiceClock, ServiceRequest
from gongying.servicedesk.operations.pausing import end_pause, open_pause
from gongying.servicedesk.operations.stages import lock_request, tell

# Taken on, and not yet answered: only on this way can anybody be waited for.
STATES_THAT_WAIT = ("accepted", "in_progress", "verifying", "handling")


@transaction.atomic
def pause_clock(
    service_request: ServiceRequest, *, by: User, reason: str, note: str = "", seen: int | None = None
) -> ClockPause:
    """Stop the clock of the resolution, with the reason; it runs again by itself when the longest pause is over."""
    service_request = lock_request(service_request, seen=seen)
    if reason not in PauseReason.values:
        raise Refused(_("A reason is needed."))
    if service_request.state not in STATES_THAT_WAIT:
        raise Refused(_("The clock stops only while the matter is being handled."))
    if service_request.work_orders.unfinished().exists():
        raise Refused(_("Somebody has a job here: pause the job, and the clock stops with it."))
    clock = _resolution_of(service_request)
    if clock.is_paused:
        raise Refused(_("The clock stands still already."))
    now = timezone.now()
    pause = open_pause(clock, reason, by=by, at=now, note=note)
    if pause is None:
        raise Refused(_("This clock may not wait (any longer) for that reason."))
    tell(
        "clock.paused",
        service_request,
        by=by,
        at=now,
        metric=clock.metric,
        reason=reason,
        note=pause.note,
        until=pause.longest_until,
    )
    return pause


@transaction.atomic
def resume_clock(service_request: ServiceRequest, *, by: User, seen: int | None = None) -> ClockPause:
    """The clock runs again; its due moment has moved by what it did not count."""
    service_request = lock_request(service_request, seen=seen)
    clock = _resolution_of(service_request)
    if clock.paused_at is None:
        raise Refused(_("The clock is running."))
    if clock.pauses.filter(ended_at=None, work_pause__isnull=False).exists():
        raise Refused(_("It waits with a job: let the job go on."))
    now = timezone.now()
    if now <= clock.paused_at:
        raise Refused(_("A pause takes time: it began this very moment."))
    pause = end_pause(clock, by=by, at=now)
    tell(
        "clock.resumed",
        service_request,
        by=by,
        at=now,
        metric=clock.metric,
        before=pause.due_before,
        due_at=pause.due_after,
    )
    return pause


def _resolution_of(service_request: ServiceRequest) -> ServiceClock:
    clocks = service_request.clocks.running().of_metric(Metric.RESOLUTION)
    clock: ServiceClock | None = clocks.select_related("ladder", "policy").first()
    if clock is None:
        raise Refused(_("No clock runs for the resolution of this matter."))
    clock.service_request = service_request
    return clock
