"""What the service desk shows on the household's and the customer's page: open matters with a sentence to read out, and promises."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import bounded_count
from gongying.common.statements import statement_of
from gongying.customers.models import Party
from gongying.estates.asked import unit_or_404
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import Promise, PromiseQuerySet
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.request_sets import NEWEST_FIRST, ServiceRequestQuerySet
from gongying.servicedesk.spoken import sentence_of

MOST = 8
MOST_COMPLAINTS = 50


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    unit = unit_or_404(request.user, unit_id)
    return _show(request, "unit", unit.pk)


@require_safe
def of_party(request: SignedInRequest, party_id: int) -> HttpResponse:
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=party_id)
    return _show(request, "party", party.pk)


@require_safe
def counts_of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """For the head that stays on the screen; each number opens the rows that it counts."""
    unit = unit_or_404(request.user, unit_id)
    user = request.user

    def rows(unit: int) -> ServiceRequestQuerySet:
        return ServiceRequest.objects.visible_to(user).filter(unit=unit).only("pk")

    is_open = statement_of(user, "open in a unit", lambda unit: rows(unit).open(), unit=int)
    waits = statement_of(user, "to follow up in a unit", lambda unit: rows(unit).waiting_for_follow_up(), unit=int)
    context = {
        "unit": unit,
        "open_count": is_open.number(unit=unit.pk),
        "follow_up_count": waits.number(unit=unit.pk),
    }
    return render(request, "servicedesk/_unit_counts.html", context)


@require_safe
def of_improvement(request: SignedInRequest, item_id: int) -> HttpResponse:
    """The complaints that it comes from, and those that joined it later; each reader sees those she may."""
    item = get_object_or_404(ImprovementItem.objects.visible_to(request.user), pk=item_id)
    rows = ServiceRequest.objects.visible_to(request.user).filter(complaint__improvement_item=item)
    newest = rows.defer("search").order_by(*NEWEST_FIRST)[:MOST_COMPLAINTS]
    context = {"complaints": newest, "count": bounded_count(rows)}
    return render(request, "servicedesk/_improvement_complaints.html", context)


def _show(request: SignedInRequest, whose: str, pk: int) -> HttpResponse:
    user = request.user

    def open_matters(pk: int) -> ServiceRequestQuerySet:
        rows = ServiceRequest.objects.visible_to(user).filter(**{whose: pk}).open().for_list()
        rows = rows.prefetch_related("work_orders__doer", "work_orders__workpauses", "urgings")
        return rows.newest_first()[: MOST + 1]

    def open_promises(pk: int) -> PromiseQuerySet:
        rows = Promise.objects.visible_to(user).filter(**{whose: pk}).open()
        return rows.select_related("owner").order_by("due_at", "pk")[:MOST]

    matters = statement_of(user, f"open matters of a {whose}", open_matters, pk=int).rows(pk=pk)
    context = {
        "matters": [(matter, sentence_of(matter)) for matter in matters[:MOST]],
        "has_more": len(matters) > MOST,
        "promises": statement_of(user, f"open promises to a {whose}", open_promises, pk=int).rows(pk=pk),
        "query": f"{whose}={pk}",
    }
    return render(request, "servicedesk/_matters_panel.html", context)
