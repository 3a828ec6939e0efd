"""How requests and work orders read on a timeline."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from gongying.events.presentation import Details, Filter, Reading, Words, register_filters, register_readings
from gongying.events.subjects import Kind, register_kind
from gongying.servicedesk.enums import RequestKind, Urgency
from gongying.servicedesk.models import ServiceRequest

VIEW = "servicedesk.view_requests"
REQUESTS = ("request.*", "work.*", "work_order.*")


def _registered(details: Details) -> Words:
    kind = details.get("kind", "")
    label = RequestKind(kind).label if kind in RequestKind.values else _("request")
    return _("Registered: %(kind)s") % {"kind": label}


def _facts(details: Details) -> Iterable[tuple[Words, Words]]:
    if details.get("category"):
        yield _("category"), details["category"]
    if details.get("urgency") in (Urgency.CRITICAL, Urgency.URGENT):
        yield _("urgency"), Urgency(details["urgency"]).label
    if details.get("owner"):
        yield _("in charge"), details["owner"]


def _caller(details: Details) -> Iterable[tuple[Words, Words]]:
    if details.get("caller"):
        yield _("caller"), details["caller"]


def register() -> None:
    register_kind(
        Kind(ServiceRequest, "servicedesk:request-show", stays_in_place=True, related=("project", "category"))
    )
    register_filters(
        Filter("requests", _("requests"), REQUESTS, order=20),
        Filter("complaints", _("complaints"), ("complaint.*",), order=30),
    )
    register_readings(
        {
            "request.registered": Reading(
                _registered, "clipboard-plus", facts=_facts, permission=VIEW, about="servicerequest"
            ),
            "request.joined": Reading(_("One more reports the same"), "users-plus", facts=_caller, permission=VIEW),
        }
    )
