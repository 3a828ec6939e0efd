"""The clock of the machine was ahead and is put right: what was begun in the false time is ended at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.custody import operations as do

AHEAD = timedelta(minutes=50)


@pytest.fixture
def ahead():
    return lambda: clock_at(timezone.now() + AHEAD)


def test_a_key_comes_back_and_is_lent_again(cast, ahead):
    facts = {"kind": "entrusted", "tag": "A-12", "unit": cast.unit, "entrusted_by": "周先生"}
    key = do.register_key(by=cast.receptionist, project=cast.sunshine, **facts)
    lent = {"by": cast.receptionist, "borrower": cast.worker.staff, "reason": "修龙头"}
    with ahead():
        loan = do.lend_key(key, due_at=timezone.now() + AHEAD, **lent)
    do.return_key(loan, by=cast.receptionist)
    loan = do.lend_key(key, due_at=timezone.now() + 2 * AHEAD, **lent)
    do.return_key(loan, by=cast.receptionist)
    assert list(key.loans.filter(returned_at=None)) == []


def test_mail_is_told_of_and_handed_out(cast, ahead):
    with ahead():
        item = do.take_in_mail(cast.unit, by=cast.receptionist, service="顺丰", tracking_no="sf001")
    do.tell_household([item], by=cast.receptionist)
    do.hand_out_mail([item], by=cast.receptionist, taken_by="周太太")
    item.refresh_from_db()
    assert item.ended_at >= item.received_at


def test_a_guest_goes(cast, ahead):
    with ahead():
        confirmed = {"confirmed_by": "周太太", "confirmation": "phone"}
        guest = do.announce_guest(cast.unit, by=cast.receptionist, name="王阿姨", **confirmed)
        guest = do.let_guest_in(guest, by=cast.guard)
        other = do.announce_guest(cast.unit, by=cast.receptionist, name="李阿姨", **confirmed)
    assert do.let_guest_out(guest, by=cast.guard).state == "gone"
    assert do.withdraw_guest(other, by=cast.receptionist, reason="不来了").voided_at >= other.announced_at
