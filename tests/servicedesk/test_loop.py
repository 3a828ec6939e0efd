"""From the first call to the last word: what closes a matter, what sends it back, who hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event, EventSubject
from gongying.events.presentation import reading_of
from gongying.improvements.models import ImprovementItem
from gongying.improvements.operations import finish_item
from gongying.interactions.models import Interaction
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import Escalation, ServiceRequest
from gongying.servicedesk.operations.doing import check_unchallenged_work_later
from tests.prices import AGREED
from tests.servicedesk.walks import TICKS, ask, complaint_in, improve, request_in, work_in


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


@pytest.mark.requirement("R-202")
def test_a_complaint_joins_an_improvement_that_is_under_way(cast, register, client_of):
    first = complaint_in("improving", cast, register)
    due = {"title": "礼仪培训", "owner": cast.manager, "due_on": timezone.localdate() + timedelta(days=14)}
    why: dict[str, Any] = {"cause_code": "attitude", "root_cause": "培训不足"}
    do.improve_complaint(first, by=cast.supervisor, item=due, **why)
    item = ImprovementItem.objects.get()
    second, third = complaint_in("improving", cast, register), complaint_in("improving", cast, register)
    step = reverse("servicedesk:request-step", args=[second.pk, "close"])
    both = {**why, "title": "另一项", "joins": item.pk, "version": second.version}
    lead = client_of(cast.supervisor)
    assert "joins" in lead.post(step, both).context["form"].errors
    assert lead.post(step, {**why, "joins": item.pk, "version": second.version}).status_code == 302
    assert {details.service_request for details in item.complaints.all()} == {first, second}
    beside = reverse("servicedesk:improvement-complaints", args=[item.pk])
    assert beside in lead.get(reverse("improvements:item-show", args=[item.pk])).content.decode()
    complaints = lead.get(beside).content.decode()
    assert [one.number in complaints for one in (first, second, third)] == [True, True, False]
    finish_item(item, by=cast.manager, effect="再无投诉")
    with pytest.raises(Refused, match="finished already"):
        do.improve_complaint(third, by=cast.supervisor, joins=item, **why)


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
    with pytest.raises(Refused, match="Say which amount"):
        do.correct_price_agreement(request, by=cast.receptionist, price_agreed=True)
    do.correct_price_agreement(request, by=cast.receptionist, **AGREED)
    request.refresh_from_db()
    assert (request.price_agreed, request.agreed_amount) == (True, 80)
    with pytest.raises(Refused, match="written down already"):
        do.correct_price_agreement(request, by=cast.receptionist, **AGREED)

    do.correct_price_agreement(request, by=cast.steward, price_agreed=False)
    request.refresh_from_db()
    assert (request.price_agreed, request.agreed_amount) == (False, None)
    events = Event.objects.filter(verb="request.price_corrected").order_by("pk")
    assert [(event.actor, event.details["price_agreed"]) for event in events] == [
        (cast.receptionist, True),
        (cast.steward, False),
    ]
    assert [str(reading_of(event.verb).text(event.details)) for event in events] == [
        "customer agreed to ¥80.00",
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


@pytest.mark.django_db
def test_the_last_unfinished_job_cancelled_after_another_was_done_resolves_the_request(cast, register):
    done = work_in("on_site", cast, register)
    further = do.open_work(done.service_request, by=cast.receptionist, is_joint=True)
    do.complete_work(done, by=cast.worker, ticks=TICKS)
    request = ServiceRequest.objects.get(pk=done.service_request_id)
    assert request.state == "in_progress"
    do.cancel_work(further, by=cast.receptionist, reason="一个人够了")
    request.refresh_from_db()
    assert request.state == "resolved"
