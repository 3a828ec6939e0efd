from decimal import Decimal

from gongying.servicedesk import operations as do
from gongying.servicedesk.models import (
    CategoryRules,
    EscalationLadder,
    OutsideFirm,
    Payment,
    ResponsibilityRule,
    SavedView,
    ServiceCategory,
    ServiceItem,
    ServiceRequest,
    ServiceTimePolicy,
    WorkOrder,
)
from gongying.servicedesk.operations import register_request
from tests.structure.url_matrix import Sample, action, page


def a_request(sample: Sample) -> ServiceRequest:
    return register_request(
        by=sample.user,
        kind="repair",
        category=ServiceCategory.objects.get(code="common-lift-fault"),
        text="电梯异响",
        channel="phone",
        unit=sample.unit,
        party=sample.party,
    )


def a_complaint(sample: Sample) -> ServiceRequest:
    return register_request(
        by=sample.user,
        kind="complaint",
        category=ServiceCategory.objects.get(code="service-attitude-guard"),
        text="保安态度恶劣",
        channel="phone",
        unit=sample.unit,
        party=sample.party,
    )


def a_work_order(sample: Sample) -> WorkOrder:
    return do.accept_request(a_request(sample), by=sample.user).work_orders.get()


def a_job_of_any_trade(sample: Sample) -> WorkOrder:
    """Every worker of its place sees it."""
    work_order = a_work_order(sample)
    WorkOrder.objects.filter(pk=work_order.pk).update(trade="")
    return work_order


def a_view(sample: Sample) -> SavedView:
    return SavedView.objects.create(owner=sample.user, name="急修", query={"urgency": ["urgent"]}, is_shared=True)


def a_firm(sample: Sample) -> OutsideFirm:
    firm = OutsideFirm.objects.create(name=f"电梯公司 {sample.unit}", trades=["lift"])
    firm.projects.add(sample.unit.project)
    return firm


def a_category(_sample: Sample) -> ServiceCategory:
    return ServiceCategory.objects.get(code="common-lift-fault")


def a_rule(_sample: Sample) -> ResponsibilityRule:
    return ResponsibilityRule.objects.earliest("pk")


def a_service(_sample: Sample) -> ServiceItem:
    return ServiceItem.objects.create(code="lock", name="开锁", category=a_category(_sample), measure="次")


def a_policy(sample: Sample) -> ServiceTimePolicy:
    """Of the sample's own project."""
    fields = {"project": sample.unit.project, "kind": "repair", "source": f"合同 {sample.unit.project}"}
    policy = ServiceTimePolicy.objects.create(**fields)
    policy.target_rows.create(metric="resolution", amount=3, unit="working_days")
    return policy


def some_rules(sample: Sample) -> CategoryRules:
    """Of the sample's own project."""
    return CategoryRules.objects.create(
        project=sample.unit.project, category=a_category(sample), check_list=[f"{sample.unit.project}机房上锁"]
    )


def a_ladder(sample: Sample) -> EscalationLadder:
    return EscalationLadder.objects.create(project=sample.unit.project, steps=[{"percent": 100, "to": "supervisor"}])


def a_payment(sample: Sample) -> Payment:
    """Of a matter that the owner pays."""
    request = a_request(sample)
    ServiceRequest.objects.filter(pk=request.pk).update(payer="owner")
    do.charge_customer(
        request, by=sample.user, price=Decimal(80), customer_agreed=True, received=Decimal(80), method="cash"
    )
    return Payment.objects.get(service_request=request)


OBJECTS = {
    "policy": a_policy,
    "ladder": a_ladder,
    "payment": a_payment,
    "category_rules": some_rules,
    "service": a_service,
    "request": a_request,
    "complaint": a_complaint,
    "work_order": a_work_order,
    "job_of_any_trade": a_job_of_any_trade,
    "view": a_view,
    "firm": a_firm,
    "category": a_category,
    "rule": a_rule,
}
VIEW = "servicedesk.view_requests"
MANAGE = "servicedesk.manage_categories"
CATALOGUE = "servicedesk.manage_catalogue"
PAYMENTS = "servicedesk.receive_payment"
DO = "servicedesk.do_work"
FIRMS = "servicedesk.manage_firms"
TIMES = "servicedesk.manage_service_times"

LINES = [
    page("schedule:planned-of-thing", kind="=servicerequest", pk="request", seen_with=VIEW),
    page("servicedesk:service-index", needs=VIEW),
    page("servicedesk:service-show", item_id="service", needs=VIEW, place=False),
    page("servicedesk:service-new", needs=CATALOGUE),
    page("servicedesk:service-edit", item_id="service", needs=CATALOGUE, place=False),
    page("servicedesk:service-price", item_id="service", needs=CATALOGUE, place=False),
    page("servicedesk:request-index", reason="everybody sees the requests she has to do with"),
    page("servicedesk:request-show", request_id="request", needs=VIEW),
    page("servicedesk:work-lists", reason="everybody sees the requests she has to do with"),
    page("servicedesk:request-preview", request_id="request", needs=VIEW),
    page("servicedesk:request-concessions", request_id="request", needs=VIEW),
    page("servicedesk:request-costs", request_id="request", needs=VIEW),
    page("servicedesk:payment-take-back", payment_id="payment", needs=PAYMENTS, seen_with=VIEW),
    page("servicedesk:labour-rate-new", needs=CATALOGUE),
    page("servicedesk:request-related", request_id="request", needs=VIEW),
    page("servicedesk:clock-index", request_id="request", needs=VIEW),
    page("servicedesk:request-print", request_id="request", needs=VIEW),
    page("servicedesk:request-stages", request_id="request", needs=VIEW),
    page("servicedesk:request-report", request_id="request", needs=VIEW),
    page("servicedesk:complaint-print", request_id="complaint", needs=VIEW),
    action(
        "servicedesk:request-step", request_id="request", step="=accept", needs="servicedesk.accept_request", data={}
    ),
    action("servicedesk:note-create", request_id="request", needs=VIEW, data={"text": "x"}),
    action("servicedesk:photo-create", request_id="request", needs=VIEW, data={}),
    action("servicedesk:bulk-dispatch", needs="servicedesk.bulk_change", data={}, allowed=(409,)),
    page("servicedesk:territory-panel", territory_id="territory", needs="servicedesk.bulk_change", place=False),
    page(
        "servicedesk:hand-over",
        territory_id="territory",
        owner_id="=1",
        needs="servicedesk.bulk_change",
        allowed=(409,),
        place=False,
    ),
    action("servicedesk:bulk-transfer", needs="servicedesk.bulk_change", data={}, allowed=(409,)),
    action("servicedesk:saved-view-create", data={"name": "x"}),
    action("servicedesk:saved-view-destroy", view_id="view", needs="servicedesk.share_views", place=False),
    page("servicedesk:work-order-index", needs=DO),
    page(
        "servicedesk:work-order-show",
        work_order_id="work_order",
        needs=(VIEW, DO),
        allowed=(200, 404),
        reason="workers see open jobs of their own trades",
    ),
    action(
        "servicedesk:work-order-step",
        work_order_id="work_order",
        step="=cancel",
        needs="servicedesk.dispatch_work",
        data={"reason": "x"},
    ),
    action(
        "servicedesk:queued-step-create",
        work_order_id="job_of_any_trade",
        step="=help",
        needs=DO,
        seen_with=(VIEW, DO),
        data={},
        allowed=(422,),
    ),
    page("servicedesk:job-worker", reason="the script that keeps a worker's pages says nothing about anybody"),
    action("servicedesk:call-create", request_id="request", needs="customers.reveal_phone", seen_with=VIEW, data={}),
    page("servicedesk:unit-panel", unit_id="unit"),
    page("servicedesk:unit-counts", unit_id="unit"),
    page("servicedesk:party-panel", party_id="party"),
    page("servicedesk:process-show", needs=VIEW),
    page("servicedesk:dispatch-index", needs="servicedesk.dispatch_work", allowed=(200, 409)),
    page("servicedesk:dispatch-show", work_order_id="work_order", needs="servicedesk.dispatch_work"),
    action(
        "servicedesk:dispatch-show",
        work_order_id="work_order",
        needs="servicedesk.dispatch_work",
        data={"to": "firm-0"},
    ),
    page("servicedesk:firm-index", needs=FIRMS),
    page("servicedesk:firm-new", needs=FIRMS),
    page("servicedesk:firm-edit", firm_id="firm", needs=FIRMS),
    page("servicedesk:complaint-rules", needs=MANAGE),
    page("servicedesk:service-time-index", reason="everybody reads what is promised in her projects"),
    page("servicedesk:service-time-show", policy_id="policy"),
    page("servicedesk:service-time-new", needs=TIMES),
    page("servicedesk:service-time-version", policy_id="policy", needs=TIMES),
    action("servicedesk:service-time-end", policy_id="policy", needs=TIMES, data={}),
    page("servicedesk:ladder-show", ladder_id="ladder"),
    page("servicedesk:ladder-new", needs=TIMES),
    page("servicedesk:ladder-version", ladder_id="ladder", needs=TIMES),
    action("servicedesk:ladder-end", ladder_id="ladder", needs=TIMES, data={}),
    page("servicedesk:longest-pauses", needs=TIMES),
    page("servicedesk:category-index", needs=MANAGE),
    page("servicedesk:category-new", needs=MANAGE),
    page("servicedesk:category-edit", category_id="category", needs=MANAGE, place=False),
    page("servicedesk:category-rules", category_id="category", place=False),
    page("servicedesk:category-rules-new", category_id="category", needs=MANAGE, place=False),
    page("servicedesk:category-rules-version", rules_id="category_rules", needs=MANAGE),
    action("servicedesk:category-rules-end", rules_id="category_rules", needs=MANAGE, data={}),
    page("servicedesk:responsibility-new", needs=MANAGE),
    page("servicedesk:responsibility-edit", rule_id="rule", needs=MANAGE, place=False),
    action("servicedesk:responsibility-destroy", rule_id="rule", needs=MANAGE, place=False, data={}),
]
