"""The hand-over of a shift: filled by the system, signed by the next one."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.custody.operations import issue_pass, lend_key, register_key
from gongying.interactions.models import Interaction, Promise
from gongying.notifications.models import Notification
from gongying.reception import operations as do
from gongying.reception.models import ShiftHandover
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import announce_fault, register_request
from tests.race import race


@pytest.fixture
def hand_over(cast):
    return partial(do.hand_over_shift, cast.sunshine, by=cast.receptionist)


def register(cast, *, channel):
    category = ServiceCategory.objects.get(code="common-lift-fault")
    facts = {"kind": "repair", "category": category, "unit": cast.unit, "text": "电梯异响"}
    return register_request(by=cast.receptionist, channel=channel, **facts)


def parts(handover):
    return {part["key"]: [entry["title"] for entry in part["entries"]] for part in handover.open_matters}


@pytest.mark.requirement("E-040")
def test_the_system_writes_down_what_lies_open(cast, arrive, hand_over, client_of):
    assert hand_over().open_matters == []
    ShiftHandover.objects.update(written_at=timezone.now() - timedelta(minutes=5))

    arrive("repair", unit=cast.unit)
    done = do.attend_ticket(arrive("payment"), by=cast.receptionist)
    tomorrow = timezone.now() + timedelta(hours=20)
    do.finish_ticket(done, by=cast.receptionist, result="明天回电", outcome="appointment", promise_at=tomorrow)
    key = register_key(by=cast.receptionist, project=cast.sunshine, kind="public", tag="G-1", opens="水泵房")
    lend_key(key, by=cast.receptionist, borrower=cast.worker.staff, reason="巡检", due_at=tomorrow)
    lift = register(cast, channel="phone")
    announce_fault(lift, by=cast.receptionist, words="电梯停运，正在抢修", places=[cast.unit.building])
    issue_pass(cast.unit, by=cast.receptionist, items="沙发", confirmed_by="周先生")

    handover = hand_over(line="周先生九点来取钥匙")
    found = parts(handover)
    assert list(found) == ["visitors", "keys", "faults", "promises", "passes"]
    assert found["visitors"] == ["001 报修 2-1-301"]
    assert "老张" in found["keys"][0]
    assert "明天回电" in found["promises"][0]
    assert handover.number_open == 5
    page = client_of(cast.supervisor).get(reverse("reception:handover-show", args=[handover.pk])).content.decode()
    assert reverse("custody:key-show", args=[key.pk]) in page
    assert "周先生九点来取钥匙" in page
    paper = client_of(cast.supervisor).get(reverse("reception:handover-paper", args=[handover.pk])).content.decode()
    assert "周先生九点来取钥匙" in paper
    assert all(title in paper for titles in found.values() for title in titles)


@pytest.mark.requirement("E-040")
def test_the_next_one_signs_from_the_first_page(cast, client_of, hand_over):
    handover = hand_over(line="A-12 未还")
    mine = client_of(cast.receptionist)
    assert "A-12 未还" not in mine.get("/").content.decode()
    sign = reverse("reception:handover-sign", args=[handover.pk])
    assert mine.post(sign).status_code == 409

    next_one = client_of(cast.supervisor)
    assert "A-12 未还" in next_one.get("/").content.decode()
    assert "交接未读 1" in next_one.get(reverse("reception:desk-show")).content.decode()
    assert next_one.post(sign, {"origin": "home"})["Location"] == "/"
    assert "A-12 未还" not in next_one.get("/").content.decode()
    with pytest.raises(Refused, match="李主管"):
        do.sign_handover(handover, by=cast.manager)


@pytest.mark.requirement("E-040")
def test_supervisors_are_told_once_when_nobody_signs(cast, hand_over, client_of):
    unread, read = hand_over(), do.hand_over_shift(cast.sunshine, by=cast.supervisor)
    do.sign_handover(read, by=cast.manager)
    assert do.notice_unsigned_handovers() == 0
    ShiftHandover.objects.filter(pk=unread.pk).update(written_at=timezone.now() - timedelta(minutes=31))
    assert [do.notice_unsigned_handovers() for _ in range(2)] == [1, 0]
    told = Notification.objects.filter(event__verb="handover.unsigned").values_list("user__name", flat=True)
    assert sorted(told) == sorted([cast.supervisor.name, cast.manager.name])
    assert "state-late" in client_of(cast.supervisor).get(reverse("reception:handover-index")).content.decode()


def test_a_double_click_hands_over_once(cast, hand_over, client_of):
    url = reverse("reception:handover-create") + f"?project={cast.sunshine.pk}"
    browser = client_of(cast.receptionist)
    assert "交班" in browser.get(url).content.decode()
    assert [browser.post(url, {"line": "好"}).status_code for _ in range(2)] == [302, 409]
    assert browser.post(url, {"line": "好" * 301}).status_code == 422
    assert client_of(cast.steward).get(url).status_code == 403
    assert ShiftHandover.objects.count() == 1


def test_the_database_signs_once_and_never_by_the_writer(cast, hand_over):
    handover = hand_over()
    rows = ShiftHandover.objects.filter(pk=handover.pk)
    now = timezone.now()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(signed_by=cast.receptionist, signed_at=now)
    do.sign_handover(handover, by=cast.supervisor)
    for write in (lambda: rows.update(signed_by=cast.manager), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_one_does(cast, hand_over):
    handover = hand_over()
    results = race(*[partial(do.sign_handover, handover, by=user) for user in (cast.supervisor, cast.manager)])
    assert sorted(type(result).__name__ for result in results) == ["Refused", "ShiftHandover"]


def test_the_touch_of_a_registered_request_is_the_touch_of_the_visit(cast, arrive):
    ticket = do.attend_ticket(arrive("repair", unit=cast.unit), by=cast.receptionist)
    request = register(cast, channel="counter")
    finished = do.finish_ticket(ticket, by=cast.receptionist, result="已登记工单", outcome="request")
    assert finished.interaction == request.interaction
    assert Interaction.objects.count() == 1

    # Nothing was registered for the next one: the visit is a touch of its own.
    other = do.attend_ticket(arrive("repair", unit=cast.unit), by=cast.receptionist)
    alone = do.finish_ticket(other, by=cast.receptionist, result="已登记工单", outcome="request")
    assert alone.interaction != request.interaction
    assert (Interaction.objects.count(), ServiceRequest.objects.count(), Promise.objects.count()) == (2, 1, 0)


def test_the_first_page_of_the_desk_shows_who_waits(cast, arrive, client_of):
    browser = client_of(cast.receptionist)
    assert "前台等候" not in browser.get("/").content.decode()
    ticket = arrive("repair", unit=cast.unit)
    page = browser.get("/").content.decode()
    assert "前台等候" in page
    assert f"frontdesk-{cast.sunshine.pk}" in page
    browser.post(reverse("reception:ticket-step", args=[ticket.pk, "attend"]))
    assert "前台等候" not in browser.get("/").content.decode()
