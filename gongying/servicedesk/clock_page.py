"""What a page says about the clocks of a request: the due sentence, what it is made of, and who stands before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.templatetags.formats import spoken
from gongying.schedule.calendars import calendar_of
from gongying.servicedesk.enums import Recipient
from gongying.servicedesk.models import ServiceClock, ServiceRequest, WorkOrder
from gongying.servicedesk.policy_choice import fill_policies, why
from gongying.servicedesk.service_clocks import explain

MOST_BEFORE = 5


@dataclass(frozen=True)
class ShownClock:
    """One clock in words. `tone` is late, soon, good or none."""

    clock: ServiceClock
    sentence: str
    status: str
    tone: str
    why: str
    ladder: Sequence[tuple[int, str | Promise, datetime, bool]]


def due_sentence(service_request: ServiceRequest) -> dict[str, str]:
    """The sentence of the head: of the clock that falls due next, or of the one that stands still."""
    clocks = [clock for clock in service_request.clocks.all() if clock.is_running]
    if not clocks:
        return {}
    prefetch_related_objects(clocks, "pauses")
    fill_policies(clocks)
    clock = min(clocks, key=lambda clock: (clock.is_paused, clock.due_at))
    status, tone = _status(clock)
    return {
        "label": clock.get_metric_display(),
        "words": sentence_of(clock, service_request),
        "status": status,
        "tone": tone,
    }


def clocks_shown(service_request: ServiceRequest) -> list[ShownClock]:
    clocks = list(service_request.clocks.all())
    fill_policies(clocks)
    return [_shown(clock, service_request) for clock in clocks]


def sentence_of(clock: ServiceClock, service_request: ServiceRequest) -> str:
    return explain(
        clock.target,
        clock.due_at,
        clock.ended_pauses,
        calendar_of(service_request.project_id),
        say=lambda at: spoken(timezone.localtime(at)),
        is_adjusted=clock.was_adjusted,
    )


def standing_before(service_request: ServiceRequest, user: User) -> list[ServiceRequest]:
    """What is due earlier and lies with the same doer, else with the same person in charge."""
    if service_request.next_due_at is None or service_request.next_due_paused:
        return []
    rows = ServiceRequest.objects.visible_to(user).ticking().exclude(pk=service_request.pk)
    rows = rows.filter(next_due_at__lt=service_request.next_due_at)
    jobs = WorkOrder.objects.order_by().unfinished()
    doers = jobs.filter(service_request=service_request, doer__isnull=False).values("doer")
    if doers.exists():
        rows = rows.filter(pk__in=jobs.filter(doer__in=doers).values("service_request"))
    else:
        rows = rows.filter(owner=service_request.owner_id)
    return list(rows.select_related("unit", "building", "project").order_by("next_due_at", "pk")[:MOST_BEFORE])


def _shown(clock: ServiceClock, service_request: ServiceRequest) -> ShownClock:
    status, tone = _status(clock)
    rungs = zip(clock.ladder.rungs, clock.steps_at, strict=True)
    return ShownClock(
        clock=clock,
        sentence=sentence_of(clock, service_request),
        status=status,
        tone=tone,
        why=why(clock.policy),
        ladder=[(percent, Recipient(to).label, at, percent <= clock.level) for (percent, to), at in rungs],
    )


def _status(clock: ServiceClock) -> tuple[str, str]:
    def said(at: Any) -> str:
        return spoken(timezone.localtime(at))

    if clock.met_at is not None:
        late = clock.breached_at is not None
        return (_("met late, %(moment)s") if late else _("met %(moment)s")) % {"moment": said(clock.met_at)}, (
            "late" if late else "good"
        )
    if clock.ended_at is not None:
        return str(clock.get_ended_because_display()), ""
    if clock.paused_at is not None:
        return _("paused since %(moment)s") % {"moment": said(clock.paused_at)}, ""
    if clock.is_late:
        return _("overdue"), "late"
    return (_("due soon"), "soon") if clock.soon_at <= timezone.now() else (_("running"), "")
