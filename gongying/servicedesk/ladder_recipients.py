"""Whom a step of the escalation ladder reaches (R-188): for thousands of requests in a few statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone

from gongying.common.places import Place
from gongying.estates.stewards import serving_by_place
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember, StaffQuerySet
from gongying.servicedesk.enums import Recipient
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.routing import DECIDE

SITE_MANAGER, QUALITY = "site_manager", "quality"


@dataclass(frozen=True)
class Case:
    """What of a request decides who hears of it."""

    request_id: int
    place: Place
    department_id: int
    owner_id: int


class Recipients:
    """Who is there today, read once for all `cases`."""

    def __init__(self, cases: Collection[Case]) -> None:
        places = {case.place for case in cases}
        self._leads = serving_by_place(places, _present().with_permission(DECIDE), right=TerritoryRight.VIEW_FILES)
        managers = _present().with_role(SITE_MANAGER)
        self._managers = serving_by_place(places, managers, right=TerritoryRight.VIEW_FILES)
        self._quality = list(_present().with_role(QUALITY).values_list("user_id", flat=True))
        self._doers = _doers([case.request_id for case in cases])

    def of(self, to: str, case: Case) -> list[int]:
        """Ids of users; where a post is vacant, the next one below it."""
        if to == Recipient.QUALITY and self._quality:
            return self._quality
        managers = self._managers[case.place]
        if to in (Recipient.QUALITY, Recipient.SITE_MANAGER) and managers:
            return [staff.user_id for staff in managers]
        if to == Recipient.DOER:
            return self._doers.get(case.request_id) or [case.owner_id]
        leads = sorted(self._leads[case.place], key=lambda staff: staff.department_id != case.department_id)
        return [leads[0].user_id] if leads else [case.owner_id]


def _present() -> StaffQuerySet:
    today = timezone.localdate()
    away = StaffMember.objects.absent(on=today)
    return StaffMember.objects.employed(on=today).filter(user__is_active=True).exclude(pk__in=away.values("pk"))


def _doers(request_ids: Sequence[int]) -> dict[int, list[int]]:
    """Those who have an unfinished job of the request."""
    rows = WorkOrder.objects.unfinished().filter(doer__isnull=False).order_by("pk")
    # One array: five thousand single values take longer to plan than to find.
    wanted = rows.extra(where=["service_request_id = ANY (%s)"], params=[list(request_ids)])
    found = defaultdict(list)
    for request_id, doer_id in wanted.values_list("service_request_id", "doer_id"):
        found[request_id].append(doer_id)
    return found
