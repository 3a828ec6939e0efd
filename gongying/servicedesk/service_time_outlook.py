"""What other service times would have meant: requests of the last 30 days, with the clocks they really had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.estates.models import Project
from gongying.schedule.calendars import calendar_of
from gongying.servicedesk.enums import Metric, TimeUnit
from gongying.servicedesk.models import ServiceCategory, ServiceClock, ServiceRequest, ServiceTimePolicy
from gongying.servicedesk.policy_choice import Matter, goes_before, policy_for
from gongying.servicedesk.service_clocks import Target, due

LOOKED_BACK = timedelta(days=30)
MOST_REQUESTS = 1_000


@dataclass
class Outlook:
    """Of one promise: on how many requests it would have been made, how many were late, how many would have been."""

    metric: Metric
    requests: int = 0
    late: int = 0
    would_be_late: int = 0


def outlook(scope: Mapping[str, Any], targets: Mapping[str, Target], *, user: User) -> list[Outlook]:
    """For the newest thousand of them in her projects; the pauses stay what they were."""
    now = timezone.now()
    concerned = _concerned(ServiceTimePolicy(**scope), user=user, now=now)
    found = {metric: Outlook(metric) for metric in Metric if metric in targets}
    clocks = ServiceClock.objects.filter(service_request__in=list(concerned), round=1, metric__in=list(found))
    for clock in clocks.prefetch_related("pauses"):
        clock.service_request = concerned[clock.service_request_id]
        due_at = _due(clock, targets[clock.metric], now)
        if due_at is None:
            continue
        line, end = found[Metric(clock.metric)], clock.met_at or clock.ended_at or now
        line.requests += 1
        line.late += clock.is_late
        line.would_be_late += due_at < end
    return list(found.values())


def _concerned(candidate: ServiceTimePolicy, *, user: User, now: datetime) -> dict[int, ServiceRequest]:
    """Those for which the candidate would have been chosen."""
    # Only numbers come of it: whoever sets the times of a project counts them, whether or not she opens requests.
    projects = Project.objects.visible_to(user)
    rows: Any = ServiceRequest.objects.filter(project__in=projects, entered_at__gte=now - LOOKED_BACK)
    if candidate.project_id:
        rows = rows.filter(project=candidate.project_id)
    if candidate.kind:
        rows = rows.filter(kind=candidate.kind)
    if candidate.urgency:
        rows = rows.filter(urgency=candidate.urgency)
    if candidate.severity:
        rows = rows.filter(complaint__severity=candidate.severity)
    if candidate.category_id:
        rows = rows.filter(category__in=ServiceCategory.objects.with_descendants(candidate.category_id))
    rows = rows.select_related("complaint").defer("search").order_by("-entered_at", "-pk")[:MOST_REQUESTS]
    return {row.pk: row for row in with_categories(rows) if _is_chosen(candidate, row, now)}


def with_categories(rows: Iterable[ServiceRequest]) -> Iterable[ServiceRequest]:
    categories = kept(("all categories",), lambda: ServiceCategory.objects.select_related("parent").in_bulk())
    for row in rows:
        row.category = categories[row.category_id]
        yield row


def _is_chosen(candidate: ServiceTimePolicy, service_request: ServiceRequest, now: datetime) -> bool:
    matter = Matter.of(service_request)
    present = policy_for(matter, at=now)
    return present is None or present.scope == candidate.scope or goes_before(candidate, present, matter)


def _due(clock: ServiceClock, target: Target, now: datetime) -> datetime | None:
    """None: nothing could have been promised, for no time was agreed."""
    service_request = clock.service_request
    agreed = service_request.window_to if target.unit == TimeUnit.AGREED else None
    if target.unit == TimeUnit.AGREED and (agreed is None or agreed <= clock.started_at):
        return None
    pauses = [pause.ended_by_now(now) for pause in clock.pauses.all()]
    return due(
        Target(target.amount, target.unit, target.limit_amount, target.limit_unit, agreed),
        clock.started_at,
        pauses,
        calendar_of(service_request.project_id),
    )
