"""Outside orders for machines (E-022, E-023)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.servicedesk.models import ServiceCategory
from tests.api.conftest import fields


@pytest.mark.requirement("E-022", "E-023")
def test_an_order_is_entered_linked_answered_and_counted(cast, calls):
    desk = calls(cast.receptionist)
    order = {
        "source": "hotline_12345",
        "external_no": "12345-1",
        "received_at": (timezone.now() - timedelta(minutes=1)).isoformat(),
        "deadline_at": (timezone.now() + timedelta(hours=1)).isoformat(),
        "project_id": cast.sunshine.pk,
        "unit_id": cast.unit.pk,
        "kind": "complaint",
        "category_id": ServiceCategory.objects.get(code="service-attitude-guard").pk,
        "text": "保安态度恶劣",
    }
    made = desk.post("/outside-orders", order)
    first = made.json()
    assert (made.status_code, first["is_deadline_printed"], first["repeat_of_id"]) == (201, True, None)
    assert desk.post("/outside-orders", order).status_code == 409
    again = desk.post("/outside-orders", {**order, "external_no": "12345-2"}).json()
    assert (again["repeat_of_id"], again["service_request_id"]) == (first["id"], first["service_request_id"])

    here = f"/outside-orders/{first['id']}"
    assert desk.post(f"{here}/contacts", {"channel": "phone", "words": " "}).status_code == 422
    assert len(desk.post(f"{here}/contacts", {"channel": "phone", "words": "下午上门"}).json()["contacts"]) == 1
    assert desk.post(f"{here}/objection/decision", {"outcome": "upheld"}).status_code == 409
    assert desk.post(f"{here}/objection", {"reason": "不属本项目"}).json()["objection"]["outcome"] is None
    assert desk.post(f"{here}/objection/decision", {"outcome": "refused"}).json()["deadline_at"] == first["deadline_at"]
    called = desk.post(f"{here}/callback", {"solved": True, "satisfied": False}).json()
    assert (called["callback"]["solved"], called["callback"]["satisfied"]) == (True, False)

    month = timezone.localdate(timezone.now() + timedelta(hours=1)).isoformat()
    rates = desk.get("/outside-orders/rates", {"month": month}).json()
    assert [(rate["key"], rate["number"], rate["of"]) for rate in rates] == [
        ("responded", 1, 1),
        ("solved", 1, 1),
        ("satisfied", 0, 1),
    ]
    solved = desk.get("/outside-orders", {"month": month, "figure": "solved"}).json()["items"]
    assert [row["id"] for row in solved] == [first["id"]]
    assert [row["id"] for row in desk.get("/outside-orders", {"is_open": "true"}).json()["items"]] == [again["id"]]
    assert calls(cast.outsider).get(here).status_code == 404
    assert calls(cast.quality).post(f"{here}/contacts", {"channel": "phone", "words": "x"}).status_code == 403


@pytest.mark.requirement("E-023")
def test_a_repeat_is_known_by_the_number_however_it_is_written(cast, calls):
    desk = calls(cast.receptionist)
    order = {
        "source": "hotline_12345",
        "received_at": (timezone.now() - timedelta(minutes=1)).isoformat(),
        "project_id": cast.sunshine.pk,
        "kind": "complaint",
        "category_id": ServiceCategory.objects.get(code="service-attitude-guard").pk,
        "text": "保安态度恶劣",
    }
    first, again = (
        desk.post("/outside-orders", {**order, "external_no": phone, "person_phone": phone}).json()
        for phone in ("138 0000 9876", "+86 138-0000-9876")
    )
    assert (again["repeat_of_id"], again["service_request_id"]) == (first["id"], first["service_request_id"])
    unreadable = desk.post("/outside-orders", {**order, "external_no": "3", "person_phone": "12"})
    assert fields(unreadable) == ["person_phone"]
