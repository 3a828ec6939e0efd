"""What comes over everybody at once, and what comes from outside: a lift that stands still, two orders of 12345."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import (
    announce_fault,
    join_fault,
    receive_order,
    record_contact,
    register_request,
)
from gongying.workbench.demo.texts import read

Caller = tuple[Unit, Party]


def tell_of_a_fault(first: Caller, neighbours: Sequence[Caller], *, by: User, now: datetime) -> None:
    """The lift of one entrance stopped an hour ago: one reports it, the desk announces it, neighbours call."""
    words: dict[str, Any] = read("outside")["fault"]
    unit, party = first
    began = now - timedelta(hours=1)
    with clock_at(began):
        request = register_request(
            by=by,
            kind="repair",
            category=ServiceCategory.objects.get(code=words["category"]),
            text=words["text"],
            channel="phone",
            unit=unit,
            party=party,
        )
        place = unit.entrance or unit.building
        ends = now + timedelta(hours=2)
        fault = announce_fault(request, by=by, words=words["words"], places=[place], expected_end=ends)
    for (channel, minutes), (home, caller) in zip(words["callers"], neighbours, strict=False):
        with clock_at(began + timedelta(minutes=minutes)):
            join_fault(fault, by=by, project=home.project, unit=home, party=caller, channel=channel)


def tell_of_orders(caller: Caller, *, by: User, now: datetime) -> None:
    """The same matter twice within two days: the second is linked to the case of the first."""
    unit, party = caller
    for days, order in zip((2, 1), read("outside")["orders"], strict=True):
        at = now - timedelta(days=days)
        given = {name: order[name] for name in ("source", "external_no", "text")}
        with clock_at(at):
            received = receive_order(
                by=by,
                received_at=at - timedelta(minutes=20),
                kind="complaint",
                category=ServiceCategory.objects.get(code=order["category"]),
                project=unit.project,
                unit=unit,
                party=party,
                **given,
            )
            if order["contact"]:
                record_contact(received, by=by, channel="phone", words=order["contact"])
