from datetime import timedelta

from django.utils import timezone

from gongying.servicedesk.models import HotlineOrder, ServiceCategory
from gongying.servicedesk.operations import raise_objection, receive_order
from tests.structure.url_matrix import Sample, api, page


def category() -> ServiceCategory:
    return ServiceCategory.objects.get(code="common-lift-fault")


def an_order(sample: Sample) -> HotlineOrder:
    return receive_order(
        by=sample.user,
        source="hotline_12345",
        external_no=f"12345-{sample.unit.pk}-{HotlineOrder.objects.count()}",
        received_at=timezone.now() - timedelta(hours=1),
        kind="complaint",
        category=category(),
        text="电梯总坏",
        project=sample.unit.project,
        unit=sample.unit,
        party=sample.party,
    )


def an_order_objected_to(sample: Sample) -> HotlineOrder:
    order = an_order(sample)
    raise_objection(order, by=sample.user, reason="市政道路，不属本项目")
    return order


def an_order_body(sample: Sample) -> dict[str, object]:
    return {
        "source": "authority",
        "external_no": f"Z-{sample.unit.pk}",
        "received_at": (timezone.now() - timedelta(hours=1)).isoformat(),
        "project_id": sample.unit.project_id,
        "unit_id": sample.unit.pk,
        "kind": "complaint",
        "category_id": category().pk,
        "text": "电梯总坏",
    }


OBJECTS = {"order": an_order, "order_objected_to": an_order_objected_to}
VIEW = "servicedesk.view_requests"
HANDLE = "servicedesk.handle_orders"
ORDER = {"order_id": "order", "seen_with": VIEW}
ONCE = {"allowed": (201, 409)}

LINES = [
    page("servicedesk:order-index", needs=VIEW),
    page("servicedesk:order-new", needs=HANDLE),
    page("servicedesk:order-show", order_id="order", needs=VIEW),
    page("servicedesk:order-contact", needs=HANDLE, **ORDER),
    page("servicedesk:order-objection", needs=HANDLE, **ORDER),
    page("servicedesk:order-decision", needs=HANDLE, order_id="order_objected_to", seen_with=VIEW),
    page("servicedesk:order-callback", needs=HANDLE, **ORDER),
    page("servicedesk:order-withdrawal", needs=HANDLE, **ORDER),
    api("GET /outside-orders"),
    api("POST /outside-orders", needs=HANDLE, data=an_order_body, **ONCE),
    api("GET /outside-orders/rates", needs=VIEW),
    api("GET /outside-orders/{order_id}", order_id="order", needs=VIEW),
    api(
        "POST /outside-orders/{order_id}/contacts",
        needs=HANDLE,
        data={"channel": "phone", "words": "x"},
        allowed=(201,),
        **ORDER,
    ),
    api("POST /outside-orders/{order_id}/withdrawal", needs=HANDLE, data={"reason": "x"}, **ONCE, **ORDER),
    api("POST /outside-orders/{order_id}/objection", needs=HANDLE, data={"reason": "x"}, **ONCE, **ORDER),
    api(
        "POST /outside-orders/{order_id}/objection/decision",
        needs=HANDLE,
        data={"outcome": "refused"},
        allowed=(200, 409),
        **ORDER,
    ),
    api(
        "POST /outside-orders/{order_id}/callback",
        needs=HANDLE,
        data={"solved": True, "satisfied": True},
        **ONCE,
        **ORDER,
    ),
]
