"""The service desk for machines: requests with every step, work orders, categories, saved views."""

from ninja import Router

from gongying.servicedesk.api import (
    bulk,
    candidates,
    catalogue,
    categories,
    category_rules,
    claims,
    clocks,
    concessions,
    costs,
    faults,
    firms,
    hand_overs,
    hotline,
    ladders,
    links,
    papers,
    request_steps,
    requests,
    samples,
    saved_views,
    service_times,
    support,
    violations,
    work_orders,
)

router = Router()
for module in (
    requests,
    clocks,
    service_times,
    ladders,
    bulk,
    request_steps,
    violations,
    links,
    support,
    work_orders,
    concessions,
    claims,
    papers,
    faults,
    hotline,
    hand_overs,
    categories,
    category_rules,
    firms,
    candidates,
    catalogue,
    costs,
    saved_views,
    samples,
):
    router.add_router("", module.router)
