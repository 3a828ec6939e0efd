"""E-025: illegal acts are dissuaded and reported, each with its time; the time to report runs and is watched."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.files.models import Attachment
from gongying.notifications.models import Notification
from gongying.servicedesk import operations as do
from gongying.servicedesk.case_page import possible_steps, primary_step, what_is_missing
from gongying.servicedesk.models import (
    Answer,
    Conclusion,
    ServiceCategory,
    ServiceClock,
    ServiceRequest,
    ViolationDetails,
)
from gongying.servicedesk.operations.stages import open_stage
from gongying.servicedesk.operations.sweep import sweep
from tests.files.test_attachments import picture

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUND = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
WORDS = {"way": "spoken", "words": "请当天拆除，已告知后果"}
REPORT = {"authority": "城管执法中队", "words": "楼顶违章搭建，劝阻无效", "number": "CG-98", "committee_told": True}


@pytest.fixture
def found(register):
    """A shed on the roof, found on a round."""

    def found(**given):
        facts = {"kind": "violation", "category": "common-works-illegal", "text": "楼顶搭棚", "channel": "patrol"}
        return register(**{**facts, "party": None, "violator": "钱先生", **given})

    return found


def hours(number):
    return FOUND + timedelta(hours=number)


def report_clock(request):
    return request.clocks.get(metric="authority_report")


@pytest.mark.requirement("E-025")
def test_dissuasion_and_report_carry_their_times_and_the_time_to_report_runs_from_the_failed_dissuasion(
    cast, found, settle
):
    with clock_at(FOUND):
        request = found()
    assert request.number.startswith("YG-WG26-")
    with clock_at(hours(3)):  # said at two hours, typed at three
        do.dissuade(request, by=cast.steward, heeded=False, at=hours(2), **WORDS)
    request.refresh_from_db()
    assert request.state == "in_progress"
    clock = report_clock(request)
    assert (clock.started_at, clock.due_at) == (hours(2), hours(26))
    assert "59" in clock.policy.source
    with clock_at(hours(10)):
        # Told again, and still not heeded: the time does not begin anew.
        do.dissuade(request, by=cast.guard, heeded=False, **WORDS)
    assert report_clock(request).due_at == hours(26)
    with clock_at(hours(20)):
        do.report_to_authority(request, by=cast.steward, at=hours(19), **REPORT)
        do.record_authority_answer(request, by=cast.steward, words="已立案", number="CG-98-1")
    assert report_clock(request).met_at == hours(19)
    with clock_at(hours(40)):
        do.conclude_violation(request, by=cast.steward, outcome="enforced", words="执法队已拆除")
        do.report_result(request, by=cast.steward, channel="notice_board", words="已由执法队拆除")
    settle()
    request.refresh_from_db()
    assert request.state == "closed"
    assert [(talk.at, talk.by, talk.heeded) for talk in request.dissuasions.all()] == [
        (hours(2), cast.steward, False),
        (hours(10), cast.guard, False),
    ]
    verbs = Event.objects.filter(verb__startswith="violation.").order_by("pk").values_list("verb", "at")
    assert list(verbs) == [
        ("violation.dissuaded", hours(2)),
        ("violation.dissuaded", hours(10)),
        ("violation.reported", hours(19)),
        ("violation.answered", hours(20)),
        ("violation.concluded", hours(40)),
    ]


@pytest.mark.requirement("E-025")
def test_whoever_is_late_with_the_report_is_escalated(cast, found):
    with clock_at(FOUND):
        request = found()
        do.dissuade(request, by=cast.steward, heeded=False, **WORDS)
    Notification.objects.all().delete()
    with clock_at(hours(25)):
        sweep()
    steps = ServiceClock.objects.get(pk=report_clock(request).pk).steps_taken
    assert list(steps.values_list("percent", flat=True)) == [50, 80, 100]
    assert report_clock(request).breached_at == hours(24)
    told = set(Notification.objects.filter(user=cast.supervisor).values_list("event__verb", flat=True))
    assert {"clock.warned", "clock.breached"} <= told


def test_what_was_heeded_needs_no_report(cast, found, settle):
    with clock_at(FOUND):
        request = found()
        do.dissuade(request, by=cast.steward, heeded=False, **WORDS)
    with clock_at(hours(5)):
        again = {"way": "looked_again", "words": "已自行拆除"}
        do.dissuade(request, by=cast.steward, heeded=True, violator="钱某", **again)
    assert report_clock(request).ended_because == "not_needed"
    assert ViolationDetails.objects.get(service_request=request).violator == "钱某"
    with clock_at(hours(6)):
        do.conclude_violation(request, by=cast.steward, outcome="heeded", words="已恢复原状")
    settle()
    request.refresh_from_db()
    assert request.state == "resolved"


def test_a_dissuasion_that_is_entered_late_does_not_change_what_came_after_it(cast, found):
    with clock_at(FOUND):
        first, second = found(), found()
    with clock_at(hours(4)):
        do.dissuade(first, by=cast.steward, heeded=False, at=hours(3), **WORDS)
        do.dissuade(first, by=cast.guard, heeded=True, at=hours(1), **WORDS)
        do.dissuade(second, by=cast.steward, heeded=True, at=hours(3), **WORDS)
        do.dissuade(second, by=cast.guard, heeded=False, at=hours(1), **WORDS)
    clock = report_clock(first)
    assert (clock.started_at, clock.is_running) == (hours(3), True)
    assert not ServiceClock.objects.filter(service_request=second, metric="authority_report").exists()


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("heeded", "The last dissuasion was not heeded"),
        ("passed_on", "Still missing: the report to the authority."),
        ("enforced", "Still missing: the report to the authority."),
        ("finished", "Say how it ended."),
    ],
)
def test_an_end_needs_its_proof(cast, found, outcome, sentence):
    request = found()
    do.dissuade(request, by=cast.steward, heeded=False, **WORDS)
    with pytest.raises(Refused, match=sentence):
        do.conclude_violation(request, by=cast.steward, outcome=outcome, words="结束")


def test_enforced_needs_the_answer_of_the_authority(cast, found):
    request = found()
    do.dissuade(request, by=cast.steward, heeded=False, **WORDS)
    with pytest.raises(Refused, match="Nothing has been reported"):
        do.record_authority_answer(request, by=cast.steward, words="已立案")
    do.report_to_authority(request, by=cast.steward, **REPORT)
    with pytest.raises(Refused, match="Still missing: the answer of the authority"):
        do.conclude_violation(request, by=cast.steward, outcome="enforced", words="已拆除")
    do.conclude_violation(request, by=cast.steward, outcome="passed_on", words="已移交")


@transaction.atomic
def leave_and_resolve(request, *, by):
    request.stages.filter(left_at=None).update(left_at=timezone.now(), left_by=by)
    ServiceRequest.objects.filter(pk=request.pk).update(state="resolved")


@pytest.mark.requirement("E-025")
@pytest.mark.parametrize(
    ("outcome", "talks", "missing"),
    [
        (None, [False], "an end of the violation"),
        ("heeded", [], "a dissuasion"),
        ("heeded", [True, False], "a dissuasion that was heeded"),
        ("passed_on", [False], "a report to the authority"),
        ("enforced", [False], "a report to the authority"),
    ],
)
def test_the_database_itself_asks_for_the_proof(cast, found, outcome, talks, missing):
    """Whoever writes past the operations."""
    request = found()
    do.accept_request(request, by=cast.steward)
    do.start_answering(request, by=cast.steward)
    for heeded in talks:
        do.dissuade(request, by=cast.steward, heeded=heeded, **WORDS)
    request.refresh_from_db()
    given = {"service_request": request, "stage": open_stage(request), "by": cast.steward, "at": timezone.now()}
    Answer.objects.create(**given, text="完")
    if outcome:
        Conclusion.objects.create(**given, outcome=outcome)
    with pytest.raises(IntegrityError, match=missing):
        leave_and_resolve(request, by=cast.steward)


def test_it_is_not_answered_like_a_question(cast, found, register):
    request = found()
    for answer in (do.answer_on_the_spot, do.answer_request):
        with pytest.raises(Refused):
            answer(request, by=cast.steward, text="好的")
    with pytest.raises(Refused, match="This is no violation"):
        do.dissuade(register(), by=cast.steward, heeded=True, **WORDS)


def test_nothing_is_done_before_it_was_found_or_after_now(cast, found):
    request = found()
    for at in (timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)):
        with pytest.raises(Refused, match="between the discovery and now"):
            do.dissuade(request, by=cast.steward, heeded=True, at=at, **WORDS)
        with pytest.raises(Refused, match="between the discovery and now"):
            do.report_to_authority(request, by=cast.steward, at=at, **REPORT)


def test_the_same_act_again_names_the_one_before(cast, found):
    first = found()
    do.dissuade(first, by=cast.steward, heeded=True, **WORDS)
    assert found().violation.recurrence_of is None  # the first is not over
    do.conclude_violation(first, by=cast.steward, outcome="heeded", words="已拆除")
    do.report_result(first, by=cast.steward, channel="phone", words="已拆除")
    assert found().violation.recurrence_of == first
    assert found(unit=cast.west_unit).violation.recurrence_of is None
    assert found(category="common-works-group-renting").violation.recurrence_of is None


def test_a_matter_that_turns_out_to_be_a_violation(cast, register):
    request = register(category="common-works-fit-out", text="装修拆墙")
    do.change_kind(request, by=cast.receptionist, to="violation", reason="拆的是承重墙")
    do.dissuade(request, by=cast.steward, heeded=False, **WORDS)
    assert report_clock(request).is_running


@pytest.mark.requirement("E-025")
def test_what_becomes_a_violation_names_its_illegal_act(cast, register, category, client_of):
    request = register(text="半夜群租房吵闹")
    with pytest.raises(Refused, match="names no illegal act"):
        do.change_kind(request, by=cast.receptionist, to="violation", reason="群租")
    desk, address = client_of(cast.receptionist), reverse("servicedesk:request-step", args=[request.pk, "kind"])
    sent = {"to": "violation", "reason": "群租", "version": request.version}
    assert list(desk.post(address, sent).context["form"].errors) == ["category"]
    act = category("common-works-group-renting")
    assert desk.post(address, {**sent, "category": act.pk}).status_code == 302
    request.refresh_from_db()
    assert (request.kind, request.category) == ("violation", act)


def test_what_a_steward_finds_outside_her_buildings_leads_to_no_dead_end(cast, category, client_of):
    desk, act = client_of(cast.steward), category("common-works-group-renting")
    sent = {"project": cast.sunshine.pk, "category": act.pk, "text": "东门外搭棚", "channel": "patrol", "unit_code": ""}
    answer = desk.post(reverse("servicedesk:violation-new"), sent, follow=True)
    assert (answer.status_code, ServiceRequest.objects.get().number in answer.text) == (200, True)


@pytest.mark.requirement("R-204")
def test_a_number_stays_whatever_the_matter_turns_out_to_be(cast, register, found):
    """Decision 0006: it was told to the customer."""
    request = register(category="common-works-fit-out", text="装修拆墙")
    number, asked_after = request.number, request.needs_follow_up
    do.change_kind(request, by=cast.receptionist, to="violation", reason="拆的是承重墙")
    request.refresh_from_db()
    assert (request.kind, request.number, request.needs_follow_up) == ("violation", number, False)
    do.change_kind(request, by=cast.receptionist, to="repair", reason="不是承重墙")
    request.refresh_from_db()
    assert (request.kind, request.number, request.needs_follow_up) == ("repair", number, asked_after)
    wrong = found()
    do.change_kind(wrong, by=cast.receptionist, to="repair", reason="只是报修")
    wrong.refresh_from_db()
    assert (wrong.kind, wrong.number[3:5]) == ("repair", "WG")
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRequest.objects.filter(pk=wrong.pk).update(number=number)


def test_the_page_says_what_comes_next(cast, found):
    request = found()
    seen = []
    for act in (
        lambda: do.dissuade(request, by=cast.steward, heeded=False, **WORDS),
        lambda: do.report_to_authority(request, by=cast.steward, **REPORT),
        lambda: do.record_authority_answer(request, by=cast.steward, words="已立案"),
        lambda: None,
    ):
        request.refresh_from_db()
        step = primary_step(request, possible_steps(request, cast.steward))
        seen.append((step.key, str(what_is_missing(request))))
        act()
    assert seen == [
        ("dissuade", "still missing: the dissuasion"),
        ("report_authority", "still missing: the report to the authority"),
        ("authority_answer", "still missing: the answer of the authority"),
        ("conclude", "still missing: how it ended"),
    ]


def test_a_guard_enters_what_he_found_with_photos_and_goes_on(client, cast):
    client.force_login(cast.guard)
    entered = {
        "project": cast.sunshine.pk,
        "unit_code": "2-1-301",
        "category": "",
        "text": "楼道堆物",
        "channel": "patrol",
    }
    page = reverse("servicedesk:violation-new")
    assert '<option value="" selected>请选择</option>' in client.get(page).text
    refused = client.post(page, entered)
    assert refused.status_code == 422
    category = ServiceCategory.objects.get(code="common-fire-lane")
    sent = client.post(page, {**entered, "category": category.pk, "photos": [picture("proof.jpg")]})
    request = ServiceRequest.objects.get(kind="violation")
    assert sent.url == reverse("servicedesk:request-show", args=[request.pk])
    assert (request.unit, request.registered_by) == (cast.unit, cast.guard)
    assert Attachment.objects.of(request).count() == 1
    step = reverse("servicedesk:request-step", args=[request.pk, "dissuade"])
    assert client.post(step, {"way": "spoken", "words": "", "heeded": "no"}).status_code == 422
    sent = client.post(step, {"way": "spoken", "words": "请搬走", "heeded": "no", "version": 1})
    assert sent.status_code == 302
    panel = client.get(reverse("servicedesk:violation-panel", args=[request.pk])).content.decode()
    assert "请搬走" in panel
    assert report_clock(request).due_at.astimezone(SHANGHAI).isoformat() in panel
    assert request.number in client.get(reverse("servicedesk:violation-index")).content.decode()
    paper = client.get(reverse("servicedesk:violation-print", args=[request.pk])).content.decode()
    assert "请搬走" in paper
    client.force_login(cast.outsider)
    assert client.get(reverse("servicedesk:violation-panel", args=[request.pk])).status_code == 404


def test_other_requests_have_no_panel_and_no_paper(client, cast, register):
    client.force_login(cast.supervisor)
    for name in ("violation-panel", "violation-print"):
        assert client.get(reverse(f"servicedesk:{name}", args=[register().pk])).status_code == 404


def test_the_form_offers_illegal_acts_only(cast, client_of):
    """Nobody looks for a blocked lane among leaking taps."""
    page = client_of(cast.supervisor).get(reverse("servicedesk:violation-new"))
    offered = set(page.context["form"].fields["category"].queryset.values_list("code", flat=True))
    assert {
        "common-works-illegal",
        "common-works-group-renting",
        "common-fire-lane",
        "common-charging-e-bike",
    } <= offered
    assert not {code for code in offered if not code.startswith("common-")}
    assert not offered & {"common-lift-fault", "common-road-surface", "common-order-help"}


@pytest.mark.requirement("E-025")
def test_a_violation_is_about_an_illegal_act(cast, register, client_of):
    with pytest.raises(Refused, match="no illegal act"):
        register(kind="violation")
    order = {"kind": "violation", "text": "漏水", "channel": "phone", "unit_id": cast.unit.pk}
    leak, fire_lane = (ServiceCategory.objects.get(code=code) for code in ("home-plumbing-leak", "common-fire-lane"))
    desk = client_of(cast.receptionist)
    send = partial(desk.post, "/api/v1/requests", content_type="application/json")
    refused = send({**order, "category_id": leak.pk})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "category_id")
    assert send({**order, "category_id": fire_lane.pk}).status_code == 201

    entry = {"token": uuid4(), "unit": cast.unit.pk, "channel": "phone", "kind": "violation", "action": "request"}
    enter = partial(desk.post, reverse("servicedesk:entry-create"))
    for wrong in ({"text": "楼道堵了", "category": leak.pk}, {"text": "说不清楚的事"}):
        assert list(enter({**entry, **wrong}).context["form"].errors) == ["category"]
    assert enter({**entry, "text": "有人在消防通道堆物，通道堵塞"}).status_code == 302
    assert ServiceRequest.objects.latest("pk").category == fire_lane
