"""What a page says about service times: what holds where, where it comes from, what is to come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.servicedesk.enums import Metric, PauseReason, RequestKind, Urgency
from gongying.servicedesk.models import EscalationLadder, PauseLimit, ServiceTimePolicy, ServiceTimeTarget
from gongying.servicedesk.models.policies import InVersions
from gongying.servicedesk.policy_choice import ladder_for
from gongying.servicedesk.rules import MANAGE_SERVICE_TIMES
from gongying.servicedesk.service_clocks import words_of

KINDS, URGENCIES = list(RequestKind.values), list(Urgency.values)


@dataclass(frozen=True)
class ShownPolicy:
    policy: ServiceTimePolicy
    origin: str | Promise
    is_own: bool  # of the project that is looked at
    may_change: bool
    coming: ServiceTimePolicy | None

    @property
    def promises(self) -> list[tuple[str | Promise, str]]:
        targets = self.policy.targets
        return [(metric.label, promise_of(targets[metric]) if metric in targets else "") for metric in Metric]


@dataclass(frozen=True)
class ShownPause:
    reason: str | Promise
    working_days: int
    is_own: bool


def promise_of(target: ServiceTimeTarget) -> str:
    """In words: 3 working days, at most 10 calendar days."""
    exact = target.for_slot(None)
    promised = words_of(exact.amount, exact.unit)
    if exact.limit_amount is None or exact.limit_unit is None:
        return promised
    return str(_("%(reason)s, at most %(limit)s")) % {
        "reason": promised,
        "limit": words_of(exact.limit_amount, exact.limit_unit),
    }


def origin_of(row: InVersions) -> str | Promise:
    if row.project is not None:
        return _("project's own")
    return _("company's own") if row.created_by_id else _("standard")


def policies() -> QuerySet[ServiceTimePolicy]:
    rows: QuerySet[ServiceTimePolicy] = ServiceTimePolicy.objects.select_related("project", "category", "created_by")
    return rows.prefetch_related("target_rows")


def may_change(user: User, row: InVersions) -> bool:
    return may(user, MANAGE_SERVICE_TIMES) and type(row).objects.changeable_by(user).filter(pk=row.pk).exists()


def policies_shown(user: User, project: Project | None) -> list[ShownPolicy]:
    """What is in force in the project (None: the company's rules), by kind, category and urgency."""
    visible: Any = policies()
    visible = visible.visible_to(user).holding_in(project)
    rows: list[ServiceTimePolicy] = list(visible.in_force())
    to_come: dict[Any, ServiceTimePolicy] = {
        _key(row): row for row in visible.filter(valid_from__gt=timezone.now()).order_by("version")
    }
    # A scope whose first version is still to come stands in the list as well.
    begun = {_key(row) for row in rows}
    rows.extend(row for key, row in to_come.items() if key not in begun and not row.is_given_up)
    allowed = may(user, MANAGE_SERVICE_TIMES)
    changeable = set(ServiceTimePolicy.objects.changeable_by(user).values_list("pk", flat=True)) if allowed else set()
    return [
        ShownPolicy(row, origin_of(row), row.project_id is not None, row.pk in changeable, to_come.get(_key(row)))
        for row in sorted(rows, key=_place)
    ]


def ladder_shown(user: User, project: Project | None) -> EscalationLadder | None:
    return ladder_for(project.pk if project else 0, at=timezone.now())


def pauses_shown(project: Project | None) -> list[ShownPause]:
    own, company = limits_of(project) if project else {}, limits_of(None)
    found = [(reason, own.get(reason) or company.get(reason)) for reason in PauseReason]
    return [ShownPause(reason.label, limit.working_days if limit else 0, reason in own) for reason, limit in found]


def limits_of(project: Project | None) -> dict[str, PauseLimit]:
    return {limit.reason: limit for limit in PauseLimit.objects.filter(project=project)}


def versions_of(row: InVersions, rows: Iterable[Any]) -> Sequence[Any]:
    """All versions of its scope, the last one first, each with what it is now."""
    now, versions = timezone.now(), list(rows)
    holding: Any = next((version for version in versions if version.valid_from <= now), None)
    for version in versions:
        version.is_to_come = version.valid_from > now
        version.is_holding = version is holding and not version.is_given_up
    return versions


def _key(row: InVersions) -> tuple[Any, ...]:
    return tuple(getattr(row, f"{name}_id", None) or getattr(row, name) for name in row.SCOPE)


def _place(policy: ServiceTimePolicy) -> tuple[Any, ...]:
    kind = KINDS.index(policy.kind) + 1 if policy.kind else 0
    urgency = URGENCIES.index(policy.urgency) + 1 if policy.urgency else 0
    category = (policy.category.position, policy.category_id) if policy.category else (0, 0)
    return kind, category, urgency, policy.severity, policy.project_id is None, policy.pk
