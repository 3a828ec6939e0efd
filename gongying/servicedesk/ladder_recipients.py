"""Whom a step of the escalation ladder reaches (R-188): for thousands of requests in a few statements."""

from collections import defaultdict
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


class Supporters:
    """The people of the supporting departments, read once for all `areas` (here: a place and the department that helps in it)."""

    def __init__(self, areas: Collection[Area]) -> None:
        departments = {area.department_id for area in areas}
        people = _present().filter(department__in=departments)
        self._here = serving_by_place({area.place for area in areas}, people, right=TerritoryRight.VIEW_FILES)
        self._all: dict[int, list[int]] = defaultdict(list)
        for department_id, user_id in people.order_by("pk").values_list("department_id", "user_id"):
            self._all[department_id].append(user_id)

    def of(self, area: Area) -> list[int]:
        """Ids of users; where nobody of the department has a territory there, all of it, as when it was asked."""
        here = [staff.user_id for staff in self._here[area.place] if staff.department_id == area.department_id]
        return here or self._all[area.department_id]


def doers_of(service_request: ServiceRequest) -> list[int]:
    """Those who have an unfinished job of the request."""
    jobs = WorkOrder.objects.unfinished().filter(service_request=service_request, doer__isnull=False)
    return list(jobs.order_by().values_list("doer_id", flat=True).distinct())


def _present() -> StaffQuerySet:
    today = timezone.localdate()
    away = StaffMember.objects.absent(on=today)
    return StaffMember.objects.employed(on=today).filter(user__is_active=True).exclude(pk__in=away.values("pk"))
