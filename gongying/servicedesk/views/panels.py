"""What the service desk shows on the household's and the customer's page: open matters with a sentence to read out, and promises."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import bounded_count
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import Promise, PromiseQuerySet
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.request_sets import NEWEST_FIRST, ServiceRequestQuerySet
from gongying.servicedesk.spoken import sentence_of

MOST = 8
MOST_COMPLAINTS = 50


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    rows = ServiceRequest.objects.visible_to(request.user).filter(unit=unit)
    promises = Promise.objects.visible_to(request.user).filter(unit=unit)
    return _show(request, rows, promises, f"unit={unit.pk}")


@require_safe
def of_party(request: SignedInRequest, party_id: int) -> HttpResponse:
    party = get_object_or_404(Party.objects.visible_to(request.user), pk=party_id)
    rows = ServiceRequest.objects.visible_to(request.user).filter(party=party)
    promises = Promise.objects.visible_to(request.user).filter(party=party)
    return _show(request, rows, promises, f"party={party.pk}")


@require_safe
def counts_of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """For the head that stays on the screen; each number opens the rows that it counts."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    rows = ServiceRequest.objects.visible_to(request.user).filter(unit=unit)
    context = {
        "unit": unit,
        "open_count": rows.open().count(),
        "follow_up_count": rows.waiting_for_follow_up().count(),
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


def _show(
    request: SignedInRequest, rows: ServiceRequestQuerySet, promises: PromiseQuerySet, query: str
) -> HttpResponse:
    open_rows = rows.open().for_list().prefetch_related("work_orders__doer", "work_orders__workpauses", "urgings")
    matters = list(open_rows.newest_first()[: MOST + 1])
    context = {
        "matters": [(matter, sentence_of(matter)) for matter in matters[:MOST]],
        "has_more": len(matters) > MOST,
        "promises": promises.open().select_related("owner").order_by("due_at", "pk")[:MOST],
        "query": query,
    }
    return render(request, "servicedesk/_matters_panel.html", context)
