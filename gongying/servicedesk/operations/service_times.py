"""What is promised from a moment on: a change is a further version, which holds for requests that are registered then.

What runs already keeps the version that it began under (`operations.clocks`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.servicedesk.enums import PauseReason
from gongying.servicedesk.models import EscalationLadder, PauseLimit, ServiceTimePolicy, ServiceTimeTarget
from gongying.servicedesk.models.policies import InVersions
from gongying.servicedesk.operations.versions import write_version
from gongying.servicedesk.service_clocks import Target, comes_too_late, too_late

Rungs = Sequence[tuple[int, str]]


@transaction.atomic
def set_service_times(
    scope: Mapping[str, Any],
    *,
    targets: Mapping[str, Target],
    source: str,
    valid_from: datetime | None = None,
    by: User,
    seen: int | None = None,
) -> ServiceTimePolicy:
    """Promise these times for what `scope` names (what it leaves out: all), from now or from a later moment on.

    `seen`: the version that was read; another one since is refused. What is running keeps its times.
    """
    scope = {"project": None, "kind": "", "category": None, "urgency": "", "severity": "", **scope}
    if not targets:
        raise Refused(_("Promise at least one time."))
    if not source.strip():
        raise Refused(_("Say where these times come from."))
    for metric in targets:
        if before := comes_too_late(metric, targets):
            raise Refused(too_late(metric, before))
    policy = write_version(ServiceTimePolicy(**scope, source=source.strip()), valid_from=valid_from, by=by, seen=seen)
    ServiceTimeTarget.objects.bulk_create(
        ServiceTimeTarget(
            policy=policy,
            metric=metric,
            amount=target.amount,
            unit=target.unit,
            limit_amount=target.limit_amount,
            limit_unit=target.limit_unit or "",
        )
        for metric, target in targets.items()
    )
    _tell("service_times.set", policy, by=by, source=policy.source)
    return policy


@transaction.atomic
def end_service_times(policy: ServiceTimePolicy, *, by: User, seen: int | None = None) -> ServiceTimePolicy:
    """From now on this scope has no times of its own: the next wider rule holds for new requests."""
    _check_something_remains(policy)
    ended = ServiceTimePolicy(**policy.scope, source=policy.source, is_given_up=True)
    ended = write_version(ended, valid_from=None, by=by, seen=seen)
    _tell("service_times.ended", ended, by=by)
    return ended


@transaction.atomic
def set_ladder(
    project: Project | None, *, rungs: Rungs, valid_from: datetime | None = None, by: User, seen: int | None = None
) -> EscalationLadder:
    """Who hears of it after how many per cent (R-188), for clocks of requests that are registered from then on."""
    steps = [{"percent": percent, "to": str(to)} for percent, to in rungs]
    ladder = write_version(EscalationLadder(project=project, steps=steps), valid_from=valid_from, by=by, seen=seen)
    _tell("ladder.set", ladder, by=by)
    return ladder


@transaction.atomic
def end_ladder(ladder: EscalationLadder, *, by: User, seen: int | None = None) -> EscalationLadder:
    """The project goes by the company's ladder again."""
    if ladder.project is None:
        raise Refused(_("The company's ladder can be changed, not ended: without it nobody would hear of anything."))
    ended = EscalationLadder(project=ladder.project, steps=ladder.steps, is_given_up=True)
    ended = write_version(ended, valid_from=None, by=by, seen=seen)
    _tell("ladder.ended", ended, by=by)
    return ended


@transaction.atomic
def set_longest_pauses(
    project: Project | None, *, working_days: Mapping[str, int | None], by: User
) -> list[PauseLimit]:
    """How long a clock may stand still for each reason, for pauses that begin from now on.

    None: what the company says; of the company itself: such a pause does not stop a clock.
    """
    present = {
        limit.reason: limit for limit in PauseLimit.objects.select_for_update(no_key=True).filter(project=project)
    }
    changes = {}
    for reason, days in working_days.items():
        limit = present.get(reason)
        if days == (limit.working_days if limit else None):
            continue
        changes[str(PauseReason(reason).label)] = {"before": limit.working_days if limit else None, "after": days}
        if days is None and limit is not None:
            limit.delete()
        elif limit is not None:
            limit.advance_version(seen=None)
            limit.working_days = days or 0
            limit.save()
        else:
            with refusing({"pause_limit_unique": _("Somebody else has just entered this limit.")}):
                PauseLimit.objects.create(project=project, reason=reason, working_days=days or 0)
    if changes:
        record_event("longest_pauses.set", by=by, subjects=[project] if project else [], changes=changes)
    return list(PauseLimit.objects.filter(project=project))


def _check_something_remains(policy: ServiceTimePolicy) -> None:
    if policy.project is None and not any([policy.kind, policy.category_id, policy.urgency, policy.severity]):
        raise Refused(_("This holds for everything else: change it instead."))


def _tell(verb: str, row: InVersions, *, by: User, **details: Any) -> None:
    record_event(
        verb,
        by=by,
        subjects=[row.project] if row.project else [],
        name=str(row),
        version=row.version,
        valid_from=row.valid_from.isoformat(),
        **details,
    )
