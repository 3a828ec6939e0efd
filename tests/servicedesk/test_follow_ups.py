"""Asking afterwards: what closes a matter, what sends it back, and when one may stop asking."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.events.presentation import reading_of
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import FollowUp, ServiceRequest
from tests.servicedesk.walks import ask, request_in, work_in


@pytest.mark.requirement("R-201")
@pytest.mark.parametrize(("solved", "score"), [(False, 5), (True, 2), (True, 1), (False, 1)])
def test_an_unhappy_follow_up_goes_back_to_handling_and_counts(cast, register, settle, solved, score):
    request = request_in("reported", cast, register)
    ask(request, cast, reached=True, solved=solved, score=score, comment="还在闪")
    settle()
    assert (request.state, request.rework_count) == ("in_progress", 1)
    assert not request.escalations.exists()


@pytest.mark.requirement("R-201")
def test_the_second_rework_escalates_to_the_supervisor(cast, register):
    request = request_in("reported", cast, register)
    for _ in range(2):
        ask(request, cast, reached=True, solved=False, score=1)
        if request.rework_count < 2:
            do.answer_request(request, by=cast.supervisor, text="再次处理")
            do.report_result(request, by=cast.supervisor, channel="phone", words="已处理")
    escalation = request.escalations.get()
    assert (escalation.ground, escalation.to) == ("rework", cast.supervisor)
    assert request in ServiceRequest.objects.escalated()


def test_a_lukewarm_answer_waits_for_the_supervisor(cast, register, settle):
    request = request_in("reported", cast, register)
    follow_up = ask(request, cast, reached=True, solved=True, score=3)
    assert request.state == "reported"
    assert request in ServiceRequest.objects.waiting_for_decision()
    with pytest.raises(Refused, match="decide"):
        ask(request, cast, reached=True, solved=True, score=5)
    with pytest.raises(Refused):
        do.close_request(request, by=cast.supervisor)

    do.decide_follow_up(follow_up, by=cast.supervisor, outcome="accepted", reason="客户理解")
    settle()
    request.refresh_from_db()
    assert request.state == "closed"
    assert not request.escalations.filter(settled_at=None).exists()
    with pytest.raises(Refused, match="nothing to decide"):
        do.decide_follow_up(follow_up, by=cast.supervisor, outcome="sent_back", reason="x")


def test_a_lukewarm_answer_may_be_sent_back(cast, register, settle):
    request = request_in("reported", cast, register)
    follow_up = ask(request, cast, reached=True, solved=True, score=3)
    do.decide_follow_up(follow_up, by=cast.supervisor, outcome="sent_back", reason="应当做得更好")
    settle()
    request.refresh_from_db()
    assert (request.state, request.rework_count) == ("in_progress", 1)


@pytest.mark.parametrize(
    ("hours", "closes"), [((0, 0.3, 0.6), False), ((0, 24), False), ((0, 1, 24), True), ((0, 24, 48), True)]
)
def test_three_attempts_on_two_days_are_needed_to_give_up(cast, register, settle, hours, closes):
    """Three attempts within one hour do not count as "not reached" (scenario A-03)."""
    noon = (timezone.localtime() - timedelta(days=5)).replace(hour=12, minute=0)
    with clock_at(noon - timedelta(minutes=5)):
        request = request_in("reported", cast, register)
    for hour in hours:
        with clock_at(noon + timedelta(hours=hour)):
            ask(request, cast, reached=False)
    if closes:
        do.close_request(request, by=cast.supervisor)
        settle()
        assert request.closures.get().ground == "unreached"
    else:
        with pytest.raises(Refused, match="follow-up"):
            do.close_request(request, by=cast.supervisor)


@pytest.mark.requirement("R-200")
@pytest.mark.parametrize("state", ["registered", "accepted", "in_progress", "resolved"])
def test_no_follow_up_before_the_customer_was_told(cast, register, state):
    request = request_in(state, cast, register)
    with pytest.raises(Refused, match="followed up after"):
        do.record_follow_up(request, by=cast.receptionist, reached=True, solved=True, score=5)


def test_what_needs_no_follow_up_closes_when_the_customer_is_told(cast, register, settle):
    request = request_in("resolved", cast, register, kind="enquiry")
    do.report_result(request, by=cast.receptionist, channel="phone", words="已答复")
    settle()
    request.refresh_from_db()
    assert (request.state, request.closures.get().ground) == ("closed", "exempt")


def test_a_satisfied_follow_up_checks_the_work_and_an_unhappy_one_returns_it(cast, register, settle):
    for happy in (True, False):
        work = work_in("done", cast, register)
        request = work.service_request
        do.report_result(request, by=cast.receptionist, channel="phone", words="已修好")
        ask(request, cast, reached=True, solved=happy, score=5 if happy else 1)
        settle()
        work.refresh_from_db()
        assert (work.state, request.state) == (("checked", "closed") if happy else ("accepted", "in_progress"))


def test_a_rework_of_checked_work_puts_a_new_job_into_the_pool(cast, register, settle):
    work = work_in("checked", cast, register)
    request = work.service_request
    do.report_result(request, by=cast.receptionist, channel="phone", words="已修好")
    ask(request, cast, reached=True, solved=False, score=1, comment="又漏了")
    settle()
    assert request in ServiceRequest.objects.without_doer()
    assert request.work_orders.get(state="open").task == "又漏了"


@pytest.mark.requirement("R-214")
def test_a_follow_up_may_ask_how_the_service_was(cast, register, client):
    """Four marks, each of its own; they decide nothing."""
    request = request_in("reported", cast, register)
    client.force_login(cast.receptionist)
    page = f"/requests/{request.pk}/steps/follow_up/"
    answer = {"version": request.version, "reached": "yes", "solved": "yes", "score": "5"}
    marks = {"qualities_fast": "5", "qualities_valuable": "3"}
    refused = client.post(page, {**answer, **marks, "qualities_simple": "6"})
    assert (refused.status_code, FollowUp.objects.filter(service_request=request).count()) == (422, 0)
    assert client.post(page, {**answer, **marks}).status_code == 302

    follow_up = FollowUp.objects.filter(service_request=request).get()
    assert (follow_up.fast, follow_up.simple, follow_up.reliable, follow_up.valuable) == (5, None, None, 3)
    request.refresh_from_db()
    assert request.state == "closed"
    told = Event.objects.get(verb="request.followed_up")
    facts = reading_of(told.verb).facts(told.details)
    assert ("fast", "5") in [(str(name), value) for name, value in facts]


@pytest.mark.parametrize("marks", [{"fast": 0}, {"valuable": 6}])
def test_a_mark_lies_between_one_and_five(cast, register, marks):
    request = request_in("reported", cast, register)
    with pytest.raises(Refused, match="1"):
        ask(request, cast, reached=True, solved=True, score=5, qualities=marks)
    with pytest.raises(ValueError, match="size"):
        ask(request, cast, reached=True, solved=True, score=5, qualities={"size": 5})
    assert not FollowUp.objects.filter(service_request=request).exists()
