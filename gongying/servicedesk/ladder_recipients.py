"""Whom a step of the escalation ladder reaches (R-188): for thousands of requests in a few statements."""

from collections.abc import Collection
from typing import NamedTuple

from django.utils import timezone

from gongying.common.places import Place
from gongying.estates.stewards import serving_by_place
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember, StaffQuerySet
from gongying.servicedesk.enums import Recipient
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.routing import DECIDE

SITE_MANAGER, QUALITY = "site_manager", "quality"


class Area(NamedTuple):
    """What of a request decides who hears of it."""

    place: Place
    department_id: int


class Recipients:
    """Who is there today, read once for all `areas`."""

    def __init__(self, areas: Collection[Area]) -> None:
        places = {area.place for area in areas}
        self._leads = serving_by_place(places, _present().with_permission(DECIDE), right=TerritoryRight.VIEW_FILES)
        managers = _present().with_role(SITE_MANAGER)
        self._managers = serving_by_place(places, managers, right=TerritoryRight.VIEW_FILES)
        self._quality = list(_present().with_role(QUALITY).values_list("user_id", flat=True))

    def of(self, to: str, area: Area) -> list[int]:
        """Ids of users; where a post is vacant, the next one below it; empty where the request's own people are meant."""
        if to == Recipient.DOER:
            return []
        if to == Recipient.QUALITY and self._quality:
            return self._quality
        managers = self._managers[area.place]
        if to in (Recipient.QUALITY, Recipient.SITE_MANAGER) and managers:
            return [staff.user_id for staff in managers]
        leads = sorted(self._leads[area.place], key=lambda staff: staff.department_id != area.department_id)
        return [lead.user_id for lead in leads[:1]]


def doers_of(service_request: ServiceRequest) -> list[int]:
    """Those who have an unfinished job of the request."""
    jobs = WorkOrder.objects.unfinished().filter(service_request=service_request, doer__isnull=False)
    return list(jobs.order_by().values_list("doer_id", flat=True).distinct())


def _present() -> StaffQuerySet:
    today = timezone.localdate()
    away = StaffMember.objects.absent(on=today)
    return StaffMember.objects.employed(on=today).filter(user__is_active=True).exclude(pk__in=away.values("pk"))
