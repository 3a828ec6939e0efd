"""What now? The sections of the first page, each for those whose roles give them that work."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count as CountRows
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gongying.accounts.models import User
from gongying.authority.models import ApprovalRequest
from gongying.briefings.models import Briefing
from gongying.common.paging import bounded_count
from gongying.common.permissions import may
from gongying.customers.models import Occupancy
from gongying.estates.models import Unit
from gongying.estates.scopes import scope_of
from gongying.interactions.models import Promise
from gongying.organization.rules import MANAGE_ROLES
from gongying.reception.machines import RECEIVE
from gongying.servicedesk.enums import Metric
from gongying.servicedesk.first_steps import first_step
from gongying.servicedesk.models import Escalation, PublicFault, ServiceRequest, WorkOrder
from gongying.servicedesk.rules import DISPATCH_WORK
from gongying.workbench.contacts import boxes, counterparts, reviews_due
from gongying.workbench.counter import handovers, visitors
from gongying.workbench.figures import LISTS, list_url
from gongying.workbench.my_day import MY_DAY, my_day
from gongying.workbench.openings import openings
from gongying.workbench.sections import ROWS, Row, Section
from gongying.workbench.set_up import recent_imports, set_up

# How long the front line may wait before the row turns red.
ACCEPTANCE_LIMIT = timedelta(minutes=30)
DOER_LIMIT = timedelta(hours=1)
ESCALATION_LIMIT = timedelta(hours=1)
DECISION_LIMIT = timedelta(hours=24)
APPROVAL_LIMIT = timedelta(minutes=30)
OVERSEERS = ("servicedesk.decide_follow_up", "organization.view_staff")
WAITS_FOR_DOER = gettext_lazy("for a doer")


def sections_for(user: User) -> list[Section]:
    chosen = [
        ((MANAGE_ROLES,), set_up),
        ((), to_be_read),
        ((RECEIVE,), handovers),
        ((RECEIVE,), visitors),
        (("interactions.log_interaction", "servicedesk.view_requests"), public_faults),
        (("servicedesk.report_result",), untold_callers),
        (OVERSEERS, front_line),
        (OVERSEERS, red_list),
        (("servicedesk.view_requests",), red_list_of_steward),
        (("reception.receive_visitors", "reception.take_over_visitors"), openings),
        ((), my_day),
        (("servicedesk.do_work",), jobs),
        (("interactions.log_interaction",), later_promises),
        (("interactions.plan_contacts",), counterparts),
        (("interactions.log_interaction",), boxes),
        ((), reviews_due),
        (("servicedesk.follow_up",), follow_ups),
        (("servicedesk.answer_request",), my_requests),
        (("servicedesk.view_requests",), my_buildings),
        (("customers.move_household",), leases),
        ((MANAGE_ROLES,), recent_imports),
    ]
    made = (build(user) for codes, build in chosen if not codes or any(may(user, code) for code in codes))
    shown = [section for section in made if section is not None]
    # Who walks her buildings with a phone begins with her day (ux.md 2.9); the others with what waits for them.
    return sorted(shown, key=lambda section: section.name != MY_DAY) if _walks(user) else shown


def _walks(user: User) -> bool:
    return bool(scope_of(user).buildings) and not any(may(user, code) for code in OVERSEERS)


def to_be_read(user: User) -> Section | None:
    """Notices to her and reports that she is to hear, until she says that she has read them (R-028)."""
    unread = Briefing.objects.unread_by(user)
    rows = [
        Row(
            title=briefing.title,
            url=reverse("briefings:briefing-show", args=[briefing.pk]),
            subtitle=f"{briefing.project} {briefing.by}",
            tag=briefing.get_direction_display(),
            waiting_since=briefing.at,
        )
        for briefing in unread.select_related("project", "by")[:ROWS]
    ]
    if not rows:
        return None
    url = f"{reverse('briefings:briefing-index')}?list=unread"
    return Section("briefings", _("To be read"), "", rows, bounded_count(unread), url)


def public_faults(user: User) -> Section | None:
    """What the desk is called about today, with the words to say; nothing where nothing is out of order."""
    lasting = PublicFault.objects.visible_to(user).open()
    rows = [
        Row(
            title=fault.words,
            url=reverse("servicedesk:fault-show", args=[fault.pk]),
            subtitle=f"{fault.title} {fault.where}",
            tag=ngettext("%(n)s household", "%(n)s households", fault.number_of_households)
            % {"n": fault.number_of_households},
            due_at=fault.expected_end,
            is_late=fault.is_overdue,
        )
        for fault in lasting.with_numbers().for_page().order_by("-announced_at")[:ROWS]
    ]
    if not rows:
        return None
    url = reverse("servicedesk:fault-index")
    return Section("faults", _("Public faults"), "", rows, bounded_count(lasting), url)


def untold_callers(user: User) -> Section | None:
    """What is over while some who called do not know it yet: a list that empties itself by being worked off (E-044)."""
    ended = PublicFault.objects.visible_to(user).to_be_told(user)
    rows = [
        Row(
            title=fault.ending_words,
            url=reverse("servicedesk:fault-show", args=[fault.pk]),
            subtitle=f"{fault.title} {fault.where}",
            waiting_since=fault.ended_at,
        )
        for fault in ended.for_page().order_by("ended_at", "pk")[:ROWS]
    ]
    if not rows:
        return None
    url = f"{reverse('servicedesk:fault-index')}?untold=1"
    return Section("untold", _("Over, callers to be told"), "", rows, bounded_count(ended), url)


def red_list(user: User) -> Section | None:
    """What is overdue, the longest first; nothing is shown as long as everything is in time."""
    if not may(user, "servicedesk.view_requests"):
        return None
    overdue = LISTS["overdue"].of(user)
    oldest = overdue.for_rows().order_by("next_due_at", "pk")[:ROWS]
    shown = [row.pk for row in oldest]
    doerless = set(overdue.without_doer().filter(pk__in=shown).values_list("pk", flat=True))
    with_others = _jobs_of_others(shown, user)
    rows = [
        _request_row(
            request,
            tag=Metric(request.next_due_metric).label,
            due_at=request.next_due_at,
            is_late=True,
            **_button(
                request,
                user,
                what=WAITS_FOR_DOER if request.pk in doerless else "",
                waits_for_doer=request.pk in with_others,
                is_late=True,
            ),
        )
        for request in oldest
    ]
    if not rows:
        return None
    url = list_url(list="overdue", order="due")
    return Section("red-list", _("Red list: overdue"), "", rows, bounded_count(overdue), url)


def red_list_of_steward(user: User) -> Section | None:
    """What is overdue in her own buildings, each row to be urged with one click (ux.md T8)."""
    return red_list(user) if _walks(user) else None


def _jobs_of_others(requests: list[int], user: User) -> set[int]:
    """Which of them a colleague or a firm has been given: who is late may be urged."""
    given = WorkOrder.objects.order_by().unfinished().exclude(state="open").exclude(doer=user)
    given = given.exclude(doer=None, service_request__owner=user)
    return set(given.filter(service_request__in=requests).values_list("service_request", flat=True))


def front_line(user: User) -> Section | None:
    """What the front line is waiting for, the longest wait first, red when it is too long."""
    if not may(user, "servicedesk.view_requests"):
        return None
    now = timezone.now()
    visible = ServiceRequest.objects.visible_to(user).for_rows()
    waits: list[tuple[str | LazyText, timedelta, Iterable[tuple[ServiceRequest, datetime]]]] = [
        (gettext_lazy("for help from above"), ESCALATION_LIMIT, _escalated(user)),
        (gettext_lazy("for a decision"), DECISION_LIMIT, _undecided(user)),
        (gettext_lazy("for acceptance"), ACCEPTANCE_LIMIT, _oldest(visible.waiting_for_acceptance())),
        (WAITS_FOR_DOER, DOER_LIMIT, _oldest(visible.without_doer())),
    ]
    rows = [
        _request_row(
            request, tag=what, waiting_since=since, is_late=now - since > limit, **_button(request, user, what=what)
        )
        for what, limit, found in waits
        for request, since in found
    ]
    rows += _approvals(user, now)
    rows.sort(key=lambda row: (not row.is_late, row.waiting_since))
    rows = [*_stopped(user), *rows]
    return Section("front-line", _("The front line is waiting"), _("Nobody is waiting for you."), rows[: 2 * ROWS])


def _stopped(user: User) -> list[Row]:
    """A worker who stands before a danger waits for nobody's half hour: before all others, red at once."""
    if not may(user, DISPATCH_WORK):
        return []
    jobs: Any = WorkOrder.objects.visible_to(user).waiting_for_release()
    places = (f"service_request__{name}" for name in ("unit", "building", "project", "owner"))
    return [
        _request_row(job.service_request, tag=gettext_lazy("for release"), waiting_since=job.paused_at, is_late=True)
        for job in jobs.select_related(*places).order_by("paused_at")[:ROWS]
    ]


def _approvals(user: User, now: datetime) -> list[Row]:
    """What goes beyond somebody's authority and waits for her word (R-007, R-009)."""
    waiting = ApprovalRequest.objects.waiting_for(user).select_related("asked_by", "project")
    return [
        Row(
            title=f"{approval} · {approval.reason}"[:80],
            url=reverse("authority:approval-show", args=[approval.pk]),
            subtitle=f"{approval.project} · {approval.asked_by}",
            tag=gettext_lazy("for approval"),
            waiting_since=approval.asked_at,
            is_late=now - approval.asked_at > APPROVAL_LIMIT,
        )
        for approval in waiting.order_by("asked_at", "pk")[:ROWS]
    ]


def jobs(user: User) -> Section:
    mine = WorkOrder.objects.of_doer(user)
    orders = mine.select_related("service_request__unit", "service_request__building", "service_request__project")
    rows = [
        Row(
            title=order.task or order.service_request.one_line,
            url=reverse("servicedesk:work-order-show", args=[order.pk]),
            subtitle=order.service_request.where,
            tag=order.get_state_display(),
            due_at=order.planned_from,
        )
        for order in orders.order_by("planned_from", "pk")[:ROWS]
    ]
    return Section(
        "jobs",
        _("My jobs"),
        _("No job is waiting for you."),
        rows,
        bounded_count(mine),
        reverse("servicedesk:work-order-index"),
    )


def later_promises(user: User) -> Section | None:
    """What is promised for later days; that of today stands in the day. Nobody needs to hear of what there is none of."""
    url = reverse("interactions:promise-index") + "?whose=mine"
    mine = Promise.objects.visible_to(user).of_owner(user).open()
    if not mine.exists():
        return None
    rows = [
        Row(
            title=promise.text,
            url=reverse("interactions:promise-show", args=[promise.pk]),
            subtitle=" ".join(str(part) for part in (promise.unit, promise.party) if part),
            due_at=promise.due_at,
            is_late=promise.is_late,
        )
        for promise in mine.select_related("unit", "party").order_by("due_at", "pk")[:ROWS]
    ]
    return Section("promises", _("Answers I promised"), _("Nothing is promised."), rows, bounded_count(mine), url)


def follow_ups(user: User) -> Section:
    return _work_list("follow-up", _("To follow up"), _("Nobody has to be called."), user)


def my_requests(user: User) -> Section:
    return _work_list("mine", _("I answer for"), _("You answer for no open request."), user)


def my_buildings(user: User) -> Section | None:
    """A steward's buildings with what is open there; for those who serve single buildings."""
    buildings = scope_of(user).buildings
    if not buildings:
        return None
    rows = ServiceRequest.objects.visible_to(user).open().filter(building__in=buildings)
    found = (
        rows.order_by()
        .values("building", "building__name", "building__number", "project__name")
        .annotate(n=CountRows("pk"))
    )
    made = [
        Row(
            title=entry["building__name"] or _("Building %(number)s") % {"number": entry["building__number"]},
            url=list_url(list="open", building=entry["building"]),
            subtitle=entry["project__name"],
            tag=_("%(n)s open") % {"n": entry["n"]},
        )
        for entry in sorted(found, key=lambda entry: -entry["n"])
    ]
    return Section("buildings", _("My buildings"), _("Nothing is open in your buildings."), made)


def leases(user: User) -> Section | None:
    """What will stand empty, by the register, unless somebody asks the tenant first."""
    ending = Occupancy.objects.visible_to(user).ending_soon()
    rows = [
        Row(
            title=str(spell.head or _("tenant")),
            url=reverse("customers:household-show", args=[spell.unit_id]),
            subtitle=spell.unit.full_name,
            tag=_("until %(day)s") % {"day": spell.last_day},
        )
        for spell in ending.select_related("unit__project", "head")[:ROWS]
    ]
    if not rows:
        return None
    # Counted as the list shows them: a shared flat is one household with several leases.
    units = bounded_count(Unit.objects.visible_to(user).filter(pk__in=ending.order_by().values("unit")))
    url = f"{reverse('customers:unit-index')}?ending=1"
    return Section("leases", _("Leases that end soon"), "", rows, units, url)


def _work_list(key: str, title: str, empty: str, user: User) -> Section:
    rows = LISTS[key].of(user)
    oldest = [
        _request_row(request, tag=request.state_label, waiting_since=request.touched_at, **_button(request, user))
        for request in rows.for_rows().order_by("entered_at", "pk")[:ROWS]
    ]
    return Section(key, title, empty, oldest, bounded_count(rows), list_url(list=key))


def _request_row(request: ServiceRequest, **more: Any) -> Row:
    url = reverse("servicedesk:request-show", args=[request.pk])
    return Row(title=request.one_line, url=url, subtitle=f"{request.where} · {request.owner}", **more)


def _button(
    request: ServiceRequest,
    user: User,
    *,
    what: str | LazyText = "",
    waits_for_doer: bool = False,
    is_late: bool = False,
) -> dict[str, Any]:
    wants_doer = what == WAITS_FOR_DOER
    step = first_step(request, user, wants_doer=wants_doer, waits_for_doer=waits_for_doer, is_late=is_late)
    return {"case": request, "step": step} if step is not None else {}


def _oldest(rows: Any) -> Iterable[tuple[ServiceRequest, datetime]]:
    return ((request, request.entered_at) for request in rows.order_by("entered_at", "pk")[:ROWS])


def _unsettled(user: User) -> Any:
    visible = ServiceRequest.objects.visible_to(user)
    return Escalation.objects.filter(settled_at=None, service_request__in=visible).select_related(
        "service_request__unit", "service_request__building", "service_request__project", "service_request__owner"
    )


def _escalated(user: User) -> Iterable[tuple[ServiceRequest, datetime]]:
    rows = _unsettled(user).exclude(ground="score").order_by("at", "pk")[:ROWS]
    return ((escalation.service_request, escalation.at) for escalation in rows)


def _undecided(user: User) -> Iterable[tuple[ServiceRequest, datetime]]:
    rows = _unsettled(user).filter(ground="score").order_by("at", "pk")[:ROWS]
    return ((escalation.service_request, escalation.at) for escalation in rows)
