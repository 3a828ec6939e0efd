"""Everything that can happen at the service desk."""

from gongying.servicedesk.operations.adjustments import ask_adjustment, decide_adjustment
from gongying.servicedesk.operations.calls import dial_customer
from gongying.servicedesk.operations.catalogue import agree_price, order_service, quote_service, save_item, set_price
from gongying.servicedesk.operations.changes import (
    change_estimate,
    change_kind,
    correct_price_agreement,
    transfer_request,
)
from gongying.servicedesk.operations.claims import decide_claim, pay_claim, raise_claim, refuse_claim
from gongying.servicedesk.operations.closing import close_request, reopen_request
from gongying.servicedesk.operations.complaints import (
    acknowledge_complaint,
    establish_facts,
    give_feedback,
    improve_complaint,
    record_measures,
    settle_anonymous_complaint,
    verify_complaint,
)
from gongying.servicedesk.operations.concessions import concede
from gongying.servicedesk.operations.costs import charge_customer, set_labour_rate, take_back_payment
from gongying.servicedesk.operations.doing import (
    arrive,
    check_work,
    complete_work,
    fail_check,
    pause_work,
    resume_work,
    set_out,
)
from gongying.servicedesk.operations.endings import (
    cancel_request,
    merge_requests,
    reject_request,
    undo_merge,
    withdraw_complaint,
)
from gongying.servicedesk.operations.entries import answer_at_once, join_request, promise_answer
from gongying.servicedesk.operations.escalations import escalate_request, settle_escalation
from gongying.servicedesk.operations.faults import (
    announce_fault,
    change_fault,
    end_fault,
    join_fault,
    tell_all_callers,
    tell_caller,
)
from gongying.servicedesk.operations.follow_ups import decide_follow_up, record_follow_up
from gongying.servicedesk.operations.hand_overs import hand_over_requests
from gongying.servicedesk.operations.handling import accept_request, answer_request, report_result, start_answering
from gongying.servicedesk.operations.hotline import (
    decide_objection,
    raise_objection,
    receive_order,
    record_callback,
    record_contact,
)
from gongying.servicedesk.operations.links import link_requests, split_request, undo_split, unlink_requests
from gongying.servicedesk.operations.mistaken_orders import take_back_order
from gongying.servicedesk.operations.order_reminders import remind_of_orders
from gongying.servicedesk.operations.ratings import rate_work
from gongying.servicedesk.operations.registration import register_request
from gongying.servicedesk.operations.safety import release_work
from gongying.servicedesk.operations.samples import draw_samples, inspect_sample
from gongying.servicedesk.operations.slots import plan_work
from gongying.servicedesk.operations.spot import answer_on_the_spot
from gongying.servicedesk.operations.standings import keep_standings
from gongying.servicedesk.operations.support import ask_support, finish_support, withdraw_support
from gongying.servicedesk.operations.sweep import sweep_clocks_later
from gongying.servicedesk.operations.thread import chase_request, note_request
from gongying.servicedesk.operations.urging import urge_request
from gongying.servicedesk.operations.violations import (
    conclude_violation,
    dissuade,
    record_authority_answer,
    report_to_authority,
)
from gongying.servicedesk.operations.waiting import pause_clock, resume_clock
from gongying.servicedesk.operations.work import (
    accept_work,
    assign_work,
    cancel_work,
    claim_work,
    decline_work,
    dispatch_work,
    open_work,
    reassign_work,
    unassign_work,
)

__all__ = [
    "accept_request",
    "accept_work",
    "acknowledge_complaint",
    "agree_price",
    "announce_fault",
    "answer_at_once",
    "answer_on_the_spot",
    "answer_request",
    "arrive",
    "ask_adjustment",
    "ask_support",
    "assign_work",
    "cancel_request",
    "cancel_work",
    "change_estimate",
    "change_fault",
    "change_kind",
    "charge_customer",
    "chase_request",
    "check_work",
    "claim_work",
    "close_request",
    "complete_work",
    "concede",
    "conclude_violation",
    "correct_price_agreement",
    "decide_adjustment",
    "decide_claim",
    "decide_follow_up",
    "decide_objection",
    "decline_work",
    "dial_customer",
    "dispatch_work",
    "dissuade",
    "draw_samples",
    "end_fault",
    "escalate_request",
    "establish_facts",
    "fail_check",
    "finish_support",
    "give_feedback",
    "hand_over_requests",
    "improve_complaint",
    "inspect_sample",
    "join_fault",
    "join_request",
    "keep_standings",
    "link_requests",
    "merge_requests",
    "note_request",
    "open_work",
    "order_service",
    "pause_clock",
    "pause_work",
    "pay_claim",
    "plan_work",
    "promise_answer",
    "quote_service",
    "raise_claim",
    "raise_objection",
    "rate_work",
    "reassign_work",
    "receive_order",
    "record_authority_answer",
    "record_callback",
    "record_contact",
    "record_follow_up",
    "record_measures",
    "refuse_claim",
    "register_request",
    "reject_request",
    "release_work",
    "remind_of_orders",
    "reopen_request",
    "report_result",
    "report_to_authority",
    "resume_clock",
    "resume_work",
    "save_item",
    "set_labour_rate",
    "set_out",
    "set_price",
    "settle_anonymous_complaint",
    "settle_escalation",
    "split_request",
    "start_answering",
    "sweep_clocks_later",
    "take_back_order",
    "take_back_payment",
    "tell_all_callers",
    "tell_caller",
    "transfer_request",
    "unassign_work",
    "undo_merge",
    "undo_split",
    "unlink_requests",
    "urge_request",
    "verify_complaint",
    "withdraw_complaint",
    "withdraw_support",
]
