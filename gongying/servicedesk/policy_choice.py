"""Which policy holds for a request: the most specific one that fits it, and why.

Only the matter counts: kind, category, urgency, severity, project. What the customer owns, owes or pays is not known here
(invariant 35).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gongying.common.editions import kept
from gongying.estates.models import Project
from gongying.servicedesk.enums import Urgency
from gongying.servicedesk.models import (
    CategoryRules,
    EscalationLadder,
    PauseLimit,
    ServiceCategory,
    ServiceClock,
    ServiceRequest,
    ServiceTimePolicy,
)


@dataclass(frozen=True)
class Matter:
    """What a policy may ask about a request."""

    project_id: int
    kind: str
    category: ServiceCategory
    urgency: str
    severity: str = ""

    @classmethod
    def of(cls, service_request: ServiceRequest, *, severity: str | None = None) -> "Matter":
        if severity is None:
            details = getattr(service_request, "complaint", None) if service_request.is_complaint else None
            severity = details.severity if details else ""
        return cls(
            project_id=service_request.project_id,
            kind=service_request.kind,
            category=service_request.category,
            urgency=service_request.urgency,
            severity=severity if service_request.is_complaint else "",
        )


def policy_for(matter: Matter, *, at: datetime) -> ServiceTimePolicy | None:
    """The policy that holds for what is registered at `at`."""
    line = _line(matter.category)
    fitting = (policy for policy in _valid(ServiceTimePolicy, at) if _fits(policy, matter, line))
    return max(fitting, key=lambda policy: specificity(policy, line), default=None)


def goes_before(candidate: ServiceTimePolicy, other: ServiceTimePolicy, matter: Matter) -> bool:
    """Whether `candidate`, which nobody has written yet, would hold for the matter instead of `other`."""
    line = _line(matter.category)
    return _fits(candidate, matter, line) and specificity(candidate, line) > specificity(other, line)


def specificity(policy: ServiceTimePolicy, line: Sequence[int]) -> tuple[int, ...]:
    """Danger to life goes before everything; then the own project, the nearest category, severity, kind, urgency."""
    return (
        policy.urgency == Urgency.CRITICAL,
        policy.project_id is not None,
        len(line) - line.index(policy.category_id) if policy.category_id in line else 0,
        policy.severity != "",
        policy.kind != "",
        policy.urgency != "",
    )


def why(policy: ServiceTimePolicy) -> str:
    """What made it the most specific one, in words."""
    grounds = [
        (policy.urgency == Urgency.CRITICAL, _("danger to life")),
        (policy.project_id, _("rule of the project")),
        (policy.category_id, _("rule of the category")),
        (policy.severity, _("severity")),
        (policy.kind, _("kind")),
        (policy.urgency and policy.urgency != Urgency.CRITICAL, _("urgency")),
    ]
    named = [word for holds, word in grounds if holds]
    return _("chosen by: %(grounds)s") % {"grounds": ", ".join(named)} if named else _("holds for everything else")


def fill_policies(clocks: Iterable[ServiceClock]) -> None:
    """Set policy and ladder of clocks without asking: both are kept with all their versions."""
    policies, ladders = _by_id(ServiceTimePolicy), _by_id(EscalationLadder)
    for clock in clocks:
        clock.policy, clock.ladder = policies[clock.policy_id], ladders[clock.ladder_id]


def policies_by_id() -> dict[int, ServiceTimePolicy]:
    return _by_id(ServiceTimePolicy)


def ladder_for(project_id: int, *, at: datetime) -> EscalationLadder | None:
    ladders = [ladder for ladder in _valid(EscalationLadder, at) if ladder.project_id in (None, project_id)]
    return max(ladders, key=lambda ladder: ladder.project_id is not None, default=None)


def rules_for(category: ServiceCategory, project_id: int, *, at: datetime) -> CategoryRules | None:
    """What is asked of its jobs: of the nearest category, and there of the project before the company's (R-208)."""
    line = _line(category)
    fitting = [
        rules
        for rules in _valid(CategoryRules, at)
        if rules.project_id in (None, project_id) and rules.category_id in line
    ]
    return min(fitting, key=lambda rules: (line.index(rules.category_id), rules.project_id is None), default=None)


def longest_pause(project: Project | int, reason: str) -> int:
    """In working days; a reason without a limit may not stop a clock at all."""
    project_id = project if isinstance(project, int) else project.pk
    limits = kept(("longest pauses",), lambda: list(PauseLimit.objects.all()))
    fitting = [limit for limit in limits if limit.reason == reason and limit.project_id in (None, project_id)]
    nearest = max(fitting, key=lambda limit: limit.project_id is not None, default=None)
    return nearest.working_days if nearest else 0


def _line(category: ServiceCategory) -> Sequence[int]:
    return kept(("lineage", category.pk), lambda: [ancestor.pk for ancestor in category.lineage()])


def _fits(policy: ServiceTimePolicy, matter: Matter, line: Sequence[int]) -> bool:
    return (
        policy.project_id in (None, matter.project_id)
        and policy.kind in ("", matter.kind)
        and policy.urgency in ("", matter.urgency)
        and policy.severity in ("", matter.severity)
        and (policy.category_id is None or policy.category_id in line)
    )


def _valid(model: type[Any], at: datetime) -> list[Any]:
    """The last version of every scope that is valid then."""
    last: dict[tuple[Any, ...], Any] = {}
    for row in _versions(model):
        if row.valid_from <= at:
            last[tuple(getattr(row, model._meta.get_field(name).attname) for name in model.SCOPE)] = row
    return [row for row in last.values() if not row.is_given_up]


def _by_id(model: type[Any]) -> dict[int, Any]:
    return kept(("versions by id", model), lambda: {row.pk: row for row in _versions(model)})


def _versions(model: type[Any]) -> list[Any]:
    """All of them, the first ones first."""
    rows = model.objects.order_by("version")
    if model is ServiceTimePolicy:
        rows = rows.select_related("project", "category").prefetch_related("target_rows")
    return kept(("versions", model), lambda: list(rows))
