"""Abuse of a colleague: written down by her, seen by supervisors only, settled by another (R-029)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.customers.models import AbusiveContact
from gongying.customers.operations import record_abuse, settle_abuse
from gongying.events.models import Event
from gongying.notifications.models import Notification
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request


@pytest.mark.requirement("R-029")
def test_supervisors_hear_of_abuse_and_nobody_else_sees_it(cast, client_of):
    browser = client_of(cast.receptionist)
    facts = {
        "project": cast.sunshine.pk,
        "unit_code": "21301",
        "kind": "threat",
        "words": "扬言要打人",
        "wants_relief": "on",
    }
    create = reverse("customers:abuse-create")
    assert browser.post(create, {**facts, "words": ""}).status_code == 422
    assert browser.post(create, facts).status_code == 302
    abuse = AbusiveContact.objects.get()
    assert (abuse.colleague, abuse.unit, abuse.wants_relief) == (cast.receptionist, cast.unit, True)
    told = set(Notification.objects.filter(event__verb="abuse.recorded").values_list("user__name", flat=True))
    assert "李主管" in told
    assert "小赵" not in told
    show = reverse("customers:abuse-show", args=[abuse.pk])
    assert "扬言要打人" in client_of(cast.supervisor).get(show).content.decode()
    for user in (cast.receptionist, cast.steward, cast.guard):
        assert client_of(user).get(show).status_code == 403
    timeline = reverse("events:timeline-index", args=["unit", cast.unit.pk])
    assert "辱骂" not in client_of(cast.steward).get(timeline).content.decode()
    assert not AbusiveContact.objects.visible_to(cast.steward).exists()


@pytest.mark.requirement("R-029")
def test_what_she_had_with_that_household_goes_to_a_colleague(cast, client_of):
    """And nothing else of hers; nowhere stands why."""
    facts = {"kind": "repair", "channel": "phone", "category": ServiceCategory.objects.get(code="common-lift-fault")}
    there, elsewhere = (
        register_request(by=cast.receptionist, text="电梯异响", unit=unit, **facts)
        for unit in (cast.unit, cast.west_unit)
    )
    ServiceRequest.objects.update(owner=cast.steward)
    abuse = record_abuse(
        cast.sunshine, by=cast.steward, kind="threat", words="扬言要打人", unit=cast.unit, wants_relief=True
    )
    browser = client_of(cast.supervisor)
    list_of_hers = f"{reverse('organization:matters-show', args=[cast.steward.staff.pk])}?unit={cast.unit.pk}"
    assert list_of_hers in browser.get(reverse("customers:abuse-show", args=[abuse.pk])).content.decode()
    page = browser.get(list_of_hers).content.decode()
    assert (there.number in page, elsewhere.number in page) == (True, False)
    taken_over = {"to_requests": cast.supervisor.staff.pk, "note": "由主管接手"}
    assert browser.post(list_of_hers, taken_over).status_code == 302
    owners = dict(ServiceRequest.objects.values_list("pk", "owner"))
    assert owners == {there.pk: cast.supervisor.pk, elsewhere.pk: cast.steward.pk}
    told = Event.objects.get(verb="request.transferred").details
    assert (told["reason"], "打人" in str(told)) == ("other", False)
    assert list_of_hers not in browser.get(reverse("customers:abuse-show", args=[abuse.pk])).content.decode()
    staff = f"/api/v1/staff/{cast.steward.staff.pk}/matters"
    assert browser.get(f"{staff}?unit_id={cast.unit.pk}").json() == []
    assert [row["ids"] for row in browser.get(staff).json()] == [[elsewhere.pk]]


@pytest.mark.requirement("R-029")
def test_machines_write_down_read_and_settle_abuse(cast, client_of):
    desk, lead = client_of(cast.receptionist), client_of(cast.supervisor)
    body = {"project_id": cast.sunshine.pk, "unit_id": cast.unit.pk, "kind": "insult", "words": "骂人"}
    made = desk.post("/api/v1/abusive-contacts", body, content_type="application/json")
    assert made.status_code == 201
    one = f"/api/v1/abusive-contacts/{made.json()['id']}"
    assert desk.get(one).status_code == 403
    assert lead.get("/api/v1/abusive-contacts?is_settled=false").json()["items"][0]["colleague_id"] == (
        cast.receptionist.pk
    )
    settled = lead.post(f"{one}/settlement", {"settlement": "上门沟通"}, content_type="application/json")
    assert settled.json()["settled_by_id"] == cast.supervisor.pk
    again = lead.post(f"{one}/settlement", {"settlement": "再来"}, content_type="application/json")
    assert again.status_code == 409


@pytest.mark.requirement("R-029")
def test_abuse_is_settled_once_by_another(cast):
    with pytest.raises(Refused):
        record_abuse(
            cast.sunshine, by=cast.guard, kind="insult", words="骂人", happened_at=timezone.now() + timedelta(hours=1)
        )
    abuse = record_abuse(cast.sunshine, by=cast.supervisor, kind="insult", words="骂人")
    with pytest.raises(Refused):
        settle_abuse(abuse, by=cast.supervisor, settlement="算了")
    settle_abuse(abuse, by=cast.manager, settlement="上门沟通，业主致歉")
    with pytest.raises(Refused, match="周经理"):
        settle_abuse(abuse, by=cast.manager, settlement="再来")
    assert Notification.objects.filter(event__verb="abuse.settled", user=cast.supervisor).exists()
