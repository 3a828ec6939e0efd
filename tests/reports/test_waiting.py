"""Waiting and handling times at the counter; each number opens the visits it is made of (R-146, R-152)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.reception.enums import Outcome
from gongying.reception.models import ReceptionTicket, VisitPurpose
from gongying.reception.operations import (
    attend_ticket,
    finish_ticket,
    record_departure,
    register_arrival,
    sit_at,
)
from gongying.reports.waiting import SORTS, tickets_of, waiting_by

NINE = datetime(2026, 11, 18, 9, 10, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def visit(cast):
    """Somebody comes at that moment, is received so many minutes later (none: leaves), for four minutes."""

    def visit(at, waited=None, key="other"):
        purpose = VisitPurpose.objects.offered_in(cast.sunshine).get(key=key)
        with clock_at(at):
            ticket = register_arrival(by=cast.receptionist, project=cast.sunshine, purpose=purpose)
        with clock_at(at + timedelta(minutes=waited or 6)):
            if waited is None:
                return record_departure(ticket, by=cast.receptionist)
            ticket = attend_ticket(ticket, by=cast.receptionist)
        with clock_at(at + timedelta(minutes=waited + 4)):
            return finish_ticket(ticket, by=cast.receptionist, outcome=Outcome.EXPLAINED, result="说明清楚")

    return visit


@pytest.mark.requirement("R-146")
def test_times_and_who_left_unseen_by_every_sort(cast, visit):
    sit_at(cast.sunshine, by=cast.receptionist, counter="2")
    visit(NINE, waited=1)
    visit(NINE + timedelta(minutes=10), waited=3)
    visit(NINE + timedelta(minutes=20))
    visit(NINE + timedelta(hours=5), waited=8, key="pickup")
    rows = ReceptionTicket.objects.all()
    hours = [(line.name[:5], line.number, line.unseen, line.wait, line.wait_most) for line in waiting_by(rows, "hour")]
    assert hours == [("09:00", 3, 1, 2, 3), ("14:00", 1, 0, 8, 8)]
    assert [(line.name, line.number) for line in waiting_by(rows, "counter")] == [("2", 3), ("–", 1)]
    assert [(line.name, line.handling) for line in waiting_by(rows, "person")] == [("小赵", 4), ("–", None)]
    for by in SORTS:
        for line in waiting_by(rows, by):
            assert tickets_of(rows, by, line.key, unseen=False).count() == line.number
            assert tickets_of(rows, by, line.key, unseen=True).count() == line.unseen


@pytest.mark.requirement("R-152")
def test_a_number_of_the_report_opens_its_visits(cast, visit, client_of):
    visit(NINE, waited=1)
    visit(NINE + timedelta(minutes=10))
    browser = client_of(cast.supervisor)
    period = {"since": "2026-11-18", "until": "2026-11-18", "by": "hour"}
    page = browser.get(reverse("reports:waiting-show"), period).content.decode()
    assert "50.0 %" in page
    rows = reverse("reports:waiting-rows")
    for part, number in (("", 2), ("unseen", 1)):
        found = browser.get(rows, {**period, "line": "9", "part": part}).content.decode()
        assert found.count("data-row") == number
    assert browser.get(reverse("reports:waiting-show"), {**period, "until": "2026-11-17"}).status_code == 422
    assert client_of(cast.guard).get(rows, period).status_code == 403
