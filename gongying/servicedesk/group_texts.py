"""Requests, public faults and a project's day as staff write them into the chat group of the project.

The group learns what a colleague needs for the work: the caller's number is masked, and who complains is not named.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.common.templatetags.formats import spoken
from gongying.customers.masking import masked_phone
from gongying.estates.models import Project
from gongying.events.models import Event
from gongying.events.operations import Selected
from gongying.group_chats.enums import Topic
from gongying.group_chats.texts import (
    Posting,
    SetPosting,
    Source,
    register_posting,
    register_set_posting,
    register_source,
)
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.models import PublicFault, ServiceRequest
from gongying.servicedesk.spoken import said_of

LONGEST_MATTER = 200
MOST_FAULTS = 3
MOST_OVERDUE = 10


def register() -> None:
    register_source(Source("servicerequest", rows=lambda user: _requests().visible_to(user), text=request_text))
    register_source(Source("publicfault", rows=lambda user: _faults().visible_to(user), text=fault_text))
    register_source(
        Source("project", rows=Project.objects.visible_to, text=day_text, project_of=lambda project: int(project.pk))
    )
    register_posting("request.registered", Posting(Topic.URGENT, _urgent_one))
    register_posting("request.registered", Posting(Topic.COMPLAINT, _complaint))
    for verb in ("fault.announced", "fault.changed", "fault.ended"):
        register_posting(verb, Posting(Topic.FAULT, _fault_of))
    register_set_posting(SetPosting(Topic.OVERDUE, frozenset({"clock.breached", "support.breached"}), overdue_text))


def request_text(service_request: ServiceRequest) -> str:
    """Number, place, matter, wished time, whom to ask for, who has it."""
    urgency = service_request.get_urgency_display() if service_request.is_pressing else ""
    head = [_("[%(what)s]") % {"what": service_request.get_kind_display()}, service_request.number, urgency]
    lines = [
        " ".join(filter(None, head)),
        f"{service_request.project} {service_request.where}",
        f"{service_request.category.name} · {Truncator(service_request.text).chars(LONGEST_MATTER)}",
        _visit(service_request),
        "" if service_request.is_complaint else _contact(service_request),
        said_of(service_request) if service_request.is_open else service_request.state_label,
        _due(service_request),
    ]
    return "\n".join(filter(None, lines))


def fault_text(fault: PublicFault) -> str:
    if not fault.is_open:
        title = _("Public fault, over")
        lines = [fault.ending_words]
    else:
        title = _("Public fault")
        end = fault.expected_end
        lines = [fault.words, _("Expected end: %(at)s") % {"at": spoken(timezone.localtime(end))} if end else ""]
    return "\n".join(
        filter(None, [f"{_('[%(what)s]') % {'what': title}} {fault.project} {fault.where} {fault.title}", *lines])
    )


def day_text(project: Project) -> str:
    """Today so far, in numbers and public faults; nobody is named."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = ServiceRequest.objects.filter(project=project).order_by()
    new = (
        rows.filter(entered_at__gte=today)
        .exclude(state="merged")
        .aggregate(all=Count("pk"), complaints=Count("pk", filter=Q(kind="complaint")))
    )
    closed = rows.filter(closures__at__gte=today).distinct().count()
    lines = [
        _("[%(project)s] %(day)s, the day in short") % {"project": project, "day": f"{today:%m-%d}"},
        _("New %(all)s, of these complaints %(complaints)s; closed %(closed)s") % {**new, "closed": closed},
        _("Open %(open)s, overdue %(overdue)s; without a doer %(idle)s; to be followed up %(asked)s")
        % {
            "open": rows.open().count(),
            "overdue": rows.overdue().count(),
            "idle": rows.without_doer().count(),
            "asked": rows.waiting_for_follow_up().count(),
        },
    ]
    return "\n".join([*lines, *map(fault_text, _faults().open().filter(project=project)[:MOST_FAULTS])])


def overdue_text(news: Sequence[Selected]) -> str:
    """What the sweep found late in a project: each promise in a line, the first ones where they are many."""
    shown = news[:MOST_OVERDUE]
    events = Event.objects.in_bulk([entry.id for entry in shown])
    requests = _requests().in_bulk({entry.object_id for entry in shown})
    lines = [_overdue_line(events[entry.id], requests[entry.object_id]) for entry in shown]
    if len(news) > len(shown):
        lines.append(_("and %(n)s more") % {"n": len(news) - len(shown)})
    title = ngettext("%(n)s time exceeded", "%(n)s times exceeded", len(news)) % {"n": len(news)}
    project = requests[shown[0].object_id].project
    return "\n".join([f"{_('[%(what)s]') % {'what': title}} {project}", *lines])


def _overdue_line(event: Event, service_request: ServiceRequest) -> str:
    due = parse_datetime(str(event.details.get("due_at") or ""))
    what = event.details.get("department") or Metric(event.details["metric"]).label
    parts = [
        service_request.number,
        service_request.where,
        service_request.category.name,
        str(what),
        _("due %(at)s") % {"at": spoken(timezone.localtime(due))} if due else "",
        str(service_request.owner or ""),
    ]
    return " · ".join(filter(None, parts))


def _visit(service_request: ServiceRequest) -> str:
    start, end = service_request.window_from, service_request.window_to
    if start is None or end is None:
        return ""
    times = f"{spoken(timezone.localtime(start))}–{timezone.localtime(end):%H:%M}"
    return _("Visit: %(times)s") % {"times": times}


def _contact(service_request: ServiceRequest) -> str:
    phone = masked_phone(service_request.caller_phone) if service_request.caller_phone else ""
    contact = " ".join(filter(None, [service_request.caller_name, phone]))
    return _("Contact: %(contact)s") % {"contact": contact} if contact else ""


def _due(service_request: ServiceRequest) -> str:
    due = service_request.next_due_at
    return _("Due: %(at)s") % {"at": spoken(timezone.localtime(due))} if due else ""


def _urgent_one(event: Event) -> str:
    found = _thing(event, "servicerequest", _requests())
    return request_text(found) if found and found.is_pressing and not found.is_complaint else ""


def _complaint(event: Event) -> str:
    found = _thing(event, "servicerequest", _requests())
    return request_text(found) if found and found.is_complaint else ""


def _fault_of(event: Event) -> str:
    found = _thing(event, "publicfault", _faults())
    return fault_text(found) if found else ""


def _thing(event: Event, kind: str, rows: Any) -> Any:
    subject = event.subjects.filter(kind=kind).first()
    return rows.filter(pk=subject.object_id).first() if subject else None


def _requests() -> Any:
    related = ("project", "building", "unit", "facility", "category", "owner")
    return ServiceRequest.objects.select_related(*related).prefetch_related("work_orders__workpauses")


def _faults() -> Any:
    return PublicFault.objects.for_page()
