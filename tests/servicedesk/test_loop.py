"""From the first call to the last word: what closes a matter, what sends it back, who hears of it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event, EventSubject
from gongying.events.presentation import reading_of
from gongying.improvements.models import ImprovementItem
from gongying.interactions.models import Interaction
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import Escalation, FollowUp, ServiceRequest
from gongying.servicedesk.operations.doing import check_unchallenged_work_later
from tests.servicedesk.walks import TICKS, complaint_in, improve, request_in, work_in


def ask(request, cast, **answers):
    follow_up = do.record_follow_up(request, by=cast.receptionist, **answers)
    request.refresh_from_db()
    return follow_up


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


@pytest.mark.parametrize(
    ("kind", "score", "state"), [("enquiry", None, "closed"), ("help", 5, "closed"), ("help", None, "reported")]
)
def test_a_matter_answered_on_the_spot_still_has_its_stages(cast, register, settle, kind, score, state):
    request = register(kind=kind, category="service-attitude-desk")
    do.answer_on_the_spot(request, by=cast.receptionist, text="已当场说明", score=score)
    settle()
    request.refresh_from_db()
    stages = [(stage.stage, stage.entered_by) for stage in request.stages.all()]
    walked = ["registered", "accepted", "in_progress", "resolved", "reported", "closed"]
    assert stages == [(name, cast.receptionist) for name in walked[: walked.index(state) + 1]]


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


def test_silence_for_48_hours_checks_the_work(cast, register, settle):
    past = timezone.now() - timedelta(hours=49)
    with clock_at(past):
        work = work_in("done", cast, register)
        do.report_result(work.service_request, by=cast.receptionist, channel="phone", words="已修好")
    fresh = work_in("done", cast, register)
    do.report_result(fresh.service_request, by=cast.receptionist, channel="phone", words="已修好")
    check_unchallenged_work_later.func(0)
    settle()
    work.refresh_from_db()
    fresh.refresh_from_db()
    assert (work.state, work.workchecks.get().method, fresh.state) == ("checked", "time_elapsed", "done")


@pytest.mark.parametrize(
    ("kind", "days", "opens"),
    [("help", 29, True), ("help", 31, False), ("complaint", 59, True), ("complaint", 61, False)],
)
def test_reopening_has_a_term(cast, register, settle, kind, days, opens):
    with clock_at(timezone.now() - timedelta(days=days)):
        case = (complaint_in if kind == "complaint" else request_in)("closed", cast, register)
    if not opens:
        with pytest.raises(Refused, match="days ago"):
            do.reopen_request(case, by=cast.supervisor, reason="新情况")
        return
    do.reopen_request(case, by=cast.supervisor, reason="新情况")
    settle()
    case.refresh_from_db()
    assert case.state == ("handling" if kind == "complaint" else "in_progress")


@pytest.mark.requirement("R-210")
def test_work_is_not_done_before_seven_ticks_or_a_reason(cast, register):
    work = work_in("on_site", cast, register)
    six = {**TICKS, "cloth_laid": False}
    with pytest.raises(Refused, match="cloth laid out"):
        do.complete_work(work, by=cast.worker, ticks=six)
    do.complete_work(work, by=cast.worker, ticks=six, missing_reason="公共区域", advice="两小时内勿用水")
    done = work.workcompletions.get()
    assert (done.ticks["cloth_laid"], done.missing_reason, done.advice) == (False, "公共区域", "两小时内勿用水")
    work.service_request.refresh_from_db()
    assert work.service_request.state == "resolved"


@pytest.mark.requirement("R-187")
def test_reassigning_keeps_reason_and_time(cast, register):
    start = timezone.now() + timedelta(hours=2)
    window = (start, start + timedelta(hours=2))
    work = work_in("accepted", cast, register, window=window)
    do.reassign_work(work, by=cast.supervisor, doer=cast.second_worker, reason="请假", trade_reason="会修水管")
    work.refresh_from_db()
    assert (work.state, work.doer, work.planned_from) == ("assigned", cast.second_worker, window[0])
    last = work.assignments.last()
    assert (last.from_doer, last.to_doer, last.reason) == (cast.worker, cast.second_worker, "请假")


def test_a_job_is_given_back_with_all_of_a_long_reason(cast, register):
    work = work_in("assigned", cast, register)
    do.decline_work(work, by=cast.worker, reason="备件没有到货。" * 100)
    assert work.assignments.last().reason == "备件没有到货。" * 100


@pytest.mark.parametrize("person", ["guard", "outsider", "receptionist"])
def test_only_workers_of_the_place_are_given_work(cast, register, person):
    work = work_in("open", cast, register, unit=cast.west_unit, party=cast.wang)
    doer = cast.worker if person == "guard" else getattr(cast, person)
    with pytest.raises(Refused, match="does not take orders"):
        do.assign_work(work, by=cast.supervisor, doer=doer)
    assert do.assign_work(work, by=cast.supervisor, outside_firm="电梯公司").doer_name == "电梯公司"


def test_nobody_checks_his_own_work_and_a_failed_check_reopens(cast, register, settle):
    work = work_in("done", cast, register)
    with pytest.raises(Refused, match="own work"):
        do.check_work(work, by=cast.worker, method="staff")
    do.fail_check(work, by=cast.supervisor, reason="仍在滴水")
    settle()
    request = ServiceRequest.objects.get()
    assert (request.state, request.rework_count) == ("in_progress", 1)


def test_a_transfer_needs_a_reason_and_the_third_escalates(cast, register):
    request = register()
    with pytest.raises(Refused, match="reason"):
        do.transfer_request(request, by=cast.steward, to=cast.supervisor, reason="other")
    with pytest.raises(Refused, match="does not serve"):
        do.transfer_request(request, by=cast.steward, to=cast.west_steward, reason="overload")
    for to in (cast.supervisor, cast.manager, cast.receptionist):
        do.transfer_request(request, by=cast.steward, to=to, reason="overload")
    request.refresh_from_db()
    assert (request.owner, request.transfer_count) == (cast.receptionist, 3)
    assert Escalation.objects.get().ground == "transfers"


def test_merging_tells_both_callers_and_can_be_undone(cast, register, settle):
    main, other = register(), register(unit=cast.west_unit, party=cast.wang)
    do.merge_requests(other, into=main, by=cast.supervisor)
    do.answer_on_the_spot(main, by=cast.supervisor, text="总阀已修", score=5)
    settle()
    told = EventSubject.objects.of(cast.wang).values_list("event__verb", flat=True)
    assert "request.reported" in told

    third, fourth = register(), register()
    do.merge_requests(third, into=fourth, by=cast.supervisor)
    do.undo_merge(third, by=cast.supervisor)
    settle()
    third.refresh_from_db()
    assert third.state == "registered"


@pytest.mark.parametrize("into", ["itself", "park", "closed", "complaint"])
def test_some_merges_are_refused(cast, register, into):
    request = register()
    target = {
        "itself": lambda: request,
        "park": lambda: register(unit=cast.park_unit, party=None),
        "closed": lambda: request_in("closed", cast, register),
        "complaint": lambda: register(kind="complaint"),
    }[into]()
    with pytest.raises(Refused):
        do.merge_requests(request, into=target, by=cast.supervisor)


@pytest.mark.requirement("R-198")
@pytest.mark.parametrize("kinds", [("complaint", "complaint"), ("complaint", "repair"), ("repair", "complaint")])
def test_complaints_are_linked_and_never_merged(cast, client_of, register, kinds):
    """Decision 0005: each complainant is answered and counted by herself."""
    first, second = (register(kind=kind) for kind in kinds)
    with pytest.raises(Refused, match=r"Complaints are not merged.*Link the two"):
        do.merge_requests(first, into=second, by=cast.supervisor)
    client = client_of(cast.supervisor)
    answer = client.post(f"/api/v1/requests/{first.pk}/merge", {"into_id": second.pk}, content_type="application/json")
    assert (answer.status_code, "不合并" in answer.content.decode()) == (409, True)
    answer = client.post(
        reverse("servicedesk:request-step", args=[first.pk, "merge"]),
        {"number": second.number, "version": first.version},
    )
    assert (answer.status_code, "不合并" in answer.content.decode()) == (409, True)
    assert ServiceRequest.objects.open().count() == 2
    do.link_requests(first, to=second, by=cast.supervisor)


@pytest.mark.requirement("R-204")
def test_a_change_of_kind_keeps_number_and_history(cast, register, settle):
    request = register()
    do.change_kind(request, by=cast.supervisor, to="complaint", reason="客户要求投诉")
    settle()
    request.refresh_from_db()
    assert (request.kind, request.state, request.number[3:5]) == ("complaint", "received", "BX")
    assert (request.kindchanges.get().from_kind, request.complaint.requested_remedy) == ("repair", "")
    do.acknowledge_complaint(request, by=cast.supervisor)
    do.change_kind(request, by=cast.supervisor, to="repair", reason="只是报修")
    settle()
    request.refresh_from_db()
    assert (request.kind, request.state) == ("repair", "accepted")
    late = request_in("in_progress", cast, register)
    with pytest.raises(Refused, match="settled"):
        do.change_kind(late, by=cast.supervisor, to="complaint", reason="x")


@pytest.mark.requirement("R-202")
def test_the_third_complaint_of_one_cause_opens_an_improvement_item(cast, register, settle):
    for expected in (0, 0, 1, 1):
        complaint_in("closed", cast, register)
        settle()
        assert ImprovementItem.objects.count() == expected
    item = ImprovementItem.objects.get()
    assert (item.owner, item.complaints.count()) == (cast.supervisor, 3)


@pytest.mark.requirement("R-198")
def test_a_complaint_through_the_six_stages(cast, register, settle):
    """Scenario A-03, without the portal."""
    complaint = complaint_in("feedback_given", cast, register)
    ask(complaint, cast, reached=True, solved=False, score=2, comment="还是老样子")
    assert (complaint.state, complaint.rework_count) == ("handling", 1)
    do.give_feedback(complaint, by=cast.supervisor, channel="phone", words="已调岗")
    ask(complaint, cast, reached=True, solved=True, score=5)
    assert complaint.state == "improving"
    with pytest.raises(Refused, match="root cause"):
        do.improve_complaint(complaint, by=cast.supervisor, cause_code="attitude", root_cause=" ")
    with pytest.raises(Refused, match="improvement item"):
        do.improve_complaint(complaint, by=cast.supervisor, cause_code="attitude", root_cause="培训不足")
    item = {"title": "礼仪培训", "owner": cast.manager, "due_on": timezone.localdate() + timedelta(days=14)}
    do.improve_complaint(complaint, by=cast.supervisor, cause_code="attitude", root_cause="培训不足", item=item)
    settle()
    complaint.refresh_from_db()
    assert complaint.state == "closed"
    opened = ImprovementItem.objects.get()
    assert (opened.owner, opened.root_cause, opened.complaints.get().service_request) == (
        cast.manager,
        "培训不足",
        complaint,
    )


def test_an_anonymous_complaint_is_unreachable_by_nature(cast, register, settle):
    complaint = complaint_in("feedback_given", cast, register, is_anonymous=True, party=None)
    do.settle_anonymous_complaint(complaint, by=cast.supervisor)
    improve(complaint, by=cast.supervisor)
    settle()
    complaint.refresh_from_db()
    assert complaint.state == "closed"
    with pytest.raises(Refused, match="known"):
        do.settle_anonymous_complaint(complaint_in("feedback_given", cast, register), by=cast.supervisor)


def test_cancelling_ends_the_unfinished_work(cast, register, settle):
    work = work_in("accepted", cast, register)
    do.cancel_request(work.service_request, by=cast.receptionist, asked_by="周先生", reason="已自行修好")
    settle()
    work.refresh_from_db()
    assert (work.state, work.cancel_reason) == ("cancelled", "已自行修好")


def test_asking_how_far_is_a_repeat_and_reaches_owner_and_doer(cast, register):
    work = work_in("accepted", cast, register)
    touch = do.chase_request(work.service_request, by=cast.receptionist, channel="phone")
    touch.refresh_from_db()
    assert (touch.repeat_of, Interaction.objects.count()) == (work.service_request.interaction, 2)
    assert "request.chased" in EventSubject.objects.of(work).values_list("event__verb", flat=True)


@pytest.mark.requirement("R-191")
def test_the_price_agreement_is_corrected_and_journalled(cast, register):
    request = register(payer="owner", price_agreed=False)
    do.correct_price_agreement(request, by=cast.receptionist, price_agreed=True)
    request.refresh_from_db()
    assert request.price_agreed
    with pytest.raises(Refused, match="written down already"):
        do.correct_price_agreement(request, by=cast.receptionist, price_agreed=True)

    do.correct_price_agreement(request, by=cast.steward, price_agreed=False)
    request.refresh_from_db()
    assert not request.price_agreed
    events = Event.objects.filter(verb="request.price_corrected").order_by("pk")
    assert [(event.actor, event.details["price_agreed"]) for event in events] == [
        (cast.receptionist, True),
        (cast.steward, False),
    ]
    assert [str(reading_of(event.verb).text(event.details)) for event in events] == [
        "customer agreed",
        "customer has not agreed yet",
    ]


def test_there_is_no_price_where_the_company_pays_or_the_matter_is_finished(cast, register):
    with pytest.raises(Refused, match="the owner does not pay"):
        do.correct_price_agreement(register(payer="company"), by=cast.receptionist, price_agreed=True)
    finished = register(payer="owner")
    do.cancel_request(finished, by=cast.supervisor, asked_by="周先生", reason="已自行解决")
    with pytest.raises(Refused, match="finished"):
        do.correct_price_agreement(finished, by=cast.receptionist, price_agreed=True)


def test_the_estimate_changes_with_a_reason(cast, register):
    request = register()
    later = timezone.now() + timedelta(days=1)
    with pytest.raises(Refused, match="reason"):
        do.change_estimate(request, by=cast.steward, estimated_end=later, reason="")
    do.change_estimate(request, by=cast.steward, estimated_end=later, reason="等配件")
    request.refresh_from_db()
    assert request.estimated_end == later


def test_who_is_involved_sees_without_the_permission(cast, register):
    work = work_in("accepted", cast, register)
    other = register()
    by_guard = register(by=cast.guard)
    assert set(ServiceRequest.objects.visible_to(cast.worker)) == {work.service_request}
    assert set(ServiceRequest.objects.visible_to(cast.guard)) == {by_guard}
    assert set(ServiceRequest.objects.visible_to(cast.steward)) == {work.service_request, other, by_guard}
    assert not ServiceRequest.objects.visible_to(cast.west_steward).exists()


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
