"""What the page of a request says and offers: one filled button by state, and what is still missing (ux.md 2.4)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.common.statements import statement_of
from gongying.common.templatetags.formats import moment, yuan
from gongying.customers.masking import masked_phone
from gongying.organization.access import staff_of
from gongying.servicedesk.entry_times import spoken_window
from gongying.servicedesk.enums import Payer
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet
from gongying.servicedesk.rules import DO_WORK, knows_trade, may_do
from gongying.servicedesk.steps import Case, Step, is_possible, lukewarm_follow_up, steps_of
from gongying.servicedesk.violation_page import MISSING_OF_VIOLATION, next_of_violation

# In the order of sense: the first one that is possible is the filled button.
SENSIBLE_FIRST = (
    "decide",
    # Whoever opens a matter that waits has most likely got what it waited for.
    "resume_clock",
    "accept",
    "acknowledge",
    "verify",
    "establish",
    "dispatch",
    "start",
    "resolve",
    "report",
    "give_feedback",
    "settle",
    "follow_up",
    "close",
    "undo_merge",
)
WORK_SENSIBLE_FIRST = ("release", "accept", "claim", "assign", "price", "arrive", "resume", "complete", "check")
RELATED = 5


def possible_steps(case: Case, user: User) -> list[Step]:
    """What this person may do with the case now."""
    # What costs least was asked first; what may have to ask the database comes last.
    possible = [step for step in _considered(case, user) if step.is_possible is None or step.is_possible(case)]
    if isinstance(case, WorkOrder) and not _is_of_her_trade(case, user):
        return [step for step in possible if step.key != "claim"]
    if isinstance(case, ServiceRequest) and case.waits_for == [user]:
        return [step for step in possible if step.key != "urge"]
    return possible


def _considered(case: Case, user: User) -> list[Step]:
    """What the table of its machine allows in this state, and this person: of all requests in one state the same."""
    if isinstance(case, WorkOrder):
        return _allowed(case, user)
    known: dict[Any, list[Step]] = user.__dict__.setdefault(
        "_steps_considered", {}
    )  # as long as `may` knows her answers
    asked = case.machine.name, case.state, user.is_active, user.is_superuser
    if asked not in known:
        known[asked] = _allowed(case, user)
    return known[asked]


def _allowed(case: Case, user: User) -> list[Step]:
    steps = (step for step in steps_of(case) if step.is_possible is not None or is_possible(step, case))
    return [step for step in steps if may_take(step, case, user)]


def _is_of_her_trade(work_order: WorkOrder, user: User) -> bool:
    staff = staff_of(user)
    return staff is not None and knows_trade(staff, work_order.trade)


def may_take(step: Step, case: Case, user: User) -> bool:
    # Whoever comes too late to claim is told who has it, not that she may not.
    if isinstance(case, WorkOrder) and step.permission == DO_WORK and step.key != "claim":
        return may_do(user, case)
    return may(user, step.permission)


def primary_step(case: Case, possible: list[Step]) -> Step | None:
    """The next sensible step. While a worker has his turn there is none."""
    order = WORK_SENSIBLE_FIRST if isinstance(case, WorkOrder) else SENSIBLE_FIRST
    by_key = {step.key: step for step in possible}
    if isinstance(case, ServiceRequest):
        _leave_out_what_waits(case, by_key)
        if (wanted := next_of_violation(case)) in by_key:
            return by_key[wanted]
    return next((by_key[key] for key in order if key in by_key), None)


def what_is_missing(service_request: ServiceRequest) -> str | Promise:
    """The thing that the next step waits for, beside the button."""
    if lukewarm_follow_up(service_request) is not None:
        return _("still missing: the supervisor's decision")
    if missing := _missing_from_others(service_request) or MISSING_OF_VIOLATION.get(next_of_violation(service_request)):
        return missing
    if service_request.state == "in_progress":
        return _("still missing: the result")
    if service_request.state == "reported" and not service_request.needs_follow_up:
        return _("still missing: the check of the finished work")
    words = {
        "resolved": _("still missing: the notice to the customer"),
        "reported": _("still missing: the follow-up"),
        "verifying": _("still missing: the facts and who is responsible"),
        "handling": _("still missing: the notice to the customer"),
        "feedback_given": _("still missing: the follow-up"),
        "following_up": _("still missing: the answer of the complainant"),
        "improving": _("still missing: the root cause"),
    }
    return words.get(service_request.state, "")


def _missing_from_others(service_request: ServiceRequest) -> str | Promise:
    """What a worker or a supporting department has to do first."""
    if service_request.state not in ("in_progress", "handling"):
        return ""
    if any(work.is_unfinished for work in service_request.work_orders.all()):
        return _("still missing: the end of the work")
    if _waits_for_support(service_request):
        return _("still missing: the support of another department")
    return ""


def _waits_for_support(service_request: ServiceRequest) -> bool:
    return service_request.may_have("support") and service_request.support_tasks.open().exists()


def facts_of(service_request: ServiceRequest) -> list[tuple[str | Promise, Any]]:
    details = getattr(service_request, "complaint", None)
    facts: list[tuple[str | Promise, Any]] = [
        (_("Kind"), service_request.get_kind_display()),
        (_("Category"), service_request.category.path),
        (_("Paid by"), service_request.get_payer_display()),
        (_("Price"), _price(service_request)),
        (_("Channel"), service_request.get_channel_display()),
        (_("Caller"), service_request.caller_name or ("" if not service_request.is_anonymous else _("anonymous"))),
        (_("Phone"), masked_phone(service_request.caller_phone) if service_request.caller_phone else ""),
        (_("Address"), service_request.caller_address),
        (_("Facility"), service_request.facility),
        (_("Wished time"), _window(service_request)),
        (_("Estimated end"), moment(service_request.estimated_end)),
        (_("Happened"), moment(service_request.occurred_at)),
        (_("Entered"), moment(service_request.entered_at) if service_request.is_late_entry else ""),
        (_("Entered late because"), service_request.late_reason),
        (_("First responder"), service_request.first_responder),
        (_("Registered by"), service_request.registered_by),
        (_("Department"), service_request.department),
        (_("Times reworked"), service_request.rework_count or ""),
        (_("Times passed on"), service_request.transfer_count or ""),
        (_("Version of the process"), service_request.process_version),
        (_("Rules it runs under"), _rules(service_request)),
    ]
    if details is not None:
        attributable = {True: _("attributable"), False: _("not attributable"), None: ""}[details.is_attributable]
        facts += [
            (_("Remedy asked for"), details.requested_remedy),
            (_("Severity"), details.get_severity_display() if details.severity else ""),
            (_("Complaint of a group"), _("yes") if details.is_group else ""),
            (_("Responsibility"), attributable),
            (_("Why it is not attributable"), details.attribution_reason),
            (pgettext_lazy("of a complaint", "Facts"), details.facts),
            (_("About the job"), details.about_work_order),
            (_("Cause"), details.get_cause_code_display() if details.cause_code else ""),
            (_("Root cause"), details.root_cause),
            (_("Improvement"), details.improvement_item or details.no_improvement_reason),
        ]
    return facts


def _rules(service_request: ServiceRequest) -> str:
    """What its category asked when it was registered."""
    rules = service_request.rules
    if rules is None:
        return ""
    version = _("version %(n)s") % {"n": rules.version}
    return " · ".join([version, *map(str, rules.evidence_labels), *rules.check_list, rules.follow_up_words])


def related_cases(service_request: ServiceRequest, user: User) -> list[tuple[str | Promise, list[Any]]]:
    """Of the same household, and open ones of the same building; how the like was solved: `whole_matter`."""

    def others(pk: int) -> ServiceRequestQuerySet:
        rows = ServiceRequest.objects.visible_to(user).exclude(pk=pk)
        return rows.only("number_tail", "kind", "state", "text", "entered_at").newest_first()

    def of_unit(pk: int, unit: int) -> ServiceRequestQuerySet:
        return others(pk).filter(unit=unit)[:RELATED]

    def of_building(pk: int, building: int) -> ServiceRequestQuerySet:
        return others(pk).open().filter(building=building)[:RELATED]

    groups: list[tuple[str | Promise, list[Any]]] = []
    if unit := service_request.unit_id:
        rows = statement_of(user, "others of the unit", of_unit, pk=int, unit=int)
        groups.append((_("Same household"), rows.rows(pk=service_request.pk, unit=unit)))
    if building := service_request.building_id:
        rows = statement_of(user, "others of the building", of_building, pk=int, building=int)
        groups.append((_("Same building, open"), rows.rows(pk=service_request.pk, building=building)))
    return [(label, cases) for label, cases in groups if cases]


def _leave_out_what_waits(service_request: ServiceRequest, by_key: dict[str, Step]) -> None:
    has_unfinished_work = any(work.is_unfinished for work in service_request.work_orders.all())
    is_for_workers = service_request.category.trade and service_request.kind in ("repair", "service")
    if not has_unfinished_work and not is_for_workers:
        by_key.pop("dispatch", None)
    if has_unfinished_work or is_for_workers:
        by_key.pop("start", None)
    if has_unfinished_work or _waits_for_support(service_request):
        by_key.pop("resolve", None)
        by_key.pop("give_feedback", None)
        by_key.pop("conclude", None)
    if service_request.state == "in_progress" and not has_unfinished_work:
        by_key.pop("dispatch", None)
    if service_request.state in ("verifying", "handling"):
        by_key.pop("dispatch", None)
    if not service_request.is_complaint:
        if not service_request.needs_follow_up:
            by_key.pop("follow_up", None)
        if lukewarm_follow_up(service_request) is not None:
            by_key.pop("follow_up", None)
            by_key.pop("close", None)


def _price(service_request: ServiceRequest) -> str | Promise:
    if service_request.payer != Payer.OWNER:
        return ""
    said = _price_said(service_request)
    quote = service_request.quotes.last() if service_request.may_have("quotes") else None
    return f"{quote} · {said}" if quote is not None else said


def _price_said(service_request: ServiceRequest) -> str | Promise:
    if not service_request.price_agreed:
        return _("customer has not agreed yet")
    if service_request.agreed_amount is None:
        return _("customer agreed, no amount was written down")
    return _("customer agreed to %(amount)s") % {"amount": yuan(service_request.agreed_amount)}


def _window(service_request: ServiceRequest) -> str:
    if not service_request.window_from or not service_request.window_to:
        return ""
    return spoken_window((service_request.window_from, service_request.window_to))
