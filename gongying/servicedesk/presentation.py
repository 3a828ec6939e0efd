"""How requests, work orders and complaints read on a timeline."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from gongying.common.templatetags.formats import spoken
from gongying.events.presentation import Details, Filter, Reading, Words, register_filters, register_readings
from gongying.events.subjects import Kind, register_kind
from gongying.organization.enums import Trade
from gongying.servicedesk.clock_presentation import CLOCK_READINGS
from gongying.servicedesk.entry_times import spoken_window
from gongying.servicedesk.enums import (
    CauseCode,
    CheckMethod,
    ClosureGround,
    DecisionOutcome,
    EscalationGround,
    NoteAudience,
    NoticeChannel,
    PauseReason,
    PaymentMethod,
    Quality,
    RequestKind,
    Severity,
    TransferReason,
    Urgency,
)
from gongying.servicedesk.models import ServiceRequest, WorkOrder
from gongying.servicedesk.reading_words import Facts, facts, said, word

VIEW = "servicedesk.view_requests"


def _registered(details: Details) -> Words:
    kind = details.get("kind", "")
    return _("Registered: %(kind)s") % {"kind": word(RequestKind, kind) or _("request")}


def _registration(details: Details) -> Facts:
    if details.get("category"):
        yield _("category"), details["category"]
    if details.get("urgency") in (Urgency.CRITICAL, Urgency.URGENT):
        yield _("urgency"), Urgency(details["urgency"]).label
    if details.get("owner"):
        yield _("in charge"), details["owner"]
    if details.get("agreed_amount"):
        yield _("agreed price"), f"¥{details['agreed_amount']}"


def _follow_up(details: Details) -> Facts:
    if not details.get("reached"):
        yield _("reached"), _("not reached")
        return
    yield _("solved"), pgettext("follow-up", "solved") if details.get("solved") else _("not solved")
    if details.get("score"):
        yield _("score"), str(details["score"])
    for quality in Quality:
        if quality in details.get("qualities", {}):
            yield quality.label, str(details["qualities"][quality])


def _from_to(details: Details) -> Words:
    return f"{details.get('before') or '—'} → {details.get('to') or details.get('doer') or '—'}"


def _times(details: Details) -> Words:
    moments = [parse_datetime(str(details.get(name) or "")) for name in ("before", "estimated_end")]
    return " → ".join(spoken(timezone.localtime(moment)) if moment else "—" for moment in moments)


def _price(details: Details) -> Words:
    if not details.get("price_agreed"):
        return _("customer has not agreed yet")
    amount = details.get("agreed_amount")
    return _("customer agreed to ¥%(amount)s") % {"amount": amount} if amount else _("customer agreed")


def _transfer(details: Details) -> Facts:
    yield _("reason"), word(TransferReason, details.get("reason"))
    if details.get("note"):
        yield _("note"), details["note"]


def _pause(details: Details) -> Facts:
    until = parse_datetime(str(details.get("until") or ""))
    if until:
        yield _("until"), spoken(timezone.localtime(until))
    if details.get("note"):
        yield _("note"), details["note"]


def _pair(details: Details) -> Words:
    return f"{details.get('first')} — {details.get('second')}"


def _noted(details: Details) -> Words:
    return word(NoteAudience, details.get("audience"))


def _note_tone(details: Details) -> str:
    return "colleague" if details.get("audience") == NoteAudience.COLLEAGUES else ""


def _inspected(details: Details) -> Words:
    return _("Sample found good") if details.get("passed") else _("Sample found not good")


def _inspection_tone(details: Details) -> str:
    return "colleague" if details.get("passed") else "late"


def _slot(details: Details) -> Words:
    start, end = (parse_datetime(str(details.get(name) or "")) for name in ("planned_from", "planned_to"))
    return spoken_window((start, end)) if start and end else ""


OF_DEPARTMENT = facts(("department", _("department"), None))
OVERLAP = facts(("work", _("work order"), None), ("overlap_reason", _("why at the same time"), None))
ASSIGNED = facts(
    ("work", _("work order"), None),
    ("doer", _("doer"), None),
    ("overlap_reason", _("why at the same time"), None),
    ("trade_reason", _("why a worker of another trade"), None),
)
DOER = facts(("work", _("work order"), None), ("doer", _("doer"), None))
REASON = facts(("work", _("work order"), None), ("doer", _("doer"), None), ("reason", _("reason"), None))
TOLD = facts(("channel", _("told by"), NoticeChannel))

READINGS = {
    "request.registered": Reading(_registered, "clipboard-plus", facts=_registration, permission=VIEW),
    "request.joined": Reading(
        _("One more reports the same"), "users-plus", facts=facts(("caller", _("caller"), None)), permission=VIEW
    ),
    "request.accepted": Reading(_("Accepted"), "clipboard-check"),
    "request.started": Reading(_("Handling begins"), "player-play"),
    "request.resolved": Reading(_("Handled"), "circle-check"),
    "request.reported": Reading(_("Customer told the result"), "message-check", said("words"), TOLD),
    "request.followed_up": Reading(_("Follow-up"), "phone-check", said("comment"), _follow_up),
    "request.follow_up_decided": Reading(_("Follow-up decided"), "gavel", said("outcome", DecisionOutcome), REASON),
    "request.closed": Reading(_("Closed"), "lock", said("ground", ClosureGround), facts(("note", _("note"), None))),
    "request.reopened": Reading(_("Reopened"), "lock-open"),
    "request.sent_back": Reading(_("Back to handling"), "arrow-back-up"),
    "request.cancelled": Reading(
        _("Cancelled"), "ban", facts=facts(("asked_by", _("who asked for it"), None)), permission=VIEW
    ),
    "request.rejected": Reading(_("Rejected"), "circle-x", said("explanation")),
    "request.merged": Reading(_("Merged"), "git-merge", said("into")),
    "request.merge_undone": Reading(_("Merge undone"), "git-branch", said("into")),
    "request.linked": Reading(_("Linked"), "link", _pair, facts(("reason", _("reason"), None)), permission=VIEW),
    "request.unlinked": Reading(
        _("Link undone"), "unlink", _pair, facts(("reason", _("reason"), None)), permission=VIEW
    ),
    "request.split": Reading(_("Split"), "arrows-split", _pair, facts(("reason", _("matter"), None)), permission=VIEW),
    "request.split_undone": Reading(
        _("Split undone"), "arrows-join", _pair, facts(("reason", _("reason"), None)), permission=VIEW
    ),
    "support.asked": Reading(_("Support asked for"), "users-group", facts=OF_DEPARTMENT),
    "support.done": Reading(_("Support given"), "user-check", facts=OF_DEPARTMENT),
    "support.withdrawn": Reading(_("Support withdrawn"), "user-x", said("reason"), OF_DEPARTMENT),
    "request.transferred": Reading(_("Passed on"), "arrows-exchange", _from_to, _transfer),
    "request.kind_changed": Reading(
        _("Kind changed"),
        "replace",
        said("reason"),
        facts(("before", _("from"), RequestKind), ("kind", _("to"), RequestKind), ("category", _("category"), None)),
    ),
    "request.estimate_changed": Reading(
        _("Estimated end changed"), "calendar-time", _times, facts(("reason", _("reason"), None))
    ),
    "request.quoted": Reading(
        _("Price named"), "receipt-2", facts=facts(("priced_from", _("price since"), None)), permission=VIEW
    ),
    "work.started_without_price": Reading(_("Starts without an agreed price"), "receipt-off", facts=DOER),
    "service_item.added": Reading(_("Service added"), "tag", said("name")),
    "service_item.changed": Reading(_("Service changed"), "tag", said("name")),
    "service_item.priced": Reading(
        _("Price set"),
        "receipt-yuan",
        said("amount"),
        facts(("before", _("before"), None), ("starts_on", _("from"), None), ("project", _("project"), None)),
    ),
    "request.price_settled": Reading(
        _("Final price"),
        "receipt-yuan",
        said("amount"),
        facts(("agreed", _("agreed price"), None), ("reason", _("reason"), None)),
        permission=VIEW,
    ),
    "payment.received": Reading(
        _("Payment received"),
        "cash",
        said("amount"),
        facts(("method", _("received by"), PaymentMethod), ("receipt_no", _("receipt number"), None)),
        permission=VIEW,
    ),
    "payment.taken_back": Reading(
        _("Payment taken back"),
        "cash-off",
        facts=facts(("reason", _("reason"), None), ("receipt_no", _("receipt number"), None)),
        permission=VIEW,
    ),
    "labour_rate.set": Reading(
        _("Labour rate set"),
        "clock-dollar",
        said("amount"),
        facts(("before", _("before"), None), ("starts_on", _("from"), None), ("trade", _("trade"), Trade)),
    ),
    "request.price_corrected": Reading(_("Price"), "receipt-yuan", _price),
    "request.escalated": Reading(
        _("Escalated"),
        "arrow-big-up",
        said("ground", EscalationGround),
        facts(("to", _("to"), None), ("note", _("note"), None)),
    ),
    "request.escalation_settled": Reading(_("Escalation settled"), "arrow-big-down", lambda _details: ""),
    "request.inspected": Reading(_inspected, "zoom-question", tone=_inspection_tone),
    "request.noted": Reading(_noted, "note", tone=_note_tone),
    "request.chased": Reading(_("Customer asked how far it is"), "bell-ringing"),
    "request.urged": Reading(pgettext_lazy("of a colleague", "Urged"), "bell-ringing", said("whom")),
    "complaint.acknowledged": Reading(_("Complaint accepted"), "clipboard-check"),
    "complaint.verifying": Reading(_("Verification begins"), "zoom-question"),
    "complaint.established": Reading(
        _("Facts established"), "zoom-check", said("facts"), facts(("severity", _("severity"), Severity))
    ),
    "relationship.bill_queried": Reading(
        _("Bill doubted: the relationship is at stake"),
        "heart-broken",
        facts=facts(("explainer", _("who explains it"), None)),
    ),
    "complaint_rules.changed": Reading(_("Rules of complaints changed"), "settings", said("rules")),
    "complaint.measures_recorded": Reading(_("Measures"), "tool"),
    "complaint.feedback_given": Reading(_("Customer told the result"), "message-check", said("words"), TOLD),
    "complaint.settled": Reading(_("Follow-up passed"), "circle-check", lambda _details: ""),
    "complaint.improved": Reading(
        _("Improvement"),
        "bulb",
        said("root_cause"),
        facts(("cause", _("cause"), CauseCode), ("item", _("improvement item"), None), ("reason", _("reason"), None)),
        permission=VIEW,
    ),
    "complaint.withdrawn": Reading(_("Complaint withdrawn"), "arrow-back-up"),
    "work.opened": Reading(_("Work order opened"), "clipboard-list", facts=DOER),
    "work.assigned": Reading(_("Work assigned"), "send", _slot, ASSIGNED),
    "work.planned": Reading(_("Time of the job changed"), "calendar-time", _slot, OVERLAP),
    "work.unassigned": Reading(_("Assignment taken back"), "user-x", facts=DOER),
    "work.claimed": Reading(_("Work claimed"), "hand-grab", facts=DOER),
    "work.accepted": Reading(_("Work taken"), "thumb-up", facts=DOER),
    "work.declined": Reading(_("Work declined"), "thumb-down", lambda _details: "", REASON),
    "work.reassigned": Reading(
        _("Work reassigned"),
        "arrows-exchange",
        _from_to,
        facts(
            ("reason", _("reason"), TransferReason),
            ("overlap_reason", _("why at the same time"), None),
            ("trade_reason", _("why a worker of another trade"), None),
        ),
    ),
    "work.set_out": Reading(_("On the way"), "walk", facts=DOER),
    "work.arrived": Reading(_("Arrived"), "map-pin", facts=DOER),
    "work.paused": Reading(_("Paused"), "player-pause", said("reason", PauseReason), _pause),
    "work.resumed": Reading(_("Resumed"), "player-play", facts=DOER),
    "work.completed": Reading(_("Work done"), "checks", said("result"), DOER),
    "work.checked": Reading(
        _("Work checked"), "rosette-discount-check", said("method", CheckMethod), facts(("note", _("note"), None))
    ),
    "work.released": Reading(_("Safety stop released"), "lock-open", said("note")),
    "work.rated": Reading(
        _("Rated at the door"),
        "star",
        said("words"),
        facts(("score", _("score"), None), ("doer", _("doer"), None)),
    ),
    "work.check_failed": Reading(_("Check failed"), "alert-triangle", facts=DOER),
    "work.cancelled": Reading(_("Work cancelled"), "ban", lambda _details: "", REASON),
}


def register() -> None:
    register_kind(
        Kind(
            ServiceRequest,
            "servicedesk:request-show",
            stays_in_place=True,
            is_short=True,
            takes_plans=True,
            related=("project", "category"),
        )
    )
    register_kind(
        Kind(
            WorkOrder,
            "servicedesk:work-order-show",
            stays_in_place=True,
            is_short=True,
            is_linked=False,
            related=("service_request",),
        )
    )
    register_filters(
        Filter("requests", _("requests"), ("request.*", "work.*", "support.*", "clock.*", "payment.*"), order=20),
        Filter("complaints", _("complaints"), ("complaint.*",), order=30),
        Filter("violations", _("violations"), ("violation.*",), order=55),
        Filter("notices", _("notices"), ("request.reported", "complaint.feedback_given"), order=35),
    )
    register_readings({**READINGS, **CLOCK_READINGS})
