from collections.abc import Callable

from gongying.accounts.models import User
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory
from tests.prices import AGREED_AS_SENT
from tests.structure.lines.servicedesk import a_request
from tests.structure.url_matrix import Line, Sample, api

VIEW = "servicedesk.view_requests"
NOTE = "servicedesk.note_request"
DO = "servicedesk.do_work"
BULK = "servicedesk.bulk_change"
SHARE = "servicedesk.share_views"
FIRMS = "servicedesk.manage_firms"
MANAGE = "servicedesk.manage_categories"
REQUEST = {"request_id": "request"}
WORK = {"work_order_id": "work_order"}
LATER = "2199-01-01T00:00:00+08:00"
REASON = {"reason": "x"}
PLAN = {"outside_firm": "电梯公司"}

# What a step is sent, and who may take it. Most are impossible for a new request: 409 says that the permission was there.
OF_REQUESTS = {
    "acceptance": ("accept_request", {}),
    "start": ("answer_request", {}),
    "answer": ("answer_request", {"text": "x"}),
    "result-notice": ("report_result", {"channel": "phone", "words": "x"}),
    "closure": ("follow_up", {}),
    "reopening": ("reopen_request", REASON),
    "cancellation": ("cancel_request", {"asked_by": "x", **REASON}),
    "rejection": ("reject_request", {"explanation": "x"}),
    "merge-undo": ("merge_requests", {}),
    "dispatch": ("dispatch_work", PLAN),
    "further-work": ("dispatch_work", {}),
    "on-the-spot-answer": ("answer_request", {"text": "x"}),
    "measures": ("handle_complaint", {"text": "x"}),
    "anonymous-settlement": ("follow_up", {}),
    "follow-ups": ("follow_up", {"reached": False}),
    "follow-up-decision": ("decide_follow_up", {"outcome": "accepted", **REASON}),
    "help-call": ("note_request", {"note": "x"}),
    "chasers": ("note_request", {"channel": "phone"}),
    "urgings": ("note_request", {}),
    "estimate": ("note_request", {"estimated_end": LATER, **REASON}),
    "price-agreement": ("note_request", AGREED_AS_SENT),
    "clock-pause": ("answer_request", {"reason": "parts"}),
    "clock-resumption": ("answer_request", {}),
    "due-time-wish": ("answer_request", {"new_due": LATER, **REASON}),
    "due-time-decision": ("adjust_clocks", {"outcome": "approved"}),
    "charge": ("receive_payment", {"price": "1.00"}),
    "kind-change": ("accept_request", {"to": "service", **REASON}),
}
# A repair has no such step: 409 for whoever sees it.
OF_COMPLAINTS = {
    "acknowledgement": {},
    "verification": {},
    "facts": {"facts": "x", "severity": "minor", "is_attributable": True},
    "feedback": {"channel": "phone", "words": "x"},
    "improvement": {"cause_code": "facility", "root_cause": "x", "no_improvement_reason": "x"},
    "withdrawal": {"confirmed_with": "x", **REASON},
}
OF_WORK = {
    "assignment": ("dispatch_work", PLAN),
    "assignment-undo": ("dispatch_work", {}),
    "planned-time": (
        "dispatch_work",
        {"planned_from": "2199-01-01T08:00:00+08:00", "planned_to": "2199-01-01T09:00:00+08:00"},
    ),
    "claim": ("do_work", {}),
    "acceptance": ("do_work", {}),
    "refusal": ("do_work", REASON),
    "departure": ("do_work", {}),
    "price-agreement": ("do_work", {"agreed": True, "agreed_amount": "80.00"}),
    "arrival": ("do_work", {}),
    "pause": ("do_work", {"reason": "parts"}),
    "resumption": ("do_work", {}),
    "resumption-on-site": ("do_work", {}),
    "completion": ("do_work", {"missing_reason": "x"}),
    "check": ("check_work", {"method": "staff"}),
    "charge": ("do_work", {"price": "1.00"}),
    "release": ("dispatch_work", {"note": "x"}),
    "help-call": ("do_work", {"note": "x"}),
    "failed-check": ("check_work", REASON),
    "reassignment": ("dispatch_work", {**PLAN, **REASON}),
    "cancellation": ("dispatch_work", REASON),
}


def a_firm_body(sample: Sample) -> dict[str, object]:
    return {"name": "新电梯公司", "project_ids": [sample.unit.project_id]}


def a_matter(sample: Sample) -> dict[str, object]:
    category = ServiceCategory.objects.get(code="common-lift-fault")
    return {
        "kind": "repair",
        "category_id": category.pk,
        "text": "电梯异响",
        "channel": "phone",
        "unit_id": sample.unit.pk,
    }


def a_rule_body(sample: Sample) -> dict[str, object]:
    rule = ResponsibilityRule.objects.earliest("pk")
    category = ServiceCategory.objects.get(code="common-lift-fault").pk
    return {"category_id": category, "department_id": rule.department_id, "project_id": sample.unit.project_id}


def marked(body: dict[str, object]) -> Callable[[Sample], dict[str, object]]:
    return lambda sample: {"request_ids": [a_request(sample).pk], **body}


def marked_for_somebody(sample: Sample) -> dict[str, object]:
    return marked({"to_id": sample.user.pk, "reason": "leave"})(sample)


def step(path: str, permission: str, data: dict[str, object], **arguments: str) -> Line:
    """Who may but does not see what she has nothing to do with gets 404: workers, guards, cleaners."""
    allowed = (200, 404, 409)
    return api(f"POST {path}", needs=f"servicedesk.{permission}", data=data, allowed=allowed, reason="", **arguments)


def hand_over(_sample: Sample) -> dict[str, object]:
    """From somebody who left nothing behind: 409 says that the permission was there."""
    users = User.objects.filter(staff__isnull=False).order_by("pk")
    return {"from_id": users[0].pk, "to_id": users[1].pk, "reason": "territory"}


CATALOGUE = "servicedesk.manage_catalogue"
TIMES = "servicedesk.manage_service_times"
PROMISE = {"source": "合同", "targets": [{"metric": "resolution", "amount": 2, "unit": "working_days"}]}

LINES = [
    api("GET /territories/{territory_id}/left-behind", territory_id="territory", needs=BULK, place=False),
    api(
        "POST /territories/{territory_id}/hand-overs",
        territory_id="territory",
        needs=BULK,
        data=hand_over,
        place=False,
        allowed=(403, 409),
        reason="it needs the permission to pass on, too; nothing is left here",
    ),
    api("GET /requests"),
    api("POST /requests", needs="servicedesk.register_request", data=a_matter, allowed=(201,)),
    api("GET /requests/{request_id}", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/clocks", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/stages", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/dispatch-slip", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/stage-report", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/incident-report", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/complaint-form", request_id="complaint", needs=VIEW),
    api("GET /service-times", reason="everybody reads what is promised in her projects"),
    api("POST /service-times", needs=TIMES),
    api("GET /service-times/holding", reason="everybody reads what is promised in her projects", allowed=(422,)),
    api("POST /service-times/outlook", needs=TIMES),
    api("GET /service-times/{policy_id}", policy_id="policy"),
    api("GET /service-times/{policy_id}/versions", policy_id="policy"),
    api("POST /service-times/{policy_id}/versions", policy_id="policy", needs=TIMES, data=PROMISE, allowed=(201,)),
    api("DELETE /service-times/{policy_id}", policy_id="policy", needs=TIMES, allowed=(200,)),
    api("GET /escalation-ladders", reason="everybody reads what is promised in her projects"),
    api("POST /escalation-ladders", needs=TIMES),
    api("GET /escalation-ladders/{ladder_id}", ladder_id="ladder"),
    api("GET /escalation-ladders/{ladder_id}/versions", ladder_id="ladder"),
    api(
        "POST /escalation-ladders/{ladder_id}/versions",
        ladder_id="ladder",
        needs=TIMES,
        data={"steps": [{"percent": 100, "to": "supervisor"}]},
        allowed=(201,),
    ),
    api("DELETE /escalation-ladders/{ladder_id}", ladder_id="ladder", needs=TIMES, allowed=(200,)),
    api("GET /longest-pauses", reason="everybody reads what is promised in her projects"),
    api("PUT /longest-pauses", needs=TIMES),
    api("GET /category-rules", reason="everybody reads what is asked of jobs in her projects"),
    api("POST /category-rules", needs=MANAGE),
    api("GET /category-rules/{rules_id}", rules_id="category_rules"),
    api("GET /category-rules/{rules_id}/versions", rules_id="category_rules"),
    api("POST /category-rules/{rules_id}/versions", rules_id="category_rules", needs=MANAGE, data={}, allowed=(201,)),
    api("DELETE /category-rules/{rules_id}", rules_id="category_rules", needs=MANAGE, allowed=(200,)),
    api("GET /services", needs=VIEW),
    api("POST /services", needs=CATALOGUE),
    api("GET /services/{service_id}", service_id="service", needs=VIEW, place=False),
    api(
        "PATCH /services/{service_id}",
        service_id="service",
        needs=CATALOGUE,
        data={"version": 1, "name": "开门"},
        place=False,
    ),
    api("GET /services/{service_id}/prices", service_id="service", needs=VIEW, place=False),
    api("POST /services/{service_id}/prices", service_id="service", needs=CATALOGUE, place=False),
    api("GET /requests/{request_id}/settlement", needs=VIEW, **REQUEST),
    api(
        "POST /payments/{payment_id}/reversal",
        payment_id="payment",
        needs="servicedesk.receive_payment",
        seen_with=VIEW,
        data=REASON,
        allowed=(201,),
    ),
    api("GET /labour-rates", needs=VIEW),
    api("POST /labour-rates", needs=CATALOGUE),
    api("GET /requests/{request_id}/quotes", needs=VIEW, **REQUEST),
    api("POST /requests/{request_id}/quotes", needs=NOTE, **REQUEST),
    api("GET /requests/{request_id}/concessions", needs=VIEW, **REQUEST),
    api(
        "POST /requests/{request_id}/concessions",
        needs="servicedesk.concede",
        data={"subject": "goodwill", "amount": "150.00", "reason": "x"},
        allowed=(201,),
        **REQUEST,
    ),
    api("GET /claims", needs="servicedesk.concede"),
    api(
        "POST /requests/{request_id}/claims",
        needs="servicedesk.concede",
        data={"ground": "damage", "amount": "150.00", "reason": "x"},
        allowed=(201,),
        **REQUEST,
    ),
    api("GET /requests/{request_id}/notes", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/attachments", needs=VIEW, **REQUEST),
    api("GET /requests/{request_id}/work-orders", needs=VIEW, **REQUEST),
    api("POST /requests/{request_id}/notes", needs=NOTE, data={"text": "x"}, allowed=(201, 404), **REQUEST),
    api("POST /requests/{request_id}/attachments", needs=NOTE, allowed=(404, 415), **REQUEST),
    *(
        step(f"/requests/{{request_id}}/{noun}", permission, data, **REQUEST)
        for noun, (permission, data) in OF_REQUESTS.items()
    ),
    *(
        api(f"POST /requests/{{request_id}}/{noun}", needs=VIEW, data=data, allowed=(409,), **REQUEST)
        for noun, data in OF_COMPLAINTS.items()
    ),
    api(
        "POST /requests/{request_id}/merge",
        needs="servicedesk.merge_requests",
        data=lambda sample: {"into_id": sample.get("request").pk},
        allowed=(409,),
        **REQUEST,
    ),
    api(
        "POST /requests/{request_id}/transfer",
        needs="servicedesk.transfer_request",
        data=lambda sample: {"to_id": sample.user.pk, "reason": "leave"},
        allowed=(200, 409),
        **REQUEST,
    ),
    api("GET /work-orders"),
    api("GET /work-orders/{work_order_id}", needs=(VIEW, DO), allowed=(200, 404), **WORK),
    *(
        step(f"/work-orders/{{work_order_id}}/{noun}", permission, data, **WORK)
        for noun, (permission, data) in OF_WORK.items()
    ),
    api("GET /work-orders/{work_order_id}/candidates", needs="servicedesk.dispatch_work", **WORK),
    api("GET /projects/{project_id}/dispatch-board", project_id="project", needs="servicedesk.dispatch_work"),
    api("GET /outside-firms", needs=FIRMS),
    api("POST /outside-firms", needs=FIRMS, data=a_firm_body, allowed=(201,)),
    api("GET /outside-firms/{firm_id}", firm_id="firm", needs=FIRMS),
    api(
        "PATCH /outside-firms/{firm_id}",
        firm_id="firm",
        needs=FIRMS,
        data=lambda sample: {"version": 1, "project_ids": [sample.unit.project_id]},
    ),
    api("GET /work-orders/{work_order_id}/rating", needs=(VIEW, DO), allowed=(404,), **WORK),
    api("GET /categories"),
    api("GET /categories/{category_id}", category_id="category", place=False),
    api("POST /categories", needs=MANAGE, data={"code": "new-matter", "name": "新类别"}, allowed=(201,)),
    api("PATCH /categories/{category_id}", category_id="category", needs=MANAGE, data={"version": 1}, place=False),
    api("GET /complaint-rules", needs=MANAGE),
    api("PATCH /complaint-rules", needs=MANAGE, data={"version": 1, "pattern_days": 60}, allowed=(200, 409)),
    api("GET /responsibility-rules", needs=MANAGE),
    api("POST /responsibility-rules", needs=MANAGE, data=a_rule_body, allowed=(201,)),
    api("GET /responsibility-rules/{rule_id}", rule_id="rule", needs=MANAGE, place=False),
    api(
        "PATCH /responsibility-rules/{rule_id}",
        rule_id="rule",
        needs=MANAGE,
        data=lambda sample: {"version": 1, "project_id": sample.unit.project_id},
        place=False,
    ),
    api("DELETE /responsibility-rules/{rule_id}", rule_id="rule", needs=MANAGE, data={}, place=False, allowed=(204,)),
    api("POST /requests/bulk-dispatch", needs="servicedesk.bulk_change", data=marked(PLAN), allowed=(200, 403, 409)),
    api("POST /requests/bulk-transfer", needs="servicedesk.bulk_change", data=marked_for_somebody, allowed=(200, 409)),
    api("GET /saved-views"),
    api(
        "POST /saved-views",
        needs=VIEW,
        data={"name": "x", "query": {"urgency": ["urgent"]}},
        allowed=(201,),
    ),
    api(
        "PUT /saved-views/{view_id}/sharing",
        view_id="view",
        needs=SHARE,
        place=False,
        data={"shared_with": "everybody"},
        allowed=(200, 409),
        reason="only its owner shares a view",
    ),
    api("DELETE /saved-views/{view_id}/sharing", view_id="view", needs=SHARE, place=False, data={}, allowed=(204,)),
    api("DELETE /saved-views/{view_id}", view_id="view", needs=SHARE, place=False, data={}, allowed=(204,)),
]
