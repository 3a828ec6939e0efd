"""From any request all that belongs to its matter: requests, touches, orders, complaints, visits; and how the like was solved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from gongying.accounts.models import User
from gongying.common.editions import fill_from_memory
from gongying.common.text import normalise
from gongying.interactions.models import Interaction
from gongying.servicedesk.models import (
    HotlineOrder,
    RequestLink,
    ServiceRequest,
    WorkStage,
)
from gongying.servicedesk.models.request_sets import NEWEST_FIRST

# A matter of more requests than this is a public fault, with a page of its own.
MOST_REQUESTS = 50
MOST_SHOWN = 20
MOST_COMPARED = 100
MOST_SOLUTIONS = 3

VISIT = (
    *("entered_at", "work_order__position", "work_order__outside_firm", "work_order__service_request__number"),
    *("work_order__doer__name", "work_order__doer__username"),
)
TOUCH = ("channel", "text", "occurred_at", "entered_by__name", "entered_by__username")
PLACE = ("number", "caller_address", "unit__code", "facility__name", "building", "project")
# Asked of every request that is opened, and nearly always answered by nothing: one statement, written once.
NEIGHBOURS = """
    SELECT first_id, second_id FROM servicedesk_requestlink
        WHERE undone_at IS NULL AND (first_id = ANY(%(ids)s) OR second_id = ANY(%(ids)s))
    UNION ALL
    SELECT service_request_id, into_id FROM servicedesk_merge JOIN servicedesk_servicerequest request ON request.id = service_request_id
        WHERE request.state = 'merged' AND (service_request_id = ANY(%(ids)s) OR into_id = ANY(%(ids)s))
    UNION ALL
    SELECT details.service_request_id, work.service_request_id FROM servicedesk_complaintdetails details
        JOIN servicedesk_workorder work ON work.id = about_work_order_id WHERE details.service_request_id = ANY(%(ids)s)
    UNION ALL
    SELECT details.service_request_id, work.service_request_id FROM servicedesk_workorder work
        JOIN servicedesk_complaintdetails details ON about_work_order_id = work.id WHERE work.service_request_id = ANY(%(ids)s)
"""
# Where else something was said, and when somebody was there: by the keys; a condition over all tables at once would read them all.
ELSEWHERE = """
    SELECT 'order', interaction_id FROM servicedesk_hotlineorder WHERE service_request_id = ANY(%(ids)s)
    UNION ALL
    SELECT 'call', interaction_id FROM servicedesk_faultcall JOIN servicedesk_publicfault fault ON fault.id = fault_id
        WHERE fault.service_request_id = ANY(%(ids)s)
    UNION ALL
    SELECT 'visit', stage.id FROM servicedesk_workstage stage JOIN servicedesk_workorder work ON work.id = work_order_id
        WHERE work.service_request_id = ANY(%(ids)s) AND stage.stage = 'on_site'
"""
# Of which something is told, and what: written once as well, for every request that is opened.
TOLD = """
    SELECT work.service_request_id, done.result, coalesce(nullif(who.name, ''), who.username, ''), done.at, 1 AS source, done.id
        FROM servicedesk_workcompletion done JOIN servicedesk_workorder work ON work.id = done.work_order_id
        LEFT JOIN accounts_user who ON who.id = done.by_id
        WHERE work.service_request_id = ANY(%(ids)s) AND done.result <> ''
    UNION ALL
    SELECT answer.service_request_id, answer.text, coalesce(nullif(who.name, ''), who.username, ''), answer.at, 2, answer.id
        FROM servicedesk_answer answer LEFT JOIN accounts_user who ON who.id = answer.by_id
        WHERE answer.service_request_id = ANY(%(ids)s)
    ORDER BY 5, 6
"""


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
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS, {"ids": list(ids)})
        return {pk for pair in cursor.fetchall() for pk in pair}


def matter_of(service_request: ServiceRequest, user: User) -> Matter:
    """Of a request that she may see."""
    ids = requests_of_matter(service_request)
    rows = ServiceRequest.objects.visible_to(user).filter(pk__in=ids).order_by()
    began_with = {service_request.pk: service_request.interaction_id}
    if len(ids) > 1:
        began_with = dict(rows.values_list("pk", "interaction"))
    seen = set(began_with)
    elsewhere = _elsewhere(seen)
    orders = HotlineOrder.objects.filter(service_request__in=seen).for_list().order_by("-received_at", "-pk")
    visits = WorkStage.objects.filter(pk__in=elsewhere["visit"])
    return Matter(
        *_other_requests(service_request, rows, user) if len(seen) > 1 else ([], []),
        touches=_touches(set(began_with.values()) - {None}, elsewhere["order"] | elsewhere["call"], user),
        orders=list(orders[:MOST_SHOWN]) if elsewhere["order"] else [],
        visits=list(visits.select_related("work_order__service_request", "work_order__doer").only(*VISIT)[:MOST_SHOWN])
        if elsewhere["visit"]
        else [],
    )


def _other_requests(
    service_request: ServiceRequest, rows: QuerySet[ServiceRequest], user: User
) -> tuple[list[RequestLink], list[ServiceRequest]]:
    links = RequestLink.objects.visible_to(user).standing().of(service_request).select_related("first", "second")
    others = rows.exclude(pk=service_request.pk).select_related("unit", "category").order_by(*NEWEST_FIRST)
    return list(links), list(others[:MOST_SHOWN])


def _elsewhere(requests: set[int]) -> dict[str, set[int]]:
    """The touches of outside orders, and of callers about a fault; the visits."""
    found: dict[str, set[int]] = {"order": set(), "call": set(), "visit": set()}
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, {"ids": list(requests)})
        for kind, pk in cursor.fetchall():
            found[kind].add(pk)
    return found


def _touches(began_with: set[Any], others: set[int], user: User) -> list[Interaction]:
    """The first word of each request, its repeats, and what else came in about it."""
    rows = Interaction.objects.visible_to(user).filter(Q(pk__in=began_with | others) | Q(repeat_of__in=began_with))
    shown = rows.select_related("entered_by").only(*TOUCH).order_by("-occurred_at", "-pk")
    return list(shown[:MOST_SHOWN])


def similar_solutions(service_request: ServiceRequest, user: User) -> list[Solution]:
    """Closed cases of the category whose words are most alike, the same facility or unit first, with what was done."""
    rows = ServiceRequest.objects.visible_to(user).filter(category=service_request.category_id, state="closed")
    recent = rows.exclude(pk=service_request.pk).order_by(*NEWEST_FIRST)
    compared = list(recent.values_list("pk", "facility_id", "unit_id", "text")[:MOST_COMPARED])
    place = (service_request.facility_id, service_request.unit_id)
    words = _pairs(service_request.text)

    def likeness(row: tuple[int, int | None, int | None, str]) -> tuple[bool, float]:
        _pk, *at, text = row
        own = _pairs(text)
        return place != (None, None) and tuple(at) == place, len(words & own) / (len(words | own) or 1)

    told = _told(pk for pk, *_rest in compared)
    best = sorted((row for row in compared if row[0] in told), key=likeness, reverse=True)[:MOST_SOLUTIONS]
    cases = _with_places(rows, [pk for pk, *_rest in best])
    return [Solution(cases[pk], *told[pk]) for pk, *_rest in best if pk in cases]


def _with_places(rows: QuerySet[ServiceRequest], ids: list[int]) -> dict[int, ServiceRequest]:
    """With what their number and place in words need."""
    cases = rows.select_related("unit", "facility").only(*PLACE).in_bulk(ids) if ids else {}
    for case in cases.values():
        fill_from_memory(case, "building", "project")
    return cases


def _told(ids: Iterable[int]) -> dict[int, tuple[str, str, datetime]]:
    """What was done in each: the answer that was given last, else the last job's result."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, {"ids": list(ids)})
        return {pk: (text, by, at) for pk, text, by, at, _source, _key in cursor.fetchall()}


def _pairs(text: str) -> set[str]:
    plain: Any = normalise(text).replace(" ", "")
    return {plain[n : n + 2] for n in range(len(plain) - 1)}
