"""Calls for help, and visitors to whom nobody turns."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.notifications.models import Notification
from gongying.reception import operations as do
from gongying.reception.models import AssistanceRequest, ReceptionTicket
from tests.race import race

STRIP = "/reception/help/"


@pytest.fixture
def two(cast, arrive):
    """周先生 is being received, 王先生 has come for his decoration."""
    first = do.attend_ticket(arrive("payment", unit=cast.unit, party=cast.zhou), by=cast.receptionist)
    return first, arrive("decoration", unit=cast.west_unit, party=cast.wang)


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("event__verb", flat=True))


@pytest.mark.requirement("R-150")
def test_a_call_tells_who_may_take_over_with_both_purposes(cast, client_of, two):
    first, second = two
    call = do.ask_for_help(second, by=cast.receptionist)
    assert (call.ticket, call.beside, call.taken_at) == (second, first, None)
    assert [told(user) for user in (cast.supervisor, cast.manager, cast.receptionist, cast.steward)] == [
        ["ticket.help_asked"],
        ["ticket.help_asked"],
        [],
        [],
    ]
    strip = client_of(cast.supervisor).get(STRIP).content.decode()
    assert "小赵 求援：002 装修" in strip
    assert "正在接待 001 缴费" in strip
    bell = client_of(cast.supervisor).get(reverse("notifications:bell-show")).content.decode()
    assert "002 装修" in bell
    assert "001 缴费" in bell
    assert client_of(cast.receptionist).get(STRIP).status_code == 403


@pytest.mark.requirement("R-150", "R-151")
def test_who_takes_the_visitor_over_takes_the_call(cast, client_of, two):
    _first, second = two
    call = do.ask_for_help(second, by=cast.receptionist)
    supervisor = client_of(cast.supervisor)
    supervisor.post(reverse("reception:ticket-step", args=[second.pk, "take_over"]))
    call.refresh_from_db()
    assert (call.taken_by, call.withdrawn_at) == (cast.supervisor, None)
    assert call.taken_at >= call.asked_at
    assert dict(ReceptionTicket.objects.values_list("serial", "handler__name")) == {1: "小赵", 2: "李主管"}
    assert "help-call" not in supervisor.get(STRIP).content.decode()
    with pytest.raises(Refused):
        do.withdraw_help(call, by=cast.receptionist)


def test_a_call_is_withdrawn_by_hand_or_by_what_the_caller_does_herself(cast, arrive, two):
    _first, second = two
    call = do.withdraw_help(do.ask_for_help(second, by=cast.receptionist), by=cast.receptionist)
    assert (call.taken_by, call.withdrawn_at is not None) == (None, True)

    again = do.ask_for_help(second, by=cast.receptionist)
    with pytest.raises(Refused):
        do.ask_for_help(second, by=cast.receptionist)
    do.attend_ticket(second, by=cast.receptionist)
    again.refresh_from_db()
    assert (again.taken_by, again.withdrawn_at is not None) == (None, True)

    last = do.ask_for_help(second, by=cast.receptionist)
    do.finish_ticket(second, by=cast.receptionist, result="好了")
    last.refresh_from_db()
    assert last.withdrawn_at is not None
    with pytest.raises(Refused):
        do.ask_for_help(second, by=cast.receptionist)


def test_the_database_settles_a_call_once_and_keeps_it(cast, two):
    call = do.ask_for_help(two[1], by=cast.receptionist)
    rows = AssistanceRequest.objects.filter(pk=call.pk)
    now = timezone.now()
    rows.update(taken_by=cast.supervisor, taken_at=now)
    for write in (lambda: rows.update(taken_by=cast.manager), lambda: rows.update(withdrawn_at=now), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.requirement("R-152")
def test_supervisors_are_told_once_of_a_visitor_to_whom_nobody_turns(cast, arrive):
    overlooked, spoken_to, fresh, received = (arrive() for _ in range(4))
    long_ago = timezone.now() - timedelta(minutes=5, seconds=1)
    ReceptionTicket.objects.exclude(pk=fresh.pk).update(arrived_at=long_ago, touched_at=long_ago)
    do.ask_to_wait(spoken_to, by=cast.receptionist)
    do.attend_ticket(received, by=cast.receptionist)

    assert [do.notice_neglected_visitors() for _ in range(2)] == [1, 0]
    assert told(cast.supervisor) == ["ticket.neglected"]
    assert list(ReceptionTicket.objects.exclude(neglected_at=None)) == [overlooked]


@pytest.mark.django_db(transaction=True)
def test_of_two_helpers_one_takes_the_call(cast, two):
    call = do.ask_for_help(two[1], by=cast.receptionist)
    results = race(
        lambda: do.take_over_ticket(two[1], by=cast.supervisor), lambda: do.take_over_ticket(two[1], by=cast.manager)
    )
    call.refresh_from_db()
    two[1].refresh_from_db()
    assert {type(result).__name__ for result in results} <= {"ReceptionTicket", "Refused"}
    assert call.taken_by in (cast.supervisor, cast.manager)
    assert two[1].state == "attending"
