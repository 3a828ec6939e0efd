"""What a stage must have produced before it is left, as SQL over OLD, NEW and `spell`, the stage that is left.

The operations say the same in words; these conditions hold whoever writes (standards.md 2.10, invariant 14).
"""

from gongying.servicedesk.guards import Step


def _given(table: str, condition: str = "true") -> str:
    return f"EXISTS (SELECT FROM servicedesk_{table} given WHERE given.stage_id = spell.id AND {condition})"


NO_UNFINISHED_WORK = (
    "NOT EXISTS (SELECT FROM servicedesk_workorder work WHERE work.service_request_id = NEW.id"
    " AND work.state NOT IN ('done', 'checked', 'cancelled'))"
)
ALL_WORK_CHECKED = (
    "NOT EXISTS (SELECT FROM servicedesk_workorder work WHERE work.service_request_id = NEW.id"
    " AND work.state NOT IN ('checked', 'cancelled'))"
)
NO_OPEN_SUPPORT = (
    "NOT EXISTS (SELECT FROM servicedesk_supporttask task WHERE task.service_request_id = NEW.id"
    " AND task.done_at IS NULL AND task.withdrawn_at IS NULL)"
)
WORK_DONE_IN_THIS_STAGE = (
    "EXISTS (SELECT FROM servicedesk_workorder work JOIN servicedesk_workstage done ON done.work_order_id = work.id"
    " WHERE work.service_request_id = NEW.id AND done.stage = 'done' AND done.entered_at >= spell.entered_at)"
)
CONTENT = (
    "given.solved AND (given.score >= 4 OR EXISTS (SELECT FROM servicedesk_followupdecision decision"
    " WHERE decision.follow_up_id = given.id AND decision.outcome = 'accepted'))"
)
SAID_TO_BE_SOLVED = _given("followup", CONTENT)
# Three attempts within one hour are not three attempts (scenario A-03): they spread over two days in China.
THREE_ATTEMPTS = (
    "(SELECT count(*) >= 3 AND count(DISTINCT (given.at AT TIME ZONE 'Asia/Shanghai')::date) >= 2"
    " FROM servicedesk_followup given WHERE given.stage_id = spell.id AND NOT given.reached)"
)
NOT_CONTENT = (
    _given("followup", "given.reached AND (NOT given.solved OR given.score <= 2)")
    + " OR "
    + _given("followupdecision", "given.outcome = 'sent_back'")
)
REWORK_COUNTED = "NEW.rework_count = OLD.rework_count + 1"

# A violation ends as it was said to end, and what is said has its proof (E-025).
OF_OTHER_KIND = "NEW.kind <> 'violation'"
UNFOUNDED = _given("conclusion", "given.outcome = 'unfounded'")
HEEDED = _given("conclusion", "given.outcome = 'heeded'")
DISSUADED = "EXISTS (SELECT FROM servicedesk_dissuasion talk WHERE talk.service_request_id = NEW.id)"
LAST_DISSUASION_HEEDED = (
    "(SELECT talk.heeded FROM servicedesk_dissuasion talk WHERE talk.service_request_id = NEW.id"
    " ORDER BY talk.at DESC, talk.id DESC LIMIT 1)"
)
ENFORCED = _given("conclusion", "given.outcome = 'enforced'")
ANSWERED = (
    "EXISTS (SELECT FROM servicedesk_authorityanswer reply JOIN servicedesk_authorityreport told"
    " ON told.id = reply.report_id WHERE told.service_request_id = NEW.id)"
)
REPORTED = "EXISTS (SELECT FROM servicedesk_authorityreport told WHERE told.service_request_id = NEW.id)"
END_OF_VIOLATION = {
    "an end of the violation": f"{OF_OTHER_KIND} OR {_given('conclusion')}",
    "a dissuasion": f"{OF_OTHER_KIND} OR {UNFOUNDED} OR {DISSUADED}",
    "a dissuasion that was heeded": f"{OF_OTHER_KIND} OR NOT {HEEDED} OR {LAST_DISSUASION_HEEDED}",
    "a report to the authority": f"{OF_OTHER_KIND} OR {HEEDED} OR {UNFOUNDED} OR {REPORTED}",
    "an answer of the authority": f"{OF_OTHER_KIND} OR NOT {ENFORCED} OR {ANSWERED}",
}

REQUEST_CONDITIONS: dict[Step, dict[str, str]] = {
    ("in_progress", "resolved"): {
        **END_OF_VIOLATION,
        "finished work": NO_UNFINISHED_WORK,
        "an end of the support": NO_OPEN_SUPPORT,
        "an answer or work done": f"{_given('answer')} OR {WORK_DONE_IN_THIS_STAGE}",
    },
    ("resolved", "reported"): {"a notice to the customer": _given("resultnotice")},
    ("reported", "closed"): {
        "a closure": _given("closure"),
        "a follow-up": f"NOT NEW.needs_follow_up OR NEW.is_anonymous OR {SAID_TO_BE_SOLVED} OR {THREE_ATTEMPTS}",
        "a check of the work": ALL_WORK_CHECKED,
    },
    ("reported", "in_progress"): {"a count of the rework": REWORK_COUNTED},
    ("resolved", "in_progress"): {"a count of the rework": REWORK_COUNTED},
    ("closed", "in_progress"): {"a reopening": _given("reopening")},
    ("", "cancelled"): {
        "a cancellation": _given("cancellation"),
        "an end of the work": NO_UNFINISHED_WORK,
        "an end of the support": NO_OPEN_SUPPORT,
    },
    ("", "rejected"): {"an explanation": _given("rejection")},
    ("", "merged"): {
        "the other request": _given("merge"),
        "an end of the work": NO_UNFINISHED_WORK,
        "an end of the support": NO_OPEN_SUPPORT,
    },
    ("received", "registered"): {"a change of kind": "NEW.kind <> OLD.kind"},
}

DETAILS = "SELECT FROM servicedesk_complaintdetails details WHERE details.service_request_id = NEW.id"

COMPLAINT_CONDITIONS: dict[Step, dict[str, str]] = {
    ("verifying", "handling"): {
        "a finding": f"EXISTS ({DETAILS} AND details.is_attributable IS NOT NULL AND details.severity <> ''"
        " AND details.facts <> '')"
    },
    ("handling", "feedback_given"): {
        "a notice to the customer": _given("resultnotice"),
        "finished work": NO_UNFINISHED_WORK,
        "an end of the support": NO_OPEN_SUPPORT,
    },
    ("following_up", "improving"): {
        "an outcome of the follow-up": f"NEW.is_anonymous OR {SAID_TO_BE_SOLVED} OR {THREE_ATTEMPTS}"
    },
    ("following_up", "handling"): {
        "a follow-up that asks for it": NOT_CONTENT,
        "a count of the rework": REWORK_COUNTED,
    },
    ("improving", "closed"): {
        "a closure": _given("closure"),
        "a root cause": f"EXISTS ({DETAILS} AND details.root_cause <> '' AND details.cause_code <> ''"
        " AND (details.improvement_item_id IS NOT NULL OR details.no_improvement_reason <> ''))",
        "a feedback": "EXISTS (SELECT FROM servicedesk_resultnotice notice WHERE notice.service_request_id = NEW.id)",
        "a follow-up": "NEW.is_anonymous"
        " OR EXISTS (SELECT FROM servicedesk_followup attempt WHERE attempt.service_request_id = NEW.id)",
        "a check of the work": ALL_WORK_CHECKED,
    },
    ("closed", "handling"): {"a reopening": _given("reopening")},
    ("", "withdrawn"): {
        "a confirmed withdrawal": _given("withdrawal"),
        "an end of the work": NO_UNFINISHED_WORK,
        "an end of the support": NO_OPEN_SUPPORT,
    },
    ("registered", "received"): {"a change of kind": "NEW.kind <> OLD.kind"},
}

# After a stop for safety nobody goes on, not a colleague either, before the lead has looked.
LAST_PAUSE = (
    "(SELECT pause.reason FROM servicedesk_workpause pause WHERE pause.work_order_id = NEW.id"
    " ORDER BY pause.id DESC LIMIT 1)"
)
RELEASED = f"{LAST_PAUSE} IS DISTINCT FROM 'safety' OR {_given('stoprelease')}"
# What the owner pays starts when she agreed to the price, or somebody said why it starts all the same (E-047).
PRICE_AGREED = (
    "NOT EXISTS (SELECT FROM servicedesk_servicerequest payable WHERE payable.id = NEW.service_request_id"
    " AND payable.payer = 'owner' AND NOT payable.price_agreed)"
    " OR EXISTS (SELECT FROM servicedesk_startwithoutprice start WHERE start.work_order_id = NEW.id)"
)

WORK_CONDITIONS: dict[Step, dict[str, str]] = {
    ("open", "assigned"): {"an assignment": _given("assignment")},
    ("assigned", "open"): {"a reason": _given("assignment", "given.reason <> ''")},
    ("", "paused"): {"a reason": _given("workpause")},
    **{(state, "on_site"): {"an agreed price": PRICE_AGREED} for state in ("accepted", "en_route")},
    ("on_site", "done"): {"a completion": _given("workcompletion")},
    ("done", "checked"): {"a passed check": _given("workcheck", "given.passed")},
    ("done", "accepted"): {"a failed check": _given("workcheck", "NOT given.passed")},
    # Handing a job to somebody else keeps the reason.
    **{
        (state, "assigned"): {"a reason": _given("assignment", "given.reason <> ''")}
        for state in ("accepted", "en_route", "on_site")
    },
    ("paused", "assigned"): {
        "a reason": _given("assignment", "given.reason <> ''"),
        "a release after a safety stop": RELEASED,
    },
    ("paused", "accepted"): {"a release after a safety stop": RELEASED},
    ("paused", "on_site"): {"a release after a safety stop": RELEASED},
    ("", "cancelled"): {"a reason": "NEW.cancel_reason <> ''"},
}
