"""The three machines of the service desk (domain model 5.3): each is one table of transitions.

A complaint is a request whose machine is COMPLAINT: both share the `state` column and the kind chooses.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import Machine, Transition

# Grows when a table below changes; every request keeps the version under which it was registered.
PROCESS_VERSION = 2

REQUEST = Machine(
    "request",
    initial=["registered"],
    transitions=[
        Transition("accept", ["registered"], "accepted", "servicedesk.accept_request", _("Accept")),
        Transition("start", ["accepted"], "in_progress", "servicedesk.answer_request", _("Start answering")),
        Transition("resolve", ["in_progress"], "resolved", "servicedesk.answer_request", _("Answer"), needs_form=True),
        Transition(
            "report", ["resolved"], "reported", "servicedesk.report_result", _("Tell the result"), needs_form=True
        ),
        Transition("close", ["reported"], "closed", "servicedesk.follow_up", _("Close")),
        Transition("rework", ["resolved", "reported"], "in_progress", "servicedesk.check_work", _("Back to work")),
        Transition("reopen", ["closed"], "in_progress", "servicedesk.reopen_request", _("Reopen"), needs_form=True),
        Transition(
            "cancel",
            ["registered", "accepted", "in_progress"],
            "cancelled",
            "servicedesk.cancel_request",
            _("Cancel the request"),
            needs_form=True,
        ),
        Transition("reject", ["registered"], "rejected", "servicedesk.reject_request", _("Reject"), needs_form=True),
        Transition(
            "merge",
            ["registered", "accepted", "in_progress"],
            "merged",
            "servicedesk.merge_requests",
            pgettext_lazy("of a request", "Merge"),
            needs_form=True,
        ),
        # The undo of a merge (ux.md 1.3): the matter stands again where every matter starts.
        Transition("undo_merge", ["merged"], "registered", "servicedesk.merge_requests", _("Undo the merge")),
        # A complaint that turns out to be another kind of request.
        Transition("change_kind", ["received"], "registered", "servicedesk.accept_request"),
    ],
)

COMPLAINT = Machine(
    "complaint",
    initial=["received"],
    transitions=[
        Transition("acknowledge", ["received"], "accepted", "servicedesk.handle_complaint", _("Acknowledge")),
        Transition("verify", ["accepted"], "verifying", "servicedesk.handle_complaint", _("Start verifying")),
        Transition(
            "establish",
            ["verifying"],
            "handling",
            "servicedesk.handle_complaint",
            _("Establish the facts"),
            needs_form=True,
        ),
        Transition(
            "give_feedback",
            ["handling"],
            "feedback_given",
            "servicedesk.report_result",
            _("Give feedback"),
            needs_form=True,
        ),
        Transition(
            "reach", ["feedback_given"], "following_up", "servicedesk.follow_up", _("Follow up"), needs_form=True
        ),
        Transition("settle", ["following_up"], "improving", "servicedesk.follow_up", _("Settle")),
        Transition("rework", ["following_up"], "handling", "servicedesk.follow_up", _("Back to handling")),
        Transition("close", ["improving"], "closed", "servicedesk.handle_complaint", _("Improve"), needs_form=True),
        Transition("reopen", ["closed"], "handling", "servicedesk.reopen_request", _("Reopen"), needs_form=True),
        Transition(
            "withdraw",
            ["received", "accepted", "verifying", "handling", "feedback_given", "following_up", "improving"],
            "withdrawn",
            "servicedesk.handle_complaint",
            _("Withdraw"),
            needs_form=True,
        ),
        Transition("change_kind", ["registered"], "received", "servicedesk.accept_request"),
    ],
)

WORK = Machine(
    "work_order",
    initial=["open"],
    transitions=[
        Transition("assign", ["open"], "assigned", "servicedesk.dispatch_work", _("Assign"), needs_form=True),
        Transition("claim", ["open"], "accepted", "servicedesk.do_work", _("Claim")),
        Transition("accept", ["assigned"], "accepted", "servicedesk.do_work", _("Take the job")),
        Transition("decline", ["assigned"], "open", "servicedesk.do_work", _("Decline"), needs_form=True),
        # The undo of an assignment, until it is taken.
        Transition("unassign", ["assigned"], "open", "servicedesk.dispatch_work", _("Take back")),
        Transition("set_out", ["accepted"], "en_route", "servicedesk.do_work", _("Set out")),
        Transition("arrive", ["accepted", "en_route"], "on_site", "servicedesk.do_work", _("Arrived")),
        Transition(
            "pause", ["accepted", "en_route", "on_site"], "paused", "servicedesk.do_work", _("Pause"), needs_form=True
        ),
        Transition("resume", ["paused"], "accepted", "servicedesk.do_work", _("Resume")),
        Transition("resume_on_site", ["paused"], "on_site", "servicedesk.do_work", _("Resume on site")),
        Transition("complete", ["on_site"], "done", "servicedesk.do_work", _("Done"), needs_form=True),
        Transition(
            "check", ["done"], "checked", "servicedesk.check_work", pgettext_lazy("of work", "Check"), needs_form=True
        ),
        Transition("fail_check", ["done"], "accepted", "servicedesk.check_work", _("Not accepted"), needs_form=True),
        Transition(
            "reassign",
            ["assigned", "accepted", "en_route", "on_site", "paused"],
            "assigned",
            "servicedesk.dispatch_work",
            _("Reassign"),
            needs_form=True,
        ),
        Transition(
            "cancel",
            ["open", "assigned", "accepted", "en_route", "on_site", "paused"],
            "cancelled",
            "servicedesk.dispatch_work",
            _("Cancel the job"),
            needs_form=True,
        ),
    ],
)
