"""From any request all that belongs to its matter: requests, touches, orders, complaints, visits; and how the like was solved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from gongying.accounts.models import User
from gongying.common.text import normalise
from gongying.interactions.models import Interaction
from gongying.servicedesk.models import (
    Answer,
    ComplaintDetails,
    FaultCall,
    HotlineOrder,
    Merge,
    RequestLink,
    ServiceRequest,
    WorkCompletion,
    WorkStage,
)

# A matter of more requests than this is a public fault, with a page of its own.
MOST_REQUESTS = 50
MOST_SHOWN = 20
MOST_COMPARED = 100
MOST_SOLUTIONS = 3


@dataclass(frozen=True)
class Matter:
    """Everything of one matter that this person may see, the newest first."""

    links: list[RequestLink]
    requests: list[ServiceRequest]
    touches: list[Interaction]
    orders: list[HotlineOrder]
    visits: list[WorkStage]

    @property
    def is_more_than_one(self) -> bool:
        return bool(self.requests or self.orders or self.visits) or len(self.touches) > 1


@dataclass(frozen=True)
class Solution:
    """What was done in a case like this one, and where that is written."""

    service_request: ServiceRequest
    text: str
    by: str
    at: datetime


def requests_of_matter(service_request: ServiceRequest) -> set[int]:
    """Whatever is linked, split, merged, or complains of a job of one of them: as far as it reaches."""
    found: set[int] = set()
    edge = {service_request.pk}
    while edge and len(found) < MOST_REQUESTS:
        found |= edge
        edge = _neighbours(edge) - found
    return found


def _neighbours(ids: set[int]) -> set[int]:
    links = RequestLink.objects.standing().filter(Q(first__in=ids) | Q(second__in=ids))
    merges = Merge.objects.filter(Q(service_request__in=ids) | Q(into__in=ids), service_request__state="merged")
    complaints = ComplaintDetails.objects.filter(
        Q(service_request__in=ids) | Q(about_work_order__service_request__in=ids), about_work_order__isnull=False
    )
    pairs = [
        *links.values_list("first_id", "second_id"),
        *merges.values_list("service_request_id", "into_id"),
        *complaints.values_list("service_request_id", "about_work_order__service_request_id"),
    ]
    return {pk for pair in pairs for pk in pair}


def matter_of(service_request: ServiceRequest, user: User) -> Matter:
    rows = ServiceRequest.objects.visible_to(user).filter(pk__in=requests_of_matter(service_request)).order_by()
    began_with = dict(rows.values_list("pk", "interaction"))
    seen = set(began_with)
    others = rows.exclude(pk=service_request.pk).select_related("unit", "category").newest_first()[:MOST_SHOWN]
    orders = HotlineOrder.objects.filter(service_request__in=seen).for_list().order_by("-received_at", "-pk")
    visits = WorkStage.objects.filter(stage="on_site", work_order__service_request__in=seen)
    links = RequestLink.objects.visible_to(user).standing().of(service_request)
    return Matter(
        links=list(links.select_related("first", "second")),
        requests=list(others) if len(seen) > 1 else [],
        touches=_touches(seen, set(began_with.values()) - {None}, user),
        orders=list(orders[:MOST_SHOWN]),
        visits=list(
            visits.select_related("work_order__service_request", "work_order__doer", "entered_by")[:MOST_SHOWN]
        ),
    )


def _touches(requests: set[int], began_with: set[Any], user: User) -> list[Interaction]:
    """The first word of each request, its repeats, and those of outside orders and of callers about a fault.

    By their keys: a condition over four tables at once would read all touches there are.
    """
    of_orders = HotlineOrder.objects.filter(service_request__in=requests).values_list("interaction", flat=True)
    of_callers = FaultCall.objects.filter(fault__service_request__in=requests).values_list("interaction", flat=True)
    ids = began_with | set(of_orders) | set(of_callers)
    rows = Interaction.objects.visible_to(user).filter(Q(pk__in=ids) | Q(repeat_of__in=began_with))
    return list(rows.select_related("entered_by").order_by("-occurred_at", "-pk")[:MOST_SHOWN])


def similar_solutions(service_request: ServiceRequest, user: User) -> list[Solution]:
    """Closed cases of the category whose words are most alike, the same facility or unit first, with what was done."""
    rows = ServiceRequest.objects.visible_to(user).filter(category=service_request.category_id, state="closed")
    rows = rows.exclude(pk=service_request.pk).select_related("unit", "facility", "building", "project").defer("search")
    recent = list(rows.newest_first()[:MOST_COMPARED])
    told = _told(row.pk for row in recent)
    words = _pairs(service_request.text)

    def likeness(row: ServiceRequest) -> tuple[bool, float]:
        own = _pairs(row.text)
        same_place = (service_request.facility_id or service_request.unit_id) is not None and (
            (row.facility_id, row.unit_id) == (service_request.facility_id, service_request.unit_id)
        )
        return same_place, len(words & own) / (len(words | own) or 1)

    best = sorted((row for row in recent if row.pk in told), key=likeness, reverse=True)[:MOST_SOLUTIONS]
    return [Solution(row, *told[row.pk]) for row in best]


def _told(ids: Iterable[int]) -> dict[int, tuple[str, str, datetime]]:
    """What was done in each: the answer that was given last, else the last job's result."""
    wanted = list(ids)
    jobs = WorkCompletion.objects.filter(work_order__service_request__in=wanted).exclude(result="")
    found: dict[int, tuple[str, str, datetime]] = {}
    for done in jobs.select_related("work_order", "by").order_by("pk"):
        found[done.work_order.service_request_id] = (done.result, str(done.by or ""), done.at)
    for answer in Answer.objects.filter(service_request__in=wanted).select_related("by").order_by("pk"):
        found[answer.service_request_id] = (answer.text, str(answer.by or ""), answer.at)
    return found


def _pairs(text: str) -> set[str]:
    plain: Any = normalise(text).replace(" ", "")
    return {plain[n : n + 2] for n in range(len(plain) - 1)}
