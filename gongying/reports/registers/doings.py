"""Registers of what was done: jobs given out, follow-ups, orders from outside."""

from typing import Any

from django.db.models import Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from gongying.accounts.models import User
from gongying.reports.registers.requests import VIEW, category_filter, customer_of
from gongying.reports.registers.shape import Filter, Register, Rows, field, in_file
from gongying.servicedesk.enums import OrderSource, WorkState
from gongying.servicedesk.models import (
    Assignment,
    FollowUp,
    HotlineOrder,
    ServiceRequest,
    WorkCompletion,
    WorkOrder,
    WorkStage,
)

REQUEST = "service_request__"
RELATED = tuple(f"{REQUEST}{name}" for name in ("category", "unit", "facility", "building", "project", "party"))
YES_OR_NO = [("yes", _("yes")), ("no", _("no"))]


def _of_request(rows: Any, user: User) -> Rows:
    found: Rows = rows.filter(service_request__in=ServiceRequest.objects.visible_to(user))
    return found.select_related(*RELATED).defer(f"{REQUEST}search")


def _jobs(user: User) -> Rows:
    """Jobs by the day on which they were opened: one that nobody has been given yet stands there too."""
    first = Assignment.objects.filter(work_order=OuterRef("pk")).order_by("pk")
    arrived = WorkStage.objects.filter(work_order=OuterRef("pk"), stage=WorkState.ON_SITE).order_by("pk")
    done = WorkCompletion.objects.filter(work_order=OuterRef("pk")).order_by("-pk")
    rows: Rows = _of_request(WorkOrder.objects, user).select_related("doer")
    found: Rows = rows.annotate(
        given_at=Subquery(first.values("at")[:1]),
        arrived_at=Subquery(arrived.values("entered_at")[:1]),
        done_at=Subquery(done.values("at")[:1]),
        minutes=Subquery(done.values("minutes")[:1]),
        result=Subquery(done.values("result")[:1]),
    )
    return found


def _follow_ups(user: User) -> Rows:
    return _of_request(FollowUp.objects, user).select_related("by")


def _orders(user: User) -> Rows:
    rows: Rows = _of_request(HotlineOrder.objects.standing(), user).select_related(
        "first_receiver", "objection", "callback"
    )
    found: Rows = rows.annotate(contacted_at=Min("contacts__at"))
    return found


def _objection(order: HotlineOrder) -> str:
    objection = getattr(order, "objection", None)
    if objection is None:
        return ""
    return str(objection.get_outcome_display() or pgettext("of an objection", "raised"))


def _request_url(row: Any) -> str:
    return reverse("servicedesk:request-show", args=[row.service_request_id])


PROJECT = in_file(field(_("Project"), "service_request.project.name"))
CATEGORY = in_file(field(_("Category"), "service_request.category.path"))
PLACE = field(_("Place"), "service_request.where", "col-place")
CUSTOMER = field(_("Customer"), lambda row: customer_of(row.service_request), "col-name")
MATTER = field(_("Matter"), "service_request.text")

JOBS = Register(
    key="jobs",
    label=_("Register of jobs given out"),
    permission=VIEW,
    rows=_jobs,
    at="created_at",
    project=f"{REQUEST}project",
    columns=[
        field(_("Number"), str, "col-number"),
        field(_("Opened"), "created_at", "col-time"),
        field(_("Given out"), "given_at", "col-time"),
        PROJECT,
        PLACE,
        CUSTOMER,
        CATEGORY,
        field(_("Matter"), lambda row: row.task or row.service_request.text),
        field(_("doer"), "doer_name", "col-name"),
        field(_("arrived"), "arrived_at", "col-time"),
        field(_("done at"), "done_at", "col-time"),
        field(_("minutes"), "minutes", "col-short"),
        field(_("Result"), "result"),
        field(_("State"), "state_label", "col-word"),
    ],
    url=lambda row: reverse("servicedesk:work-order-show", args=[row.pk]),
    filters=[
        category_filter(REQUEST),
        Filter("state", _("state"), lambda: WorkState.choices, lambda value: Q(state=value)),
    ],
)

FOLLOW_UPS = Register(
    key="follow-ups",
    label=_("Register of follow-ups"),
    permission=VIEW,
    rows=_follow_ups,
    at="at",
    project=f"{REQUEST}project",
    columns=[
        field(_("Time"), "at", "col-time"),
        field(_("Number"), "service_request.number", "col-number"),
        PROJECT,
        PLACE,
        CUSTOMER,
        CATEGORY,
        MATTER,
        field(_("Follow-up by"), lambda row: str(row.by or ""), "col-name"),
        field(_("channel"), "get_channel_display", "col-word"),
        field(_("reached"), "reached", "col-short"),
        field(_("solved"), "solved", "col-short"),
        field(_("score"), "score", "col-short"),
        field(_("comment"), "comment"),
    ],
    url=_request_url,
    filters=[
        category_filter(REQUEST),
        Filter("reached", _("reached"), lambda: YES_OR_NO, lambda value: Q(reached=value == "yes")),
        Filter("solved", _("solved"), lambda: YES_OR_NO, lambda value: Q(solved=value == "yes")),
    ],
)

ORDERS = Register(
    key="orders",
    label=_("Register of outside orders"),
    permission=VIEW,
    rows=_orders,
    at="received_at",
    project=f"{REQUEST}project",
    columns=[
        field(_("number of the order"), "external_no", "col-number"),
        field(_("source"), "get_source_display", "col-word"),
        field(_("received at"), "received_at", "col-time"),
        field(_("deadline"), "deadline_at", "col-time"),
        field(_("request"), "service_request.number", "col-number"),
        PROJECT,
        PLACE,
        MATTER,
        field(_("first receiver"), lambda row: str(row.first_receiver), "col-name"),
        field(_("first contact"), "contacted_at", "col-time"),
        field(_("objection"), _objection, "col-word"),
        field(_("solved"), "callback.solved", "col-short"),
        field(pgettext_lazy("of a callback", "satisfied"), "callback.satisfied", "col-short"),
    ],
    url=lambda row: reverse("servicedesk:order-show", args=[row.pk]),
    filters=[
        Filter("source", _("source"), lambda: OrderSource.choices, lambda value: Q(source=value)),
        category_filter(REQUEST),
    ],
)
