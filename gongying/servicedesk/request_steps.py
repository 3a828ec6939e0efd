"""The buttons of requests and complaints: which step asks for what, and which operation takes it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.errors import Refused
from gongying.servicedesk import operations as do
from gongying.servicedesk.concessions import outcome_in_words
from gongying.servicedesk.enums import ENDED_UNDONE, Payer, WorkState
from gongying.servicedesk.forms import planning
from gongying.servicedesk.forms import steps as forms
from gongying.servicedesk.forms.catalogue import QuoteForm
from gongying.servicedesk.forms.claims import ClaimForm
from gongying.servicedesk.forms.complaints import FactsForm
from gongying.servicedesk.forms.concessions import ConcessionForm
from gongying.servicedesk.forms.costs import ChargeForm
from gongying.servicedesk.forms.price_agreements import PriceForm
from gongying.servicedesk.models import FollowUp, ServiceRequest, Urging
from gongying.servicedesk.operations.changes import KIND_STATES
from gongying.servicedesk.operations.follow_ups import STATES_TO_FOLLOW_UP
from gongying.servicedesk.operations.work import STATES_WITH_WORK
from gongying.servicedesk.rules import RECEIVE_PAYMENT
from gongying.servicedesk.step import Step


def lukewarm_follow_up(service_request: ServiceRequest) -> FollowUp | None:
    """The answer that waits for the supervisor's decision, if any."""
    if service_request.state not in ("reported", "following_up") or not service_request.may_have("follow_ups"):
        return None
    last = service_request.followups.select_related("decision", "stage").last()
    waits = last is not None and last.is_lukewarm and last.stage.left_at is None and not hasattr(last, "decision")
    return last if waits else None


def _decide(service_request: ServiceRequest, **given: Any) -> Any:
    follow_up = lukewarm_follow_up(service_request)
    if follow_up is None:
        raise Refused(_("There is nothing to decide about this follow-up."))
    return do.decide_follow_up(follow_up, **given)


def _ask_for_help(service_request: ServiceRequest, **given: Any) -> Any:
    return do.escalate_request(service_request, ground="asked", **given)


def _who_was_urged(urging: Urging) -> str:
    return _("Urged: %(whom)s and the supervisor know that it is waited for.") % {"whom": urging.whom}


def _can_dispatch(service_request: ServiceRequest) -> bool:
    if service_request.state not in STATES_WITH_WORK:
        return False
    unfinished = service_request.unfinished_work
    return not unfinished or any(work.state == WorkState.OPEN for work in unfinished)


MERGE = Step(
    "merge",
    pgettext_lazy("of a request", "Merge"),
    "servicedesk.merge_requests",
    do.merge_requests,
    _("Merged."),
    forms.MergeForm,
    "git-merge",
    undo="undo_merge",
)

REQUEST_STEPS = (
    Step("accept", _("Accept"), "servicedesk.accept_request", do.accept_request, _("Accepted."), icon="check"),
    Step("start", _("Start answering"), "servicedesk.answer_request", do.start_answering, _("Begun.")),
    Step(
        "resolve",
        _("Answer"),
        "servicedesk.answer_request",
        do.answer_request,
        _("The result is written down."),
        forms.AnswerForm,
        "message-check",
        lambda case: case.state == "in_progress" and not case.is_violation,
    ),
    Step(
        "report",
        _("Tell the result"),
        "servicedesk.report_result",
        do.report_result,
        _("The notice is written down."),
        forms.NoticeForm,
        "phone-outgoing",
    ),
    Step("close", _("Close"), "servicedesk.follow_up", do.close_request, _("Closed."), icon="lock"),
    Step(
        "reopen",
        _("Reopen"),
        "servicedesk.reopen_request",
        do.reopen_request,
        _("Open again."),
        forms.ReasonForm,
        "lock-open",
    ),
    Step(
        "cancel",
        _("Cancel the request"),
        "servicedesk.cancel_request",
        do.cancel_request,
        _("Cancelled."),
        forms.CancelForm,
        "x",
    ),
    Step(
        "reject",
        _("Reject"),
        "servicedesk.reject_request",
        do.reject_request,
        _("Rejected."),
        forms.RejectForm,
        "ban",
    ),
    MERGE,
    Step("undo_merge", _("Undo the merge"), "servicedesk.merge_requests", do.undo_merge, _("It stands alone again.")),
)

COMPLAINT_STEPS = (
    Step(
        "acknowledge",
        _("Acknowledge"),
        "servicedesk.handle_complaint",
        do.acknowledge_complaint,
        _("Acknowledged."),
        icon="check",
    ),
    Step(
        "verify",
        _("Start verifying"),
        "servicedesk.handle_complaint",
        do.verify_complaint,
        _("The verification has begun."),
        icon="search",
    ),
    Step(
        "establish",
        _("Establish the facts"),
        "servicedesk.handle_complaint",
        do.establish_facts,
        _("The facts are written down."),
        FactsForm,
        "clipboard-check",
    ),
    Step(
        "give_feedback",
        _("Give feedback"),
        "servicedesk.report_result",
        do.give_feedback,
        _("The notice is written down."),
        forms.FeedbackForm,
        "phone-outgoing",
    ),
    Step(
        "close",
        _("Improve"),
        "servicedesk.handle_complaint",
        do.improve_complaint,
        _("The complaint is closed."),
        forms.ImproveForm,
        "bulb",
    ),
    Step(
        "reopen",
        _("Reopen"),
        "servicedesk.reopen_request",
        do.reopen_request,
        _("Open again."),
        forms.ReasonForm,
        "lock-open",
    ),
    Step(
        "withdraw",
        _("Withdraw"),
        "servicedesk.handle_complaint",
        do.withdraw_complaint,
        _("Withdrawn."),
        forms.WithdrawForm,
        "arrow-back",
    ),
)

# Beside the machine's own steps.
FURTHER_STEPS = (
    Step(
        "dispatch",
        _("Dispatch"),
        "servicedesk.dispatch_work",
        do.dispatch_work,
        _("Dispatched."),
        planning.PlanForm,
        "user-check",
        lambda case: case.state == "registered" or _can_dispatch(case),
    ),
    Step(
        "open_work",
        _("Order further work"),
        "servicedesk.dispatch_work",
        do.open_work,
        _("The job waits for a doer."),
        forms.OpenWorkForm,
        "plus",
        lambda case: case.state in STATES_WITH_WORK,
    ),
    Step(
        "on_the_spot",
        _("Answered on the spot"),
        "servicedesk.answer_request",
        do.answer_on_the_spot,
        _("Answered; all stages are written down."),
        forms.OnTheSpotForm,
        "bolt",
        lambda case: case.state in ("registered", "accepted") and not case.is_complaint and not case.is_violation,
        takes_version=False,
    ),
    Step(
        "measures",
        _("Write down measures"),
        "servicedesk.handle_complaint",
        do.record_measures,
        _("Written down."),
        forms.AnswerForm,
        "list-check",
        lambda case: case.is_complaint and case.state == "handling",
        takes_version=False,
    ),
    Step(
        "follow_up",
        _("Follow up"),
        "servicedesk.follow_up",
        do.record_follow_up,
        _("The follow-up is written down."),
        forms.FollowUpForm,
        "phone-check",
        lambda case: case.state in STATES_TO_FOLLOW_UP,
    ),
    Step(
        "chase",
        _("Customer asks how far it is"),
        "servicedesk.note_request",
        do.chase_request,
        _("Noted; owner and doer are told."),
        forms.ChaseForm,
        "phone-incoming",
        lambda case: case.is_open,
        takes_version=False,
        hint=_("The customer asks: noted as a touch, who answers for it and who works on it are told"),
    ),
    Step(
        "settle",
        _("Nobody can be asked"),
        "servicedesk.follow_up",
        do.settle_anonymous_complaint,
        _("On to improvement."),
        None,
        "user-off",
        lambda case: case.is_complaint and case.is_anonymous and case.state in ("feedback_given", "following_up"),
        takes_version=False,
    ),
    Step(
        "decide",
        _("Decide about the follow-up"),
        "servicedesk.decide_follow_up",
        _decide,
        _("Decided."),
        forms.DecisionForm,
        "gavel",
        lambda case: lukewarm_follow_up(case) is not None,
        takes_version=False,
    ),
    Step(
        "transfer",
        _("Pass on"),
        "servicedesk.transfer_request",
        do.transfer_request,
        _("Passed on."),
        forms.TransferForm,
        "arrows-exchange",
        lambda case: case.is_open,
    ),
    Step(
        "help",
        _("Ask for help"),
        "servicedesk.note_request",
        _ask_for_help,
        _("The supervisor is called."),
        forms.HelpForm,
        "lifebuoy",
        lambda case: case.is_open,
        takes_version=False,
    ),
    Step(
        "urge",
        pgettext_lazy("of a colleague", "Urge"),
        "servicedesk.note_request",
        do.urge_request,
        "",
        None,
        "bell-ringing",
        lambda case: case.is_open,
        takes_version=False,
        said_of=_who_was_urged,
        hint=_("You urge: who has it and the supervisor are told; nothing is noted of the customer"),
    ),
    Step(
        "estimate",
        _("Change the estimated end"),
        "servicedesk.note_request",
        do.change_estimate,
        _("The estimate is changed."),
        forms.EstimateForm,
        "calendar-time",
        lambda case: case.is_open,
    ),
    Step(
        "price",
        _("Correct the price agreement"),
        "servicedesk.note_request",
        do.correct_price_agreement,
        _("Written down."),
        PriceForm,
        "receipt-yuan",
        lambda case: case.is_open and case.payer == Payer.OWNER,
    ),
    Step(
        "concede",
        _("Goodwill or compensation"),
        "servicedesk.concede",
        do.concede,
        _("Granted."),
        ConcessionForm,
        "gift",
        lambda case: case.takes_grants,
        takes_version=False,
        said_of=outcome_in_words,
    ),
    Step(
        "claim",
        _("Claim for compensation"),
        "servicedesk.concede",
        do.raise_claim,
        _("The claim is entered."),
        ClaimForm,
        "coin",
        lambda case: case.takes_grants,
        takes_version=False,
    ),
    Step(
        "quote",
        _("Quote from the price list"),
        "servicedesk.note_request",
        do.quote_service,
        _("The price of today is written down."),
        QuoteForm,
        "receipt-2",
        lambda case: case.is_open and not case.is_complaint,
    ),
    Step(
        "charge",
        _("Price and payment"),
        RECEIVE_PAYMENT,
        do.charge_customer,
        _("Written down."),
        ChargeForm,
        "cash",
        lambda case: case.payer == Payer.OWNER and case.state not in ENDED_UNDONE,
        takes_version=False,
    ),
    Step(
        "kind",
        _("Change the kind"),
        "servicedesk.accept_request",
        do.change_kind,
        _("The kind is changed."),
        forms.KindForm,
        "transform",
        lambda case: case.state in KIND_STATES,
    ),
)
