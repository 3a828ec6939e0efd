from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.editions import fill_from_memory
from gongying.common.paging import Count, Page, count_of
from gongying.common.panels import panels_of
from gongying.common.permissions import may
from gongying.common.word_search import find_containing, is_searchable
from gongying.files.models import Attachment
from gongying.servicedesk.case_page import facts_of, possible_steps, primary_step, related_cases, what_is_missing
from gongying.servicedesk.clock_page import due_sentence
from gongying.servicedesk.forms.filters import RequestFilterForm
from gongying.servicedesk.models import HotlineOrder, PublicFault, SavedView, ServiceRequest
from gongying.servicedesk.operations.calls import number_of
from gongying.servicedesk.progress import progress_of
from gongying.servicedesk.request_rows import paginate_rows, rows_with, words_for_rows
from gongying.servicedesk.rules import may_call
from gongying.servicedesk.whole_matter import matter_of, similar_solutions
from gongying.servicedesk.work_card import card_of
from gongying.servicedesk.worklists import COUNTED_LISTS, WORK_LISTS, counts_of, find_work_list

LIST = "servicedesk/request_list.html"
PAGE = "servicedesk/request_detail.html"
DEFAULT_LIST = "open"
EMPTY = Page[Any](rows=[], next_cursor=None)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    form = RequestFilterForm(request.GET, user=request.user)
    is_valid = form.is_valid()
    work_list = find_work_list(form.cleaned_data.get("list") or DEFAULT_LIST) or WORK_LISTS[0]
    page, count = _find(request, form, work_list) if is_valid else (EMPTY, Count(0, is_exact=True))
    words_for_rows(page.rows)
    context = {
        "form": form,
        "page": page,
        "count": count,
        "work_list": work_list,
        "work_lists": [(item, "") for item in COUNTED_LISTS],
        "is_compact": form.cleaned_data.get("compact") == "1",
    }
    return render(request, LIST, context, status=200 if is_valid else 422)


@require_safe
def work_lists(request: SignedInRequest) -> HttpResponse:
    """How much waits in each list, and the views that were kept: fetched by the page that is open already."""
    context = {
        "work_list": find_work_list(request.GET.get("list", "")) or find_work_list(DEFAULT_LIST),
        "work_lists": list(zip(COUNTED_LISTS, counts_of(request.user), strict=True)),
        "is_counted": True,
        "saved_views": SavedView.objects.visible_to(request.user).select_related("owner"),
    }
    return render(request, f"{LIST}#work_lists", context)


@require_safe
def show(request: SignedInRequest, request_id: int) -> HttpResponse:
    service_request = _find_one(request, request_id)
    context = {**_facts_for_page(request, service_request), "panels": panels_of("request", request.user)}
    return render(request, PAGE, context)


@require_safe
def preview(request: SignedInRequest, request_id: int) -> HttpResponse:
    """The same in the drawer: ten requests can be read without leaving the list."""
    service_request = _find_one(request, request_id)
    return render(request, "servicedesk/_request_preview.html", _facts_for_page(request, service_request))


@require_safe
def related(request: SignedInRequest, request_id: int) -> HttpResponse:
    """What belongs to the matter, how the like was solved, what else was reported there; fetched by the open page."""
    asked = ("category", "facility", "unit", "building", "interaction", "text")
    rows = ServiceRequest.objects.visible_to(request.user).only(*asked)
    service_request = get_object_or_404(rows, pk=request_id)
    context = {
        "matter": matter_of(service_request, request.user),
        "solutions": similar_solutions(service_request, request.user),
        "related": related_cases(service_request, request.user),
        "may_unlink": may(request.user, "servicedesk.note_request"),
    }
    return render(request, "servicedesk/_related.html", context)


def _find(request: SignedInRequest, form: RequestFilterForm, work_list: Any) -> tuple[Page[Any], Count]:
    rows = form.narrow(work_list.of(request.user))
    text, cursor = form.cleaned_data["text"], request.GET.get("cursor") or None
    if is_searchable(text):
        found = find_containing(rows, text, order=form.ordering, cursor=cursor, read=rows_with)
        return found.page, found.count
    page = paginate_rows(rows, order=form.ordering, cursor=cursor)
    return page, count_of(page, rows, cursor=cursor)


def _find_one(request: SignedInRequest, request_id: int) -> ServiceRequest:
    rows = ServiceRequest.objects.visible_to(request.user).for_page()
    found: ServiceRequest = get_object_or_404(rows, pk=request_id)
    fill_from_memory(
        found, "category", "rules", "building", "project", "owner", "department", "first_responder", "registered_by"
    )
    if found.unit is not None:
        fill_from_memory(found.unit, "project", "building")
    return found


def _facts_for_page(request: SignedInRequest, service_request: ServiceRequest) -> dict[str, Any]:
    possible = possible_steps(service_request, request.user)
    primary = primary_step(service_request, possible)
    return {
        "service_request": service_request,
        "steps": progress_of(service_request),
        "primary": primary,
        "next_steps": [step for step in possible if step is not primary],
        "missing": what_is_missing(service_request),
        "due": due_sentence(service_request),
        "facts": facts_of(service_request),
        "cards": [card_of(work, service_request, request.user) for work in service_request.work_orders.all()],
        **_hanging_on(service_request, request.user),
        "can_call": may_call(request.user, service_request) and bool(number_of(service_request)),
    }


def _hanging_on(service_request: Any, user: User) -> dict[str, Any]:
    """Of what most requests have none of, only what there is (`for_page` says which)."""
    rows: dict[str, Callable[[], Any]] = {
        "escalations": lambda: service_request.escalations.filter(settled_at=None).select_related("to"),
        "faults": lambda: (
            PublicFault.objects.visible_to(user).open().filter(service_request=service_request).for_page()
        ),
        "urgings": lambda: service_request.urgings.select_related("by").order_by("-pk")[:1],
        "orders": lambda: HotlineOrder.objects.visible_to(user).filter(service_request=service_request).for_list(),
        "attachments": lambda: Attachment.objects.of(service_request),
    }
    return {name: list(read()) if name in service_request.hanging else [] for name, read in rows.items()}
