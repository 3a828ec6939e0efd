"""Registers with a line for each request: all of them, complaints, violations."""

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.customers.masking import masked_phone
from gongying.reports.registers.shape import Filter, Register, Rows, field, in_file
from gongying.servicedesk.enums import RequestKind, Severity, Urgency, ViolationOutcome
from gongying.servicedesk.models import (
    AuthorityReport,
    Closure,
    Conclusion,
    FollowUp,
    ResultNotice,
    ServiceCategory,
    ServiceRequest,
)

VIEW = "servicedesk.view_requests"
OUTCOMES = dict(ViolationOutcome.choices)


def category_filter(path: str = "") -> Filter:
    """By group of categories, as the reports sort them."""
    return Filter(
        "category",
        _("category"),
        _groups,
        lambda value: Q(**{f"{path}category__parent": value}) | Q(**{f"{path}category": value}),
    )


def _groups() -> list[tuple[Any, Any]]:
    leaves = ServiceCategory.objects.filter(children=None)
    return [(group.pk, group) for group in ServiceCategory.objects.filter(pk__in=leaves.values("parent"))]


KIND = Filter("kind", _("kind"), lambda: RequestKind.choices, lambda value: Q(kind=value))
URGENCY = Filter("urgency", _("urgency"), lambda: Urgency.choices, lambda value: Q(urgency=value))
STATE = Filter(
    "state",
    _("state"),
    lambda: [("open", pgettext_lazy("of a register", "open")), ("ended", pgettext_lazy("of a register", "ended"))],
    lambda value: Q(pk__in=ServiceRequest.objects.open().values("pk")) if value == "open" else _ended(),
)
SEVERITY = Filter("severity", _("severity"), lambda: Severity.choices, lambda value: Q(complaint__severity=value))


def _ended() -> Q:
    return ~Q(pk__in=ServiceRequest.objects.open().values("pk"))


def _last(model: Any, value: str, **only: Any) -> Subquery:
    """Of the last such fact of the request."""
    return Subquery(model.objects.filter(service_request=OuterRef("pk"), **only).order_by("-pk").values(value)[:1])


def _requests(user: User) -> Rows:
    related = ("category", "unit", "facility", "building", "project", "party", "owner", "registered_by")
    rows: Rows = ServiceRequest.objects.visible_to(user).select_related(*related).defer("search")
    found: Rows = rows.annotate(closed_at=_last(Closure, "at"), score=_last(FollowUp, "score", reached=True))
    return found


def _complaints(user: User) -> Rows:
    rows = _requests(user).filter(kind=RequestKind.COMPLAINT).select_related("complaint")
    found: Rows = rows.annotate(told_at=_last(ResultNotice, "at"))
    return found


def _violations(user: User) -> Rows:
    rows = _requests(user).filter(kind=RequestKind.VIOLATION).select_related("violation")
    found: Rows = rows.annotate(
        dissuaded=Count("dissuasions", distinct=True),
        reported_to=_last(AuthorityReport, "authority"),
        reported_at=_last(AuthorityReport, "at"),
        outcome=_last(Conclusion, "outcome"),
    )
    return found


def url_of(row: ServiceRequest) -> str:
    return reverse("servicedesk:request-show", args=[row.pk])


def customer_of(row: ServiceRequest) -> str:
    return str(_("anonymous")) if row.is_anonymous else str(row.party or row.caller_name)


def _phone(row: ServiceRequest) -> str:
    return masked_phone(row.caller_phone) if row.caller_phone else ""


NUMBER = field(_("Number"), "number", "col-number")
ENTERED = field(_("Entered"), "entered_at", "col-time")
PLACE = field(_("Place"), "where", "col-place")
CUSTOMER = field(_("Customer"), customer_of, "col-name")
PHONE = in_file(field(_("Phone"), _phone))
CATEGORY = in_file(field(_("Category"), "category.path"))
OWNER = field(_("In charge"), lambda row: str(row.owner), "col-name")
CLOSED = field(_("Closed"), "closed_at", "col-time")
STATE_COLUMN = field(_("State"), "state_label", "col-word")
PROJECT = in_file(field(_("Project"), "project.name"))
REGISTERED_BY = in_file(field(_("Registered by"), lambda row: str(row.registered_by)))

REQUESTS = Register(
    key="requests",
    label=_("Register of requests"),
    permission=VIEW,
    rows=_requests,
    at="entered_at",
    columns=[
        NUMBER,
        ENTERED,
        field(_("Kind"), "get_kind_display", "col-word"),
        field(_("Urgency"), "get_urgency_display", "col-short"),
        PROJECT,
        PLACE,
        CUSTOMER,
        PHONE,
        CATEGORY,
        field(_("Matter"), "text"),
        OWNER,
        REGISTERED_BY,
        STATE_COLUMN,
        CLOSED,
        field(_("score"), "score", "col-short"),
    ],
    url=url_of,
    filters=[KIND, category_filter(), URGENCY, STATE],
)

COMPLAINTS = Register(
    key="complaints",
    label=_("Register of complaints"),
    permission=VIEW,
    rows=_complaints,
    at="entered_at",
    columns=[
        NUMBER,
        field(_("received at"), "entered_at", "col-time"),
        PROJECT,
        PLACE,
        CUSTOMER,
        PHONE,
        CATEGORY,
        field(_("Matter"), "text"),
        field(_("severity"), "complaint.get_severity_display", "col-short"),
        field(_("attributable"), "complaint.is_attributable", "col-short"),
        field(_("cause"), "complaint.get_cause_code_display", "col-word"),
        in_file(field(_("root cause"), "complaint.root_cause")),
        OWNER,
        field(_("Result told"), "told_at", "col-time"),
        field(_("score"), "score", "col-short"),
        STATE_COLUMN,
        CLOSED,
    ],
    url=url_of,
    filters=[category_filter(), SEVERITY, STATE],
)

VIOLATIONS = Register(
    key="violations",
    label=_("Register of violations"),
    permission=VIEW,
    rows=_violations,
    at="entered_at",
    columns=[
        NUMBER,
        field(_("Found"), "occurred_at", "col-time"),
        PROJECT,
        PLACE,
        field(_("Category"), "category.name", "col-word"),
        field(pgettext_lazy("of a violation", "who does it"), "violation.violator", "col-name"),
        field(_("Matter"), "text"),
        field(_("times dissuaded"), "dissuaded", "col-short"),
        field(_("Reported to"), "reported_to", "col-place"),
        field(_("Reported at"), "reported_at", "col-time"),
        field(_("outcome"), lambda row: OUTCOMES.get(row.outcome, ""), "col-word"),
        OWNER,
        STATE_COLUMN,
    ],
    url=url_of,
    filters=[category_filter(), STATE],
)
