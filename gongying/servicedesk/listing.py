"""The request list as a page and as a file: the same rows, the same words."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.word_search import containing, is_searchable
from gongying.customers.masking import masked_phone
from gongying.imports.listings import Listing, ListingColumn
from gongying.servicedesk.forms.filters import RequestFilterForm
from gongying.servicedesk.models import ServicePrice, ServiceRequest
from gongying.servicedesk.worklists import find_work_list


def requests_to_export(user: User, query: QueryDict) -> QuerySet[Any]:
    """What the list at this address shows; an address with a wrong filter shows nothing."""
    form = RequestFilterForm(query, user=user)
    if not form.is_valid():
        return ServiceRequest.objects.none()
    work_list = find_work_list(form.cleaned_data["list"] or "open")
    rows: QuerySet[Any] = form.narrow(work_list.of(user) if work_list else ServiceRequest.objects.none())
    text = form.cleaned_data["text"]
    if is_searchable(text):
        rows = containing(rows, text)
    related = ("category", "unit", "building", "project", "party", "owner", "department", "registered_by")
    return rows.select_related(*related).order_by(*form.ordering)


REQUESTS = Listing(
    key="requests",
    label=_("Requests"),
    permission="servicedesk.view_requests",
    rows=requests_to_export,
    columns=[
        ListingColumn(_("Number"), "number"),
        ListingColumn(_("Kind"), "get_kind_display"),
        ListingColumn(_("Urgency"), "get_urgency_display"),
        ListingColumn(_("Category"), "category.path"),
        ListingColumn(_("Matter"), "text"),
        ListingColumn(_("Place"), "where"),
        ListingColumn(_("Customer"), lambda row: str(row.party or row.caller_name)),
        ListingColumn(_("Phone"), lambda row: masked_phone(row.caller_phone) if row.caller_phone else ""),
        ListingColumn(_("State"), "state_label"),
        ListingColumn(_("Department"), "department.name"),
        ListingColumn(_("In charge"), lambda row: str(row.owner)),
        ListingColumn(_("Registered by"), lambda row: str(row.registered_by)),
        ListingColumn(_("Happened"), "occurred_at"),
        ListingColumn(_("Entered"), "entered_at"),
        ListingColumn(_("Due"), "next_due_at"),
        ListingColumn(_("Estimated end"), "estimated_end"),
        ListingColumn(_("Times reworked"), "rework_count"),
    ],
)


def prices_to_export(user: User, _query: QueryDict) -> QuerySet[Any]:
    """One line for each price that holds today; what is free of charge has none."""
    rows = ServicePrice.objects.visible_to(user).current().filter(item__is_active=True)
    return rows.select_related("item__category", "item__department", "project").order_by("item", "project")


SERVICES = Listing(
    key="services",
    label=_("Services and prices"),
    permission="servicedesk.view_requests",
    rows=prices_to_export,
    columns=[
        ListingColumn(_("Code"), "item.code"),
        ListingColumn(_("Service"), "item.name"),
        ListingColumn(_("Category"), "item.category.path"),
        ListingColumn(_("charged per"), "item.measure"),
        ListingColumn(_("Price"), "amount"),
        ListingColumn(_("project"), lambda row: str(row.project or "")),
        ListingColumn(_("price since"), "starts_on"),
        ListingColumn(_("promised within minutes"), "item.promised_minutes"),
        ListingColumn(_("who does it"), lambda row: str(row.item.department or "")),
    ],
)
