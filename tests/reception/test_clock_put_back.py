"""The clock of the machine was ahead and is put right: who came in the false time is attended and goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.reception import operations as do


@pytest.mark.parametrize("is_attended", [True, False])
def test_a_visit_of_the_false_time_is_finished(cast, arrive, is_attended):
    with clock_at(timezone.now() + timedelta(minutes=50)):
        ticket = arrive("payment")
        if is_attended:
            do.attend_ticket(ticket, by=cast.receptionist)
            ticket.refresh_from_db()
    if is_attended:
        do.park_ticket(ticket, by=cast.receptionist)
        ticket.refresh_from_db()
        do.resume_ticket(ticket, by=cast.receptionist)
    else:
        do.attend_ticket(ticket, by=cast.receptionist)
    ticket.refresh_from_db()
    do.finish_ticket(ticket, by=cast.receptionist, outcome="explained", result="已说明")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handled >= timedelta()) == ("done", True)
